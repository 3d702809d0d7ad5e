"""Every chapter has the same anatomy, says when and who, and keeps its promises.

Each rule is a function that returns what is wrong, in words an author can act on; each has a case
below that it must refuse.
"""

import csv
import re
from itertools import pairwise

import pytest
import yaml

from claimbook import notebooks, source
from claimbook.content import REVIEWS, chapter_slug, root
from tests.wording import section, wording_problems, words_of

ANATOMY = [
    "At a glance", "The sentences", "Before you read on", "Background", "Worked example", "Your turn", "Quiz",
    "What happened next", "Discuss", "In short", "Key terms", "Sources",
]  # fmt: skip
TEACHING = [
    "Run sheet: 50 minutes", "Run sheet: 90 minutes", "Misconceptions and what to say", "Likely questions",
    "Sensitivities", "Rubric for the free-text task", "Without computers", "Sources",
]  # fmt: skip
# What a student can be seen doing. "Understand", "know" and "appreciate" can't be observed.
OBSERVABLE = {
    "apply",
    "attribute",
    "calculate",
    "check",
    "choose",
    "classify",
    "compare",
    "complete",
    "compute",
    "contrast",
    "count",
    "date",
    "decide",
    "define",
    "describe",
    "distinguish",
    "estimate",
    "evaluate",
    "explain",
    "filter",
    "find",
    "give",
    "group",
    "identify",
    "interpret",
    "join",
    "judge",
    "justify",
    "label",
    "list",
    "locate",
    "mark",
    "match",
    "name",
    "order",
    "place",
    "predict",
    "quote",
    "rank",
    "read",
    "reshape",
    "rewrite",
    "select",
    "separate",
    "show",
    "sort",
    "split",
    "state",
    "summarise",
    "tell",
    "test",
    "trace",
    "translate",
    "weigh",
    "write",
}


def prose(notebook) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def objectives(text: str) -> dict[str, str]:
    return dict(re.findall(r"^- \*\*(O\d+\.\d)\*\* (.+)$", text, re.M))


def anatomy_problems(text: str, wanted=ANATOMY) -> list[str]:
    found = re.findall(r"^## (.+)$", text, re.M)
    return [] if found == wanted else [f"sections are {found}, they should be {wanted}"]


def objective_problems(text: str) -> list[str]:
    return [
        f"{key} begins with {words.split()[0]!r}, which can't be observed"
        for key, words in objectives(text).items()
        if words.split()[0].lower() not in OBSERVABLE
    ]


def minutes_problems(text: str) -> list[str]:
    line = re.search(r"\*\*Time:\*\* (\d+) minutes \(([^)]*)\)", text)
    if not line:
        return ["no line `**Time:** 60 minutes (reading 25, ...)` in At a glance"]
    parts = sum(int(n) for n in re.findall(r"\d+", line[2]))
    return [] if parts == int(line[1]) else [f"the parts add up to {parts} minutes, not {line[1]}"]


def run_sheet_problems(text: str, minutes: int) -> list[str]:
    body = section(text, f"Run sheet: {minutes} minutes")
    spans = [(int(a), int(b)) for a, b in re.findall(r"^\|\s*(\d+)\s*[-–]\s*(\d+)\s*\|", body, re.M)]
    if not spans:
        return [f"no rows like `| 0-10 | ... |` in the {minutes}-minute run sheet"]
    if spans[0][0] != 0 or spans[-1][1] != minutes or any(a[1] != b[0] for a, b in pairwise(spans)):
        return [f"the {minutes}-minute run sheet has gaps or a wrong sum: {spans}"]
    return []


@pytest.fixture
def text(chapter):
    return prose(notebooks.read(root() / f"chapters/{chapter}.ipynb"))


@pytest.fixture
def quiz(chapter):
    return yaml.safe_load((root() / f"chapters/{chapter}.quiz.yml").read_text(encoding="utf-8"))


@pytest.fixture
def teaching(chapter):
    return (root() / f"chapters/teaching/{chapter}.md").read_text(encoding="utf-8")


def test_anatomy(text):
    assert not anatomy_problems(text)


def test_objectives_can_be_observed_and_are_hit_by_an_item(text, quiz):
    assert 4 <= len(objectives(text)) <= 6
    assert not objective_problems(text)
    assert {item["objective"] for item in quiz["items"]} == set(objectives(text))


def test_minutes_add_up(text):
    assert not minutes_problems(text)


def test_chapter_shows_its_sentences(chapter):
    code = "\n".join(
        cell.source for cell in notebooks.read(root() / f"chapters/{chapter}.ipynb").cells if cell.cell_type == "code"
    )
    mine = [key for key, row in source.sentence_rows().items() if chapter[:2] in row["chapters"].split()] or ["all"]
    for key in mine:
        assert f'sentence("{key}")' in code, (
            f'{chapter} does not show `sentence("{key}")`. A chapter shows the sentences that have its number in the '
            "column `chapters` of data/source/sentences.csv; if none has, it shows them all."
        )


