"""Pages for people: one for each student, one for the class. Self-contained HTML; no expected values in it."""

from __future__ import annotations

import html
import re
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

from claimbook.grading.engine import Report, TaskReport
from claimbook.grading.gradebook import Grade, Policy, task_points
from claimbook.grading.marks import agreement
from claimbook.grading.submissions import CANVAS, MOODLE, safe_name
from claimbook.judging import SYMBOLS
from claimbook.tables import load

STYLE = """
:root { color-scheme: light dark; --ink: #23292e; --muted: #56616a; --rule: #d9dee2; --paper: #fdfcf9; --wash: #f3f1ea; --ok: #2f6b3a; --close: #8a5a00; --wrong: #a3302a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e3dc; --muted: #a8b0b6; --rule: #3a4248; --paper: #16191c; --wash: #1f2428; --ok: #8fce9b; --close: #e5b567; --wrong: #f0968f; } }
body { font: 17px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.25rem; margin: 2rem 0 .4rem; border-top: 1px solid var(--rule); padding-top: 1rem; }
.muted { color: var(--muted); } .warn { border: 2px solid var(--wrong); padding: .6rem .9rem; }
ol { list-style: none; padding: 0; } ol > li { border-left: 4px solid var(--muted); padding: .3rem 0 .4rem .9rem; margin: .7rem 0; }
li.correct { border-color: var(--ok); } li.close { border-color: var(--close); } li.wrong { border-color: var(--wrong); }
li p { margin: .1rem 0; } .points { float: right; font-variant-numeric: tabular-nums; margin-left: 1rem; } blockquote { margin: .3rem 0; padding: .3rem .8rem; background: var(--wash); white-space: pre-wrap; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; } th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--rule); vertical-align: top; } td.n, th.n { text-align: right; }
.scroll { overflow-x: auto; } code { overflow-wrap: anywhere; }
"""
UNSAFE = '<p class="warn"><strong>Graded without a sandbox.</strong> The submission could reach everything on the grader\'s machine, this page included.</p>'


def _page(title: str, body: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(title)}</title><style>{STYLE}</style></head><body><main>\n{body}\n</main></body></html>\n"
    )


def _text(value: object) -> str:
    return html.escape(str(value))


def student_page(grades: list[Grade], policy: Policy | None = None) -> str:
    """Feedback for one student: each exercise, each task with points, reason and a hint.

    Args:
        grades: all grades of the one student.
        policy: the policy they were made with.
    """
    policy = policy or Policy()
    parts = [f"<h1>{_text(grades[0].student)}</h1>"]
    for grade in grades:
        parts.append(f"<h2>{_text(grade.title)}: {grade.points:g} of {grade.of:g}</h2>")
        parts.append(f'<p class="muted">{_text("; ".join(_facts(grade, policy)))}</p>')
        if not grade.report.sandboxed:
            parts.append(UNSAFE)
        if grade.report.problem:
            parts.append(f"<p><strong>This file could not be graded.</strong> {_text(grade.report.problem)}</p>")
        parts += [f"<p>{_text(note)}</p>" for note in grade.report.notes]
        if grade.report.tasks:
            parts.append("<ol>" + "".join(_task(task, policy) for task in grade.report.tasks) + "</ol>")
        if grade.report.errors:
            listed = "".join(f"<li><code>{_text(error)}</code></li>" for error in grade.report.errors)
            parts.append(f"<p>Errors while your notebook ran:</p><ul>{listed}</ul>")
    return _page(f"Feedback for {grades[0].student}", "\n".join(parts))


def _facts(grade: Grade, policy: Policy) -> list[str]:
    facts = [f"File: {grade.report.path}"]
    if grade.attempts > 1:
        facts.append(f"{grade.attempts} files were handed in; the {policy.attempts} one counts")
    if grade.late_days:
        facts.append(f"{grade.late_days} day{'s' * (grade.late_days > 1)} late")
    if grade.pending:
        facts.append(f"{grade.pending} answer{'s' * (grade.pending > 1)} still to be marked by a person")
    return facts


def _task(task: TaskReport, policy: Policy) -> str:
    points = "to be marked" if task.status == "recorded" and task.points is None else f"{task_points(task, policy):g}"
    words = {"recorded": "handed in"}.get(task.status, task.status)
    body = f"<p>{_text(task.reason)}</p>"
    if task.hint:
        body += f'<p class="muted">Hint: {_text(task.hint)}</p>'
    if task.text:
        body += f"<blockquote>{_text(task.text)}</blockquote>"
    return (
        f'<li class="{task.status.replace(" ", "-")}"><span class="points">{points} of {task.of:g}</span>'
        f"<strong>{SYMBOLS.get(task.status, '')} {_text(task.id)} {_text(task.title)}</strong>: {words}{body}</li>"
    )


