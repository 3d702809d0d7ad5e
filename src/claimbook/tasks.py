"""Exercise tasks: what is asked, what is right, what is nearly right, and what to say about it.

A task lives in `exercises/NN-slug.tasks.yml`. Its expected value is an expression over the data
package, never a typed number. `claimbook.judging` compares answers with it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StringConstraints, ValidationError, model_validator

from claimbook import yamlfile
from claimbook.answers import to_plain
from claimbook.content import ContentError, chapter_slug, find_close, root

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


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
    _near: dict[int, dict] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _whole(self) -> Self:
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

    @cached_property
    def expected_value(self) -> Any:
        """What `expected` gives, worked out once.

        Raises:
            ContentError: a free text has no expected value.
        """
        if self.expected is None:
            raise ContentError(f"{self.id} is free text, which a person reads: it has no expected value.")
        return evaluate(self.expected)

    @cached_property
    def expected_answer(self) -> dict:
        """The same as plain data (shape: `claimbook.answers`)."""
        return to_plain(self.expected_value)

    def near_answers(self) -> Iterator[tuple[dict, NearMiss]]:
        """Near misses as plain data, each worked out when it is asked for, and kept.

        One costs about ten milliseconds (it joins and groups tables): a right answer need not wait for them.
        """
        for number, miss in enumerate(self.near_misses):
            if number not in self._near:
                self._near[number] = to_plain(evaluate(miss.value, expected=self.expected_value))
            yield self._near[number], miss


class Exercise(_Strict):
    exercise: str
    title: Words
    tasks: Annotated[list[Task], Field(min_length=1)]


# ---------------------------------------------------------------- the tasks file


def load_exercise(chapter: str) -> Exercise:
    """Tasks of one exercise, validated; read once a process.

    Args:
        chapter: `"08"`, `"8"` or the slug.

    Raises:
        ContentError: no such chapter or file, or a file that breaks a rule; all errors at once, each
            with the task and the field.
    """
    return _read_exercise(chapter_slug(chapter))


@cache
def _read_exercise(slug: str) -> Exercise:
    path = root() / "exercises" / f"{slug}.tasks.yml"
    if not path.is_file():
        raise ContentError(f"Exercise {slug!r} has no tasks file: {path} does not exist.")
    try:
        exercise = Exercise.model_validate(yamlfile.read(path))
    except ValidationError as error:
        raise ContentError(f"{path.name}:\n" + "\n".join(_explain(e) for e in error.errors())) from None
    seen = set()
    for task in exercise.tasks:
        if task.id in seen:
            raise ContentError(f"{path.name}: the id {task.id} is used twice. Give each task its own.")
        seen.add(task.id)
    return exercise


def _explain(error: ErrorDetails) -> str:
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


def grade_id(task: str) -> str:
    """nbgrader's name for a task: T8-1 for T8.1, since its schema allows letters, digits, - and _ only."""
    return task.replace(".", "-")


# ---------------------------------------------------------------- expected values


def evaluate(code: str, **more: Any) -> Any:
    """Value of an expression from a tasks file; its last line, if it has several.

    Only files of the course are evaluated, never anything that a student sends.

    Raises:
        ContentError: the last line is a statement, which has no value.
    """
    import numpy as np
    import pandas as pd

    from claimbook.source import claims
    from claimbook.tables import load

    scope = {"load": load, "claims": claims, "pd": pd, "np": np, **more}
    *body, last = ast.parse(code).body
    if not isinstance(last, ast.Expr):
        raise ContentError(f"{code!r} ends with a statement. Its last line must be the value.")
    exec(compile(ast.Module(body, []), "<tasks file>", "exec"), scope)
    return eval(compile(ast.Expression(last.value), "<tasks file>", "eval"), scope)
