"""Verdicts on quiz answers: pure functions of item and answer, which may be anything at all.

`static/quiz.js` holds the same rules for the page; `tests/browser/test_parity.py` compares the two over
all answers of all items.

Answers, as JSON: single: index of the option; multiple: list of indices; number, text: a string;
order: list of the items' places in the file, in the learner's order; match: for each left side the
index of a right side (rights in file order, then extras) or null; sentence: list of sentence ids.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

SPACES = " \t\n\r\f\v\u00a0\u2009\u202f"
OUTER = SPACES + ".,;:!?\"'“”‘’«»()[]"
NO_NUMBER = "Write a number, such as 48 or 26.3."
TWO_MEANINGS = (
    "A comma can mean two things here. Write the number without a separator for thousands, or with a decimal point."
)


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


def verdict(item: Any, answer: Any) -> Verdict:
    """Judge an answer. Never raises: what is no answer of the item's form counts as not attempted."""
    return _RULES[item.kind](item, answer)


def _open(why: str) -> Verdict:
    return Verdict("not attempted", [Message("", "not attempted", why)])


def missed(item: Any, what: str) -> Verdict:
    """Verdict on an answer that is neither right nor a known near miss."""
    advice = "Read the question once more; the hint may help." if item.hint else "Read the question once more."
    return Verdict("wrong", [Message("", "wrong", f"Not this {what}. {advice}")])


def _index(value: Any, size: int) -> bool:
    return type(value) is int and 0 <= value < size


def _right(flag: bool) -> str:
    return "correct" if flag else "wrong"


def _single(item: Any, answer: Any) -> Verdict:
    if not _index(answer, len(item.options)):
        return _open("Choose one option.")
    option = item.options[answer]
    return Verdict(_right(option.correct), [Message(str(answer), _right(option.correct), option.why)])


def _multiple(item: Any, answer: Any) -> Verdict:
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


def parse_number(text: Any) -> float | str:
    """Number in a learner's text, or the reason why there is none."""
    if type(text) is not str or len(text) > 200:
        return NO_NUMBER
    plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
    plain = re.sub(rf"[{SPACES}'’_%]", "", plain)
    if len(plain) > 40:
        return NO_NUMBER
    if re.fullmatch(r"[+-]?[0-9]{1,3},[0-9]{3}", plain):
        return TWO_MEANINGS
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"[+-]?[0-9]+,[0-9]+", plain):
        plain = plain.replace(",", ".")
    if re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)", plain):
        return float(plain)
    return NO_NUMBER


def _without_unit(answer: Any, unit: str) -> Any:
    """Answer without the unit at its end, in capitals or not; what is no short text comes back as it is."""
    if type(answer) is not str or not unit or len(answer) > 200:
        return answer
    plain, unit = (unicodedata.normalize("NFKC", part).lower().strip(SPACES) for part in (answer, unit))
    return plain.removesuffix(unit)


def _number(item: Any, answer: Any) -> Verdict:
    value = parse_number(_without_unit(answer, item.unit))
    if isinstance(value, str):
        return _open(value)
    if abs(value - item.answer) <= item.tolerance + 1e-9:
        return Verdict("correct", [Message("", "correct", item.why)])
    for near in item.near:
        if abs(value - near.value) <= near.tolerance + 1e-9:
            return Verdict("close", [Message("", "close", near.why)])
    return missed(item, "number")


def normal_text(text: str) -> str:
    """Text as it is compared: compatible letters, lower case, single spaces, no outer punctuation."""
    plain = re.sub(rf"[{SPACES}]+", " ", unicodedata.normalize("NFKC", text).lower())
    return plain.strip(OUTER)


def _text(item: Any, answer: Any) -> Verdict:
    if type(answer) is not str or len(answer) > 200 or not normal_text(answer):
        return _open("Write a word or a short phrase.")
    given = normal_text(answer)
    if given in map(normal_text, item.accept):
        return Verdict("correct", [Message("", "correct", item.why)])
    for near in item.near:
        if given in map(normal_text, near.accept):
            return Verdict("close", [Message("", "close", near.why)])
    return missed(item, "word")


def _order(item: Any, answer: Any) -> Verdict:
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


def _match(item: Any, answer: Any) -> Verdict:
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


def _sentence(item: Any, answer: Any) -> Verdict:
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
