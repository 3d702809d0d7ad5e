"""An Anki package: flash cards from the quizzes, the glossary and the names, written by genanki.

A card is known by the id of its item, term or name, so that a new edition updates it and keeps what a
learner has practised.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from claimbook.archives import write_zip
from claimbook.content import ContentError, chapter_slug, course, root
from claimbook.exports.bank import Format, Loss, compiled, edition_day, keywords, listed, package_name, quiz_title
from claimbook.questions import Item, Quiz

if TYPE_CHECKING:
    import genanki

Card = tuple[list[str], tuple[str, ...]]  # its tags, its fields
_TERM = re.compile(r"\{term\}`(?:[^`<]*<)?([^`<>]+)>?`")
CSS = """
.card { font-family: system-ui, sans-serif; font-size: 18px; line-height: 1.45; text-align: left; max-width: 38em; margin: 0 auto; }
.small { font-size: 0.85em; opacity: 0.75; }
.answer { font-weight: bold; }
"""
# Note type -> fields, and cards as (name, front, back).
NOTES = {
    "question": (
        ("Id", "Question", "Hint", "Answer", "Reasons"),
        [("Question", '<div class="small">{{Id}}</div>{{Question}}{{#Hint}}<p class="small">{{hint:Hint}}</p>{{/Hint}}',
          '{{FrontSide}}<hr id="answer"><div class="answer">{{Answer}}</div>{{Reasons}}')],
    ),
    "term": (
        ("Id", "Term", "Russian", "Chinese", "Pinyin", "Definition"),
        [("Term to meaning", "<p>{{Term}}</p>", '{{FrontSide}}<hr id="answer"><p>{{Definition}}</p><p>{{Russian}}<br>{{Chinese}} {{Pinyin}}</p>'),
         ("Meaning to term", "<p>{{Definition}}</p>", '{{FrontSide}}<hr id="answer"><p class="answer">{{Term}}</p><p>{{Russian}}<br>{{Chinese}} {{Pinyin}}</p>')],
    ),
    "name": (
        ("Id", "Name", "Russian", "Chinese", "Pinyin", "Who or what"),
        [("Name", "<p>{{Name}}</p>", '{{FrontSide}}<hr id="answer"><p>{{Who or what}}</p><p>{{Russian}}<br>{{Chinese}} {{Pinyin}}</p>')],
    ),
}  # fmt: skip


def write(quizzes: list[Quiz]) -> dict[str, bytes]:
    """Decks of the quizzes; the glossary's terms of their chapters, and with all quizzes the names too."""
    try:
        import genanki
    except ModuleNotFoundError:
        raise ContentError("Anki packages need genanki: pip install 'claimbook[export]'.") from None
    models = {kind: _model(genanki, kind) for kind in NOTES}

    def deck(title: str, kind: str, rows: Iterable[Card]) -> genanki.Deck:
        name = f"{course().title}::{title}"
        made = genanki.Deck(_number(name), name)
        for tags, fields in rows:
            made.add_note(_note(genanki, models[kind], kind, fields, tags))
        return made

    decks = [deck(quiz_title(quiz), "question", map(_question, quiz.items)) for quiz in quizzes]
    chapters = {number: _terms_of(number) for number in (slug[:2] for slug in course().chapters)}
    wanted = set().union(*(chapters.get(quiz.quiz, ()) for quiz in quizzes))
    terms = [row for row in _table("terms") if len(quizzes) > 1 or row["en"].casefold() in wanted]
    if terms:
        decks.append(deck("Glossary", "term", (_term(row, chapters) for row in terms)))
    if len(quizzes) > 1:
        decks.append(deck("Names", "name", map(_name, _table("names"))))
    return {"anki.apkg": _packed(genanki.Package(decks))}


def _number(name: str) -> int:
    """A number that Anki knows a deck or a note type by: the same for the same name."""
    return (1 << 30) + zlib.crc32(f"{course().id}:{name}".encode()) % (1 << 30)


def _model(genanki: ModuleType, kind: str) -> genanki.Model:
    fields, cards = NOTES[kind]
    return genanki.Model(
        _number(f"note {kind}"),
        f"{course().id} {kind}",
        fields=[{"name": field} for field in fields],
        templates=[{"name": name, "qfmt": front, "afmt": back} for name, front, back in cards],
        css=CSS,
        sort_field_index=0,
    )


