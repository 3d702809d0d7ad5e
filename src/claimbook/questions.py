"""Quizzes: what is asked, what is right, and what each answer deserves to hear.

A quiz lives beside its chapter (`chapters/NN-slug.quiz.yml`). Here it is read, validated and made ready
for the page; `claimbook.verdicts` judges the answers.
"""

from __future__ import annotations

import csv
import hashlib
import html
import json
import random
import re
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from markdown_it import MarkdownIt
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
from claimbook.content import BOOK, EDITION, REVIEWS, ContentError, find_close, quiz_slug, root
from claimbook.source import expand_quotes, sentence_text
from claimbook.verdicts import normal_text

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
    options: Annotated[list[Option], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def _options(self):
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
    def _near(self):
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
    def _near(self):
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
    def _rights(self):
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
    def _passage(self):
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
        quiz = Quiz.model_validate(data)
        problems = []
    except ValidationError as error:
        quiz, problems = None, [_explain(e, data) for e in error.errors()]
    problems += _problems(quiz.items if quiz else _sound_items(data), number)
    if quiz and quiz.quiz != number:
        problems.append(f"quiz: the file belongs to chapter {number}, but says {quiz.quiz!r}")
    if problems:
        raise ContentError(f"{path.name}:\n" + "\n".join(f"  {problem}" for problem in problems))
    return quiz


def _sound_items(data) -> list:
    """The items of a broken file that are valid by themselves, so that all errors are told at once."""
    entries = data.get("items") if isinstance(data, dict) else None
    sound = []
    for entry in entries if isinstance(entries, list) else ():
        with suppress(ValidationError):
            sound += read_items([entry])
    return sound


def _explain(error: dict, data) -> str:
    """One line of an error: item by its id, then the field, then what is wrong."""
    place = list(error["loc"])
    if place[:1] == ["items"] and len(place) > 1:
        entry = data["items"][place[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        place = [str(name or f"item {place[1] + 1}"), *place[3:]]  # place[2] repeats the kind
        if error["type"].startswith("union_tag"):
            place.append("kind")
    words = [f"{part + 1}" if isinstance(part, int) else str(part) for part in place]
    return f"{' / '.join(words) or 'file'}: {error['msg'].removeprefix('Value error, ')}"


def _problems(items: list, chapter: str):
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


def _texts(part, place: str):
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


# ---------------------------------------------------------------- for the page

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["smartquotes", "replacements"])


def markdown(text: str) -> str:
    """Inline HTML of a short Markdown text, with quotations of the source checked and expanded."""
    return _MARKDOWN.renderInline(expand_quotes(text)).strip()


def _stem(text: str) -> dict:
    """A question: its first paragraph inline, and what follows (a list, say) as blocks."""
    first, _, rest = text.strip().partition("\n\n")
    return {"stem": markdown(first), "more": _MARKDOWN.render(expand_quotes(rest)).strip()}


def _shuffled(size: int, seed: str) -> list[int]:
    """The same shuffle on every machine and in every edition, in which nothing stands at its right place."""
    order = list(range(size))
    generator = random.Random(seed)
    while any(place == step for place, step in enumerate(order)):
        generator.shuffle(order)
    return order


def _ranks(texts) -> list[int]:
    """Alphabetical order of some texts: another one when two change places, the same after most corrections."""
    plain = [normal_text(text) for text in texts]
    return sorted(range(len(plain)), key=plain.__getitem__)


def key_hash(item) -> str:
    """Short hash of what makes stored answers stale: kind, id, key and the order of parts, not their wording.

    At worst a correction that changes the alphabetical order of the parts drops answers that were still good.
    """
    parts = {
        "single": lambda: [[option.correct for option in item.options], _ranks(o.text for o in item.options)],
        "multiple": lambda: [[option.correct for option in item.options], _ranks(o.text for o in item.options)],
        "number": lambda: [item.answer, item.tolerance],
        "text": lambda: sorted(map(normal_text, item.accept)),
        "order": lambda: _ranks(step.text for step in item.items),
        "match": lambda: [_ranks(p.left for p in item.pairs), _ranks(r.right for r in [*item.pairs, *item.extra])],
        "sentence": lambda: [item.passage, sorted(item.answer)],
    }[item.kind]()
    return hashlib.sha256(json.dumps([item.id, item.kind, parts]).encode()).hexdigest()[:8]


def _said(value: float, unit: str) -> str:
    """A number with its unit, as HTML."""
    return html.escape(f"{value:.15g} {unit}".strip(), quote=False)


def _words(accepted: list[str]) -> str:
    """The first of several spellings, as HTML."""
    return f"“{html.escape(accepted[0], quote=False)}”"


def compile_item(item) -> dict:
    """One item as the JSON that quiz.js works with: rendered HTML, key, reasons, shuffles."""
    data = {
        "id": item.id,
        "kind": item.kind,
        "objective": item.objective,
        "skill": item.skill,
        "anchors": item.anchors,
        "as_of": item.as_of,
        "hash": key_hash(item),
        **_stem(item.stem),
        "hint": markdown(item.hint) if item.hint else "",
    }
    if item.kind in ("single", "multiple"):
        data["options"] = [
            {"text": markdown(o.text), "correct": o.correct, "why": markdown(o.why)} for o in item.options
        ]
    elif item.kind == "number":
        data |= {"answer": item.answer, "tolerance": item.tolerance, "unit": item.unit, "why": markdown(item.why)}
        data["say"] = _said(item.answer, item.unit)
        data["near"] = [
            {"value": n.value, "tolerance": n.tolerance, "say": _said(n.value, item.unit), "why": markdown(n.why)}
            for n in item.near
        ]
    elif item.kind == "text":
        data |= {"accept": [*map(normal_text, item.accept)], "say": _words(item.accept), "why": markdown(item.why)}
        data["near"] = [
            {"accept": [*map(normal_text, n.accept)], "say": _words(n.accept), "why": markdown(n.why)}
            for n in item.near
        ]
    elif item.kind == "order":
        data |= {
            "items": [{"text": markdown(s.text), "why": markdown(s.why)} for s in item.items],
            "why": markdown(item.why),
        }
        data["shown"] = _shuffled(len(item.items), item.id)
    elif item.kind == "match":
        data["pairs"] = [{"left": markdown(p.left), "why": markdown(p.why)} for p in item.pairs]
        data["rights"] = [plain_text(p.right) for p in item.pairs] + [plain_text(e.right) for e in item.extra]
        data["extra"] = [markdown(e.why) for e in item.extra]
        data["shown"] = _shuffled(len(data["rights"]), item.id)
    else:
        data["passage"] = [
            {
                "id": s,
                "text": html.escape(sentence_text(s), quote=False),
                "correct": s in item.answer,
                "why": markdown(item.why[s]),
            }
            for s in item.passage
        ]
    return data


def plain_text(text: str) -> str:
    """Markdown without its marks: the choices of a <select> can hold text only."""
    return html.unescape(re.sub(r"<[^>]+>", "", markdown(text)))


def compile_quiz(quiz: Quiz) -> dict:
    """A quiz as JSON for the page or the widget."""
    return {
        "book": BOOK,
        "edition": EDITION,
        "quiz": quiz.quiz,
        "title": quiz.title,
        "items": [compile_item(item) for item in quiz.items],
    }


def static_html(quiz: Quiz) -> str:
    """The quiz as plain HTML, complete without JavaScript; the custom element takes it over.

    The key is in the page: right for learning, never for marks.
    """
    data = compile_quiz(quiz)
    script = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")  # no tag or comment can end the script
    items = "\n".join(f'<li id="{_anchor(item)}">{_fallback(item)}</li>' for item in data["items"])
    return (
        f'<claim-quiz data-quiz="{quiz.quiz}">\n<ol class="cbq-fallback">\n{items}\n</ol>\n'
        f'<script type="application/json">{script}</script>\n<i hidden data-end></i>\n</claim-quiz>'
    )


def _anchor(item: dict) -> str:
    """Where a link to an item leads: `08-the-warrant.html#q8-1`, with scripts and without."""
    return item["id"].lower().replace(".", "-")


def _fallback(item: dict) -> str:
    """One item: the question, what can be chosen, and the answer with all reasons behind a click."""

    def listed(tag: str, parts) -> str:
        return f"<{tag}>{''.join(f'<li>{part}</li>' for part in parts)}</{tag.split()[0]}>"

    def word(part: dict) -> str:
        return "Right" if part["correct"] else "Not right"

    kind, body = item["kind"], ""
    if kind in ("single", "multiple"):
        body = listed('ol type="A"', (o["text"] for o in item["options"]))
        reasons = [f"{'ABCDEFGH'[n]}. {word(o)}. {o['why']}" for n, o in enumerate(item["options"])]
    elif kind in ("number", "text"):
        reasons = [f"{item['say']}. {item['why']}", *(f"Close: {n['say']}. {n['why']}" for n in item["near"])]
    elif kind == "order":
        body = listed("ul", (item["items"][n]["text"] for n in item["shown"]))
        reasons = [*(f"{n}. {step['text']} {step['why']}" for n, step in enumerate(item["items"], 1)), item["why"]]
    elif kind == "match":
        rights = [html.escape(right, quote=False) for right in item["rights"]]
        size = len(item["pairs"])
        body = listed("ul", (p["left"] for p in item["pairs"])) + "<p>To choose from:</p>"
        body += listed("ul", (rights[n] for n in item["shown"]))
        reasons = [f"{p['left']} {rights[n]}. {p['why']}" for n, p in enumerate(item["pairs"])]
        reasons += [f"Fits none: {rights[size + n]}. {why}" for n, why in enumerate(item["extra"])]
    else:
        body = "<blockquote>" + " ".join(f"<b>{s['id']}</b> {s['text']}" for s in item["passage"]) + "</blockquote>"
        reasons = [f"{s['id']}. {word(s)}. {s['why']}" for s in item["passage"]]
    answer = "".join(f"<p>{reason}</p>" for reason in reasons)
    stem = f"<p>{item['stem']}</p>{item['more']}"
    return f"{stem}{body}<details><summary>Answer to {item['id']}</summary>{answer}</details>"


def read_items(data: list[dict]) -> list:
    """Items from plain dictionaries, validated one by one (for tests and for imports)."""
    adapter = TypeAdapter(Item)
    return [adapter.validate_python(entry) for entry in data]
