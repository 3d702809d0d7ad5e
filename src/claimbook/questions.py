"""Quizzes: what is asked, what is right, and what each answer deserves to hear.

A quiz lives beside its chapter (`chapters/NN-slug.quiz.yml`). Verdicts are pure functions of item and
answer; `static/quiz.js` holds the same rules for the page, and a test compares the two over all answers.

Answers, as JSON: single: index of the option; multiple: list of indices; number, text: a string;
order: list of the items' places in the file, in the learner's order; match: for each left side the
index of a right side (rights in file order, then extras) or null; sentence: list of sentence ids.
"""

from __future__ import annotations

import csv
import hashlib
import html
import json
import random
import re
import unicodedata
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from markdown_it import MarkdownIt
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError, model_validator

from claimbook.content import BOOK, EDITION, ContentError, chapter_slug, root
from claimbook.source import expand_quotes, sentence_text

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
SentenceId = Annotated[str, StringConstraints(pattern=r"^P\dS\d$")]
SPACES = " \t\n\r\f\v\u00a0\u2009\u202f"
OUTER = SPACES + ".,;:!?\"'“”‘’«»()[]"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Option(_Strict):
    text: Words
    correct: bool = False
    why: Words
    misconception: str | None = None


class NearNumber(_Strict):
    value: float
    tolerance: Annotated[float, Field(ge=0)] = 0
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
    id: Annotated[str, StringConstraints(pattern=r"^Q\d{1,2}\.\d{1,2}$")]
    objective: Annotated[str, StringConstraints(pattern=r"^O\d{1,2}\.\d$")]
    skill: Literal["remember", "understand", "apply", "analyse", "evaluate"]
    anchors: Annotated[list[SentenceId], Field(min_length=1)]
    as_of: Literal["source", "edition"]
    stem: Words
    hint: Words | None = None
    sources: list[str] = []


class _Choice(_Item):
    options: Annotated[list[Option], Field(min_length=2)]

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
    answer: float
    tolerance: Annotated[float, Field(ge=0)] = 0
    unit: str = ""
    why: Words
    near: list[NearNumber] = []


class Text(_Item):
    kind: Literal["text"]
    accept: Annotated[list[Words], Field(min_length=1)]
    why: Words
    near: list[NearText] = []


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
        if set(self.why) != set(self.passage):
            raise ValueError("`why` must explain every sentence of the passage, and no other")
        return self


Item = Annotated[Single | Multiple | Number | Text | Order | Match | Sentence, Field(discriminator="kind")]


class Quiz(_Strict):
    quiz: Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
    title: Words
    items: Annotated[list[Item], Field(min_length=1)]


@dataclass(frozen=True)
class Message:
    """What is said about one part of an answer. `part` names the option, item, line or sentence."""

    part: str
    status: str
    why: str


@dataclass(frozen=True)
class Verdict:
    """`status` is correct, close, wrong or not attempted."""

    status: str
    messages: list[Message] = field(default_factory=list)

    def as_data(self) -> dict:
        return asdict(self)


# ---------------------------------------------------------------- reading


class _NoDuplicates(yaml.SafeLoader):
    """YAML that refuses a key given twice: the first one would be lost without a word."""

    def construct_mapping(self, node, deep=False):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key.value!r} is given twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def load_quiz(chapter: str, folder: Path | None = None) -> Quiz:
    """Quiz of a chapter, validated.

    Args:
        chapter: `"08"` or the slug.
        folder: where the quiz files are; default: the course's `chapters/`.

    Raises:
        ContentError: no such chapter or file, or a file that breaks rules: all of them at once, each
            with item and field.
    """
    slug = chapter_slug(chapter)
    path = (folder or root() / "chapters") / f"{slug}.quiz.yml"
    if not path.is_file():
        raise ContentError(f"Chapter {chapter!r} has no quiz: {path} does not exist.")
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _NoDuplicates)  # a SafeLoader
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name} is not valid YAML: {error}") from None
    try:
        quiz = Quiz.model_validate(data)
    except ValidationError as error:
        raise ContentError(f"{path.name}:\n" + "\n".join(_explain(e, data) for e in error.errors())) from None
    if problems := list(_problems(quiz, slug[:2])):
        raise ContentError(f"{path.name}:\n" + "\n".join(f"  {problem}" for problem in problems))
    return quiz


