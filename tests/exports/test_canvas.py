"""QTI 1.2 for Canvas: the structure of the standard, and scores and comments worked out by a reader of its own."""

import io
import zipfile

import pytest
from lxml import etree

from claimbook.exports import canvas
from claimbook.verdicts import verdict

from .bank import ITEMS, QUIZZES, key, plain, reasons, said, stem_words, words
from .test_qti import tries

Q = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
# Order of parts in the standard's description of the elements that are used here ("?": may be missing; "*": any number).
STRUCTURE = """
<!ELEMENT questestinterop (assessment)>
<!ELEMENT assessment (qtimetadata, section)> <!ATTLIST assessment ident CDATA #REQUIRED title CDATA #IMPLIED>
<!ELEMENT section (item+)> <!ATTLIST section ident CDATA #REQUIRED>
<!ELEMENT item (itemmetadata, presentation, resprocessing, itemfeedback*)> <!ATTLIST item ident ID #REQUIRED title CDATA #IMPLIED>
<!ELEMENT itemmetadata (qtimetadata)> <!ELEMENT qtimetadata (qtimetadatafield+)>
<!ELEMENT qtimetadatafield (fieldlabel, fieldentry)> <!ELEMENT fieldlabel (#PCDATA)> <!ELEMENT fieldentry (#PCDATA)>
<!ELEMENT presentation (material, (response_lid+ | response_str))>
<!ELEMENT material (mattext)> <!ELEMENT mattext (#PCDATA)> <!ATTLIST mattext texttype CDATA #REQUIRED>
<!ELEMENT response_lid (material?, render_choice)> <!ELEMENT response_str (render_fib)>
<!ATTLIST response_lid ident CDATA #REQUIRED rcardinality (Single|Multiple) "Single">
<!ATTLIST response_str ident CDATA #REQUIRED rcardinality (Single|Multiple) "Single">
<!ELEMENT render_choice (response_label+)> <!ELEMENT render_fib (response_label)>
<!ATTLIST render_fib fibtype (String|Integer|Decimal|Scientific) "String">
<!ELEMENT response_label (material?)> <!ATTLIST response_label ident CDATA #REQUIRED>
<!ELEMENT resprocessing (outcomes, respcondition+)> <!ELEMENT outcomes (decvar)> <!ELEMENT decvar EMPTY>
<!ATTLIST decvar maxvalue CDATA #IMPLIED minvalue CDATA #IMPLIED varname CDATA "SCORE" vartype (Integer|Decimal) "Integer">
<!ELEMENT respcondition (conditionvar, setvar*, displayfeedback*)> <!ATTLIST respcondition continue (Yes|No) "No">
<!ELEMENT conditionvar (not | and | or | other | varequal | vargte | varlte)+> <!ELEMENT other EMPTY>
<!ELEMENT not (and | or | varequal)> <!ELEMENT and (not | varequal | vargte | varlte)+> <!ELEMENT or (and | varequal)+>
<!ELEMENT varequal (#PCDATA)> <!ATTLIST varequal respident CDATA #REQUIRED>
<!ELEMENT vargte (#PCDATA)> <!ATTLIST vargte respident CDATA #REQUIRED>
<!ELEMENT varlte (#PCDATA)> <!ATTLIST varlte respident CDATA #REQUIRED>
<!ELEMENT setvar (#PCDATA)> <!ATTLIST setvar action (Set|Add) #REQUIRED varname CDATA "SCORE">
<!ELEMENT displayfeedback EMPTY> <!ATTLIST displayfeedback feedbacktype (Response) #REQUIRED linkrefid CDATA #REQUIRED>
<!ELEMENT itemfeedback (flow_mat)> <!ATTLIST itemfeedback ident CDATA #REQUIRED> <!ELEMENT flow_mat (material)>
"""

with zipfile.ZipFile(io.BytesIO(canvas.write(QUIZZES)["canvas.zip"])) as package:
    FILES = {name: package.read(name) for name in package.namelist()}
TOPS = {name: etree.fromstring(data) for name, data in FILES.items() if "/" in name and not name.endswith("meta.xml")}
FOUND = {item.get("ident"): item for top in TOPS.values() for item in top.iter(f"{Q}item")}


def fields(item):
    return {f[0].text: f[1].text for f in item.iter(f"{Q}qtimetadatafield")}


def comments(item):
    return {one.get("ident"): plain(one.findtext(f".//{Q}mattext")) for one in item.findall(f"{Q}itemfeedback")}


def labels(item):
    """Words of every answer that can be chosen, by its number."""
    return {
        label.get("ident"): plain(label.findtext(f".//{Q}mattext"))
        for label in item.iter(f"{Q}response_label")
        if label.find(f".//{Q}mattext") is not None
    }


def play(item, answers):
    """(score, comments shown) for answers: response -> list of texts."""
    score, shown = 0.0, []

    def holds(node):
        name, parts = etree.QName(node).localname, list(node)
        given = answers.get(node.get("respident"), [])
        if name == "varequal":
            return any(
                text.lower() == node.text.lower() or (_number(text) is not None and _number(text) == _number(node.text))
                for text in given
            )
        if name == "vargte":
            return any(_number(text) is not None and _number(text) >= float(node.text) - 1e-9 for text in given)
        if name == "varlte":
            return any(_number(text) is not None and _number(text) <= float(node.text) + 1e-9 for text in given)
        if name == "other":
            return True
        return {"and": all, "or": any, "conditionvar": any, "not": lambda found: not any(found)}[name](
            map(holds, parts)
        )

    for condition in item.iter(f"{Q}respcondition"):
        if holds(condition.find(f"{Q}conditionvar")):
            for action in condition.findall(f"{Q}setvar"):
                score = float(action.text) + (score if action.get("action") == "Add" else 0)
            shown += [show.get("linkrefid") for show in condition.findall(f"{Q}displayfeedback")]
            if condition.get("continue") == "No":
                break
    return score, shown


