"""The source text is an audited object: nothing of it is lost, added or misquoted."""

import hashlib
import re

import pytest

from claimbook import source, tables
from claimbook.content import ContentError, root

SHA256 = "fd3c232905b990b126adafb36f7ffd5e38ae9650412a5b98ce4ba8f28d04f04f"


def test_text_is_byte_for_byte_the_one_that_came():
    assert hashlib.sha256((root() / "data/source/text.txt").read_bytes()).hexdigest() == SHA256


def test_sentences_join_back_to_the_text():
    paragraphs = {}
    for row in source.sentence_rows().values():
        paragraphs.setdefault(int(row["paragraph"]), []).append(row["text"])
    joined = "".join(" ".join(parts) + "\n\n" for _, parts in sorted(paragraphs.items()))
    assert joined == source.text()


def test_sentences_are_numbered_in_order():
    expected = []
    for key, row in source.sentence_rows().items():
        assert key == f"P{row['paragraph']}S{row['number']}"
        expected.append((int(row["paragraph"]), int(row["number"])))
    assert expected == sorted(expected) and len(expected) == 16


def test_every_sentence_makes_claims_and_belongs_to_a_chapter():
    with_claims = {row["sentence"] for row in source.claim_rows()}
    for key, row in source.sentence_rows().items():
        assert key in with_claims, f"{key} has no claim in data/source/claims.csv"
        assert row["chapters"], f"{key} is read by no chapter"


def test_every_claim_quotes_its_own_sentence_and_gives_reason_and_source():
    ids = [row["claim"] for row in source.claim_rows()]
    assert len(ids) == len(set(ids))
    for row in source.claim_rows():  # quotations themselves are checked by claim_rows()
        assert re.fullmatch(rf"{row['sentence']}[a-z]", row["claim"])
        assert row["verdict"] in source.VERDICTS
        assert row["statement"].endswith(".") and row["reason"].endswith(".")
        if row["verdict"] != "not checkable":
            assert row["sources"], f"{row['claim']} has a verdict but no source"


def test_a_misquotation_is_refused_with_the_right_words():
    with pytest.raises(ContentError, match="does not stand in P8S2"):
        source.expand_quotes("{quote}`P8S2: forced deportation`")
    with pytest.raises(ContentError, match=r"write \{quote\}"):
        source.split_quote("forced transportation")


def test_a_claim_without_sentence_is_refused(monkeypatch):
    row = dict(source.claim_rows()[0], sentence="P9S9")
    monkeypatch.setattr(source, "_rows", lambda name: [row])
    with pytest.raises(ContentError, match="P9S9"):
        source.claim_rows.__wrapped__()


def test_an_unknown_sentence_gets_the_close_ones():
    with pytest.raises(ContentError, match="P8S2"):
        source.sentence("P8S22")


def test_claims_are_a_typed_frame():
    frame = source.claims()
    assert list(frame["verdict"].cat.categories) == list(source.VERDICTS)
    assert set(source.claims("P8S2")["sentence"]) == {"P8S2"}
    assert source.claims().equals(tables.load("claims")) and source.claims()["hedge"].isna().any()


def test_html_escapes_and_links():
    page = source.sentence_html("P1S2", "source.html")
    assert 'href="source.html#p1s2"' in page and "China’s" in page
