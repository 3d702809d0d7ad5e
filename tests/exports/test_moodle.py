"""Moodle XML, read back by a reader of its own after Moodle's description of the format."""

import pytest
from lxml import etree

from claimbook.exports import FORMATS, moodle

from .bank import ITEMS, QUIZZES, Read, key, plain, reasons, said, stem_words, words

# What Moodle's list of grades knows; others are refused at import.
GRADES = {
    100,
    90,
    83.33333,
    80,
    75,
    70,
    66.66667,
    60,
    50,
    40,
    33.33333,
    30,
    25,
    20,
    16.66667,
    14.28571,
    12.5,
    11.11111,
    10,
    5,
    0,
}


def read(data: bytes) -> tuple[dict[str, Read], dict[str, str]]:
    """Items by idnumber, and the category of each."""
    items, categories, category = {}, {}, None
    for question in etree.fromstring(data):
        kind = question.get("type")
        if kind == "category":
            category = question.findtext("category/text")
            continue
        name = question.findtext("idnumber")
        assert name not in items and question.findtext("name/text") == name
        assert question.find("questiontext").get("format") == "html"
        answers = [
            (
                a.findtext("text"),
                float(a.get("fraction")),
                plain(a.findtext("feedback/text") or ""),
                a.findtext("tolerance"),
            )
            for a in question.findall("answer")
        ]
        assert kind == "ordering" or all(round(abs(fraction), 5) in GRADES for _, fraction, _, _ in answers)
        found = Read(
            stem=plain(question.findtext("questiontext/text")),
            key=None,
            reasons=[why for _, _, why, _ in answers],
            together=plain(question.findtext("generalfeedback/text") or ""),
            hint=plain(question.findtext("hint/text") or ""),
            tags=[tag.findtext("text") for tag in question.findall("tags/tag")],
        )
        _READERS[kind](question, answers, found)
        items[name], categories[name] = found, category
    return items, categories


def _choice(question, answers, found):
    found.key = [(plain(text), fraction > 0) for text, fraction, _, _ in answers]
    right = sum(fraction for _, fraction, _, _ in answers if fraction > 0)
    assert right == pytest.approx(100, abs=0.001)
    if question.findtext("single") == "true":
        assert sorted(fraction for _, fraction, _, _ in answers)[:-1] == [0] * (len(answers) - 1)
    else:
        assert sum(fraction for _, fraction, _, _ in answers) == pytest.approx(0, abs=0.001), (
            "guessing all must not pay"
        )


def _numerical(question, answers, found):
    *known, other = answers
    assert other[:2] == ("*", 0) and other[2].startswith("Not this number.")
    assert [fraction for _, fraction, _, _ in known] == [100] + [0] * (len(known) - 1)
    found.key = [(float(text), float(tolerance)) for text, _, _, tolerance in known]
    found.reasons.pop()


def _shortanswer(question, answers, found):
    assert question.findtext("usecase") == "0"
    *known, other = answers
    assert other[:2] == ("*", 0) and other[2].startswith("Not this word.")
    groups = {}
    for text, fraction, why, _ in known:
        assert "*" not in text.replace("\\*", "")
        groups.setdefault((fraction, why), []).append(text.replace("\\*", "*"))
    assert [fraction for fraction, _ in groups] == [100] + [0] * (len(groups) - 1)
    found.key, found.reasons = list(groups.values()), [why for _, why in groups]


def _ordering(question, answers, found):
    assert question.findtext("selectcount") == str(len(answers)) and question.findtext("selecttype") == "ALL"
    found.key, found.reasons = [plain(text) for text, *_ in answers], []


def _matching(question, answers, found):
    parts = [(plain(p.findtext("text") or ""), p.findtext("answer/text")) for p in question.findall("subquestion")]
    found.key = [part for part in parts if part[0]], [right for left, right in parts if not left]


_READERS = {"multichoice": _choice, "numerical": _numerical, "shortanswer": _shortanswer, "ordering": _ordering,
            "matching": _matching}  # fmt: skip

DATA = moodle.write(QUIZZES)["moodle.xml"]
FOUND, CATEGORIES = read(DATA)


def test_every_item_arrives_once():
    assert list(FOUND) == list(ITEMS)


@pytest.mark.parametrize("name", ITEMS)
def test_key_options_reasons_hint_and_tags_arrive(name):
    item, found = ITEMS[name], FOUND[name]
    assert stem_words(item) in words(found.stem)
    assert found.key == key(item)
    if item.kind in ("order", "match"):
        assert all(why in found.together for why in reasons(item))
    else:
        assert found.reasons == reasons(item)
    assert found.hint == (said(item.hint) if item.hint else "")
    assert {item.objective, item.skill, *item.anchors} == set(found.tags)


@pytest.mark.parametrize("name", ITEMS)
def test_what_the_export_says_it_changes_is_what_it_changes(name):
    item, found = ITEMS[name], FOUND[name]
    told = " ".join(loss.what for loss in FORMATS["moodle"].losses if loss.concerns(item))
    assert ("together" in told) == bool(found.together)
    assert ("options of a multiple choice" in told) == (item.kind == "sentence")
    assert ("near miss" in told) == bool(getattr(item, "near", []))


def test_orders_name_what_moodle_fills_in_wrongly_where_it_is_missing():
    orders = [q for q in etree.fromstring(DATA) if q.get("type") == "ordering"]
    assert orders and all(question.findtext("shownumcorrect") == "1" for question in orders)


def test_each_quiz_has_a_category():
    assert len(set(CATEGORIES.values())) == len(QUIZZES)
    assert CATEGORIES["Q8.1"] == "$course$/top/Beijing, October 2023/08 The warrant"
