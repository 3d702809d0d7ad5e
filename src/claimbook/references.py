"""Sources as references: the BibTeX file is written from the registry, and set as a short, linked line.

`data/tables/sources.csv` is the one place where a source is written down. Sphinx's bibliography
extension wants BibTeX, so the file is made anew at every build and never committed. Citations are
numbered per page, like footnotes: a page of this book cites up to fifty sources, and names in
brackets would drown its sentences.
"""

from __future__ import annotations

import csv
import re
from datetime import date

from pybtex.plugin import register_plugin
from pybtex.style.formatting.unsrt import Style as Unsrt
from pybtex.style.template import field, href, join, optional

from claimbook.content import root

STYLE = "claimbook"


def write_references() -> None:
    """Write `chapters/references.bib` from the registry of sources, if it changed."""
    target = root() / "chapters/references.bib"
    with open(root() / "data/tables/sources.csv", encoding="utf-8", newline="") as file:
        text = "\n".join(_bibtex(row) for row in csv.DictReader(file))
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def _bibtex(row: dict[str, str]) -> str:
    """One entry of the registry as BibTeX."""

    def safe(text: str) -> str:
        return re.sub(r"([&%$#_])", r"\\\1", text.replace("{", "(").replace("}", ")"))

    fields = {
        "title": "{" + safe(row["title"]) + "}",
        "publisher": "{" + safe(row["publisher"]) + "}",
        "year": row["date"][:4],
        "date": long_date(row["date"]),
        "url": row["url"],
        "urldate": long_date(row["accessed"]) if row["url"] else "",
        "note": "{" + safe(_sentence(row["note"])) + "}" if row["note"] else "",
    }
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@misc{{{row['source']},\n{body}\n}}\n"


def long_date(text: str) -> str:
    """`2023-10-16` as `16 October 2023`, `2023-10` as `October 2023`; anything else as it is."""
    try:
        if re.fullmatch(r"\d{4}-\d{2}", text):
            return f"{date.fromisoformat(text + '-01'):%B %Y}"
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%B %Y}"


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else text + "."


class Style(Unsrt):
    """Title (linked), publisher, date, when it was read, and what to know about the copy."""

    def get_misc_template(self, entry):
        title = field("title")
        linked = href[field("url", raw=True), title] if "url" in entry.fields else title
        return join[
            linked, ". ", field("publisher"), optional[", ", field("date")],
            optional["; accessed ", field("urldate")], ".", optional[" ", field("note")],
        ]  # fmt: skip


register_plugin("pybtex.style.formatting", STYLE, Style)
