"""Modules import downwards only, and the drawing of it in the book shows what is so."""

import re
import xml.etree.ElementTree as ET

import pytest

from claimbook import architecture
from claimbook.architecture import PARTS, Part, drawing, drawn_arrows, imports, problems, uses


def test_modules_import_from_their_own_part_or_from_one_below():
    assert not problems(imports()), "\n".join(problems(imports()))


TWO = (Part("Low", "", ("data",)), Part("High", "", ("pages", "press")))


@pytest.mark.parametrize(
    ("graph", "parts", "complaint"),
    [
        ({"data": {"pages"}, "pages": set(), "press": set()}, TWO, r"data \(Low\) imports pages \(High\)"),
        ({"data": set(), "pages": set(), "press": set(), "extra": set()}, TWO, "extra is in no part"),
        ({"data": set(), "pages": set()}, TWO, "press is named in PARTS, but"),
        ({"data": set(), "pages": set(), "press": set()}, (*TWO, Part("Again", "", ("data",))), "in two parts"),
    ],
)
def test_what_breaks_the_rule_is_told(graph, parts, complaint):
    assert any(re.search(complaint, line) for line in problems(graph, parts))


def test_imports_are_found_wherever_they_stand(tmp_path):
    (tmp_path / "low.py").write_text("")
    (tmp_path / "late.py").write_text("def run():\n    from claimbook.low import x\n")
    (tmp_path / "whole.py").write_text("import claimbook.low\nfrom claimbook import late\n")
    (tmp_path / "many").mkdir()
    (tmp_path / "many/inner.py").write_text("from claimbook.many.other import y\nfrom claimbook.whole import z\n")
    assert imports(tmp_path) == {"low": set(), "late": {"low"}, "whole": {"low", "late"}, "many": {"whole"}}


def test_no_two_modules_import_each_other():
    graph, done = imports(), set()

    def walk(module, above):
        assert module not in above, f"A circle of imports: {' -> '.join([*above, module])}"
        if module not in done:
            for other in sorted(graph[module]):
                walk(other, [*above, module])
            done.add(module)

    for module in graph:
        walk(module, [])


def test_the_drawing_holds_every_module_once_and_every_arrow():
    picture = ET.fromstring(drawing())
    words = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    modules = [module for line in words for module in re.findall(r"\w+", line) if line not in {p.name for p in PARTS}]
    assert sorted(modules) == sorted(imports())
    paths = [path for path in picture.iter("{http://www.w3.org/2000/svg}path") if path.get("class") == "arrow"]
    assert len(paths) == len(drawn_arrows())


def test_following_the_arrows_leads_to_all_that_a_part_uses_and_no_further():
    direct = {part.name: {used for user, used in drawn_arrows() if user == part.name} for part in PARTS}

    def reached(name):
        return direct[name].union(*(reached(other) for other in direct[name]))

    for part in PARTS:
        assert uses()[part.name] <= reached(part.name)
        assert direct[part.name] <= uses()[part.name]


def test_boxes_stay_inside_the_drawing_and_apart():
    boxes, _ = architecture._layout()
    for name, box in boxes.items():
        assert box.left >= 0 and box.left + box.wide <= architecture.WIDTH, name
        for other, second in boxes.items():
            apart_x = box.left + box.wide <= second.left or second.left + second.wide <= box.left
            apart_y = box.top + box.high <= second.top or second.top + second.high <= box.top
            assert other == name or apart_x or apart_y, (name, other)
