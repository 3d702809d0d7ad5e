"""Quiz files: what is wrong in one is said with file, item and field; every verdict is earned and explained."""

import copy
import html
import json
import re
from contextlib import suppress

import ipywidgets
import pytest
import yaml

from claimbook import widgets
from claimbook.content import CHAPTER_SLUGS, REVIEWS, ContentError, root
from claimbook.display import GOLDEN, MIME
from claimbook.questions import load_quiz, read_items
from claimbook.rendering import compile_item, compile_quiz, key_hash, static_html
from claimbook.verdicts import NO_NUMBER, TWO_MEANINGS, normal_text, parse_number, verdict

NUMBERS = {slug: slug[:2] for slug in CHAPTER_SLUGS} | {slug: number for number, (slug, _) in REVIEWS.items()}
QUIZZES = [slug for slug in NUMBERS if (root() / f"chapters/{slug}.quiz.yml").is_file()]
LOADED = {}
for slug in QUIZZES:
    with suppress(ContentError):  # told by test_quiz_of_the_book_is_valid
        LOADED[slug] = load_quiz(slug)
ITEMS = [pytest.param(item, id=item.id) for quiz in LOADED.values() for item in quiz.items]
KINDS = ("single", "multiple", "number", "text", "order", "match", "sentence")


def item_data(kind: str, **changes) -> dict:
    """A valid item of a kind, as the YAML of a quiz gives it. `changes` replace fields; None takes one away."""
    common = {"id": f"Q8.{KINDS.index(kind) + 1}", "objective": "O8.1", "skill": "apply", "anchors": ["P8S1"],
              "as_of": "source", "kind": kind, "stem": f"A question of kind {kind}?"}  # fmt: skip
    wrong = {"misconception": "icc-icj"}
    own = {
        "single": {"options": [{"text": "a", "why": "wa", **wrong}, {"text": "b", "why": "wb", "correct": True}]},
        "multiple": {"options": [{"text": "a", "why": "wa", "correct": True}, {"text": "b", "why": "wb", **wrong},
                                 {"text": "c", "why": "wc", "correct": True}]},
        "number": {"answer": 26.3, "tolerance": 0.1, "unit": "%", "why": "w",
                   "near": [{"value": 0.263, "tolerance": 0.001, "why": "a share"}]},
        "text": {"accept": ["ratification"], "why": "w", "near": [{"accept": ["accession"], "why": "another way"}]},
        "order": {"items": [{"text": t, "why": f"w{t}"} for t in ("first", "second", "third")], "why": "w"},
        "match": {"pairs": [{"left": f"l{n}", "right": f"r{n}", "why": f"w{n}"} for n in (1, 2, 3)],
                  "extra": [{"right": "r4", "why": "fits none", **wrong}]},
        "sentence": {"passage": ["P8S1", "P8S2", "P8S3"], "answer": ["P8S2", "P8S3"],
                     "why": {"P8S1": "w1", "P8S2": "w2", "P8S3": "w3"}},
    }[kind]  # fmt: skip
    return {key: value for key, value in {**common, **own, **changes}.items() if value is not None}


def item(kind: str, **changes):
    return read_items([item_data(kind, **changes)])[0]


def changed(kind: str, path: str, value) -> dict:
    """A valid item with one value replaced, `path` such as "options.1.text"; `...` takes it away."""
    data = copy.deepcopy(item_data(kind))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = data
    for part in way:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return data


@pytest.fixture
def refused(tmp_path):
    """Message of the ContentError that a quiz file of these items gets."""

    def load(*items, text=None, quiz="08"):
        content = text or yaml.safe_dump({"quiz": quiz, "title": "t", "items": list(items)}, allow_unicode=True)
        path = tmp_path / "08-the-warrant.quiz.yml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(ContentError) as error:
            load_quiz("08", tmp_path)
        return str(error.value)

    return load


# What a quiz file must be


def test_the_valid_items_of_these_tests_are_valid(tmp_path):
    data = {"quiz": "08", "title": "t", "items": [item_data(kind) for kind in KINDS]}
    (tmp_path / "08-the-warrant.quiz.yml").write_text(yaml.safe_dump(data))
    assert [item.kind for item in load_quiz("08", tmp_path).items] == list(KINDS)


