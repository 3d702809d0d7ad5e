"""Everything that leaves the house, in one folder: `claimbook dist` (`make dist`).

    site         the book for reading without a network: unpack, open index.html
    wheel        the Python package with the course inside
    data         the data package
    notebooks    chapters and exercises, without solutions
    lms          quizzes for learning platforms and for study
    pdf          the whole book on paper

Each file is made in a temporary folder and moved into `dist/` when it is complete, so that a failed
step leaves nothing half written and the files of the other steps stay.
"""

from __future__ import annotations

import calendar
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from claimbook import yamlfile
from claimbook.archives import write_zip
from claimbook.content import ContentError, course, package, root

NAME = package()["name"]
# What the offline site leaves out: sources that the page's own download buttons don't lead to.
NOT_IN_SITE = (".buildinfo", ".doctrees")
README = f"""{course().title}: the book for reading without a network

Unpack this folder, then open index.html in a browser (a double click will do). Nothing needs to be
installed, and nothing is sent anywhere.

Opened like this, from a folder, everything works but the following:
- The search finds pages, and shows no lines of their text below the titles.
- Answers to quizzes are kept by the browser for this folder, apart from those that you gave on a website. Some
  browsers may not keep them for files at all. My progress can save them to a file and take them in again.
- Links to sources lead to the web and need a network.

A small web server makes the search complete. With Python: open a terminal in this folder, run
python3 -m http.server, and open the address that it prints.
"""


def dist(steps: list[str]) -> int:
    """Make the files of some steps, or of all if none is named, and SHA256SUMS of all that lies there.

    Returns:
        Exit code: 1 if a step failed. The others are made all the same.

    Raises:
        ContentError: a step that does not exist.
    """
    if unknown := [step for step in steps if step not in STEPS]:
        raise ContentError(f"No step {unknown[0]!r}. The steps are: {', '.join(STEPS)}.")
    chosen = steps or list(STEPS)
    target = root() / "dist"
    target.mkdir(exist_ok=True)
    if {"site", "pdf"} & set(chosen):
        from claimbook.building import build

        if failed := build():
            return failed
    return make({step: STEPS[step] for step in chosen}, target)


def make(steps: dict[str, Callable[[Path], None]], target: Path) -> int:
    """Run each step in a folder of its own, and move what it made into `target`. Returns the exit code."""
    failed = []
    for step, run in steps.items():
        print(f"{step} ...", end=" ", flush=True)
        began = time.perf_counter()
        with tempfile.TemporaryDirectory(dir=target, prefix=".making-") as folder:
            try:
                run(Path(folder))
            except Exception as error:
                failed.append(step)
                print("failed.", flush=True)
                print(f"claimbook: {step}: {error}", file=sys.stderr)
                continue
            made = sorted(Path(folder).iterdir())
            for path in made:
                if (old := target / path.name).is_dir():
                    shutil.rmtree(old)
                os.replace(path, old)
        seconds = time.perf_counter() - began
        print(f"{seconds:.1f} s: {', '.join(f'{path.name} ({_size(target / path.name)})' for path in made)}")
    _write_sums(target)
    if failed:
        print(f"claimbook: not made: {', '.join(failed)}; the reasons are above.", file=sys.stderr)
    return 1 if failed else 0


def _size(path: Path) -> str:
    total = (
        sum(file.stat().st_size for file in path.rglob("*") if file.is_file()) if path.is_dir() else path.stat().st_size
    )
    return f"{total / 1e6:.1f} MB" if total > 1e5 else f"{total / 1e3:.0f} kB"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _write_sums(target: Path) -> None:
    """SHA256SUMS as `sha256sum -c` reads it."""
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(target)}\n"
        for path in _files(target)
        if path.name != "SHA256SUMS" and not path.relative_to(target).parts[0].startswith(".")
    ]
    (target / "SHA256SUMS").write_text("".join(lines), encoding="utf-8")


def site(folder: Path) -> None:
    """The built book, with a note that says how to open it."""
    built = root() / "_build/html"
    files = {
        f"{NAME}/{path.relative_to(built)}": path
        for path in _files(built)
        if path.relative_to(built).parts[0] not in NOT_IN_SITE
    }
    write_zip(folder / f"{NAME}-site.zip", {**files, f"{NAME}/README.txt": README.encode()})


def wheel(folder: Path) -> None:
    """The package as pip installs it."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, root()],
        capture_output=True,
        text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(_epoch())},
    )
    if done.returncode:
        raise ContentError(f"pip could not build the wheel:\n{done.stderr[-2000:]}")


def _epoch() -> int:
    """Day of the release in seconds, so that a wheel of the same content has the same bytes."""
    day = yamlfile.read(root() / "CITATION.cff")["date-released"]
    return calendar.timegm(date.fromisoformat(str(day)).timetuple())


def data(folder: Path) -> None:
    """The data package."""
    from claimbook.book import write_data_zip

    write_data_zip(folder / f"{NAME}-data.zip")


def notebooks(folder: Path) -> None:
    """Chapters and the exercises as students get them: no solutions."""
    files = {
        f"{NAME}/{part}/{path.name}": path
        for part in ("chapters", "exercises")
        for path in (root() / part).glob("*.ipynb")
    }
    note = (
        "Notebooks of the course. They need the package claimbook, which brings the data and the quizzes: install the wheel\n"
        f"that lies beside this file, then start JupyterLab.\n\n    pip install claimbook-*.whl jupyterlab altair\n    jupyter lab {NAME}\n"
    )
    write_zip(folder / f"{NAME}-notebooks.zip", {**files, f"{NAME}/README.txt": note.encode()})


def lms(folder: Path) -> None:
    """The quizzes in every format that `claimbook.exports` writes."""
    from claimbook.exports import FORMATS, export

    for name in FORMATS:
        export(name, folder / "lms")


def pdf(folder: Path) -> None:
    """The book on paper."""
    from claimbook.printed import write_pdf

    write_pdf(folder / f"{NAME}.pdf", root() / "_build/html")


STEPS = {"site": site, "wheel": wheel, "data": data, "notebooks": notebooks, "lms": lms, "pdf": pdf}
