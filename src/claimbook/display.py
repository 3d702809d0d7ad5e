"""How an object of the course shows itself: in the book, in Jupyter, in plain text.

A notebook that is committed stores only what was shown (`{"kind": "sentence", "id": "P3S1"}`), under
a MIME type of our own; `claimbook.book` renders it when the book is built. So a corrected sentence,
claim or quiz reaches the page without running a notebook again, and diffs of notebooks stay small.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from claimbook.content import BOOK, EDITION

MIME = "application/vnd.claimbook+json"
RESULT_MIME = "application/vnd.claimbook.result+json"  # what a check said, for the page My progress; never shown
GOLDEN = "CLAIMBOOK_GOLDEN"  # set to 1 while committed outputs are made or compared


def golden() -> bool:
    """True while a notebook runs to make or to compare its committed outputs."""
    return os.environ.get(GOLDEN) == "1"


def kept_results(results: Iterable[Any]) -> dict:
    """Part of a MIME bundle that keeps in the student's notebook what was said, for the page My progress.

    It is a note to herself: the grader never reads it, and runs the notebook anew.

    Args:
        results: `claimbook.judging.Result` objects.
    """
    return {
        RESULT_MIME: {"book": BOOK, "edition": EDITION, "results": {one.task: one.status for one in results}},
    }


class Shown:
    """Something a cell displays.

    Args:
        data: what the built book needs to render it: a `kind`, and an `id` or the content itself.
        plain: plain-text form, stored beside `data` and shown where HTML can't be.
        live: gives the rest of the MIME bundle (HTML or a widget view) for a live Jupyter session.
    """

    def __init__(self, data: dict, plain: str, live: Callable[[], dict]):
        self.data, self.plain, self._live = data, plain, live

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict:
        if golden():
            return {MIME: self.data, "text/plain": self.plain}
        return {"text/plain": self.plain, **self._live()}

    def __repr__(self) -> str:
        return self.plain
