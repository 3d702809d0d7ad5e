"""A made-up class, for trying the grader: `claimbook grade --example`.

Its submissions are put together from the starters and from the cases that the tasks files hold, so they
are as right, as nearly right and as wrong as those say. The students do not exist.
"""

from __future__ import annotations

import json
from pathlib import Path

from claimbook.content import root
from claimbook.tasks import Exercise, Task, load_exercise

STUDENTS = {
    "Example Ada (all correct)": "correct",
    "Пример Борис (near misses)": "close",
    "样本 陈 (wrong)": "wrong",
    "Example Dana (untouched)": "not_attempted",
    "Example Elif (endless loop in task 2)": "loop",
}
SETUP = "import numpy as np\nimport pandas as pd\n\nfrom claimbook import claims, load"


def write_example(folder: Path, number: str = "08") -> None:
    """Write a plain folder of submissions for one exercise, one file a student, and a file that was cut off."""
    exercise = load_exercise(number)
    slug = next(path.name.removesuffix(".tasks.yml") for path in (root() / "exercises").glob(f"{number}-*.tasks.yml"))
    starter = (root() / f"exercises/{slug}.ipynb").read_text(encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    for student, verdict in STUDENTS.items():
        notebook = answered(json.loads(starter), exercise, verdict)
        (folder / f"{student}.ipynb").write_text(json.dumps(notebook, ensure_ascii=False), encoding="utf-8")
    (folder / "Example Farid (cut off).ipynb").write_text(starter[: len(starter) // 2], encoding="utf-8")


def answered(notebook: dict, exercise: Exercise, verdict: str) -> dict:
    """A starter with an answer of the wanted verdict put before each check."""
    cells: list[dict] = [
        {"cell_type": "code", "id": "setup", "metadata": {}, "source": SETUP, "outputs": [], "execution_count": None}
    ]
    for cell in notebook["cells"]:
        for number, task in enumerate(exercise.tasks):
            if (
                cell["cell_type"] == "code"
                and f'check("{task.id}"' in "".join(cell["source"])
                and verdict != "not_attempted"
            ):
                if verdict == "loop":
                    source = "while True:\n    pass" if number == 1 else _answer(task, "correct")
                else:
                    source = _answer(task, verdict)
                cells.append(
                    {
                        "cell_type": "code",
                        "id": f"answer-{number}",
                        "metadata": {},
                        "source": source,
                        "outputs": [],
                        "execution_count": None,
                    }
                )
        cells.append(cell)
    return {**notebook, "cells": cells}


def _answer(task: Task, verdict: str) -> str:
    if task.kind == "free":
        best = max(task.samples, key=lambda sample: sample.points)
        worst = min(task.samples, key=lambda sample: sample.points)
        return f"{task.variable} = {(best if verdict == 'correct' else worst).answer!r}"
    assert task.expected, "only a free text has no expected value"
    *before, last = _statements(task.expected)
    code = [*before, f"expected = {last}"]
    value = "expected" if verdict == "correct" else (getattr(task.cases, verdict) or task.cases.wrong or ["0"])[0]
    return "\n".join([*code, f"{task.variable} = {value}"])


def _statements(code: str) -> list[str]:
    import ast

    return [ast.unparse(node) for node in ast.parse(code).body]
