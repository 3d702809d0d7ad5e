"""Tables on paper: columns as wide as they need, and never wider than the page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from bs4 import Tag

WIDTH = 84  # letters that fit on a line in the size that tables are set in
LEAST = 4
WHOLE = 12  # rows of a table that is not divided between two pages


def table(node: Tag, convert: Callable[[Tag], str]) -> str:
    """An HTML table as Typst.

    Args:
        node: the `<table>`, whose rows have the same number of cells each.
        convert: gives the Typst of a cell's content.
    """
    rows = [row.find_all(["th", "td"], recursive=False) for row in node.find_all("tr")]
    columns = max(map(len, rows))
    texts = [[cell.get_text(" ", strip=True) for cell in row] for row in rows]
    head = [row for row in rows if row and row[0].find_parent("thead")]
    widths, small = _widths(texts, columns)
    aligned = ", ".join(
        "right" if _numbers([row[n] for row in texts[len(head) :] if n < len(row)]) else "left" for n in range(columns)
    )

    def cells(row: Sequence[Tag]) -> str:
        filled = [f"[{convert(cell)}]" for cell in row] + ["[]"] * (columns - len(row))
        return ", ".join(filled)

    header = f"table.header({', '.join(cells(row) for row in head)}),\n" if head else ""
    body = ",\n".join(cells(row) for row in rows[len(head) :])
    return (
        f"\n\n#small-table(small: {'true' if small else 'false'}, whole: {'true' if len(rows) <= WHOLE else 'false'}, columns: ({', '.join(widths)},), "
        f"align: ({aligned},),\n{header}{body})\n\n"
    )


def _numbers(column: list[str]) -> bool:
    """True for a column of numbers, which is set flush right."""
    return any(column) and all(re.fullmatch(r"[-+−±]?[\d,.\s]*%?|NaN|<NA>|None|–", text) for text in column)


def _widths(texts: list[list[str]], columns: int) -> tuple[list[str], bool]:
    """Typst widths of the columns, and whether the table needs the smaller size."""
    longest, word = [LEAST] * columns, [LEAST] * columns
    for row in texts:
        for n, text in enumerate(row):
            longest[n] = max(longest[n], len(text))
            word[n] = max([word[n], *map(len, re.split(r"[\s-]", text))])
    gaps = 2 * columns
    if sum(longest) + gaps <= WIDTH:
        return ["auto"] * columns, False
    room = WIDTH - gaps
    small = sum(word) > room
    share = [max(word[n], min(longest[n], 6 + longest[n] ** 0.72)) for n in range(columns)]
    return [f"{value:.1f}fr" for value in share], small
