"""Pages that are generated from the data: annotated text, glossary, data catalogue. Pure: Markdown out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection

from claimbook import source, tables
from claimbook.content import chapter_slug, root

CHAPTER_NAMES = "chapters/{slug}"


def _csv(path: str) -> list[dict[str, str]]:
    with open(root() / path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_text(link: Callable[[str], str], pages: Collection[str]) -> str:
    """The annotated source: sentence, claims with verdicts, and links to the chapters that read it.

    Args:
        link: gives the address of a page of the book.
        pages: pages that exist; a chapter that isn't in the book yet is named without a link.
    """
    parts = []
    for key, row in source.sentence_rows().items():
        chapters = []
        for number in row["chapters"].split():
            page = CHAPTER_NAMES.format(slug=chapter_slug(number))
            chapters.append(
                f'<a href="{link(page)}">Chapter {int(number)}</a>' if page in pages else f"Chapter {int(number)}"
            )
        parts.append(
            f'## {key}\n\n```{{raw}} html\n<div class="cb-sentence" id="{key.lower()}-words">'
            f'<blockquote class="cb-source" lang="en"><p>{source._marked(key)}</p></blockquote>\n'
            f'<p class="cb-read-in">Read in {", ".join(chapters)}.</p>\n'
            f"{source.claims_html(key, outcome=True)}</div>\n```\n"
        )
    return "\n".join(parts)


def glossary() -> str:
    """The glossary as MyST: English term, Russian, Chinese with pinyin, definition."""
    entries = []
    for row in sorted(_csv("data/tables/terms.csv"), key=lambda row: row["en"].casefold()):
        roles = [
            f"{{{role}}}`{row[field]}`"
            for role, field in (("ru", "ru"), ("zh", "zh"), ("pinyin", "pinyin"))
            if row[field]
        ]
        entries.append(f"{row['en']}\n: {' '.join(roles)}\n\n  {row['definition']}\n")
    return ":::{glossary}\n" + "\n".join(entries) + ":::\n"


def data_tables() -> str:
    """A card for each table: what it holds, its fields with units, sources, limits, file."""
    parts = []
    for name in tables.names():
        resource = tables.describe(name)
        fields = "\n".join(
            f"| `{f['name']}` | {f['type']} | {f.get('unit', '')} | {f['description'].replace('|', '/')} |"
            for f in resource["schema"]["fields"]
        )
        limits = "\n".join(f"- {limit}" for limit in resource["limits"])
        sources = "\n".join(f"- {tables._source_line(s)}" for s in resource.get("sources", []))
        parts.append(
            f'## {resource["title"]}\n\n`load("{name}")`. {resource["description"]}\n\n'
            f"| Field | Type | Unit | Meaning |\n| --- | --- | --- | --- |\n{fields}\n\n"
            f"**What it cannot show**\n\n{limits}\n\n**Sources**, as of {resource['asOf']}\n\n{sources}\n"
        )
    return "\n".join(parts)
