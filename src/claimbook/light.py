"""Keep pages light: what the theme and other extensions load, less what the page at hand has no use for."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

# On no page of this book.
UNUSED = (
    "fontawesome", "thebe", "sphinx-thebe", "togglebutton", "sphinx-design", "design-tabs", "require", "embed-amd",
)  # fmt: skip
# Only where the text on the left stands in the page.
NEEDED_BY = {
    'class="highlight': ("clipboard", "copybutton", "pygments"),
    'class="cell': ("mystnb",),
}
# Scripts in the page ask this one at once; all others may run when the page has been read.
AT_ONCE = "documentation_options"
# The theme's icon font: book.css draws the dozen icons that the book shows, so the font and its 1,900 rules can go.
_ICON_FACE = re.compile(r"@font-face\{[^{}]*(?:Font ?Awesome)[^{}]*\}")
_ICON_RULE = re.compile(r'(?<![^};/])(?:\.fa-[\w-]+:before,?)+\{content:"[^"]*"\}')
ICON_FILES = ("scripts/fontawesome.js*", "vendor/fontawesome")


def used(files: list, body: str) -> list:
    """The scripts or styles that a page needs, in their order.

    Args:
        files: what Sphinx would have the page load.
        body: HTML of the page's text.
    """
    useless = UNUSED + sum((names for mark, names in NEEDED_BY.items() if mark not in body), ())
    return [file for file in files if not any(name in str(file) for name in useless)]


def deferred(scripts: list) -> list:
    """The same scripts, where those of files run, in their order, when the page has been read: it is shown before that.

    Args:
        scripts: as Sphinx holds them; it gives the same ones to every page, so they are copied, not changed.
    """
    return [
        type(script)(script.filename, priority=script.priority, **script.attributes, defer="defer")
        if script.filename and AT_ONCE not in str(script.filename) and not {"async", "defer"} & set(script.attributes)
        else script
        for script in scripts
    ]


def without_icons(css: str) -> str:
    """A style without the theme's icon font and the rules that pick its signs."""
    return _ICON_RULE.sub("", _ICON_FACE.sub("", css))


def strip_theme(static: Path) -> None:
    """Take the theme's icon font out of a built book's `_static`, where it is still there."""
    style = static / "styles/pydata-sphinx-theme.css"
    css = style.read_text(encoding="utf-8")
    if (lighter := without_icons(css)) != css:
        style.write_text(lighter, encoding="utf-8")
    for pattern in ICON_FILES:
        for path in static.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
