"""Where the course lies on disk, and the error that names what is wrong with it.

Lowest module of the package: it imports nothing of ours and no heavy library.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path

BOOK = "claimbook"  # prefix of everything that a reader's browser stores
EDITION = "2026.11"  # year.month of the facts; the second of the book's two clocks
CHAPTER_SLUGS = (
    "01-the-text",
    "02-russia-and-china",
    "03-belt-and-road",
    "04-china-and-the-war",
    "05-sanctions",
    "06-energy-and-trade",
    "07-europe-and-china",
    "08-the-warrant",
    "09-where-can-putin-travel",
    "10-china-at-home",
    "11-after-the-forum",
)
# Longer quizzes that mix chapters: (name of page and file, last chapter that they ask about).
REVIEWS = {"R1": ("review-1", 5), "R2": ("review-2", 11)}


class ContentError(Exception):
    """Something in the course's own files, or in what was asked of them, is wrong.

    The message says what is wrong, where (file, item, field), and what to do. In a notebook it is
    shown as that message alone: a learner who mistypes a name needs no traceback.
    """

    def _render_traceback_(self):  # IPython's hook for exceptions that print themselves
        return [f"{type(self).__name__}: {self}"]


@cache
def root() -> Path:
    """Folder that holds `chapters/`, `exercises/` and `data/`.

    In a clone (editable install) that is the top of the repository, in an installed wheel the copy
    that travels inside the package.

    Raises:
        ContentError: neither place has the data package, so the installation is damaged.
    """
    here = Path(__file__).resolve()
    for folder in (here.parents[2], here.parent / "content"):
        if (folder / "data" / "datapackage.json").is_file():
            return folder
    raise ContentError(
        f"The course's data are missing: no data/datapackage.json beside {here.parent}. "
        "Reinstall claimbook, or run it from a complete clone."
    )


def find_close(name: str, names) -> str:
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
    for slug in CHAPTER_SLUGS:
        if number and int(slug[:2]) == int(number[1]):
            return slug
    raise ContentError(f"No chapter {chapter!r}. {find_close(chapter, [s[:2] for s in CHAPTER_SLUGS])}")


def quiz_slug(quiz: str) -> str:
    """Slug of the page and file of a quiz: of a chapter, or of a review (`"R1"`, `"review-1"`).

    Raises:
        ContentError: no such chapter or review.
    """
    for number, (slug, _) in REVIEWS.items():
        if str(quiz) in (number, slug):
            return slug
    return chapter_slug(quiz)
