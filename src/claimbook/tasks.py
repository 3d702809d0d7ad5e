"""Exercise tasks: what is asked, what is right, what is nearly right, and what to say about it.

A task lives in `exercises/NN-slug.tasks.yml`. Its expected value is an expression over the data
package, never a typed number. Judging is pure: `judge(task, answer)` takes an answer as data
(`claimbook.answers`), so a notebook's `check` and the grader give the same verdict.
"""

from __future__ import annotations

import ast
import html
import math
import os
import re
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from claimbook.answers import to_plain
from claimbook.content import ContentError, chapter_slug, find_close, root
from claimbook.display import golden

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Status = Literal["correct", "close", "wrong", "not attempted"]
SYMBOLS = {"correct": "✓", "close": "≈", "wrong": "✗", "not attempted": "○", "recorded": "✎"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NearMiss(_Strict):
    """A wrong value that tells which slip was made."""

    value: Words  # expression; may use `expected`
    say: Words
    misconception: str | None = None


class Cases(_Strict):
    """Answers, as Python expressions, with the verdict that each must get; run by the tests."""

    correct: list[str] = []
    close: list[str] = []
    wrong: list[str] = []
    not_attempted: list[str] = ["...", "None"]


class Level(_Strict):
    points: int
    means: Words


class Sample(_Strict):
    points: int
    answer: Words
    why: Words


class Task(_Strict):
    """One task of an exercise.

    `expected` is Python: one expression, or statements whose last line is an expression, over `load`,
    `claims`, `pd` and `np`. Kinds: number; text (short, compared without case and outer spaces);
    choice (one of `options`); set (order and repeats don't count); table (a DataFrame, or a Series as
    a table of two columns); free (a text that a person marks by the rubric).
    """

    id: Annotated[str, StringConstraints(pattern=r"^T\d{1,2}\.\d{1,2}$")]
    title: Words
    objective: Annotated[str, StringConstraints(pattern=r"^O\d{1,2}\.\d$")]
    variable: Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*$")]
    kind: Literal["number", "text", "choice", "set", "table", "free"]
    points: Annotated[int, Field(gt=0)] = 1
    expected: Words | None = None
    tolerance: Annotated[float, Field(ge=0)] = 0
    ordered: bool = False  # table: does the order of rows count?
    options: list[str] = []
    say_correct: Words
    hints: Annotated[list[Words], Field(min_length=2)]
    near_misses: list[NearMiss] = []
    rubric: list[Level] = []
    samples: list[Sample] = []
    cases: Cases = Cases()

    @model_validator(mode="after")
    def _whole(self):
        if self.kind == "free":
            if len(self.rubric) != 4 or not self.samples:
                raise ValueError("a free-text task needs a rubric of four levels and scored samples")
            if self.points != max(level.points for level in self.rubric):
                raise ValueError("the points of a free-text task are those of its highest level")
        elif self.expected is None:
            raise ValueError("`expected` is missing")
        if (self.kind == "choice") != bool(self.options):
            raise ValueError("`options` belong to tasks of kind choice, and to no other")
        return self


class Exercise(_Strict):
    exercise: str
    title: Words
    tasks: Annotated[list[Task], Field(min_length=1)]


@dataclass(frozen=True)
class Result:
    """Verdict on one answer. `status` is correct, close, wrong, not attempted, or recorded (free text)."""

    task: str
    status: str
    reason: str
    misconception: str | None = None

    def __bool__(self):
        return self.status == "correct"

    def __str__(self):
        return f"{SYMBOLS[self.status]} {self.task}: {self.status}. {self.reason}"

    def _repr_mimebundle_(self, include=None, exclude=None):
        bundle = {"text/plain": str(self)}
        if not golden():
            kind = self.status.replace(" ", "-")
            bundle["text/html"] = (
                f'<div class="cb-result cb-{kind}" role="status"><strong>{SYMBOLS[self.status]} {self.task}: '
                f"{self.status}.</strong> {html.escape(self.reason)}</div>"
            )
        return bundle

    def __repr__(self):
        return str(self)


# ---------------------------------------------------------------- the tasks file


@cache
def load_exercise(chapter: str) -> Exercise:
    """Tasks of one exercise, validated.

    Args:
        chapter: `"08"` or the slug.

    Raises:
        ContentError: no such chapter or file, or a file that breaks a rule; all errors at once, each
            with the task and the field.
    """
    path = root() / "exercises" / f"{chapter_slug(chapter)}.tasks.yml"
    if not path.is_file():
        raise ContentError(f"Exercise {chapter!r} has no tasks file: {path} does not exist.")
    try:
        exercise = Exercise.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name} is not valid YAML: {error}") from None
    except ValidationError as error:
        raise ContentError(f"{path.name}:\n" + "\n".join(_explain(e) for e in error.errors())) from None
    seen = set()
    for task in exercise.tasks:
        if task.id in seen:
            raise ContentError(f"{path.name}: the id {task.id} is used twice. Give each task its own.")
        seen.add(task.id)
    return exercise


