"""Moodle XML: a question category for each quiz, and for each question its feedback, hint and tags.

Written by hand: no library that writes this format is kept. `idnumber` is the id of the item, so that a
second import can be told from the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element

from claimbook.content import course
from claimbook.exports.bank import (
    MARKS_ARE_WRONG,
    NEAR_IS_WRONG,
    PART_OF_THE_POINTS,
    UNIT_IS_WRONG,
    Format,
    Loss,
    compiled,
    keywords,
    one_answer,
    package_name,
    pair_reasons,
    quiz_title,
)
from claimbook.exports.tree import Content, element, to_bytes
from claimbook.questions import Item, Match, Multiple, Number, Order, Quiz, Sentence, Single, Text
from claimbook.verdicts import missed

TYPES = {"single": "multichoice", "multiple": "multichoice", "sentence": "multichoice", "number": "numerical",
         "text": "shortanswer", "order": "ordering", "match": "matching"}  # fmt: skip


def write(quizzes: list[Quiz]) -> dict[str, bytes]:
    """All quizzes as one file."""
    questions = [part for quiz in quizzes for part in (_category(quiz), *map(_question, quiz.items))]
    return {"moodle.xml": to_bytes(element("quiz", {}, questions))}


def _category(quiz: Quiz) -> Element:
    path = "/".join(["$course$/top", *(name.replace("/", "//") for name in (course().title, quiz_title(quiz)))])
    return element(
        "question",
        {"type": "category"},
        element("category", {}, _text(path)),
        element("info", {"format": "html"}, _text("")),
        element("idnumber", {}, f"{package_name()}-{quiz.quiz}"),
    )


def _text(text: str) -> Element:
    return element("text", {}, text)


def _html(tag: str, html: str) -> Element:
    return element(tag, {"format": "html"}, _text(html))


def _question(item: Item) -> Element:
    data = compiled(item)
    together = pair_reasons(data) if item.kind in ("order", "match") else ""
    return element(
        "question",
        {"type": TYPES[item.kind]},
        element("name", {}, _text(item.id)),
        _html("questiontext", data["stem"]),
        _html("generalfeedback", together),
        element("defaultgrade", {}, "1"),
        element("penalty", {}, "0.3333333"),
        element("hidden", {}, "0"),
        element("idnumber", {}, item.id),
        _ANSWERS[item.kind](item, data),
        _html("hint", data["hint"]) if data["hint"] else [],
        element("tags", {}, [element("tag", {}, _text(word)) for word in keywords(item)]),
    )


def _answer(text: str, fraction: float, why: str, *more: Element, form: str = "moodle_auto_format") -> Element:
    attributes = {"fraction": f"{fraction:.5f}".rstrip("0").rstrip("."), "format": form}
    return element("answer", attributes, _text(text), _html("feedback", why), more)


def _choice(item: Single | Multiple | Sentence, data: dict) -> list[Content]:
    right = sum(option["correct"] for option in data["options"])
    wrong = len(data["options"]) - right
    single = one_answer(data)

    def fraction(correct: bool) -> float:  # of several answers, all right ones make 100, all wrong ones -100
        return 100 / right if correct else 0 if single else -100 / wrong

    return [
        element("single", {}, "true" if single else "false"),
        element("shuffleanswers", {}, "false" if item.kind == "sentence" else "true"),
        element("answernumbering", {}, "abc"),
        *(_answer(o["text"], fraction(o["correct"]), o["why"], form="html") for o in data["options"]),
    ]


def _number(item: Number, data: dict) -> list[Content]:
    def answer(value: float, tolerance: float, fraction: float, why: str) -> Element:
        return _answer(f"{value:.15g}", fraction, why, element("tolerance", {}, f"{tolerance:.15g}"))

    return [  # the first that fits counts
        answer(item.answer, item.tolerance, 100, data["why"]),
        *(answer(near["value"], near["tolerance"], 0, near["why"]) for near in data["near"]),
        _answer("*", 0, missed(item, "number").messages[0].why, element("tolerance", {}, "0")),
        element("unitgradingtype", {}, "0"),
        element("unitpenalty", {}, "0"),
        element("showunits", {}, "3"),
        element("unitsleft", {}, "0"),
    ]


def _text_answer(item: Text, data: dict) -> list[Content]:
    def answers(accept: list[str], fraction: float, why: str) -> list[Element]:
        return [_answer(words.replace("*", "\\*"), fraction, why) for words in accept]

    return [
        element("usecase", {}, "0"),
        *answers(item.accept, 100, data["why"]),
        *(answers(raw.accept, 0, near["why"]) for raw, near in zip(item.near, data["near"], strict=True)),
        _answer("*", 0, missed(item, "word").messages[0].why),
    ]


def _order(item: Order, data: dict) -> list[Content]:
    return [
        element("layouttype", {}, "VERTICAL"),
        element("selecttype", {}, "ALL"),
        element("selectcount", {}, len(data["items"])),
        element("gradingtype", {}, "ABSOLUTE_POSITION"),
        element("shownumcorrect", {}, "1"),  # without it Moodle 4.5 stops the whole import at a hint
        *(element("answer", {"fraction": "1", "format": "html"}, _text(step["text"])) for step in data["items"]),
    ]


def _match(item: Match, data: dict) -> list[Content]:
    lefts = [pair["left"] for pair in data["pairs"]] + [""] * len(data["extra"])
    return [
        element("shuffleanswers", {}, "true"),
        *(
            element("subquestion", {"format": "html"}, _text(left), element("answer", {}, _text(right)))
            for left, right in zip(lefts, data["rights"], strict=True)
        ),
    ]


# Each is called with items of its own kind only.
_ANSWERS: dict[str, Callable[[Any, dict], list[Content]]] = {
    "single": _choice, "multiple": _choice, "sentence": _choice, "number": _number, "text": _text_answer,
    "order": _order, "match": _match,
}  # fmt: skip

FORMAT = Format(
    "moodle",
    "Moodle XML",
    "one file, with a question category for each quiz",
    "Every option keeps its own feedback, and a near miss of a number or a word gets its own reason. Hints are shown in "
    "the behaviour “Interactive with multiple tries”. Objective, skill and sentences become tags.",
    write,
    (
        PART_OF_THE_POINTS,
        NEAR_IS_WRONG,
        UNIT_IS_WRONG,
        MARKS_ARE_WRONG,
        Loss("The reasons of all steps are shown together, after the answer.", ("order",)),
        Loss("The reasons of all lines are shown together, after the answer.", ("match",)),
        Loss("The sentences are options of a multiple choice, not a running text.", ("sentence",)),
    ),
)
