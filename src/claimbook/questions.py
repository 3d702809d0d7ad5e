"""Quizzes: what is asked, what is right, and what each answer deserves to hear.

A quiz lives beside its chapter (`chapters/NN-slug.quiz.yml`). Here it is read and validated;
`claimbook.rendering` makes it ready for the page, `claimbook.verdicts` judges the answers.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    FiniteFloat,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from claimbook import yamlfile
from claimbook.content import REVIEWS, ContentError, find_close, quiz_slug, root
from claimbook.source import expand_quotes, sentence_text
from claimbook.verdicts import normal_text

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
SentenceId = Annotated[str, StringConstraints(pattern=r"^P\d{1,3}S\d{1,2}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Option(_Strict):
    text: Words
    correct: bool = False
    why: Words
    misconception: str | None = None


class NearNumber(_Strict):
    value: FiniteFloat
    tolerance: Annotated[FiniteFloat, Field(ge=0)] = 0
    why: Words
    misconception: str | None = None


class NearText(_Strict):
    accept: Annotated[list[Words], Field(min_length=1)]
    why: Words
    misconception: str | None = None


class Step(_Strict):
    text: Words
    why: Words


class Pair(_Strict):
    left: Words
    right: Words
    why: Words


class Extra(_Strict):
    right: Words
    why: Words
    misconception: str | None = None


class _Item(_Strict):
    id: Annotated[str, StringConstraints(pattern=r"^Q(R\d|\d{1,2})\.\d{1,2}$")]
    objective: Annotated[str, StringConstraints(pattern=r"^O\d{1,2}\.\d$")]
    skill: Literal["remember", "understand", "apply", "analyse", "evaluate"]
    anchors: Annotated[list[SentenceId], Field(min_length=1)]
    as_of: Literal["source", "edition"]
    stem: Words
    hint: Words | None = None
    sources: list[str] = []


class _Choice(_Item):
    kind: str
    options: Annotated[list[Option], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def _options(self) -> Self:
        right = sum(option.correct for option in self.options)
        if self.kind == "single" and right != 1:
            raise ValueError(f"{right} options are marked `correct: true`; a single choice has exactly one")
        if not right:
            raise ValueError("no option is marked `correct: true`")
        for number, option in enumerate(self.options, 1):
            if not option.correct and not option.misconception:
                raise ValueError(f"option {number} is wrong and names no `misconception`")
        return self


class Single(_Choice):
    kind: Literal["single"]


class Multiple(_Choice):
    kind: Literal["multiple"]


class Number(_Item):
    kind: Literal["number"]
    answer: FiniteFloat
    tolerance: Annotated[FiniteFloat, Field(ge=0)] = 0
    unit: str = ""
    why: Words
    near: list[NearNumber] = []

    @model_validator(mode="after")
    def _near(self) -> Self:
        for near in self.near:
            if abs(near.value - self.answer) <= self.tolerance:
                raise ValueError(f"the near miss {near.value:.15g} is right by the answer and its tolerance")
        return self


class Text(_Item):
    kind: Literal["text"]
    accept: Annotated[list[Words], Field(min_length=1)]
    why: Words
    near: list[NearText] = []

    @model_validator(mode="after")
    def _near(self) -> Self:
        seen: dict[str, str] = {}
        for words in [*self.accept, *(words for near in self.near for words in near.accept)]:
            plain = normal_text(words)
            if not plain:
                raise ValueError(f"{words!r} holds nothing that could be compared")
            if plain in seen and (words not in self.accept or seen[plain] not in self.accept):
                raise ValueError(f"{words!r} stands among the right answers or near misses twice")
            seen[plain] = words
        return self


class Order(_Item):
    kind: Literal["order"]
    items: Annotated[list[Step], Field(min_length=3)]
    why: Words


class Match(_Item):
    kind: Literal["match"]
    pairs: Annotated[list[Pair], Field(min_length=2)]
    extra: list[Extra] = []

    @model_validator(mode="after")
    def _rights(self) -> Self:
        rights = [pair.right for pair in self.pairs] + [extra.right for extra in self.extra]
        if len(set(rights)) != len(rights):
            raise ValueError("two right sides are the same, so that a match would be a matter of luck")
        return self


class Sentence(_Item):
    kind: Literal["sentence"]
    passage: Annotated[list[SentenceId], Field(min_length=2)]
    answer: Annotated[list[SentenceId], Field(min_length=1)]
    why: dict[SentenceId, Words]

    @model_validator(mode="after")
    def _passage(self) -> Self:
        if outside := set(self.answer) - set(self.passage):
            raise ValueError(f"the answer {sorted(outside)} is not in the passage")
        if len(set(self.passage)) != len(self.passage):
            raise ValueError("a sentence stands in the passage twice")
        if set(self.why) != set(self.passage):
            raise ValueError("`why` must explain every sentence of the passage, and no other")
        return self


Item = Annotated[Single | Multiple | Number | Text | Order | Match | Sentence, Field(discriminator="kind")]


class Quiz(_Strict):
    quiz: Annotated[str, StringConstraints(pattern=r"^(\d{2}|R\d)$")]
    title: Words
    items: Annotated[list[Item], Field(min_length=1)]


# ---------------------------------------------------------------- reading


def load_quiz(chapter: str, folder: Path | None = None) -> Quiz:
    """Quiz of a chapter or a review, validated.

    Args:
        chapter: `"08"` or the slug; `"R1"` for a review, which mixes chapters.
        folder: where the quiz files are; default: the course's `chapters/`.

    Raises:
        ContentError: no such chapter or file, or a file that breaks rules: all of them at once, each
            with item and field.
    """
    slug = quiz_slug(chapter)
    number = next((key for key, (name, _) in REVIEWS.items() if name == slug), slug[:2])
    path = (folder or root() / "chapters") / f"{slug}.quiz.yml"
    if not path.is_file():
        raise ContentError(f"Chapter {chapter!r} has no quiz: {path} does not exist.")
    return _read_quiz(path, path.stat().st_mtime_ns, number)


@cache
def _read_quiz(path: Path, modified: int, number: str) -> Quiz:
    """The quiz in a file, read and checked once as long as the file is unchanged."""
    data = yamlfile.read(path)
    try:
        quiz: Quiz | None = Quiz.model_validate(data)
        problems: list[str] = []
    except ValidationError as error:
        quiz, problems = None, [_explain(e, data) for e in error.errors()]
    problems += _problems(quiz.items if quiz else _sound_items(data), number)
    if quiz and quiz.quiz != number:
        problems.append(f"quiz: the file belongs to chapter {number}, but says {quiz.quiz!r}")
    if problems or quiz is None:
        raise ContentError(f"{path.name}:\n" + "\n".join(f"  {problem}" for problem in problems))
    return quiz


def _sound_items(data: Any) -> list:
    """The items of a broken file that are valid by themselves, so that all errors are told at once."""
    entries = data.get("items") if isinstance(data, dict) else None
    sound = []
    for entry in entries if isinstance(entries, list) else ():
        with suppress(ValidationError):
            sound += read_items([entry])
    return sound


def _explain(error: ErrorDetails, data: Any) -> str:
    """One line of an error: item by its id, then the field, then what is wrong."""
    place = list(error["loc"])
    if place[:1] == ["items"] and len(place) > 1:
        entry = data["items"][place[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        place = [str(name or f"item {int(place[1]) + 1}"), *place[3:]]  # place[2] repeats the kind
        if error["type"].startswith("union_tag"):
            place.append("kind")
    words = [f"{part + 1}" if isinstance(part, int) else str(part) for part in place]
    return f"{' / '.join(words) or 'file'}: {error['msg'].removeprefix('Value error, ')}"


def _problems(items: list, chapter: str) -> Iterator[str]:
    """What no single field can know: numbering, and names that must exist elsewhere in the course."""
    number, seen = (chapter if chapter in REVIEWS else str(int(chapter))), set()
    for item in items:
        if item.id in seen:
            yield f"{item.id} / id: used twice; give each item its own"
        seen.add(item.id)
        for name, form in (("id", f"Q{number}.1"), ("objective", f"O{number}.1")):
            asked = getattr(item, name)[1:].split(".")[0]
            if name == "objective" and chapter in REVIEWS:
                if not 1 <= int(asked) <= REVIEWS[chapter][1]:
                    yield f"{item.id} / objective: must be of a chapter from 1 to {REVIEWS[chapter][1]}"
            elif asked != number:
                yield f"{item.id} / {name}: must be of chapter {number}, such as {form}"
        for name in ("anchors", "passage"):
            for sentence in getattr(item, name, []):
                try:
                    sentence_text(sentence)
                except ContentError as error:
                    yield f"{item.id} / {name}: {error}"
        for place, words in _texts(item.model_dump(), ""):
            if place.endswith("misconception") and words not in _misconceptions():
                yield f"{item.id}{place}: {words!r} is not in misconceptions.csv. {find_close(words, _misconceptions())}"
            try:
                if "{quote}" in expand_quotes(words, f"{item.id}{place}"):
                    yield f"{item.id}{place}: write {{quote}}`P8S2: the words`, with the sentence's id"
            except ContentError as error:
                yield str(error)


def _texts(part: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text in nested data, with the place where it stands: (" / options / 2 / why", "...")."""
    if isinstance(part, str):
        yield place, part
    elif isinstance(part, (dict, list)):
        for name, value in part.items() if isinstance(part, dict) else enumerate(part, 1):
            yield from _texts(value, f"{place} / {name}")


@cache
def _misconceptions() -> frozenset[str]:
    with open(root() / "data/tables/misconceptions.csv", encoding="utf-8", newline="") as file:
        return frozenset(row["misconception"] for row in csv.DictReader(file))


def read_items(data: list[dict]) -> list:
    """Items from plain dictionaries, validated one by one (for tests and for imports)."""
    adapter = TypeAdapter(Item)
    return [adapter.validate_python(entry) for entry in data]
