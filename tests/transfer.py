"""What a first visit to a page of the built book transfers, told from its files, without a browser.

A page loads its HTML, the scripts, styles, icons and pictures that it names, and what the styles name. Text travels
as gzip makes it at level 6, as static hosts send it; fonts and bitmaps travel as they are. Of the fonts, those count
that hold a character of the page: an upper bound, since one of them may be for a weight that the page lacks.
tests/browser/test_pages.py sees that a browser asks for nothing else.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from claimbook.server import COMPRESSED

HEADERS = 200  # bytes of an answer that are not the file
LOADED = "link[rel~=stylesheet], link[rel~=icon], link[rel~=preload], script[src], img[src], source[src], iframe[src]"
SLANTED = "em, i:not(:empty), cite, .highlight, claim-quiz, claim-progress"  # what may ask for a font of italics


@cache
def weight(path: Path) -> int:
    """Bytes of an answer that holds a file, compressed where hosts compress."""
    content = path.read_bytes()
    return HEADERS + len(gzip.compress(content, compresslevel=6) if path.suffix in COMPRESSED else content)


@cache
def files(page: Path) -> frozenset[Path]:
    """The files that a page loads by itself, with its own.

    Args:
        page: an HTML file of the built book.

    Raises:
        FileNotFoundError: it names a file that isn't there.
        ValueError: it loads something from another host.
    """
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    named = [element.get("href") or element.get("src") for element in soup.select(LOADED)]
    found = {page} | {_local(address, page) for address in named if not address.startswith("data:")}
    for style in [path for path in found if path.suffix == ".css"]:
        found |= named_by_style(style, soup.get_text(), bool(soup.select(SLANTED)))
    return frozenset(found)


def named_by_style(style: Path, text: str, slanted: bool = True) -> set[Path]:
    """Pictures and styles that a style names, and its fonts for the characters of a text.

    Args:
        style: the file.
        text: all words of the page.
        slanted: whether some of them may stand in italics.
    """
    css, found = style.read_text(encoding="utf-8"), set()
    for face in re.findall(r"@font-face\s*{[^}]*}", css):
        css = css.replace(face, "")
        address = re.search(r"url\(([^)]*)\)", face)[1]  # the first: a browser takes the first format that it knows
        if _holds(face, text) and (slanted or "italic" not in face):
            found.add(_local(address, style))
    for address in re.findall(r"""@import\s+["']([^"']*)""", css):
        found |= {_local(address, style)} | named_by_style(_local(address, style), text, slanted)
    for address in re.findall(r"url\(([^)]*)\)", css):
        if not address.strip("\"' ").startswith(("data:", "#")):
            found.add(_local(address, style))
    return found


def _holds(face: str, text: str) -> bool:
    ranges = re.findall(r"U\+([0-9A-F]+)(?:-([0-9A-F]+))?", face, re.IGNORECASE)
    codes = {ord(letter) for letter in text}
    return not ranges or any(int(a, 16) <= code <= int(b or a, 16) for a, b in ranges for code in codes)


def _local(address: str, origin: Path) -> Path:
    parts = urlsplit(address.strip("\"' "))
    if parts.scheme or parts.netloc:
        raise ValueError(f"{origin.name} loads {address}, from another host")
    path = (origin.parent / unquote(parts.path)).resolve()
    if not path.is_file():
        raise FileNotFoundError(f"{origin.name} loads {address}, which isn't in the built book")
    return path


def transferred(page: Path) -> int:
    """Bytes that a first visit to a page transfers."""
    return sum(map(weight, files(page.resolve())))
