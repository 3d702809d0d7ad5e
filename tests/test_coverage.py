"""Coverage: each rule finds the hole that is dug for it, and a hole stops the build unless a reason is given."""

from types import SimpleNamespace

import pytest

from claimbook import building, coverage, source, tables
from claimbook.content import ContentError

PARTS = (
    "chapters/08-the-warrant.ipynb", "chapters/08-the-warrant.quiz.yml", "exercises/08-the-warrant.ipynb",
    "chapters/teaching/08-the-warrant.md",
)  # fmt: skip


@pytest.fixture
def course(monkeypatch, tmp_path):
    """A course of one chapter, one sentence and one table, without a hole; tests dig one each."""
    item = SimpleNamespace(id="Q8.1", objective="O8.1", anchors=["P8S1"])
    task = SimpleNamespace(id="T8.1", objective="O8.1")
    chapter = coverage.Chapter("08-the-warrant", ["P8S1"], {"O8.1": "Count states."}, [item], [task])
    reviewed = SimpleNamespace(id="QR1.1", objective="O8.1", anchors=["P8S1"])
    made = SimpleNamespace(chapter=chapter, review=[reviewed], used={"icc": ["chapters/08-the-warrant"]}, table={})
    made.pages = []
    for path in PARTS:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).touch()
        made.pages.append(path.split(".")[0])
    monkeypatch.setattr(building, "pages", lambda: made.pages)
    monkeypatch.setattr(coverage, "CHAPTER_SLUGS", ("08-the-warrant",))
    monkeypatch.setattr(coverage, "root", lambda: tmp_path)
    monkeypatch.setattr(coverage, "chapters", lambda: {"08": made.chapter})
    monkeypatch.setattr(coverage, "reviews", lambda: {"R1": SimpleNamespace(items=made.review)})
    monkeypatch.setattr(coverage, "used_in", lambda table: made.used[table])
    monkeypatch.setattr(source, "sentence_rows", lambda: {"P8S1": {"chapters": "08"}})
    monkeypatch.setattr(tables, "names", lambda: ["icc"])
    monkeypatch.setattr(tables, "describe", lambda table: made.table)
    made.folder, made.item, made.task = tmp_path, item, task
    return made


def test_a_course_without_a_hole_passes(course):
    assert coverage.holes() == []
    coverage.check()


def sentence_without_item(course):
    course.item.anchors, course.review[0].anchors = [], []


def objective_without_item(course):
    course.chapter.objectives["O8.2"] = "Judge a number."


def item_with_a_stray_objective(course):
    course.chapter.items.append(replace_item(course.item, objective="O8.9"))


def task_with_a_stray_objective(course):
    course.task.objective = "O8.9"


def replace_item(item, **changes):
    return SimpleNamespace(**{**vars(item), **changes})


def chapter_without_notebook(course):
    (course.folder / "chapters/08-the-warrant.ipynb").unlink()


def teaching_page_out_of_the_table_of_contents(course):
    course.pages.remove("chapters/teaching/08-the-warrant")


def chapter_without_exercise(course):
    (course.folder / "exercises/08-the-warrant.ipynb").unlink()


def chapter_without_teaching_page(course):
    (course.folder / "chapters/teaching/08-the-warrant.md").unlink()


def table_without_use(course):
    course.used["icc"] = []


def review_with_an_unknown_objective(course):
    course.review.append(replace_item(course.review[0], id="QR1.2", objective="O8.9"))


@pytest.mark.parametrize(
    "dig, name, what",
    [
        (sentence_without_item, "P8S1", "no quiz item leans on this sentence"),
        (objective_without_item, "O8.2", "no quiz item tests this objective"),
        (item_with_a_stray_objective, "O8.9", "an item or task names this objective"),
        (task_with_a_stray_objective, "O8.9", "an item or task names this objective"),
        (chapter_without_notebook, "08-the-warrant", "no notebook: chapters/08-the-warrant.ipynb does not exist"),
        (chapter_without_exercise, "08-the-warrant", "no exercise"),
        (chapter_without_teaching_page, "08-the-warrant", "no teaching page"),
        (teaching_page_out_of_the_table_of_contents, "08-the-warrant", "its teaching page is not in _toc.yml"),
        (table_without_use, "icc", "no chapter or exercise uses this table"),
        (review_with_an_unknown_objective, "O8.9", "QR1.2 names this objective"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_hole_is_found_and_stops_the_build_unless_waived(course, dig, name, what):
    dig(course)
    assert [(found, why[: len(what)]) for found, why in coverage.holes()] == [(name, what)]
    with pytest.raises(ContentError, match=f"{name}: {what}"):
        coverage.check()
    coverage.check(excused={name: "A reason."})


def test_a_table_for_looking_up_needs_no_page(course):
    table_without_use(course)
    course.table["reference"] = "the glossary is made from it"
    assert coverage.holes() == []


def test_a_review_may_ask_about_a_chapter_that_is_not_written(course):
    course.review.append(replace_item(course.review[0], id="QR1.2", objective="O9.1"))
    assert coverage.holes() == []


@pytest.mark.parametrize(
    "excused, says",
    [({"P1S1": "A reason."}, "P1S1: waived, but there is no such hole"), ({"P8S1": " "}, "the waiver gives no reason")],
)
def test_a_waiver_needs_a_hole_and_a_reason(excused, says):
    with pytest.raises(ContentError, match=says):
        coverage.check([("P8S1", "no quiz item leans on this sentence")] if "P8S1" in excused else [], excused)


def test_the_course_has_no_hole():
    coverage.check()


def test_an_objective_is_read_to_its_end():
    prose = "- **O9.1** Count trips.\n- **O9.2** Distinguish four states: signed, voted\n  for, in force.\n\n**Time:** 60 minutes"
    assert [words for _, words in coverage.OBJECTIVE.findall(prose)] == [
        "Count trips.", "Distinguish four states: signed, voted\n  for, in force.",
    ]  # fmt: skip
