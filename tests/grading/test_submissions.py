"""The grader knows whose file is whose, in the forms in which LMSs hand them out."""

import zipfile

import pytest

from claimbook.content import ContentError
from claimbook.grading.submissions import find_submissions, safe_name


def put(folder, *names, data=b"{}"):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def who(folder):
    return [(s.student, s.student_id) for s in folder.submissions]


def test_moodle_with_a_folder_for_each_student(tmp_path):
    put(
        tmp_path,
        "Anna Beispiel_4711_assignsubmission_file_/08.ipynb",
        "李 明_4712_assignsubmission_file_/my work.ipynb",
    )
    found = find_submissions(tmp_path)
    assert found.layout == "moodle" and who(found) == [("Anna Beispiel", "4711"), ("李 明", "4712")]


def test_moodle_with_flat_names(tmp_path):
    put(tmp_path, "Anna Beispiel_4711_assignsubmission_file_08.ipynb", "Ольга_Н_4713_assignsubmission_file_a_b.ipynb")
    assert who(find_submissions(tmp_path)) == [("Anna Beispiel", "4711"), ("Ольга_Н", "4713")]


def test_canvas_tells_who_is_late(tmp_path):
    put(tmp_path, "beispielanna_101_9001_08.ipynb", "doejane_LATE_102_9002_08-1.ipynb")
    found = find_submissions(tmp_path)
    assert found.layout == "canvas" and who(found) == [("beispielanna", "101"), ("doejane", "102")]
    assert [s.late for s in found.submissions] == [False, True]


def test_nbgrader_tree_with_its_times(tmp_path):
    put(
        tmp_path,
        "submitted/anna/08-the-warrant/08-the-warrant.ipynb",
        "submitted/ben/08-the-warrant/08-the-warrant.ipynb",
    )
    put(tmp_path, "submitted/anna/08-the-warrant/timestamp.txt", data=b"2026-10-20 12:00:00.000000 UTC")
    found = find_submissions(tmp_path)
    assert found.layout == "nbgrader" and who(found) == [("anna", ""), ("ben", "")]
    assert found.submissions[0].submitted.isoformat() == "2026-10-20T12:00:00+00:00"
    assert found.submissions[1].submitted is None


def test_plain_files_and_a_folder_for_each_student(tmp_path):
    put(tmp_path, "anna.ipynb", "ben/08.ipynb", "ben/notes.txt")
    found = find_submissions(tmp_path)
    assert found.layout == "plain" and who(found) == [("anna", ""), ("ben", "")]
    assert found.skipped == [("ben/notes.txt", "no notebook and no quiz answers (.ipynb or .json)")]


def test_a_zip_is_read_in_place(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("A B_1_assignsubmission_file_/x.ipynb", "{}")
        archive.writestr("../../C D_2_assignsubmission_file_/x.ipynb", "{}")
        archive.writestr("__MACOSX/._x.ipynb", "{}")
    found = find_submissions(tmp_path / "all.zip")
    assert found.layout == "moodle" and len(found.submissions) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["all.zip"]


def test_a_mixed_folder_grades_what_fits_and_names_the_rest(tmp_path):
    put(tmp_path, "A B_1_assignsubmission_file_x.ipynb", "C D_2_assignsubmission_file_x.ipynb", "stray.ipynb")
    found = find_submissions(tmp_path)
    assert len(found.submissions) == 2
    assert found.skipped[0][0] == "stray.ipynb" and "Moodle" in found.skipped[0][1]


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda top: top / "gone", "does not exist"),
        (lambda top: put(top, "a.txt"), "holds no notebook"),
        (lambda top: put(top, "x.zip") / "x.zip", "no readable zip"),
    ],
)
def test_what_cannot_be_graded_says_so(tmp_path, make, message):
    with pytest.raises(ContentError, match=message):
        find_submissions(make(tmp_path))


def test_names_of_any_script_make_safe_file_names():
    assert safe_name("李 明/../x") == "李_明_x"
    assert safe_name("Ольга Н.") == "Ольга_Н"
    assert safe_name("../..") == "student"
