"""From bytes to a report: right answers count however they came about, broken files get a reason."""

import json
import subprocess
import sys

import pytest

from claimbook.content import EDITION, root
from claimbook.grading import engine
from claimbook.grading.engine import Pool, grade_all, grade_bytes
from claimbook.grading.program import read_program
from claimbook.grading.submissions import Submission
from claimbook.questions import load_quiz
from claimbook.rendering import key_hash

from .conftest import NUMBER, QUICK, notebook

RIGHT = "from claimbook import check, load\nn_persons = load('icc_warrants')['person'].nunique()"
CHECK = ("check('T8.1', n_persons)", "check-T8-1")


def graded(data, sandbox, path="anna.ipynb"):
    return grade_bytes(Submission("Anna", path, data), sandbox)


def first(report):
    return report.tasks[0].status


def test_right_answers_get_all_automatic_points(solved, sandbox):
    report = graded(solved, sandbox)
    assert not report.problem and report.status == "finished" and not report.errors
    assert [t.status for t in report.tasks if t.status != "recorded"] == ["correct"] * (len(report.tasks) - 1)
    assert report.tasks[-1].points is None and report.tasks[-1].text


def test_the_untouched_starter_is_not_attempted(starter, sandbox):
    report = graded(json.dumps(starter).encode(), sandbox)
    assert {t.status for t in report.tasks} == {"not attempted"} and not report.errors


def test_no_feedback_holds_an_expected_value(solved, sandbox):
    report = graded(notebook("n_persons = 1", CHECK), sandbox)
    assert "6" not in report.tasks[0].reason


def test_an_answer_is_read_where_its_task_is_checked(sandbox):
    assert first(graded(notebook(RIGHT, CHECK, "n_persons = 'used for something else'"), sandbox)) == "correct"


def test_a_deleted_check_cell_does_not_cost_the_answer(sandbox):
    report = graded(notebook(RIGHT, ("check('T8.2', 1)", "check-T8-2")), sandbox)
    assert first(report) == "correct" and any("T8.1 is gone" in note for note in report.notes)


def test_reordered_and_repeated_cells_count_as_they_run(sandbox):
    assert first(graded(notebook(CHECK, RIGHT, CHECK), sandbox)) == "correct"


def test_a_failing_cell_does_not_stop_the_next(sandbox):
    report = graded(notebook("1/0", RIGHT, CHECK), sandbox)
    assert first(report) == "correct" and report.errors == ["Code cell 1: ZeroDivisionError: division by zero"]


def test_cells_run_as_in_jupyter(sandbox):
    assert (
        first(graded(notebook("%time x = 1", RIGHT, "await __import__('asyncio').sleep(0)", CHECK), sandbox))
        == "correct"
    )


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b'{"cells": [', "not JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[1, 2]", "not a notebook"),
        (b'{"worksheets": [], "nbformat": 3}', "format 3"),
        (notebook("x = 1", nbformat=5), "nbformat 5"),
        (notebook("print('hello')"), "no notebook of this course"),
        (notebook("check('T8.1', 1)", "check('T1.1', 1)"), "several exercises|no notebook of this course"),
        (notebook("check('T99.1', 1)"), "no notebook of this course"),
        (notebook("check('T8.1', 1)", metadata={"claimbook": {"edition": "2019.01"}}), "edition 2019.01"),
        (b"[" * 200_000, "not JSON"),
    ],
)
def test_a_broken_file_gets_a_plain_reason(sandbox, data, reason):
    import re

    report = graded(data, sandbox)
    assert re.search(reason, report.problem), report.problem
    assert not report.tasks


def test_a_notebook_names_its_exercise_by_its_cells():
    assert read_program(notebook("x", CHECK)).exercise == NUMBER


def test_quiz_answers_are_judged_from_the_bank(sandbox):
    quiz = load_quiz(NUMBER)
    single = next(item for item in quiz.items if item.kind == "single")
    right = next(n for n, option in enumerate(single.options) if option.correct)
    export = {
        "book": "claimbook",
        "edition": EDITION,
        "quizzes": {NUMBER: {single.id: {"a": right, "ok": False, "h": key_hash(single)}, "Q8.99": {"a": 1}}, "77": {}},
    }
    report = graded(json.dumps(export).encode(), sandbox, "anna.json")
    assert report.kind == "quiz" and not report.problem
    by_id = {task.id: task for task in report.tasks}
    assert by_id[single.id].status == "correct" and by_id[single.id].points == 1
    assert sum(task.points for task in report.tasks) == 1
    assert report.notes == ["There is no quiz '77'."]


@pytest.mark.parametrize("stale", [{"h": "0badc0de"}, {}])
def test_an_answer_to_an_earlier_form_of_a_question_does_not_count_and_says_so(sandbox, stale):
    single = next(item for item in load_quiz(NUMBER).items if item.kind == "single")
    right = next(n for n, option in enumerate(single.options) if option.correct)
    export = {"book": "claimbook", "edition": EDITION, "quizzes": {NUMBER: {single.id: {"a": right, **stale}}}}
    report = graded(json.dumps(export).encode(), sandbox, "anna.json")
    (task,) = (task for task in report.tasks if task.id == single.id)
    assert (task.status, task.points) == ("not attempted", 0) and "has changed since" in task.reason
    assert [note for note in report.notes if single.id in note]


@pytest.mark.parametrize(
    "data",
    [b"[]", b"{", b'{"book": "other"}', json.dumps({"book": "claimbook", "edition": "1", "quizzes": {}}).encode()],
)
def test_a_strange_quiz_file_gets_a_reason(sandbox, data):
    assert graded(data, sandbox, "anna.json").problem


def test_two_jobs_and_a_second_run_give_the_same(tmp_path, solved, monkeypatch):
    submissions = [Submission(f"s{n}", f"s{n}.ipynb", solved) for n in range(4)]
    told = []
    once = grade_all(submissions, Pool(QUICK, 2), tmp_path, lambda done, total, report: told.append((done, total)))
    assert [t[1] for t in told] == [4] * 4 and [report.student for report in once] == ["s0", "s1", "s2", "s3"]
    next(iter(tmp_path.glob("*.json"))).write_text("{cut off")
    ran = []
    monkeypatch.setattr(engine, "grade_bytes", lambda s, box: ran.append(s) or grade_bytes(s, box))
    again = grade_all(submissions, Pool(QUICK, 1), tmp_path)
    assert len(ran) == 1, "only the report that was lost is made again"
    assert [(r.student, [t.status for t in r.tasks]) for r in again] == [
        (r.student, [t.status for t in r.tasks]) for r in once
    ]


def test_the_grader_starts_without_nbformat():
    """nbformat's validator takes two seconds to import, in every process of a cluster; the grader reads JSON itself."""
    code = "import sys, claimbook.grading.feedback; sys.exit('nbformat' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=root()).returncode == 0


def test_every_exercise_is_graded_as_its_cases_say(sandbox):
    from claimbook.grading.example import answered
    from claimbook.tasks import load_exercise

    for path in sorted((root() / "exercises").glob("*.tasks.yml")):
        exercise = load_exercise(path.name[:2])
        made = answered(
            json.loads(
                (root() / f"exercises/{path.name.removesuffix('.tasks.yml')}.ipynb").read_text(encoding="utf-8")
            ),
            exercise,
            "correct",
        )
        report = graded(json.dumps(made).encode(), sandbox)
        assert not report.problem, (path.name, report.problem)
        for task in report.tasks:
            assert task.status in ("correct", "recorded"), (path.name, task.id, task.reason, report.errors)
