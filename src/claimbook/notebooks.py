"""Notebooks as documents: run them, normalise what is committed, derive a starter from a solution.

A chapter or a solution is committed with its outputs ("golden" outputs). They are made here, compared
by pytest-notebook in the tests, and are what the book is built from.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from claimbook.content import EDITION, ContentError
from claimbook.display import GOLDEN
from claimbook.tasks import Exercise, find_task, grade_id

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
_SOLUTION = re.compile(r"^### BEGIN SOLUTION\n.*?^### END SOLUTION\n?", re.DOTALL | re.MULTILINE)
_CHECK = re.compile(r"""^check\(["'](T\d+\.\d+)["']""", re.MULTILINE)


def read(path: Path) -> NotebookNode:
    """Notebook from a file, or from a Jupytext text notebook (`.md`).

    Raises:
        ContentError: the file is no notebook.
    """
    path = Path(path)
    try:
        if path.suffix == ".md":
            import jupytext

            return jupytext.read(path)
        return nbformat.read(path, as_version=4)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError) as error:
        raise ContentError(f"{path} is not a readable notebook: {error}") from None


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook in the one form that is committed: sorted keys, one-space indent, final newline."""
    nbformat.validate(notebook)
    Path(path).write_text(nbformat.writes(notebook, version=nbformat.NO_CONVERT, indent=1) + "\n", encoding="utf-8")


def execute(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Run a notebook in a fresh kernel, in golden mode; return it normalised.

    Args:
        notebook: an nbformat notebook; it is changed in place.
        folder: working directory of the run.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed.
        ContentError: a cell wrote to standard error (a warning has no place in a golden output).
    """
    from nbclient import NotebookClient

    environment = {**os.environ, GOLDEN: "1"}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=environment)
    return normalise(notebook)


def normalise(notebook: NotebookNode) -> NotebookNode:
    """Take out of a notebook whatever differs from run to run or from machine to machine."""
    kept = {name: notebook.metadata[name] for name in ("claimbook",) if name in notebook.metadata}
    notebook.metadata = nbformat.from_dict({**METADATA, **kept})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen = set()
    for number, cell in enumerate(notebook.cells, 1):
        if not cell.get("id") or cell.id in seen:
            cell["id"] = f"cell-{number:03d}"
        seen.add(cell.id)
        cell.metadata.pop("execution", None)
        cell.metadata.pop("jupyter", None)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        if "figure(\n" in cell.source and "hide-input" not in cell.metadata.get("tags", []):
            # How a chart is drawn is one click away; what it draws was computed in the cells before.
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
        for output in cell.outputs:
            if output.output_type == "stream" and output.name == "stderr":
                raise ContentError(f"Cell {number} writes to standard error: {output.text.strip()[:300]}")
            if "execution_count" in output:
                output.execution_count = None
            output.get("data", {}).pop("image/png", None)
    return notebook


def with_grading_metadata(notebook: NotebookNode, exercise: Exercise) -> NotebookNode:
    """Mark answer and check cells for nbgrader (cell metadata, schema 3), by the tasks they belong to.

    A cell that calls `check("T8.1", ...)` is the locked, graded test of that task; the cell before it
    that holds the solution is the student's. Free text is one manually graded cell.

    Raises:
        ContentError: a check cell without an answer cell before it, or tasks and cells that don't match.
    """
    found, answer = [], None
    for cell in notebook.cells:
        cell.metadata.pop("nbgrader", None)
        if cell.cell_type != "code":
            continue
        if "### BEGIN SOLUTION" in cell.source:
            answer = cell
        if named := _CHECK.search(cell.source):
            task = find_task(named[1])
            if answer is None:
                raise ContentError(f"The check of {task.id} has no answer cell (### BEGIN SOLUTION) before it.")
            by_hand = task.kind == "free"
            name = grade_id(task.id)
            answer.metadata["nbgrader"] = _nbgrader(name, grade=by_hand, points=task.points, solution=True)
            cell.metadata["nbgrader"] = _nbgrader(
                f"check-{name}", grade=not by_hand, points=task.points, solution=False
            )
            found.append(task.id)
            answer = None
    wanted = [task.id for task in exercise.tasks]
    if found != wanted:
        raise ContentError(f"Exercise {exercise.exercise}: the notebook checks {found}, the tasks file has {wanted}.")
    return notebook


def _nbgrader(grade_id: str, *, grade: bool, points: int, solution: bool) -> dict:
    entry = {
        "grade": grade,
        "grade_id": grade_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    return {**entry, "points": points} if grade else entry


def starter(solution: NotebookNode, exercise: Exercise) -> NotebookNode:
    """The notebook a student opens: the solution with its answers taken out.

    Every answer becomes `variable = ...`, so that a starter runs from top to bottom and each check
    says "not attempted". Outputs are dropped; cell ids stay, so that cells can be told apart later. The
    edition is noted, so that the grader of another one can say so instead of judging by other tasks.
    """
    notebook = with_grading_metadata(nbformat.from_dict(solution), exercise)
    notebook.metadata["claimbook"] = {"edition": EDITION}
    names = {grade_id(task.id): task.variable for task in exercise.tasks}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs, cell.execution_count = [], None
        task = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if task in names:
            cell.source = _SOLUTION.sub(f"{names[task]} = ...", cell.source).rstrip()
    return normalise(notebook)