def _explain(error: dict, data) -> str:
    """One line of an error: item by its id, then the field, then what is wrong."""
    place = [part for part in error["loc"] if part not in Kinds]
    if len(place) > 1 and place[0] == "items":
        entry = data["items"][place[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        place = [name or f"item {place[1] + 1}", *place[2:]]
    words = [f"{part + 1}" if isinstance(part, int) else str(part) for part in place]
    return f"  {' / '.join(words) or 'file'}: {error['msg'].removeprefix('Value error, ')}"


Kinds = ("single", "multiple", "number", "text", "order", "match", "sentence")


def _problems(quiz: Quiz, chapter: str):
    if quiz.quiz != chapter:
        yield f"quiz: the file belongs to chapter {chapter}, but says {quiz.quiz!r}"
    known, seen = _misconceptions(), set()
    for item in quiz.items:
        if item.id in seen:
            yield f"{item.id} / id: used twice; give each item its own"
        seen.add(item.id)
        if item.id[1:].split(".")[0] != str(int(chapter)) or item.objective[1:].split(".")[0] != str(int(chapter)):
            yield f"{item.id} / id, objective: both must be of chapter {int(chapter)}, such as Q{int(chapter)}.1 and O{int(chapter)}.1"
        for sentence in [*item.anchors, *getattr(item, "passage", [])]:
            try:
                sentence_text(sentence)
            except ContentError as error:
                yield f"{item.id} / anchors: {error}"
        named = re.findall(r'"misconception": "([^"]+)"', item.model_dump_json().replace('":"', '": "'))
        for name in set(named) - known if known else ():
            yield f"{item.id} / misconception: {name!r} is not in data/tables/misconceptions.csv"
        try:
            expand_quotes(item.model_dump_json(), item.id)
        except ContentError as error:
            yield str(error)


@cache
def _misconceptions() -> frozenset[str]:
    path = root() / "data/tables/misconceptions.csv"
    if not path.is_file():
        return frozenset()
    with open(path, encoding="utf-8", newline="") as file:
        return frozenset(row["misconception"] for row in csv.DictReader(file))


# ---------------------------------------------------------------- verdicts (the same rules stand in quiz.js)


def verdict(item, answer) -> Verdict:
    """Judge an answer. Never raises: what is no answer of the item's form counts as not attempted."""
    return _RULES[item.kind](item, answer)


def _open(why: str) -> Verdict:
    return Verdict("not attempted", [Message("", "not attempted", why)])


def _index(value, size: int) -> bool:
    return type(value) is int and 0 <= value < size


def _right(flag: bool) -> str:
    return "correct" if flag else "wrong"


def _single(item, answer) -> Verdict:
    if not _index(answer, len(item.options)):
        return _open("Choose one option.")
    option = item.options[answer]
    return Verdict(_right(option.correct), [Message(str(answer), _right(option.correct), option.why)])


def _multiple(item, answer) -> Verdict:
    if type(answer) is not list or not answer or not all(_index(n, len(item.options)) for n in answer):
        return _open("Choose one option or several.")
    chosen = sorted(set(answer))
    right = [n for n, option in enumerate(item.options) if option.correct]
    messages = [Message(str(n), _right(n in right), item.options[n].why) for n in chosen]
    if chosen == right:
        return Verdict("correct", messages)
    if set(chosen) < set(right):
        return Verdict("close", [*messages, Message("", "close", "Right so far, but not yet all.")])
    return Verdict("wrong", messages)


def parse_number(text) -> float | str:
    """Number in a learner's text, or the reason why there is none."""
    if type(text) is not str:
        return "Write a number, such as 48 or 26.3."
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    plain = re.sub(rf"[{SPACES}'’_%]", "", plain)
    if len(plain) > 40:
        return "Write a number, such as 48 or 26.3."
    if re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]{3}", plain):
        return "A comma can mean two things here. Write the number without a separator for thousands, or with a decimal point."
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"[+-]?[0-9]+,[0-9]+", plain):
        plain = plain.replace(",", ".")
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", plain):
        return float(plain)
    return "Write a number, such as 48 or 26.3."


def _number(item, answer) -> Verdict:
    if type(answer) is str and item.unit:
        answer = re.sub(rf"[{SPACES}]*{re.escape(item.unit)}[{SPACES}]*$", "", answer, flags=re.IGNORECASE | re.ASCII)
    value = parse_number(answer)
    if type(value) is str:
        return _open(value)
    if abs(value - item.answer) <= item.tolerance + 1e-9:
        return Verdict("correct", [Message("", "correct", item.why)])
    for near in item.near:
        if abs(value - near.value) <= near.tolerance + 1e-9:
            return Verdict("close", [Message("", "close", near.why)])
    return Verdict("wrong", [Message("", "wrong", "Not this number. Read the question once more; the hint may help.")])