def _explain(error: dict) -> str:
    place = " / ".join(
        f"task {part + 1}" if type(part) is int else str(part) for part in error["loc"] if part != "tasks"
    )
    return f"  {place or 'file'}: {error['msg']}"


def find_task(task: str) -> Task:
    """Task by its id.

    Raises:
        ContentError: no such task; the message offers the closest ids.
    """
    number = re.fullmatch(r"T(\d{1,2})\.\d{1,2}", str(task))
    if not number:
        raise ContentError(f"{task!r} is no task id. Task ids look like 'T8.1'.")
    tasks = {t.id: t for t in load_exercise(number[1]).tasks}
    if task not in tasks:
        raise ContentError(f"No task {task!r}. {find_close(task, tasks)}")
    return tasks[task]


# ---------------------------------------------------------------- expected values


def evaluate(code: str, **more) -> Any:
    """Value of an expression from a tasks file; its last line, if it has several.

    Only files of the course are evaluated, never anything that a student sends.
    """
    import numpy as np
    import pandas as pd

    from claimbook.source import claims
    from claimbook.tables import load

    scope = {"load": load, "claims": claims, "pd": pd, "np": np, **more}
    *body, last = ast.parse(code).body
    exec(compile(ast.Module(body, []), "<tasks file>", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "<tasks file>", "eval"), scope)


@cache
def _expected(task_id: str) -> tuple[dict, list[tuple[dict, NearMiss]]]:
    """Expected value and near misses of a task, as plain data; computed once a process."""
    task = find_task(task_id)
    value = evaluate(task.expected)
    near = [(to_plain(evaluate(miss.value, expected=value)), miss) for miss in task.near_misses]
    return to_plain(value), near


# ---------------------------------------------------------------- judging


def judge(task: Task, answer: dict) -> Result:
    """Judge an answer given as data.

    Args:
        task: the task.
        answer: what `claimbook.answers.to_plain` returned.

    Returns:
        Result, with a reason in terms of the task; the expected value is never part of it.
    """
    if answer["type"] == "missing":
        return Result(task.id, "not attempted", f"Put your answer into `{task.variable}`, then run this cell again.")
    if task.kind == "free":
        return _judge_free(task, answer)
    if answer["type"] == "too large":
        return Result(task.id, "wrong", f"The answer is far too large ({answer['size']:,}). {_wanted(task)}")
    expected, near = _expected(task.id)
    problem = _form_problem(task, answer, expected)
    if not problem and _same(task, answer, expected):
        return Result(task.id, "correct", task.say_correct)
    for value, miss in near:
        if not _form_problem(task, answer, value) and _same(task, answer, value):
            return Result(task.id, "close", miss.say, miss.misconception)
    return Result(task.id, "wrong", problem or _difference(task, answer, expected))


