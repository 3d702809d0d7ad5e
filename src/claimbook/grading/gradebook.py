"""From reports to grades: late policy, attempts; CSV files for people and LMSs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from claimbook.content import ContentError
from claimbook.grading.engine import Report, TaskReport, title_of
from claimbook.grading.spreadsheets import write_rows


@dataclass(frozen=True)
class Policy:
    """How points become a grade.

    `close`: share of a task's points for an answer that is close (0 to 1). `deadline` and
    `late_per_day`: per cent of the points lost for each started day after it; where only the name of a
    file says LATE, one day. `attempts`: "best" or "last" of several files for the same exercise.
    """

    close: float = 0
    deadline: datetime | None = None
    late_per_day: float = 0
    attempts: str = "best"


@dataclass
class Grade:
    """Grade of one student in one exercise. `pending`: free texts that nobody has marked yet."""

    student: str
    student_id: str
    number: str
    title: str
    points: float
    of: float
    pending: int
    late_days: int
    attempts: int
    report: Report
    others: list[Report] = field(default_factory=list)


# ---------------------------------------------------------------- grades


def task_points(task: TaskReport, policy: Policy) -> float:
    """Points of one task under a policy; an unmarked free text counts 0 until it is marked."""
    if task.status == "close":
        return policy.close * task.of
    return task.points or 0


def late_days(report: Report, policy: Policy) -> int:
    """Started days after the deadline; 1 where only the name of the file says that it is late."""
    if report.submitted and policy.deadline:
        seconds = (datetime.fromisoformat(report.submitted) - policy.deadline).total_seconds()
        return max(0, math.ceil(seconds / 86_400))
    return int(report.late)


def grades(reports: Iterable[Report], policy: Policy | None = None) -> list[Grade]:
    """One grade per student and exercise.

    Several files of a student for the same exercise are attempts: the best one counts, or the last
    (by time where it is known, else by the path). A file that could not be graded counts 0, but never
    against a readable one.
    """
    policy = policy or Policy()
    groups = defaultdict(list)
    for report in reports:
        groups[report.key, report.number].append(report)
    found = []
    for (key, number), group in groups.items():
        if not number and any(other == key and n for other, n in groups):
            continue  # an unreadable file beside a readable one: an attempt of no known exercise
        made = sorted((_grade(report, policy) for report in group), key=lambda g: (g.report.submitted, g.report.path))
        readable = [grade for grade in made if not grade.report.problem] or made
        best = max(readable, key=lambda grade: grade.points) if policy.attempts == "best" else readable[-1]
        best.attempts, best.others = len(group), [grade.report for grade in made if grade is not best]
        found.append(best)
    return sorted(found, key=lambda grade: (grade.number, grade.student.casefold(), grade.student_id))


def _grade(report: Report, policy: Policy) -> Grade:
    points = sum(task_points(task, policy) for task in report.tasks)
    days = late_days(report, policy)
    points *= max(0, 1 - days * policy.late_per_day / 100)
    pending = sum(task.status == "recorded" and task.points is None for task in report.tasks)
    of = sum(task.of for task in report.tasks)
    return Grade(
        report.student, report.student_id, report.number, title_of(report), round(points, 2), of, pending, days, 1, report
    )  # fmt: skip


# ---------------------------------------------------------------- files


def write_gradebook(path: Path, found: list[Grade]) -> None:
    """The plain gradebook: one row per student and exercise."""
    head = [
        "student", "student_id", "exercise", "points", "of", "to_mark", "late_days", "attempts", "file", "status",
        "sandboxed", "problem",
    ]  # fmt: skip
    rows = [
        dict(zip(head, (
            g.student, g.student_id, g.number, f"{g.points:g}", f"{g.of:g}", g.pending, g.late_days, g.attempts, g.report.path,
            g.report.status, "yes" if g.report.sandboxed else "NO", g.report.problem,
        ), strict=True))
        for g in found
    ]  # fmt: skip
    write_rows(path, head, rows)


def write_moodle(folder: Path, found: list[Grade]) -> list[Path]:
    """Moodle's offline grading worksheet, one file per exercise (columns of its import)."""
    return _by_exercise(
        folder, "moodle", found, ["Identifier", "Full name", "Grade", "Maximum Grade", "Feedback comments"],
        lambda g: [f"Participant {g.student_id}", g.student, f"{g.points:g}", f"{g.of:g}", _comment(g)],
    )  # fmt: skip


def write_canvas(folder: Path, found: list[Grade]) -> list[Path]:
    """Canvas' gradebook import, one file per exercise; the row of points possible comes first, as Canvas has it."""
    written = []
    for number in sorted({g.number for g in found if g.number}):
        group = [g for g in found if g.number == number]
        column = group[0].title
        head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", column]
        rows = [dict.fromkeys(head, "") | {"Student": "    Points Possible", column: f"{group[0].of:g}"}]
        rows += [
            dict.fromkeys(head, "") | {"Student": g.student, "ID": g.student_id, column: f"{g.points:g}"} for g in group
        ]
        written.append(folder / f"canvas-{number}.csv")
        write_rows(written[-1], head, rows)
    return written


def _by_exercise(
    folder: Path, name: str, found: list[Grade], head: list[str], row: Callable[[Grade], list[str]]
) -> list[Path]:
    written = []
    for number in sorted({g.number for g in found if g.number}):
        written.append(folder / f"{name}-{number}.csv")
        rows = [dict(zip(head, row(g), strict=True)) for g in found if g.number == number]
        write_rows(written[-1], head, rows)
    return written


def _comment(grade: Grade) -> str:
    if grade.report.problem:
        return grade.report.problem
    parts = [f"{task.id}: {task.status}" for task in grade.report.tasks]
    return "; ".join(parts) + (f". {grade.pending} to be marked by hand." if grade.pending else ".")


def parse_deadline(text: str) -> datetime:
    """`2026-12-01T23:59+01:00`; without a zone, UTC.

    Raises:
        ContentError: no such date.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise ContentError(f"{text!r} is no date and time. Write it like 2026-12-01T23:59+01:00.") from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
