"""`claimbook grade` as an instructor meets it: the made-up class, downloads, feedback, what it refuses."""

import json
import re
import zipfile

import pytest

from claimbook import cli
from claimbook.grading import sandbox
from claimbook.grading.example import STUDENTS


def tree(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    out = tmp_path_factory.mktemp("example") / "graded"
    assert cli.main(["grade", "--example", "--out", str(out), "--cell-seconds", "2"]) == 0
    return out


def test_the_made_up_class_gets_what_its_names_say(example):
    results = json.loads((example / "results.json").read_text(encoding="utf-8"))["reports"]
    got = {r["student"]: [t["status"] for t in r["tasks"][:-1]] for r in results}
    for student, verdict in STUDENTS.items():
        if verdict in ("correct", "not_attempted"):
            assert set(got[student]) == {verdict.replace("_", " ")}
        if verdict == "wrong":
            assert set(got[student]) == {"wrong"}
        if verdict == "close":
            assert "close" in got[student] and "correct" not in got[student]
        if verdict == "loop":
            assert got[student].count("correct") == len(got[student]) - 1, "one endless task costs that task only"
    [cut_off] = [r for r in results if r["problem"]]
    assert "cut off" in cut_off["problem"]


def test_every_student_gets_a_page_of_her_own_that_loads_nothing(example):
    pages = list((example / "feedback").glob("*.html"))
    assert len(pages) == len(STUDENTS) + 1
    for page in [*pages, example / "class.html"]:
        text = page.read_text(encoding="utf-8")
        assert not re.search(r"(src|href)=|<script|@import|url\(", text), page.name
        assert '<html lang="en">' in text and "<main>" in text


def test_a_downloaded_zip_gives_the_files_that_the_lms_takes_back(tmp_path, solved):
    with zipfile.ZipFile(tmp_path / "sub.zip", "w") as archive:
        archive.writestr("Anna B_4711_assignsubmission_file_/x.ipynb", solved)
    assert cli.main(["grade", str(tmp_path / "sub.zip"), "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out/moodle-08.csv").is_file()
    with zipfile.ZipFile(tmp_path / "out/moodle-feedback.zip") as archive:
        assert archive.namelist() == ["Anna_B_4711_assignsubmission_file_/feedback.html"]


def test_nothing_is_written_into_the_folder_of_submissions(tmp_path, solved, capsys):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "anna.ipynb").write_bytes(solved)
    before = tree(folder)
    assert cli.main(["grade", str(folder), "--out", str(tmp_path / "out")]) == 0
    assert tree(folder) == before
    assert cli.main(["grade", str(folder), "--out", str(folder / "graded")]) == 1
    assert "Nothing is ever written there" in capsys.readouterr().err
    assert tree(folder) == before


def test_hostile_words_are_shown_as_words(tmp_path, starter):
    bad = "<script>alert(1)</script>"
    from .conftest import notebook

    cells = [f"rewrite = {bad!r}\nraise ValueError({bad!r})", ("check('T8.8', rewrite)", "check-T8-8")]
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "<b>anna.ipynb").write_bytes(notebook(*cells))
    assert cli.main(["grade", str(folder), "--out", str(tmp_path / "out")]) == 0
    for page in (tmp_path / "out").rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "<script" not in text and "<b>anna" not in text
        if page.parent.name == "feedback":
            assert "&lt;script&gt;" in text


def test_without_bubblewrap_it_refuses_and_says_what_to_do(tmp_path, solved, monkeypatch, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/anna.ipynb").write_bytes(solved)
    monkeypatch.setattr(sandbox.shutil, "which", lambda name: None)
    assert cli.main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out")]) == 1
    message = capsys.readouterr().err
    assert "bubblewrap" in message and "--unsafe-no-sandbox" in message and "Traceback" not in message


def test_without_a_sandbox_every_report_says_so(tmp_path, solved, capsys):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/anna.ipynb").write_bytes(solved)
    assert cli.main(["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--unsafe-no-sandbox"]) == 0
    assert "WITHOUT A SANDBOX" in capsys.readouterr().err
    assert ",NO," in (tmp_path / "out/gradebook.csv").read_text(encoding="utf-8-sig")
    for page in (tmp_path / "out").rglob("*.html"):
        assert "Graded without a sandbox" in page.read_text(encoding="utf-8")


def test_wrong_words_on_the_command_line_are_explained(capsys):
    assert cli.main(["grade"]) == 1 and "--example" in capsys.readouterr().err
    assert cli.main(["grade", "x", "--close", "7"]) == 1 and "share from 0 to 1" in capsys.readouterr().err
