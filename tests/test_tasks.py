"""Exercise tasks: every task proves itself on its own cases, and no answer can break a check."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest

from claimbook import checking, tasks
from claimbook.answers import to_plain
from claimbook.checking import check, hint
from claimbook.content import ContentError
from claimbook.judging import judge
from claimbook.tasks import Task, evaluate, load_exercise

from .conftest import EXERCISES
from .test_answers import Hostile, Quitter

ALL = [task for slug in EXERCISES for task in load_exercise(slug).tasks]
CASES = [
    pytest.param(task, status.replace("_", " "), code, id=f"{task.id}-{status}-{code[:50]}")
    for task in ALL
    for status, codes in task.cases.model_dump().items()
    for code in codes
]


@pytest.mark.parametrize("task, status, code", CASES)
def test_case_gets_its_verdict(task, status, code):
    expected = evaluate(task.expected) if task.expected else None
    result = judge(task, to_plain(evaluate(code, expected=expected)))
    assert result.status == ("recorded" if task.kind == "free" and status == "correct" else status), result.reason


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.id)
def test_task_is_complete(task):
    assert len(task.hints) >= 2, f"{task.id}: at least two hints"
    if task.kind == "free":
        assert {sample.points for sample in task.samples} >= {0, task.points}
        return
    assert len(task.near_misses) >= 2, f"{task.id}: at least two slips that beginners really make"
    assert len(task.cases.correct) >= 2 and len(task.cases.wrong) >= 2, f"{task.id}: two right and two wrong cases"


@pytest.mark.parametrize("task", [t for t in ALL if t.kind != "free"], ids=lambda task: task.id)
def test_near_miss_is_close_and_says_why(task):
    expected = evaluate(task.expected)
    for miss in task.near_misses:
        result = judge(task, to_plain(evaluate(miss.value, expected=expected)))
        assert (result.status, result.reason) == ("close", miss.say), f"{task.id}: {miss.value}"


@pytest.mark.parametrize("text", ["", "  ", "...", "…", "- ?!\n", "“ ”"])
def test_a_text_without_a_word_is_no_attempt(text):
    task = next(t for t in ALL if t.kind == "free")
    assert judge(task, to_plain(text)).status == "not attempted"


@pytest.mark.parametrize("text", ["Да.", "是。", "42", "A word."])
def test_a_text_with_a_word_is_recorded_in_any_script(text):
    task = next(t for t in ALL if t.kind == "free")
    assert judge(task, to_plain(text)).status == "recorded"


@pytest.mark.parametrize("task", ALL, ids=lambda task: task.id)
def test_no_value_makes_a_check_fail_or_pass_unearned(task):
    frame = pd.DataFrame({"x": np.zeros(10_000_000, dtype="int8")})
    for value in (
        Hostile(),
        [Hostile()],
        frame,
        float("nan"),
        float("inf"),
        "6",
        "9" * 5000,
        10**400,
        -(10**300),
        pd.Series(np.zeros(10_000_000, dtype="int8")),
        pd.DataFrame({"a": [Hostile()]}),
        Quitter(),
        b"6",
        object,
        {},
        [],
        pd.Series(dtype=float),
    ):
        result = check(task.id, value)
        if task.kind != "free":
            assert result.status != "correct", f"{task.id} accepts {type(value)}"


@pytest.mark.parametrize("task", [t for t in ALL if t.kind == "number"], ids=lambda task: task.id)
def test_reason_never_shows_the_expected_number(task):
    expected = evaluate(task.expected)
    for wrong in (expected + 1000, f"{expected}", [expected, expected]):
        assert f"{expected:g}" not in check(task.id, wrong).reason.split()


def number_task(**more):
    fields = {
        "id": "T8.1",
        "title": "t",
        "objective": "O8.1",
        "variable": "n",
        "kind": "number",
        "expected": "48",
        "say_correct": "Yes.",
        "hints": ["a", "b"],
        "near_misses": [{"value": "expected - 1", "say": "Off by one."}],
    }
    return Task.model_validate({**fields, **more})


@pytest.fixture
def made():
    """Gives the verdict on answers to a task that is in no file."""

    def make(**more):
        task = number_task(**more)
        return lambda answer: judge(task, to_plain(answer))

    return make


def test_a_right_answer_does_not_wait_for_near_misses(made):
    verdict = made(near_misses=[{"value": "1 / 0", "say": "Never worked out for a right answer."}])
    assert verdict(48).status == "correct"
    with pytest.raises(ZeroDivisionError):
        verdict(47)


def test_a_number_passes_in_every_form(made):
    verdict = made()
    for answer in (48, 48.0, np.int64(48), np.float32(48), np.array(48)):
        assert verdict(answer).status == "correct"
    assert "take the value out" in verdict(pd.Series([48])).reason.lower()
    assert "quotation marks" in verdict("48").reason
    assert verdict(True).status == "wrong"


def test_a_table_passes_in_every_form(made):
    verdict = made(
        kind="table",
        expected="pd.DataFrame({'iso3': ['ARM', 'UKR'], 'n': [1, 2]})",
        near_misses=[{"value": "expected.head(1)", "say": "Half."}],
    )
    frame = pd.DataFrame({"iso3": ["ARM", "UKR"], "n": [1, 2]})
    for answer in (frame, frame[["n", "iso3"]], frame.iloc[::-1], frame.set_index("iso3"), frame.assign(more=0),
                   frame.astype({"n": float}), frame.astype({"iso3": "category"}), frame.set_axis([7, 9])):  # fmt: skip
        assert verdict(answer).status == "correct", answer
    assert verdict(frame.head(1)).status == "close"
    assert "lacks the column" in verdict(frame[["n"]]).reason
    assert verdict(frame.assign(n=[2, 1])).status == "wrong"


def test_order_of_rows_counts_only_where_the_task_says_so(made):
    verdict = made(kind="table", ordered=True, expected="pd.Series([2, 1], index=['b', 'a'])", near_misses=[])
    assert verdict(pd.Series([2, 1], index=["b", "a"])).status == "correct"
    assert "another order" in verdict(pd.Series([1, 2], index=["a", "b"])).reason


def test_a_set_takes_any_collection(made):
    verdict = made(kind="set", expected="['MNG', 'TJK']", near_misses=[])
    for answer in (["TJK", "MNG"], {"MNG", "TJK"}, ("MNG", "TJK", "TJK"), np.array(["MNG", "TJK"]), pd.Index(["MNG", "TJK"]),
                   pd.Series(["MNG", "TJK"])):  # fmt: skip
        assert verdict(answer).status == "correct"
    assert verdict(["MNG"]).reason == "1 of your values belong to the answer; 1 missing."


@pytest.mark.parametrize("stage", ["autograde", "validate"])
def test_under_nbgrader_a_failed_check_raises(monkeypatch, stage):
    task = next(t for t in ALL if t.kind != "free")
    check(task.id)  # anywhere else it does not
    monkeypatch.setenv("NBGRADER_EXECUTION", stage)
    with pytest.raises(AssertionError, match="not attempted"):
        check(task.id)
    check(task.id, evaluate(task.expected))


def test_an_idle_kernel_prepares_the_checks_to_come(monkeypatch):
    monkeypatch.delenv("CLAIMBOOK_GOLDEN")
    monkeypatch.setattr(checking, "PAUSE", 0)
    tasks._read_exercise.cache_clear()
    checking._prepare.cache_clear()
    prepared = [task for task in load_exercise("08").tasks if task.expected]

    async def notebook():
        check("T8.1")  # untouched: nothing has been worked out for it
        assert not any(task._near for task in prepared)
        while any(len(task._near) < len(task.near_misses) for task in prepared):
            await asyncio.sleep(0.01)

    with ThreadPoolExecutor(1) as thread:  # in this one an event loop may run already: playwright's
        thread.submit(asyncio.run, asyncio.wait_for(notebook(), 60)).result()
        # Where no event loop runs, as in a plain Python, a check is a check and no more.
        checking._prepare.cache_clear()
        assert thread.submit(check, "T8.1").result().status == "not attempted"


def test_an_exercise_is_read_once_by_whatever_name():
    assert load_exercise("08") is load_exercise("8") is load_exercise("08-the-warrant")


def test_hints_go_from_nudge_to_nearly_there():
    task = ALL[0]
    first, second = hint(task.id, 1), hint(task.id, 2)
    assert first.startswith("Hint 1 of") and second.startswith("Hint 2 of") and first != second
    assert hint(task.id, 99).startswith(f"Hint {len(task.hints)} of")


def test_unknown_task_gets_the_close_ids():
    with pytest.raises(ContentError, match=r"T8\.1"):
        check("T8.11", 1)
    with pytest.raises(ContentError, match="look like"):
        check("eight", 1)
    with pytest.raises(ContentError, match="No chapter"):
        check("T77.1", 1)


@pytest.mark.parametrize(
    "change, message",
    [
        ({"expected": None}, "expected"),
        ({"hints": ["one"]}, "hints"),
        ({"kind": "choice"}, "options"),
        ({"kind": "free"}, "rubric"),
        ({"colour": "red"}, "colour"),
        ({"id": "8.1"}, "id"),
    ],
)
def test_a_malformed_task_is_refused(change, message):
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match=message):
        number_task(**change)


def test_a_malformed_file_names_task_and_field(tmp_path, monkeypatch):
    (tmp_path / "exercises").mkdir()
    path = tmp_path / "exercises/08-the-warrant.tasks.yml"
    monkeypatch.setattr(tasks, "root", lambda: tmp_path)
    tasks._read_exercise.cache_clear()
    path.write_text("exercise: '08'\ntitle: x\ntasks:\n  - {id: T8.1, title: t}\n")
    with pytest.raises(ContentError, match=r"08-the-warrant\.tasks\.yml:\n.*task 1 / objective"):
        load_exercise("08")
    path.write_text("exercise: [")
    with pytest.raises(ContentError, match="not valid YAML"):
        load_exercise("08")
    tasks._read_exercise.cache_clear()


def test_the_last_cell_sums_up_what_is_done_and_how_to_hand_in():
    exercise = load_exercise("08")
    number, free = exercise.tasks[0], next(t for t in exercise.tasks if t.kind == "free")
    found = check("08", {number.variable: evaluate(number.expected), free.variable: "Some words.", "other": 1})
    text = str(found)
    open_tasks = len(exercise.tasks) - 2
    assert text.startswith(f"Exercise 08: 1 correct, {open_tasks} not attempted, 1 for a person to read.")
    assert "08-the-warrant.ipynb" in text and f"{exercise.tasks[1].id}: not attempted" in text
    assert number.id not in text, "what is right needs no line"
    assert "not attempted" in str(check("08")), "without variables nothing is attempted"
    with pytest.raises(ContentError, match="No chapter '99'"):
        check("99", {})


def test_a_check_leaves_a_note_for_the_page_my_progress_except_in_goldens(monkeypatch):
    from claimbook.checking import check
    from claimbook.content import BOOK, EDITION
    from claimbook.display import GOLDEN, RESULT_MIME

    assert RESULT_MIME not in check("T8.1", 1)._repr_mimebundle_()
    monkeypatch.delenv(GOLDEN, raising=False)
    note = check("T8.1", 1)._repr_mimebundle_()[RESULT_MIME]
    assert note == {"book": BOOK, "edition": EDITION, "results": {"T8.1": "wrong"}}
    assert check("08", {})._repr_mimebundle_()[RESULT_MIME]["results"]["T8.8"] == "not attempted"
