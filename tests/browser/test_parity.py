"""The page and Python judge alike: quiz.js against claimbook.verdicts, over all answers of every item.

It runs in the browser that the other tests use, so nothing else has to be installed. Choices, subsets, orders
and matches are enumerated; where an item has more than `LIMIT` answers, the key, everything one step away from
it and a fixed sample stand for them. Numbers and texts get a list of spellings.
"""

import json
import random
from functools import cache
from itertools import combinations, islice, permutations, product

import pytest

from claimbook.content import CHAPTER_SLUGS, REVIEWS, root
from claimbook.questions import load_quiz, read_items
from claimbook.rendering import compile_item, markdown
from claimbook.verdicts import parse_number, verdict
from claimbook.widgets import STATIC

from ..test_questions import KINDS, item_data

LIMIT = 3000
SLUGS = [*CHAPTER_SLUGS, *(slug for slug, _ in REVIEWS.values())]
QUIZZES = [slug for slug in SLUGS if (root() / f"chapters/{slug}.quiz.yml").is_file()]
ODD = [
    None,
    True,
    False,
    -1,
    99,
    0.5,
    10**20,
    "",
    "0",
    "P8S2",
    [],
    {},
    [None],
    [[]],
    [0.5],
    ["0"],
    [True],
    {"0": 0},
    "\x00",
    "\ud800",
]
JUDGE = """
(asked) => JSON.stringify(JSON.parse(asked).map(({ item, answers }) => {
  const words = [];
  const place = (why) => { if (!words.includes(why)) words.push(why); return words.indexOf(why); };
  const verdicts = answers.map((answer) => {
    const { status, messages } = ClaimbookQuiz.verdict(item, answer);
    return [status, ...messages.map((m) => [m.part, m.status, place(m.why)])];
  });
  return { words, verdicts };
}))
"""


def subsets(members):
    return [list(part) for size in range(len(members) + 1) for part in combinations(members, size)]


def spellings(number: float, unit: str):
    """A number as people write it, and as they had better not."""
    plain = f"{number:.15g}"
    for text in (
        plain,
        plain.replace(".", ","),
        f"{number:,.2f}",
        f"{number:,.0f}",
        f"{number:.3f}",
        f"+{plain}",
        f"-{plain}",
        f"\u2212{plain}",
    ):
        yield from (
            text,
            f" {text} ",
            f"{text}{unit}",
            f"{text} {unit}".upper(),
            f"{text}\u202f{unit} ",
            f"{unit}{text}",
            f"{text} {unit} {unit}",
        )
    yield from (
        plain.translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
        plain.translate({ord("0") + n: 0x660 + n for n in range(10)}),
    )
    yield from (
        "1,234",
        "1,234,567",
        "1,234.5",
        "1234,5",
        "1.234,5",
        "1'234",
        "1’234",
        "1_000",
        "1 234",
        ".5",
        "5.",
        ".",
        "-",
        "+",
        "--5",
        "1e3",
        "0x10",
    )
    yield from (
        "NaN",
        "Infinity",
        "²",
        "½",
        "Ⅷ",
        "five",
        unit,
        "%",
        "9" * 40,
        "9" * 41,
        "9" * 201,
        " " * 300,
        "1,0000",
        "1,2,3",
        "１２％",
        "5\n",
        "\ufeff5",
    )


def wordings(text: str):
    """A text in other capitals, spaces, quotation marks and letters that look or fold alike."""
    yield from (
        text,
        text.upper(),
        text.title(),
        f"  {text}\t",
        f"“{text}.”",
        f"«{text}»",
        f"({text})",
        text.replace(" ", "  "),
        text.replace(" ", "\u00a0"),
    )
    yield from (
        f"{text}s",
        text[:-1],
        text[::-1],
        "".join(chr(0xFEE0 + ord(c)) if "!" <= c <= "~" else c for c in text),
        f"{text}\u200b",
        f"the {text}",
    )


STRANGE = ["İstanbul", "ISTANBUL", "ıı", "straße", "STRASSE", "ΟΔΟΣ", "ﬁnal", "Ångström", "ратификация", "批准", "…", "?!", " ", "x" * 200, "x" * 201, "😀" * 200, "😀" * 201, "a-b", "--"]  # fmt: skip


def sample(everything, key, neighbours, total):
    """All answers, or the key with its neighbours and a fixed sample."""
    if total <= LIMIT:
        return [list(answer) for answer in everything]
    chosen = random.Random(8).sample(range(min(total, 10**6)), LIMIT)
    wanted = set(chosen)
    picked = [list(answer) for n, answer in enumerate(islice(everything, 10**6)) if n in wanted]
    return [key, *neighbours, *picked]


