"""Rebuild the book when one of its files changes, for authors at work."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from claimbook.content import root

FOLDERS = ("chapters", "exercises", "data")
SUFFIXES = {".ipynb", ".md", ".yml", ".csv", ".json", ".txt", ".py", ".js", ".css", ".html"}


def watched() -> dict[Path, int]:
    """Each file that the book is built from, with the time of its last change in nanoseconds."""
    top, package = root(), Path(__file__).parent
    files = [top / "_config.yml", top / "_toc.yml"]
    for folder in (*(top / name for name in FOLDERS), package):
        files += (
            path for path in folder.rglob("*") if path.suffix in SUFFIXES and ".ipynb_checkpoints" not in path.parts
        )
    found = {}
    for path in files:
        try:
            found[path] = path.stat().st_mtime_ns
        except FileNotFoundError:  # gone since it was listed, as an editor does when it saves
            continue
    return found


def changes(pause: float = 0.4) -> Iterator[set[Path]]:
    """Wait for changes, and give the files that changed, came or went; again and again.

    Args:
        pause: seconds between two looks.
    """
    before = watched()
    while True:
        time.sleep(pause)
        after = watched()
        changed = {path for path, _ in before.items() ^ after.items()}
        if changed:
            yield changed
        before = after


def rebuild_on_change(build: Callable[[], int], built: Callable[[], None]) -> None:
    """Build after every change, until interrupted.

    Args:
        build: builds the book; 0 where that went well.
        built: is called after each build that went well.
    """
    for changed in changes():
        print("Changed:", ", ".join(sorted(path.name for path in changed)), flush=True)
        if any(path.suffix == ".py" for path in changed):  # this process holds the old code
            os.execv(sys.executable, [sys.executable, "-m", "claimbook.cli", *sys.argv[1:]])
        if build() == 0:
            built()
