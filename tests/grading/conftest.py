"""Submissions for the tests of the grader, made from the exercise that the course has had longest."""

import json

import pytest

from claimbook.content import root
from claimbook.grading.confinement import Limits
from claimbook.grading.example import answered
from claimbook.grading.sandbox import Sandbox
from claimbook.tasks import load_exercise

NUMBER, SLUG = "08", "08-the-warrant"
QUICK = Limits(cell=2, total=5)


@pytest.fixture(scope="session")
def starter():
    return json.loads((root() / f"exercises/{SLUG}.ipynb").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def solved(starter):
    """A notebook with right answers, as bytes."""
    return json.dumps(answered(starter, load_exercise(NUMBER), "correct")).encode()


@pytest.fixture(scope="session")
def sandbox():
    """A warm sandbox with short limits."""
    with Sandbox(QUICK) as made:
        yield made


def notebook(*cells, **more):
    """Bytes of a notebook with these code cells; each is a source or (source, grade id)."""
    made = []
    for number, cell in enumerate(cells):
        source, name = cell if isinstance(cell, tuple) else (cell, "")
        metadata = {"nbgrader": {"grade_id": name}} if name else {}
        made.append(
            {
                "cell_type": "code",
                "id": f"c{number}",
                "metadata": metadata,
                "source": source,
                "outputs": [],
                "execution_count": None,
            }
        )
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()
