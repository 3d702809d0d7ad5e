"""What an export must give back, taken from the bank's own models and not by the code that exports."""

import re
from dataclasses import dataclass, field

from lxml import html as lxml_html

from claimbook.content import CHAPTER_SLUGS, REVIEWS
from claimbook.questions import load_quiz
from claimbook.rendering import plain_text
from claimbook.source import sentence_text

QUIZZES = [load_quiz(number) for number in (*(slug[:2] for slug in CHAPTER_SLUGS), *REVIEWS)]
ITEMS = {item.id: item for quiz in QUIZZES for item in quiz.items}


def plain(text: str) -> str:
    """HTML as its words, with single spaces."""
    return re.sub(r"\s+", " ", lxml_html.fromstring(f"<div>{text}</div>").text_content()).strip()


def words(text: str) -> str:
    """Letters and digits only: what no markup and no list mark changes."""
    return re.sub(r"[\W_]+", "", text)


def said(markdown: str) -> str:
    """Markdown of the bank as `plain` gives it back."""
    return re.sub(r"\s+", " ", plain_text(markdown)).strip()


@dataclass
class Read:
    """One item as a reader found it.

    Attributes:
        stem: the question in words, with all that stands below it.
        key: what is right, in a form that depends on the kind (see `key`).
        reasons: reasons in the order of the bank, where the format has a place for each.
        together: text that holds reasons without a place of their own.
    """

    stem: str
    key: object
    reasons: list[str]
    together: str = ""
    hint: str = ""
    tags: list[str] = field(default_factory=list)


def options(item):
    """(text, right, why) of a choice or a passage."""
    if item.kind == "sentence":
        return [(f"{s}: {sentence_text(s)}", s in item.answer, item.why[s]) for s in item.passage]
    return [(said(option.text), option.correct, option.why) for option in item.options]


def key(item):
    """What is right, without reasons."""
    if item.kind in ("single", "multiple", "sentence"):
        return [(re.sub(r"\s+", " ", text), right) for text, right, _ in options(item)]
    if item.kind == "number":
        return [(item.answer, item.tolerance), *((near.value, near.tolerance) for near in item.near)]
    if item.kind == "text":
        return [item.accept, *(near.accept for near in item.near)]
    if item.kind == "order":
        return [said(step.text) for step in item.items]
    return [(said(pair.left), said(pair.right)) for pair in item.pairs], [said(extra.right) for extra in item.extra]


def reasons(item):
    """All reasons in the order of the bank."""
    if item.kind in ("single", "multiple", "sentence"):
        found = [why for _, _, why in options(item)]
    elif item.kind in ("number", "text"):
        found = [item.why, *(near.why for near in item.near)]
    elif item.kind == "order":
        found = [*(step.why for step in item.items), item.why]
    else:
        found = [part.why for part in [*item.pairs, *item.extra]]
    return [said(why) for why in found]


def stem_words(item) -> str:
    """Words of the question; a list in it counts as its lines."""
    return words(said(item.stem.replace("\n- ", "\n")))
