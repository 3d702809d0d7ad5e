"""Measure grading: seconds per submission here, with nbgrader and with otter-grader, on the same content.

    .venv/bin/python benchmarks/grading.py [--submissions 40] [--runs 3] [--environments FOLDER] [--alone]

Forty copies of a right solution of exercise 08. nbgrader and otter-grader are no dependencies of ours:
each gets an environment of its own in FOLDER (default: a temporary one), with this package in it, so
that all three run the same notebook and the same checks. Prints medians over the runs; needs a package
index, but for `--alone`, which measures this grader only. Compare ratios, not absolute numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from claimbook.content import root
from claimbook.grading.confinement import Limits
from claimbook.grading.engine import Pool, grade_all
from claimbook.grading.example import answered
from claimbook.grading.submissions import Submission
from claimbook.tasks import load_exercise

NUMBER, SLUG = "08", "08-the-warrant"


def solved() -> str:
    starter = json.loads((root() / f"exercises/{SLUG}.ipynb").read_text(encoding="utf-8"))
    return json.dumps(answered(starter, load_exercise(NUMBER), "correct"))


def environment(folder: Path, package: str) -> Path:
    """Python of an environment that holds `package` and this course; made if it isn't there."""
    python = folder / package / "bin/python"
    if not python.exists():
        print(f"Installing {package} ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", folder / package], check=True)
        subprocess.run(
            [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                package,
                "ipykernel",
                "-e",
                root(),
            ],
            check=True,
        )
    return python


def timed(command: list, cwd: Path, env: dict) -> float:
    began = time.perf_counter()
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return time.perf_counter() - began


def ours(folder: Path, jobs: int, count: int) -> float:
    submissions = folder / "plain"
    if not submissions.is_dir():
        submissions.mkdir()
        for n in range(count):
            (submissions / f"s{n:03}.ipynb").write_text(solved(), encoding="utf-8")
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    return timed(
        [Path(sys.executable).with_name("claimbook"), "grade", submissions, "--out", out, "--jobs", jobs],
        folder,
        dict(os.environ),
    )


def nbgrader(folder: Path, python: Path, count: int) -> float:
    course = folder / "course"
    env = {
        **os.environ,
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    if not course.is_dir():
        (course / f"source/{SLUG}").mkdir(parents=True)
        (course / "nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "bench"\n')
        shutil.copy(root() / f"exercises/solutions/{SLUG}.ipynb", course / f"source/{SLUG}")
        timed(["nbgrader", "generate_assignment", SLUG, "--create"], course, env)
        for n in range(count):
            (course / f"submitted/s{n:03}/{SLUG}").mkdir(parents=True)
            (course / f"submitted/s{n:03}/{SLUG}/{SLUG}.ipynb").write_text(solved(), encoding="utf-8")
    return timed(["nbgrader", "autograde", SLUG, "--create", "--force"], course, env)


OTTER = """
import sys, glob
from otter.api import grade_submission
for path in sorted(glob.glob(sys.argv[2])):
    result = grade_submission(path, sys.argv[1], quiet=True)
    assert result.total == result.possible, (path, result.total, result.possible)
"""


def otter(folder: Path, python: Path, count: int) -> float:
    env = {
        **os.environ,
        "PATH": f"{python.parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    if not (folder / "autograder.zip").exists():
        tests = folder / "tests"
        tests.mkdir()
        for task in load_exercise(NUMBER).tasks:
            if task.kind != "free":
                case = {
                    "code": f">>> check({task.id!r}, {task.variable}).status\n'correct'",
                    "hidden": False,
                    "locked": False,
                }
                suite = {"cases": [case], "scored": True, "setup": "", "teardown": "", "type": "doctest"}
                name = task.id.replace(".", "_")
                test = {"name": name, "points": task.points, "suites": [suite]}
                (tests / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")
        timed(
            [
                "otter",
                "generate",
                "-t",
                tests,
                "-o",
                folder / "autograder.zip",
                "--no-environment",
                "--no-requirements",
            ],
            folder,
            env,
        )
        (folder / "loop.py").write_text(OTTER)
    return timed([python, folder / "loop.py", folder / "autograder.zip", folder / "plain" / "*.ipynb"], folder, env)


def memory() -> float:
    """Megabytes that a submission's process used at its peak, the warm interpreter with pandas included."""
    [report] = grade_all([Submission("s", "s.ipynb", solved().encode())], Pool(Limits()))
    return report.memory / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--submissions", type=int, default=40)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--environments", type=Path, help="where environments are kept from run to run")
    parser.add_argument("--alone", action="store_true", help="without nbgrader and otter-grader")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder, kept = Path(made), options.environments or Path(made) / "environments"
        cases = {
            "claimbook, 1 job": lambda: ours(folder, 1, options.submissions),
            "claimbook, 2 jobs": lambda: ours(folder, 2, options.submissions),
        }
        if not options.alone:
            kept.mkdir(parents=True, exist_ok=True)
            pythons = {name: environment(kept.resolve(), name) for name in ("nbgrader", "otter-grader")}
            cases |= {
                "nbgrader autograde": lambda: nbgrader(folder, pythons["nbgrader"], options.submissions),
                "otter-grader API, loop": lambda: otter(folder, pythons["otter-grader"], options.submissions),
            }
        seconds = {name: [] for name in cases}
        for run in range(options.runs):
            for name, case in cases.items():
                print(f"run {run + 1} of {options.runs}: {name}", file=sys.stderr, flush=True)
                seconds[name].append(case() / options.submissions)
        best = statistics.median(seconds["claimbook, 2 jobs"])
        print(f"{'':<26}{'s per submission':>18}{'times':>8}")
        for name, values in seconds.items():
            print(f"{name:<26}{statistics.median(values):>18.3f}{statistics.median(values) / best:>8.1f}")
        print(f"peak memory of a submission's process: {memory():.0f} MB")


if __name__ == "__main__":
    main()
