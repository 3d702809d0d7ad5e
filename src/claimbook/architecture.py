"""The parts of the package, which of them may use which, and the drawing of it that the book shows.

The order of PARTS is the rule: a module imports from its own part and from those named before it. What is
drawn comes from the imports themselves, so the picture cannot go stale; tests/test_architecture.py refuses
an import that goes up, and a module that no part names.
"""

from __future__ import annotations

import ast
import html
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
WIDTH = 352  # of the drawing: it fits a phone as it is
BOX, GAP, LANE, LINE = 10, 26, 20, 14  # space between boxes and rows; width of a lane, height of a line


@dataclass(frozen=True)
class Part:
    """A part of the package.

    Attributes:
        name: as it stands in the drawing.
        job: what it does, in a sentence.
        modules: names of its modules and subpackages, as they lie in the package's folder.
    """

    name: str
    job: str
    modules: tuple[str, ...]


# From the bottom to the top: nothing imports from a part that is named after its own.
PARTS = (
    Part(
        "Data", "Find the course, read its sentences, claims, tables and sources.",
        ("content", "archives", "yamlfile", "display", "references", "tables", "source"),
    ),
    Part(
        "Bank and judge", "Read quiz items and tasks; judge an answer that is given as plain data.",
        ("verdicts", "answers", "questions", "tasks", "judging"),
    ),
    Part("Building", "Run Sphinx; serve the book, and build it anew after a change.", ("building", "watching", "server")),
    Part(
        "In notebooks", "What a chapter or an exercise shows; run notebooks, derive starters.",
        ("rendering", "checking", "widgets", "explore", "figures", "notebooks"),
    ),
    Part("On paper", "Turn built pages into a PDF.", ("printed",)),
    Part("New course", "Start a course on another text.", ("drafts", "newcourse")),
    Part("Grader", "Run submissions in a sandbox, judge their answers, write gradebook and feedback.", ("grading",)),
    Part("Exports", "Write the quizzes in the formats of other programs.", ("exports",)),
    Part(
        "Pages", "The Sphinx extension: pages from the data, coverage, citations.",
        ("architecture", "accessible", "coverage", "catalogue", "citations", "launch", "light", "book"),
    ),
    Part("Handouts", "Wheel, archives, PDF; Python in the browser.", ("dist", "lite")),
    Part("Commands", "What is typed: `claimbook build`, `grade`, `export` and the others.", ("cli",)),
)  # fmt: skip


def imports(folder: Path = PACKAGE) -> dict[str, set[str]]:
    """For each module or subpackage in a folder, those of its neighbours that it imports, wherever in its code."""
    files: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).parts[0].removesuffix(".py")
        if name not in ("__init__", "template", "templates"):  # the package itself; files of a new course
            files.setdefault(name, []).append(path)
    return {
        name: {other for path in paths for other in _imported(path) if other in files and other != name}
        for name, paths in files.items()
    }


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name.split(".")[1] for one in node.names if one.name.startswith("claimbook."))
        elif isinstance(node, ast.ImportFrom) and node.module == "claimbook":
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("claimbook."):
            yield str(node.module).split(".")[1]


def problems(graph: dict[str, set[str]], parts: tuple[Part, ...] = PARTS) -> list[str]:
    """What breaks the rule: modules in no part or in two, and imports from a part that is named later."""
    place: dict[str, int] = {}
    found = []
    for number, part in enumerate(parts):
        for module in part.modules:
            if module in place:
                found.append(f"{module} is named in two parts of PARTS.")
            if module not in graph:
                found.append(f"{module} is named in PARTS, but there is no such module.")
            place[module] = number
    found += [
        f"{module} is in no part: name it in PARTS in architecture.py." for module in graph if module not in place
    ]
    for module, others in sorted(graph.items()):
        for other in sorted(others):
            if place.get(other, 0) > place.get(module, len(parts)):
                found.append(
                    f"{module} ({parts[place[module]].name}) imports {other} ({parts[place[other]].name}), "
                    "which stands above it. Move what both need down, or hand it over as an argument."
                )
    return found


@cache
def uses() -> dict[str, frozenset[str]]:
    """For each part, the parts that it imports from, by name."""
    graph, part_of = imports(), {module: part.name for part in PARTS for module in part.modules}
    return {
        part.name: frozenset(part_of[other] for module in part.modules for other in graph.get(module, ())) - {part.name}
        for part in PARTS
    }


def _reached(part: str) -> frozenset[str]:
    """All parts below one, near and far."""
    return uses()[part].union(*map(_reached, uses()[part]))


def drawn_arrows() -> list[tuple[str, str]]:
    """(user, used) for each arrow of the drawing: what is used by way of another part has no arrow of its own."""
    return [
        (part, other)
        for part, others in uses().items()
        for other in sorted(others)
        if not any(other in _reached(third) for third in others - {other})
    ]


def _rows() -> list[list[str]]:
    """Names of parts by their depth, from the top down: each stands below all parts that use it."""
    depth = {part.name: 0 for part in PARTS}
    for part in reversed(PARTS):
        for other in uses()[part.name]:
            depth[other] = max(depth[other], depth[part.name] + 1)
    return [[name for name in reversed(depth) if depth[name] == level] for level in range(max(depth.values()) + 1)]


@dataclass
class _Box:
    left: float
    top: float
    wide: float
    high: float

    @property
    def middle(self) -> float:
        return self.left + self.wide / 2


