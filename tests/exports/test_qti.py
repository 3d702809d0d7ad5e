"""QTI 2.1: valid by the schema, and played by a small player of ours and by pyslet, with the verdicts of the book."""

import io
import itertools
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from pyslet.qtiv2.variables import ItemSessionState
from pyslet.qtiv2.xml import QTIDocument

from claimbook.exports import FORMATS, qti
from claimbook.verdicts import verdict

from .bank import ITEMS, QUIZZES, key, plain, reasons, said, stem_words, words

NS = {"q": "http://www.imsglobal.org/xsd/imsqti_v2p1", "cp": "http://www.imsglobal.org/xsd/imscp_v1p1"}
XS = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{}">{}</xs:schema>'
# Stand-ins for schemas that QTI's imports, and of which our items use nothing but attributes such as xml:lang.
STAND_INS = {
    "xml.xsd": XS.format(
        "http://www.w3.org/XML/1998/namespace",
        "".join(f'<xs:attribute name="{name}" type="xs:string"/>' for name in ("lang", "space", "base", "id")),
    ),
    "XInclude.xsd": XS.format("http://www.w3.org/2001/XInclude", '<xs:element name="include"/>'),
    "mathml2.xsd": XS.format("http://www.w3.org/1998/Math/MathML", '<xs:element name="math"/>'),
    "apipv1p0_qtiextv2p1_v1p0.xsd": XS.format(
        "http://www.imsglobal.org/xsd/apip/apipv1p0/imsapip_qtiv1p0", '<xs:element name="apipAccessibility"/>'
    ),
}


class Offline(etree.Resolver):
    def resolve(self, url, public, context):
        name = url.rsplit("/", 1)[-1]
        return self.resolve_string(STAND_INS[name], context) if name in STAND_INS else None


@pytest.fixture(scope="module")
def schema():
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Offline())
    return etree.XMLSchema(etree.parse(Path(__file__).parent / "schemas/imsqti_v2p1.xsd", parser))


with zipfile.ZipFile(io.BytesIO(qti.write(QUIZZES)["qti21.zip"])) as package:
    FILES = {name: package.read(name) for name in package.namelist()}
PLAYED = {name: etree.fromstring(FILES[f"items/{name}.xml"]) for name in ITEMS}


# ---------------------------------------------------------------- a player


def play(top, response):
    """(score, texts of the messages shown) for a response: a string, a number, or a list of names."""
    values = {"RESPONSE": response, "SCORE": 0.0}
    right = [value.text for value in top.findall("q:responseDeclaration/q:correctResponse/q:value", NS)]
    if top.find("q:responseDeclaration", NS).get("cardinality") == "single":
        right = right[0]

    def value(node):
        name, parts = etree.QName(node).localname, list(node)
        if name == "variable":
            return values[node.get("identifier")]
        if name == "correct":
            return right
        if name == "baseValue":
            return float(node.text) if node.get("baseType") == "float" else node.text
        if name == "match":
            one, other = map(value, parts)
            unordered = isinstance(one, list) and top.find("q:responseDeclaration", NS).get("cardinality") == "multiple"
            return sorted(one) == sorted(other) if unordered else one == other
        if name == "member":
            return value(parts[0]) in value(parts[1])
        if name == "index":
            found, place = value(parts[0]), int(node.get("n"))
            return found[place - 1] if len(found) >= place else None
        if name in ("gte", "lte"):
            one, other = map(value, parts)
            return one is not None and (one >= other if name == "gte" else one <= other)
        if name == "stringMatch":
            assert node.get("caseSensitive") == "false"
            one, other = map(value, parts)
            return one is not None and one.lower() == other.lower()
        if name == "isNull":
            return value(parts[0]) is None
        return {"and": all, "or": any, "not": lambda found: not any(found)}[name]([value(part) for part in parts])

    for condition in top.findall("q:responseProcessing/q:responseCondition/q:responseIf", NS):
        test, *actions = condition
        if value(test):
            for action in actions:
                values[action.get("identifier")] = value(action[0])
    shown = [
        plain(etree.tostring(message, encoding="unicode"))
        for message in top.findall("q:modalFeedback", NS)
        if message.get("identifier") == values.get(message.get("outcomeIdentifier"))
    ]
    return values["SCORE"], shown


def tries(item):
    """Answers of the book's form, each with the response of a QTI player."""
    if item.kind == "single":
        yield from ((n, "ABCDEFGH"[n]) for n in range(len(item.options)))
    elif item.kind == "multiple":
        for size in range(1, len(item.options) + 1):
            for chosen in itertools.combinations(range(len(item.options)), size):
                yield list(chosen), ["ABCDEFGH"[n] for n in chosen]
    elif item.kind == "sentence":
        for size in range(1, (len(item.passage) if len(item.answer) > 1 else 1) + 1):
            for chosen in itertools.combinations(range(len(item.passage)), size):
                names = ["ABCDEFGH"[n] for n in chosen]
                yield [item.passage[n] for n in chosen], names if len(item.answer) > 1 else names[0]
    elif item.kind == "number":
        edges = [
            item.answer,
            item.answer + item.tolerance,
            item.answer - item.tolerance,
            item.answer + item.tolerance * 1.5 + 0.001,
        ]
        for near in item.near:
            edges += [near.value, near.value + near.tolerance, near.value - near.tolerance]
        typed = [f"{value:.9f}" for value in [*edges, -123456.0]]
        yield from ((text, float(text)) for text in typed)
    elif item.kind == "text":
        known = [*item.accept, *(text for near in item.near for text in near.accept)]
        yield from ((text, text) for text in [*known, *(text.upper() for text in known), "something else"])
    elif item.kind == "order":
        size = len(item.items)
        orders = [list(range(size)), list(reversed(range(size)))]
        orders += [[*range(n), n + 1, n, *range(n + 2, size)] for n in range(size - 1)]
        yield from ((order, [f"STEP_{n + 1}" for n in order]) for order in orders)
    else:
        size, rights = len(item.pairs), len(item.pairs) + len(item.extra)
        right = list(range(size))
        answers = [right] + [[*right[:line], other, *right[line + 1 :]] for line in right for other in range(rights)]
        yield from ((a, [f"LINE_{line + 1} PARTNER_{chosen + 1}" for line, chosen in enumerate(a)]) for a in answers)