def normal_text(text: str) -> str:
    """Text as it is compared: compatible letters, lower case, single spaces, no outer punctuation."""
    plain = re.sub(rf"[{SPACES}]+", " ", unicodedata.normalize("NFKC", text).lower())
    return plain.strip(OUTER)


def _text(item, answer) -> Verdict:
    if type(answer) is not str or len(answer) > 200 or not normal_text(answer):
        return _open("Write a word or a short phrase.")
    given = normal_text(answer)
    if given in map(normal_text, item.accept):
        return Verdict("correct", [Message("", "correct", item.why)])
    for near in item.near:
        if given in map(normal_text, near.accept):
            return Verdict("close", [Message("", "close", near.why)])
    return Verdict("wrong", [Message("", "wrong", "Not this word. Read the question once more; the hint may help.")])


def _order(item, answer) -> Verdict:
    size = len(item.items)
    if type(answer) is not list or not all(_index(n, size) for n in answer) or sorted(answer) != list(range(size)):
        return _open("Put all lines in order.")
    messages = [
        Message(str(n), _right(n == place), item.items[n].why if n == place else "Not at this place.")
        for place, n in enumerate(answer)
    ]
    swaps = sum(a > b for place, a in enumerate(answer) for b in answer[place + 1 :])
    if not swaps:
        return Verdict("correct", [*messages, Message("", "correct", item.why)])
    if swaps == 1:
        return Verdict("close", [*messages, Message("", "close", "Two neighbours have to change places.")])
    return Verdict("wrong", messages)


def _match(item, answer) -> Verdict:
    size, rights = len(item.pairs), len(item.pairs) + len(item.extra)
    if type(answer) is not list or len(answer) != size or not all(n is None or _index(n, rights) for n in answer):
        return _open("Choose a partner for each line.")
    if all(n is None for n in answer):
        return _open("Choose a partner for each line.")
    messages = []
    for line, chosen in enumerate(answer):
        if chosen is None:
            messages.append(Message(str(line), "not attempted", "No partner chosen yet."))
        elif chosen == line:
            messages.append(Message(str(line), "correct", item.pairs[line].why))
        elif chosen >= size:
            messages.append(Message(str(line), "wrong", item.extra[chosen - size].why))
        else:
            messages.append(Message(str(line), "wrong", "This partner belongs to another line."))
    right = sum(message.status == "correct" for message in messages)
    if right == size:
        return Verdict("correct", messages)
    return Verdict("close" if right * 2 >= size and size - right <= 2 else "wrong", messages)


def _sentence(item, answer) -> Verdict:
    if type(answer) is not list or not answer or not all(type(s) is str and s in item.passage for s in answer):
        return _open("Choose a sentence in the passage.")
    chosen = [sentence for sentence in item.passage if sentence in answer]
    messages = [Message(s, _right(s in item.answer), item.why[s]) for s in chosen]
    if set(chosen) == set(item.answer):
        return Verdict("correct", messages)
    if set(chosen) < set(item.answer):
        return Verdict("close", [*messages, Message("", "close", "Right so far, but not yet all.")])
    return Verdict("wrong", messages)


_RULES = {
    "single": _single, "multiple": _multiple, "number": _number, "text": _text,
    "order": _order, "match": _match, "sentence": _sentence,
}  # fmt: skip


# ---------------------------------------------------------------- for the page

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["smartquotes", "replacements"])


def markdown(text: str) -> str:
    """Inline HTML of a short Markdown text, with quotations of the source checked and expanded."""
    return _MARKDOWN.renderInline(expand_quotes(text)).strip()


def _shuffled(size: int, seed: str) -> list[int]:
    """The same shuffle on every machine and in every edition, and never the right order itself."""
    order = list(range(size))
    generator = random.Random(seed)
    while order == list(range(size)):
        generator.shuffle(order)
    return order


