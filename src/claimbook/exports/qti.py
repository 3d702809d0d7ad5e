"""QTI 2.1: a content package with one XML file for each item and a test with a section for each quiz.

Written by hand: no library that writes QTI 2.1 is kept. Feedback works the same way for every kind: each message
has an outcome of its own, such as FEEDBACK_3, and is shown when an answer that deserves it has set that outcome to
its name. One outcome that collects names, and `equal` with a tolerance, are in the standard too, but players read
them differently.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from xml.etree.ElementTree import Element

from claimbook.archives import write_zip
from claimbook.content import course
from claimbook.exports.bank import (
    MARKS_ARE_WRONG,
    NEAR_IS_WRONG,
    UNIT_IS_WRONG,
    Format,
    Loss,
    can_be_partly_right,
    compiled,
    keywords,
    one_answer,
    package_name,
    quiz_title,
)
from claimbook.exports.tree import Content, element, from_html, to_bytes
from claimbook.questions import Item, Match, Multiple, Number, Order, Quiz, Sentence, Single, Text
from claimbook.rendering import markdown
from claimbook.verdicts import missed

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
CP = "http://www.imsglobal.org/xsd/imscp_v1p1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
Message = tuple[str, str, Element]  # its name, what it says, when it is shown
Asked = tuple[Element, Element, Element, list[Message]]  # declaration, body, what is right, messages


def write(quizzes: list[Quiz]) -> dict[str, bytes]:
    """All quizzes as one package."""
    files = {f"items/{item.id}.xml": to_bytes(_item(item)) for quiz in quizzes for item in quiz.items}
    files["test.xml"] = to_bytes(_test(quizzes))
    files["imsmanifest.xml"] = to_bytes(_manifest(quizzes))
    package = io.BytesIO()
    write_zip(package, files)
    return {"qti21.zip": package.getvalue()}


def _schema(namespace: str, address: str) -> dict:
    return {"xmlns": namespace, "xmlns:xsi": XSI, "xsi:schemaLocation": f"{namespace} {address}"}


def _manifest(quizzes: list[Quiz]) -> Element:
    items = [item for quiz in quizzes for item in quiz.items]
    test = element(
        "resource",
        {"identifier": "TEST", "type": "imsqti_test_xmlv2p1", "href": "test.xml"},
        element("file", {"href": "test.xml"}),
        [element("dependency", {"identifierref": item.id}) for item in items],
    )
    resources = [
        element(
            "resource",
            {"identifier": item.id, "type": "imsqti_item_xmlv2p1", "href": f"items/{item.id}.xml"},
            element("file", {"href": f"items/{item.id}.xml"}),
        )
        for item in items
    ]
    return element(
        "manifest",
        {"identifier": f"{package_name()}-qti21", **_schema(CP, "http://www.imsglobal.org/xsd/imscp_v1p1.xsd")},
        element("metadata", {}, element("schema", {}, "QTIv2.1 Package"), element("schemaversion", {}, "1.0.0")),
        element("organizations"),
        element("resources", {}, test, resources),
    )


def _test(quizzes: list[Quiz]) -> Element:
    sections = [
        element(
            "assessmentSection",
            {"identifier": f"S{quiz.quiz}", "title": quiz_title(quiz), "visible": "true"},
            [
                element(
                    "assessmentItemRef",
                    # without a period, which the standard keeps for the names of variables: Q8_1.SCORE
                    {
                        "identifier": item.id.replace(".", "_"),
                        "href": f"items/{item.id}.xml",
                        "category": " ".join(keywords(item)),
                    },
                )
                for item in quiz.items
            ],
        )
        for quiz in quizzes
    ]
    part = {"identifier": "PART", "navigationMode": "nonlinear", "submissionMode": "individual"}
    head = {"identifier": package_name(), "title": course().title}
    return element("assessmentTest", {**_schema(QTI, f"{QTI}.xsd"), **head}, element("testPart", part, sections))


def _item(item: Item) -> Element:
    data = compiled(item)
    response, body, right, messages = _KINDS[item.kind](item, data)
    hint = [
        element("rubricBlock", {"view": "author tutor scorer"}, element("p", {}, "Hint: ", from_html(data["hint"])))
    ]
    return element(
        "assessmentItem",
        {
            **_schema(QTI, f"{QTI}.xsd"),
            "identifier": item.id, "title": item.id, "adaptive": "false", "timeDependent": "false", "xml:lang": "en",
        },
        response,
        _outcome("SCORE", "single", "float", element("defaultValue", {}, element("value", {}, "0"))),
        [_outcome(f"FEEDBACK_{n}", "single", "identifier") for n in range(1, len(messages) + 1)],
        element("itemBody", {}, from_html(data["stem"]), hint if data["hint"] else [], body),
        _processing(right, messages),
        [
            element(
                "modalFeedback",
                {"outcomeIdentifier": f"FEEDBACK_{n}", "showHide": "show", "identifier": name},
                element("p", {}, from_html(why)),
            )
            for n, (name, why, _) in enumerate(messages, 1)
        ],
    )  # fmt: skip


def _outcome(name: str, cardinality: str, base: str, *default: Element) -> Element:
    attributes = {"identifier": name, "cardinality": cardinality, "baseType": base}
    return element("outcomeDeclaration", attributes, *default)


# ---------------------------------------------------------------- what happens to an answer


def _processing(right: Element, messages: list[Message]) -> Element:
    """Score 1 if `right` holds, and each message whose condition holds."""
    return element(
        "responseProcessing",
        {},
        element("responseCondition", {}, element("responseIf", {}, right, _set("SCORE", _value("1", "float")))),
        [
            element("responseCondition", {}, element("responseIf", {}, condition, _set(f"FEEDBACK_{n}", _value(name))))
            for n, (name, _, condition) in enumerate(messages, 1)
        ],
    )


def _set(name: str, value: Element) -> Element:
    return element("setOutcomeValue", {"identifier": name}, value)


def _value(text: str, base: str = "identifier") -> Element:
    return element("baseValue", {"baseType": base}, text)


def _variable() -> Element:
    return element("variable", {"identifier": "RESPONSE"})


def _all_right() -> Element:
    return element("match", {}, _variable(), element("correct", {"identifier": "RESPONSE"}))


def _any(conditions: list[Element]) -> Element:
    return conditions[0] if len(conditions) == 1 else element("or", {}, conditions)


def _none(conditions: list[Element]) -> Element:
    return element("not", {}, _any(conditions))


def _declared(cardinality: str, base: str, values: list[str]) -> Element:
    return element(
        "responseDeclaration",
        {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": base},
        element("correctResponse", {}, [element("value", {}, value) for value in values]),
    )


# ---------------------------------------------------------------- kinds


def _choice(item: Single | Multiple | Sentence, data: dict) -> Asked:
    options = list(zip("ABCDEFGH", data["options"], strict=False))
    single = one_answer(data)
    body = element(
        "choiceInteraction",
        {
            "responseIdentifier": "RESPONSE",
            "shuffle": "false" if item.kind == "sentence" else "true",
            "maxChoices": 1 if single else 0,
        },
        [element("simpleChoice", {"identifier": name}, from_html(option["text"])) for name, option in options],
    )

    def chosen(name: str) -> Element:
        return element("match" if single else "member", {}, *((_variable(), _value(name))[:: 1 if single else -1]))

    declared = _declared(
        "single" if single else "multiple", "identifier", [name for name, option in options if option["correct"]]
    )
    return declared, body, _all_right(), [(f"WHY_{name}", option["why"], chosen(name)) for name, option in options]


def _entry(length: int) -> Element:
    field = element("textEntryInteraction", {"responseIdentifier": "RESPONSE", "expectedLength": length})
    return element("p", {}, "Answer: ", field)


def _number(item: Number, data: dict) -> Asked:
    def within(value: float, tolerance: float) -> Element:
        bounds = {"gte": value - tolerance, "lte": value + tolerance}
        return element(
            "and", {}, [element(name, {}, _variable(), _value(f"{n:.12g}", "float")) for name, n in bounds.items()]
        )

    tests = [within(item.answer, item.tolerance), *(within(near.value, near.tolerance) for near in item.near)]
    declared = _declared("single", "float", [f"{item.answer:.15g}"])
    return declared, _entry(12), tests[0], _first_of(item, data, tests, "number")


def _text(item: Text, data: dict) -> Asked:
    def equals(accept: list[str]) -> Element:
        return _any(
            [element("stringMatch", {"caseSensitive": "false"}, _variable(), _value(w, "string")) for w in accept]
        )

    tests = [equals(item.accept), *(equals(near.accept) for near in item.near)]
    declared = _declared("single", "string", item.accept[:1])
    return declared, _entry(30), tests[0], _first_of(item, data, tests, "word")


def _first_of(item: Number | Text, data: dict, tests: list[Element], what: str) -> list[Message]:
    """Messages of which only the first that fits is given: right, near misses, anything else."""
    names = ["WHY_RIGHT", *(f"WHY_NEAR_{n}" for n in range(1, len(tests)))]
    reasons = [data["why"], *(near["why"] for near in data["near"])]
    conditions = [tests[0], *(element("and", {}, _none(tests[:n]), tests[n]) for n in range(1, len(tests)))]
    given = element("not", {}, element("isNull", {}, _variable()))
    other = ("WHY_OTHER", markdown(missed(item, what).messages[0].why), element("and", {}, given, _none(tests)))
    return [*zip(names, reasons, conditions, strict=True), other]


def _order(item: Order, data: dict) -> Asked:
    names = [f"STEP_{n}" for n in range(1, len(data["items"]) + 1)]
    body = element(
        "orderInteraction",
        {"responseIdentifier": "RESPONSE", "shuffle": "true"},
        [
            element("simpleChoice", {"identifier": names[n]}, from_html(data["items"][n]["text"]))
            for n in data["shown"]  # players that ignore `shuffle` must not show the answer
        ],
    )

    def in_place(n: int) -> Element:
        return element("match", {}, element("index", {"n": n + 1}, _variable()), _value(names[n]))

    messages = [(f"WHY_{n + 1}", step["why"], in_place(n)) for n, step in enumerate(data["items"])]
    messages.append(("WHY_ALL", data["why"], _all_right()))
    return _declared("ordered", "identifier", names), body, _all_right(), messages


def _match(item: Match, data: dict) -> Asked:
    lefts = [f"LINE_{n + 1}" for n in range(len(data["pairs"]))]
    rights = [f"PARTNER_{n + 1}" for n in range(len(data["rights"]))]

    def side(names: list[str], texts: Sequence[Content], order: Iterable[int]) -> Element:
        made = [element("simpleAssociableChoice", {"identifier": names[n], "matchMax": 1}, texts[n]) for n in order]
        return element("simpleMatchSet", {}, made)

    body = element(
        "matchInteraction",
        {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxAssociations": len(lefts)},
        side(lefts, [from_html(pair["left"]) for pair in data["pairs"]], range(len(lefts))),
        side(rights, data["rights"], data["shown"]),
    )

    def joined(left: str, right: str) -> Element:
        return element("member", {}, _value(f"{left} {right}", "directedPair"), _variable())

    pairs = list(zip(lefts, rights, strict=False))
    messages = [(f"WHY_{n + 1}", pair["why"], joined(*pairs[n])) for n, pair in enumerate(data["pairs"])]
    messages += [
        (f"WHY_EXTRA_{n + 1}", why, _any([joined(left, rights[len(lefts) + n]) for left in lefts]))
        for n, why in enumerate(data["extra"])
    ]
    return _declared("multiple", "directedPair", [" ".join(pair) for pair in pairs]), body, _all_right(), messages


# Each is called with items of its own kind only.
_KINDS: dict[str, Callable[[Any, dict], Asked]] = {
    "single": _choice, "multiple": _choice, "sentence": _choice, "number": _number, "text": _text,
    "order": _order, "match": _match,
}  # fmt: skip

FORMAT = Format(
    "qti21",
    "QTI 2.1",
    "a zip package with a test, a section for each quiz and a file for each item",
    "Every option, step, line and near miss keeps its own feedback. Objective, skill and sentences become categories.",
    write,
    (
        Loss(
            "A partly right answer gets no points; the book calls it close where little is missing.",
            when=can_be_partly_right,
        ),
        NEAR_IS_WRONG,
        UNIT_IS_WRONG,
        MARKS_ARE_WRONG,
        Loss("The sentences are options of a choice, not a running text.", ("sentence",)),
        Loss("The hint is for tutors: the format has none that a learner asks for.", when=lambda item: item.hint),
    ),
)
