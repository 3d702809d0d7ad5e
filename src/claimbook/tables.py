"""The data package: find, load, describe and cite its tables.

`data/datapackage.json` (Data Package v2, Frictionless Standards) says of each table which fields it
has, in which units, from which sources and what it cannot show. That file is the only place where
types are written down; `load` follows it.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from claimbook.content import DESCRIPTOR, REPAIR, ContentError, find_close, package, root

if TYPE_CHECKING:
    import pandas as pd


# What the book tells of every table, of each of its fields, and of each licence.
TOLD = ("path", "title", "description", "asOf", "limits", "schema", "sources", "licenses")
TOLD_OF = {"fields": ("name", "type", "description"), "sources": ("title",), "licenses": ("title",)}


def names() -> list[str]:
    """Names of all tables, in the order of the descriptor.

    Raises:
        ContentError: one has no name.
    """
    for number, resource in enumerate(package()["resources"], 1):
        if "name" not in resource:
            raise ContentError(f"{DESCRIPTOR}: resource number {number} has no property 'name'. Add it there.")
    return [resource["name"] for resource in package()["resources"]]


def describe(name: str) -> dict:
    """Descriptor of one table (a Data Resource: title, description, schema, sources, asOf, limits, licenses).

    Raises:
        ContentError: no such table (the message lists the close names), or a property of it is missing.
    """
    for resource in package()["resources"]:
        if resource.get("name") == name:
            _refuse_gaps(resource)
            return resource
    raise ContentError(f"No table {name!r}. {find_close(name, names())}")


def _refuse_gaps(resource: dict) -> None:
    """ContentError for the first property that is missing in a table's descriptor."""
    parts: list[tuple[str, dict, tuple[str, ...]]] = [("", resource, TOLD)]
    for kind, wanted in TOLD_OF.items():
        listed = resource.get("schema", {}) if kind == "fields" else resource
        parts += [(f"{kind}[{n}]: ", part, wanted) for n, part in enumerate(listed.get(kind, []))]
    for place, part, wanted in parts:
        if missing := [word for word in wanted if word not in part]:
            raise ContentError(
                f"{DESCRIPTOR}, table {resource['name']!r}: {place}the property {missing[0]!r} is missing. Add it there."
            )


def load(name: str) -> pd.DataFrame:
    """Load a table of the data package as a tidy, typed DataFrame.

    Args:
        name: a table, such as `"icc_states_parties"`; `claimbook data` lists them.

    Returns:
        DataFrame with the columns of the table's schema: dates as datetime64, closed vocabularies as
        categories, whole numbers as Int64 (missing values stay missing), yes/no as boolean. What the
        numbers are, where they come from and what they can't show is in `.attrs`: `title`,
        `description`, `units`, `sources`, `as_of`, `limits`, `citation`.

    Raises:
        ContentError: unknown name, missing file, or a cell that breaks the schema (file, row, column).
    """
    resource = describe(name)
    path = root() / "data" / resource["path"]
    if not path.is_file():
        raise ContentError(f"The file of table {name!r} is missing: {path}. {REPAIR}")
    # A shallow copy: pandas 3 copies on write, so nobody can change what the next one gets.
    frame = _frame(name, str(path), path.stat().st_mtime_ns, json.dumps(resource["schema"]["fields"])).copy(deep=False)
    frame.attrs = {
        "table": name,
        "title": resource["title"],
        "description": resource["description"],
        "units": {f["name"]: f["unit"] for f in resource["schema"]["fields"] if "unit" in f},
        "sources": [source_line(source) for source in resource.get("sources", [])],
        "as_of": resource["asOf"],
        "limits": list(resource["limits"]),
        "citation": cite(name),
    }
    return frame


@cache
def _frame(name: str, path: str, modified: int, schema: str) -> pd.DataFrame:
    """The file of a table, read and typed; once, until file or schema change."""
    import pandas as pd

    fields = json.loads(schema)
    short = describe(name)["path"]
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    except (OSError, ValueError) as error:  # no permission, no UTF-8, nothing in it, rows of unequal length
        raise ContentError(f"The file of table {name!r} is damaged: {path} ({error}). {REPAIR}") from None
    expected = [field["name"] for field in fields]
    if list(raw.columns) != expected:
        raise ContentError(
            f"{short}: the header reads {list(raw.columns)}, but the schema in datapackage.json lists {expected}. "
            "Correct one of the two."
        )
    return pd.DataFrame({field["name"]: _typed(raw[field["name"]], field, short) for field in fields})


def _typed(column: Any, field: dict, path: str) -> Any:
    """Column of strings -> column of the field's type; ContentError names the first bad row."""
    import pandas as pd

    kind = field["type"]
    try:
        if categories := field.get("categories"):
            _refuse(column[column.notna() & ~column.isin(categories)], f"not one of {categories}", field, path)
            return pd.Categorical(column, categories=categories, ordered=field.get("categoriesOrdered", False))
        if kind == "date":
            return pd.to_datetime(column, format="%Y-%m-%d")
        if kind in ("integer", "year"):
            return pd.to_numeric(column).astype("Int64")
        if kind == "number":
            return pd.to_numeric(column).astype("float64")
        if kind == "boolean":
            _refuse(column[column.notna() & ~column.isin(["true", "false"])], "not true or false", field, path)
            return column.map({"true": True, "false": False}).astype("boolean")
        return column
    except (ValueError, TypeError):
        parse = {"date": lambda v: pd.to_datetime(v, format="%Y-%m-%d", errors="coerce")}.get(
            kind, lambda v: pd.to_numeric(v, errors="coerce")
        )
        _refuse(column[column.notna() & parse(column).isna()], f"not of type {kind}", field, path)
        raise


def _refuse(bad: Any, rule: str, field: dict, path: str) -> None:
    if len(bad):
        row, value = bad.index[0], bad.iloc[0]
        raise ContentError(f"{path}, row {row + 2}, column {field['name']}: {value!r} is {rule}. Correct the cell.")


def source_line(source: dict) -> str:
    """A source of a table in one line: publisher, title, date. Many sources: where they are named."""
    if source.get("publisher", "").startswith("various"):
        return "the sources named in its rows"
    parts = [source.get("publisher"), source["title"], source.get("date")]
    return ", ".join(part for part in parts if part)


def cite(name: str) -> str:
    """One-line citation of a table: authors, table, this package and edition, and the table's own sources."""
    resource, whole = describe(name), package()
    sources = "; ".join(source_line(source) for source in resource.get("sources", []))
    authors = ", ".join(person["title"] for person in whole["contributors"])
    return (
        f"{authors} ({whole['created'][:4]}). {resource['title']} (table {name}, as of {resource['asOf']}). In: {whole['title']}, "
        f"version {whole['version']}. Compiled from: {sources}."
    )
