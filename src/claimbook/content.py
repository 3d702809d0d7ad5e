"""Which course this is and where it lies on disk, and the error that names what is wrong with it.

A course is a folder whose `data/datapackage.json` has a property `course`: id, title, edition,
chapters, reviews. The engine knows no other fact about it. Lowest module of the package: it imports
nothing of ours and no heavy library.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

DESCRIPTOR = "data/datapackage.json"
COURSE = "CLAIMBOOK_COURSE"  # environment variable: folder of the course, where it can't be found by itself
TEMPLATE = Path(__file__).resolve().parent / "template"  # of a new course: see `claimbook.newcourse`
REPAIR = "Run `pip install --force-reinstall claimbook`, or in a clone `git checkout data`."


class ContentError(Exception):
    """Something in the course's own files, or in what was asked of them, is wrong.

    The message says what is wrong, where (file, item, field), and what to do. In a notebook it is
    shown as that message alone: a learner who mistypes a name needs no traceback.
    """

    def _render_traceback_(self) -> list[str]:  # IPython's hook for exceptions that print themselves
        return [f"{type(self).__name__}: {self}"]


@dataclass(frozen=True)
class Course:
    """What a course says of itself, in `data/datapackage.json` under `course`."""

    id: str  # prefix of everything that a reader's browser stores
    title: str
    edition: str  # year.month of the facts; the second of the book's two clocks
    chapters: tuple[str, ...]  # slugs in reading order, each with its number in front: "01-the-text"
    # Longer quizzes that mix chapters: number -> (name of page and file, last chapter that they ask about).
    reviews: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    language: str = "en"  # of the text, as a BCP 47 tag
    text_date: str = ""  # ISO day of the text, where it is known


@cache
def root() -> Path:
    """Folder that holds `chapters/`, `exercises/` and `data/`; found once a process.

    Asked in this order: the environment variable CLAIMBOOK_COURSE; the working directory and the folders
    above it, as git and pytest do, so that notebooks, tests and commands in a course's folder mean that
    course; the course that came with this package (in an installed wheel it travels inside, in a clone it
    lies around `src/`). The grader does not trust the second way: see `named_root`.

    Raises:
        ContentError: CLAIMBOOK_COURSE names no course, or the installation is damaged.
    """
    if named := os.environ.get(COURSE):
        if not is_course(Path(named)):
            raise ContentError(
                f"{COURSE} is {named!r}, which is no course: it has no {DESCRIPTOR} with a property `course`. "
                "Correct the variable, or unset it."
            )
        return Path(named).resolve()
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if is_course(folder)), None) or own_root()


def own_root() -> Path:
    """Folder of the course that came with this package.

    Raises:
        ContentError: neither place has the data package, so the installation is damaged.
    """
    here = Path(__file__).resolve()
    for folder in (here.parents[2], here.parent / "content"):
        if (folder / DESCRIPTOR).is_file():
            return folder
    raise ContentError(
        f"The course's data are missing: no data/datapackage.json beside {here.parent}. "
        "Reinstall claimbook, or run it from a complete clone."
    )


def named_root() -> Path:
    """Like `root`, for work on files of strangers: only a course that somebody has chosen.

    Judging an answer runs the expressions in the course's tasks files. A folder that a student handed in may
    hold a course of its own; standing in it must not be enough to run that.

    Raises:
        ContentError: the course was only found by the working directory.
    """
    found = root()
    if os.environ.get(COURSE) or found == own_root():
        return found
    raise ContentError(
        f"Grading runs the task files of a course, and this one was only found by the working directory: {found}. "
        f"If it is yours, say so: {COURSE}={found} claimbook grade ... (in its folder: make grade FOLDER=...). "
        "If it came with a submission, change to another directory."
    )


def is_course(folder: Path) -> bool:
    """Is there a data package with the property `course`? Read as text, so that a slip in it is told later."""
    try:
        return bool(re.search(r'"course"\s*:\s*\{', (folder / DESCRIPTOR).read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError):
        return False


@cache
def package() -> dict:
    """The data package's descriptor, as read from `data/datapackage.json`.

    Raises:
        ContentError: missing, or no JSON.
    """
    path = root() / DESCRIPTOR
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContentError(f"{path} cannot be read ({error}). {REPAIR}") from None


@cache
def course() -> Course:
    """The course that is read, built or graded.

    Raises:
        ContentError: its description is missing or wrong.
    """
    given: Any = package().get("course")
    where = f"{root() / DESCRIPTOR}, property `course`"
    try:
        reviews = {number: (slug, int(last)) for number, (slug, last) in given.get("reviews", {}).items()}
        found = Course(**{**given, "chapters": tuple(given["chapters"]), "reviews": reviews})
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ContentError(f"{where}: {error}. It needs id, title, edition and chapters.") from None
    for slug in found.chapters:
        if not re.fullmatch(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*", slug):
            raise ContentError(f"{where}: the chapter {slug!r} is not of the form 01-the-text.")
    if not re.fullmatch(r"[a-z0-9-]+", found.id):
        raise ContentError(f"{where}: the id {found.id!r} may hold small letters, digits and hyphens only.")
    return found


def __getattr__(name: str) -> Any:
    """BOOK, EDITION, CHAPTER_SLUGS and REVIEWS of the course, read when they are first asked for."""
    fields = {"BOOK": "id", "EDITION": "edition", "CHAPTER_SLUGS": "chapters", "REVIEWS": "reviews"}
    if name in fields:
        return getattr(course(), fields[name])
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def find_close(name: str, names: Iterable[str]) -> str:
    """End of an error message that offers the known names nearest to `name`."""
    names = sorted(str(n) for n in names)
    near = get_close_matches(str(name), names, n=4, cutoff=0.5)
    return f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(names)}."


def chapter_slug(chapter: str) -> str:
    """Full slug of a chapter, from its number.

    Args:
        chapter: `"08"`, `"8"`, `8` or the slug itself, `"08-the-warrant"`.

    Raises:
        ContentError: no chapter has that number.
    """
    number = re.match(r"0?(\d{1,2})(?:\D|$)", str(chapter))
    for slug in course().chapters:
        if number and int(slug[:2]) == int(number[1]):
            return slug
    raise ContentError(f"No chapter {chapter!r}. {find_close(chapter, [s[:2] for s in course().chapters])}")


def quiz_slug(quiz: str) -> str:
    """Slug of the page and file of a quiz: of a chapter, or of a review (`"R1"`, `"review-1"`).

    Raises:
        ContentError: no such chapter or review.
    """
    for number, (slug, _) in course().reviews.items():
        if str(quiz) in (number, slug):
            return slug
    return chapter_slug(quiz)
