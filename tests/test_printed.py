"""The printed book: complete, readable, and with a letter for every character."""

import io
import re

import pytest
from pypdf import PdfReader

from claimbook import printed
from claimbook.content import CHAPTER_SLUGS, REVIEWS, ContentError, root
from claimbook.printed import press
from claimbook.printed.convert import Book, Converter, label, only_living_links, read_page
from claimbook.printed.tables import table
from claimbook.questions import load_quiz
from claimbook.rendering import plain_text

pytestmark = pytest.mark.xdist_group("printed")  # one worker sets the PDF

QUIZZES = [slug[:2] for slug in CHAPTER_SLUGS] + list(REVIEWS)


def squeezed(text):
    """Text without white space, hyphens and marks: what lines and columns can't change."""
    return re.sub(r"[\W_]+", "", text)


@pytest.fixture(scope="module")
def pdf(built, tmp_path_factory):
    target = tmp_path_factory.mktemp("print") / "book.pdf"
    printed.write_pdf(target, built)
    return PdfReader(target)


@pytest.fixture(scope="module")
def text(pdf):
    return [page.extract_text() for page in pdf.pages]


@pytest.fixture(scope="module")
def chapters(pdf):
    """Title -> first page, from the bookmarks."""
    tops = [entry for entry in pdf.outline if not isinstance(entry, list)]
    return {entry.title.replace("\xa0", " "): pdf.get_destination_page_number(entry) for entry in tops}


def test_the_title_page_names_the_book_and_its_edition(pdf, text):
    assert pdf.metadata.title == "Beijing, October 2023: One news story, claim by claim"
    assert "Edition 2026.11" in text[0] and "How to cite" in text[1]


def test_the_contents_list_every_chapter_with_its_page(text, chapters):
    names = [name for name in chapters if re.match(r"\d+ ", name)]
    assert [int(name.split()[0]) for name in names] == list(range(1, len(CHAPTER_SLUGS) + 1))
    contents = text[2].replace("\xa0", " ")
    for name, page in chapters.items():
        assert re.search(rf"{re.escape(name)}[ .\n]*{page + 1}\b", re.sub(r" +", " ", contents)), name


def test_chapters_begin_on_pages_of_their_own(text, chapters):
    for name, page in chapters.items():
        words = re.sub(r"^\d+ +", "", name)
        assert squeezed(text[page]).startswith((squeezed(name), squeezed(words))), name


def test_every_page_has_a_number(text):
    for number, words in enumerate(text[3:], 4):
        assert re.search(rf"\b{number}\b", words), f"page {number}"


def test_every_question_stands_in_the_book_and_its_answer_behind_all_of_them(text, chapters):
    key = chapters[printed.KEY_TITLE]
    asked, told = squeezed("".join(text[:key])), squeezed("".join(text[key:]))
    # A page break puts a running head and a number into a question, so its ends are looked for.
    for item in (item for quiz in QUIZZES for item in load_quiz(quiz).items):
        first = squeezed(plain_text(item.stem.split("\n\n")[0]))
        assert first[:40] in asked, item.id
        assert squeezed(item.id) in told, item.id


def test_all_that_a_question_offers_stands_below_it(text, chapters):
    asked = squeezed("".join(text[: chapters[printed.KEY_TITLE]]))
    for item in (item for quiz in QUIZZES for item in load_quiz(quiz).items):
        match item.kind:
            case "single" | "multiple":
                offered = [option.text for option in item.options]
            case "order":
                offered = [step.text for step in item.items]
            case "match":
                offered = [words for pair in item.pairs for words in (pair.left, pair.right)]
            case _:
                offered = []
        for words in offered:
            assert squeezed(plain_text(words))[:30] in asked, f"{item.id}: {words}"


def test_words_of_all_three_scripts_can_be_read_back(text):
    whole = "".join(text)
    for word in ("воздержание", "Владимир", "弃权", "习近平", "qìquán"):
        assert word in whole, word


def test_every_character_has_a_letter_in_the_fonts(text):
    for number, words in enumerate(text, 1):
        assert "\x00" not in words, f"page {number} has a character that no font of the book can draw: {words[:200]!r}"


