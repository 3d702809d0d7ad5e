"""Trade, energy, prices, budget, currencies, sanctions and China's economy: what these tables agree on."""

import re

import pandas as pd
import pytest

from claimbook import tables
from claimbook.tables import load

TEXT_DAY = pd.Timestamp("2023-10-16")
TRADE = [
    "trade_annual",
    "trade_year_to_date",
    "trade_growth",
    "energy_exports",
    "oil_prices",
    "price_cap",
    "power_of_siberia",
    "budget_oil_gas",
    "macro",
    "eu_packages",
    "sanctions_timeline",
    "sanctions_counts",
    "yuan_share",
    "gdp_quarterly",
    "property",
]


def changed(table, where, **values):
    """A copy of a table with other values in the row that has the cells of `where`."""
    frame = load(table).copy()
    rows = frame.index[(frame[list(where)] == pd.Series(where)).all(axis=1)]
    assert len(rows) == 1, where
    for column, value in values.items():
        if isinstance(frame[column].dtype, pd.CategoricalDtype):
            frame[column] = frame[column].astype("str")
        frame.loc[rows, column] = value
    return frame


# -- Trade: totals, cumulated figures, growth ----------------------------------------------------------------


def decimals(number):
    return len(f"{number:.6f}".rstrip("0").split(".")[1])


def totals_off(trade):
    """Rows whose parts don't add up to the total within rounding, or within 0.3 where parts were calculated."""
    bad = []
    for row in trade.dropna(subset=["exports_usd_bn", "imports_usd_bn", "total_usd_bn"]).itertuples():
        numbers = (row.exports_usd_bn, row.imports_usd_bn, row.total_usd_bn)
        rounding = 0.5 * sum(10.0 ** -max(decimals(n), 1) for n in numbers)  # a trailing zero is not seen: 0.1 at most
        allowed = 0.3 if row.split_status == "derived" else rounding
        if abs(numbers[0] + numbers[1] - numbers[2]) > allowed + 1e-9:
            bad.append(row.Index)
    return bad


@pytest.mark.parametrize("table", ["trade_annual", "trade_year_to_date"])
def test_trade_is_exports_plus_imports(table):
    assert totals_off(load(table)) == []


def test_a_total_that_is_not_the_sum_is_found():
    broken = changed("trade_annual", {"year": 2022}, exports_usd_bn=77.12)
    assert broken.loc[totals_off(broken), "year"].tolist() == [2022]


def not_cumulated(trade):
    """Rows from January to a month that can't be: less than a row before, another last day, unlike the year's total."""
    annual = load("trade_annual").set_index("year")["total_usd_bn"]
    bad = set()
    for year, rows in trade.sort_values("through_month").groupby("year"):
        for column in ("exports_usd_bn", "imports_usd_bn", "total_usd_bn"):
            steps = rows[column].dropna().diff()
            bad |= {(year, rows.loc[i, "through_month"]) for i in steps[steps <= 0].index}
        for row in rows.itertuples():
            last = pd.Timestamp(int(year), int(row.through_month), 1) + pd.offsets.MonthEnd(0)
            whole = row.through_month == 12 and row.total_usd_bn != annual.loc[year]
            if row.period_end != last or whole:
                bad.add((year, row.through_month))
    return sorted(bad)


def test_cumulated_trade_rises_through_the_year_and_ends_in_its_total():
    assert not_cumulated(load("trade_year_to_date")) == []


def test_a_single_month_among_cumulated_rows_is_found():
    single = 176.4 - 155.1  # September 2023 alone
    broken = changed("trade_year_to_date", {"year": 2023, "through_month": 9}, total_usd_bn=single)
    assert not_cumulated(broken) == [(2023, 9)]


def growth_off(levels, growth, tolerance):
    """Years whose printed growth differs from that of the levels by more than `tolerance` points."""
    own = 100 * (levels / levels.shift() - 1).where(levels.index.to_series().diff() == 1)
    return [year for year in levels.index if abs(own[year] - growth.get(year, float("nan"))) > tolerance]


