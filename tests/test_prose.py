"""The prose of the chapters: no number typed that a cell computes, terms used both ways, length, reading level.

Each rule is a function that returns what is wrong, in words an author can act on; each has a case that
it must refuse.
"""

import csv
import re

import pytest
from tools import report_prose
from tools.report_prose import chapter_prose

from claimbook import notebooks
from claimbook.content import root
from tests.conftest import CHAPTERS
from tests.wording import section

NUMBER = re.compile(r"(?<![\w.,/])[-+−]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w/]|[.,]\d)")
MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
# Numbers that name something and count nothing: dates, years, articles and the like, places in a list.
NAMES = re.compile(
    rf"\b\d{{1,2}}(?: (?:and|to) \d{{1,2}})? (?:{MONTH})\b|\b(?:19|20)\d\d\b"
    r"|\b(?:articles?|questions?|points?|chapters?|resolutions?) \d[\d()a-zA-Z]*|^\d+\. ",
    re.M,
)


def computed(notebook) -> dict[str, str]:
    """Numbers that the cells of a notebook glue or print, without signs: {number as written: where it comes from}."""
    found = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name:
                value = data["application/papermill.record/text/plain"].strip("'%")
                forms = (
                    {value} | {f"{float(value):,.{digits}f}" for digits in (0, 1)} if NUMBER.fullmatch(value) else ()
                )
                found |= dict.fromkeys(forms, f"glued as {name!r}")
            elif "application/vnd.claimbook+json" not in data:  # a figure's words are computed where it is drawn
                text = output.get("text", "") + data.get("text/plain", "")
                found |= {
                    number: f"printed by cell {cell.id}" for number in NUMBER.findall(text) if number not in found
                }
    return {plain(number): where for number, where in found.items()}


def plain(number: str) -> str:
    return number.replace(",", "").lstrip("+-−")


def typed_numbers(notebook) -> list[str]:
    """Numbers typed from the worked example on that a cell of the notebook computes.

    A sentence with a citation may hold any number, since its source gives it, and so may a quotation.
    *What happened next* is left out: its numbers are later than the tables and agree with them by chance only.
    """
    prose = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    text = "\n".join(section(prose, title) for title in ("Worked example", "Your turn", "Discuss", "In short"))
    values, problems = computed(notebook), []
    for block in re.split(r"\n\s*\n|\n(?=- )", text):
        for sentence in re.split(r"(?<=[.!?])\s+", " ".join(block.split())):
            if "{cite" in sentence:
                continue
            words = re.sub(r"`[^`]*`|“[^”]*”|\"[^\"]*\"", " ", sentence)
            for number in NUMBER.findall(NAMES.sub(" ", words)):
                if where := values.get(plain(number)):
                    problems.append(f"{number} is typed in {sentence!r}; it is {where}, so use {{glue:text}}")
    return problems


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_no_number_is_typed_that_a_cell_computes(chapter):
    assert not typed_numbers(notebooks.read(root() / f"chapters/{chapter}.ipynb"))