def answers(item):
    """Every answer that the page can give for an item, within the limit, and some that it can't."""
    if item.kind == "single":
        mine = range(len(item.options))
    elif item.kind == "multiple":
        mine = [*subsets(range(len(item.options))), [1, 0, 1]]
    elif item.kind == "sentence":
        mine = [*subsets(item.passage), item.answer[::-1] * 2]
    elif item.kind == "order":
        size, total = len(item.items), 1
        for n in range(2, size + 1):
            total *= n
        key = list(range(size))
        swapped = [[*key[:n], key[n + 1], key[n], *key[n + 2 :]] for n in range(size - 1)]
        mine = sample(permutations(range(size)), key, swapped, total)
    elif item.kind == "match":
        size, partners = len(item.pairs), [None, *range(len(item.pairs) + len(item.extra))]
        key = list(range(size))
        changed = [[*key[:n], other, *key[n + 1 :]] for n in range(size) for other in partners]
        mine = sample(product(partners, repeat=size), key, changed, len(partners) ** size)
    elif item.kind == "number":
        values = [item.answer, *(near.value for near in item.near), item.answer + item.tolerance, item.answer - item.tolerance, item.answer + item.tolerance * 1.01 + 0.001, item.answer * 100, item.answer / 1000]  # fmt: skip
        mine = [text for value in values for text in spellings(value, item.unit)]
    else:
        known = [*item.accept, *(words for near in item.near for words in near.accept)]
        mine = [*(text for words in known for text in wordings(words)), *STRANGE]
    return [*mine, *ODD]


@cache
def shown(why: str) -> str:
    return markdown(why)


def differences(page, items) -> list[str]:
    """Answers that the two judge or explain differently."""
    asked = [(item, answers(item)) for item in items]
    sent = json.dumps([{"item": compile_item(item), "answers": given} for item, given in asked])
    told = json.loads(page.evaluate(JUDGE, sent))
    found = []
    for (item, given), reply in zip(asked, told, strict=True):
        assert len(given) == len(reply["verdicts"]) > len(ODD)
        for answer, (status, *messages) in zip(given, reply["verdicts"], strict=True):
            mine = verdict(item, answer)
            theirs = [(part, state, reply["words"][why]) for part, state, why in messages]
            if (mine.status, [(m.part, m.status, shown(m.why)) for m in mine.messages]) != (status, theirs):
                found.append(f"{item.id} {answer!r:.80}: Python {mine}, page {status} {theirs}")
    return found


@pytest.fixture(scope="module")
def load(chromium):
    """A page in which a script has been run: quiz.js, or a spoilt copy of it."""
    context = chromium.new_context()

    def page_with(script):
        page = context.new_page()
        page.add_script_tag(content=script)
        return page

    yield page_with
    context.close()


@pytest.fixture(scope="module")
def page(load):
    return load((STATIC / "quiz.js").read_text(encoding="utf-8"))


@pytest.mark.parametrize("slug", QUIZZES)
def test_page_and_python_agree_on_every_answer_of_the_book(page, slug):
    assert differences(page, load_quiz(slug).items) == []


MORE = {
    "single": [{"options": [{"text": str(n), "why": f"why *{n}*", "correct": n == 7, "misconception": "icc-icj"} for n in range(8)]}],
    "multiple": [{"options": [{"text": str(n), "why": f"“{n}” & <b>", "correct": n != 3, "misconception": "icc-icj"} for n in range(8)]}],
    "number": [{"answer": 0, "unit": "", "tolerance": 0, "near": []}, {"answer": -1234.5, "unit": "млрд", "tolerance": 0.5, "hint": "h"},
               {"answer": 2, "unit": "states", "tolerance": 0, "near": []}, {"answer": 1e15, "unit": "İ$", "tolerance": 0}],
    "text": [{"accept": ["straße", "ΟΔΟΣ", "İstanbul"], "near": [{"accept": ["批准", "a-b"], "why": "n"}], "hint": "h"}],
    "order": [{"items": [{"text": t, "why": f"w{t}"} for t in "abcdef"]}, {"items": [{"text": t, "why": f"w{t}"} for t in "abcdefg"]}],
    "match": [{"extra": []}, {"pairs": [{"left": f"l{n}", "right": f"p{n}", "why": f"w{n}"} for n in range(6)]}],
    "sentence": [{"passage": ["P8S1", "P8S2"], "answer": ["P8S1"], "why": {"P8S1": "a", "P8S2": "b"}}],
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_page_and_python_agree_on_made_up_items(page, kind):
    assert differences(page, read_items([item_data(kind), *(item_data(kind, **more) for more in MORE[kind])])) == []


def test_page_and_python_read_the_same_numbers(page):
    texts = [text for value in (0, 0.263, 26.3, 1234.5, 1e6, 123456789012) for text in spellings(value, "km")]
    assert page.evaluate("(texts) => texts.map(ClaimbookQuiz.parseNumber)", texts) == [
        parse_number(text) for text in texts
    ]


@pytest.mark.parametrize(
    "kind, rule, spoilt",
    [
        ("order", "swaps === 1", "swaps === 2"),
        ("multiple", 'chosen.every((n) => wanted.includes(n))', "false"),
        ("number", "+ 1e-9", "+ 0.2"),
        ("text", ".toLowerCase()", ""),
        ("match", "hits * 2 >= size", "hits * 2 > size + 2"),
        ("sentence", "chosen.length === wanted.length", "true"),
        ("single", "message(String(answer), right(correct)", "message(String(answer), right(!correct)"),
    ],
)  # fmt: skip
def test_a_difference_would_be_noticed(load, kind, rule, spoilt):
    script = (STATIC / "quiz.js").read_text(encoding="utf-8")
    assert rule in script
    assert differences(load(script.replace(rule, spoilt)), read_items([item_data(kind)]))
