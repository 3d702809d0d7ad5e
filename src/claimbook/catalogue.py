"""Pages that are generated from the data: annotated text, glossary, data catalogue. Pure: Markdown out."""

from __future__ import annotations

import csv
import html
import json
from collections.abc import Callable

from claimbook import coverage, references, source, tables
from claimbook.content import BOOK, EDITION, REVIEWS, course, root
from claimbook.questions import load_quiz
from claimbook.rendering import compile_quiz


def _csv(path: str) -> list[dict[str, str]]:
    with open(root() / path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_text(link: Callable[[str], str]) -> str:
    """The annotated source: sentence, claims with verdicts, and links to what reads, asks and uses it.

    Args:
        link: gives the address of a page of the book.
    """
    parts = []
    for key, row in source.sentence_rows().items():
        numbers = row["chapters"].split()
        read_in = ", ".join(f"chapter {coverage.link_chapter(link, number)}" for number in numbers)
        items = " ".join(coverage.link_item(link, item) for item in coverage.items_of(key))
        tasks = " ".join(
            coverage.link_task(link, task)
            for number in numbers
            if number in coverage.chapters()
            for task in coverage.chapters()[number].tasks
        )
        lines = [f"Read in {read_in}."] + [
            f"{what}: {links}." for what, links in (("Quiz items", items), ("Tasks of its exercises", tasks)) if links
        ]
        parts.append(
            f'## {key}\n\n```{{raw}} html\n<div class="cb-sentence" id="{key.lower()}-words">'
            f'<blockquote class="cb-source" lang="{course().language}"><p>{source._marked(key)}</p></blockquote>\n'
            f'<p class="cb-read-in">{" ".join(lines)}</p>\n'
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


def names() -> str:
    """Name cards as MyST: people, institutions and places in Latin, Cyrillic and Han script, with pinyin."""
    parts = []
    for kind, title in (("person", "People"), ("institution", "Institutions"), ("place", "Places")):
        cards = "".join(_name(row) for row in _csv("data/tables/names.csv") if row["kind"] == kind)
        parts.append(f'## {title}\n\n```{{raw}} html\n<ul class="cb-names">{cards}</ul>\n```\n')
    return "\n".join(parts)


def _name(row: dict[str, str]) -> str:
    written = " ".join(
        f'<span lang="{language}">{html.escape(row[field])}</span>'
        for field, language in (("cyrillic", "ru"), ("han", "zh-Hans"), ("pinyin", "zh-Latn"))
        if row[field]
    )
    note = (
        f' <span class="cb-note">{html.escape(references.sentence(row["note"]), quote=False)}</span>'
        if row["note"]
        else ""
    )
    return (
        f'<li><strong>{html.escape(row["latin"])}</strong> <span class="cb-written">{written}</span>'
        f"<br>{html.escape(references.sentence(row['role_2023']), quote=False)}{note}</li>"
    )


TOPICS = {
    "russia-china": "Russia and China", "eu-china": "Europe and China", "belt-and-road": "Belt and Road",
    "sanctions": "Sanctions", "icc": "The Court", "elite-politics": "China at home", "war-diplomacy": "War and diplomacy",
    "economy": "Economy",
}  # fmt: skip


def timeline() -> str:
    """The timeline as MyST: all events of the table by year, those after the text set apart."""
    rows = _csv("data/tables/timeline.csv")
    parts, year, after = [], None, False
    for row in rows:
        if row["at_text"] == "false" and not after:
            after, year = True, None
            day = references.long_date(course().text_date) or "the day of the text"
            parts.append(f"</ul>\n```\n\n## After {day}\n\nNone of this could be known to the writer of the text.\n")
        if row["date"][:4] != year:
            opened = year is not None
            year = row["date"][:4]
            head = f'<h3 class="cb-year">{year}</h3><ul class="cb-timeline">'
            parts.append(f"</ul>{head}" if opened else f"```{{raw}} html\n{head}")
        parts.append(
            f'<li><time datetime="{_precise(row)}">{references.long_date(_precise(row)).replace(" " + year, "") if len(_precise(row)) > 4 else "in the year"}</time> '
            f'<span class="cb-tag">{TOPICS.get(row["topic"], row["topic"])}</span> {html.escape(references.sentence(row["event"]), quote=False)} {_source_link(row["source"])}</li>'
        )
    return "## Up to the day of the text\n\n" + "\n".join(parts) + "</ul>\n```\n"


def _precise(row: dict[str, str]) -> str:
    return row["date"][: {"day": 10, "month": 7, "year": 4}[row["date_precision"]]]


def _source_link(key: str) -> str:
    """A source in short: its publisher, linked."""
    row = references.registry()[key]
    name = html.escape(row["publisher"], quote=False)
    return (
        f'<a class="cb-cited" href="{row["url"]}">{name}</a>' if row["url"] else f'<span class="cb-cited">{name}</span>'
    )


def progress(link: Callable[[str], str]) -> str:
    """The page My progress: all quizzes and tasks for `static/progress.js`, which reads what the browser keeps."""
    chapters = []
    for number, chapter in coverage.chapters().items():
        chapters.append({
            "place": int(number),
            "title": load_quiz(number).title,
            "link": link(f"chapters/{chapter.slug}") + "#quiz",
            "tasks": [{"id": t.id, "title": t.title, "objective": t.objective} for t in chapter.tasks],
            "objectives": chapter.objectives,
            "quiz": compile_quiz(load_quiz(number)),
        })  # fmt: skip
    for number, review in coverage.reviews().items():
        chapters.append({
            "place": f"Review {number[1:]}:",
            "title": review.title,
            "link": link(f"chapters/{REVIEWS[number][0]}"),
            "tasks": [],
            "objectives": {},
            "quiz": compile_quiz(review),
        })  # fmt: skip
    data = json.dumps({"book": BOOK, "edition": EDITION, "chapters": chapters}, ensure_ascii=False).replace(
        "</", "<\\/"
    )
    return (
        "```{raw} html\n<claim-progress><p>This page needs JavaScript: your answers lie in this browser, and only a script "
        f'can read them.</p>\n<script type="application/json">{data}</script>\n<i hidden data-end></i></claim-progress>\n```\n'
    )


def sources(first: str = "", before: str = "\uffff") -> str:
    """The registry of sources as MyST, by publisher.

    Args:
        first: begin with this publisher, or with the first one behind it in the alphabet; small letters.
        before: end before this one.
    """
    items = "".join(
        f"<li>{html.escape(row['publisher'], quote=False)}: "
        + (
            f'<a href="{row["url"]}">{html.escape(row["title"], quote=False)}</a>'
            if row["url"]
            else html.escape(row["title"], quote=False)
        )
        + f", {references.long_date(row['date']) or 'no date'}."
        + (
            f' <span class="cb-note">{html.escape(references.sentence(row["note"]), quote=False)}</span>'
            if row["note"]
            else ""
        )
        + "</li>"
        for row in sorted(references.registry().values(), key=lambda row: (row["publisher"].casefold(), row["date"]))
        if first <= row["publisher"].casefold() < before
    )
    file = '<a href="../_static/claimbook/sources.bib" download>all sources as BibTeX</a>'
    return f'```{{raw}} html\n<p class="d-print-none">For a reference manager: {file}.</p>\n<ul class="cb-sources">{items}</ul>\n```\n'


def data_tables(link: Callable[[str], str]) -> str:
    """A card for each table: what it holds, its fields with units, first rows, limits, sources, file."""
    return "\n".join(_card(tables.describe(name), link) for name in tables.names())


def _card(resource: dict, link: Callable[[str], str]) -> str:
    name = resource["name"]
    rows = _csv(f"data/{resource['path']}")
    fields = "".join(
        f'<tr><th scope="row"><code>{f["name"]}</code></th><td>{f["type"]}{_unit(f)}</td>'
        f"<td>{html.escape(f['description'], quote=False)}{_choices(f)}</td></tr>"
        for f in resource["schema"]["fields"]
    )
    head = "".join(f'<th scope="col">{column}</th>' for column in rows[0])
    first = "".join(
        "<tr>" + "".join(f"<td>{_short(value)}</td>" for value in row.values()) + "</tr>" for row in rows[:3]
    )
    places = [f'<a href="{link(page)}">{coverage.page_name(page)}</a>' for page in coverage.used_in(name)]
    return f"""## {resource["title"]}

{resource["description"]}

`load("{name}")` gives {len(rows):,} row{"s" * (len(rows) != 1)}, as of {resource["asOf"]}. {{download}}`Download {name}.csv <../data/{resource["path"]}>`

```{{raw}} html
<div class="cb-card">
<details><summary>Fields</summary><div class="cb-scroll" tabindex="0" role="group" aria-label="Fields of {name}"><table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>{fields}</tbody></table></div></details>
<details><summary>First rows</summary><div class="cb-scroll" tabindex="0" role="group" aria-label="First rows of {name}"><table><thead><tr>{head}</tr></thead><tbody>{first}</tbody></table></div></details>
<details><summary>Sources and licence</summary><ul>{_sources(resource)}</ul><p>{_licences(resource)}</p></details>
<p><strong>What it cannot show.</strong> {html.escape(" ".join(references.sentence(limit) for limit in resource["limits"]), quote=False)}</p>
<p class="cb-read-in">{"Used in " + ", ".join(places) + "." if places else "Reference table: " + str(resource.get("reference", "no chapter of this edition computes with it")) + "."}</p>
</div>
```
"""


def _licences(resource: dict) -> str:
    return "Licence: " + "; ".join(
        f'<a href="{licence["path"]}">{html.escape(licence["title"], quote=False)}</a>'
        if licence.get("path")
        else html.escape(licence["title"], quote=False)
        for licence in resource["licenses"]
    )


def _unit(field: dict) -> str:
    return f", {html.escape(field['unit'])}" if "unit" in field else ""


def _choices(field: dict) -> str:
    listed = field.get("categories", [])
    return f" <em>One of: {html.escape(', '.join(listed))}.</em>" if listed else ""


def _short(value: str) -> str:
    return html.escape(value if len(value) <= 80 else value[:77] + "...", quote=False)


def _sources(resource: dict) -> str:
    items = []
    for source_of in resource.get("sources", []):
        words = html.escape(tables.source_line(source_of), quote=False)
        words = words[:1].upper() + words[1:]
        line = f'<a href="{source_of["path"]}">{words}</a>' if source_of.get("path") else words
        if terms := source_of.get("terms"):
            checked = f", checked on {source_of['termsCheckedOn']}" if "termsCheckedOn" in source_of else ""
            line += f'. <span class="cb-note">{html.escape(references.sentence(terms + checked), quote=False)}</span>'
        items.append(f"<li>{line}</li>")
    return "".join(items)
