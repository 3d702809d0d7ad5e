"""CSV files that spreadsheets open safely."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path


def write_rows(path: Path, head: list[str], rows: Iterable[dict]) -> None:
    """Write a CSV file; the old one stays until the new one is complete.

    Args:
        path: the file; its folder is made where it is missing.
        head: columns in order.
        rows: a dictionary a row, with every column.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with open(part, "w", encoding="utf-8-sig", newline="") as file:  # the mark lets spreadsheets see UTF-8
        writer = csv.DictWriter(file, head)
        writer.writeheader()
        writer.writerows({column: _harmless(row[column]) for column in head} for row in rows)
    part.replace(path)


def _harmless(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: names and texts come from strangers."""
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value
