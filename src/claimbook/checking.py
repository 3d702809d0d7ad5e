"""The two verbs of an exercise notebook: `check` an answer (or the whole exercise), ask for a `hint`."""

from __future__ import annotations

import asyncio
import html
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import Any

from claimbook.answers import to_plain
from claimbook.content import chapter_slug
from claimbook.display import golden, kept_results
from claimbook.judging import Result, judge
from claimbook.tasks import find_task, load_exercise

PAUSE = 0.02  # seconds between two steps of `_prepare`, for whatever the user sends meanwhile


@dataclass(frozen=True)
class Summary:
    """What is done in an exercise, what is close, what is open, and how to hand it in."""

    slug: str
    results: list[Result]

    def __str__(self) -> str:
        counts = [
            f"{count} {words}"
            for status, words in (
                ("correct", "correct"), ("close", "close"), ("wrong", "wrong"), ("not attempted", "not attempted"),
                ("recorded", "for a person to read"),
            )
            if (count := sum(result.status == status for result in self.results))
        ]  # fmt: skip
        lines = [f"Exercise {self.slug[:2]}: {', '.join(counts)}."]
        lines += [f"  {result}" for result in self.results if result.status in ("close", "wrong", "not attempted")]
        lines.append(f"To hand in: restart and run all cells, save, and submit the file {self.slug}.ipynb.")
        return "\n".join(lines)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        bundle: dict[str, Any] = {"text/plain": str(self)}
        if not golden():
            bundle |= kept_results(self.results)
            head, *lines, end = str(self).split("\n")
            items = "".join(f"<li>{html.escape(line.strip())}</li>" for line in lines)
            bundle["text/html"] = (
                f'<div class="cb-result" role="status"><strong>{html.escape(head)}</strong>'
                f"<ul>{items}</ul>{html.escape(end)}</div>"
            )
        return bundle

    def __repr__(self) -> str:
        return str(self)


def check(task: str, answer: Any = ...) -> Result | Summary:
    """Check an answer in a notebook, or sum up a whole exercise.

    Args:
        task: task id, `"T8.1"`; or an exercise, `"08"`.
        answer: the variable that the task names. Any value may be given: none makes this fail. For an
            exercise, a dictionary of variables: `check("08", vars())`.

    Returns:
        Result: correct, close, wrong or not attempted, with a reason; free text is "recorded". For an
        exercise, a Summary of its tasks.

    Raises:
        ContentError: unknown task or exercise.
        AssertionError: only under nbgrader (`NBGRADER_EXECUTION` is autograde or validate), when the
            answer is not correct: that is how nbgrader takes points away.
    """
    if re.fullmatch(r"\d{1,2}", str(task)):
        exercise, found = load_exercise(task), answer if type(answer) is dict else {}
        results = [judge(one, to_plain(found.get(one.variable, ...))) for one in exercise.tasks]
        return Summary(chapter_slug(task), results)
    result = judge(find_task(task), to_plain(answer))
    if os.environ.get("NBGRADER_EXECUTION") in ("autograde", "validate"):
        if result.status not in ("correct", "recorded"):
            raise AssertionError(str(result))
    elif not golden():
        _prepare(task[1:].split(".")[0])
    return result


@cache  # once for each exercise
def _prepare(number: str) -> None:
    """Work out, while the kernel waits for its user, what the next checks of an exercise compare with.

    A first wrong answer would else wait for all near misses of its task, a tenth of a second where each joins
    tables. Runs in steps of one value each, between cells and never during one, on the kernel's own event
    loop; where there is none (a plain Python), nothing happens.
    """
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    values = (value for task in load_exercise(number).tasks if task.expected for value in task.near_answers())

    def step() -> None:
        with suppress(Exception):  # an error belongs to the check that needs the value: it meets it again
            next(values)
            loop.call_later(PAUSE, step)

    loop.call_later(PAUSE, step)


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

    def __repr__(self) -> str:
        return str(self)
