"""Votes, membership, meetings and events: what the tables of the world claim agrees with itself."""

import re

import pandas as pd
import pytest

from claimbook import coverage, tables
from claimbook.tables import load

TEXT_DAY = pd.Timestamp("2023-10-16")
PERMANENT = {"CHN", "FRA", "GBR", "RUS", "USA"}  # article 23 of the UN Charter
ORDINALS = {("sentences", "paragraph"), ("sentences", "number")}  # places in an order, counted in nothing
TABLES = tables.names()


# -- General Assembly --------------------------------------------------------------------------------------


def totals_that_differ(resolutions, votes):
    """Resolutions whose votes by country don't give the printed totals, or aren't those of 193 members."""
    members = set(load("countries").query("un_member")["iso3"])
    bad = []
    for row in resolutions[resolutions["country_votes"]].itertuples():
        own = votes[votes["resolution"] == row.resolution]
        counts = own["vote"].value_counts()
        totals = {"yes": row.yes, "no": row.no, "abstain": row.abstain, "absent": row.not_voting}
        complete = len(own) == len(members) and set(own["iso3"]) == members
        if not complete or any(counts.get(vote, 0) != total for vote, total in totals.items()):
            bad.append(row.resolution)
    return bad


def test_general_assembly_totals_are_those_of_the_votes():
    assert totals_that_differ(load("unga_resolutions"), load("unga_votes")) == []


def test_a_changed_or_missing_vote_is_found():
    resolutions, votes = load("unga_resolutions"), load("unga_votes")
    china = (votes["resolution"] == "ES-11/1") & (votes["iso3"] == "CHN")
    changed = votes.copy()
    changed.loc[china, "vote"] = "yes"
    assert totals_that_differ(resolutions, changed) == ["ES-11/1"]
    assert totals_that_differ(resolutions, votes[~china]) == ["ES-11/1"]


@pytest.mark.parametrize(
    "resolution, yes, no, abstain",
    [
        ("68/262", 100, 11, 58),
        ("ES-11/1", 141, 5, 35),
        ("ES-11/2", 140, 5, 38),
        ("ES-11/3", 93, 24, 58),
        ("ES-11/4", 143, 5, 35),
        ("ES-11/5", 94, 14, 73),
        ("ES-11/6", 141, 7, 32),
        ("ES-11/7", 93, 18, 65),
        ("ES-11/8", 93, 8, 73),
        ("77/284", 122, 5, 18),
    ],
)
def test_general_assembly_totals_are_the_published_ones(resolution, yes, no, abstain):
    row = load("unga_resolutions").set_index("resolution").loc[resolution]
    assert (row["yes"], row["no"], row["abstain"]) == (yes, no, abstain)


def test_members_not_voting_fill_up_the_193():
    parts = load("unga_resolutions")[["yes", "no", "abstain", "not_voting"]].sum(axis=1)
    assert set(parts) == {193}


# -- Security Council --------------------------------------------------------------------------------------


def outcome(ballot):
    """Outcome of a ballot by article 27 of the UN Charter: nine votes, and no veto except on procedure."""
    votes = ballot.set_index("iso3")["vote"].astype(str)
    if (votes == "yes").sum() < 9:
        return "not adopted: too few votes"
    if not ballot["procedural"].iloc[0] and PERMANENT & set(votes[votes == "no"].index):
        return "not adopted: veto"
    return "adopted"


def broken_ballots(votes):
    """Ballots without fifteen members (five of them permanent), or whose outcome or vetoes don't follow."""
    bad = []
    for key, ballot in votes.groupby("ballot", observed=True):
        members = set(ballot["iso3"])
        rule = outcome(ballot)
        stopped = PERMANENT & set(ballot.loc[ballot["vote"] == "no", "iso3"]) if rule.endswith("veto") else set()
        if (
            len(ballot) != 15
            or len(members) != 15
            or not members >= PERMANENT
            or set(ballot["outcome"]) != {rule}
            or set(ballot.loc[ballot["veto"], "iso3"]) != stopped
        ):
            bad.append(key)
    return bad