def _layout() -> tuple[dict[str, _Box], dict[tuple[str, str], list[tuple[float, float, float]]]]:
    """Where the boxes stand; and for arrows longer than a row, the lanes (x, top, bottom) by which they pass others."""
    rows, part_named = _rows(), {part.name: part for part in PARTS}
    row_of = {name: number for number, row in enumerate(rows) for name in row}
    boxes: dict[str, _Box] = {}
    lanes: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    top = 1.0
    for number, row in enumerate(rows):
        passing = [one for one in drawn_arrows() if row_of[one[0]] < number < row_of[one[1]]]
        passing.sort(key=lambda one: boxes[one[0]].middle)
        left_lanes = [one for one in passing if boxes[one[0]].middle < WIDTH / 2]
        right_lanes = [one for one in passing if one not in left_lanes]
        row.sort(key=lambda name: _mean([_x(arrow, boxes, lanes) for arrow in drawn_arrows() if arrow[1] == name]))
        room = WIDTH - 2 - LANE * len(passing) - BOX * (len(row) - 1)
        wide = room / len(row)
        high = 30 + LINE * max(len(_lines(part_named[name], wide)) for name in row)
        for place, name in enumerate(row):
            boxes[name] = _Box(1 + LANE * len(left_lanes) + place * (wide + BOX), top, wide, high)
        for place, arrow in enumerate(left_lanes):
            lanes.setdefault(arrow, []).append((1 + LANE * (place + 0.4), top, top + high))
        for place, arrow in enumerate(right_lanes):
            x = WIDTH - 1 - LANE * (len(right_lanes) - place - 0.6)
            lanes.setdefault(arrow, []).append((x, top, top + high))
        top += high + GAP
    return boxes, lanes


def _mean(numbers: list[float]) -> float:
    return sum(numbers) / max(len(numbers), 1)


def _x(arrow: tuple[str, str], boxes: dict[str, _Box], lanes: dict) -> float:
    """Where an arrow is before its last row."""
    return lanes[arrow][-1][0] if arrow in lanes else boxes[arrow[0]].middle


def drawing() -> str:
    """The parts and their imports as SVG, in the colours of the page."""
    boxes, lanes = _layout()
    drawn = "".join(_box(part, boxes[part.name]) for part in PARTS)
    arrows = "".join(_arrow(boxes[user], boxes[used], lanes.get((user, used), [])) for user, used in drawn_arrows())
    words = "; ".join(f"{user} on {used}" for user, used in drawn_arrows())
    alt = f"The parts of the package as boxes, with arrows from each to the parts it builds on: {words}."
    high = max(box.top + box.high for box in boxes.values()) + 1
    return (
        f'<svg role="img" aria-label="{html.escape(alt)}" viewBox="0 0 {WIDTH} {high:g}" class="cb-parts" '
        'xmlns="http://www.w3.org/2000/svg"><defs><marker id="cb-head" viewBox="0 0 8 8" refX="7" refY="4" '
        'markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
        f"{drawn}{arrows}</svg>"
    )


def _box(part: Part, box: _Box) -> str:
    lines = "".join(
        f'<text x="{box.left + 8:g}" y="{box.top + 34 + LINE * n:g}">{html.escape(words)}</text>'
        for n, words in enumerate(_lines(part, box.wide))
    )
    return (
        f'<rect x="{box.left:g}" y="{box.top:g}" width="{box.wide:g}" height="{box.high:g}" rx="4"/>'
        f'<text class="name" x="{box.left + 8:g}" y="{box.top + 18:g}">{html.escape(part.name)}</text>{lines}'
    )


def _lines(part: Part, wide: float) -> list[str]:
    """The names of a part's modules, broken into lines that its box holds."""
    lines = [""]
    for module in part.modules:
        longer = f"{lines[-1]}, {module}" if lines[-1] else module
        if lines[-1] and len(longer) * 6 > wide - 14:
            lines[-1] += ","
            lines.append(module)
        else:
            lines[-1] = longer
    return lines


def _arrow(user: _Box, used: _Box, lanes: list[tuple[float, float, float]]) -> str:
    """A line from the lower edge of one box, down its lanes, to the upper edge of another."""
    low, goal = max(user.left, used.left), min(user.left + user.wide, used.left + used.wide)
    start = end = (low + goal) / 2
    if lanes:
        start, end = _within(user, lanes[0][0]), _within(used, lanes[-1][0])
    elif low >= goal:  # side by side: lean towards each other
        start, end = _within(user, used.middle), _within(used, user.middle)
    x, y = start, user.top + user.high
    path = f"M{x:g} {y:g}"
    for to_x, to_y, then_y in [*lanes, (end, used.top - 1, 0)]:
        path += f"C{x:g} {(y + to_y) / 2:g} {to_x:g} {(y + to_y) / 2:g} {to_x:g} {to_y:g}"
        path += f"V{then_y:g}" * bool(then_y)
        x, y = to_x, then_y
    return f'<path class="arrow" d="{path}"/>'


def _within(box: _Box, x: float) -> float:
    """The x within a box, away from its corners, that is nearest to another."""
    return min(max(x, box.left + 14), box.left + box.wide - 14)


def page() -> str:
    """Markdown of the drawing, and the same as a list."""
    listed = "\n".join(
        f"- **{part.name}** ({', '.join(f'`{module}`' for module in part.modules)}). {part.job} "
        f"Imports from {', '.join(sorted(uses()[part.name])) or 'no other part'}."
        for part in reversed(PARTS)
    )
    return (
        f'<figure class="cb-figure">{drawing()}<figcaption>The parts of the package. An arrow leads from a part to one '
        "that it imports from; what is used by way of another part has no arrow of its own.</figcaption></figure>\n\n"
        f"{listed}\n"
    )
