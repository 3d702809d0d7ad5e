"""The package as it is installed: light to import, complete in a wheel, plain in its errors."""

import subprocess
import sys
import zipfile

import pytest

from claimbook import __version__, cli, content
from claimbook.content import ContentError, chapter_slug, root
from claimbook.server import Server

HEAVY = {"pandas", "numpy", "pydantic", "yaml", "anywidget", "ipywidgets", "altair", "sphinx", "IPython"}


def run(code, **more):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, **more)


def test_import_is_light():
    done = run(f"import sys, claimbook; print(sorted({HEAVY!r} & set(sys.modules)))")
    assert done.stdout.strip() == "[]", done.stdout + done.stderr


def test_the_six_verbs_are_there():
    done = run(
        "from claimbook import check, claims, hint, load, quiz, sentence; import claimbook; print(claimbook.__all__)"
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.xdist_group("build")
def test_the_wheel_works_away_from_the_clone(tmp_path):
    built = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", tmp_path, str(root())],
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = wheel.namelist()
        wheel.extractall(tmp_path / "site")
    assert not [name for name in names if "/solutions/" in name], "solutions must not travel in the wheel"
    template = root() / "src/claimbook/template"
    for path in template.rglob("*.*"):
        assert f"claimbook/template/{path.relative_to(template)}" in names or "__pycache__" in str(path)
    code = (
        "import sys; sys.path.insert(0, 'site'); import claimbook, claimbook.content; "
        "assert 'site' in claimbook.__file__ and claimbook.content.root().name == 'content'; "
        "from claimbook import load, quiz, check, sentence, hint; "
        "print(len(load('icc_warrants')), quiz('08'), sentence('P8S2'), check('T8.1'), hint('T8.1'))"
    )
    done = run(code, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_the_course_keeps_its_id_so_that_readers_keep_their_answers():
    assert (content.BOOK, content.course().title) == ("claimbook", "Beijing, October 2023")
    assert list(content.CHAPTER_SLUGS) == sorted(path.stem for path in (root() / "chapters").glob("*.ipynb"))
    with pytest.raises(AttributeError, match="no attribute 'TITLE'"):
        content.TITLE  # noqa: B018


def test_chapter_numbers_in_every_form():
    assert {chapter_slug(c) for c in ("08", "8", 8, "08-the-warrant")} == {"08-the-warrant"}
    with pytest.raises(ContentError, match="No chapter '99'"):
        chapter_slug("99")


def test_command_line_lists_and_cites_tables(capsys):
    assert cli.main(["data"]) == 0
    assert "icc_warrants" in capsys.readouterr().out
    assert cli.main(["data", "icc_warrants", "--cite"]) == 0
    assert "version" in capsys.readouterr().out
    assert cli.main(["data", "icc_warrants"]) == 0
    assert "What it cannot show" in capsys.readouterr().out


def test_command_line_says_what_is_wrong_without_a_traceback(capsys):
    assert cli.main(["data", "icc_warants"]) == 1
    message = capsys.readouterr().err
    assert "icc_warrants" in message and "Traceback" not in message


def test_a_taken_port_is_named():
    with Server(root(), 0) as server, pytest.raises(ContentError, match=f"Port {server.server_port} is taken"):
        Server(root(), server.server_port)


def test_setup_refuses_an_old_python():
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 1); sys.argv = ['setup.py', 'book']; "
        f"runpy.run_path({str(root() / 'tools/setup.py')!r}, run_name='__main__')"
    )
    done = run(code)
    assert done.returncode == 1 and "Python 3.11 or newer is needed" in done.stderr and "Traceback" not in done.stderr


def test_one_version_and_one_edition_everywhere():
    """A new edition is named in all these places; see chapters/versions.md."""
    edition = content.EDITION
    assert __version__ == content.package()["version"] and __version__.rpartition(".")[0] == edition
    for path, words in (
        ("CITATION.cff", f"version: {__version__}\n"),
        ("CHANGELOG.md", f"\n## {edition}"),
        ("_config.yml", f"Edition {edition}."),
        ("SOURCING.md", f"*at this edition* ({edition})"),
        ("chapters/how-to-read.md", f"**at this edition**, {edition}"),
        ("chapters/versions.md", f"**The version** of the package, {__version__},"),
        ("chapters/accessibility.md", f"for edition {edition}"),
    ):
        assert words in (root() / path).read_text(encoding="utf-8"), f"{path} does not say {words.strip()!r}."


def test_what_counts_the_chapters_counts_them_right():
    """A new chapter is counted in all these places."""
    count = {11: "eleven", 12: "twelve", 13: "thirteen", 14: "fourteen", 15: "fifteen"}[len(content.CHAPTER_SLUGS)]
    for path, said in (
        ("README.md", f"The {count} chapters:"),
        ("chapters/index.md", f"\n{count.title()} chapters, "),
        ("chapters/teaching/index.md", f"| all {count}, "),
        ("data/datapackage.json", f"Terms of the {count} chapters "),
    ):
        assert said in (root() / path).read_text(encoding="utf-8"), f"{path} does not say {said.strip()!r}."
