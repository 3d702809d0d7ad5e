"""Quizzes on paper: questions with room to write on, and a key with the reasons at the end of the book."""

from __future__ import annotations

from collections.abc import Iterable

from claimbook.printed.convert import Converter, literal, words
from claimbook.questions import load_quiz
from claimbook.rendering import compile_quiz

LETTERS = "ABCDEFGHIJKL"
# What to do, for the kinds of question where paper does not show it.
ASKED = {
    "multiple": "More than one answer may be right.",
    "order": "Write the letters in the right order.",
    "match": "Write the letter that belongs to each line.",
    "sentence": "Underline the sentence, or note its number.",
}


def questions(number: str, converter: Converter) -> str:
    """The questions of a quiz as Typst.

    Args:
        number: `"06"`, `"R1"`.
        converter: of the page on which the quiz stands.
    """
    return "\n".join(_question(item, converter) for item in compile_quiz(load_quiz(number))["items"])


def _question(item: dict, converter: Converter) -> str:
    kind, html = item["kind"], converter.html
    if kind in ("single", "multiple"):
        answers = f"#options({_listed(html(option['text']) for option in item['options'])})"
    elif kind == "order":
        answers = f"#steps({_listed(html(item['items'][n]['text']) for n in item['shown'])})"
    elif kind == "match":
        lefts = _listed(html(pair["left"]) for pair in item["pairs"])
        rights = _listed(words(item["rights"][n]) for n in item["shown"])
        answers = f"#matches(({lefts},), ({rights},))"
    elif kind == "sentence":
        passage = " ".join(f"#number-of[{words(s['id'])}] {html(s['text'])}" for s in item["passage"])
        answers = f"#passage[{passage}]"
    else:
        answers = f"#answer-line({literal(item.get('unit', ''))})"
    asked = f"#asked[{words(ASKED[kind])}]" if kind in ASKED else ""
    return f"#question({literal(item['id'])})[{html(item['stem'])}\n\n{html(item['more'])}{asked}][{answers}]"


def _listed(parts: Iterable[str]) -> str:
    return ", ".join(f"[{part.strip()}]" for part in parts)


def key(numbers: list[str], converter: Converter) -> str:
    """The key to some quizzes: right answers, and the reason of every answer, as on the page."""
    parts = []
    for number in numbers:
        quiz = compile_quiz(load_quiz(number))
        name = f"Chapter {int(number)}: {quiz['title']}" if number.isdigit() else quiz["title"]
        parts.append(f"#heading(level: 2)[{words(name)}]\n\n")
        parts += [_answer(item, converter) for item in quiz["items"]]
    return "\n".join(parts)


def _answer(item: dict, converter: Converter) -> str:
    kind, html = item["kind"], converter.html
    if kind in ("single", "multiple"):
        lettered = list(zip(LETTERS, item["options"], strict=False))
        right = ", ".join(letter for letter, option in lettered if option["correct"])
        reasons = [(letter, option["why"]) for letter, option in sorted(lettered, key=lambda o: not o[1]["correct"])]
    elif kind in ("number", "text"):
        right = converter.html(item["say"])
        reasons = [("", item["why"]), *(("Not " + near["say"], near["why"]) for near in item["near"])]
    elif kind == "order":
        place = {step: LETTERS[n] for n, step in enumerate(item["shown"])}
        right = ", ".join(place[n] for n in range(len(item["items"])))
        reasons = [*((place[n], step["why"]) for n, step in enumerate(item["items"])), ("", item["why"])]
    elif kind == "match":
        letter = {right: LETTERS[n] for n, right in enumerate(item["shown"])}
        size = len(item["pairs"])
        right = ", ".join(f"{n + 1} {letter[n]}" for n in range(size))
        reasons = [(f"{n + 1} {letter[n]}", pair["why"]) for n, pair in enumerate(item["pairs"])]
        reasons += [(letter[size + n], why) for n, why in enumerate(item["extra"])]
    else:
        right = ", ".join(s["id"] for s in item["passage"] if s["correct"])
        reasons = [(s["id"], s["why"]) for s in sorted(item["passage"], key=lambda s: not s["correct"])]
    right = right if right.startswith("#") else words(right)
    told = ", ".join(f"([{html(name)}], [{html(why).strip()}])" for name, why in reasons)
    return f"#key-entry({literal(item['id'])}, [{right}], ({told},))"
