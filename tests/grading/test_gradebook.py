"""From reports to grades: hand-given marks are never lost, policies do what they say, spreadsheets stay harmless."""

import csv
from datetime import UTC, datetime

import pytest

from claimbook.content import ContentError
from claimbook.grading import gradebook, marks
from claimbook.grading.engine import Report, TaskReport
from claimbook.grading.gradebook import Policy
from claimbook.grading.marking import set_mark, to_mark


def report(student="Anna", path="a.ipynb", statuses=("correct", "close"), text="", **more):
    points = {"correct": 2.0, "recorded": None}
    tasks = [TaskReport(f"T8.{n}", "", s, points.get(s, 0), 2, "") for n, s in enumerate(statuses, 1)]
    if text:
        tasks.append(TaskReport("T8.8", "", "recorded", None, 3, "", text=text))
    return Report(student, more.pop("student_id", ""), path, number=more.pop("number", "08"), tasks=tasks, **more)


def points(reports, **policy):
    return [(g.student, g.points, g.of) for g in gradebook.grades(reports, Policy(**policy))]


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_close_answers_count_as_the_policy_says():
    assert points([report()]) == [("Anna", 2, 4)]
    assert points([report()], close=0.5) == [("Anna", 3, 4)]


def test_the_best_or_the_last_attempt_counts():
    first, second = report(path="a-1.ipynb", statuses=("correct", "correct")), report(path="a-2.ipynb")
    assert points([first, second]) == [("Anna", 4, 4)]
    assert points([first, second], attempts="last") == [("Anna", 2, 4)]
    broken = report(path="a-3.ipynb", statuses=(), number="", problem="not JSON")
    assert points([first, broken], attempts="last") == [("Anna", 4, 4)], "a broken file never costs a readable one"
    assert points([broken]) == [("Anna", 0, 0)]


def test_late_work_loses_points_by_started_days():
    deadline = datetime(2026, 10, 20, tzinfo=UTC)
    late = report(statuses=("correct", "correct"), submitted="2026-10-21T01:00:00+00:00")
    assert points([late], deadline=deadline, late_per_day=10) == [("Anna", 3.2, 4)]
    in_time = report(statuses=("correct", "correct"), submitted="2026-10-20T00:00:00+00:00")
    assert points([in_time], deadline=deadline, late_per_day=10) == [("Anna", 4, 4)]
    assert points([report(statuses=("correct", "correct"), late=True)], late_per_day=25) == [("Anna", 3, 4)]
    assert points([late], deadline=deadline, late_per_day=100) == [("Anna", 0, 4)], "never below nothing"


def test_marks_survive_grading_again(tmp_path):
    path, handed_in = tmp_path / "marks.csv", [report(text="My sentence.")]
    assert marks.write_marks(path, handed_in, {}) == 1
    [row] = rows(path)
    set_mark(path, row["answer"], "AB", 2, "Good.")
    given = marks.read_marks(path)
    assert marks.write_marks(path, handed_in, given) == 0
    marks.apply_marks(handed_in, marks.read_marks(path))
    assert handed_in[0].tasks[-1].points == 2 and handed_in[0].tasks[-1].reason == "Good."
    changed = [report(text="Another sentence.")]
    assert marks.write_marks(path, changed, marks.read_marks(path)) == 1
    assert sorted(row["points"] for row in rows(path)) == ["", "2"], "the mark of the old answer stays in the file"


def test_two_markers_do_not_see_each_other_and_their_agreement_is_reported(tmp_path):
    path = tmp_path / "marks.csv"
    marks.write_marks(path, [report(student=f"s{n}", path=f"{n}", text=f"text {n}") for n in range(4)], {})
    for marker, given in (("AB", [3, 2, 1, 0]), ("CD", [3, 2, 1, 1])):
        waiting = to_mark(path, marker)
        assert len(waiting) == 4
        for row, mark in zip(waiting, given, strict=True):
            set_mark(path, row["answer"], marker, mark)
    [row] = marks.agreement(marks.read_marks(path))
    assert row["answers"] == 4 and row["same"] == 0.75 and 0.8 < row["kappa"] < 1
    assert to_mark(path, "AB") == []


def test_kappa_is_one_for_equal_marks_nought_for_none_and_open_where_undefined():
    assert marks._kappa([(0, 0), (3, 3)]) == 1
    assert marks._kappa([(0, 0), (0, 3), (3, 0), (3, 3)]) == 0
    assert marks._kappa([(2, 2), (2, 2)]) is None


@pytest.mark.parametrize("mark", ["five", "-1", "4", "nan"])
def test_a_slip_in_the_marking_file_names_row_and_range(tmp_path, mark):
    path = tmp_path / "marks.csv"
    marks.write_marks(path, [report(text="x")], {})
    path.write_text(path.read_text(encoding="utf-8-sig").replace("T8.8,3,,,", f"T8.8,3,AB,{mark},"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"row 2: points .* from 0 to 3"):
        marks.read_marks(path)


def test_a_marking_file_without_its_columns_is_refused(tmp_path):
    (tmp_path / "m.csv").write_text("student,points\nAnna,3\n")
    with pytest.raises(ContentError, match="column answer"):
        marks.read_marks(tmp_path / "m.csv")


def test_files_for_moodle_and_canvas_have_the_columns_of_their_imports(tmp_path):
    found = gradebook.grades([report(student_id="4711"), report(student="=HYPERLINK(1)", path="b", student_id="4712")])
    [moodle] = gradebook.write_moodle(tmp_path, found)
    assert rows(moodle)[1] == {
        "Identifier": "Participant 4711", "Full name": "Anna", "Grade": "2", "Maximum Grade": "4",
        "Feedback comments": "T8.1: correct; T8.2: close.",
    }  # fmt: skip
    assert rows(moodle)[0]["Full name"] == "'=HYPERLINK(1)", "a name must not become a formula"
    [canvas] = gradebook.write_canvas(tmp_path, found)
    assert list(rows(canvas)[0])[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert rows(canvas)[0]["Student"].strip() == "Points Possible" and rows(canvas)[2]["ID"] == "4711"


def test_a_deadline_that_is_none_is_refused():
    with pytest.raises(ContentError, match="no date and time"):
        gradebook.parse_deadline("next week")
