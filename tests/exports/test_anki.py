"""The Anki package, imported by Anki itself and read as the SQLite file that it is."""

import csv
import io
import json
import re
import sqlite3
import zipfile

import pytest
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

from claimbook.content import ContentError, root
from claimbook.exports import anki
from claimbook.rendering import plain_text

from .bank import ITEMS, QUIZZES, key, plain, reasons, said, stem_words, words


def read(data: bytes, folder):
    """(guid, fields by name, tags, deck) of all notes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extract("collection.anki2", folder)
    base = sqlite3.connect(folder / "collection.anki2")
    models, decks = (json.loads(text) for text in base.execute("select models, decks from col").fetchone())
    rows = base.execute(
        "select n.guid, n.mid, n.flds, n.tags, min(c.did), count(*) from notes n join cards c on c.nid = n.id group by n.id"
    )
    notes = []
    for guid, model, fields, tags, deck, cards in rows.fetchall():
        names = [one["name"] for one in models[str(model)]["flds"]]
        notes.append(
            (guid, dict(zip(names, fields.split("\x1f"), strict=True)), tags.split(), decks[str(deck)]["name"], cards)
        )
    base.close()
    return notes


@pytest.fixture(scope="module")
def notes(tmp_path_factory):
    return read(anki.write(QUIZZES)["anki.apkg"], tmp_path_factory.mktemp("anki"))


@pytest.fixture(scope="module")
def cards(notes):
    return {fields["Id"]: (fields, tags, deck) for _, fields, tags, deck, _ in notes if "Reasons" in fields}


def table(name):
    with open(root() / f"data/tables/{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_anki_itself_takes_every_note_once(tmp_path, notes):
    (tmp_path / "deck.apkg").write_bytes(anki.write(QUIZZES)["anki.apkg"])
    collection = Collection(str(tmp_path / "collection.anki2"))
    ask = ImportAnkiPackageRequest(
        package_path=str(tmp_path / "deck.apkg"), options=ImportAnkiPackageOptions(merge_notetypes=True)
    )
    first, second = (collection.import_anki_package(ask).log for _ in range(2))
    assert len(first.new) == collection.note_count() == len(notes) and not first.conflicting
    assert not second.new and len(second.duplicate) == len(notes)
    collection.close()


def test_every_item_has_a_card(cards):
    assert list(cards) == list(ITEMS)


@pytest.mark.parametrize("name", ITEMS)
def test_question_answer_and_reasons_arrive(cards, name):
    item = ITEMS[name]
    fields, tags, _ = cards[name]
    front, back, told = (words(plain(fields[part])) for part in ("Question", "Answer", "Reasons"))
    assert stem_words(item) in front
    assert all(words(why) in told for why in reasons(item))
    assert plain(fields["Hint"] or " ") == (said(item.hint) if item.hint else "")
    assert {item.objective, item.skill, *item.anchors} == set(tags)
    right = key(item)
    if item.kind in ("single", "multiple", "sentence"):
        for text, correct in right:
            assert words(text) in front and (words(text) in back) == correct
    elif item.kind == "number":
        assert words(f"{item.answer:.15g}") in back
    elif item.kind == "text":
        assert words(item.accept[0]) in back
    elif item.kind == "order":
        assert words("".join(right)) in back and words("".join(right)) not in front
    else:
        assert all(words(left + partner) in back for left, partner in right[0])
        assert all(words(partner) in front for partner in [*(partner for _, partner in right[0]), *right[1]])


def test_terms_are_asked_both_ways_in_three_languages(notes):
    terms = {fields["Id"]: (fields, cards) for _, fields, _, deck, cards in notes if deck.endswith("::Glossary")}
    for row in table("terms"):
        fields, cards = terms[row["term"]]
        assert cards == 2
        assert plain(fields["Term"]) == row["en"] and plain(fields["Definition"]) == row["definition"]
        assert f'lang="ru">{row["ru"]}<' in fields["Russian"] or not row["ru"]
        assert f'lang="zh-Hans">{row["zh"]}<' in fields["Chinese"] or not row["zh"]
        assert row["pinyin"] in plain(fields["Pinyin"] or " ")


def test_all_names_are_there(notes):
    found = {fields["Id"] for _, fields, _, deck, _ in notes if deck.endswith("::Names")}
    assert found == {row["name_id"] for row in table("names")}


def test_notes_are_known_by_ids_of_the_course_so_that_a_new_edition_updates_them(notes):
    guids = [guid for guid, *_ in notes]
    assert len(set(guids)) == len(guids)
    assert "beijing-october-2023:question:Q8.1" in guids and "beijing-october-2023:term:accession" in guids


def test_one_chapter_brings_its_own_terms_only(tmp_path):
    notes = read(anki.write([quiz for quiz in QUIZZES if quiz.quiz == "08"])["anki.apkg"], tmp_path)
    terms = {fields["Id"] for _, fields, _, deck, _ in notes if deck.endswith("::Glossary")}
    chapter = (root() / "chapters/08-the-warrant.ipynb").read_text(encoding="utf-8")
    assert terms == {
        row["term"] for row in table("terms") if re.search(rf"{{term}}`([^`]*<)?{row['en']}>?`", chapter, re.I)
    }
    assert "warrant-of-arrest" in terms and "abstention" not in terms
    assert not [deck for *_, deck, _ in notes if deck.endswith("::Names")]


def test_without_genanki_the_message_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "genanki", None)
    with pytest.raises(ContentError, match=r"pip install 'claimbook\[export\]'"):
        anki.write(QUIZZES[:1])


def test_words_with_signs_of_html_stay_words():
    assert "&lt;b&gt;" in anki._spoken("<b>", "ru") and plain_text("a < b") == "a < b"
