"""What a screen reader needs and a writer forgets: the last step before a page's HTML is written. Pure.

languages   words in Cyrillic or Han letters stand in an element that says whose language they are
tables      every header cell says what it heads, every table has a name
repairs     what docutils and MyST-NB write, so that it says to all what it shows
"""

from __future__ import annotations

import html
import re

# What docutils and MyST-NB write -> what says the same to a screen reader.
REPAIRS = {
    '<th class="head"><p></p></th>': "<td></td>",  # the empty corner of a table heads nothing
    "<th></th>": "<td></td>",
    '<summary aria-label="Toggle hidden content">': "<summary>",  # hides the words on it: "Show code cell source"
}

_CYRILLIC, _HAN = r"[\u0400-\u04ff\u0301]", r"[\u3400-\u9fff]"
_RUN = re.compile(rf"{_CYRILLIC}+(?:[ ,\-–0-9]+{_CYRILLIC}+)*|{_HAN}+(?:[\u3001\u3002\uff08\uff09\uff0c·]+{_HAN}+)*")
_FOREIGN = re.compile(f"{_CYRILLIC}|{_HAN}")
_TAG = re.compile(
    r"(<!--.*?-->|<(?:script|style|svg|textarea)\b.*?</(?:script|style|svg|textarea)>|<[^>]+>)", re.DOTALL
)
_VOID = ("area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr")


def accessible(page: str) -> str:
    """HTML of a page's body with languages, tables and names set right.

    Args:
        page: HTML as Sphinx and our own renderers wrote it.

    Returns:
        The same page; nothing that is shown has changed.
    """
    for found, wanted in REPAIRS.items():
        page = page.replace(found, wanted)
    return name_tables(mark_languages(page))


def language(words: str, before: str = "") -> str:
    """Language tag of words in Cyrillic or Han letters.

    Args:
        words: a run of such letters.
        before: the text ahead of them.

    Returns:
        `zh-Hans` for Han; `uk` where a letter occurs that Ukrainian has and Russian lacks, or where
        "In Ukrainian:" stands before; else `ru`.
    """
    if re.match(_HAN, words):
        return "zh-Hans"
    return "uk" if re.search("[іїєґІЇЄҐ]", words) or before.endswith("In Ukrainian: ") else "ru"


def _marked(run: re.Match) -> str:
    return f'<span lang="{language(run[0], run.string[: run.start()])}">{run[0]}</span>'


def mark_languages(page: str) -> str:
    """Wrap Russian, Ukrainian and Chinese words that stand outside an element with a `lang` of theirs.

    A `title` of a link can't say its language, and these repeat what the page shows: they are dropped.
    """
    if not _FOREIGN.search(page):
        return page
    parts: list[str] = []
    opened: list[tuple[str, bool]] = []  # open elements: (name, is its language another than that of the book?)
    for part in _TAG.split(page):
        tag = re.match(r"<(/?)([a-zA-Z][\w-]*)", part)
        if part.startswith("<!--"):
            pass
        elif tag is None:
            if not any(other for _, other in opened):
                part = _RUN.sub(_marked, part)
        elif tag[1]:
            while opened and opened.pop()[0] != tag[2]:
                pass
        elif tag[2] not in ("script", "style", "svg", "textarea", *_VOID) and not part.endswith("/>"):
            own = re.search(r'\slang="([^"]*)"', part)
            opened.append((tag[2], own is not None and not own[1].startswith("en")))
            if _FOREIGN.search(part):
                part = re.sub(r'\stitle="[^"]*"', "", part)
        parts.append(part)
    return "".join(parts)


_MILESTONE = re.compile(
    r'<h[1-6]\b[^>]*>(?P<heading>.*?)</h[1-6]>|<div class="cb-scroll"[^>]*aria-label="(?P<label>[^"]*)"[^>]*>'
    r"|<figcaption>(?P<caption>.*?)</figcaption>|(?P<table><table\b.*?</table>)",
    re.DOTALL,
)


def name_tables(page: str) -> str:
    """Give each header cell a `scope`, and each table without a caption the name of what it belongs to.

    That is the label of the box that it scrolls in, the caption of its figure, or else the heading above
    it; the second table below the same heading is "..., table 2".
    """
    heading, label, caption = "", "", ""
    given: dict[str, int] = {}

    def step(found: re.Match) -> str:
        nonlocal heading, label, caption
        if found["heading"] is not None:
            heading, caption = _plain(found["heading"]), ""
        elif found["caption"] is not None:
            caption = _plain(found["caption"].split('<span class="cb-limit"')[0])
        elif found["label"] is not None:
            label = found["label"]
        else:
            own = label if label not in ("", "Table") else heading or "Table"
            if label == "Numbers of the figure" and caption:
                own = f"Numbers: {caption}"
            given[own] = given.get(own, 0) + 1
            name = own if given[own] == 1 else f"{own}, table {given[own]}"
            label = ""
            return _named(found["table"], name)
        return found[0]

    return _MILESTONE.sub(step, page)


def _plain(fragment: str) -> str:
    """Text of a heading without its tags and without the sign that links to it."""
    fragment = re.sub(r'<a class="headerlink".*?</a>', "", fragment, flags=re.DOTALL)
    return html.escape(" ".join(html.unescape(re.sub(r"<[^>]+>", "", fragment)).split()))


def _named(table: str, name: str) -> str:
    head, body, rest = table.partition("<tbody")
    table = _scoped(head, "col") + body + _scoped(rest, "row")
    opening = table[: table.index(">")]
    if "<caption" in table or "aria-label" in opening:
        return table
    return table.replace("<table", f'<table aria-label="{name}"', 1)


def _scoped(part: str, scope: str) -> str:
    def cell(found: re.Match) -> str:
        if "scope=" in found[0]:
            return found[0]
        spans = re.search(r'(?:col|row)span="([2-9]|\d\d)', found[0])
        return f'<th scope="{scope}{"group" * bool(spans)}"{found[1]}>'

    return re.sub(r"<th\b(?!ead)([^>]*)>", cell, part)