def test_wording(text, teaching, quiz):
    for part in (text, teaching, words_of(quiz)):
        assert not wording_problems(part)


def test_quotations_stand_in_the_source(text, teaching, quiz):
    for part in (text, teaching, yaml.safe_dump(quiz, allow_unicode=True, width=10**6)):
        source.expand_quotes(part)
        assert not re.findall(r"\{quote\}`(?!P\dS\d: )[^`]*`", part)


def test_citations_resolve(text, teaching, quiz):
    with open(root() / "data/tables/sources.csv", encoding="utf-8", newline="") as file:
        known = {row["source"] for row in csv.DictReader(file)}
    cited = {
        key.strip() for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]*)`", text + teaching) for key in keys.split(",")
    }
    cited |= {key for item in quiz["items"] for key in item.get("sources", [])}
    assert cited <= known, f"not in data/tables/sources.csv: {sorted(cited - known)}"


def test_later_events_stand_only_in_their_section(text):
    """Years after the text are told in *What happened next*; elsewhere only of sources and editions."""
    earlier = text.replace(section(text, "What happened next"), "").replace(section(text, "Sources"), "")
    earlier = re.sub(r"\{cite\}`[^`]*`|edition\W+2026\.11", "", earlier)
    assert not re.findall(r".*\b202[4-9]\b.*", earlier)


def test_teaching_page(teaching):
    assert not anatomy_problems(teaching, TEACHING)
    assert not run_sheet_problems(teaching, 50) + run_sheet_problems(teaching, 90)


def figures(path):
    for cell in notebooks.read(path).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get("application/vnd.claimbook+json", {})
            if data.get("kind") == "figure":
                yield data


def test_every_figure_says_its_finding_in_words_of_its_own():
    seen = {}
    for path in sorted((root() / "chapters").glob("*.ipynb")):
        for data in figures(path):
            assert 20 <= len(data["alt"]) <= 250 and data["limit"] and "<table>" in data["table"]
            assert data["alt"] not in seen, f"{path.name} and {seen.get(data['alt'])} share an alt text"
            seen[data["alt"]] = path.name
    assert seen


# Quizzes as a set


def test_quiz_is_long_varied_and_not_trivia(quiz):
    items = quiz["items"]
    assert 8 <= len(items) <= 10
    assert len({item["kind"] for item in items}) >= 5
    assert sum(item["skill"] == "remember" for item in items) <= 0.4 * len(items)


def choices(quiz):
    return [item for item in quiz["items"] if item["kind"] == "single"]


def test_length_and_place_do_not_give_the_key_away(quiz):
    places = []
    for item in choices(quiz):
        lengths = [len(option["text"]) for option in item["options"]]
        right = next(n for n, option in enumerate(item["options"]) if option.get("correct"))
        others = [length for n, length in enumerate(lengths) if n != right]
        assert lengths[right] <= 1.3 * max(others), f"{item['id']}: the right option is by far the longest"
        places.append(right)
    assert len(places) < 3 or len(set(places)) > 1, "the right option always stands at the same place"


def test_misconceptions_are_known(quiz):
    assert not unknown_misconceptions(quiz)


def unknown_misconceptions(quiz) -> list[str]:
    with open(root() / "data/tables/misconceptions.csv", encoding="utf-8", newline="") as file:
        known = {row["misconception"] for row in csv.DictReader(file)}
    used = set(re.findall(r"misconception: ([\w-]+)", yaml.safe_dump(quiz)))
    return sorted(used - known) if used else ["no option names a misconception"]


# Reviews: longer quizzes that mix chapters

WRITTEN = [number for number, (slug, _) in REVIEWS.items() if (root() / f"chapters/{slug}.quiz.yml").is_file()]


@pytest.fixture(params=WRITTEN)
def review(request):
    """(last chapter that it asks about, quiz as in its file) of each review in turn."""
    slug, last = REVIEWS[request.param]
    return last, yaml.safe_load((root() / f"chapters/{slug}.quiz.yml").read_text(encoding="utf-8"))


def review_problems(quiz: dict, last: int) -> list[str]:
    """What a mix of chapters must keep, beyond the rules for every quiz."""
    items = quiz["items"]
    asked = [int(item["objective"][1:].split(".")[0]) for item in items]
    problems = [f"{items[n + 1]['id']} asks about chapter {a} like the item before it"
                for n, (a, b) in enumerate(pairwise(asked)) if a == b]  # fmt: skip
    if left_out := sorted(set(range(1, last + 1)) - set(asked)):
        problems.append(f"no item asks about chapters {left_out}")
    if not 14 <= len(items) <= 16:
        problems.append(f"{len(items)} items, there should be 14 to 16")
    if len({item["kind"] for item in items}) < 6:
        problems.append("fewer than six kinds of items")
    if sum(item["skill"] == "remember" for item in items) > 0.2 * len(items):
        problems.append("more than a fifth of the items ask for remembering")
    return problems


def test_a_review_mixes_its_chapters(review):
    last, quiz = review
    assert not review_problems(quiz, last)


def test_a_review_keeps_the_rules_of_every_quiz(review):
    quiz = review[1]
    words = words_of(quiz)
    assert not wording_problems(words) + unknown_misconceptions(quiz)
    source.expand_quotes(words)
    test_length_and_place_do_not_give_the_key_away(quiz)
    with open(root() / "data/tables/sources.csv", encoding="utf-8", newline="") as file:
        known = {row["source"] for row in csv.DictReader(file)}
    assert {key for item in quiz["items"] for key in item.get("sources", [])} <= known


def test_objectives_of_a_review_exist(review):
    for item in review[1]["items"]:
        path = root() / f"chapters/{chapter_slug(item['objective'][1:].split('.')[0])}.ipynb"
        if path.is_file():
            assert item["objective"] in objectives(prose(notebooks.read(path))), item["id"]


def test_a_review_asks_nothing_that_a_chapter_has_asked(review):
    stems = {
        item["stem"]
        for path in (root() / "chapters").glob("[01]*.quiz.yml")
        for item in yaml.safe_load(path.read_text(encoding="utf-8"))["items"]
    }
    assert not [item["id"] for item in review[1]["items"] if item["stem"] in stems]


@pytest.mark.parametrize("number", WRITTEN)
def test_a_review_has_its_page(number):
    page = (root() / f"chapters/{REVIEWS[number][0]}.md").read_text(encoding="utf-8")
    assert f"```{{quiz}} {number}\n```" in page
    assert not wording_problems(page)


# Every rule refuses what it is there to refuse


def test_rules_refuse_what_they_should():
    assert anatomy_problems("## Quiz\n## Background")
    assert objective_problems("- **O8.1** Understand the warrant.")
    assert minutes_problems("**Time:** 60 minutes (reading 25, quiz 10)") and minutes_problems("")
    assert not wording_problems("The text says {quote}`P4S1: recent visit` and “now”.")
    item = {"id": "QR1.1", "objective": "O1.1", "kind": "single", "skill": "remember"}
    assert len(review_problems({"items": [item, item]}, 2)) == 5
    assert run_sheet_problems("## Run sheet: 50 minutes\n| 0-20 | a |\n| 25-50 | b |\n", 50)
    assert not run_sheet_problems("## Run sheet: 50 minutes\n| 0-20 | a |\n| 20-50 | b |\n", 50)


@pytest.mark.parametrize(
    "rule, bad",
    [
        ("vague time", "Russia currently sells"),
        ("vague time", "as of now"),
        ("stock phrase", "the geopolitical landscape"),
        ("advocacy", "a heinous act"),
        ("advocacy", "China should condemn it"),
        ("takes a side", "the regime in a capital"),
        ("takes a side", "the so-called plan"),
        ("verb of saying that judges", "The ministry claimed that it was so"),
        ("verb of saying that judges", "He admitted it"),
        ("not the law's word", "the forced transportation of children"),
        ("not the law's word", "The Court indicted him"),
        ("not the law's word", "an illegal measure"),
        ("one side's name", "Since the special military operation began"),
        ("one side's name", "the reunification of Crimea"),
        ("spelling of a city", "He went to Kiev"),
    ],
)
def test_words_are_left_to_those_who_say_them(rule, bad):
    assert [problem.split(":")[0] for problem in wording_problems(bad)] == [rule]
    for fine in (f'They said: "{bad}".', f"They said: “{bad}”.", f"The words *{bad}* are theirs.", f"`{bad}`"):
        assert not wording_problems(fine), fine


def test_a_quotation_mark_left_open_hides_nothing_beyond_its_paragraph():
    assert wording_problems('It is 5" long.\n\nThe regime fell.\n\nAnother 5".')
    assert "regime" in wording_problems(words_of({"items": ['one "', {"text": "the regime"}, 'two "']}))[0]


def test_slugs_name_chapter_quiz_and_teaching_page_alike():
    for path in (root() / "chapters").glob("*.ipynb"):
        assert chapter_slug(path.stem) == path.stem
        for twin in (f"chapters/{path.stem}.quiz.yml", f"chapters/teaching/{path.stem}.md"):
            assert (root() / twin).is_file(), f"{twin} is missing"