def test_security_council_outcomes_follow_from_votes_and_vetoes():
    assert broken_ballots(load("unsc_votes")) == []


def test_a_false_outcome_a_lost_member_and_a_lost_veto_are_found():
    votes = load("unsc_votes")
    assert broken_ballots(votes.drop(index=votes.index[0])) == ["SC1"]
    passed = votes.copy()
    passed.loc[passed["ballot"] == "SC3", "outcome"] = "adopted"
    assert broken_ballots(passed) == ["SC3"]
    no_veto = votes.copy()
    no_veto.loc[no_veto["ballot"] == "SC6", "veto"] = False
    assert broken_ballots(no_veto) == ["SC6"]


# -- Countries ---------------------------------------------------------------------------------------------


def loose_codes(resource, frame, countries):
    """Fields of country codes without a foreign key, codes and names that the table countries doesn't have."""
    keys = {
        key["fields"][0]
        for key in resource["schema"].get("foreignKeys", [])
        if key["reference"] == {"resource": "countries", "fields": ["iso3"]}
    }
    bad = []
    for name in [field["name"] for field in resource["schema"]["fields"] if "iso3" in field["name"]]:
        if name not in keys:
            bad.append(f"{name} has no foreign key")
        bad += sorted(set(frame[name].dropna()) - set(countries.index))
    if {"iso3", "country"} <= set(frame):
        named = frame[["iso3", "country"]].dropna(subset=["iso3"]).drop_duplicates()
        bad += [f"{c.iso3} is called {c.country}" for c in named.itertuples() if countries.get(c.iso3) != c.country]
    return bad


@pytest.mark.parametrize("table", [name for name in TABLES if name != "countries"])
def test_country_codes_lead_into_countries(table):
    countries = load("countries").set_index("iso3")["name"]
    assert loose_codes(tables.describe(table), load(table), countries) == []


def test_an_unknown_code_a_second_name_and_a_missing_key_are_found():
    countries = load("countries").set_index("iso3")["name"]
    resource, frame = tables.describe("bri_contested"), load("bri_contested").copy()
    frame.loc[0, ["iso3", "country"]] = ["ZZZ", "Nowhere"]
    frame.loc[1, "country"] = "Oesterreich"
    found = loose_codes(resource, frame, countries)
    assert "ZZZ" in found and any("Oesterreich" in line for line in found)
    unkeyed = {**resource, "schema": {**resource["schema"], "foreignKeys": []}}
    assert "iso3 has no foreign key" in loose_codes(unkeyed, load("bri_contested"), countries)


def test_countries_are_the_193_members_and_their_groups():
    countries = load("countries")
    members = countries[countries["un_member"]]
    assert len(members) == 193 and countries["eu_member_2023"].sum() == 27
    assert members["icc_group"].value_counts().to_dict() == {
        "African": 54, "Asia-Pacific": 54, "Latin American and Caribbean": 33,
        "Western European and other": 29, "Eastern European": 23,
    }  # fmt: skip
    assert {"PSE", "VAT", "COK", "NIU"} == set(countries.loc[~countries["un_member"], "iso3"])
    groups = load("icc_states_parties")[["iso3", "icc_group"]].merge(countries, on="iso3", suffixes=("", "_2"))
    assert (groups["icc_group"].astype(str) == groups["icc_group_2"].astype(str)).all()


# -- Timeline ----------------------------------------------------------------------------------------------


def days_between(timeline, words, day=TEXT_DAY):
    """Days from the one event that holds the words to a day."""
    found = timeline[timeline["event"].str.contains(words, regex=False)]
    assert len(found) == 1, f"{len(found)} events hold the words {words!r}"
    return (day - found["date"].iloc[0]).days


def test_li_shangfu_was_absent_for_48_days():
    days = days_between(load("timeline"), "Li Shangfu is seen in public for the last time before the text")
    assert days == 48 and days > 6 * 7  # P7S1: more than six weeks


def test_words_of_no_event_or_of_several_are_refused():
    for words in ("seen on the moon", "Li Shangfu"):
        with pytest.raises(AssertionError):
            days_between(load("timeline"), words)


