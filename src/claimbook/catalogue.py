"""Pages that are generated from the data: annotated text, glossary, data catalogue. Pure: Markdown out."""

from __future__ import annotations

import csv
import html
import re
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
        entries.append(f"{row['en']}\n  {' '.join(roles)}\n\n  {row['definition']}\n")
    return ":::{glossary}\n" + "\n".join(entries) + ":::\n"


def used_in(table: str) -> list[str]:
    """Pages (`chapters/08-the-warrant`, `exercises/...`) whose code loads a table, in reading order."""
    call = re.compile(rf"""load\(\\?["']{table}\\?["']\)""")
    pages = set()
    for path in (*(root() / "chapters").glob("*.ipynb"), *(root() / "exercises").glob("*.ipynb")):
        tasks = path.with_suffix(".tasks.yml")
        if call.search(path.read_text(encoding="utf-8") + (tasks.read_text(encoding="utf-8") if tasks.is_file() else "")):
            pages.add(f"{path.parent.name}/{path.stem}")
    return sorted(pages)


def data_tables(link: Callable[[str], str], pages: Collection[str]) -> str:
    """A card for each table: what it holds, its fields with units, first rows, limits, sources, file."""
    return "\n".join(_card(tables.describe(name), link, pages) for name in tables.names())


def _card(resource: dict, link: Callable[[str], str], pages: Collection[str]) -> str:
    name = resource["name"]
    rows = _csv(f"data/{resource['path']}")
    fields = "".join(
        f'<tr><th scope="row"><code>{f["name"]}</code></th><td>{f["type"]}{_unit(f)}</td>'
        f"<td>{html.escape(f['description'], quote=False)}{_choices(f)}</td></tr>"
        for f in resource["schema"]["fields"]
    )
    head = "".join(f'<th scope="col">{column}</th>' for column in rows[0])
    first = "".join("<tr>" + "".join(f"<td>{_short(value)}</td>" for value in row.values()) + "</tr>" for row in rows[:3])
    places = [f'<a href="{link(page)}">{_page_name(page)}</a>' for page in used_in(name) if page in pages]
    return f"""## {resource["title"]}

{resource["description"]}

`load("{name}")` gives {len(rows):,} rows, as of {resource["asOf"]}. {{download}}`Download {name}.csv <../data/{resource["path"]}>`

```{{raw}} html
<div class="cb-card">
<details><summary>Fields</summary><div class="cb-scroll" tabindex="0" role="group" aria-label="Fields of {name}"><table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>{fields}</tbody></table></div></details>
<details><summary>First rows</summary><div class="cb-scroll" tabindex="0" role="group" aria-label="First rows of {name}"><table><thead><tr>{head}</tr></thead><tbody>{first}</tbody></table></div></details>
<details><summary>Sources</summary><ul>{_sources(resource)}</ul></details>
<p><strong>What it cannot show.</strong> {html.escape(" ".join(_sentence(limit) for limit in resource["limits"]), quote=False)}</p>
<p class="cb-read-in">{"Used in " + ", ".join(places) + "." if places else "Reference table: no chapter of this edition computes with it."}</p>
</div>
```
"""


def _unit(field: dict) -> str:
    return f", {html.escape(field['unit'])}" if "unit" in field else ""


def _choices(field: dict) -> str:
    listed = field.get("categories", [])
    return f" <em>One of: {html.escape(', '.join(listed))}.</em>" if listed else ""


def _short(value: str) -> str:
    return html.escape(value if len(value) <= 80 else value[:77] + "...", quote=False)


def _sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."


def _sources(resource: dict) -> str:
    items = []
    for source_of in resource.get("sources", []):
        words = html.escape(tables.source_line(source_of), quote=False)
        items.append(f'<li><a href="{source_of["path"]}">{words}</a></li>' if source_of.get("path") else f"<li>{words}</li>")
    return "".join(items)


def _page_name(page: str) -> str:
    folder, slug = page.split("/")
    return f"{'Chapter' if folder == 'chapters' else 'Exercise'} {int(slug[:2])}"