@pytest.mark.parametrize(
    "data, said",
    [
        (changed("single", "kind", "essay"), "Q8.1 / kind: Input tag 'essay'"),
        (changed("single", "kind", ...), "Q8.1 / kind: Unable to extract tag"),
        (changed("single", "options.1.why", ...), "Q8.1 / options / 2 / why: Field required"),
        (changed("single", "options.1.text", ...), "Q8.1 / options / 2 / text: Field required"),
        (changed("single", "options.1.why", "  "), "Q8.1 / options / 2 / why: String should have at least 1 character"),
        (changed("single", "options.0.correct", True), "Q8.1: 2 options are marked `correct: true`"),
        (changed("single", "options.1.correct", False), "Q8.1: 0 options are marked `correct: true`"),
        (changed("single", "options.0.misconception", ...), "Q8.1: option 1 is wrong and names no `misconception`"),
        (changed("single", "options.0.misconception", "icc-icc"), "Q8.1 / options / 1 / misconception: 'icc-icc' is not"),
        (changed("single", "options.0.misconception", "icc-icc"), "Did you mean icc-icj"),
        (changed("single", "colour", "red"), "Q8.1 / colour: Extra inputs are not permitted"),
        (changed("single", "anchors", ["P8S9"]), "Q8.1 / anchors: No sentence 'P8S9'. Did you mean P8S"),
        (changed("single", "anchors", []), "Q8.1 / anchors: List should have at least 1 item"),
        (changed("single", "skill", "guess"), "Q8.1 / skill: Input should be 'remember'"),
        (changed("single", "id", "Q9.1"), "Q9.1 / id: must be of chapter 8, such as Q8.1"),
        (changed("single", "objective", "O9.1"), "Q8.1 / objective: must be of chapter 8"),
        (changed("single", "stem", "{quote}`P8S2: voluntary transportation`"), "Q8.1 / stem: "),
        (changed("single", "options.0.why", "{quote}`P8S2: voluntary`"), "Q8.1 / options / 1 / why: 'voluntary'"),
        (changed("single", "options.0.why", "{quote}`P8S2: voluntary`"), "does not stand in P8S2"),
        (changed("single", "options.0.why", "{quote}`forced transportation`"), "Q8.1 / options / 1 / why: write {quote}`"),
        (changed("multiple", "options.0.correct", "maybe"), "Q8.2 / options / 1 / correct: Input should be a valid bool"),
        (changed("number", "answer", "many"), "Q8.3 / answer: Input should be a valid number"),
        (changed("number", "answer", float("nan")), "Q8.3 / answer: Input should be a finite number"),
        (changed("number", "tolerance", -1), "Q8.3 / tolerance: Input should be greater than or equal to 0"),
        (changed("number", "near.0.value", 26.35), "Q8.3: the near miss 26.35 is right by the answer"),
        (changed("text", "accept", []), "Q8.4 / accept: List should have at least 1 item"),
        (changed("text", "accept", ["?!"]), "Q8.4: '?!' holds nothing that could be compared"),
        (changed("text", "near.0.accept", ["Ratification."]), "Q8.4: 'Ratification.' stands among the right answers"),
        (changed("order", "items", [{"text": "a", "why": "b"}]), "Q8.5 / items: List should have at least 3 items"),
        (changed("order", "items.1.text", ...), "Q8.5 / items / 2 / text: Field required"),
        (changed("match", "extra.0.right", "r1"), "Q8.6: two right sides are the same"),
        (changed("match", "pairs.2.left", ...), "Q8.6 / pairs / 3 / left: Field required"),
        (changed("sentence", "answer", ["P7S1"]), "Q8.7: the answer ['P7S1'] is not in the passage"),
        (changed("sentence", "passage", ["P8S2", "P8S3", "P8S9"]), "Q8.7: `why` must explain every sentence"),
        (changed("sentence", "why.P8S3", ...), "Q8.7: `why` must explain every sentence"),
        (changed("sentence", "passage", ["P8S1", "P8S2", "P8S3", "P8S3"]), "Q8.7: a sentence stands in the passage twice"),
        (item_data("sentence", passage=["P8S8", "P8S9"], answer=["P8S9"], why={"P8S8": "a", "P8S9": "b"}),
         "Q8.7 / passage: No sentence 'P8S8'"),
        ("only words", "item 1: Input should be a valid dictionary"),
        ({"kind": "single", "id": 8.1}, "8.1 / id: Input should be a valid string"),
        ({"kind": "single"}, "item 1 / id: Field required"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_file_item_and_field(refused, data, said):
    message = refused(data)
    assert message.startswith("08-the-warrant.quiz.yml:\n")
    assert said in message


def test_all_mistakes_are_told_at_once(refused):
    message = refused(
        changed("single", "options.1.why", ...),
        changed("multiple", "anchors", ["P8S9"]),
        changed("number", "why", "{quote}`P8S2: voluntary`"),
        changed("text", "accept", ...),
        changed("text", "kind", "essay"),
        item_data("order"),
        item_data("order"),
    )
    for said in (
        "Q8.1 / options",
        "Q8.2 / anchors",
        "Q8.3 / why",
        "Q8.4 / accept",
        "Q8.4 / kind",
        "Q8.5 / id: used twice",
    ):
        assert said in message
    assert len(message.splitlines()) == 7  # the file, and one line for each


def test_a_file_says_to_which_chapter_it_belongs(refused):
    assert "quiz: the file belongs to chapter 08, but says '09'" in refused(item_data("single"), quiz="09")


@pytest.mark.parametrize(
    "text, said",
    [
        ("quiz: '08'\ntitle: x\nitems: [", r"not valid YAML: (.|\n)*line 4"),
        ("quiz: '08'\nquiz: '08'\n", r"not valid YAML: the key 'quiz' is given twice(.|\n)*line 2"),
        ("? [a, b]\n: c\n", "not valid YAML"),
        ("items: !!python/object/apply:os.getcwd []\n", r"not valid YAML: could not determine a constructor(.|\n)*line 1"),
        (b"title: \xff\xfe", "not valid YAML: 'utf-8' codec"),
        ("", "file: Input should be"),
        ("- a\n- b\n", "file: Input should be"),
        ("quiz: 8\ntitle: x\nitems: {a: 1}\n", r"quiz: Input should be a valid string(.|\n)*items: Input should be a valid list"),
    ],
)  # fmt: skip
def test_what_is_no_quiz_at_all_is_said_with_its_line(refused, text, said):
    assert re.search(said, refused(text=text or "\n"))


def test_a_review_asks_about_chapters_up_to_its_own(tmp_path):
    def review(**changes):
        items = [item_data("single", **{"id": "QR1.1", **changes})]
        (tmp_path / "review-1.quiz.yml").write_text(yaml.safe_dump({"quiz": "R1", "title": "t", "items": items}))
        return load_quiz("R1", tmp_path)

    assert review(objective="O1.1").quiz == review(objective="O5.1").quiz == "R1"
    with pytest.raises(ContentError, match=r"QR1\.1 / objective: must be of a chapter from 1 to 5"):
        review(objective="O6.1")
    with pytest.raises(ContentError, match=r"Q8\.1 / id: must be of chapter R1, such as QR1\.1"):
        review(id="Q8.1", objective="O1.1")


def test_a_missing_quiz_is_named(tmp_path):
    with pytest.raises(ContentError, match=r"08-the-warrant\.quiz\.yml does not exist"):
        load_quiz("08", tmp_path)
    with pytest.raises(ContentError, match="No chapter '99'"):
        load_quiz("99")


@pytest.mark.parametrize("slug", QUIZZES)
def test_quiz_of_the_book_is_valid(slug):
    load_quiz(slug)


def test_ids_are_used_once_in_the_whole_book():
    ids = [item.id for quiz in LOADED.values() for item in quiz.items]
    assert len(set(ids)) == len(ids)
    assert [quiz.quiz for quiz in LOADED.values()] == [NUMBERS[slug] for slug in LOADED]


# Verdicts

VERDICTS = [
    ("single", 1, "correct"), ("single", 0, "wrong"), ("single", 2, "not attempted"), ("single", -1, "not attempted"),
    ("single", True, "not attempted"), ("single", 1.0, "not attempted"), ("single", "1", "not attempted"), ("single", [1], "not attempted"),
    ("multiple", [0, 2], "correct"), ("multiple", [2, 0, 0], "correct"), ("multiple", [0], "close"), ("multiple", [0, 1], "wrong"),
    ("multiple", [0, 1, 2], "wrong"), ("multiple", [], "not attempted"), ("multiple", "02", "not attempted"),
    ("multiple", [0, "2"], "not attempted"), ("multiple", [0, 9], "not attempted"), ("multiple", 0, "not attempted"),
    ("number", "26.3", "correct"), ("number", "26,3", "correct"), ("number", " 26.3 % ", "correct"), ("number", "26.39", "correct"),
    ("number", "+26.3", "correct"), ("number", "２６．３", "correct"), ("number", "26.3\u00a0%", "correct"), ("number", "0.263", "close"),
    ("number", "-26.3", "wrong"), ("number", "\u221226.3", "wrong"), ("number", "26", "wrong"), ("number", "9" * 40, "wrong"),
    ("number", "", "not attempted"), ("number", "%", "not attempted"), ("number", "twenty-six", "not attempted"),
    ("number", "٢٦", "not attempted"), ("number", "1e2", "not attempted"), ("number", "nan", "not attempted"),
    ("number", "inf", "not attempted"), ("number", "0x1A", "not attempted"), ("number", "26,300", "not attempted"),
    ("number", "9" * 41, "not attempted"), ("number", "9" * 10**6, "not attempted"), ("number", " " * 10**6, "not attempted"),
    ("number", 26.3, "not attempted"), ("number", float("nan"), "not attempted"), ("number", "²⁶", "wrong"),
    ("text", "ratification", "correct"), ("text", "  Ratification. ", "correct"), ("text", "“RATIFICATION”", "correct"),
    ("text", "Accession", "close"), ("text", "ratifications", "wrong"), ("text", "ратификация", "wrong"), ("text", "", "not attempted"),
    ("text", "…", "not attempted"), ("text", "x" * 201, "not attempted"), ("text", 5, "not attempted"), ("text", ["ratification"], "not attempted"),
    ("order", [0, 1, 2], "correct"), ("order", [1, 0, 2], "close"), ("order", [2, 1, 0], "wrong"), ("order", [1, 2, 0], "wrong"),
    ("order", [0, 1], "not attempted"), ("order", [0, 1, 1], "not attempted"), ("order", [0, 1, 2, 3], "not attempted"),
    ("order", "012", "not attempted"), ("order", [0, 1, "2"], "not attempted"), ("order", [True, 0, 2], "not attempted"),
    ("match", [0, 1, 2], "correct"), ("match", [0, 1, None], "close"), ("match", [0, 1, 3], "close"), ("match", [0, 2, 1], "wrong"),
    ("match", [3, 3, 3], "wrong"), ("match", [None, None, None], "not attempted"), ("match", [0, 1], "not attempted"),
    ("match", [0, 1, 4], "not attempted"), ("match", [0, 1, "2"], "not attempted"), ("match", {"0": 0}, "not attempted"),
    ("sentence", ["P8S2", "P8S3"], "correct"), ("sentence", ["P8S3", "P8S2", "P8S2"], "correct"), ("sentence", ["P8S2"], "close"),
    ("sentence", ["P8S1", "P8S2"], "wrong"), ("sentence", [], "not attempted"), ("sentence", "P8S2", "not attempted"),
    ("sentence", ["P1S1"], "not attempted"), ("sentence", [["P8S2"]], "not attempted"),
]  # fmt: skip


@pytest.mark.parametrize("kind, answer, status", VERDICTS, ids=lambda value: f"{value!r}"[:30])
def test_verdict(kind, answer, status):
    judged = verdict(item(kind), answer)
    assert judged.status == status
    assert all(message.why for message in judged.messages)


class Hostile:
    def __eq__(self, other):
        raise RuntimeError("compared")

    __hash__ = None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "answer", [None, ..., float("nan"), float("inf"), -1, 10**400, object(), Hostile(), [Hostile()], [[]], {}, {"a": 1}, [None], b"1", "\ud800", "\x00"],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_no_answer_makes_a_verdict_fail_or_pass_unearned(kind, answer):
    assert verdict(item(kind), answer).status in ("not attempted", "wrong")


@pytest.mark.parametrize(
    "text, value",
    [
        ("48", 48), ("1 000", 1000), ("1'000", 1000), ("1,000,000", 1e6), ("1,234.5", 1234.5), ("1234,5", 1234.5), (".5", 0.5), ("5.", 5),
        ("-0", 0), ("50%", 50), ("1.000", 1), ("1,000", TWO_MEANINGS), ("12,345", TWO_MEANINGS), ("1,0000", 1), ("1.000.000", NO_NUMBER),
        ("1,2,3", NO_NUMBER), ("5 or 6", NO_NUMBER), ("--5", NO_NUMBER), (".", NO_NUMBER), (None, NO_NUMBER),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text, value):
    assert parse_number(text) == value


def test_a_unit_may_be_written_or_left_out():
    states = item("number", answer=2, tolerance=0, unit="states", near=[])
    for answer in ("2", "2 states", "2 States", "2STATES ", "2\u00a0states"):
        assert verdict(states, answer).status == "correct", answer
    assert verdict(states, "2 countries").status == "not attempted"
    assert verdict(item("number", answer=2, tolerance=0, unit="млрд", near=[]), "2 МЛРД").status == "correct"


def test_advice_mentions_a_hint_only_where_there_is_one():
    assert "hint" not in verdict(item("number"), "5").messages[0].why
    assert "hint" in verdict(item("number", hint="Look twice."), "5").messages[0].why


def test_texts_are_compared_as_people_mean_them():
    assert normal_text("  «The  ICC.» ") == normal_text("the icc") == "the icc"


# The book's own quizzes


@pytest.mark.parametrize("item", ITEMS)
def test_every_option_explains_itself(item):
    """Each answer that can be given gets a reason, and no reason is a mere "wrong"."""
    reasons = {
        "single": lambda: [option.why for option in item.options],
        "multiple": lambda: [option.why for option in item.options],
        "number": lambda: [item.why, *(near.why for near in item.near)],
        "text": lambda: [item.why, *(near.why for near in item.near)],
        "order": lambda: [item.why, *(step.why for step in item.items)],
        "match": lambda: [pair.why for pair in [*item.pairs, *item.extra]],
        "sentence": lambda: list(item.why.values()),
    }[item.kind]()
    for why in reasons:
        assert len(why.split()) >= 4, f"{item.id}: {why!r} teaches nothing"
        assert not re.fullmatch(r"(no|yes|right|wrong|correct|incorrect)\W*", why, re.I)
    assert len(set(reasons)) == len(reasons), f"{item.id}: two answers get the same reason"


def key(item):
    """The answer that the file itself calls right."""
    return {
        "single": lambda: next(n for n, option in enumerate(item.options) if option.correct),
        "multiple": lambda: [n for n, option in enumerate(item.options) if option.correct],
        "number": lambda: f"{item.answer:.15g}",
        "text": lambda: item.accept[0],
        "order": lambda: list(range(len(item.items))),
        "match": lambda: list(range(len(item.pairs))),
        "sentence": lambda: item.answer,
    }[item.kind]()


@pytest.mark.parametrize("item", ITEMS)
def test_the_key_is_judged_correct_and_near_misses_close(item):
    assert verdict(item, key(item)).status == "correct"
    assert verdict(item, json.loads("null")).status == "not attempted"
    for near in getattr(item, "near", []):
        for answer in near.accept if item.kind == "text" else [f"{near.value:.15g} {item.unit}"]:
            judged = verdict(item, answer)
            assert (judged.status, judged.messages[0].why) == ("close", near.why)


@pytest.mark.parametrize("item", ITEMS)
def test_what_is_shown_first_is_not_the_answer(item):
    shown = compile_item(item).get("shown")
    if item.kind in ("order", "match"):
        assert sorted(shown) == list(range(len(shown)))
        assert all(place != part for place, part in enumerate(shown))


# Stored answers


@pytest.mark.parametrize(
    "kind, path, value",
    [
        ("single", "stem", "A questoin of kind single?"), ("single", "options.0.text", "aa"), ("single", "options.0.why", "other"),
        ("single", "hint", "new"), ("multiple", "options.1.text", "bb"), ("number", "why", "other"), ("number", "unit", "per cent"),
        ("text", "why", "other"), ("text", "accept", ["Ratification"]), ("order", "items.0.text", "firsst"), ("match", "pairs.0.left", "l1, corrected"),
        ("match", "extra.0.why", "other"), ("sentence", "why.P8S1", "other"),
    ],
)  # fmt: skip
def test_a_corrected_misprint_keeps_stored_answers(kind, path, value):
    assert key_hash(read_items([changed(kind, path, value)])[0]) == key_hash(item(kind))


@pytest.mark.parametrize(
    "kind, path, value",
    [
        ("single", "options", item_data("single")["options"][::-1]), ("multiple", "options", item_data("multiple")["options"][::-1]),
        ("number", "answer", 26.4), ("number", "tolerance", 0.2), ("text", "accept", ["ratifying"]),
        ("order", "items", item_data("order")["items"][::-1]), ("match", "pairs", item_data("match")["pairs"][::-1]),
        ("match", "extra", []), ("sentence", "answer", ["P8S2"]), ("single", "id", "Q8.9"),
    ],
)  # fmt: skip
def test_a_changed_key_drops_stored_answers(kind, path, value):
    assert key_hash(read_items([changed(kind, path, value)])[0]) != key_hash(item(kind))


# The widget


@pytest.fixture
def live(monkeypatch):
    """The quiz of chapter 08 as in Jupyter: outside golden mode, so with a widget."""
    monkeypatch.delenv(GOLDEN)
    return widgets.quiz("08")


def test_a_quiz_in_jupyter_is_an_ipywidget_and_plain_html_elsewhere(live):
    assert isinstance(live.widget, ipywidgets.DOMWidget)
    bundle = live._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<claim-quiz" in bundle["text/html"] and bundle["text/plain"].startswith(
        "Quiz 08: The warrant, 10 questions."
    )


def test_python_judges_anew_whatever_the_page_said(live):
    item = live.quiz.items[2]
    assert (live.answers, live.results(), live.score) == ({}, {}, (0, 10))
    live.widget.answers = {item.id: {"a": key(item), "n": 1}}
    assert live.score == (1, 10) and live.results()[item.id].status == "correct"
    live.widget.answers = {item.id: {"a": 0, "n": 1, "first": True, "status": "correct"}}
    assert live.score == (0, 10) and live.results()[item.id].status == "wrong"
    for junk in ({item.id: "correct"}, {item.id: {}}, {"Q8.99": {"a": 1}}, {item.id: None}):
        live.widget.answers = junk
        assert (live.answers, live.score) == ({}, (0, 10))


def test_goldens_hold_no_widget():
    shown = widgets.quiz("08")
    assert shown.widget is None and shown.answers == {} and shown.score == (0, 10)
    assert set(shown._repr_mimebundle_()) == {MIME, "text/plain"}


# The page without scripts


def plain(markup: str) -> str:
    """What a reader without scripts sees: no script, no tags, single spaces."""
    markup = re.sub(r"<script.*?</script>", " ", markup, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


@pytest.mark.parametrize("slug", LOADED)
def test_a_quiz_can_be_read_without_scripts(slug):
    markup = static_html(LOADED[slug])
    seen = plain(markup)
    data = compile_quiz(LOADED[slug])

    def texts(part, name=""):
        if isinstance(part, dict):
            for inner, value in part.items():
                yield from texts(value, inner)
        elif isinstance(part, list):
            for value in part:
                yield from texts(value, name)
        elif name in ("stem", "more", "text", "why", "left", "say", "rights", "extra"):
            yield plain(part)

    wanted = {text for item in data["items"] for text in texts(item) if text}
    assert len(wanted) > 3 * len(data["items"])
    assert not [text for text in wanted if text not in seen]
    assert markup.count("<summary>Answer to ") == len(data["items"])


def test_nothing_in_a_quiz_file_becomes_markup_or_ends_the_script():
    evil = "</script><img src=x onerror=alert(1)><!-- <script>"
    items = [
        item_data("single", stem=evil, hint=evil, options=[{"text": evil, "why": evil, "correct": True},
                                                           {"text": evil + "2", "why": evil, "misconception": "icc-icj"}]),
        item_data("number", unit=evil, why=evil), item_data("text", accept=[evil], why=evil, near=[{"accept": [evil + "2"], "why": evil}]),
        item_data("order", items=[{"text": evil + t, "why": evil} for t in "abc"], why=evil),
        item_data("match", pairs=[{"left": evil, "right": evil + t, "why": evil} for t in "ab"],
                  extra=[{"right": evil, "why": evil, "misconception": "icc-icj"}]),
    ]  # fmt: skip
    quiz = load_quiz("08").model_copy(update={"items": read_items(items), "title": evil})
    markup = static_html(quiz)
    assert "<img" not in markup and "<!--" not in markup
    assert markup.count("<script") == markup.count("</script") == 1
    stored = re.search(r'<script type="application/json">(.*?)</script>', markup, re.S)[1]
    assert json.loads(stored) == compile_quiz(quiz)
