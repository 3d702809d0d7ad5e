"""Print how long and how hard to read the prose of each chapter is, and its longest sentences.

    .venv/bin/python tools/report_prose.py [--longest N]

A report for authors, not a test: a long sentence may be a good one. The measure of reading level is LIX
(Björnsson 1968): words per sentence plus the percentage of words longer than six letters. Below 30 is very
easy, 40 to 50 the level of newspapers, above 60 very hard. It counts letters, so that it needs no guess
about syllables as Flesch's formulas do; names and legal terms raise it.
"""

import argparse
import re
from dataclasses import dataclass

from claimbook import notebooks
from claimbook.content import CHAPTER_SLUGS, root

WORD = re.compile(r"[^\W_]+(?:[-’'.,][^\W_]+)*")  # "full-scale", "China's", "1.2" and "2,803" are one word each
# Ends of sentences; no full stop after an initial, and none before a small letter that opens no quotation.
STOP = re.compile(r"(?<=[.!?])(?<!\b[A-Z]\.)[\"”)]*\s+(?=[\"“(]*[A-ZÀ-Þ0-9]|“)")


@dataclass(frozen=True)
class Measures:
    """Length and reading level of one text."""

    words: int
    sentences: int
    mean: float  # words in a sentence
    lix: float


def shown(markdown: str) -> str:
    """Words that a reader of the page sees: roles as they are shown; no code, citations or addresses."""
    text = re.sub(r"^(```+|:::+).*$|^:\w+:.*$", "", markdown, flags=re.M)  # the words inside an admonition stay
    text = re.sub(r"\s*\{cite(?::\w+)?\}`[^`]*`", "", text)
    text = re.sub(r"\{quote\}`P\dS\d:\s*([^`]*)`", r"“\1”", text)
    text = re.sub(r"\{glue:text\}`[^`]*`", "0", text)  # a computed number
    text = re.sub(r"\{\w+\}`([^`<]*?)\s*(?:<[^`]*>)?`", r"\1", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"https?://\S+|[*`]", "", text)


def words(text: str) -> list[str]:
    """Words of a text, hyphenated ones and numbers as one each."""
    return WORD.findall(text)


def sentences(markdown: str) -> list[str]:
    """Sentences of the running text: paragraphs and list items, without headings and tables."""
    found = []
    for block in re.split(r"\n\s*\n|\n(?=\s*(?:-|\d+\.) )", shown(markdown)):
        block = re.sub(r"^\s*(?:-|\d+\.)\s", "", " ".join(block.split()))
        if block and not block.startswith(("#", "|")):
            found += [part for part in STOP.split(block) if len(words(part)) > 1]
    return found


def measure(markdown: str) -> Measures:
    """Measures of the running text."""
    parts = sentences(markdown)
    found = [word for part in parts for word in words(part)]
    mean = len(found) / max(len(parts), 1)
    long = sum(len(word) > 6 for word in found) / max(len(found), 1)
    return Measures(len(found), len(parts), mean, mean + 100 * long)


def chapter_prose(slug: str) -> str:
    """Markdown of a chapter: what its authors wrote, without the sentences, tables and quiz that cells show."""
    cells = notebooks.read(root() / f"chapters/{slug}.ipynb").cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def main() -> int:
    """Print a line for each chapter, then the longest sentences of the book."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--longest", type=int, default=10, help="number of longest sentences to show (10)")
    options = parser.parse_args()
    print(f"{'chapter':<28}{'words':>6}{'sentences':>11}{'words each':>12}{'LIX':>5}")
    every = []
    for slug in CHAPTER_SLUGS:
        markdown = chapter_prose(slug)
        found = measure(markdown)
        print(f"{slug:<28}{found.words:>6}{found.sentences:>11}{found.mean:>12.1f}{found.lix:>5.0f}")
        every += [(len(words(part)), slug, part) for part in sentences(markdown)]
    for length, slug, part in sorted(every, reverse=True)[: options.longest]:
        print(f"\n{length} words, {slug}:\n{part}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
