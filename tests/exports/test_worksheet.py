"""The worksheet asks everything and tells nothing; the key tells everything."""

import io
import re

import pytest
from pypdf import PdfReader

from claimbook.exports import worksheet

from .bank import ITEMS, QUIZZES, key, reasons, said


def squeezed(text):
    """Text without white space, hyphens and marks: what lines and columns can't change."""
    return re.sub(r"[\W_]+", "", text)


@pytest.fixture(scope="module")
def pdfs():
    return {name: PdfReader(io.BytesIO(data)) for name, data in worksheet.write(QUIZZES).items()}


@pytest.fixture(scope="module")
def texts(pdfs):
    """Words of both files, without what stands at the foot of pages."""
    return {
        name: squeezed(
            "".join(re.sub(r"Beijing, October 2023, edition.*", "", page.extract_text()) for page in pdf.pages)
        )
        for name, pdf in pdfs.items()
    }


@pytest.mark.parametrize("name", ITEMS)
def test_questions_are_on_the_sheet_and_reasons_in_the_key_only(texts, name):
    item, sheet, answers = ITEMS[name], texts["worksheet.pdf"], texts["worksheet-key.pdf"]
    assert squeezed(said(item.stem.replace("\n- ", "\n"))) in sheet
    for why in reasons(item):
        assert squeezed(why) in answers and squeezed(why) not in sheet
    if item.kind in ("single", "multiple"):
        assert all(squeezed(text) in sheet for text, _ in key(item))
    if item.kind == "order":
        steps = [squeezed(text) for text in key(item)]
        assert all(step in sheet for step in steps) and "".join(steps) not in sheet


def test_right_answers_in_the_key_are_those_of_the_bank(texts):
    for item in ITEMS.values():
        if item.kind in ("single", "multiple"):
            letters = "".join("ABCDEFGH"[n] for n, option in enumerate(item.options) if option.correct)
            assert squeezed(item.id) + letters in texts["worksheet-key.pdf"], item.id


@pytest.mark.parametrize("name", ["worksheet.pdf", "worksheet-key.pdf"])
def test_the_pdfs_are_tagged_have_a_title_a_language_and_page_numbers(pdfs, name):
    pdf = pdfs[name]
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"] and pdf.trailer["/Root"]["/Lang"].startswith("en")
    assert pdf.metadata.title.startswith("Beijing, October 2023: ")
    for number, page in enumerate(pdf.pages, 1):
        assert f"{number} / {len(pdf.pages)}" in page.extract_text()


def test_no_letter_is_missing_in_the_fonts(pdfs):
    assert all("\ufffd" not in page.extract_text() for pdf in pdfs.values() for page in pdf.pages)


def test_the_sentences_that_questions_lean_on_stand_above_them(texts):
    assert texts["worksheet.pdf"].index("P8S2Thewarrantwasrelatedto") < texts["worksheet.pdf"].index("Q81Which")
