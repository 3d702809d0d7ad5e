"""The data package: valid, sourced, typed, and clear about what is wrong with it."""

import csv
import json
import re

import pandas as pd
import pytest

from claimbook import tables
from claimbook.content import ContentError, root

FOLDER = root() / "data"


@pytest.fixture(params=tables.names())
def table(request):
    return request.param


def test_package_is_valid_by_the_reference_validator():
    from frictionless import Package, system

    with system.use_context(trusted=True):
        report = Package(str(FOLDER / "datapackage.json")).validate()
    assert report.valid, report.flatten(["resource", "rowNumber", "fieldName", "type", "note"])[:20]


def test_a_broken_cell_fails_the_validator(tmp_path):
    from frictionless import Package

    descriptor = json.loads((FOLDER / "datapackage.json").read_text())
    resource = next(r for r in descriptor["resources"] if r["name"] == "icc_warrants")
    resource["schema"].pop("foreignKeys", None)
    lines = (FOLDER / resource["path"]).read_text().splitlines()
    (tmp_path / "tables").mkdir()
    (tmp_path / resource["path"]).write_text("\n".join([*lines, lines[1]]) + "\n")  # a key used twice
    (tmp_path / "datapackage.json").write_text(json.dumps({**descriptor, "resources": [resource]}))
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid


def test_table_says_what_it_is_where_it_comes_from_and_what_it_cannot_show(table):
    resource = tables.describe(table)
    for key in ("title", "description", "asOf", "limits", "licenses", "schema"):
        assert resource.get(key), f"{table}: {key} is missing in datapackage.json"
    assert resource["schema"].get("primaryKey"), f"{table} has no primary key"
    for field in resource["schema"]["fields"]:
        assert field.get("description"), f"{table}.{field['name']} has no description"


@pytest.mark.parametrize(
    "gap, words",
    [
        (lambda table: table.pop("asOf"), "the property 'asOf' is missing"),
        (lambda table: table["licenses"][0].pop("title"), r"licenses\[0\]: the property 'title' is missing"),
        (lambda table: table["schema"]["fields"][1].pop("description"), r"fields\[1\]: the property 'description'"),
    ],
    ids=["table", "licence", "field"],
)
def test_a_gap_in_the_description_is_named(monkeypatch, gap, words):
    spoiled = json.loads((FOLDER / "datapackage.json").read_text())
    gap(next(table for table in spoiled["resources"] if table["name"] == "icc_warrants"))
    monkeypatch.setattr(tables, "package", lambda: spoiled)
    with pytest.raises(ContentError, match=f"datapackage.json, table 'icc_warrants'.*{words}"):
        tables.describe("icc_warrants")


def test_a_table_without_a_name_is_told_by_its_number(monkeypatch):
    monkeypatch.setattr(tables, "package", lambda: {"resources": [{"name": "first"}, {"title": "Second"}]})
    with pytest.raises(ContentError, match="resource number 2 has no property 'name'"):
        tables.names()
    with pytest.raises(ContentError, match="resource number 2"):
        tables.describe("second")


def test_table_loads_typed_with_its_context(table):
    frame = tables.load(table)
    assert len(frame), f"{table} is empty"
    assert frame.attrs["title"] and frame.attrs["citation"].count(table)
    for field in tables.describe(table)["schema"]["fields"]:
        kind = frame[field["name"]].dtype
        if field["type"] == "date":
            assert pd.api.types.is_datetime64_any_dtype(kind)
        if field.get("categories"):
            assert isinstance(kind, pd.CategoricalDtype)


def test_table_is_sorted_by_its_key_and_written_cleanly(table):
    resource = tables.describe(table)
    raw = (FOLDER / resource["path"]).read_bytes()
    assert b"\r" not in raw and raw.endswith(b"\n")
    assert not re.search(rb"[ \t]+(,|\n)", raw), f"{table} has spaces at the end of a cell"


def test_every_source_named_by_a_row_is_registered():
    known = {row["source"] for row in _rows("sources")}
    for name in tables.names():
        for number, row in enumerate(_rows(name), 2):
            for column in ("source", "source_2", "sources"):
                for key in (row.get(column) or "").split() if name != "sources" else []:
                    assert key in known, f"{name}, row {number}: source {key!r} is not in data/tables/sources.csv"


def _rows(name):
    with open(FOLDER / tables.describe(name)["path"], encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_belongs_to_the_package():
    listed = {resource["path"] for resource in tables.package()["resources"]}
    found = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.csv")}
    assert found == listed


def test_addresses_are_well_formed():
    for row in _rows("sources"):
        assert re.fullmatch(r"https?://[^\s<>\"]+", row["url"]) or (not row["url"] and row["note"]), row


def parties_on(day):
    """ICC States Parties on a day, by the rule that chapter 08 states."""
    states = tables.load("icc_states_parties")
    day = pd.Timestamp(day)
    return states[(states["entry_into_force"] <= day) & ~(states["withdrawal_effective"] <= day)]


@pytest.mark.parametrize("day, count", [("2023-10-16", 123), ("2024-02-01", 124), ("2025-01-01", 125)])
def test_number_of_icc_states_parties(day, count):
    assert len(parties_on(day)) == count


def test_regional_groups_of_the_icc_add_up():
    counts = parties_on("2023-10-16")["icc_group"].value_counts()
    assert sorted(counts.tolist(), reverse=True) == [33, 28, 25, 19, 18]


def test_unknown_table_gets_the_close_names():
    with pytest.raises(ContentError, match="icc_warrants"):
        tables.load("icc_warants")


def test_missing_file_says_which_and_how_to_repair(monkeypatch):
    broken = {**tables.describe("icc_warrants"), "path": "tables/gone.csv"}
    monkeypatch.setattr(tables, "describe", lambda name: broken)
    with pytest.raises(ContentError, match=r"gone\.csv.*[Rr]un"):
        tables.load("icc_warrants")


@pytest.mark.parametrize(
    "value, field, rule",
    [
        ("2023-13-01", {"name": "d", "type": "date"}, "not of type date"),
        ("six", {"name": "n", "type": "integer"}, "not of type integer"),
        ("yes", {"name": "b", "type": "boolean"}, "not true or false"),
        ("x", {"name": "c", "type": "string", "categories": ["a", "b"]}, "not one of"),
    ],
)
def test_a_bad_cell_names_file_row_and_column(value, field, rule):
    with pytest.raises(ContentError, match=rf"t\.csv, row 2, column {field['name']}: '{value}' is {rule}"):
        tables._typed(pd.Series([value], dtype="str"), field, "t.csv")


def test_changing_a_table_in_place_harms_nobody_else():
    first = tables.load("icc_warrants")
    first.loc[0, "person"] = "Somebody"
    first["new"] = 1
    first.attrs["limits"].append("none")
    second = tables.load("icc_warrants")
    assert second.loc[0, "person"] != "Somebody" and "new" not in second and "none" not in second.attrs["limits"]
