"""The data package as others meet it: card in the book, command line, zip file, citation, damaged copy."""

import json
import re
import shutil
import subprocess
import sys
import zipfile

import pytest

from claimbook import book, catalogue, cli, coverage, references, tables
from claimbook.content import root


def link(page):
    return f"../{page}.html"


@pytest.mark.parametrize("table", tables.names())
def test_card_shows_fields_first_rows_sources_limits_and_use(table):
    resource, card = tables.describe(table), catalogue._card(tables.describe(table), link)
    assert f"{{download}}`Download {table}.csv <../data/{resource['path']}>`" in card
    for heading in ("Fields", "First rows", "Sources and licence"):
        assert f"<summary>{heading}</summary>" in card
    for field in resource["schema"]["fields"]:
        assert f"<code>{field['name']}</code>" in card
    assert f"as of {resource['asOf']}" in card and "What it cannot show." in card and "Licence: " in card
    pages = coverage.used_in(table)
    assert ("Used in" in card) == bool(pages) and all(f"../{page}.html" in card for page in pages)
    assert card.count("<") == card.count(">") and "{quote}" not in card


def test_every_source_stands_in_one_half_of_the_list():
    halves = [catalogue.sources(before="p"), catalogue.sources(first="p")]
    assert sum(half.count("<li>") for half in halves) == catalogue.sources().count("<li>") == len(references.registry())
    assert "<li>Xinhua" in halves[1] and "<li>AFP" in halves[0]


def test_citation_names_authors_table_edition_and_sources():
    words = tables.cite("bri_members")
    for part in ("The claimbook authors (2026).", "table bri_members", "as of 2026-", "version 2026.11.1", "Weyrauch"):
        assert part in words
    assert tables.load("bri_members").attrs["citation"] == words
    assert "various" not in words and words.endswith(".")


def test_attrs_say_what_a_table_is():
    attrs = tables.load("oil_prices").attrs
    assert set(attrs) == {"table", "title", "description", "units", "sources", "as_of", "limits", "citation"}
    assert attrs["units"] and attrs["limits"] and attrs["sources"]


def test_command_line_describes_and_cites_a_table(capsys):
    assert cli.main(["data"]) == 0
    listed = capsys.readouterr().out
    assert all(re.search(rf"^{name} ", listed, re.MULTILINE) for name in tables.names())
    assert cli.main(["data", "timeline"]) == 0
    shown = capsys.readouterr().out
    assert "as of" in shown and "date_precision: string" in shown and "What it cannot show:" in shown
    assert cli.main(["data", "timeline", "--cite"]) == 0
    assert capsys.readouterr().out.strip() == tables.cite("timeline")
    assert cli.main(["data", "time_line", "--cite"]) == 1
    assert "timeline" in capsys.readouterr().err


def test_zip_holds_the_whole_package_and_is_valid(tmp_path):
    from frictionless import Package, system

    target = tmp_path / "data.zip"
    book.write_data_zip(target)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "data")
    descriptor = json.loads((tmp_path / "data/datapackage.json").read_text(encoding="utf-8"))
    assert {r["path"] for r in descriptor["resources"]} <= {
        str(path.relative_to(tmp_path / "data")) for path in (tmp_path / "data").rglob("*.csv")
    }
    with system.use_context(trusted=True):
        report = Package(str(tmp_path / "data/datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:20]
    first = target.read_bytes()
    book.write_data_zip(target)
    assert target.read_bytes() == first


# -- a damaged copy ----------------------------------------------------------------------------------------


@pytest.fixture
def installed(tmp_path):
    """An installed copy: the package with the data inside it, away from the clone."""
    package = tmp_path / "site/claimbook"
    shutil.copytree(root() / "src/claimbook", package, ignore=shutil.ignore_patterns("__pycache__", "content"))
    shutil.copytree(root() / "data", package / "content/data")
    return tmp_path / "site"


def load_there(site):
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import claimbook; assert 'site' in claimbook.__file__\n"
        "from claimbook.content import ContentError\n"
        "try:\n    print(len(claimbook.load('timeline')))\n"
        "except ContentError as error:\n    print('ContentError', error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=site, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_whole_copy_loads(installed):
    assert int(load_there(installed)) == len(tables.load("timeline"))


@pytest.mark.parametrize(
    "file, content, says",
    [
        ("tables/timeline.csv", None, r"timeline\.csv.*pip install --force-reinstall claimbook"),
        ("tables/timeline.csv", b"", r"damaged.*timeline\.csv.*pip install"),
        ("tables/timeline.csv", b"date,event\n\xff\xfe,x\n", r"damaged.*timeline\.csv.*pip install"),
        ("tables/timeline.csv", b"date,event\n1,2,3\n1,2,3,4,5\n", r"damaged.*timeline\.csv.*pip install"),
        ("tables/timeline.csv", b"date,event\n1949-10-01,x\n", r"timeline\.csv: the header reads"),
        ("datapackage.json", b'{"resources": [', r"datapackage\.json cannot be read.*pip install"),
        ("datapackage.json", None, r"no data/datapackage\.json.*Reinstall claimbook"),
    ],
)
def test_a_damaged_copy_says_which_file_and_how_to_repair(installed, file, content, says):
    path = installed / "claimbook/content/data" / file
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert re.search(rf"^ContentError .*{says}", load_there(installed), re.DOTALL)
