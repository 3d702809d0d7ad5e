"""Sources: the registry, and a source as a line of text or as BibTeX.

`data/tables/sources.csv` is the one place where a source is written down. Citations in the book
(`claimbook.citations`) are numbered per page, like footnotes: a page cites up to fifty sources, and
names in brackets would drown its sentences.
"""

from __future__ import annotations

import csv
import re
from datetime import date
from functools import cache

from claimbook.content import ContentError, find_close, root


@cache
def registry() -> dict[str, dict[str, str]]:
    """All sources by key: `source, title, publisher, date, url, accessed, note`."""
    with open(root() / "data/tables/sources.csv", encoding="utf-8", newline="") as file:
        return {row["source"]: row for row in csv.DictReader(file)}


def source(key: str) -> dict[str, str]:
    """One source of the registry.

    Raises:
        ContentError: the registry has no such key.
    """
    if key not in registry():
        raise ContentError(f"No source {key!r} in data/tables/sources.csv. {find_close(key, registry())}")
    return registry()[key]


def details(row: dict[str, str]) -> str:
    """What follows the title of a source: publisher, date, when it was read, what to know about the copy."""
    parts = [row["publisher"], long_date(row["date"])]
    accessed = f"; accessed {long_date(row['accessed'])}" if row["url"] and row["accessed"] else ""
    note = f" {_note(row)}" if row["note"] else ""
    return f"{', '.join(filter(None, parts))}{accessed}.{note}"


def long_date(text: str) -> str:
    """`2023-10-16` as `16 October 2023`, `2023-10` as `October 2023`; anything else as it is."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text):
            return f"{date.fromisoformat(text + '-01'):%B %Y}"
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def sentence(text: str) -> str:
    """Text that ends with a stop."""
    return text if text.endswith((".", "?", "!")) else text + "."


def _note(row: dict[str, str]) -> str:
    return sentence(row["note"][:1].upper() + row["note"][1:])


def bibtex() -> str:
    """The whole registry as BibTeX, for readers' reference managers."""
    return "\n".join(_entry(row) for row in registry().values())


def _entry(row: dict[str, str]) -> str:
    def safe(text: str) -> str:
        return re.sub(r"([&%$#_])", r"\\\1", text.replace("{", "(").replace("}", ")"))

    fields = {
        "title": "{" + safe(row["title"]) + "}",
        "publisher": "{" + safe(row["publisher"]) + "}",
        "year": row["date"][:4],
        "date": row["date"],
        "url": row["url"],
        "urldate": row["accessed"] if row["url"] else "",
        "note": "{" + safe(_note(row)) + "}" if row["note"] else "",
    }
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@misc{{{row['source']},\n{body}\n}}\n"
