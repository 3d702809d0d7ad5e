"""`claimbook grade`: from a downloaded folder to a gradebook, feedback pages and a class report."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from claimbook.content import ContentError, course
from claimbook.grading.confinement import Limits

if TYPE_CHECKING:
    from claimbook.grading.gradebook import Grade
    from claimbook.grading.submissions import Folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `claimbook grade`."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        help="bulk download of Moodle or Canvas (zip or folder), nbgrader's submitted/, or notebooks",
    )
    parser.add_argument("--example", action="store_true", help="grade a made-up class instead of a folder")
    parser.add_argument("--out", type=Path, default=Path("graded"), help="where results go (default: graded)")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1), help="submissions at a time")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="send the work to a dask cluster, tcp://host:8786")
    parser.add_argument(
        "--cell-seconds", type=float, default=Limits.cell, help="time limit of a cell (default: %(default)g)"
    )
    parser.add_argument(
        "--total-seconds", type=float, default=Limits.total, help="time limit of a notebook (default: %(default)g)"
    )
    parser.add_argument(
        "--memory-mb", type=int, default=Limits.memory >> 20, help="memory limit of a notebook (default: %(default)s)"
    )
    parser.add_argument(
        "--close",
        type=float,
        default=0,
        metavar="SHARE",
        help="share of the points for a close answer, 0 to 1 (default: 0)",
    )
    parser.add_argument("--deadline", help="like 2026-12-01T23:59+01:00; counts where the folder tells times")
    parser.add_argument(
        "--late-per-day", type=float, default=0, metavar="PERCENT", help="points lost for each started day late"
    )
    parser.add_argument(
        "--attempts", choices=("best", "last"), default="best", help="which of several files counts (default: best)"
    )
    parser.add_argument("--marks", type=Path, help="marking file for free texts (default: marks.csv in --out)")
    parser.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="run students' code with your own rights; only for code you have read",
    )
    parser.set_defaults(run=grade)


def grade(options: argparse.Namespace) -> int:
    """Run the command; returns the exit code (0 also when single submissions could not be graded)."""
    if options.example == (options.folder is not None):
        raise ContentError("Name the folder to grade, or give --example. See claimbook grade --help.")
    if not 0 <= options.close <= 1:
        raise ContentError("--close is a share from 0 to 1.")
    if options.example:
        from claimbook.grading.example import write_example

        with tempfile.TemporaryDirectory() as made:
            write_example(Path(made))
            return _grade(options, Path(made))
    out, folder = options.out.resolve(), options.folder.resolve()
    if out == folder or folder in out.parents:
        raise ContentError(
            f"--out {options.out} lies in the folder of submissions. Nothing is ever written there: name another."
        )
    return _grade(options, options.folder)


def _grade(options: argparse.Namespace, path: Path) -> int:
    # here, so that `claimbook build` need not wait for them
    from claimbook.grading import engine, feedback, gradebook, marks
    from claimbook.grading.submissions import find_submissions

    limits = Limits(options.cell_seconds, options.total_seconds, options.memory_mb << 20)
    policy = gradebook.Policy(
        options.close,
        gradebook.parse_deadline(options.deadline) if options.deadline else None,
        options.late_per_day,
        options.attempts,
    )
    marks_file = options.marks or options.out / "marks.csv"
    given = marks.read_marks(marks_file)  # first: a slip in it is known before the long work
    folder = find_submissions(path)
    print(f"Course: {course().title}, edition {course().edition}.")
    print(
        f"{len(folder.submissions)} files, as {folder.layout.capitalize()} gives them."
        if folder.layout != "plain"
        else f"{len(folder.submissions)} files."
    )
    runner = (
        engine.Cluster(options.scheduler, limits)
        if options.scheduler
        else engine.Pool(limits, max(1, options.jobs), options.unsafe_no_sandbox)
    )
    reports = engine.grade_all(folder.submissions, runner, options.out / "reports", engine.show_progress)
    waiting = marks.write_marks(marks_file, reports, given)
    marks.apply_marks(reports, given)
    found = gradebook.grades(reports, policy)
    gradebook.write_gradebook(options.out / "gradebook.csv", found)
    if folder.layout == "moodle":
        gradebook.write_moodle(options.out, found)
    if folder.layout == "canvas":
        gradebook.write_canvas(options.out, found)
    pages = feedback.write_feedback(options.out / "feedback", found, folder.layout, policy)
    (options.out / "class.html").write_text(feedback.class_page(found, folder.skipped, given, policy), encoding="utf-8")
    data = {"layout": folder.layout, "skipped": folder.skipped, "reports": [asdict(report) for report in reports]}
    (options.out / "results.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    _tell(options, found, folder, waiting, pages, marks_file)
    return 0


def _tell(
    options: argparse.Namespace, found: list[Grade], folder: Folder, waiting: int, pages: int, marks_file: Path
) -> None:
    for grade in found:
        note = f"  {grade.report.problem}" if grade.report.problem else ""
        print(f"{grade.student[:40]:<40} {grade.number:<4} {grade.points:>6g} of {grade.of:g}{note}")
    for name, why in folder.skipped:
        print(f"passed over: {name}: {why}")
    if not all(grade.report.sandboxed for grade in found):
        print("GRADED WITHOUT A SANDBOX: the submissions could reach everything on this machine.", file=sys.stderr)
    print(f"\n{options.out}/gradebook.csv, class.html, results.json and {pages} pages in feedback/.")
    if waiting:
        print(
            f"{waiting} free texts wait for a mark: fill in the column points of {marks_file}, then run the command again."
        )