def careless_events(timeline):
    """Events out of order, more precise than they say, on the wrong side of the text, or dated by a word."""
    date, precision = timeline["date"], timeline["date_precision"]
    wrong = (
        (date.diff() < pd.Timedelta(0))
        | ((precision != "day") & (date.dt.day != 1))
        | ((precision == "year") & (date.dt.month != 1))
        | (timeline["at_text"].astype(bool) != (date <= TEXT_DAY))
        | ((precision != "day") & (date.dt.to_period("M") == TEXT_DAY.to_period("M")))
        | timeline["event"].str.contains(r"\b(?:recently|currently|now|today|soon)\b", flags=re.IGNORECASE)
        | timeline["event"].str.endswith(".")
    )
    return timeline.loc[wrong, "event"].tolist()


def test_timeline_is_sorted_precise_and_on_two_clocks():
    timeline = load("timeline")
    assert careless_events(timeline) == []
    assert not timeline["event"].duplicated().any()
    assert timeline["date"].min().year == 1949 and set(timeline["topic"]) == set(timeline["topic"].cat.categories)


@pytest.mark.parametrize(
    "change",
    [
        {"date": pd.Timestamp("2026-01-01")},
        {"date_precision": "year"},
        {"at_text": False},
        {"event": "Xi Jinping travels to Moscow now"},
    ],
)
def test_a_careless_event_is_found(change):
    timeline = load("timeline").copy()
    row = timeline.index[timeline["event"].str.startswith("Xi makes Russia his first")][0]
    for column, value in change.items():
        timeline.loc[row, column] = value
    assert careless_events(timeline)


def false_votes(timeline, resolutions, votes):
    """Events that print a result of the General Assembly which no resolution of that day has, or China's vote wrongly."""
    bad = []
    china = votes[votes["iso3"] == "CHN"].set_index("resolution")["vote"]
    printed = timeline["event"].str.extract(r"by (\d+) to (\d+) with (\d+) abstentions").dropna().astype(int)
    for index, (yes, no, abstain) in zip(printed.index, printed.itertuples(index=False), strict=True):
        event = timeline.loc[index]
        same = resolutions[
            (resolutions["date"] == event["date"])
            & (resolutions["yes"] == yes)
            & (resolutions["no"] == no)
            & (resolutions["abstain"] == abstain)
        ]["resolution"]
        said = {"abstentions, China among them": "abstain", "China votes against": "no"}
        vote = next((vote for words, vote in said.items() if words in event["event"]), None)
        if len(same) != 1 or china.get(same.iloc[0], vote) != vote:
            bad.append(event["event"])
    return bad


def test_votes_told_in_the_timeline_are_those_of_the_tables():
    timeline, resolutions, votes = load("timeline"), load("unga_resolutions"), load("unga_votes")
    assert false_votes(timeline, resolutions, votes) == []
    for old, new in (("141 to 5", "142 to 5"), ("China votes against", "abstentions, China among them")):
        changed = timeline.assign(event=timeline["event"].str.replace(old, new))
        assert len(false_votes(changed, resolutions, votes)) == 1


def test_membership_of_the_court_in_the_timeline_is_that_of_the_table():
    states, timeline = load("icc_states_parties").set_index("country"), load("timeline")
    told = timeline["event"].str.extract(r"enters into force for (\w+) and has (\d+) States Parties").dropna()
    assert len(told) == 3
    for index, country, number in told.itertuples():
        day = timeline.loc[index, "date"]
        assert states.loc[country, "entry_into_force"] == day
        parties = (states["entry_into_force"] <= day) & ~(states["withdrawal_effective"] <= day)
        assert parties.sum() == int(number)


def late_rows(frame, date):
    """Rows whose at_text contradicts their date."""
    return frame[frame["at_text"].astype(bool) != (frame[date] <= TEXT_DAY)]