def test_printed_growth_fits_the_totals():
    annual = load("trade_annual").set_index("year")
    printed = load("trade_growth").query("currency == 'USD'").set_index("year")
    for growth in (annual["growth_printed_pct"], printed["total_growth_pct"]):
        assert growth_off(annual["total_usd_bn"], growth, tolerance=0.6) == []
    assert printed["total_bn"].tolist() == annual.loc[printed.index, "total_usd_bn"].tolist()
    assert growth_off(annual["exports_usd_bn"], printed["exports_growth_pct"], tolerance=1.5) == []
    assert growth_off(annual["imports_usd_bn"], printed["imports_growth_pct"], tolerance=1.5) == []


def test_growth_that_does_not_fit_is_found():
    annual = load("trade_annual").set_index("year")
    wrong = annual["growth_printed_pct"].copy()
    wrong[2023] = 32.7  # the rate in yuan
    assert growth_off(annual["total_usd_bn"], wrong, tolerance=0.6) == [2023]


def currencies_off(growth, macro):
    """Years in which growth in yuan, growth in dollars and the exchange rate contradict each other by over a point."""
    rate = macro.query("iso3 == 'CHN' and indicator == 'currency_per_usd'").set_index("year")["value"]
    wide = growth.pivot(index="year", columns="currency", values=["total_growth_pct", "total_bn"])
    bad = []
    for year, row in wide.iterrows():
        factor = (1 + row["total_growth_pct", "CNY"] / 100) / (1 + row["total_growth_pct", "USD"] / 100)
        level = row["total_bn", "CNY"] / row["total_bn", "USD"] / rate[year]
        if abs(factor - rate[year] / rate[year - 1]) > 0.01 or abs(level - 1) > 0.015:
            bad.append(year)
    return bad


def test_growth_in_two_currencies_differs_as_the_exchange_rate_does():
    growth = load("trade_growth")
    assert growth.groupby("year", observed=True)["currency"].agg(list).map(sorted).tolist() == [["CNY", "USD"]] * 4
    assert currencies_off(growth, load("macro")) == []


def test_swapped_currencies_are_found():
    broken = load("trade_growth").astype({"currency": "str"})
    swapped = broken["currency"].map({"CNY": "USD", "USD": "CNY"})
    broken["currency"] = broken["currency"].where(broken["year"] != 2023, swapped)
    assert currencies_off(broken, load("macro")) == [2023]


# -- Energy, prices, budget ----------------------------------------------------------------------------------

UNITS = {
    "volume": {"Mt", "bcm"},
    "flow": {"mb/d"},
    "value": {"USD bn"},
    "revenue": {"USD bn"},
    "share of EU imports": {"percent"},
    "share of Russian exports": {"percent"},
}


def wrong_units(energy):
    """Rows whose unit doesn't fit the measure, a share above 100, or a group with a country code (and the reverse)."""
    bad = []
    for row in energy.itertuples():
        impossible = row.unit == "percent" and row.value > 100
        coded = isinstance(row.iso3, str) == (row.destination in ("China", "India"))
        if row.unit not in UNITS[row.measure] or impossible or not coded:
            bad.append(row.Index)
    return bad


def test_energy_rows_have_the_unit_of_their_measure():
    assert wrong_units(load("energy_exports")) == []


@pytest.mark.parametrize("values", [{"unit": "Mt"}, {"value": 180.0}, {"iso3": "CHN"}])
def test_a_wrong_unit_is_found(values):
    where = {"destination": "China and India", "fuel": "crude oil", "period_start": pd.Timestamp("2023-05-01")}
    assert len(wrong_units(changed("energy_exports", where, **values))) == 1


def energy_growth_off(energy):
    """Yearly rows whose printed growth differs from the level of the year before by more than 1.2 points."""
    bad = []
    for key, rows in energy.query("period == 'year'").groupby(["destination", "fuel", "measure"], observed=True):
        rows = rows.assign(year=rows["period_start"].dt.year).set_index("year").sort_index()
        bad += [(*key, year) for year in growth_off(rows["value"], rows["growth_printed_pct"], tolerance=1.2)]
    return bad


def test_printed_growth_fits_the_energy_levels():
    assert energy_growth_off(load("energy_exports")) == []


def test_an_energy_level_that_does_not_fit_is_found():
    where = {"destination": "China", "fuel": "crude oil", "measure": "volume", "period_end": pd.Timestamp("2022-12-31")}
    assert {row[-1] for row in energy_growth_off(changed("energy_exports", where, value=96.2))} == {2022, 2023}