OWN_WORDS = ("Not at this place.", "This partner belongs to another line.", "Right so far, but not yet all.",
             "Two neighbours have to change places.")  # fmt: skip


@pytest.mark.parametrize("name", ITEMS)
def test_a_player_gives_the_verdicts_and_the_reasons_of_the_book(name):
    item = ITEMS[name]
    for answer, response in tries(item):
        book = verdict(item, answer)
        score, shown = play(PLAYED[name], response)
        assert score == (book.status == "correct"), (answer, book.status)
        told = sorted({said(message.why) for message in book.messages} - set(OWN_WORDS))
        assert sorted(set(shown)) == told, answer


@pytest.mark.parametrize("name", ITEMS)
def test_a_player_of_others_gives_the_verdicts_of_the_book(name, monkeypatch):
    item, document = ITEMS[name], QTIDocument()
    document.read(src=io.BytesIO(FILES[f"items/{name}.xml"]))
    monkeypatch.setattr(type(document.root), "render_html", lambda *_: None)  # it plays, but can't draw every kind
    for answer, response in tries(item):
        session = ItemSessionState(document.root)
        session.begin_session()
        session.begin_attempt()
        given = [tuple(pair.split()) for pair in response] if item.kind == "match" else response
        session["RESPONSE"].set_value(given)
        session.end_attempt()
        assert session["SCORE"].value == (verdict(item, answer).status == "correct"), answer


@pytest.mark.parametrize("name", ITEMS)
def test_question_options_and_reasons_arrive(name):
    item, top = ITEMS[name], PLAYED[name]
    body = words(plain(etree.tostring(top.find("q:itemBody", NS), encoding="unicode")))
    assert stem_words(item) in body
    shown = [plain(etree.tostring(m, encoding="unicode")) for m in top.findall("q:modalFeedback", NS)]
    assert shown[: len(reasons(item))] == reasons(item)
    parts = [
        plain(etree.tostring(c, encoding="unicode", with_tail=False)) for c in top.iter(f"{{{NS['q']}}}simpleChoice")
    ]
    if item.kind in ("single", "multiple", "sentence"):
        assert parts == [text for text, _ in key(item)]
    elif item.kind == "order":
        assert sorted(parts) == sorted(key(item)) and parts != key(item)
    elif item.kind == "match":
        pairs, extras = key(item)
        sides = [words(plain(etree.tostring(s, encoding="unicode"))) for s in top.iter(f"{{{NS['q']}}}simpleMatchSet")]
        assert all(words(left) in sides[0] and words(right) in sides[1] for left, right in pairs)
        assert all(words(extra) in sides[1] for extra in extras)
    if item.hint:
        rubric = top.find("q:itemBody/q:rubricBlock", NS)
        assert "candidate" not in rubric.get("view") and words(said(item.hint)) in words(
            plain(etree.tostring(rubric, encoding="unicode"))
        )


@pytest.mark.parametrize("name", [name for name in FILES if name != "imsmanifest.xml"])
def test_every_file_is_valid_by_the_schema_of_qti_2_1(schema, name):
    assert schema.validate(etree.fromstring(FILES[name])), schema.error_log


def test_the_schema_refuses_what_is_wrong(schema):
    top = etree.fromstring(FILES["items/Q8.1.xml"])
    top.find("q:itemBody", NS).append(etree.SubElement(top, f"{{{NS['q']}}}simpleChoice"))
    assert not schema.validate(top)
    assert not schema.validate(etree.fromstring(FILES["items/Q8.1.xml"].replace(b' timeDependent="false"', b"")))


def test_the_manifest_lists_every_file_and_no_other():
    top = etree.fromstring(FILES["imsmanifest.xml"])
    listed = [file.get("href") for file in top.iter(f"{{{NS['cp']}}}file")]
    assert sorted(listed) == sorted(set(FILES) - {"imsmanifest.xml"})
    named = {resource.get("identifier") for resource in top.iter(f"{{{NS['cp']}}}resource")}
    assert {d.get("identifierref") for d in top.iter(f"{{{NS['cp']}}}dependency")} == named - {"TEST"} == set(ITEMS)


def test_the_test_holds_every_item_in_a_section_of_its_quiz():
    top = etree.fromstring(FILES["test.xml"])
    sections = {
        section.get("title"): [
            (ref.get("identifier"), ref.get("href")) for ref in section.findall("q:assessmentItemRef", NS)
        ]
        for section in top.iter(f"{{{NS['q']}}}assessmentSection")
    }
    assert sections["08 The warrant"][0] == ("Q8_1", "items/Q8.1.xml"), "a period is kept for names of variables"
    assert [ref for refs in sections.values() for ref, _ in refs] == [name.replace(".", "_") for name in ITEMS]
    assert len(sections) == len(QUIZZES)


def test_every_item_that_can_be_close_is_told_to_lose_that():
    told = next(loss for loss in FORMATS["qti21"].losses if "partly right" in loss.what)
    close = [
        item.id
        for item in ITEMS.values()
        if item.kind not in ("number", "text")
        and any(verdict(item, answer).status == "close" for answer, _ in tries(item))
    ]
    assert close and set(close) <= {item.id for item in ITEMS.values() if told.concerns(item)}
