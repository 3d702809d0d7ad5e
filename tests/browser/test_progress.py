"""My progress: judged anew from what the browser keeps; a file out and in again; nothing that is not the reader's."""

import json
from collections import Counter

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook.checking import check
from claimbook.content import BOOK, EDITION, root
from claimbook.display import GOLDEN, RESULT_MIME
from claimbook.questions import load_quiz
from claimbook.tables import load
from claimbook.tasks import load_exercise

from .test_pages import serious

PAGE = "chapters/progress.html"
KEY = f"claimbook:{EDITION}:quiz:08"
PERSONS = load("icc_warrants")["person"].nunique()
TASKS = sum(len(load_exercise(path.name[:2]).tasks) for path in (root() / "exercises").glob("*.tasks.yml"))


def notebook(folder, change=lambda bundle: bundle, **answers):
    """A student's copy of exercise 08 as Jupyter saves it after the checks of some answers; its path."""
    book = nbformat.read(root() / "exercises/08-the-warrant.ipynb", as_version=4)
    for cell in book.cells:
        task = cell.metadata.get("nbgrader", {}).get("grade_id", "").replace("check-T8-", "T8.")
        if task in answers:
            with pytest.MonkeyPatch.context() as patch:
                patch.delenv(GOLDEN, raising=False)
                bundle = change(check(task, answers[task])._repr_mimebundle_())
            cell.outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1)]
    path = folder / "my copy.ipynb"
    nbformat.write(book, path)
    return path


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
    assert go(page, book).startswith(f"1 of {total} questions answered, 1 correct, 1 at the first try.")
    assert "1 of" in page.get_by_role("row", name="8 The warrant").inner_text()
    page.get_by_text("By objective", exact=True).click()
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
    page.set_input_files("#cbp-notebooks", notebook(tmp_path, **{"T8.1": PERSONS}))
    page.get_by_text("Exercise 08 was read").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my progress").click()
    download.value.save_as(tmp_path / "mine.json")
    saved = json.loads((tmp_path / "mine.json").read_text())
    assert (
        saved["edition"] == EDITION
        and list(saved["quizzes"]) == ["08"]
        and saved["exercises"] == {"08": {"T8.1": "correct"}}
    )
    fresh = visit(PAGE)
    assert first_line(fresh).startswith("0 of")
    fresh.set_input_files("#cbp-file", tmp_path / "mine.json")
    fresh.get_by_text("1 answer was taken in; 1 results of tasks as well.").wait_for()
    assert first_line(fresh).startswith("1 of") and f"1 of {TASKS} tasks" in first_line(fresh)


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


def test_clearing_asks_once_and_clears_all(visit, book, tmp_path):
    page = answer_one(visit)
    go(page, book)
    page.set_input_files("#cbp-notebooks", notebook(tmp_path, **{"T8.1": PERSONS}))
    page.get_by_text("Exercise 08 was read").wait_for()
    page.get_by_role("button", name="Clear everything").click()
    assert first_line(page).startswith("1 of"), "nothing is gone before the second click"
    page.get_by_role("button", name="Yes, clear everything").click()
    assert first_line(page).startswith("0 of") and f"0 of {TASKS} tasks" in first_line(page)
    assert page.evaluate("localStorage.length") == 0 or KEY not in page.evaluate("Object.keys(localStorage)")


def test_it_all_works_from_a_folder_without_a_server(chromium, book, tmp_path):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"file://{root() / '_build/html/chapters/08-the-warrant.html'}")
    page.wait_for_selector("claim-quiz .cbq-item")
    item = next(item for item in load_quiz("08").items if item.kind == "single")
    form = page.locator(f'[data-item="{item.id}"]')
    form.locator("input").first.check()
    form.locator("button[type=submit]").click()
    page.goto(f"file://{root() / '_build/html' / PAGE}")
    assert first_line(page).startswith("1 of")
    page.set_input_files("#cbp-notebooks", notebook(tmp_path, **{"T8.1": PERSONS}))
    page.get_by_text("Exercise 08 was read").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my progress").click()
    assert json.loads(download.value.path().read_text())["exercises"] == {"08": {"T8.1": "correct"}}
    context.close()