MONTHS = {"month": 1, "quarter": 3, "half year": 6, "nine months": 9, "ten months": 10, "year": 12}


def wrong_periods(frame):
    """Rows whose first and last day don't make the period that they name."""
    bad = []
    for row in frame.itertuples():
        start, end = row.period_start, row.period_end
        length = (end.year - start.year) * 12 + end.month - start.month + 1
        whole = start.day == 1 and end == end + pd.offsets.MonthEnd(0)
        named = start.month == 1 and length < 12 if row.period == "year to date" else length == MONTHS[row.period]
        if not whole or not named:
            bad.append(row.Index)
    return bad


@pytest.mark.parametrize("table", ["energy_exports", "budget_oil_gas", "property"])
def test_periods_have_the_days_that_they_name(table):
    assert wrong_periods(load(table)) == []


def test_a_wrong_period_is_found():
    where = {"indicator": "investment", "period_end": pd.Timestamp("2023-09-30")}
    assert len(wrong_periods(changed("property", where, period="month"))) == 1
    assert len(wrong_periods(changed("property", where, period="year"))) == 1


def budget_off(budget):
    """Sums of the months of 2023 that are not the figure of the same period, within two billion roubles."""
    months = budget[budget["period"] == "month"]
    bad = []
    for row in budget[(budget["period"] != "month") & (budget["period_start"] == "2023-01-01")].itertuples():
        inside = months[(months["period_start"] >= row.period_start) & (months["period_end"] <= row.period_end)]
        if abs(inside["oil_gas_bn_rub"].sum() - row.oil_gas_bn_rub) > 2:
            bad.append((row.period, row.period_end.month))
    return bad


def test_budget_months_add_up_to_the_cumulated_figures():
    budget = load("budget_oil_gas")
    assert len(budget[budget["period"] == "month"]) == 12
    assert budget_off(budget) == []


def test_a_cumulated_figure_among_the_months_is_found():
    where = {"period": "year to date", "period_end": pd.Timestamp("2023-06-30")}
    assert ("year", 12) in budget_off(changed("budget_oil_gas", where, period="month"))


def test_oil_prices_have_every_month_once():
    prices = load("oil_prices")
    months = pd.date_range("2021-01-01", "2025-12-01", freq="MS")
    for grade in ("Brent", "Urals"):
        assert prices.loc[prices["grade"] == grade, "month"].tolist() == months.tolist()
    assert (prices.query("grade == 'Brent'")["status"] == "reported").all()


def prices_without_break(prices):
    """Prices for tax that don't say so, and means of the month that claim to be one."""
    says = prices["note"].fillna("").str.startswith("Price for tax")
    return prices.index[says != (prices["status"] == "tax price")].tolist()


def test_the_price_for_tax_says_so():
    silent = changed("oil_prices", {"grade": "Urals", "month": pd.Timestamp("2025-12-01")}, note=None)
    assert prices_without_break(load("oil_prices")) == []
    assert len(prices_without_break(silent)) == 1


def cap_out_of_order(cap):
    """Steps of the cap that are not in order of the day, start before the decision or raise the cap on crude."""
    crude = cap[cap["product"] == "crude oil"]
    bad = []
    if not cap["effective_date"].is_monotonic_increasing:
        bad.append("order")
    if (cap["decided"] > cap["effective_date"]).any():
        bad.append("decision")
    if not (crude["cap_usd_bbl"].is_monotonic_decreasing and crude["cap_usd_bbl"].is_unique):
        bad.append("crude")
    return bad


def test_steps_of_the_price_cap_are_in_order():
    cap = load("price_cap")
    assert cap_out_of_order(cap) == []
    assert cap.query("product == 'crude oil'")["cap_usd_bbl"].tolist() == [60, 47.6, 44.1]


def test_a_step_out_of_order_is_found():
    assert cap_out_of_order(load("price_cap").iloc[::-1]) == ["order", "crude"]
    late = changed("price_cap", {"cap_usd_bbl": 60}, decided=pd.Timestamp("2022-12-06"))
    assert cap_out_of_order(late) == ["decision"]


# -- Sanctions -----------------------------------------------------------------------------------------------


