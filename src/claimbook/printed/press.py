"""Typst: from markup to PDF, with fonts that are sure to have the letters of the book."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path

from claimbook.content import ContentError

LATIN = "Libertinus Serif"  # travels inside Typst; has Cyrillic
# The font package of the extra `dist`; else what systems commonly have.
CHINESE_PACKAGE = "pylopdf_fonts_zh_cn"
CHINESE = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "Songti SC", "SimSun")


@dataclass(frozen=True)
class Fonts:
    """Families to set text in, in the order in which Typst looks for a letter, and folders to find them in."""

    families: tuple[str, ...]
    folders: tuple[str, ...]
    chinese: bool


def find_fonts() -> Fonts:
    """Fonts for Latin, Cyrillic and, if one is found, Chinese; says so on stderr if none is."""
    import typst

    package = importlib.util.find_spec(CHINESE_PACKAGE)
    folders = tuple(package.submodule_search_locations or ()) if package else ()
    known = set(typst.Fonts(include_system_fonts=not folders, font_paths=list(folders)).families())
    chinese = [family for family in CHINESE if family in known][:1]
    if not chinese:
        print(
            "claimbook: no Chinese font was found, so the PDF gives Chinese words in pinyin only.\n"
            "Install one with the tools for this command: pip install 'claimbook[dist]'.",
            file=sys.stderr,
        )
    return Fonts((LATIN, *chinese), folders, bool(chinese))


def compile_pdf(main: Path, target: Path, fonts: Fonts) -> None:
    """Typeset `main` into `target` as a tagged PDF.

    Raises:
        ContentError: Typst refuses the text; its message is passed on.
    """
    import typst

    try:
        pdf = typst.compile(
            str(main),
            format="pdf",
            font_paths=list(fonts.folders),
            ignore_system_fonts=bool(fonts.folders),  # the same letters, and the same bytes, on every machine
            pdf_standards=["ua-1"],  # tagged, so that a screen reader can read it
        )
    except Exception as error:
        raise ContentError(
            f"The PDF could not be typeset: {error}. Please report this: it is a fault of claimbook.printed."
        ) from None
    target.write_bytes(pdf)