def class_page(grades: list[Grade], skipped: list[tuple[str, str]], marks: dict, policy: Policy | None = None) -> str:
    """Report on the class: by task, by misconception, time, what needs a look, what was passed over."""
    policy = policy or Policy()
    parts = [
        "<h1>Class report</h1>",
        f'<p class="muted">{len(grades)} grades, {sum(g.attempts for g in grades)} files.</p>',
    ]
    if any(not g.report.sandboxed for g in grades):
        parts.append(UNSAFE)
    for number in sorted({g.number for g in grades if g.number}):
        group = [g for g in grades if g.number == number]
        mean = sum(g.points for g in group) / len(group)
        parts.append(
            f"<h2>{_text(group[0].title)}</h2><p>{len(group)} students, mean {mean:.1f} of {group[0].of:g} points.</p>"
        )
        parts.append(_by_task(group, policy))
    parts += [_misconceptions(grades), _look(grades), _agreement(marks)]
    if skipped:
        parts.append("<h2>Passed over</h2>" + _table(["File", "Why"], [[_text(n), _text(w)] for n, w in skipped]))
    return _page("Class report", "\n".join(part for part in parts if part))


def _by_task(group: list[Grade], policy: Policy) -> str:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    points: defaultdict[str, float] = defaultdict(float)
    of: defaultdict[str, float] = defaultdict(float)
    titles: dict[str, str] = {}
    for grade in group:
        for task in grade.report.tasks:
            counts[task.id][task.status] += 1
            points[task.id] += task_points(task, policy)
            of[task.id] += task.of
            titles[task.id] = task.title
    statuses = ("correct", "close", "wrong", "not attempted", "recorded")
    rows = [
        [
            f"{_text(task)} {_text(titles[task])}",
            *(f"{counts[task][s] or ''}" for s in statuses),
            f"{points[task] / of[task]:.0%}",
        ]
        for task in sorted(counts, key=lambda t: [int(n) for n in re.findall(r"\d+", t)])
    ]
    return _table(["Task", "correct", "close", "wrong", "not attempted", "by hand", "points"], rows, numbers=True)


def _misconceptions(grades: list[Grade]) -> str:
    found = Counter(task.misconception for g in grades for task in g.report.tasks if task.misconception)
    if not found:
        return ""
    known = load("misconceptions").set_index("misconception")
    rows = [
        [_text(known["title"].get(name, name)), str(count), _text(known["say"].get(name, ""))]
        for name, count in found.most_common()
    ]
    return "<h2>Misconceptions seen</h2>" + _table(["What", "Times", "What to say"], rows)


def needs_a_look(report: Report) -> list[str]:
    """Reasons why a person should look at a submission."""
    reasons = [report.problem] if report.problem else []
    reasons += report.notes
    if report.errors:
        reasons.append(f"{len(report.errors)} cells failed")
    return reasons


def _look(grades: list[Grade]) -> str:
    rows = [
        [_text(g.student), _text(g.report.path), _text(" ".join(reasons))]
        for g in grades
        if (reasons := needs_a_look(g.report))
    ]
    return "<h2>Needs a look</h2>" + _table(["Student", "File", "Why"], rows) if rows else ""


def _agreement(marks: dict) -> str:
    rows = [
        [
            _text(row["task"]),
            str(row["answers"]),
            f"{row['same']:.0%}",
            "not defined" if row["kappa"] is None else f"{row['kappa']:.2f}",
        ]
        for row in agreement(marks)
    ]
    head = ["Task", "Marked twice", "Same mark", "Weighted kappa"]
    return "<h2>Agreement of two markers</h2>" + _table(head, rows) if rows else ""


def _table(head: list[str], rows: list[list[str]], numbers: bool = False) -> str:
    kind = ' class="n"' if numbers else ""
    top = "".join(f'<th scope="col"{kind if n else ""}>{cell}</th>' for n, cell in enumerate(head))
    body = "".join(
        "<tr>" + "".join(f"<td{kind if n else ''}>{cell}</td>" for n, cell in enumerate(row)) + "</tr>" for row in rows
    )
    return f'<div class="scroll" tabindex="0"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def write_feedback(folder: Path, grades: list[Grade], layout: str, policy: Policy) -> int:
    """Write a page per student, and a zip for the LMS's bulk upload of feedback where it has one.

    Returns:
        Number of pages.
    """
    folder.mkdir(parents=True, exist_ok=True)
    students = defaultdict(list)
    for grade in grades:
        students[grade.student_id or grade.student].append(grade)
    used: set[str] = set()
    pages = {}
    for key, own in students.items():
        name = safe_name(own[0].student) + (f"_{safe_name(own[0].student_id)}" if own[0].student_id else "")
        while name in used:
            name += "_2"
        used.add(name)
        pages[key] = student_page(own, policy)
        (folder / f"{name}.html").write_text(pages[key], encoding="utf-8")
    if layout in ("moodle", "canvas"):
        with zipfile.ZipFile(folder.parent / f"{layout}-feedback.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for key, own in students.items():
                archive.writestr(_name_for_lms(own[0].report.path, layout), pages[key])
    return len(pages)


def _name_for_lms(path: str, layout: str) -> str:
    """Name under which the LMS takes a feedback file back: the submission's own, with another ending."""
    match = (MOODLE if layout == "moodle" else CANVAS).match(path)
    assert match, "files with other names were passed over"
    if layout == "moodle":
        return f"{safe_name(match['name'])}_{match['id']}_assignsubmission_file_/feedback.html"
    late = "LATE_" if match["late"] else ""
    return f"{safe_name(match['name'])}_{late}{match['id']}_{match['attachment']}_feedback.html"
