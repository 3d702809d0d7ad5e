"""What this course promises, whatever its text: nothing lost, nothing misquoted, everything runs."""

import re

import pytest

from claimbook import coverage, notebooks, source, tables
from claimbook.content import course, root
from claimbook.questions import load_quiz
from claimbook.rendering import compile_quiz
from claimbook.tasks import load_exercise

NOTEBOOKS = sorted(
    path for folder in ("chapters", "exercises", "exercises/solutions") for path in (root() / folder).glob("*.ipynb")
)
CHAPTERS = course().chapters


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def test_chapters_are_those_of_the_folder():
    assert list(CHAPTERS) == sorted(path.stem for path in (root() / "chapters").glob("*.ipynb"))


def test_sentences_hold_the_whole_text_and_nothing_else():
    joined = "".join(row["text"] for row in source.sentence_rows().values())
    assert squeezed(joined) == squeezed(source.text()), "data/source/sentences.csv and text.txt differ"


def test_every_sentence_makes_a_claim_that_quotes_it():
    assert {row["sentence"] for row in source.claim_rows()} == set(source.sentence_rows())  # checks the quotations
    for row in source.claim_rows():
        assert not row["verdict"] or (row["verdict"] in source.VERDICTS and row["reason"] and row["sources"])


@pytest.mark.parametrize("table", tables.names())
def test_every_table_keeps_to_its_description(table):
    assert len(tables.load(table))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_every_quiz_is_sound(chapter):
    assert compile_quiz(load_quiz(chapter))["items"]


def test_coverage_has_no_hole():
    coverage.check()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_notebook_gives_its_committed_outputs(path):
    assert notebooks.execute(notebooks.read(path), path.parent) == notebooks.read(path), "run `make golden`"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_the_solution_is_right_and_the_starter_is_derived_from_it(chapter):
    exercise = load_exercise(chapter)
    solution = notebooks.read(root() / f"exercises/solutions/{chapter}.ipynb")
    shown = [
        output.get("data", {}).get("text/plain", "")
        for cell in solution.cells
        if cell.cell_type == "code" and re.match(r"check\(.T", cell.source)
        for output in cell.outputs
    ]
    assert len(shown) == len(exercise.tasks)
    assert all(re.match(r"✓ T[\d.]+: correct|✎ T[\d.]+: recorded", line) for line in shown), shown
    starter = notebooks.read(root() / f"exercises/{chapter}.ipynb")
    wanted = notebooks.starter(solution, exercise)
    assert [cell.source for cell in starter.cells] == [cell.source for cell in wanted.cells]
