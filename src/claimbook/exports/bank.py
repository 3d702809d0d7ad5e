"""What all exports share: the quizzes to export, their texts as HTML, and the words for what a format loses."""

from __future__ import annotations

import html
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from claimbook.content import course, package
from claimbook.questions import Item, Quiz, load_quiz
from claimbook.rendering import compile_item
from claimbook.source import sentence_rows, sentence_text

KINDS = ("single", "multiple", "number", "text", "order", "match", "sentence")


@dataclass(frozen=True)
class Loss:
    """Something of an item that a format can't carry, or carries in another form.

    Attributes:
        what: the loss, as a sentence for instructors.
        kinds: kinds of items that it concerns.
        when: further condition on an item.
    """

    what: str
    kinds: tuple[str, ...] = KINDS
    when: Callable[[Any], object] = lambda item: True

    def concerns(self, item: Item) -> bool:
        """Whether this item loses something."""
        return item.kind in self.kinds and bool(self.when(item))


# What several formats lose in the same way.
PART_OF_THE_POINTS = Loss(
    "An answer with a right part gets part of the points; the book calls it close where little is missing, else wrong.",
    when=lambda item: can_be_partly_right(item),
)
NEAR_IS_WRONG = Loss(
    "A near miss gets no points; the book calls it close.", ("number", "text"), lambda item: bool(item.near)
)
UNIT_IS_WRONG = Loss("A number typed with its unit counts as wrong.", ("number",), lambda item: bool(item.unit))
MARKS_ARE_WRONG = Loss("Quotation marks or a full stop around a word count as wrong.", ("text",))


@dataclass(frozen=True)
class Format:
    """One format.

    Attributes:
        name: as on the command line.
        title: for people.
        files: what is written, in words.
        carries: what arrives whole, in words.
        write: pure function from quizzes to files: end of the file's name -> content.
        losses: all that the format can't carry.
    """

    name: str
    title: str
    files: str
    carries: str
    write: Callable[[list[Quiz]], dict[str, bytes]]
    losses: tuple[Loss, ...] = ()


def package_name() -> str:
    """The course's name in file names and identifiers, as its data package gives it."""
    return package()["name"]


def edition_day() -> datetime:
    """First day of the edition's month: the one date in exports, so that the same bank gives the same bytes."""
    year, month = map(int, course().edition.split("."))
    return datetime(year, month, 1, tzinfo=UTC)


def read_bank(chapter: str | None = None) -> list[Quiz]:
    """Quizzes of the course, or of one chapter or review.

    Raises:
        ContentError: no such chapter, or a quiz file with errors. Nothing is exported from a broken bank.
    """
    if chapter is not None:
        return [load_quiz(chapter)]
    return [load_quiz(number) for number in (*(slug[:2] for slug in course().chapters), *course().reviews)]


def quiz_title(quiz: Quiz) -> str:
    """Title with the chapter's number, which also sorts: "08 The warrant", "Review 1: Chapters 1 to 5"."""
    return f"{quiz.quiz} {quiz.title}" if quiz.quiz.isdigit() else f"Review {quiz.quiz[1:]}: {quiz.title}"


def compiled(item: Item) -> dict:
    """An item with its texts as HTML, for programs that have no news text beside it.

    `stem` is made of paragraphs and quotes the sentences that the item leans on; a `sentence` item has its
    passage as `options`.
    """
    data = compile_item(item)
    data["stem"] = f"<p>{data['stem']}</p>{data.pop('more')}"
    if item.kind != "sentence":
        data["stem"] += quoted(item.anchors)
    if item.kind == "number" and item.unit:
        data["stem"] += f"<p>Unit: {html.escape(item.unit, quote=False)}</p>"
    if item.kind == "sentence":
        data["options"] = [{**part, "text": f"{part['id']}: {part['text']}"} for part in data.pop("passage")]
    return data


def quoted(sentences: Collection[str]) -> str:
    """Sentences of the news text in its order, with their numbers."""
    sentences = [number for number in sentence_rows() if number in set(sentences)]
    lines = (f"<p>{number}: {html.escape(sentence_text(number), quote=False)}</p>" for number in sentences)
    return f"<blockquote>{''.join(lines)}</blockquote>"


def one_answer(data: dict) -> bool:
    """Whether a choice has exactly one right option, so that it can be shown with radio buttons."""
    return data["kind"] == "single" or (
        data["kind"] == "sentence" and sum(option["correct"] for option in data["options"]) == 1
    )


def can_be_partly_right(item: Item) -> bool:
    """Whether an answer can be right in part: the book calls it close, other programs give points or none."""
    return item.kind in ("multiple", "order", "match") or (item.kind == "sentence" and len(item.answer) > 1)


def keywords(item: Item) -> list[str]:
    """Tags by which an item is found: objective, skill, sentences."""
    return [item.objective, item.skill, *item.anchors]


def listed(parts: Iterable[str], tag: str = "ul") -> str:
    """An HTML list."""
    return f"<{tag}>{''.join(f'<li>{part}</li>' for part in parts)}</{tag}>"


def pair_reasons(data: dict) -> str:
    """Reasons of an order or a match as one text, for formats that give none to each line."""
    if data["kind"] == "order":
        return listed((f"{step['text']} {step['why']}" for step in data["items"]), "ol") + f"<p>{data['why']}</p>"
    rights = [html.escape(right, quote=False) for right in data["rights"]]
    size = len(data["pairs"])
    lines = [f"{pair['left']} → {rights[n]}: {pair['why']}" for n, pair in enumerate(data["pairs"])]
    return listed(lines + [f"Fits none: {rights[size + n]}. {why}" for n, why in enumerate(data["extra"])])


def near_reasons(data: dict) -> list[str]:
    """Reasons of near misses as lines of one text, for formats that can't tell one wrong answer from another."""
    return [f"If you wrote {near['say']}: {near['why']}" for near in data.get("near", [])]


def everything_else() -> str:
    """What no format carries, since learners don't see it in the book either."""
    return (
        "The bank also names the misconception behind a wrong answer, the sources of an item, and whether it is true "
        "at the time of the text or at this edition. Learners don't see these in the book, and no export carries them."
    )
