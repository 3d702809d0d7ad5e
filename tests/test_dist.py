"""What is handed out: complete, without solutions, and never half written."""

import hashlib
import json
import subprocess
import sys
import zipfile

import pytest

from claimbook import dist
from claimbook.content import CHAPTER_SLUGS, ContentError, root


def names(path):
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_the_notebooks_are_all_there_and_no_solution_is(tmp_path):
    dist.notebooks(tmp_path)
    path = tmp_path / f"{dist.NAME}-notebooks.zip"
    for slug in CHAPTER_SLUGS:
        assert f"{dist.NAME}/chapters/{slug}.ipynb" in names(path)
        assert f"{dist.NAME}/exercises/{slug}.ipynb" in names(path)
    with zipfile.ZipFile(path) as archive:
        handed = {archive.read(name) for name in archive.namelist()}
    solved = {solution.read_bytes() for solution in (root() / "exercises/solutions").glob("*.ipynb")}
    assert solved and not handed & solved


def test_the_data_package_is_valid_away_from_home(tmp_path):
    from frictionless import Package

    dist.data(tmp_path)
    with zipfile.ZipFile(tmp_path / f"{dist.NAME}-data.zip") as archive:
        archive.extractall(tmp_path / "data")
    descriptor = json.loads((tmp_path / "data/datapackage.json").read_text(encoding="utf-8"))
    for resource in descriptor["resources"]:
        assert (tmp_path / "data" / resource["path"]).is_file(), resource["name"]
    report = Package(str(tmp_path / "data/datapackage.json")).get_resource("icc_warrants").validate()
    assert report.valid, report.flatten(["message"])


@pytest.mark.parametrize("step", [dist.notebooks, dist.data])
def test_the_same_content_gives_the_same_bytes(step, tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        step(tmp_path / folder)
    (first,), (second,) = ((tmp_path / folder).iterdir() for folder in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.xdist_group("build")
def test_the_wheel_is_made_without_the_network_and_holds_no_solution(tmp_path):
    dist.wheel(tmp_path)
    (path,) = tmp_path.glob("claimbook-*.whl")
    assert "claimbook/content/data/datapackage.json" in names(path)
    assert not [name for name in names(path) if "/solutions/" in name]


def good(folder):
    (folder / "good.txt").write_text("new")


def bad(folder):
    (folder / "bad.txt").write_text("half")
    raise ContentError("the ink is dry. Refill it.")


def test_a_failed_step_leaves_nothing_half_written_and_spares_the_others(tmp_path, capsys):
    (tmp_path / "bad.txt").write_text("whole, from before")
    assert dist.make({"bad": bad, "good": good}, tmp_path) == 1
    assert (tmp_path / "bad.txt").read_text() == "whole, from before"
    assert (tmp_path / "good.txt").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["SHA256SUMS", "bad.txt", "good.txt"]
    said = capsys.readouterr()
    assert "bad: the ink is dry. Refill it." in said.err and "not made: bad" in said.err and "good ..." in said.out


def test_sums_are_those_of_the_files(tmp_path):
    assert dist.make({"good": good}, tmp_path) == 0
    assert (tmp_path / "SHA256SUMS").read_text() == f"{hashlib.sha256(b'new').hexdigest()}  good.txt\n"


def test_an_unknown_step_is_refused_with_the_known_ones():
    done = subprocess.run([sys.executable, "-m", "claimbook.cli", "dist", "book"], capture_output=True, text=True)
    assert done.returncode == 1 and "No step 'book'. The steps are: site, wheel" in done.stderr