def packages_off(packages):
    """What is wrong with the list of packages: numbers, order of days, sums of listings, ships on the list."""
    bad = []
    if packages["package"].tolist() != list(range(1, 21)):
        bad.append("numbers")
    if not (packages["adopted"].is_monotonic_increasing and packages["adopted"].is_unique):
        bad.append("days")
    parts = packages["individuals_added"] + packages["entities_added"]
    bad += [f"sum {n}" for n in packages.loc[(parts != packages["listings_added"]).fillna(False), "package"]]
    listed = 0
    for row in packages.dropna(subset=["vessels_listed"]).itertuples():
        if not listed < row.vessels_listed <= listed + row.vessels_added:
            bad.append(f"ships {row.package}")
        listed = row.vessels_listed
    return bad


def test_eu_packages_are_complete_and_in_order():
    assert packages_off(load("eu_packages")) == []


@pytest.mark.parametrize(
    "number, values, found",
    [
        (7, {"package": 8}, ["numbers"]),
        (7, {"adopted": pd.Timestamp("2022-02-21")}, ["days"]),
        (12, {"individuals_added": 60}, ["sum 12"]),
        (16, {"vessels_listed": 160}, ["ships 16"]),
    ],
)
def test_a_package_out_of_place_is_found(number, values, found):
    assert packages_off(changed("eu_packages", {"package": number}, **values)) == found


def timeline_off(timeline, packages, counts):
    """Packages at whose day the timeline has no act of the EU, and counts of ships unlike those of the package."""
    days = set(timeline.query("authority == 'EU'")["date"])
    bad = [f"package {row.package}" for row in packages.itertuples() if row.adopted not in days]
    ships = counts.query("counted == 'vessels'").set_index("as_of")["count"]
    for row in packages.dropna(subset=["vessels_listed"]).itertuples():
        if ships.get(row.adopted, row.vessels_listed) != row.vessels_listed:
            bad.append(f"ships {row.package}")
    return bad


def test_timeline_and_counts_agree_with_the_packages():
    assert timeline_off(load("sanctions_timeline"), load("eu_packages"), load("sanctions_counts")) == []
    assert load("sanctions_timeline")["date"].is_monotonic_increasing


def test_a_missing_package_and_another_count_are_found():
    timeline = load("sanctions_timeline").query("event != 'S19'")
    counts = changed("sanctions_counts", {"counted": "vessels", "as_of": pd.Timestamp("2025-02-24")}, count=150)
    assert timeline_off(timeline, load("eu_packages"), counts) == ["package 10", "ships 16"]


# -- China's economy -----------------------------------------------------------------------------------------


def wrong_status(macro):
    """Values of a year that had not ended when the edition came out and aren't called projections, or the reverse."""
    imf = macro[macro["source"].str.startswith("imf-") & (macro["status"] != "derived")]
    open_year = imf["year"] >= imf["vintage"].str[:4].astype(int)
    return imf.index[open_year != (imf["status"] == "projection")].tolist()


def test_projections_are_called_projections():
    assert wrong_status(load("macro")) == []


def test_a_projection_that_poses_as_a_result_is_found():
    where = {"iso3": "CHN", "indicator": "gdp_growth", "year": 2023, "vintage": "2023-10"}
    assert len(wrong_status(changed("macro", where, status="reported"))) == 1


def test_the_two_editions_cover_the_same_economies():
    wide = load("macro").pivot(index=["iso3", "indicator", "year"], columns="vintage", values="value")
    text = wide["2023-10"].dropna()
    assert len(text) == 40 and wide.loc[text.index, "2025-10"].notna().all()


# -- Gaps, dates, sources, descriptors -----------------------------------------------------------------------

GAPS = [
    ("trade_annual", "total_status", ["total_usd_bn"]),
    ("trade_annual", "split_status", ["exports_usd_bn", "imports_usd_bn"]),
    ("trade_year_to_date", "split_status", ["exports_usd_bn", "imports_usd_bn"]),
    ("oil_prices", "status", ["price_usd_bbl"]),
    ("power_of_siberia", "status", ["volume_bcm"]),
    ("eu_packages", "count_status", ["listings_added"]),
]


def filled_gaps(frame, status, columns):
    """Rows that call themselves a gap and have a number, or have none and don't."""
    empty = frame[columns].isna().any(axis=1)
    return frame.index[empty != (frame[status] == "gap")].tolist()


