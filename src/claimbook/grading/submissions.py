"""What lies in a folder of submissions: whose it is, which attempt, how the LMS names it.

Recognised: bulk downloads of Moodle and of Canvas (zip or unpacked), an nbgrader `submitted/` tree, and
plain files (one per student, or one folder per student). Nothing is ever unpacked to disk or written
into the folder; names from a zip are used as labels only.
"""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from claimbook.content import CHAPTER_SLUGS, ContentError
from claimbook.grading.program import MAX_BYTES

KINDS = (".ipynb", ".json")  # notebooks, and quiz answers exported from the progress page
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)_?(?:/)?(?P<file>.*)$")
CANVAS = re.compile(r"^(?P<name>[^_/]+)_(?:(?P<late>LATE)_)?(?P<id>\d+)_(?P<attachment>\d+)_(?P<file>[^/]+)$")
NBGRADER = re.compile(r"^(?:.*/)?(?P<name>[^/]+)/(?P<slug>" + "|".join(CHAPTER_SLUGS) + r")/(?P<file>[^/]+)$")
MAX_FILES = 100_000


@dataclass
class Submission:
    """One file that a student handed in."""

    student: str
    path: str  # inside the folder or zip
    data: bytes
    student_id: str = ""
    late: bool = False  # as far as the name of the file tells
    submitted: datetime | None = None  # where the folder tells

    @property
    def key(self) -> str:
        """What tells students apart: the id where there is one, else the name."""
        return self.student_id or self.student


@dataclass
class Folder:
    """What was found: the layout, the submissions in order of their paths, and files passed over with the reason."""

    layout: str  # moodle, canvas, nbgrader or plain
    submissions: list[Submission]
    skipped: list[tuple[str, str]]


def find_submissions(path: Path) -> Folder:
    """Look through a folder, a zip, or take a single notebook.

    Args:
        path: what was downloaded.

    Raises:
        ContentError: it does not exist, is no readable zip, or holds no notebook; the message says what to do.
    """
    path = Path(path)
    if not path.exists():
        raise ContentError(f"{path} does not exist. Name the folder or zip that you downloaded from your LMS.")
    skipped: list[tuple[str, str]] = []
    if path.is_dir():
        found = dict(_from_folder(path, skipped))
    elif path.suffix.lower() == ".zip":
        found = dict(_from_zip(path, skipped))
    else:
        found = {path.name: _read(path)}
    files, times = {}, {}
    for name, data in found.items():
        if PurePosixPath(name).suffix.lower() in KINDS:
            files[name] = data
        elif PurePosixPath(name).name == "timestamp.txt":
            times[str(PurePosixPath(name).parent)] = data
        else:
            skipped.append((name, "no notebook and no quiz answers (.ipynb or .json)"))
    if not files:
        raise ContentError(
            f"{path} holds no notebook (.ipynb) and no quiz answers (.json). "
            + (f"Passed over: {', '.join(name for name, _ in skipped[:5])}. " if skipped else "")
            + "Name the folder or zip as your LMS gave it."
        )
    layout, rule = _layout(files)
    submissions = []
    for name in sorted(files):
        submission = rule(name, files[name])
        if submission is None:
            skipped.append((name, f"its name is not of the form that {layout.capitalize()} gives, as the others have"))
            continue
        submission.submitted = _time(times.get(str(PurePosixPath(name).parent)))
        submissions.append(submission)
    return Folder(layout, submissions, sorted(skipped))


def _layout(files: dict[str, bytes]) -> tuple[str, Callable[[str, bytes], Submission | None]]:
    """Name of the layout, and what makes a submission of a path and bytes, by the form that most names have."""
    for layout, pattern, rule in (
        ("moodle", MOODLE, _moodle),
        ("canvas", CANVAS, _canvas),
        ("nbgrader", NBGRADER, _nbgrader),
    ):
        if sum(bool(pattern.match(name)) for name in files) * 2 > len(files):
            return layout, rule
    return "plain", _plain


def _moodle(name: str, data: bytes) -> Submission | None:
    match = MOODLE.match(name)
    return Submission(match["name"], name, data, match["id"]) if match else None


def _canvas(name: str, data: bytes) -> Submission | None:
    match = CANVAS.match(name)
    return Submission(match["name"], name, data, match["id"], late=bool(match["late"])) if match else None


def _nbgrader(name: str, data: bytes) -> Submission | None:
    match = NBGRADER.match(name)
    return Submission(match["name"], name, data) if match else None


def _plain(name: str, data: bytes) -> Submission:
    parts = PurePosixPath(name).parts
    return Submission(parts[0] if len(parts) > 1 else PurePosixPath(name).stem, name, data)


def _time(data: bytes | None) -> datetime | None:
    """Time in an nbgrader `timestamp.txt` (2023-10-20 12:00:00.000 UTC), if it can be read."""
    if data is None:
        return None
    try:
        when = datetime.fromisoformat(data.decode().strip().removesuffix(" UTC").strip())
    except (UnicodeDecodeError, ValueError):
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _from_folder(top: Path, skipped: list) -> Iterator[tuple[str, bytes]]:
    count = 0
    for folder, folders, files in os.walk(top, followlinks=False):
        for sub in sorted(folders):
            if (Path(folder) / sub).is_symlink():
                skipped.append(((Path(folder) / sub).relative_to(top).as_posix(), "a symbolic link: not followed"))
        folders[:] = sorted(f for f in folders if not f.startswith((".", "__")) and not (Path(folder) / f).is_symlink())
        for file in sorted(files):
            path = Path(folder) / file
            name = path.relative_to(top).as_posix()
            count += 1
            if count > MAX_FILES:
                raise ContentError(f"{top} holds more than {MAX_FILES:,} files. Is it the right folder?")
            if file.startswith("."):
                continue
            if path.is_symlink() or not path.is_file():
                skipped.append((name, "a symbolic link or special file: not followed"))
                continue
            try:
                yield name, _read(path)
            except OSError as error:
                skipped.append((name, f"cannot be read ({error.strerror})"))


def _read(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(MAX_BYTES + 1)


def _from_zip(path: Path, skipped: list) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MAX_FILES:
                raise ContentError(f"{path.name} lists more than {MAX_FILES:,} files. Is it the right zip?")
            for entry in archive.infolist():
                if entry.is_dir() or PurePosixPath(entry.filename).name.startswith((".", "__")):
                    continue
                if entry.external_attr >> 16 & 0o170000 == 0o120000:
                    skipped.append((entry.filename, "a symbolic link: not followed"))
                    continue
                try:
                    with archive.open(entry) as file:  # read with a bound, whatever the entry says of its size
                        yield entry.filename, file.read(MAX_BYTES + 1)
                except (RuntimeError, zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
                    skipped.append((entry.filename, f"cannot be unpacked ({error})"))
    except (zipfile.BadZipFile, OSError) as error:
        raise ContentError(f"{path.name} is no readable zip ({error}). Download it again.") from None


def safe_name(text: str) -> str:
    """A file name from a student's name: letters and digits of any script stay, all else becomes `_`."""
    return re.sub(r"[^\w-]+", "_", text).strip("_")[:80] or "student"
