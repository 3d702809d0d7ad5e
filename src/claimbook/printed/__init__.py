"""The whole book as a PDF that looks like a book, from the pages of the built book."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from claimbook import building, yamlfile
from claimbook.content import CHAPTER_SLUGS, EDITION, REVIEWS, ContentError, root
from claimbook.printed import press
from claimbook.printed.convert import Book, Converter, label, literal, only_living_links, read_page, words
from claimbook.printed.quizzes import key, questions

# Pages of the table of contents that stay on the screen, and why.
NOT_PRINTED = {
    "chapters/progress": "it shows what a reader's browser keeps",
    "chapters/coverage": "it serves those who write the course",
    "chapters/architecture": "for contributors",
    "chapters/versions": "for contributors",
    "chapters/data": "it describes files; the data package carries the same description to a computer",
    "chapters/handing-in": "it is about files on a computer",
}
NOT_PRINTED_FOLDERS = {
    "exercises/": "programs, which nobody should type off paper",
    "chapters/teaching/": "for instructors, and it tells the answers",
}
TITLES = {"chapters/index": "The story"}  # on screen it is the front page, and bears the title of the book
KEY_TITLE = "Key to the quizzes"


def pages() -> list[str]:
    """The pages that are printed, in their order: those of `_toc.yml` but for what belongs on a screen."""
    return [
        page for page in building.pages() if page not in NOT_PRINTED and not page.startswith(tuple(NOT_PRINTED_FOLDERS))
    ]


def write_pdf(target: Path, built: Path, wanted: list[str] | None = None) -> None:
    """Typeset the book.

    Args:
        target: the PDF to write.
        built: folder of the built book, `_build/html`.
        wanted: pages (`chapters/06-energy-and-trade`); default: `pages()`.

    Raises:
        ContentError: the book is not built, or Typst refuses the text.
    """
    fonts = press.find_fonts()
    book = Book(wanted or pages(), quiz=None, languages=frozenset() if fonts.chinese else frozenset({"zh"}))
    body = only_living_links("\n".join([*(_page(page, built, book) for page in book.pages), _key(book)]), book)
    with tempfile.TemporaryDirectory() as folder:
        for name, svg in book.drawings.items():
            (Path(folder) / name).write_text(svg, encoding="utf-8")
        (Path(folder) / "book.typ").write_bytes((Path(__file__).parent / "book.typ").read_bytes())
        main = Path(folder) / "main.typ"
        main.write_text(_opening(fonts) + body, encoding="utf-8")
        press.compile_pdf(main, target, fonts)


def _page(page: str, built: Path, book: Book) -> str:
    path = built / f"{page}.html"
    if not path.is_file():
        raise ContentError(f"{path} does not exist: the PDF is made from the built book. Run `claimbook build` first.")
    article, drawings = read_page(path.read_text(encoding="utf-8"))
    converter = Converter(book, page, drawings)
    book.quiz = lambda number: questions(number, converter)
    heading = article.h1
    if heading is None:
        raise ContentError(f"{path} has no title. Give the page a heading of the first level.")
    number = CHAPTER_SLUGS.index(Path(page).name) + 1 if Path(page).name in CHAPTER_SLUGS else None
    for part in heading.select(".section-number, .headerlink"):
        part.decompose()
    title = TITLES.get(page) or heading.get_text().strip()
    if page in TITLES:
        for lead in article.select(".cb-lead, #the-story > h2"):
            lead.decompose()
    book.placed.add(label(page))
    opening = f"#chapter(number: {number or 'none'}, {words(title)[1:-1]})\n#place-of(<{label(page)}>);\n"
    return f"\n\n{opening}{converter.all(article)}\n"


def _key(book: Book) -> str:
    """The key to all quizzes of the printed pages."""
    names = {slug: number for number, (slug, _) in REVIEWS.items()} | {slug: slug[:2] for slug in CHAPTER_SLUGS}
    numbers = [names[Path(page).name] for page in book.pages if Path(page).name in names]
    if not numbers:
        return ""
    return f"\n\n#chapter({literal(KEY_TITLE)})\n#columns(2, gutter: 6mm)[{key(numbers, Converter(book, book.pages[0]))}]\n"


def _opening(fonts: press.Fonts) -> str:
    """Title page and imprint, from CITATION.cff."""
    cite = yamlfile.read(root() / "CITATION.cff")
    title, _, subtitle = cite["title"].partition(": ")
    authors = ", ".join(
        author.get("name") or f"{author['given-names']} {author['family-names']}" for author in cite["authors"]
    )
    day = date.fromisoformat(str(cite["date-released"]))
    imprint = "\n\n".join(
        words(line)
        for line in (
            f"Edition {EDITION}, released on {day.day} {day:%B %Y}. “At this edition” in the book means the month of the edition.",
            "Text and tables: Creative Commons Attribution 4.0 (CC BY 4.0). Code: MIT licence. The news text that the book reads is not ours.",
            f"How to cite: {authors} ({day.year}). {cite['title']}. Edition {EDITION}.",
            "This print is made from the pages of the same book on screen. There the quizzes answer at once, the charts have their numbers beside them, and the exercises run; "
            "here the exercises are named by their file. Code that only draws a chart is left out. In the PDF, titles of sources are links; "
            "on paper, the chapters “All sources” list each of them by publisher.",
            *([] if fonts.chinese else ["Set without a Chinese font: Chinese words are given in pinyin only."]),
        )
    )  # fmt: skip
    keywords = ", ".join(map(literal, cite["keywords"]))
    return (
        '#import "book.typ": *\n'
        f"#show: book.with(title: {literal(title)}, subtitle: {literal(subtitle[:1].upper() + subtitle[1:])}, "
        f"edition: {literal(EDITION)}, author: {literal(authors)}, keywords: ({keywords},), "
        f"date: datetime(year: {day.year}, month: {day.month}, day: {day.day}), "
        f"fonts: ({', '.join(map(literal, fonts.families))},), imprint: [{imprint}])\n\n"
    )