@pytest.mark.parametrize(
    "table, date",
    [
        (name, field["name"])
        for name in TABLES
        for field in tables.describe(name)["schema"]["fields"]
        if field["name"] in ("date", "start")
        and any(other["name"] == "at_text" for other in tables.describe(name)["schema"]["fields"])
    ],
)
def test_at_text_means_on_or_before_16_october_2023(table, date):
    frame = load(table)
    assert late_rows(frame, date).empty
    turned = frame.assign(at_text=~frame["at_text"])
    assert len(late_rows(turned, date)) == len(frame)


# -- Meetings, forums, members -----------------------------------------------------------------------------


def test_meetings_found_are_not_the_official_42_and_the_limits_say_so():
    meetings, counts = load("putin_xi_meetings"), load("putin_xi_counts")
    found = int((meetings["start"] <= "2023-10-18").sum())
    official = counts.loc[(counts["date"] == "2023-10-18") & (counts["speaker"] == "Xi Jinping"), "count"].item()
    assert official == 42 and found != official
    limits = " ".join(meetings.attrs["limits"])
    assert f"it has {found} rows" in limits and f"{official} times" in limits and "not an official list" in limits


def counts_by_kind(meetings, day):
    """Number of meetings up to a day, by each simple rule of what counts as one."""
    kind = meetings.loc[meetings["start"] <= day, "kind"].astype(str)
    rules = {
        "every row": kind.notna(),
        "in person": ~kind.str.startswith("video"),
        "talks of the two": kind.isin(["visit", "sidelines", "video talks"]),
        "talks of the two in person": kind.isin(["visit", "sidelines"]),
        "no video ceremony": kind != "video ceremony",
        "not multilateral": kind != "multilateral",
    }
    return {rule: int(counted.sum()) for rule, counted in rules.items()}


def test_no_simple_rule_gives_both_numbers_of_xi():
    """A rule that hits 42 in 2023 by chance must not be sold as the official one: it misses 37 in 2021."""
    meetings = load("putin_xi_meetings")
    later, earlier = counts_by_kind(meetings, "2023-10-18"), counts_by_kind(meetings, "2021-12-15")
    assert [rule for rule in later if later[rule] == 42 and earlier[rule] == 37] == []
    assert (later["in person"], earlier["in person"]) == (42, 38)  # as the limits of the table say
    limits = " ".join(meetings.attrs["limits"])
    assert "in person up to 18 October 2023 are 42" in limits and "gives 38 for 15 December 2021" in limits


def meetings_without_trip(meetings, trips):
    """Meetings abroad and in person since February 2022 that fall into no foreign trip of the Russian president."""
    abroad = meetings[(meetings["start"] >= "2022-02-01") & meetings["iso3"].notna() & (meetings["iso3"] != "RUS")]
    trips = trips[trips["kind"] == "foreign_trip"]
    return [
        row.meeting
        for row in abroad.itertuples()
        if trips[(trips["iso3"] == row.iso3) & (trips["start"] <= row.start) & (trips["end"] >= row.start)].empty
    ]


def test_meetings_abroad_fall_into_a_trip():
    meetings, trips = load("putin_xi_meetings"), load("putin_trips")
    assert meetings_without_trip(meetings, trips) == []
    beijing = (trips["iso3"] == "CHN") & (trips["start"] == "2023-10-17")
    assert len(meetings_without_trip(meetings, trips[~beijing])) == 1


def statements_without_meeting(statements, meetings):
    end = meetings["end"].fillna(meetings["start"])
    return [day for day in statements["date"] if not ((meetings["start"] <= day) & (end >= day)).any()]


def test_joint_statements_fall_on_a_meeting():
    statements, meetings = load("joint_statements"), load("putin_xi_meetings")
    assert statements_without_meeting(statements, meetings) == []
    moved = statements.assign(date=statements["date"] + pd.Timedelta(days=200))
    assert len(statements_without_meeting(moved, meetings)) == len(statements)


def forum_sizes(attendance):
    """Leaders of each forum in the official count."""
    return attendance[attendance["in_official_count"]].groupby("forum_year").size().to_dict()


