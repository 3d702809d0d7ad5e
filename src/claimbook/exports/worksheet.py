"""A worksheet to print, and its key as a second file, set by Typst in the form that the printed book has."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from claimbook.content import ContentError, course
from claimbook.exports.bank import Format, Loss, edition_day, quoted
from claimbook.questions import Quiz

if TYPE_CHECKING:
    from claimbook.printed.convert import Converter
    from claimbook.printed.press import Fonts

KEEP_APART = "Keep this apart from the worksheet: it tells every answer, and why."
FOR_NAMES = "Name: #box(width: 55%, height: 1em, stroke: (bottom: 0.5pt)) #h(1em) Date: #box(width: 1fr, height: 1em, stroke: (bottom: 0.5pt))"


def write(quizzes: list[Quiz]) -> dict[str, bytes]:
    """Questions, and the key to them."""
    try:
        import bs4  # noqa: F401
        import typst  # noqa: F401
    except ModuleNotFoundError as error:
        raise ContentError(f"Worksheets need {error.name}: pip install 'claimbook[export]'.") from None
    from claimbook.printed import press
    from claimbook.printed.convert import Book, Converter, words
    from claimbook.printed.quizzes import key, questions

    converter = Converter(Book([], quiz=None), "worksheet")
    sheets = [
        f"#quiz-title[{words(_heading(quiz))}]\n{_sentences(quiz, converter)}{questions(quiz.quiz, converter)}"
        for quiz in quizzes
    ]
    bodies = {
        "worksheet.pdf": ("Worksheet", FOR_NAMES, "\n\n".join(sheets)),
        "worksheet-key.pdf": (
            "Key to the worksheet",
            words(KEEP_APART),
            key([quiz.quiz for quiz in quizzes], converter),
        ),
    }
    fonts = press.find_fonts()
    return {name: _pdf(*parts, fonts) for name, parts in bodies.items()}


def _heading(quiz: Quiz) -> str:
    """As the key has it."""
    return f"Chapter {int(quiz.quiz)}: {quiz.title}" if quiz.quiz.isdigit() else quiz.title


def _sentences(quiz: Quiz, converter: Converter) -> str:
    """The sentences of the news text that the questions lean on, once for all of them."""
    asked = [item for item in quiz.items if item.kind != "sentence"]
    return converter.html(quoted({number for item in asked for number in item.anchors}))


def _pdf(kind: str, opening: str, body: str, fonts: Fonts) -> bytes:
    from claimbook.printed import press
    from claimbook.printed.convert import literal

    day = edition_day()
    source = (
        '#import "book.typ": *\n#import "worksheet.typ": *\n'
        f"#show: sheet.with(title: {literal(course().title)}, kind: {literal(kind)}, edition: {literal(course().edition)}, "
        f"date: datetime(year: {day.year}, month: {day.month}, day: {day.day}), "
        f"fonts: ({', '.join(map(literal, fonts.families))},), opening: [{opening}])\n\n{body}"
    )
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for template in (Path(press.__file__).with_name("book.typ"), Path(__file__).with_name("worksheet.typ")):
            (place / template.name).write_bytes(template.read_bytes())
        (place / "main.typ").write_text(source, encoding="utf-8")
        press.compile_pdf(place / "main.typ", place / "sheet.pdf", fonts)
        return (place / "sheet.pdf").read_bytes()


FORMAT = Format(
    "worksheet",
    "Worksheet",
    "two PDF files: the questions with room to write, and the key with the reason of every option",
    "The PDFs are tagged for screen readers.",
    write,
    (Loss("The hint is left out.", when=lambda item: item.hint),),
)
