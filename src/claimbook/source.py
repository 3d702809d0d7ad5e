"""The source: one text, its numbered sentences and the claims they make.

The text is kept byte for byte in `data/source/text.txt`. Sentences are cut from it and must join
back to it (`tests/test_source.py`); every claim quotes the words that carry it.
"""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Callable
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from claimbook import tables
from claimbook.content import ContentError, course, find_close, root
from claimbook.display import Shown
from claimbook.references import long_date

if TYPE_CHECKING:
    import pandas as pd

VERDICTS = ("accurate", "imprecise", "unsupported", "not checkable")
_QUOTE = re.compile(r"\{quote\}`(?P<id>P\d{1,3}S\d{1,2}):\s*(?P<words>[^`]+)`")


def text() -> str:
    """The source text, exactly as it came: UTF-8, every paragraph followed by a blank line."""
    return (root() / "data/source/text.txt").read_bytes().decode("utf-8")


def _rows(name: str) -> list[dict[str, str]]:
    with open(root() / f"data/source/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def sentence_rows() -> dict[str, dict[str, str]]:
    """Sentences by id, in the order of the text: paragraph, number, chapters, text."""
    return {row["sentence"]: row for row in _rows("sentences")}


@cache
def claim_rows() -> tuple[dict[str, str], ...]:
    """All claims in the order of the text, one dictionary each (columns of `claims()`).

    Raises:
        ContentError: a claim names no sentence, or quotes words that its sentence does not hold.
    """
    rows = tuple(_rows("claims"))
    for row in rows:
        where = f"data/source/claims.csv, claim {row['claim']}"
        if row["sentence"] not in sentence_rows():
            raise ContentError(f"{where}: sentence {row['sentence']!r} does not exist. Correct the column `sentence`.")
        for field in ("quote", "hedge"):
            check_quotation(row["sentence"], row[field], f"{where}, {field}")
    return rows


def sentence_text(sentence: str) -> str:
    """Words of one sentence.

    Raises:
        ContentError: no such sentence; the message offers the closest ids.
    """
    try:
        return sentence_rows()[sentence]["text"]
    except KeyError:
        raise ContentError(f"No sentence {sentence!r}. {find_close(sentence, sentence_rows())}") from None


def check_quotation(sentence: str, words: str, where: str) -> None:
    """Raise ContentError unless `words` stand in `sentence`, letter for letter."""
    if words not in sentence_text(sentence):
        raise ContentError(
            f"{where}: {words!r} does not stand in {sentence}. A quotation must be copied letter for letter "
            f"(mind the typographic ’). The sentence reads: {sentence_text(sentence)}"
        )


def split_quote(body: str, where: str = "a quotation") -> tuple[str, str]:
    """Take the inside of a {quote} role apart, and check it.

    Args:
        body: `"P8S2: forced transportation"`.

    Returns:
        Sentence id and the quoted words.

    Raises:
        ContentError: not of that form, no such sentence, or words that it does not hold.
    """
    sentence, colon, words = body.partition(":")
    sentence, words = sentence.strip(), words.strip()
    if not colon:
        raise ContentError(f"{where}: write {{quote}}`P8S2: the words`, not {{quote}}`{body}`.")
    check_quotation(sentence, words, where)
    return sentence, words


def expand_quotes(markdown: str, where: str = "a quotation") -> str:
    """Replace each {quote}`P8S2: words` in Markdown by “words” (P8S2), checking every one."""

    def replace(match: re.Match) -> str:
        sentence, words = split_quote(match[0][len("{quote}`") : -1], where)
        return f"“{literal(words)}” ({sentence})"

    return _QUOTE.sub(replace, markdown)


def literal(words: str) -> str:
    """Words of a text as Markdown that shows them letter for letter, stars and brackets too."""
    return re.sub(r"([\\\\`*_{}\[\]<>&$~|#])", r"\\\1", words)


def claims(sentence: str | None = None) -> pd.DataFrame:
    """The atomic claims of the source, or of one sentence: the table `claims`.

    Returns:
        DataFrame, one row a claim, indexed 0..n-1: claim, sentence, quote, statement, type, speaker,
        hedge, time, checkable, verdict (at the time of the text), reason, later, sources, confidence.

    Raises:
        ContentError: no such sentence.
    """
    frame = tables.load("claims")
    if sentence is None:
        return frame
    sentence_text(sentence)
    return frame[frame["sentence"] == sentence].reset_index(drop=True)


def sentence(which: str) -> Shown:
    """Show a sentence with its claims, or with `"all"` the whole text with its sentences numbered.

    Raises:
        ContentError: no such sentence.
    """
    if which == "all":
        plain = "\n".join(f"{key}  {row['text']}" for key, row in sentence_rows().items())
    else:
        lines = [f"{row['claim']}  {row['statement']} [{row['type']}]" for row in _of(which)]
        plain = "\n".join([f"{which}  {sentence_text(which)}", *lines])
    return Shown({"kind": "sentence", "id": which}, plain, lambda: {"text/html": sentence_html(which)})


def _of(sentence: str) -> list[dict[str, str]]:
    return [row for row in claim_rows() if row["sentence"] == sentence]


def sentence_html(which: str, link: str = "") -> str:
    """HTML of a sentence with its claims (`which="all"`: of the whole text).

    Args:
        link: address of the page that holds the annotated text, to which sentence numbers link;
            empty: numbers are plain text.
    """
    if which == "all":
        return _whole(lambda key: html.escape(sentence_text(key), quote=False), link)
    return (
        f'<div class="cb-sentence"><blockquote class="cb-source" lang="{course().language}"><p>{_number(which, link)} '
        f"{_marked(which)}</p></blockquote>\n{claims_html(which)}</div>"
    )


def judged_html(link: str = "") -> str:
    """HTML of the whole text, each claim underlined by its verdict, with a key that counts the verdicts."""
    counts = {verdict: sum(row["verdict"] == verdict for row in claim_rows()) for verdict in VERDICTS}
    if not any(counts.values()):  # a course that is new: no key to marks that are not there
        return _whole(_judged, link)
    key = "".join(
        f'<li><span class="cb-mark cb-{_css(verdict)}">{verdict}</span> <b>{count}</b></li>'
        for verdict, count in counts.items()
    )
    day = f"on {long_date(course().text_date)}" if course().text_date else "at the time of the text"
    return (
        f'{_whole(_judged, link)}\n<ul class="cb-key" aria-label="Verdicts on the {len(claim_rows())} claims, '
        f'by what could be known {day}">{key}</ul>'
    )


def _judged(sentence: str) -> str:
    """Words of a sentence, marked by verdict; where claims overlap, the shorter one counts."""
    words = sentence_text(sentence)
    verdicts = [""] * len(words)
    for row in sorted(_of(sentence), key=lambda row: len(row["quote"]), reverse=True):
        start = words.index(row["quote"])
        verdicts[start : start + len(row["quote"])] = [row["verdict"]] * len(row["quote"])
    parts, place = [], 0
    for verdict, run in groupby(verdicts):
        length = len(list(run))
        part = html.escape(words[place : place + length], quote=False)
        parts.append(f'<span class="cb-mark cb-{_css(verdict)}">{part}</span>' if verdict else part)
        place += length
    return "".join(parts)


def _css(verdict: str) -> str:
    return verdict.replace(" ", "-")


def _whole(words: Callable[[str], str], link: str) -> str:
    paragraphs: dict[str, list[str]] = {}
    for key, row in sentence_rows().items():
        part = f'<span class="cb-s">{_number(key, link)} {words(key)}</span>'
        paragraphs.setdefault(row["paragraph"], []).append(part)
    body = "\n".join(f"<p>{' '.join(parts)}</p>" for parts in paragraphs.values())
    return f'<blockquote class="cb-source cb-whole" lang="{course().language}">\n{body}\n</blockquote>'


def _number(sentence: str, link: str) -> str:
    if link:
        return f'<a class="cb-id" href="{link}#{sentence.lower()}">{sentence}</a>'
    return f'<span class="cb-id">{sentence}</span>'


def _marked(sentence: str) -> str:
    """Sentence with its hedges marked, so that a reader sees them at a glance."""
    words = html.escape(sentence_text(sentence), quote=False)
    hedges = {html.escape(row["hedge"], quote=False) for row in _of(sentence) if row["hedge"]}
    for hedge in sorted(hedges, key=len, reverse=True):
        words = re.sub(rf"(?<!>){re.escape(hedge)}", f'<span class="cb-hedge">{hedge}</span>', words, count=1)
    return words


def claims_html(sentence: str, outcome: bool = False) -> str:
    """HTML list of a sentence's claims: id, statement, type and, on request, verdict with reason."""
    items = []
    for row in _of(sentence):
        item = (
            f'<li><span class="cb-id">{row["claim"]}</span> <span class="cb-statement">{html.escape(row["statement"], quote=False)}</span> '
            f'<span class="cb-tag">{row["type"]}</span>'
        )
        if row["speaker"] not in ("the text", "unnamed"):
            item += f' <span class="cb-tag">said by {html.escape(row["speaker"])}</span>'
        if outcome and row["verdict"]:  # a claim that nobody has judged yet has no verdict
            item += (
                f'<div class="cb-verdict cb-{_css(row["verdict"])}"><strong>{row["verdict"].capitalize()}</strong> '
                f"at the time of the text. {html.escape(row['reason'], quote=False)}</div>"
            )
        items.append(item + "</li>")
    return f'<ul class="cb-claims" aria-label="Claims of sentence {sentence}">\n' + "\n".join(items) + "\n</ul>"