def test_an_opened_notebook_shows_up_by_chapter_by_objective_and_task_by_task(visit, tmp_path):
    page = visit(PAGE)
    first_line(page)
    answers = {"T8.1": PERSONS, "T8.2": ["nobody"], "T8.3": ..., "T8.8": "A court issued it."}
    page.set_input_files("#cbp-notebooks", notebook(tmp_path, **answers))
    page.get_by_text("Exercise 08 was read: 2 of 8 tasks done.").wait_for()
    for _ in range(2):
        assert f"2 of {TASKS} tasks of exercises done" in first_line(page)
        assert page.get_by_role("row", name="8 The warrant").locator("td").last.inner_text() == "2 of 8"
        page.get_by_text("By objective", exact=True).click()
        page.get_by_text("Task by task", exact=True).click()
        objective = load_exercise("08").tasks[0].objective
        size = Counter(task.objective for task in load_exercise("08").tasks)[objective]
        row = (
            page.get_by_role("table", name="Progress by objective").get_by_role("row").filter(has_text=objective).first
        )
        assert row.locator("td").last.inner_text() in (f"1 of {size}", f"2 of {size}")
        said = page.get_by_role("table", name="task by task").get_by_role("row").all_inner_texts()[1:]
        assert [line.split("\t")[-1] for line in said] == ["✓ Correct", "✗ Not right", "○ Not answered", "✎ Written"]
        page.reload()
    assert page.foreign == [] and page.complaints == []


def test_a_notebook_opened_again_replaces_what_it_said_before(visit, tmp_path):
    page = visit(PAGE)
    first_line(page)
    for answer, done in ((0, 0), (PERSONS, 1)):
        page.set_input_files("#cbp-notebooks", notebook(tmp_path, **{"T8.1": answer}))
        page.get_by_text(f"Exercise 08 was read: {done} of 8 tasks done.").wait_for()


def noted(**changes):
    return lambda bundle: {**bundle, RESULT_MIME: {**bundle[RESULT_MIME], **changes}}


EVIL = "<img src=x onerror=\"document.title='owned'\">"


@pytest.mark.parametrize(
    "change, said",
    [
        (noted(book="another"), "another course"),
        (noted(edition="2031.01"), "checked with edition 2031.01"),
        (noted(edition=EVIL), "checked with edition <img src=x"),
        (noted(results={"T99.1": "correct"}), "belong to no task"),
        (noted(results={"T8.1": EVIL, "T8.2": ["correct"], "__proto__": {"T8.1": "correct"}}), "belong to no task"),
        (noted(results=[["T8.1", "correct"]]), "belong to no task"),
        (noted(results=None), "belong to no task"),
        (lambda bundle: {"text/plain": bundle["text/plain"]}, "No check in this notebook has been run"),
    ],
)
def test_a_notebook_that_says_nothing_about_this_book_is_refused_in_plain_words(visit, tmp_path, change, said):
    page = visit(PAGE)
    first_line(page)
    page.set_input_files("#cbp-notebooks", notebook(tmp_path, change, **{"T8.1": PERSONS}))
    page.locator(".cbp-said", has_text=said).wait_for()
    assert f"0 of {TASKS} tasks" in first_line(page)
    assert page.title() != "owned" and page.locator("main img").count() == 0 and page.complaints == []


@pytest.mark.parametrize(
    "content, said",
    [
        ("%PDF", "it is not JSON"),
        ('{"nbformat": 4}', "no cells"),
        ('{"nbformat": 3, "worksheets": []}', "no cells"),
        ('{"nbformat": 4, "cells": [null, 3, {"cell_type": "code", "outputs": "x"}, {"cell_type": "code", "metadata": 1}]}', "no exercise"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "outputs": [null, {"data": []}, {"data": {"text/plain": "T8.1: correct"}}]}]}', "no exercise"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_exercise_is_refused_in_plain_words(visit, tmp_path, content, said):
    (tmp_path / "x.ipynb").write_text(content)
    page = visit(PAGE)
    first_line(page)
    page.set_input_files("#cbp-notebooks", tmp_path / "x.ipynb")
    page.locator(".cbp-said", has_text=said).wait_for()
    assert page.complaints == []


@pytest.mark.parametrize("stored", ['{"08": {"T8.1": 7}}', '{"08": ["correct"]}', "[]", "null", '{"08": true}', "junk"])
def test_whatever_is_stored_about_exercises_is_harmless(visit, stored):
    page = visit(PAGE)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [f"{BOOK}:{EDITION}:exercises", stored])
    page.reload()
    assert f"0 of {TASKS} tasks" in first_line(page) and page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_filled_page_is_accessible(visit, book, scheme, tmp_path):
    page = visit(PAGE, scheme=scheme)
    first_line(page)
    page.set_input_files("#cbp-notebooks", notebook(tmp_path, **{"T8.1": PERSONS, "T8.2": 3}))
    page.get_by_text("Exercise 08 was read").wait_for()
    for summary in page.locator("claim-progress summary").all():
        summary.click()
    assert serious(Axe().run(page)) == []


def test_without_scripts_the_page_says_why_it_is_empty(visit):
    assert "needs JavaScript" in visit(PAGE, scripts=False).locator("claim-progress").inner_text()
