"""The engine is not tied to one story: `claimbook new` makes a course of any text, and it works from the start.

The text below is made up for this test: there is no Nibley, and nobody in it exists.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from claimbook import cli, drafts, newcourse
from claimbook.content import COURSE, ContentError, root
from claimbook.grading.confinement import Limits
from claimbook.grading.engine import grade_remotely
from claimbook.grading.submissions import Submission
from claimbook.questions import read_items
from claimbook.verdicts import verdict

pytestmark = pytest.mark.xdist_group("newcourse")  # one worker makes the course, the others do the rest meanwhile
BARE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # a new course needs none of our plugins, and starts faster without
NIBLEY = """\
The Nibley Town Library will open on Sundays from 3 May, the council announced on Tuesday. It has been closed on \
Sundays since 1998.

“More families may come, but nobody can promise it,” said Ada Quill, the librarian. About 240 people signed a \
petition for longer hours last year. According to the council, the change costs 12.5 thousand crowns a year. Mr. T. \
B. Orrin of the Readers’ Club called the sum *small change* [sic] & left.

Two new librarians are expected to start in April. Whether the old bus line will run on Sundays is not known.
"""


@pytest.fixture(scope="module")
def nibley(tmp_path_factory):
    """A course on the text above, as the command makes it."""
    folder = tmp_path_factory.mktemp("new")
    (folder / "nibley.txt").write_text(NIBLEY, encoding="utf-8")
    words = ["new", str(folder / "nibley"), "--text", str(folder / "nibley.txt"), "--title", 'Nibley: "open" at $9?']
    assert cli.main(words) == 0
    assert sorted(path.name for path in folder.iterdir()) == ["nibley", "nibley.txt"]
    return folder / "nibley"


def run(*words, cwd, **environment):
    kept = {name: value for name, value in os.environ.items() if name not in (COURSE, "PYTEST_ADDOPTS")}
    return subprocess.run(
        [sys.executable, *words], cwd=cwd, env={**kept, **environment}, capture_output=True, text=True
    )


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---------------------------------------------------------------- the course as a whole


def test_its_own_tests_pass(nibley, tmp_path):
    done = run("-m", "pytest", "-q", str(nibley / "tests"), cwd=tmp_path, **BARE)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "13 passed" in done.stdout


def test_its_own_tests_notice_what_is_broken(nibley, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(nibley, broken)
    sentences = broken / "data/source/sentences.csv"
    sentences.write_text(sentences.read_text(encoding="utf-8").replace("240 people", "204 people"), encoding="utf-8")
    done = run("-m", "pytest", "-q", "-k", "whole_text or quotes", str(broken / "tests"), cwd=tmp_path, **BARE)
    assert "2 failed" in done.stdout


def test_its_book_builds_with_warnings_as_errors(nibley):
    done = run("-m", "claimbook.cli", "build", cwd=nibley)
    assert done.returncode == 0, done.stderr
    html = nibley / "_build/html"
    chapter = (html / "chapters/01-the-text.html").read_text(encoding="utf-8")
    assert '<claim-quiz data-quiz="01">' in chapter and '"book": "nibley"' in chapter
    assert '<blockquote class="cb-source cb-whole" lang="en">' in chapter and "<svg" in chapter
    assert "*small change* [sic] &amp; left." in (html / "chapters/source.html").read_text(encoding="utf-8")
    assert (html / "_static/claimbook/nibley-data.zip").is_file()
    for page in html.rglob("*.html"):
        assert "Putin" not in page.read_text(encoding="utf-8"), page


def test_its_submissions_are_graded_by_its_own_tasks(nibley, tmp_path):
    (tmp_path / "in").mkdir()
    shutil.copy(nibley / "exercises/solutions/01-the-text.ipynb", tmp_path / "in/ada.ipynb")
    words = ("-m", "claimbook.cli", "grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"))
    done = run(*words, cwd=tmp_path, **{COURSE: str(nibley)})
    assert done.returncode == 0, done.stderr
    assert "Course: Nibley" in done.stdout and re.search(r"ada +01 +5 of 5", done.stdout)


def test_standing_in_a_course_is_not_enough_to_grade_by_it(nibley, tmp_path):
    """A folder that was handed in could hold a course, and its tasks files are run."""
    (tmp_path / "ada.ipynb").write_bytes((nibley / "exercises/01-the-text.ipynb").read_bytes())
    done = run("-m", "claimbook.cli", "grade", str(tmp_path), "--unsafe-no-sandbox", cwd=nibley)
    assert done.returncode == 1 and "only found by the working directory" in done.stderr
    assert not (nibley / "graded/gradebook.csv").exists()


def test_a_cluster_worker_with_another_course_refuses():
    with pytest.raises(ContentError, match="another course"):
        grade_remotely(Submission("ada", "ada.ipynb", b"{}"), Limits(), "digest of another course")


def test_a_course_is_found_by_variable_then_folder_then_package(nibley, tmp_path):
    code = "from claimbook.content import *; from claimbook import content; print(content.root(), content.BOOK)"
    elsewhere = tmp_path / "data"
    elsewhere.mkdir()
    (elsewhere / "datapackage.json").write_text('{"resources": [{"schema": {"fields": [{"name": "course"}]}}]}')
    for cwd, environment, wanted in (
        (nibley / "chapters", {}, f"{nibley} nibley"),
        (tmp_path, {}, f"{root()} claimbook"),  # somebody's data package with a column `course`
        (nibley, {COURSE: str(root())}, f"{root()} claimbook"),
        (tmp_path, {COURSE: str(nibley)}, f"{nibley} nibley"),
    ):
        assert run("-c", code, cwd=cwd, **environment).stdout.strip() == wanted
    done = run("-m", "claimbook.cli", "data", cwd=nibley, **{COURSE: str(tmp_path)})
    assert done.returncode == 1 and "is no course" in done.stderr and "Traceback" not in done.stderr


def test_a_broken_description_says_what_it_needs(nibley, tmp_path):
    broken = tmp_path / "broken"
    shutil.copytree(nibley / "data", broken / "data")
    path = broken / "data/datapackage.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    for change, says in (
        ({"course": {"id": "x"}}, "needs id, title, edition and chapters"),
        ({"course": {**whole["course"], "chapters": ["one"]}}, "01-the-text"),
        ({"course": {**whole["course"], "id": "a:b"}}, "small letters"),
    ):
        path.write_text(json.dumps({**whole, **change}), encoding="utf-8")
        code = "from claimbook.content import course\ntry: course()\nexcept Exception as e: print(type(e).__name__, e)"
        assert re.search(rf"ContentError.*{says}", run("-c", code, cwd=broken).stdout)


# ---------------------------------------------------------------- what it holds


def test_draft_claims_are_the_words_of_the_text_and_judge_nothing(nibley):
    claims = rows(nibley / "data/source/claims.csv")
    assert len(claims) == 8 and {claim["type"] for claim in claims} == {"asserts"}
    assert not any(claim["verdict"] or claim["reason"] for claim in claims)
    hedges = {claim["sentence"]: claim["hedge"] for claim in claims if claim["hedge"]}
    assert hedges == {"P2S1": "may", "P3S1": "are expected to"}, "3 May is no hedge"


def test_its_data_package_is_valid_by_the_standard(nibley):
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(nibley / "data/datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:20]


def right_answer(item):
    return {
        "single": lambda: next(n for n, option in enumerate(item.options) if option.correct),
        "number": lambda: str(item.answer),
        "text": lambda: item.accept[0],
        "order": lambda: list(range(len(item.items))),
        "match": lambda: list(range(len(item.pairs))),
        "sentence": lambda: item.answer,
    }[item.kind]()


def wrong_answer(item):
    return {
        "single": lambda: next(n for n, option in enumerate(item.options) if not option.correct),
        "number": lambda: str(item.answer + 100),
        "text": lambda: "qwerty",
        "order": lambda: list(range(len(item.items)))[::-1],
        "match": lambda: list(range(len(item.pairs)))[::-1],
        "sentence": lambda: [next(key for key in item.passage if key not in item.answer)],
    }[item.kind]()


def test_answers_to_its_quiz_get_the_verdicts_that_are_meant(nibley):
    text = {row["sentence"]: row["text"] for row in rows(nibley / "data/source/sentences.csv")}
    items = read_items(yaml.safe_load((nibley / "chapters/01-the-text.quiz.yml").read_text(encoding="utf-8"))["items"])
    assert {item.kind for item in items} == {"single", "number", "text", "order", "match", "sentence"}
    for item in items:
        assert verdict(item, right_answer(item)).status == "correct", item.id
        assert verdict(item, wrong_answer(item)).status != "correct", item.id
    by_kind = {item.kind: item for item in items}
    assert by_kind["number"].answer == 8 and verdict(by_kind["number"], "3").status == "close"
    mark = re.search(r"the number ([\d.]+)\?", by_kind["sentence"].stem)[1]
    assert [key for key in text if mark in text[key]] == by_kind["sentence"].answer
    before, key = re.search(r"“(.*)” in (P\dS\d)", by_kind["text"].stem).groups()
    assert f"{before} {by_kind['text'].accept[0]}" in text[key]
    false = next(item for item in items if "does not stand" in item.stem)
    for option in false.options:
        plain = re.sub(r"\\(.)", r"\1", option.text)
        assert any(plain in words for words in text.values()) is not option.correct, option.text
    assert any(o.correct and o.text == "The text does not say." for item in items if item.kind == "single"
               for o in item.options)  # fmt: skip


# ---------------------------------------------------------------- splitting


@pytest.mark.parametrize(
    "language, text, wanted",
    [
        ("en", "Dr. J. R. Lane paid 3.5 m. in the U.S. office at 9 a.m. on Monday. “It may rain. We shall see.” Then… no.",
         [["Dr. J. R. Lane paid 3.5 m. in the U.S. office at 9 a.m. on Monday.", "“It may rain. We shall see.”", "Then… no."]]),
        ("en", "One line,\nwrapped. A second\none.\n \nNext paragraph.", [["One line, wrapped.", "A second one."], ["Next paragraph."]]),
        ("en", "First line.\r\nSecond line!\r\n“Third?”\r\n", [["First line."], ["Second line!"], ["“Third?”"]]),
        ("ru", "По словам А. С. Пушкина, город основан в 1703 г. и растёт. «Мы не знаем», — сказал он.\n\nЭто стоит 3,5 млн руб. в "
         "год, т. е. мало! Почему?.. Неизвестно.",
         [["По словам А. С. Пушкина, город основан в 1703 г. и растёт.", "«Мы не знаем», — сказал он."],
          ["Это стоит 3,5 млн руб. в год, т. е. мало!", "Почему?..", "Неизвестно."]]),
        ("zh-Hans", "图书馆今年开放。馆长说：“我们可能延长时间。也许不会。”\n\n谁知道？没有人\n知道。",
         [["图书馆今年开放。", "馆长说：“我们可能延长时间。也许不会。”"], ["谁知道？", "没有人知道。"]]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(language, text, wanted):
    assert drafts.split(text, language) == wanted
    rows = drafts.sentence_rows(wanted)
    assert len(read_items(drafts.quiz(rows, language, "x")["items"])) >= 4


def test_a_long_text_numbers_its_paragraphs_beyond_nine():
    text = "\n\n".join(f"Paragraph {n} has one sentence. And another of {n + 100} words." for n in range(1, 13))
    rows = drafts.sentence_rows(drafts.split(text))
    assert rows[-1]["sentence"] == "P12S2"
    assert read_items(drafts.quiz(rows, "en", "x")["items"])


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    "content, words, says",
    [
        (None, [], "cannot be read"),
        (b"", [], "is empty"),
        (b" \n\t\n", [], "is empty"),
        ("Füße. Und mehr.".encode("latin-1"), [], "not in UTF-8"),
        (b"PK\0\0 a. b.", [], "is no text"),
        (b"Only one sentence here.", [], "1 sentence to work with"),
        (b"Go. Go. Go.", [], "at least two that differ"),
        (b"Yes yes. Yes.", [], "differ too little"),
        (b"So it goes. " * 150 + b"And it ended. " * 80, [], "at most 200"),
        ("Это текст. Он короткий.".encode(), [], "Say its language"),
        (b"One is here. Two is there.", ["--language", "very english"], "no language tag"),
    ],
)
def test_a_text_that_gives_no_course_is_refused_and_nothing_is_left(content, words, says, tmp_path, capsys):
    source = tmp_path / "text.txt"
    if content is not None:
        source.write_bytes(content)
    assert cli.main(["new", str(tmp_path / "course"), "--text", str(source), *words]) == 1
    told = capsys.readouterr()
    assert says in told.err and "Traceback" not in told.err
    assert told.out == "", "speaks of work on a text that it then refuses"
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"] * (content is not None)


def test_a_folder_in_use_is_left_alone(tmp_path):
    source = tmp_path / "text.txt"
    source.write_text("One is here. Two is there.")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/notes.txt").write_text("keep")
    for path, says in (
        ("mine", "not an empty folder"),
        ("text.txt", "not an empty folder"),
        ("no/where", "does not exist"),
    ):
        with pytest.raises(ContentError, match=says):
            newcourse.new(tmp_path / path, source)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["mine", "notes.txt", "text.txt"]


def test_notebooks_that_do_not_run_leave_nothing_behind(tmp_path, monkeypatch):
    source = tmp_path / "text.txt"
    source.write_text("One is here. Two is there.")
    monkeypatch.setattr(newcourse, "_need", lambda *packages: None)
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ContentError, match="did not run"):
        newcourse.new(tmp_path / "course", source)
    assert [path.name for path in tmp_path.iterdir()] == ["text.txt"]
