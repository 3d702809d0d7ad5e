"""My progress: judged anew from what the browser keeps; a file out and in again; nothing that is not the reader's."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook.content import EDITION, root
from claimbook.questions import load_quiz

from .test_pages import serious

PAGE = "chapters/progress.html"
KEY = f"claimbook:{EDITION}:quiz:08"


def first_line(page):
    page.wait_for_selector("claim-progress table")
    return page.locator("claim-progress p").first.inner_text()


def answer_one(visit, right=True):
    """Answer the first single-choice item of chapter 8; returns the page."""
    page = visit("chapters/08-the-warrant.html")
    item = next(item for item in load_quiz("08").items if item.kind == "single")
    choice = next(n for n, option in enumerate(item.options) if option.correct is right)
    form = page.locator(f'[data-item="{item.id}"]')
    form.locator("input").nth(choice).check()
    form.locator("button[type=submit]").click()
    return page


def go(page, book):
    page.goto(book + PAGE)
    return first_line(page)


def test_an_answer_shows_up_by_chapter_and_by_objective(visit, book):
    page = answer_one(visit)
    quizzes = [path.name.removesuffix(".quiz.yml") for path in (root() / "chapters").glob("*.quiz.yml")]
    total = sum(len(load_quiz(name).items) for name in quizzes)
    assert go(page, book) == f"1 of {total} questions answered, 1 correct, 1 at the first try."
    assert "1 of" in page.get_by_role("row", name="8 The warrant").inner_text()
    page.locator("claim-progress summary").click()
    assert page.locator("claim-progress details tbody tr", has_text="1 of").count() == 1


def test_a_stored_correct_is_not_believed(visit, book):
    page = answer_one(visit, right=False)
    page.evaluate(
        "key => { const r = JSON.parse(localStorage[key]); for (const k in r) r[k].ok = true; localStorage[key] = JSON.stringify(r); }",
        KEY,
    )
    assert "0 correct" in go(page, book)


def test_a_saved_file_brings_everything_to_a_fresh_browser(visit, book, tmp_path):
    page = answer_one(visit)
    go(page, book)
    page.get_by_label("Exercise 08 is done").check()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my answers").click()
    download.value.save_as(tmp_path / "mine.json")
    saved = json.loads((tmp_path / "mine.json").read_text())
    assert saved["edition"] == EDITION and list(saved["quizzes"]) == ["08"] and saved["exercises"] == {"08": True}
    fresh = visit(PAGE)
    assert first_line(fresh).startswith("0 of")
    fresh.set_input_files("#cbp-file", tmp_path / "mine.json")
    fresh.get_by_text("1 answers were taken in.").wait_for()
    assert first_line(fresh).startswith("1 of") and fresh.get_by_label("Exercise 08 is done").is_checked()


@pytest.mark.parametrize(
    "content, said",
    [
        ("no json", "not JSON"),
        ("[]", "no export"),
        ('{"book": "other", "quizzes": {}}', "no export"),
        (
            '{"book": "claimbook", "edition": "1", "quizzes": {"08": {"Q8.1": "junk", "__proto__": {"n": 1}}}}',
            "older questions left out",
        ),
        ('{"book": "claimbook", "quizzes": null}', "no export"),
    ],
)
def test_a_strange_file_is_refused_in_plain_words(visit, tmp_path, content, said):
    (tmp_path / "x.json").write_text(content)
    page = visit(PAGE)
    first_line(page)
    page.set_input_files("#cbp-file", tmp_path / "x.json")
    page.locator(".cbp-said", has_text=said).wait_for()
    assert first_line(page).startswith("0 of") and page.complaints == []


def test_clearing_asks_once_and_clears_all(visit, book):
    page = answer_one(visit)
    go(page, book)
    page.get_by_role("button", name="Clear everything").click()
    assert first_line(page).startswith("1 of"), "nothing is gone before the second click"
    page.get_by_role("button", name="Yes, clear all answers").click()
    assert first_line(page).startswith("0 of")
    assert page.evaluate("localStorage.length") == 0 or KEY not in page.evaluate("Object.keys(localStorage)")


def test_the_page_works_from_a_file(chromium, book):
    page = chromium.new_page()
    page.goto(f"file://{root() / '_build/html' / PAGE}")
    assert "questions answered" in first_line(page)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_filled_page_is_accessible(visit, book, scheme):
    page = visit(PAGE, scheme=scheme)
    first_line(page)
    page.locator("claim-progress summary").click()
    assert serious(Axe().run(page)) == []


def test_without_scripts_the_page_says_why_it_is_empty(visit):
    assert "needs JavaScript" in visit(PAGE, scripts=False).locator("claim-progress").inner_text()