def _judge_free(task: Task, answer: dict) -> Result:
    if answer["type"] != "text":
        return Result(task.id, "wrong", f"Write a text between quotation marks into `{task.variable}`.")
    words = len(answer["value"].split())
    if not words:
        return Result(task.id, "not attempted", "The text is empty.")
    return Result(task.id, "recorded", f"{words} word{'s' * (words > 1)}. A person marks this one, by the rubric above.")


def _wanted(task: Task) -> str:
    return {
        "number": "The task asks for one number.",
        "text": "The task asks for a short text.",
        "choice": f"Choose one of: {', '.join(task.options)}.",
        "set": "The task asks for a list or set of values.",
        "table": "The task asks for a table (a DataFrame or a Series).",
    }[task.kind]


def _form_problem(task: Task, answer: dict, expected: dict) -> str | None:
    """Why an answer has the wrong form for its task; None if the form is right."""
    given = answer["type"]
    if task.kind == "number":
        if given == "number":
            return "The answer is not a finite number." if isinstance(answer["value"], str) else None
        if given in ("series", "list") and len(answer["values"]) == 1:
            return "That is a column or list with one value in it. Take the value out, for example with `.item()`."
        if given == "text":
            return "That is a text. The task asks for a number: leave out the quotation marks."
    elif task.kind in ("text", "choice"):
        if given == "text" and task.kind == "choice" and answer["value"] not in task.options:
            return f"{answer['value'][:40]!r} is not among the options. {_wanted(task)}"
        if given in ("text", "date"):
            return None
    elif task.kind == "set":
        if given in ("list", "series"):
            return None
        if given == "table":
            return "That is a whole table. Choose the one column that the task asks for."
    elif given in ("table", "series"):
        return _table_problem(answer, expected)
    return f"The answer is of the kind {answer.get('python', given)!r}. {_wanted(task)}"


def _as_table(answer: dict) -> tuple[list, list[list], list]:
    """(columns, rows, index names) of a table or a Series; a Series has the columns index and value."""
    if answer["type"] == "series":
        return ["index", "value"], [[i, v] for i, v in zip(answer["index"], answer["values"], strict=True)], []
    columns, rows = list(answer["columns"]), [list(row) for row in answer["rows"]]
    if any(name is not None for name in answer["index_names"]):  # a named index is as good as columns
        labels = [i if isinstance(i, list) else [i] for i in answer["index"]]
        if not set(answer["index_names"]) & set(map(str, columns)):
            columns = answer["index_names"] + columns
            rows = [label + row for label, row in zip(labels, rows or [[] for _ in labels], strict=True)]
    return columns, rows, answer["index_names"]


def _table_problem(answer: dict, expected: dict) -> str | None:
    if expected["type"] == "series":
        if answer["type"] == "series":
            return None
        columns, _, _ = _as_table(answer)
        return None if len(columns) == 2 else f"The table has {len(columns)} columns; a label and a value are enough."
    if answer["type"] == "series":
        return "That is one column (a Series). The task asks for a table with several columns."
    missing = [c for c in _as_table(expected)[0] if c not in _as_table(answer)[0]]
    return f"The table lacks the column{'s' * (len(missing) > 1)} {', '.join(map(repr, missing))}." if missing else None


def _rows_in_order(task: Task, answer: dict, wanted: list) -> list[list]:
    columns, rows, _ = _as_table(answer)
    if set(map(str, wanted)) <= set(map(str, columns)):
        places = [list(map(str, columns)).index(str(c)) for c in wanted]
        rows = [[row[place] for place in places] for row in rows]
    return rows if task.ordered else sorted(rows, key=_sort_key)


def _sort_key(row: list):
    return [
        (v is not None, str(type(v) in (int, float)), f"{v:025.6f}" if type(v) in (int, float) else str(v)) for v in row
    ]