def test_leaders_at_the_forums_are_those_of_the_final_documents():
    attendance, counts = load("bri_forum_attendance"), load("bri_forum_counts")
    assert forum_sizes(attendance) == {2017: 29, 2019: 37, 2023: 23}
    assert len(attendance) == 29 + 37 + 23 + 1
    stated = counts.dropna(subset=["leaders"]).set_index("forum_year")["leaders"].to_dict()
    assert stated == forum_sizes(attendance)
    assert forum_sizes(attendance.query("iso3 != 'HUN'")) == {2017: 28, 2019: 36, 2023: 22}  # Orbán came to all three


def doubtful_members(members):
    """Members whose year, basis, status or by_text contradict each other."""
    document, year = members["document_date"], members["joined_year"]
    text = members["year_basis"].astype(str)
    wrong = (
        (document.notna() != text.str.contains("text"))
        | (members["map_year"].notna() != text.str.contains("map"))
        | ((members["status"] == "left") != members["left_date"].notna())
        | (members["document_precision"].notna() != document.notna())
        | ((year.isna()) != (text == "none"))
        | (year < 2013)
        | (members["by_text"].astype(bool) & ((year > 2023) | (year.eq(2023) & (document > TEXT_DAY))))
        | (~members["by_text"].astype(bool) & (document <= TEXT_DAY))
    )
    return members.loc[wrong.fillna(False).astype(bool), "iso3"].tolist()


def test_members_of_the_initiative_say_how_their_year_is_known():
    members, contested = load("bri_members"), load("bri_contested")
    assert doubtful_members(members) == []
    for status in ("contested", "left"):
        listed = set(members.loc[members["status"] == status, "iso3"])
        assert listed == set(contested.loc[contested["kind"] == status, "iso3"])
    assert not set(contested.loc[contested["kind"] == "not a signatory", "iso3"]) & set(members["iso3"])
    assert f"{len(members)} rows are not an official number" in " ".join(members.attrs["limits"])


@pytest.mark.parametrize(
    "iso3, change", [("ITA", {"left_date": pd.NaT}), ("JOR", {"by_text": True}), ("ZAF", {"map_year": pd.NA})]
)
def test_a_doubtful_member_is_found(iso3, change):
    members = load("bri_members").copy()
    for column, value in change.items():
        members.loc[members["iso3"] == iso3, column] = value
    assert doubtful_members(members) == [iso3]


# -- Descriptors -------------------------------------------------------------------------------------------


def long_quotations(frame):
    return frame["wording"].dropna().loc[lambda words: words.str.split().str.len() >= 15].tolist()


@pytest.mark.parametrize("table", ["joint_statements", "china_positions"])
def test_quotations_stay_under_15_words(table):
    assert long_quotations(load(table)) == []
    assert long_quotations(pd.DataFrame({"wording": ["word " * 15, None]}))


def fields_without_unit(table, resource):
    return [
        field["name"]
        for field in resource["schema"]["fields"]
        if field["type"] in ("number", "integer") and "unit" not in field and (table, field["name"]) not in ORDINALS
    ]


@pytest.mark.parametrize("table", TABLES)
def test_numbers_say_their_unit(table):
    assert fields_without_unit(table, tables.describe(table)) == []


def test_a_number_without_a_unit_is_found():
    resource = {"schema": {"fields": [{"name": "share", "type": "number"}, {"name": "name", "type": "string"}]}}
    assert fields_without_unit("t", resource) == ["share"]


def idle(resources, used_in):
    """Tables that no page loads and that give no reason for it in their field `reference`."""
    return [r["name"] for r in resources if not used_in(r["name"]) and len(r.get("reference", "").split()) < 5]


def test_every_table_is_used_or_says_why_not():
    found = idle(tables.package()["resources"], coverage.used_in)
    assert not found, (
        f"No chapter and no exercise loads {', '.join(found)}. Use the table, take it out, or give the reason in a "
        'field "reference" of its entry in data/datapackage.json.'
    )


def test_an_idle_table_without_a_reason_is_found():
    resources = [
        {"name": "a"},
        {"name": "b", "reference": "because"},
        {"name": "c", "reference": "x " * 5},
        {"name": "d"},
    ]
    assert idle(resources, lambda name: ["chapters/01"] if name == "d" else []) == ["a", "b"]
