"""QTI 1.2 as Canvas reads it: one assessment for each quiz.

Written by hand. The library text2qti writes such packages, but takes one quiz in a text format of its own
and knows neither matching nor tolerances with feedback; what is left of it would be the envelope.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import Any
from xml.etree.ElementTree import Element

from claimbook.archives import write_zip
from claimbook.exports.bank import (
    MARKS_ARE_WRONG,
    PART_OF_THE_POINTS,
    UNIT_IS_WRONG,
    Format,
    Loss,
    compiled,
    listed,
    near_reasons,
    one_answer,
    package_name,
    pair_reasons,
    quiz_title,
)
from claimbook.exports.tree import element, to_bytes
from claimbook.questions import Item, Match, Multiple, Number, Order, Quiz, Sentence, Single, Text
from claimbook.rendering import plain_text
from claimbook.verdicts import missed

QTI = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
CP = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
META = "http://canvas.instructure.com/xsd/cccv1p0"
TYPES = {"number": "numerical_question", "text": "short_answer_question", "order": "matching_question",
         "match": "matching_question"}  # fmt: skip
# What a kind of item asks: the places to answer, conditions on the answer, comments by their names.
Asked = tuple[Element | list[Element], list[Element], dict[str, str]]


def write(quizzes: list[Quiz]) -> dict[str, bytes]:
    """All quizzes as one package."""
    files = {"imsmanifest.xml": to_bytes(_manifest(quizzes))}
    for quiz in quizzes:
        name = _name(quiz)
        files[f"{name}/{name}.xml"] = to_bytes(_assessment(quiz))
        files[f"{name}/assessment_meta.xml"] = to_bytes(_meta(quiz))
    package = io.BytesIO()
    write_zip(package, files)
    return {"canvas.zip": package.getvalue()}


def _name(quiz: Quiz) -> str:
    return f"{package_name()}-{quiz.quiz}"


def _manifest(quizzes: list[Quiz]) -> Element:
    resources = []
    for quiz in quizzes:
        name = _name(quiz)
        resources += [
            element(
                "resource",
                {"identifier": name, "type": "imsqti_xmlv1p2"},
                element("file", {"href": f"{name}/{name}.xml"}),
                element("dependency", {"identifierref": f"{name}-meta"}),
            ),
            element(
                "resource",
                {
                    "identifier": f"{name}-meta",
                    "type": "associatedcontent/imscc_xmlv1p1/learning-application-resource",
                    "href": f"{name}/assessment_meta.xml",
                },
                element("file", {"href": f"{name}/assessment_meta.xml"}),
            ),
        ]
    return element(
        "manifest",
        {"identifier": f"{package_name()}-canvas", "xmlns": CP},
        element("metadata", {}, element("schema", {}, "IMS Content"), element("schemaversion", {}, "1.1.3")),
        element("organizations"),
        element("resources", {}, resources),
    )


def _meta(quiz: Quiz) -> Element:
    """What Canvas wants to know of a quiz beyond QTI: here, that it is for practice."""
    return element(
        "quiz",
        {"identifier": _name(quiz), "xmlns": META},
        element("title", {}, quiz_title(quiz)),
        element("description", {}, ""),
        element("shuffle_answers", {}, "false"),  # sentences and steps have an order that means something
        element("scoring_policy", {}, "keep_highest"),
        element("quiz_type", {}, "practice_quiz"),
        element("points_possible", {}, f"{len(quiz.items)}.0"),
        element("show_correct_answers", {}, "true"),
        element("allowed_attempts", {}, "-1"),
    )


def _assessment(quiz: Quiz) -> Element:
    return element(
        "questestinterop",
        {"xmlns": QTI},
        element(
            "assessment",
            {"ident": _name(quiz), "title": quiz_title(quiz)},
            _fields(cc_maxattempts="unlimited"),
            element("section", {"ident": "root_section"}, [_item(item) for item in quiz.items]),
        ),
    )


def _fields(**fields: str) -> Element:
    return element(
        "qtimetadata",
        {},
        [
            element("qtimetadatafield", {}, element("fieldlabel", {}, label), element("fieldentry", {}, entry))
            for label, entry in fields.items()
        ],
    )


def _item(item: Item) -> Element:
    data = compiled(item)
    kind = TYPES.get(item.kind) or ("multiple_choice_question" if one_answer(data) else "multiple_answers_question")
    answers, conditions, comments = _KINDS[item.kind](item, data)
    wrong = [f"Hint: {data['hint']}"] if data["hint"] else []
    wrong += near_reasons(data)
    if item.kind in ("number", "text"):
        comments["correct_fb"] = data["why"]
        wrong.insert(0, missed(item, "number" if item.kind == "number" else "word").messages[0].why)
    if wrong:
        comments["general_incorrect_fb"] = wrong[0] if len(wrong) == 1 else listed(wrong)
    if item.kind in ("order", "match"):
        comments["general_fb"] = pair_reasons(data)

    def shown(name: str) -> list[Element]:  # a comment that hangs on no single answer
        return [_condition([element("other")], name)] if name in comments else []

    outcomes = element(
        "outcomes", {}, element("decvar", {"maxvalue": 100, "minvalue": 0, "varname": "SCORE", "vartype": "Decimal"})
    )
    return element(
        "item",
        {"ident": item.id, "title": item.id},
        element("itemmetadata", {}, _fields(
            question_type=kind, points_possible="1.0", assessment_question_identifierref=f"bank-{item.id}",
        )),
        element("presentation", {}, _material(data["stem"]), answers),
        element("resprocessing", {}, outcomes, shown("general_fb"), conditions, shown("general_incorrect_fb")),
        [
            element("itemfeedback", {"ident": name}, element("flow_mat", {}, _material(why)))
            for name, why in comments.items()
        ],
    )  # fmt: skip


def _material(html: str, form: str = "text/html") -> Element:
    return element("material", {}, element("mattext", {"texttype": form}, html))


def _condition(
    tests: list[Element], comment: str = "", score: tuple[str, str] | None = None, last: bool = False
) -> Element:
    return element(
        "respcondition",
        {"continue": "No" if last else "Yes"},
        element("conditionvar", {}, tests),
        [element("setvar", {"action": score[0], "varname": "SCORE"}, score[1])] if score else [],
        [element("displayfeedback", {"feedbacktype": "Response", "linkrefid": comment})] if comment else [],
    )


def _equal(text: str, response: str = "response1") -> Element:
    return element("varequal", {"respident": response}, text)


def _labels(numbered: Iterable[tuple[str, str, str]]) -> list[Element]:
    """Possible answers; Canvas numbers them, and so do we."""
    return [element("response_label", {"ident": ident}, _material(html, form)) for ident, html, form in numbered]


def _choice(item: Single | Multiple | Sentence, data: dict) -> Asked:
    options = [(str(1000 + n), option) for n, option in enumerate(data["options"], 1)]
    single = one_answer(data)
    labels = _labels((ident, option["text"], "text/html") for ident, option in options)
    answers = element(
        "response_lid",
        {"ident": "response1", "rcardinality": "Single" if single else "Multiple"},
        element("render_choice", {}, labels),
    )
    if single:
        right = [_equal(ident) for ident, option in options if option["correct"]]
    else:
        right = [element("and", {}, [
            _equal(ident) if option["correct"] else element("not", {}, _equal(ident)) for ident, option in options
        ])]  # fmt: skip
    conditions = [_condition([_equal(ident)], f"{ident}_fb") for ident, _ in options]
    conditions.append(_condition(right, score=("Set", "100"), last=True))
    return answers, conditions, {f"{ident}_fb": option["why"] for ident, option in options}


def _field(decimal: bool) -> Element:
    return element(
        "response_str",
        {"ident": "response1", "rcardinality": "Single"},
        element(
            "render_fib", {"fibtype": "Decimal"} if decimal else {}, element("response_label", {"ident": "answer1"})
        ),
    )


def _number(item: Number, data: dict) -> Asked:
    low, high = (f"{item.answer + sign * item.tolerance:.12g}" for sign in (-1, 1))
    between = [element("vargte", {"respident": "response1"}, low), element("varlte", {"respident": "response1"}, high)]
    right = element("or", {}, _equal(f"{item.answer:.15g}"), element("and", {}, between))
    return _field(True), [_condition([right], "correct_fb", ("Set", "100"), last=True)], {}


def _text(item: Text, data: dict) -> Asked:
    right = [_equal(words) for words in item.accept]
    return _field(False), [_condition(right, "correct_fb", ("Set", "100"), last=True)], {}


def _pairs(item: Order | Match, data: dict) -> Asked:
    """Lines with a list of partners for each. An order becomes this: for each place, which step?"""
    if item.kind == "order":
        lefts = [f"Step {n}" for n in range(1, len(data["items"]) + 1)]
        rights = [plain_text(step.text) for step in item.items]
    else:
        lefts, rights = [plain_text(pair.left) for pair in item.pairs], data["rights"]
    partners = [(str(2000 + n + 1), rights[n], "text/plain") for n in data["shown"]]
    answers, conditions, comments = [], [], {}
    parts = data["items"] if item.kind == "order" else data["pairs"]
    for number, left in enumerate(lefts, 1):
        response = f"response_{1000 + number}"
        answers.append(element(
            "response_lid", {"ident": response}, _material(left, "text/plain"),
            element("render_choice", {}, _labels(partners)),
        ))  # fmt: skip
        right = str(2000 + number)
        conditions += [
            _condition([_equal(right, response)], score=("Add", f"{100 / len(lefts):.2f}")),
            _condition([element("not", {}, _equal(right, response))], f"{1000 + number}_fb"),
        ]
        comments[f"{1000 + number}_fb"] = parts[number - 1]["why"]
    return answers, conditions, comments


# Each is called with items of its own kind only.
_KINDS: dict[str, Callable[[Any, dict], Asked]] = {
    "single": _choice, "multiple": _choice, "sentence": _choice, "number": _number, "text": _text,
    "order": _pairs, "match": _pairs,
}  # fmt: skip


def _marked(item: Order | Match) -> bool:
    """Whether lines or steps have marks that plain text loses."""
    texts = [step.text for step in item.items] if item.kind == "order" else [pair.left for pair in item.pairs]
    return any("*" in text or "`" in text for text in texts)


FORMAT = Format(
    "canvas",
    "Canvas (QTI 1.2)",
    "a zip package with a practice quiz for each quiz of the book",
    "Every option of a choice keeps its own comment. The hint becomes part of the comment on a wrong answer.",
    write,
    (
        PART_OF_THE_POINTS,
        Loss("The format has no order: for each place, the step is chosen from a list.", ("order",)),
        Loss("A line's reason is shown when the line is wrong, and all together after the answer.", ("order", "match")),
        Loss("Lines and partners are plain text, without emphasis.", ("order", "match"),
             _marked),
        Loss("A near miss counts as wrong, and its reason stands in one comment with those of all others.",
             ("number", "text"), lambda item: item.near),
        UNIT_IS_WRONG,
        MARKS_ARE_WRONG,
        Loss("The sentences are options of a multiple choice, not a running text.", ("sentence",)),
        Loss("The hint is seen only after a wrong answer.", when=lambda item: item.hint),
        Loss("Objective, skill and sentences are not carried."),
    ),
)  # fmt: skip
