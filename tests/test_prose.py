"""The prose of the chapters: no number typed that a cell computes, terms used both ways, length, reading level.

Each rule is a function that returns what is wrong, in words an author can act on; each has a case that
it must refuse.
"""

import csv
import re

import pytest

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
                forms = {value} | {f"{float(value):,.{digits}f}" for digits in (0, 1)} if NUMBER.fullmatch(value) else ()
                found |= {form: f"glued as {name!r}" for form in forms}
            elif "application/vnd.claimbook+json" not in data:  # a figure's words are computed where it is drawn
                text = output.get("text", "") + data.get("text/plain", "")
                found |= {number: f"printed by cell {cell.id}" for number in NUMBER.findall(text) if number not in found}
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
