"""Figures: one drawing for all, a live view where there is something to ask, numbers as tables."""

import json
import re

import altair as alt
import pandas as pd
import pytest

from claimbook import explore
from claimbook.content import ContentError, root
from claimbook.display import GOLDEN
from claimbook.figures import figure, figure_html, svg, table_html

ROWS = pd.DataFrame({"place": ["north", "south"], "number": [3, 4]})
PLAIN = alt.Chart(ROWS).mark_bar().encode(x="number:Q", y="place:N")
PLACE = alt.selection_point(fields=["place"], bind=alt.binding_select(options=[None, "north", "south"], name="Place"))
WORDS = {
    "alt": "The south has four, one more than the north.",
    "caption": "Numbers by place.",
    "table": ROWS,
    "limit": "Nothing about the west.",
}


def shown(chart, **changes):
    return figure(chart, **{**WORDS, **changes}).data


def live(chart):
    """What the page gets for the live view, read back from its HTML."""
    found = re.search(r'<claim-chart><script type="application/json">(.*?)</script>', figure_html(shown(chart), True))
    return found and json.loads(found[1])


@pytest.mark.parametrize(
    "chart",
    [
        PLAIN.add_params(PLACE),
        PLAIN.encode(tooltip="number:Q"),
        PLAIN + PLAIN.encode(tooltip="number:Q"),
        PLAIN | PLAIN.add_params(PLACE),
        PLAIN.encode(tooltip="number:Q").facet("place:N"),
    ],
)
def test_a_chart_with_inputs_or_tooltips_is_explorable(chart):
    assert explore.explorable(chart.to_dict())
    assert live(chart)["alt"] == WORDS["alt"]


def test_a_chart_without_them_stays_a_drawing():
    assert not explore.explorable(PLAIN.to_dict())
    assert live(PLAIN) is None


def test_in_jupyter_a_figure_is_its_drawing_alone(monkeypatch):
    monkeypatch.delenv(GOLDEN, raising=False)
    assert "claim-chart" not in figure(PLAIN.add_params(PLACE), **WORDS)._repr_mimebundle_()["text/html"]


def test_the_live_view_has_the_colours_of_the_theme():
    spec = json.dumps(live(PLAIN.add_params(PLACE))["spec"])
    assert "var(--cb-series-1, #1f5f8b)" in spec and '"#1f5f8b"' not in spec


@pytest.mark.parametrize("chosen,bars", [({}, 2), ({"value": "north"}, 1)])
def test_the_drawing_shows_what_the_first_choice_of_an_input_leaves(chosen, bars):
    place = alt.selection_point(fields=["place"], bind=PLACE.param.bind, **chosen)
    drawing = svg(PLAIN.transform_filter(place).add_params(place).to_dict())
    assert drawing.count('fill="var(--cb-series-1') == bars


def test_words_of_the_data_cannot_end_the_script_that_holds_them():
    rows = ROWS.assign(place=["</script><script>alert(1)</script>", "south"])
    chart = alt.Chart(rows).mark_bar().encode(x="number:Q", y="place:N", tooltip="place:N")
    page = figure_html(shown(chart), live=True)
    assert page.count("</script>") == 1 and "<script>alert" not in page


def test_an_input_without_a_label_is_refused():
    nameless = alt.param(value=1, bind=alt.binding_range(min=0, max=2, name=" "))
    with pytest.raises(ContentError, match="no label"):
        figure_html(shown(PLAIN.add_params(nameless)), live=True)


def test_data_from_an_address_are_refused():
    chart = alt.Chart("numbers.csv").mark_bar().encode(x="number:Q", tooltip="number:Q")
    with pytest.raises(ContentError, match="give Altair the rows"):
        explore.live_spec(chart.to_dict())


def test_several_tables_have_captions_and_one_needs_none():
    two = shown(PLAIN, table={"North & south": ROWS, "Again": ROWS})["table"]
    assert "<caption>North &amp; south</caption>" in two and two.count("<table>") == 2
    assert "<caption>" not in table_html(ROWS)


def test_the_script_of_vega_is_made_once_without_the_network(tmp_path):
    script = tmp_path / "static/vega.js"
    explore.write_vega(script)
    text, made = script.read_text(encoding="utf-8"), script.stat().st_mtime_ns
    assert text.startswith("/* Made by vl-convert") and "University of Washington" in text
    assert not re.findall(r"https?://[^\"' )]*(?:cdn|unpkg|jsdelivr)", text)
    explore.write_vega(script)
    assert script.stat().st_mtime_ns == made
    script.write_text("an older one", encoding="utf-8")
    explore.write_vega(script)
    assert script.read_text(encoding="utf-8") == text


def test_a_vl_convert_with_other_versions_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(explore, "SNIPPET", explore.SNIPPET.replace("vega-interpreter", "vega-nothing"))
    with pytest.raises(ContentError, match="vega-interpreter"):
        explore.write_vega(tmp_path / "vega.js")


def test_figures_of_the_book_with_inputs_hold_rows_for_every_choice():
    """An option that no row of the chart has would show an empty chart."""
    from .test_chapters import figures

    for path in sorted((root() / "chapters").glob("*.ipynb")):
        for data in figures(path):
            if explore.explorable(data["spec"]):
                values = {
                    str(value) for rows in data["spec"]["datasets"].values() for row in rows for value in row.values()
                }
                for param in data["spec"].get("params", []):
                    if "select" in param:
                        options = {option for option in param["bind"]["options"] if option is not None}
                        assert options <= values, f"{path.name}: {sorted(options - values)}"