def _same(task: Task, answer: dict, expected: dict) -> bool:
    if task.kind == "number":
        return _same_value(answer["value"], expected["value"], task.tolerance)
    if task.kind in ("text", "choice"):
        return _folded(answer["value"]) == _folded(expected["value"])
    if task.kind == "set":
        return _as_set(answer["values"]) == _as_set(expected["values"])
    wanted = ["index", "value"] if expected["type"] == "series" else _as_table(expected)[0]
    given, right = _rows_in_order(task, answer, wanted), _rows_in_order(task, expected, wanted)
    return len(given) == len(right) and all(
        len(a) == len(b) and all(_same_value(x, y, task.tolerance) for x, y in zip(a, b, strict=True))
        for a, b in zip(given, right, strict=True)
    )


def _same_value(given, right, tolerance: float) -> bool:
    if type(given) in (int, float) and type(right) in (int, float):
        return math.isclose(given, right, rel_tol=1e-9, abs_tol=tolerance)
    if type(given) is list and type(right) is list:
        return len(given) == len(right) and all(map(_same_value, given, right, [tolerance] * len(given)))
    return type(given) is type(right) and given == right


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _as_set(values: list) -> set:
    return {float(v) if type(v) in (int, float) else str(v).strip() for v in values}


def _difference(task: Task, answer: dict, expected: dict) -> str:
    """What is off, without giving the expected value away."""
    if task.kind == "number":
        return "Not the number that the data give. Read the question once more, or ask for a `hint`."
    if task.kind == "set":
        given, right = _as_set(answer["values"]), _as_set(expected["values"])
        surplus, lacking = len(given - right), len(right - given)
        parts = [f"{surplus} too many"] * bool(surplus) + [f"{lacking} missing"] * bool(lacking)
        return f"{len(given & right)} of your values belong to the answer; {' and '.join(parts)}."
    if task.kind == "table":
        wanted = ["index", "value"] if expected["type"] == "series" else _as_table(expected)[0]
        given, right = _rows_in_order(task, answer, wanted), _rows_in_order(task, expected, wanted)
        if len(given) != len(right):
            return f"The table has {len(given)} rows; the answer has {'fewer' if len(given) > len(right) else 'more'}."
        if task.ordered and sorted(given, key=_sort_key) == sorted(right, key=_sort_key):
            return "The right rows, in another order. Look at what the task says about sorting."
        return "The number of rows is right, but some values differ."
    return "Not this one. Read the question once more, or ask for a `hint`."


# ---------------------------------------------------------------- the two verbs


def check(task: str, answer=...) -> Result:
    """Check an answer in a notebook.

    Args:
        task: task id, `"T8.1"`.
        answer: the variable that the task names. Any value may be given: none makes this fail.

    Returns:
        Result: correct, close, wrong or not attempted, with a reason; free text is "recorded".

    Raises:
        ContentError: unknown task.
        AssertionError: only under nbgrader (`NBGRADER_EXECUTION` is autograde or validate), when the
            answer is not correct: that is how nbgrader takes points away.
    """
    result = judge(find_task(task), to_plain(answer))
    if os.environ.get("NBGRADER_EXECUTION") in ("autograde", "validate") and result.status not in (
        "correct",
        "recorded",
    ):
        raise AssertionError(str(result))
    return result


_hints_given: dict[str, int] = {}  # "the next hint" needs a memory; it lasts as long as the kernel


def hint(task: str, number: int | None = None) -> str:
    """Next hint of a task, from a nudge to nearly the solution.

    Args:
        task: task id.
        number: 1 for the first hint, and so on; without it, the one after the last given.

    Returns:
        The hint. After the last one, the last one again.

    Raises:
        ContentError: unknown task.
    """
    hints = find_task(task).hints
    turn = number or _hints_given.get(task, 0) + 1
    turn = max(1, min(turn, len(hints)))
    _hints_given[task] = turn
    return _Hint(f"Hint {turn} of {len(hints)}: {hints[turn - 1]}")


class _Hint(str):
    """Text that a notebook shows without quotation marks."""

    def __repr__(self):
        return str(self)
