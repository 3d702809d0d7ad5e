#!/usr/bin/env bash
# Prove that nbgrader takes our exercises as they are: generate, validate and autograde, exercise by exercise.
#
#   tools/check_nbgrader.sh                makes its own environment, in a temporary folder that it removes
#   tools/check_nbgrader.sh ENVIRONMENT    uses one that already has nbgrader and this package
#
# nbgrader is no dependency of ours, so this is no part of `make test`; it needs a package index, and runs on a schedule.
# Exit code: 0 if all exercises pass, 1 if one fails, 2 if nbgrader could not be installed.
set -euo pipefail
here="$(cd "$(dirname "$0")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

environment="${1:-$work/environment}"
if [ $# -eq 0 ]; then
  "${PYTHON:-python3}" -m venv "$environment"
  "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "nbgrader>=0.9.5" -e "$here" || exit 2
fi
environment="$(cd "$environment" && pwd)"
export PATH="$environment/bin:$PATH" JUPYTER_PLATFORM_DIRS=1 HOME="$work" XDG_CONFIG_HOME="$work/config" XDG_DATA_HOME="$work/data"
nbgrader --version | sed 's/^/nbgrader: /'

"$environment/bin/python" - "$here" "$work/course" <<'PYTHON'
"""One course, two students in it: Solved hands in the solution's answers, Untouched the starter."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

here, course = map(pathlib.Path, sys.argv[1:])
course.mkdir()
os.chdir(course)
pathlib.Path("nbgrader_config.py").write_text('c = get_config()\nc.CourseDirectory.course_id = "claimbook"\n')
failures = []


def nbgrader(*words):
    """Run an nbgrader command; returns its exit code and all that it printed."""
    done = subprocess.run(["nbgrader", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return done.returncode, done.stdout


def expect(holds, what, output=""):
    print(f"  {'ok  ' if holds else 'FAIL'} {what}", flush=True)
    if not holds:
        failures.append(what)
        print("\n".join("       " + line for line in output.splitlines()[-25:]))


def hand_in(student, slug, notebook):
    folder = course / "submitted" / student / slug
    folder.mkdir(parents=True)
    (folder / f"{slug}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def answered(starter, solution):
    """The starter with the solution's code in its answer cells: what a student hands in who opened ours."""
    answers = {cell["id"]: cell["source"] for cell in solution["cells"]}
    cells = [{**cell, "source": answers[cell["id"]]} for cell in starter["cells"]]
    return {**starter, "cells": cells}


masters = sorted((here / "exercises/solutions").glob("*.ipynb"))
expect(masters, "there are exercises")
for master in masters:
    slug = master.stem
    print(slug, flush=True)
    solution = json.loads(master.read_text(encoding="utf-8"))
    starter = json.loads((here / f"exercises/{slug}.ipynb").read_text(encoding="utf-8"))
    graded = [cell["metadata"]["nbgrader"] for cell in solution["cells"] if cell["metadata"].get("nbgrader", {}).get("grade")]
    by_hand = sum(entry["points"] for entry in graded if entry["solution"])
    automatic = sum(entry["points"] for entry in graded if not entry["solution"])

    source = course / "source" / slug / master.name
    source.parent.mkdir(parents=True)
    shutil.copy(master, source)
    code, output = nbgrader("generate_assignment", slug, "--create")
    released = course / "release" / slug / master.name
    expect(code == 0 and released.is_file(), "generate_assignment takes the solution as its source", output)
    if not released.is_file():
        continue
    expect("END SOLUTION" not in released.read_text(encoding="utf-8"), "the released notebook holds no solution")
    code, output = nbgrader("validate", source)
    expect(code == 0 and "Success" in output, "validate passes the solution", output)
    code, output = nbgrader("validate", here / f"exercises/{slug}.ipynb")
    expect(code == 0 and "corrupted" not in output, "validate runs our starter", output)
    code, output = nbgrader("validate", released)
    expect(code == 0 and "VALIDATION FAILED" in output, "validate fails the released notebook while it is unanswered", output)

    hand_in("solved", slug, answered(starter, solution))
    hand_in("untouched", slug, starter)
    code, output = nbgrader("autograde", slug, "--create")
    expect(code == 0, "autograde takes a solved and an untouched copy of our starter", output)
    if code:
        continue
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        scores = {}
        for student in ("solved", "untouched"):
            submission = gradebook.find_submission(slug, student)
            scores[student] = (submission.score, submission.max_score, submission.needs_manual_grade)
    print(f"       (score, of, needs a person): {scores}")
    expect(scores["solved"][0] == automatic, f"the solved copy has all {automatic} automatic points")
    expect(scores["solved"][1] == automatic + by_hand, f"the exercise has {automatic + by_hand} points in all")
    expect(scores["solved"][2] == bool(by_hand), "a person is asked for where a task is marked by hand")
    expect(scores["untouched"][0] == 0, "the untouched copy has no points")

print(f"{len(failures)} failed" if failures else "All exercises pass.")
sys.exit(bool(failures))
PYTHON
