"""Quizzes as the page needs them: HTML with every answer in it, and the JSON that quiz.js works with."""

from __future__ import annotations

import hashlib
import html
import json
import random
import re
from collections.abc import Iterable
from typing import Any

from markdown_it import MarkdownIt

from claimbook.content import BOOK, EDITION
from claimbook.questions import Quiz
from claimbook.source import expand_quotes, sentence_text
from claimbook.verdicts import normal_text

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


def _ranks(texts: Iterable[str]) -> list[int]:
    """Alphabetical order of some texts: another one when two change places, the same after most corrections."""
    plain = [normal_text(text) for text in texts]
    return sorted(range(len(plain)), key=plain.__getitem__)


def key_hash(item: Any) -> str:
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


def compile_item(item: Any) -> dict:
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

    def listed(tag: str, parts: Iterable[str]) -> str:
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
