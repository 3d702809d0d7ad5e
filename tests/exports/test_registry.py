"""Every export takes the whole bank, says what it loses, and gives the same bytes again."""

import shutil
import subprocess
import sys

import pytest

from claimbook import exports
from claimbook.content import ContentError, root
from claimbook.exports import FORMATS, bank
from claimbook.exports.tree import element, from_html, to_bytes

from .bank import ITEMS, QUIZZES


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_bank_gives_the_same_bytes(name):
    assert FORMATS[name].write(QUIZZES[:2]) == FORMATS[name].write(QUIZZES[:2])


@pytest.mark.parametrize("name", FORMATS)
def test_every_loss_concerns_an_item_of_the_bank_and_is_told_by_its_id(name, tmp_path):
    done = exports.export(name, tmp_path)
    assert set(done.losses) == {loss.what for loss in FORMATS[name].losses}
    for loss in FORMATS[name].losses:
        assert done.losses[loss.what] == [item.id for item in ITEMS.values() if loss.concerns(item)]


@pytest.mark.parametrize("name", FORMATS)
def test_one_chapter_alone_gets_files_of_its_own_name(name, tmp_path):
    done = exports.export(name, tmp_path / "new folder", "8")
    assert all(path.is_file() and "-08-" in path.name for path in done.paths)
    assert all(item.startswith("Q8.") for items in done.losses.values() for item in items)


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ContentError, match=r"No format 'moodel'\. Did you mean moodle\?"):
        exports.export("moodel", tmp_path)
    with pytest.raises(ContentError, match="Known: anki, canvas, moodle, qti21, worksheet"):
        exports.export("scorm", tmp_path)


def test_an_unknown_chapter_is_refused(tmp_path):
    with pytest.raises(ContentError, match="No chapter '99'"):
        exports.export("moodle", tmp_path, "99")


@pytest.mark.parametrize("name", FORMATS)
def test_a_broken_bank_is_refused_and_nothing_is_written(name, tmp_path, monkeypatch):
    chapters = tmp_path / "chapters"
    shutil.copytree(root() / "chapters", chapters, ignore=shutil.ignore_patterns("*.ipynb", "teaching"))
    broken = chapters / "08-the-warrant.quiz.yml"
    broken.write_text(
        broken.read_text(encoding="utf-8").replace("correct: true", "correct: false", 1), encoding="utf-8"
    )
    load = bank.load_quiz
    monkeypatch.setattr(bank, "load_quiz", lambda number: load(number, chapters))
    with pytest.raises(ContentError, match=r"08-the-warrant.*\n.*Q8\.\d"):
        exports.export(name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_command_tells_files_and_losses(tmp_path):
    command = [sys.executable, "-m", "claimbook.cli", "export"]
    done = subprocess.run([*command, "canvas", "--chapter", "08", "--out", tmp_path], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "beijing-october-2023-08-canvas.zip").is_file()
    assert "for each place, the step is chosen from a list.\n  Q8.2\n" in done.stdout


def test_items_are_named_by_their_exceptions_where_those_are_fewer():
    done = exports.Export([], ["Q1.1", "Q1.2", "Q1.3"], {})
    assert done.named(["Q1.1", "Q1.2", "Q1.3"]) == "all 3 items"
    assert done.named(["Q1.1", "Q1.3"]) == "all 3 items but Q1.2"
    assert done.named(["Q1.2"]) == "Q1.2"


def test_the_list_names_every_format_with_its_losses():
    done = subprocess.run(
        [sys.executable, "-m", "claimbook.cli", "export", "--list"], capture_output=True, text=True, check=True
    )
    for form in FORMATS.values():
        assert form.name in done.stdout and form.title in done.stdout
        assert all(loss.what in done.stdout for loss in form.losses)


def test_the_table_of_the_book_counts_the_items_of_each_loss():
    table = exports.losses_table()
    orders = sum(item.kind == "order" for item in ITEMS.values())
    assert f"| The format has no order: for each place, the step is chosen from a list. | {orders} |" in table


def test_text_next_to_elements_stays_where_it_was():
    made = element("p", {}, "a ", from_html("b <em>c</em> &amp; d"), " e")
    assert to_bytes(made).endswith(b"<p>a b <em>c</em> &amp; d e</p>\n")


def test_the_step_lms_of_claimbook_dist_makes_the_files_of_all_formats(tmp_path):
    from claimbook import dist

    dist.lms(tmp_path)
    made = sorted(path.name for path in (tmp_path / "lms").iterdir())
    assert made == [
        f"beijing-october-2023-{ending}"
        for ending in ("anki.apkg", "canvas.zip", "moodle.xml", "qti21.zip", "worksheet-key.pdf", "worksheet.pdf")
    ]
