"""A form for marking free texts in a notebook: rubric and anonymous answer side by side, marks kept in the CSV."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from claimbook.content import ContentError
from claimbook.grading.marks import read_marks, save_marks
from claimbook.tasks import find_task

if TYPE_CHECKING:
    import ipywidgets as widgets


def to_mark(path: Path, marker: str) -> list[dict]:
    """Answers that `marker` has not marked, in an order that says nothing about their writers.

    Args:
        path: the marking file that `claimbook grade` wrote.
        marker: name or initials; two markers never see each other's marks.

    Raises:
        ContentError: there is no such file.
    """
    if not path.is_file():
        raise ContentError(f"{path} does not exist. Run `claimbook grade` first: it writes the marking file.")
    marks = read_marks(path)
    return [
        rows[0]
        for answer, rows in sorted(marks.items(), key=lambda item: (item[1][0]["task"], item[0]))
        if not any(row["marker"] == marker and row["points"].strip() for row in rows)
    ]


def set_mark(path: Path, answer: str, marker: str, points: float, comment: str = "") -> None:
    """Write one mark into the file; marks of other people and other answers stay as they are.

    Raises:
        ContentError: no such answer, or points outside the task's range.
    """
    marks = read_marks(path)
    if answer not in marks:
        raise ContentError(f"{path} has no answer {answer!r}.")
    row = dict(marks[answer][0])
    if not 0 <= points <= float(row["of"]):
        raise ContentError(f"{points:g} points: must be a number from 0 to {row['of']}.")
    row |= {"marker": marker, "points": f"{points:g}", "comment": comment}
    kept = [r for r in marks[answer] if r["points"].strip() and r["marker"] != marker]
    marks[answer] = [*kept, row]
    save_marks(path, (r for found in marks.values() for r in found))


def form(folder: str | Path, marker: str) -> widgets.VBox:
    """The form, an ipywidgets box. It shows one unmarked answer at a time; names are not shown.

    Args:
        folder: the output folder of `claimbook grade`.
        marker: your name or initials.
    """
    import ipywidgets as widgets

    path = Path(folder) / "marks.csv"
    waiting = to_mark(path, marker)
    words, rubric, left = widgets.HTML(), widgets.HTML(), widgets.Label()
    points = widgets.ToggleButtons(description="Points")
    comment = widgets.Textarea(description="Comment", placeholder="For the student; may stay empty")
    save = widgets.Button(description="Save, next answer", button_style="primary")

    def show() -> None:
        if not waiting:
            left.value, words.value, rubric.value = "All answers are marked.", "", ""
            save.disabled = points.disabled = comment.disabled = True
            return
        row, task = waiting[0], find_task(waiting[0]["task"])
        left.value = f"{len(waiting)} to mark. Task {task.id}: {task.title}"
        words.value = f'<blockquote style="white-space: pre-wrap">{html.escape(row["text"])}</blockquote>'
        levels = sorted(task.rubric, key=lambda level: -level.points)
        rubric.value = (
            "<ul>" + "".join(f"<li><b>{level.points}</b> {html.escape(level.means)}</li>" for level in levels) + "</ul>"
        )
        points.options = [str(level.points) for level in levels]
        points.value = None
        comment.value = ""

    def keep(_: widgets.Button) -> None:
        if points.value is None:
            left.value = "Choose the points first."
            return
        set_mark(path, waiting[0]["answer"], marker, float(points.value), comment.value)
        waiting.pop(0)
        show()

    save.on_click(keep)
    show()
    return widgets.VBox([left, widgets.HBox([widgets.VBox([words, comment]), rubric]), points, save])