def test_a_chart_that_the_text_asks_to_explore_says_where_that_can_be_done(text):
    told = squeezed("".join(text)).count(squeezed("To explore this chart, open it in the web edition"))
    asked = sum(path.read_text().count("Explore the ") for path in (root() / "chapters").glob("*.ipynb"))
    assert told == asked > 0


def test_figures_have_a_caption_and_a_limit(text):
    whole = squeezed("".join(text))
    drawn = re.findall(r"Figure(\d+)", whole)
    assert len(set(drawn)) >= 11
    assert whole.count(squeezed("What this cannot show:")) >= 11


def test_the_same_pages_give_the_same_bytes(built, tmp_path):
    for name in ("a.pdf", "b.pdf"):
        printed.write_pdf(tmp_path / name, built, ["chapters/08-the-warrant"])
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()


def test_without_a_chinese_font_words_are_in_pinyin_and_the_user_is_told(built, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(press, "CHINESE_PACKAGE", "no_such_font_package")
    monkeypatch.setattr(press, "CHINESE", ())
    printed.write_pdf(tmp_path / "book.pdf", built, ["chapters/glossary"])
    assert "no Chinese font" in capsys.readouterr().err
    words = "".join(page.extract_text() for page in PdfReader(tmp_path / "book.pdf").pages)
    assert "qìquán" in words and "弃权" not in words and "\x00" not in words


def test_pages_that_belong_on_a_screen_are_left_out():
    found = printed.pages()
    assert "chapters/06-energy-and-trade" in found and "chapters/review-2" in found and "chapters/sources" in found
    assert not [page for page in found if page.startswith(("exercises/", "chapters/teaching/"))]
    assert not set(found) & set(printed.NOT_PRINTED)


def test_a_missing_page_says_what_to_do(tmp_path):
    with pytest.raises(ContentError, match="claimbook build"):
        printed.write_pdf(tmp_path / "book.pdf", tmp_path)


def converted(html, pages=("chapters/a",)):
    book = Book(list(pages), quiz=None)
    body = Converter(book, "chapters/a").html(html)
    return only_living_links(body, book)


@pytest.mark.parametrize(
    "odd", ['#let x = "a"', "*no* _no_ $1 `code` @x <y> [z] \\ // = - + ~", "1. no list", "a“b”c’d"]
)
def test_text_is_never_taken_for_markup(odd, tmp_path):
    from html import escape

    main = tmp_path / "main.typ"
    main.write_text('#set document(title: "x")\n' + converted(f"<p>{escape(odd)}</p>").strip(), encoding="utf-8")
    press.compile_pdf(main, tmp_path / "odd.pdf", press.find_fonts())
    words = PdfReader(io.BytesIO((tmp_path / "odd.pdf").read_bytes())).pages[0].extract_text()
    assert words.split() == odd.split()


def test_a_link_to_a_page_that_is_not_printed_becomes_words():
    assert "#link" not in converted('<p><a href="teaching/index.html">Teach</a></p>')
    assert "#unlinked[" in converted('<p><a href="#nowhere">Teach</a></p>')
    assert f"#to(<{label('chapters/a', 'x')}>)" in converted('<p id="x"><a href="#x">There</a></p>')


def test_an_exercise_is_named_by_its_file():
    link = '<a href="../exercises/06-x.html"><span class="std std-doc">Open</span></a>'
    assert "exercises/06-x.ipynb" in converted(f"<p>{link}</p>")


def test_a_wide_table_is_held_to_the_width_of_the_page():
    from bs4 import BeautifulSoup

    def columns(cell):
        row = f"<tr>{f'<td>{cell}</td>' * 6}</tr>"
        return table(BeautifulSoup(f"<table>{row}</table>", "html.parser").table, lambda node: "x")

    assert "auto" in columns("short") and "fr" not in columns("short").split("align")[0]
    assert "fr" in columns("a much longer cell that takes more than a line") and "auto" not in columns("a " * 60)


def test_a_page_without_an_article_is_refused():
    with pytest.raises(ContentError, match="no article"):
        read_page("<html></html>")
