"""Verdicts on the answers to exercise tasks: pure functions of a task and an answer given as data.

A notebook's `check` and the grader both come here, so they give the same verdict and the same reason. A
reason speaks in terms of the task and never shows the expected value.
"""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import Any

from claimbook.display import golden, kept_results
from claimbook.tasks import Task

SYMBOLS = {"correct": "✓", "close": "≈", "wrong": "✗", "not attempted": "○", "recorded": "✎"}


@dataclass(frozen=True)
class Result:
    """Verdict on one answer. `status` is correct, close, wrong, not attempted, or recorded (free text)."""

    task: str
    status: str
    reason: str
    misconception: str | None = None

    def __bool__(self) -> bool:
        return self.status == "correct"

    def __str__(self) -> str:
        return f"{SYMBOLS[self.status]} {self.task}: {self.status}. {self.reason}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        bundle: dict[str, Any] = {"text/plain": str(self)}
        if not golden():
            bundle |= kept_results([self])
            kind = self.status.replace(" ", "-")
            bundle["text/html"] = (
                f'<div class="cb-result cb-{kind}" role="status"><strong>{SYMBOLS[self.status]} {self.task}: '
                f"{self.status}.</strong> {html.escape(self.reason)}</div>"
            )
        return bundle

    def __repr__(self) -> str:
        return str(self)


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
    expected = task.expected_answer
    problem = _form_problem(task, answer, expected)
    if not problem and _same(task, answer, expected):
        return Result(task.id, "correct", task.say_correct)
    for value, miss in task.near_answers():
        if not _form_problem(task, answer, value) and _same(task, answer, value):
            return Result(task.id, "close", miss.say, miss.misconception)
    return Result(task.id, "wrong", problem or _difference(task, answer, expected))


def _judge_free(task: Task, answer: dict) -> Result:
    if answer["type"] != "text":
        return Result(task.id, "wrong", f"Write a text between quotation marks into `{task.variable}`.")
    if not any(character.isalnum() for character in answer["value"]):  # "..." is a place kept free
        return Result(task.id, "not attempted", "There is no word in the text.")
    words = len(answer["value"].split())
    return Result(
        task.id, "recorded", f"{words} word{'s' * (words > 1)}. A person marks this one, by the rubric above."
    )


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


def _sort_key(row: list) -> list[tuple]:
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


def _same_value(given: Any, right: Any, tolerance: float) -> bool:
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
        named, right_ones = _as_set(answer["values"]), _as_set(expected["values"])
        surplus, lacking = len(named - right_ones), len(right_ones - named)
        parts = [f"{surplus} too many"] * bool(surplus) + [f"{lacking} missing"] * bool(lacking)
        return f"{len(named & right_ones)} of your values belong to the answer; {' and '.join(parts)}."
    if task.kind == "table":
        wanted = ["index", "value"] if expected["type"] == "series" else _as_table(expected)[0]
        given, right = _rows_in_order(task, answer, wanted), _rows_in_order(task, expected, wanted)
        if len(given) != len(right):
            return f"The table has {len(given)} rows; the answer has {'fewer' if len(given) > len(right) else 'more'}."
        if task.ordered and sorted(given, key=_sort_key) == sorted(right, key=_sort_key):
            return "The right rows, in another order. Look at what the task says about sorting."
        return "The number of rows is right, but some values differ."
    return "Not this one. Read the question once more, or ask for a `hint`."