def key_hash(item) -> str:
    """Short hash of what makes stored answers stale: kind, ids and key, not the wording."""
    parts = {
        "single": lambda: [option.correct for option in item.options],
        "multiple": lambda: [option.correct for option in item.options],
        "number": lambda: [item.answer, item.tolerance],
        "text": lambda: sorted(map(normal_text, item.accept)),
        "order": lambda: len(item.items),
        "match": lambda: [len(item.pairs), len(item.extra)],
        "sentence": lambda: [item.passage, item.answer],
    }[item.kind]()
    return hashlib.sha256(json.dumps([item.id, item.kind, parts]).encode()).hexdigest()[:8]


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
        "stem": markdown(item.stem),
        "hint": markdown(item.hint) if item.hint else "",
    }
    if item.kind in ("single", "multiple"):
        data["options"] = [{"text": markdown(o.text), "correct": o.correct, "why": markdown(o.why)} for o in item.options]
    elif item.kind == "number":
        data |= {"answer": item.answer, "tolerance": item.tolerance, "unit": item.unit, "why": markdown(item.why)}
        data["near"] = [{"value": n.value, "tolerance": n.tolerance, "why": markdown(n.why)} for n in item.near]
    elif item.kind == "text":
        data |= {"accept": [*map(normal_text, item.accept)], "say": item.accept[0], "why": markdown(item.why)}
        data["near"] = [{"accept": [*map(normal_text, n.accept)], "why": markdown(n.why)} for n in item.near]
    elif item.kind == "order":
        data |= {"items": [{"text": markdown(s.text), "why": markdown(s.why)} for s in item.items], "why": markdown(item.why)}
        data["shown"] = _shuffled(len(item.items), item.id)
    elif item.kind == "match":
        data["pairs"] = [{"left": markdown(p.left), "why": markdown(p.why)} for p in item.pairs]
        data["rights"] = [plain_text(p.right) for p in item.pairs] + [plain_text(e.right) for e in item.extra]
        data["extra"] = [markdown(e.why) for e in item.extra]
        data["shown"] = _shuffled(len(data["rights"]), item.id)
    else:
        data["passage"] = [
            {"id": s, "text": html.escape(sentence_text(s), quote=False), "correct": s in item.answer, "why": markdown(item.why[s])}
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
    data = json.dumps(compile_quiz(quiz), ensure_ascii=False).replace("</", "<\\/")
    items = "\n".join(f"<li>{_fallback(item)}</li>" for item in compile_quiz(quiz)["items"])
    return (
        f'<claim-quiz data-quiz="{quiz.quiz}">\n<ol class="cbq-fallback">\n{items}\n</ol>\n'
        f'<script type="application/json">{data}</script>\n<i hidden data-end></i>\n</claim-quiz>'
    )


def _fallback(item: dict) -> str:
    kind = item["kind"]
    if kind in ("single", "multiple"):
        shown = "".join(f"<li>{o['text']}</li>" for o in item["options"])
        body = f'<ol type="A">{shown}</ol>'
        reasons = [f"{'ABCDEFGH'[n]}. {'Right' if o['correct'] else 'Wrong'}. {o['why']}" for n, o in enumerate(item["options"])]
    elif kind == "number":
        body, reasons = "", [f"{item['answer']:g} {item['unit']}. {item['why']}", *(f"{n['value']:g}: {n['why']}" for n in item["near"])]
    elif kind == "text":
        body, reasons = "", [f"“{html.escape(item['say'])}”. {item['why']}", *(f"“{n['accept'][0]}”: {n['why']}" for n in item["near"])]
    elif kind == "order":
        body = "<ul>" + "".join(f"<li>{item['items'][n]['text']}</li>" for n in item["shown"]) + "</ul>"
        reasons = [f"{n}. {step['text']} {step['why']}" for n, step in enumerate(item["items"], 1)] + [item["why"]]
    elif kind == "match":
        lefts = "".join(f"<li>{pair['left']}</li>" for pair in item["pairs"])
        rights = "".join(f"<li>{html.escape(item['rights'][n])}</li>" for n in item["shown"])
        body = f"<ul>{lefts}</ul><p>Partners:</p><ul>{rights}</ul>"
        reasons = [f"{p['left']}: {html.escape(item['rights'][n])}. {p['why']}" for n, p in enumerate(item["pairs"])]
    else:
        body = "<blockquote>" + " ".join(f"<b>{s['id']}</b> {s['text']}" for s in item["passage"]) + "</blockquote>"
        reasons = [f"{s['id']}. {'Right' if s['correct'] else 'Wrong'}. {s['why']}" for s in item["passage"]]
    answer = "".join(f"<p>{reason}</p>" for reason in reasons)
    return f"<p>{item['stem']}</p>{body}<details><summary>Answer to {item['id']}</summary>{answer}</details>"


def read_items(data: list[dict]) -> list:
    """Items from plain dictionaries, validated one by one (for tests and for imports)."""
    adapter = TypeAdapter(Item)
    return [adapter.validate_python(entry) for entry in data]