def _note(
    genanki: ModuleType, model: genanki.Model, kind: str, fields: tuple[str, ...], tags: list[str]
) -> genanki.Note:
    return genanki.Note(model, list(fields), guid=f"{package_name()}:{kind}:{fields[0]}", tags=tags)


def _packed(package: genanki.Package) -> bytes:
    """The package with the edition's date instead of the clock's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deck.apkg"
        package.write_to_file(path, timestamp=edition_day().timestamp())
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
    again = io.BytesIO()
    write_zip(again, files)
    return again.getvalue()


# ---------------------------------------------------------------- fields


def _question(item: Item) -> Card:
    data = compiled(item)
    question, answer, reasons = data["stem"], "", []
    if "options" in data:
        lettered = list(zip("ABCDEFGH", data["options"], strict=False))
        question += listed((f"{letter}. {option['text']}" for letter, option in lettered))
        answer = listed(f"{letter}. {option['text']}" for letter, option in lettered if option["correct"])
        reasons = [f"{letter}. {option['why']}" for letter, option in lettered]
    elif item.kind in ("number", "text"):
        answer = data["say"]
        reasons = [data["why"], *(f"Not {near['say']}: {near['why']}" for near in data["near"])]
    elif item.kind == "order":
        question += listed(data["items"][n]["text"] for n in data["shown"])
        answer = listed((step["text"] for step in data["items"]), "ol")
        reasons = [*(step["why"] for step in data["items"]), data["why"]]
    else:
        rights = [html.escape(right, quote=False) for right in data["rights"]]
        size = len(data["pairs"])
        question += listed(pair["left"] for pair in data["pairs"]) + "<p>To choose from:</p>"
        question += listed(rights[n] for n in data["shown"])
        answer = listed(f"{pair['left']} → {rights[n]}" for n, pair in enumerate(data["pairs"]))
        reasons = [pair["why"] for pair in data["pairs"]]
        reasons += [f"Fits none: {rights[size + n]}. {why}" for n, why in enumerate(data["extra"])]
    return keywords(item), (item.id, question, data["hint"], answer, listed(reasons))


def _table(name: str) -> list[dict[str, str]]:
    path = root() / f"data/tables/{name}.csv"
    if not path.is_file():  # a course may have no glossary, or no cards of names
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _terms_of(chapter: str) -> set[str]:
    """Terms that a chapter uses, in small letters: {term}`warrant` or {term}`warrants <warrant>`."""
    notebook = json.loads((root() / f"chapters/{chapter_slug(chapter)}.ipynb").read_text(encoding="utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    return {" ".join(name.split()).casefold() for name in _TERM.findall(text)}


def _spoken(text: str, language: str) -> str:
    """Words of another language, marked so that a voice reads them rightly."""
    return f'<span lang="{language}">{html.escape(text, quote=False)}</span>' if text else ""


def _other_scripts(russian: str, chinese: str, pinyin: str) -> tuple[str, str, str]:
    return _spoken(russian, "ru"), _spoken(chinese, "zh-Hans"), _spoken(pinyin, "zh-Latn")


def _term(row: dict[str, str], chapters: dict[str, set[str]]) -> Card:
    tags = ["glossary", *(f"chapter-{number}" for number, terms in chapters.items() if row["en"].casefold() in terms)]
    own = (html.escape(row["en"], quote=False), *_other_scripts(row["ru"], row["zh"], row["pinyin"]))
    return tags, (row["term"], *own, html.escape(row["definition"], quote=False))


def _name(row: dict[str, str]) -> Card:
    own = (html.escape(row["latin"], quote=False), *_other_scripts(row["cyrillic"], row["han"], row["pinyin"]))
    parts = [html.escape(part, quote=False) for part in (row["role_2023"], row["note"]) if part]
    about = " ".join(part if part[-1] in ".!?" else f"{part}." for part in parts)  # a role is no sentence, a note is
    return ["names", row["kind"]], (row["name_id"], *own, about)


FORMAT = Format(
    "anki",
    "Anki deck",
    "one package, with a deck for each quiz, the glossary (both ways, with Russian, Chinese and pinyin) and the names",
    "A card shows the question; behind it are the answer and the reason of every option. Objective, skill and sentences "
    "become tags. Practice is kept when a newer edition is imported.",
    write,
    (Loss("Nothing is marked: the learner compares her answer with the card and says how well she knew it."),),
)
