"""XML for exports: elements from Python and from HTML, without white space that would show."""

from __future__ import annotations

import xml.etree.ElementTree as ET


def element(tag: str, attributes: dict | None = None, *children) -> ET.Element:
    """An element; children are elements, texts, or lists of both."""
    made = ET.Element(tag, {name: str(value) for name, value in (attributes or {}).items()})
    _add(made, children)
    return made


def _add(parent: ET.Element, children) -> None:
    for child in children:
        if isinstance(child, (list, tuple)):
            _add(parent, child)
        elif isinstance(child, ET.Element):
            parent.append(child)
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + str(child)
        else:
            parent.text = (parent.text or "") + str(child)


def from_html(html: str) -> list:
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