def _number(text):
    try:
        return float(text)
    except ValueError:
        return None


def responses(item, answer):
    """An answer of the book's form as Canvas would hand it in; None if the form of the question rules it out."""
    if item.kind in ("single", "multiple"):
        return {"response1": [str(1001 + n) for n in (answer if item.kind == "multiple" else [answer])]}
    if item.kind == "sentence":
        return {"response1": [str(1001 + item.passage.index(s)) for s in answer]}
    if item.kind in ("number", "text"):
        return {"response1": [answer]}
    return {f"response_{1001 + line}": [str(2001 + chosen)] for line, chosen in enumerate(answer)}


def test_every_item_arrives_once_in_the_quiz_of_its_chapter():
    assert list(FOUND) == [
        item.get("ident") for quiz in sorted(QUIZZES, key=lambda q: q.quiz) for item in quiz_items(quiz)
    ]


def quiz_items(quiz):
    name = f"beijing-october-2023-{quiz.quiz}"
    items = list(TOPS[f"{name}/{name}.xml"].iter(f"{Q}item"))
    assert [item.get("ident") for item in items] == [item.id for item in quiz.items]
    return items


@pytest.mark.parametrize("name", TOPS)
def test_parts_stand_in_the_order_of_the_standard(name):
    text = FILES[name].replace(b' xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"', b"")
    rules = etree.DTD(io.StringIO(STRUCTURE))
    assert rules.validate(etree.fromstring(text)), rules.error_log
    assert not rules.validate(etree.fromstring(text.replace(b"<presentation>", b"<presentation><other/>", 1)))


@pytest.mark.parametrize("name", ITEMS)
def test_scores_are_full_for_what_the_book_calls_correct_and_for_nothing_else(name):
    item = ITEMS[name]
    for answer, _ in tries(item):
        score, shown = play(FOUND[name], responses(item, answer))
        correct = verdict(item, answer).status == "correct"
        assert (score > 99.9) == correct, answer
        assert not correct or "general_incorrect_fb" not in shown or item.kind in ("order", "match")


@pytest.mark.parametrize("name", ITEMS)
def test_options_and_reasons_arrive(name):
    item, found = ITEMS[name], FOUND[name]
    said_of, chosen = comments(found), labels(found)
    assert stem_words(item) in words(plain(found.findtext(f"{Q}presentation/{Q}material/{Q}mattext")))
    used = {show.get("linkrefid") for show in found.iter(f"{Q}displayfeedback")}
    assert used == set(said_of), "a comment that nothing shows, or none where one is called"
    kind = fields(found)["question_type"]
    if item.kind in ("single", "multiple", "sentence"):
        assert kind in ("multiple_choice_question", "multiple_answers_question")
        assert list(chosen.values()) == [text for text, _ in key(item)]
        assert [said_of[f"{ident}_fb"] for ident in chosen] == reasons(item)
        for n, ident in enumerate(chosen):
            assert f"{ident}_fb" in play(found, {"response1": [ident]})[1], n
    elif item.kind in ("number", "text"):
        assert kind == ("numerical_question" if item.kind == "number" else "short_answer_question")
        first, *near = reasons(item)
        assert said_of["correct_fb"] == first
        assert all(why in said_of["general_incorrect_fb"] for why in near)
    else:
        assert kind == "matching_question"
        assert all(words(why) in words(said_of["general_fb"]) for why in reasons(item))
        pairs, extras = (list(enumerate(key(item))), []) if item.kind == "order" else key(item)
        assert sorted(chosen.values()) == sorted([*(right for _, right in pairs), *extras])
        assert [chosen[str(2001 + n)] for n in range(len(pairs))] == [right for _, right in pairs]
        lines = [lid.findtext(f"{Q}material/{Q}mattext") for lid in found.iter(f"{Q}response_lid")]
        assert (
            lines == [f"Step {n + 1}" for n in range(len(pairs))]
            if item.kind == "order"
            else lines == [left for left, _ in pairs]
        )
    if item.hint:
        assert f"Hint: {said(item.hint)}" in said_of["general_incorrect_fb"]


def test_the_manifest_lists_every_file_and_no_other():
    top = etree.fromstring(FILES["imsmanifest.xml"])
    files = [node.get("href") for node in top.iter("{*}file")]
    assert sorted(files) == sorted(set(FILES) - {"imsmanifest.xml"})
    named = {resource.get("identifier") for resource in top.iter("{*}resource")}
    assert {node.get("identifierref") for node in top.iter("{*}dependency")} <= named


def test_quizzes_are_for_practice_and_known_by_ids_of_the_course():
    meta = etree.fromstring(FILES["beijing-october-2023-08/assessment_meta.xml"])
    assert meta.get("identifier") == "beijing-october-2023-08"
    assert meta.findtext("{*}quiz_type") == "practice_quiz" and meta.findtext("{*}title") == "08 The warrant"
