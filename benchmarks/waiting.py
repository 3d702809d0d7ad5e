"""How would 10,000 submissions run? Measure a few hundred, then simulate the queue.

    .venv/bin/python benchmarks/waiting.py [--sizes 50 100 300] [--jobs 2] [--simulate 10000]

Measured: `claimbook grade` over made-up classes of several sizes, with right, nearly right, wrong, untouched,
broken and never-ending submissions of all exercises: wall time, memory of all its processes together,
disk. Simulated: 10,000 submissions whose seconds are drawn from the measured ones, first come first
served, for several numbers of workers; handed over at once, or handed in over the day before a deadline.
Seeded: the same measurements give the same table.
"""

from __future__ import annotations

import argparse
import heapq
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from claimbook.content import root
from claimbook.grading.example import answered
from claimbook.tasks import load_exercise

# What a class hands in, in parts of a hundred. "loop" runs into the time limit of a cell, "cut off" is no notebook.
MIX = {"correct": 55, "close": 20, "wrong": 10, "not_attempted": 8, "cut off": 5, "loop": 2}
WORKERS = (1, 2, 8, 32, 128)
DAY = 86_400


# ---------------------------------------------------------------- the simulation: pure functions


def finish_times(arrivals: list[float], seconds: list[float], workers: int) -> list[float]:
    """When each submission is graded: first come, first served, each by the worker that is free first.

    Args:
        arrivals: second at which each is handed over, ascending.
        seconds: how long each takes.
        workers: how many are graded at a time.
    """
    free = [0.0] * workers
    done = []
    for arrival, takes in zip(arrivals, seconds, strict=True):
        done.append(max(arrival, heapq.heappop(free)) + takes)
        heapq.heappush(free, done[-1])
    return done


def before_deadline(count: int, chance: random.Random) -> list[float]:
    """Arrivals over a day that ends with the deadline: more and more, half of them in its last five hours."""
    return sorted(DAY * chance.random() ** (1 / 3) for _ in range(count))


def percentile(values: list[float], share: float) -> float:
    """The value below which this share of the values lies (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * share) - 1)]


# ---------------------------------------------------------------- the measurement


def write_class(folder: Path, count: int, chance: random.Random) -> None:
    """A plain folder of made-up submissions for all exercises, mixed as MIX says."""
    numbers = sorted(path.name[:2] for path in (root() / "exercises").glob("*.tasks.yml"))
    starters = {n: next((root() / "exercises").glob(f"{n}-*.ipynb")).read_text(encoding="utf-8") for n in numbers}
    folder.mkdir()
    for n, kind in enumerate(chance.choices(list(MIX), list(MIX.values()), k=count)):
        number = numbers[n % len(numbers)]
        text = starters[number]
        if kind == "cut off":
            text = text[: len(text) // 2]
        else:
            text = json.dumps(answered(json.loads(text), load_exercise(number), kind), ensure_ascii=False)
        (folder / f"made-up-{n:05}.ipynb").write_text(text, encoding="utf-8")


def used_by(pid: int) -> tuple[int, float]:
    """What a process and all below it use: (bytes held, pages that they share counted once; CPU seconds so far)."""
    parents, ticks = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue  # ended meanwhile
        parents[int(stat.parent.name)] = int(fields[1])
        ticks[int(stat.parent.name)] = sum(map(int, fields[11:15]))  # its own, and of children that have ended
    family, grew = {pid}, True
    while grew:
        more = {child for child, parent in parents.items() if parent in family} - family
        family, grew = family | more, bool(more)
    held = 0
    for one in family:
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        held += sum(int(line.split()[1]) << 10 for line in lines if line.startswith("Pss:"))
    return held, sum(ticks.get(one, 0) for one in family) / os.sysconf("SC_CLK_TCK")


def measure(folder: Path, count: int, jobs: int) -> dict:
    """Grade a made-up class; returns what it used.

    wall and cpu (s, start included), memory (peak, bytes), disk (bytes), seconds (of each, in the sandbox).
    """
    submissions, out = folder / f"class-{count}", folder / f"graded-{count}"
    write_class(submissions, count, random.Random(count))
    command = [sys.executable, "-m", "claimbook.cli", "grade", submissions, "--out", out, "--jobs", str(jobs)]
    began, samples, ended = time.perf_counter(), [(0, 0.0)], threading.Event()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:

        def watch():
            while not ended.wait(0.5):
                samples.append(used_by(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        said = process.stderr.read()
        wall = time.perf_counter() - began
        ended.set()
        watcher.join()
    if process.returncode:
        raise SystemExit(said[-2000:])
    reports = json.loads((out / "results.json").read_text(encoding="utf-8"))["reports"]
    disk = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    memory, cpu = (max(values) for values in zip(*samples, strict=True))
    seconds = [report["seconds"] for report in reports]
    return {"wall": wall, "cpu": cpu, "memory": memory, "disk": disk, "seconds": seconds}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 100, 300])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--simulate", type=int, default=10_000)
    options = parser.parse_args()
    print(f"Measured, --jobs {options.jobs}:")
    print(
        f"{'submissions':>12}{'wall s':>9}{'each':>7}{'CPU s':>8}{'each':>7}{'MB':>6}{'MB disk':>9}   in the sandbox, s: median, mean"
    )
    with tempfile.TemporaryDirectory() as made:
        for count in options.sizes:
            found = measure(Path(made), count, options.jobs)
            print(
                f"{count:>12}{found['wall']:>9.1f}{found['wall'] / count:>7.3f}{found['cpu']:>8.1f}{found['cpu'] / count:>7.3f}"
                f"{found['memory'] / 1e6:>6.0f}{found['disk'] / 1e6:>9.1f}{statistics.median(found['seconds']):>12.2f}"
                f"{statistics.mean(found['seconds']):>7.2f}",
                flush=True,
            )
    # Reading, judging and writing come on top of the sandbox: all worker time that the sandbox doesn't account for.
    beside = max(0.0, found["wall"] * options.jobs / count - statistics.mean(found["seconds"]))
    chance = random.Random(1)
    seconds = [beside + chance.choice(found["seconds"]) for _ in range(options.simulate)]
    print(
        f"\nSimulated, {options.simulate:,} submissions drawn from the last class (mean {statistics.mean(seconds):.2f} s):"
    )
    print(f"{'':<22}{'workers':>8}{'all done':>12}{'wait: median':>14}{'95 %':>10}   (seconds)")
    for name, arrivals in (
        ("all at once", [0.0] * options.simulate),
        ("a day before deadline", before_deadline(options.simulate, chance)),
    ):
        for workers in WORKERS:
            done = finish_times(arrivals, seconds, workers)
            waits = [end - arrival for end, arrival in zip(done, arrivals, strict=True)]
            after = max(0, max(done) - (0 if name == "all at once" else DAY))
            print(
                f"{name:<22}{workers:>8}{after:>12,.1f}{percentile(waits, 0.5):>14,.1f}{percentile(waits, 0.95):>10,.1f}"
            )
    print(
        "`all done` counts from the moment of handing over, or from the deadline; `wait` from handing in to the report."
    )


if __name__ == "__main__":
    main()
