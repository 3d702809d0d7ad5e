"""Figures: a chart that states its finding in words and brings its numbers as a table.

Charts are written with Altair and drawn once, as SVG, by vl-convert: no script, no network, sharp in
print. Colours are CSS variables, so that one drawing serves light and dark pages. Where a chart has inputs
or tooltips, the built book offers its live view as well (explore.py); in Jupyter the drawing is all.
"""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any

from claimbook.content import ContentError
from claimbook.display import Shown
from claimbook.explore import claim_chart, explorable

if TYPE_CHECKING:
    import pandas as pd

# Okabe and Ito's colours in an order of our own; they stay apart for colour-blind readers.
PALETTE = ["#1f5f8b", "#b8520f", "#3a7d44", "#8a5a9e", "#8a6d00", "#56707f"]
# What is drawn -> the CSS variable that takes its place (see static/book.css for both themes).
THEMED = {
    **{colour: f"var(--cb-series-{number}, {colour})" for number, colour in enumerate(PALETTE, 1)},
    "#23292e": "var(--cb-ink, #23292e)",
    "#5c666e": "var(--cb-muted, #5c666e)",
    "#d9dee2": "var(--cb-rule, #d9dee2)",
}
_INK, _MUTED, _RULE = "#23292e", "#5c666e", "#d9dee2"
CONFIG = {
    "background": "transparent",
    "font": "system-ui, sans-serif",
    "view": {"stroke": None, "continuousWidth": 600, "continuousHeight": 300, "discreteWidth": {"step": 26}},
    "range": {"category": PALETTE, "ramp": {"scheme": "blues"}},
    "mark": {"color": PALETTE[0]},
    "line": {"strokeWidth": 2.2},
    "rule": {"color": _MUTED},
    "axis": {
        "labelColor": _MUTED, "titleColor": _MUTED, "labelFontSize": 13, "titleFontSize": 13,
        "titleFontWeight": "normal", "gridColor": _RULE, "domainColor": _RULE, "tickColor": _RULE,
        "titlePadding": 8,
    },
    "legend": {"labelColor": _INK, "titleColor": _MUTED, "labelFontSize": 13, "titleFontSize": 13,
               "titleFontWeight": "normal", "orient": "top", "symbolStrokeWidth": 2},
    "header": {"labelColor": _INK, "titleColor": _MUTED, "labelFontSize": 13},
    "text": {"color": _INK, "fontSize": 13},
    "title": {"color": _INK, "fontSize": 14, "fontWeight": 600, "anchor": "start"},
}  # fmt: skip


def figure(chart: Any, *, alt: str, caption: str, table: pd.DataFrame | dict[str, pd.DataFrame], limit: str) -> Shown:
    """Show a chart with its finding, its numbers and its limit.

    Args:
        chart: an Altair chart without colours or fonts of its own: the house style adds them.
        alt: the finding, for those who can't see the chart; 20 to 250 characters.
        caption: what is drawn, with units and period.
        table: DataFrame with the numbers behind the chart, or several of them by caption; the index is shown.
        limit: what these numbers cannot show.

    Raises:
        ContentError: `alt` is too short or too long.
    """
    if not 20 <= len(alt) <= 250:
        raise ContentError(f"figure(alt=...): {len(alt)} characters; state the finding in 20 to 250.")
    tables = table if isinstance(table, dict) else {"": table}
    data = {
        "kind": "figure",
        "spec": chart.to_dict(),
        "alt": alt,
        "caption": caption,
        "limit": limit,
        "table": "".join(table_html(frame, title) for title, frame in tables.items()),
    }
    plain = f"Figure. {caption}\n{alt}\nWhat this cannot show: {limit}"
    return Shown(data, plain, lambda: {"text/html": figure_html(data)})


def table_html(table: pd.DataFrame, caption: str = "") -> str:
    """DataFrame as a plain HTML table whose header cells say what they head."""
    flat = table.reset_index() if any(name is not None for name in table.index.names) else table
    head = "".join(f'<th scope="col">{html.escape(str(name))}</th>' for name in flat.columns)
    rows = []
    for values in flat.astype(object).itertuples(index=False):
        first, *rest = (_cell(value) for value in values)
        rows.append(f'<tr><th scope="row">{first}</th>' + "".join(f"<td>{value}</td>" for value in rest) + "</tr>")
    title = f"<caption>{html.escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _cell(value: Any) -> str:
    if hasattr(value, "strftime"):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        return "" if value != value else f"{value:g}"
    return html.escape("" if value is None else str(value))


def _in_house_style(spec: dict) -> dict:
    return {**spec, "config": {**spec.get("config", {}), **CONFIG}}


def svg(spec: dict) -> str:
    """Draw a Vega-Lite specification as SVG with the house's colours as CSS variables."""
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(_in_house_style(spec))
    drawn = re.sub(r' (role|aria-[a-z]+)="[^"]*"', "", drawn)  # one picture with one name, not a hundred marks
    for colour, variable in THEMED.items():
        drawn = drawn.replace(f'"{colour}"', f'"{variable}"')
    return drawn


def _live(data: dict) -> str:
    """What offers the live view of a figure; nothing if its chart has no inputs and no values to read."""
    if not explorable(data["spec"]):
        return ""
    styled = _in_house_style(data["spec"])
    themed = re.sub("|".join(THEMED), lambda colour: THEMED[colour[0]], json.dumps(styled))
    return claim_chart(json.loads(themed), data["alt"])


def figure_html(data: dict, live: bool = False) -> str:
    """HTML of a figure from what `figure()` stored: drawing, caption, limit, table.

    Args:
        data: what was stored.
        live: add what the page needs to offer the live view.
    """
    drawing = svg(data["spec"]).replace(
        "<svg ", f'<svg role="img" aria-label="{html.escape(data["alt"])}" style="max-width:100%;height:auto" ', 1
    )
    return (
        f'<figure class="cb-figure"><div class="cb-drawing" tabindex="0" role="group" aria-label="Drawing">{drawing}</div>'
        f"{_live(data) if live else ''}"
        f"<figcaption>{html.escape(data['caption'])} "
        f'<span class="cb-limit"><strong>What this cannot show:</strong> {html.escape(data["limit"])}</span></figcaption>'
        f'<details><summary>The numbers as a table</summary><div class="cb-scroll" tabindex="0" role="region" '
        f'aria-label="Numbers of the figure">{data["table"]}</div></details></figure>'
    )
