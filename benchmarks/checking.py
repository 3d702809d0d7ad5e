"""Measure `check`: milliseconds for answers to every task, in a real kernel, the display included.

    .venv/bin/python benchmarks/checking.py [EXERCISE ...] [--pause 3]

For each exercise a fresh kernel. `opening` is the very first check, on the untouched first task. Then the
student thinks for a pause, in which the kernel prepares what the next checks compare with; then each task
gets a right value, a near miss and a wrong one from its cases, and each of these again. `run all` is what
checks cost when a solved notebook runs without any pause. Wall time is what a student waits on this
machine; CPU time is what the check takes, and is the one to read while other programs run. Exit code 1 if
any check takes more than 50 ms of CPU.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time

from jupyter_client.manager import start_new_kernel

from claimbook.content import root

PROMISED = 50  # milliseconds
PREPARE = """
import json, time
import numpy as np, pandas as pd
from claimbook import check, claims, hint, load
from claimbook.tasks import evaluate, load_exercise

rows, formatter = [], get_ipython().display_formatter

def clock(label, task, value=...):
    wall, cpu = time.perf_counter(), time.thread_time()
    formatter.format(check(task, value))  # the bundle that the page is given
    rows.append((label, task, 1000 * (time.perf_counter() - wall), 1000 * (time.thread_time() - cpu)))

def right(task):
    return task.samples[0].answer if task.expected is None else evaluate(task.expected)
"""
OPENING = "clock('opening', 'T{task}.1')"
ANSWERS = """
for task in load_exercise({number!r}).tasks:
    expected = right(task)
    cases = {{"right": ["expected"], "near miss": task.cases.close[:1], "wrong": task.cases.wrong[:1]}}
    for kind, codes in cases.items():
        for value in [evaluate(code, expected=expected) for code in codes]:
            for again in ("", ", again"):
                clock(kind + again, task.id, value)
"""
RUN_ALL = """
for task in load_exercise({number!r}).tasks:
    clock("run all", task.id, right(task))
"""


def in_a_kernel(cells: list[str], pause: float) -> list[tuple[str, str, float, float]]:
    """Run cells in a fresh kernel, with a pause after each; returns (label, task, wall ms, CPU ms) rows."""
    manager, client = start_new_kernel(kernel_name="python3")
    printed = []
    try:
        for cell in (PREPARE, *cells, "print(json.dumps(rows))"):
            done = client.execute_interactive(
                cell, timeout=120, output_hook=lambda message: printed.append(message["content"].get("text", ""))
            )["content"]
            if done["status"] != "ok":
                raise SystemExit(f"{done['ename']}: {done['evalue']}, in\n{cell}")
            time.sleep(pause)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return json.loads("".join(printed))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("exercises", nargs="*", help="numbers such as 08; default: all")
    parser.add_argument("--pause", type=float, default=3, help="seconds for which the student thinks")
    options = parser.parse_args()
    os.environ.pop("CLAIMBOOK_GOLDEN", None)  # display as a student sees it
    rows = []
    for number in options.exercises or sorted(path.name[:2] for path in (root() / "exercises").glob("*.tasks.yml")):
        opening = OPENING.format(task=int(number))
        rows += in_a_kernel([opening, ANSWERS.format(number=number)], options.pause)
        rows += in_a_kernel([RUN_ALL.format(number=number)], 0)
    print(f"{len({row[1] for row in rows})} tasks, {len(rows)} checks; milliseconds")
    print(f"{'':<20}{'checks':>7}{'CPU: median':>13}{'worst':>8}{'wall: median':>14}{'worst':>8}")
    for label in dict.fromkeys(row[0] for row in rows):
        walls, cpus = zip(*(row[2:] for row in rows if row[0] == label), strict=True)
        print(
            f"{label:<20}{len(walls):>7}{statistics.median(cpus):>13.2f}{max(cpus):>8.1f}"
            f"{statistics.median(walls):>14.2f}{max(walls):>8.1f}"
        )
    slow = sorted((row for row in rows if row[3] > PROMISED), key=lambda row: -row[3])
    for label, task, _, cpu in slow:
        print(f"over {PROMISED} ms: {task}, {label}: {cpu:.0f} ms")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
