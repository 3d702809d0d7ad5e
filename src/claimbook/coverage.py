"""Coverage: does every sentence, claim, objective and table of the course do some work?

A hole is a sentence that no quiz item leans on, an objective that no item tests, a table that no page
uses, a chapter without notebook, quiz, exercise or teaching page, or a page of it that `_toc.yml` leaves
out. A hole stops the build unless `chapters/waivers.yml` gives a reason for it, which the page then shows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from claimbook import building, source, tables, yamlfile
from claimbook.content import CHAPTER_SLUGS, REVIEWS, ContentError, root
from claimbook.questions import load_quiz
from claimbook.tasks import load_exercise

# A point of the list in At a glance; it may go on in lines that are set in.
OBJECTIVE = re.compile(r"^- \*\*(O\d+\.\d)\*\* (.+(?:\n +\S.*)*)$", re.MULTILINE)


@dataclass
class Chapter:
    """What belongs to one chapter: sentences it reads, objectives, quiz items, exercise tasks."""

    slug: str
    sentences: list[str]
    objectives: dict[str, str]
    items: list
    tasks: list = field(default_factory=list)


@cache
def chapters() -> dict[str, Chapter]:
    """Chapters of this edition by number (`"08"`), in reading order."""
    from claimbook import notebooks

    found = {}
    for slug in CHAPTER_SLUGS:
        path = root() / f"chapters/{slug}.ipynb"
        if not path.is_file():
            continue
        prose = "\n\n".join(cell.source for cell in notebooks.read(path).cells if cell.cell_type == "markdown")
        number = slug[:2]
        found[number] = Chapter(
            slug,
            [key for key, row in source.sentence_rows().items() if number in row["chapters"].split()]
            or list(source.sentence_rows()),
            {key: " ".join(words.split()) for key, words in OBJECTIVE.findall(prose)},
            load_quiz(slug).items,
            load_exercise(slug).tasks if (root() / f"exercises/{slug}.tasks.yml").is_file() else [],
        )
    return found


@cache
def reviews() -> dict:
    """Reviews of this edition by number (`"R1"`): quizzes that mix chapters."""
    return {
        number: load_quiz(number)
        for number, (slug, _) in REVIEWS.items()
        if (root() / f"chapters/{slug}.quiz.yml").is_file()
    }


def all_items() -> list:
    """Quiz items of all chapters, then those of the reviews."""
    return [item for part in (*chapters().values(), *reviews().values()) for item in part.items]


def items_of(sentence: str) -> list:
    """Quiz items, of chapters and reviews, that lean on a sentence."""
    return [item for item in all_items() if sentence in item.anchors]


def used_in(table: str) -> list[str]:
    """Pages (`chapters/08-the-warrant`, `exercises/...`) whose code loads a table, in reading order."""
    call = re.compile(rf"""load\(\\?["']{table}\\?["']\)""")
    if table in ("sentences", "claims"):
        call = re.compile(rf"""load\(\\?["']{table}\\?["']\)|\b{table.rstrip("s")}s?\(""")
    pages = set()
    for path in (*(root() / "chapters").glob("*.ipynb"), *(root() / "exercises").glob("*.ipynb")):
        text = path.read_text(encoding="utf-8")
        tasks = path.with_suffix(".tasks.yml")
        if tasks.is_file():
            text += tasks.read_text(encoding="utf-8")
        if call.search(text):
            pages.add(f"{path.parent.name}/{path.stem}")
    return sorted(pages)


def missing_parts(slug: str) -> list[str]:
    """Files that a chapter of the course's list lacks, and pages of it that the table of contents leaves out."""
    listed, problems = building.pages(), []
    for part, page, ending in (
        ("notebook", f"chapters/{slug}", ".ipynb"),
        ("quiz", f"chapters/{slug}", ".quiz.yml"),
        ("exercise", f"exercises/{slug}", ".ipynb"),
        ("teaching page", f"chapters/teaching/{slug}", ".md"),
    ):
        if not (root() / f"{page}{ending}").is_file():
            problems.append(f"no {part}: {page}{ending} does not exist")
        elif page not in listed and part != "quiz":
            problems.append(f"its {part} is not in _toc.yml, which needs `file: {page}`")
    return problems


def holes() -> list[tuple[str, str]]:
    """What does no work: (id of the sentence, objective, table or chapter; what is missing)."""
    found = []
    for slug in CHAPTER_SLUGS:
        found += [(slug, problem) for problem in missing_parts(slug)]
    for sentence in source.sentence_rows():
        if not items_of(sentence):
            found.append((sentence, "no quiz item leans on this sentence"))
    for chapter in chapters().values():
        tested = {item.objective for item in chapter.items}
        practised = {task.objective for task in chapter.tasks}
        for objective in chapter.objectives:
            if objective not in tested:
                found.append((objective, "no quiz item tests this objective"))
        for stray in sorted((tested | practised) - set(chapter.objectives)):
            found.append((stray, f"an item or task names this objective, which {chapter.slug} does not have"))
    known = {objective for chapter in chapters().values() for objective in chapter.objectives}
    written = {f"O{int(number)}." for number in chapters()}
    for quiz in reviews().values():
        for item in quiz.items:
            if item.objective not in known and item.objective.split(".")[0] + "." in written:
                found.append((item.objective, f"{item.id} names this objective, which its chapter does not have"))
    for table in tables.names():
        if not used_in(table) and not tables.describe(table).get("reference"):
            found.append((table, "no chapter or exercise uses this table"))
    return found


def waivers() -> dict[str, str]:
    """Holes that are meant, with the reason for each, from `chapters/waivers.yml`."""
    path = root() / "chapters/waivers.yml"
    return (yamlfile.read(path) or {}) if path.is_file() else {}


def check(found: list[tuple[str, str]] | None = None, excused: dict[str, str] | None = None) -> None:
    """Raise ContentError for each hole that has no waiver, and for each waiver that has no hole."""
    found, excused = holes() if found is None else found, waivers() if excused is None else excused
    problems = [f"  {name}: {what}" for name, what in found if name not in excused]
    problems += [f"  {name}: waived, but there is no such hole" for name in excused if name not in dict(found)]
    problems += [f"  {name}: the waiver gives no reason" for name, reason in excused.items() if not str(reason).strip()]
    if problems:
        raise ContentError(
            "Coverage has holes:\n" + "\n".join(problems) + "\nFill them, or give a reason in chapters/waivers.yml."
        )


def page(link: Callable[[str], str]) -> str:
    """The coverage page as MyST: by sentence, by objective, by table, and the waivers.

    Raises:
        ContentError: there is a hole without a waiver.
    """
    check()
    parts = [_sentences(link), _objectives(link), _tables(link)]
    if excused := waivers():
        parts.append("## Waived\n\n" + "\n".join(f"- **{name}**: {reason}" for name, reason in excused.items()))
    return "\n\n".join(parts) + "\n"


def _table(head: list[str], rows: list[list[str]], name: str) -> str:
    cells = "".join(f'<th scope="col">{column}</th>' for column in head)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>' + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>" for row in rows
    )
    return (
        f'```{{raw}} html\n<div class="cb-scroll" tabindex="0" role="group" aria-label="{name}">'
        f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>\n```"
    )


def link_chapter(link: Callable[[str], str], number: str) -> str:
    """Number of a chapter, linked if the chapter is in this edition."""
    chapter = chapters().get(number)
    return f'<a href="{link(f"chapters/{chapter.slug}")}">{int(number)}</a>' if chapter else str(int(number))


def link_item(link: Callable[[str], str], item: Any) -> str:
    """Id of a quiz item, linked to its place in the page."""
    number = item.id[1:].split(".")[0]
    slug = REVIEWS[number][0] if number in REVIEWS else chapters()[f"{int(number):02}"].slug
    return f'<a href="{link(f"chapters/{slug}")}#{item.id.lower().replace(".", "-")}">{item.id}</a>'


def link_task(link: Callable[[str], str], task: Any) -> str:
    """Id of a task, linked to its exercise."""
    slug = chapters()[f"{int(task.id[1:].split('.')[0]):02}"].slug
    return f'<a href="{link(f"exercises/{slug}")}">{task.id}</a>'


def _sentences(link: Callable[[str], str]) -> str:
    rows = []
    for sentence, row in source.sentence_rows().items():
        numbers = row["chapters"].split()
        own = [claim["claim"] for claim in source.claim_rows() if claim["sentence"] == sentence]
        tasks = [task for number in numbers if number in chapters() for task in chapters()[number].tasks]
        rows.append([
            f'<a href="{link("chapters/source")}#{sentence.lower()}">{sentence}</a>',
            str(len(own)),
            ", ".join(link_chapter(link, number) for number in numbers),
            " ".join(link_item(link, item) for item in items_of(sentence)),
            " ".join(link_task(link, task) for task in tasks),
        ])  # fmt: skip
    return (
        "## By sentence\n\nTasks are those of the exercises that belong to the chapters which read the sentence.\n\n"
        + _table(
            ["Sentence", "Claims", "Chapters", "Quiz items that lean on it", "Tasks"], rows, "Coverage by sentence"
        )
    )


def _objectives(link: Callable[[str], str]) -> str:
    rows = []
    for number, chapter in chapters().items():
        for objective, words in chapter.objectives.items():
            rows.append([
                f"{objective}", words, link_chapter(link, number),
                " ".join(link_item(link, item) for item in all_items() if item.objective == objective),
                " ".join(link_task(link, task) for task in chapter.tasks if task.objective == objective),
            ])  # fmt: skip
    return "## By objective\n\n" + _table(
        ["Objective", "A reader can", "Chapter", "Quiz items", "Tasks"], rows, "Coverage by objective"
    )


def _tables(link: Callable[[str], str]) -> str:
    rows = []
    for name in tables.names():
        places = [f'<a href="{link(page)}">{page_name(page)}</a>' for page in used_in(name)]
        rows.append(
            [f"<code>{name}</code>", ", ".join(places) or str(tables.describe(name).get("reference", "waived"))]
        )
    return "## By table\n\n" + _table(["Table", "Used in"], rows, "Coverage by table")


def page_name(page: str) -> str:
    """`chapters/08-the-warrant` as `Chapter 8`."""
    folder, slug = page.split("/")
    return f"{'Chapter' if folder == 'chapters' else 'Exercise'} {int(slug[:2])}"