@pytest.mark.parametrize("table, status, columns", GAPS)
def test_gaps_are_empty_and_named(table, status, columns):
    assert filled_gaps(load(table), status, columns) == []


def test_a_filled_gap_is_found():
    broken = changed("trade_annual", {"year": 2012}, total_usd_bn=88.2)
    assert filled_gaps(broken, "total_status", ["total_usd_bn"]) == broken.index[broken["year"] == 2012].tolist()


def known_too_early(frame, sources):
    """Rows said to be known on 16 October 2023 whose period had not ended, or whose sources are all younger."""
    dates = sources.set_index("source")["date"]
    last = next((c for c in ("period_end", "as_of", "date") if c in frame), None)
    bad = []
    for row in frame[frame["at_text"]].itertuples():
        keys = [k for k in (row.source, row.source_2) if isinstance(k, str)]
        known = any(str(dates[k])[:10] <= f"{TEXT_DAY:%Y-%m-%d}"[: len(str(dates[k]))] for k in keys)
        if not known or getattr(row, last) > TEXT_DAY:
            bad.append(row.Index)
    return bad


@pytest.mark.parametrize("table", [name for name in TRADE if "at_text" in load(name)])
def test_what_was_known_at_the_time_of_the_text_was_published_by_then(table):
    frame, sources = load(table), load("sources")
    assert known_too_early(frame, sources) == []
    late = frame.assign(at_text=True)
    assert known_too_early(late, sources), f"{table}: a row of later days would not be found"


def test_events_are_at_text_by_their_day():
    timeline = load("sanctions_timeline")
    assert (timeline["at_text"] == (timeline["date"] <= TEXT_DAY)).all()


VENDORS = re.compile(r"\b(Wind|Kpler|Castellum|Vortexa|Refinitiv)\b")  # their terms ask for permission


def from_vendors(frame):
    rows = frame.itertuples()
    return [row.Index for row in rows if any(isinstance(cell, str) and VENDORS.search(cell) for cell in row)]


def test_no_row_comes_from_a_vendor_whose_terms_forbid_it():
    used = set()
    for name in TRADE:
        frame = load(name)
        assert from_vendors(frame) == [], name
        for column in frame.columns.intersection(["source", "source_2"]):
            used |= set(frame[column].dropna())
    sources = load("sources")
    assert from_vendors(sources[sources["source"].isin(used)]) == []
    assert from_vendors(pd.DataFrame({"note": ["Ship data by Kpler", "Windows to Russia"]})) == [0]


def low_without_reason(frame):
    return frame.index[(frame["confidence"] == "low") & frame["note"].isna()].tolist()


@pytest.mark.parametrize("table", [name for name in TRADE if {"confidence", "note"} <= set(load(name))])
def test_low_confidence_gives_its_reason(table):
    assert low_without_reason(load(table)) == []
    assert low_without_reason(load(table).assign(confidence="low", note=None)) != []


def without_terms_date(resource):
    """Licences, and sources that state terms, without the day on which the terms were looked up."""
    entries = [*resource["licenses"], *(s for s in resource["sources"] if "terms" in s)]
    return [e.get("title") for e in entries if not re.fullmatch(r"\d{4}-\d\d-\d\d", e.get("termsCheckedOn", ""))]


@pytest.mark.parametrize("table", TRADE)
def test_licences_and_terms_say_when_they_were_looked_up(table):
    resource = tables.describe(table)
    assert without_terms_date(resource) == []
    assert all("terms" in source for source in resource["sources"])
    undated = {**resource, "licenses": [{"title": "CC"}], "sources": [{"title": "S", "terms": "free"}]}
    assert without_terms_date(undated) == ["CC", "S"]


def units_elsewhere(resource):
    """Fields whose unit is said to be in the column unit, in a table that has none or doesn't close its vocabulary."""
    fields = {field["name"]: field for field in resource["schema"]["fields"]}
    named = fields.get("unit", {}).get("categories")
    return [name for name, field in fields.items() if field.get("unit") == "see column unit" and not named]


@pytest.mark.parametrize("table", TRADE)
def test_a_unit_by_row_has_its_column(table):
    assert units_elsewhere(tables.describe(table)) == []


def test_a_unit_by_row_without_its_column_is_found():
    assert units_elsewhere({"schema": {"fields": [{"name": "value", "unit": "see column unit"}]}}) == ["value"]