def notebook_with(prose: str):
    """A chapter with one computed number of each kind: 42 glued, 1307 and -8.5 printed."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    glued = new_output(
        "display_data",
        {"application/papermill.record/text/plain": "42"},
        metadata={"scrapbook": {"name": "meetings", "mime_prefix": "application/papermill.record/"}},
    )
    printed = new_output("execute_result", {"text/plain": "sum     1307\nJuly    -8.5"})
    code = new_code_cell("count", outputs=[glued, printed])
    return new_notebook(cells=[code, new_markdown_cell(f"## Worked example\n\n{prose}\n\n## Sources\n\n42 of them.")])


@pytest.mark.parametrize(
    "prose",
    [
        "They met 42 times.",
        "The sum is 1,307.",
        "It fell by 8.5 percent.",
        "A source {cite}`a-2023-b`. It says 42.",
        "- **Yes.** 42 of them.",
    ],
)
def test_a_typed_number_is_refused(prose):
    assert typed_numbers(notebook_with(prose))


@pytest.mark.parametrize(
    "prose",
    [
        "They met {glue:text}`meetings` times.",
        "Xi said 42 {cite}`xinhua-2023-42-meetings`.",
        "By 16 October 2023, under article 42, resolution 42/1 and claim P4S2; see question 42.",
        "The text has {quote}`P6S2: over 100` and a headline had “42 meetings”, code has `42`.",
        "It took 43 days.",
    ],
)
def test_a_number_that_no_cell_computes_or_that_names_something_passes(prose):
    assert not typed_numbers(notebook_with(prose))


# Terms


def term_problems(pages: dict[str, str], defined: set[str]) -> list[str]:
    """Terms used and not defined, defined and not used, linked and not listed under *Key terms*, or listed only."""
    problems, used = [], set()
    for page, text in pages.items():
        listed = section(text, "Key terms")
        here, keys = linked(text.replace(listed, "")), linked(listed)
        used |= here
        problems += [f"{page}: {term!r} is not in data/tables/terms.csv" for term in sorted(here - defined)]
        problems += [f"{page}: {term!r} is not listed under Key terms" for term in sorted(here - keys)]
        problems += [f"{page}: {term!r} is a key term that the text does not link" for term in sorted(keys - here)]
    return problems + [f"no chapter uses {term!r} of data/tables/terms.csv" for term in sorted(defined - used)]


def linked(text: str) -> set[str]:
    """Glossary entries that the {term} roles of a text lead to."""
    return {re.sub(r".*<(.*)>", r"\1", " ".join(term.split())) for term in re.findall(r"\{term\}`([^`]*)`", text)}


def test_terms_are_defined_used_and_listed():
    with open(root() / "data/tables/terms.csv", encoding="utf-8", newline="") as file:
        defined = {row["en"] for row in csv.DictReader(file)}
    problems = term_problems({chapter: chapter_prose(chapter) for chapter in CHAPTERS}, defined)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize(
    "text, problem",
    [
        ("An {term}`embargo` and a {term}`veto`.", "'embargo' is not in"),
        ("A {term}`veto`.\n\n## Key terms\n\n- {term}`forecast`", "'veto' is not listed"),
        ("A {term}`veto`.\n\n## Key terms\n\n- {term}`veto`\n- {term}`forecast`", "'forecast' is a key term that"),
        ("{term}`Vetoes\n<veto>`.", "no chapter uses 'forecast'"),
    ],
)
def test_a_term_that_lacks_a_side_is_refused(text, problem):
    assert any(problem in found for found in term_problems({"09": text}, {"veto", "forecast"}))


# Length and reading level: the length is a rule, the level is reported


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_length(chapter):
    words = report_prose.measure(chapter_prose(chapter)).words
    assert 1800 <= words <= 2800, f"{chapter}: {words} words of running text, it should be 1,800 to 2,800"


FIXTURE = """## A heading is no sentence

The Court issued a {term}`warrant <warrant of arrest>` {cite}`icc-2023-warrants`. It met {glue:text}`n` times, said
A. Novak: "Nobody knows." {quote}`P1S1: is scheduled` names nobody!

| a table | is none |
|---|---|

- 2,803 forecasts of full-scale wars, as [the exercise](../exercises/11.ipynb) shows.
"""


def test_sentences_and_words_are_those_that_a_reader_sees():
    assert report_prose.sentences(FIXTURE) == [
        "The Court issued a warrant.",
        'It met 0 times, said A. Novak: "Nobody knows.',
        "“is scheduled” names nobody!",
        "2,803 forecasts of full-scale wars, as the exercise shows.",
    ]
    assert report_prose.words("China's full-scale 2,803") == ["China's", "full-scale", "2,803"]


def test_measures_are_counted_right():
    found = report_prose.measure("One two three. Children remember everything.")
    assert (found.words, found.sentences, found.mean) == (6, 2, 3)
    assert found.lix == 3 + 50  # three of six words have more than six letters
    assert report_prose.measure("").words == 0


def test_report_has_a_line_for_each_chapter_and_the_longest_sentences(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["report_prose.py", "--longest", "3"])
    assert report_prose.main() == 0
    printed = capsys.readouterr().out
    assert all(re.search(rf"^{chapter} +\d+ +\d+ +\d+\.\d +\d+$", printed, re.M) for chapter in CHAPTERS)
    lengths = [int(n) for n in re.findall(r"^(\d+) words, ", printed, re.M)]
    assert len(lengths) == 3 and lengths == sorted(lengths, reverse=True)
