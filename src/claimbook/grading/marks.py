"""Marks that people give to free texts: the file they stand in, points from them, how far markers agree."""

from __future__ import annotations

import csv
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from claimbook.content import ContentError
from claimbook.grading.engine import Report, TaskReport
from claimbook.grading.spreadsheets import write_rows

MARKS = ["answer", "student", "exercise", "task", "of", "marker", "points", "comment", "text"]


def answer_id(report: Report, task: TaskReport) -> str:
    """Name of one free-text answer, without the student's name in it. Another text gets another one."""
    return hashlib.sha256(f"{report.key} {task.id} {task.text}".encode()).hexdigest()[:10]


def read_marks(path: Path) -> dict[str, list[dict]]:
    """Marks by answer, from a file that `write_marks` made and people filled in.

    Raises:
        ContentError: a column is missing, or points are no number between 0 and the task's; with the row.
    """
    if not path.is_file():
        return {}
    marks = defaultdict(list)
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if missing := [column for column in MARKS if column not in (reader.fieldnames or [])]:
            raise ContentError(
                f"{path}: the column {', '.join(missing)} is missing. Keep the first line as it was written."
            )
        for number, row in enumerate(reader, 2):
            row = {column: row[column] or "" for column in MARKS}
            if row["points"].strip():
                try:
                    points = float(row["points"].replace(",", "."))
                except ValueError:
                    points = math.nan
                if not 0 <= points <= float(row["of"]):
                    raise ContentError(
                        f"{path}, row {number}: points {row['points']!r} must be a number from 0 to {row['of']}."
                    )
            marks[row["answer"]].append(row)
    return dict(marks)


def write_marks(path: Path, reports: Iterable[Report], marks: dict[str, list[dict]]) -> int:
    """Write the marking file: all marks that are there, and an empty row for every answer without one.

    Rows of answers that are no longer handed in stay too: a mark is never lost. Returns the number of
    answers that wait for a mark.
    """
    rows, waiting = [row for found in marks.values() for row in found], 0
    for report in reports:
        for task in report.tasks:
            if task.status != "recorded":
                continue
            answer = answer_id(report, task)
            waiting += not any(row["points"].strip() for row in marks.get(answer, []))
            if answer not in marks:
                rows.append({
                    "answer": answer, "student": report.student, "exercise": report.number, "task": task.id,
                    "of": f"{task.of:g}", "marker": "", "points": "", "comment": "", "text": task.text,
                })  # fmt: skip
    save_marks(path, rows)
    return waiting


def save_marks(path: Path, rows: Iterable[dict]) -> None:
    """Write rows of the marking file, in an order that says nothing about the writers of the answers."""
    write_rows(path, MARKS, sorted(rows, key=lambda row: (row["exercise"], row["task"], row["answer"], row["marker"])))


def apply_marks(reports: Iterable[Report], marks: dict[str, list[dict]]) -> None:
    """Give free-text tasks the points that people gave; of several markers, the mean."""
    for report in reports:
        for task in report.tasks:
            if task.status != "recorded":
                continue
            given = [row for row in marks.get(answer_id(report, task), []) if row["points"].strip()]
            if given:
                task.points = sum(float(row["points"].replace(",", ".")) for row in given) / len(given)
                comments = [row["comment"].strip() for row in given if row["comment"].strip()]
                task.reason = " ".join(comments) or "Marked by hand, by the rubric."


def agreement(marks: dict[str, list[dict]]) -> list[dict]:
    """How far two markers agree, by task.

    Returns:
        One dictionary a task: task, answers (marked by two or more), same (share of exactly equal
        marks), kappa (Cohen's kappa with quadratic weights, between the first two markers; None where
        it is not defined). Source of the rule: Cohen, Psychological Bulletin 70 (1968), 213-220.
    """
    pairs = defaultdict(list)
    for rows in marks.values():
        given = [row for row in rows if row["points"].strip()]
        if len({row["marker"] for row in given}) >= 2:
            first, second = sorted(given, key=lambda row: row["marker"])[:2]
            pairs[first["task"]].append(
                (float(first["points"].replace(",", ".")), float(second["points"].replace(",", ".")))
            )
    return [
        {
            "task": task,
            "answers": len(found),
            "same": sum(a == b for a, b in found) / len(found),
            "kappa": _kappa(found),
        }
        for task, found in sorted(pairs.items())
    ]


def _kappa(pairs: list[tuple[float, float]]) -> float | None:
    """1 minus observed over expected disagreement, both as mean squared differences."""
    observed = sum((a - b) ** 2 for a, b in pairs) / len(pairs)
    expected = sum((a - b) ** 2 for a, _ in pairs for _, b in pairs) / len(pairs) ** 2
    return None if expected == 0 else 1 - observed / expected
