"""XML for exports: elements from Python and from HTML, without white space that would show."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence

Content = ET.Element | str | int | Sequence["Content"]  # what an element may hold


def element(tag: str, attributes: Mapping[str, object] | None = None, *children: Content) -> ET.Element:
    """An element; children are elements, texts, numbers, or lists of them."""
    made = ET.Element(tag, {name: str(value) for name, value in (attributes or {}).items()})
    _add(made, children)
    return made


def _add(parent: ET.Element, children: Sequence[Content]) -> None:
    for child in children:
        if isinstance(child, (list, tuple)):
            _add(parent, child)
        elif isinstance(child, ET.Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + str(child)
        else:
            parent.text = (parent.text or "") + str(child)


def from_html(html: str) -> list[str | ET.Element]:
    """HTML of the bank as texts and elements. The bank's Markdown gives well-formed HTML only."""
    whole = ET.fromstring(f"<div>{html}</div>")
    parts: list[str | ET.Element] = [whole.text or ""]
    for child in list(whole):
        tail, child.tail = child.tail, None
        parts += [child, tail or ""]
    return [part for part in parts if not isinstance(part, str) or part]


def to_bytes(top: ET.Element) -> bytes:
    """The document as UTF-8, with a declaration."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="utf-8") + b"\n"
