"""Exercises as a student meets them: the starter, its solution, and what both promise.

Each promise is a function that fails with a message to the author. Every exercise keeps all of them,
and for each there is a broken exercise that it catches.
"""

import copy
import re
from dataclasses import dataclass

import pytest

from claimbook import notebooks
from claimbook.answers import to_plain
from claimbook.content import root
from claimbook.tables import load
from claimbook.tasks import Exercise, evaluate, load_exercise

from .conftest import EXERCISES

RUNGS = ("Predict", "Run", "Modify", "Make", "Judge", "Write")
FORM = "*Form of the answer:*"


@dataclass
class Pair:
    """One exercise: tasks file, solved master, starter, and the ids that it may refer to."""

    slug: str
    exercise: Exercise
    solution: object
    starter: object
    objectives: set[str]
    misconceptions: set[str]

    def sections(self, notebook):
        """(task, Markdown before its check, answer cell, check cell), in the order of the tasks file."""
        found, words, answer, tasks = [], [], None, {task.id: task for task in self.exercise.tasks}
        for cell in notebook.cells:
            role = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "markdown":
                words.append(cell.source)
            elif role.get("solution"):
                answer = cell
            elif named := notebooks._CHECK.search(cell.source):
                found.append((tasks.get(named[1]), "\n\n".join(words), answer, cell))
                words, answer = [], None
        return found


def read_pair(slug: str) -> Pair:
    chapter = root() / f"chapters/{slug}.ipynb"
    prose = (
        "\n".join(c.source for c in notebooks.read(chapter).cells if c.cell_type == "markdown")
        if chapter.is_file()
        else ""
    )
    return Pair(
        slug,
        load_exercise(slug),
        notebooks.read(root() / f"exercises/solutions/{slug}.ipynb"),
        notebooks.read(root() / f"exercises/{slug}.ipynb"),
        set(re.findall(r"\*\*(O\d{1,2}\.\d)\*\*", prose)),
        set(load("misconceptions")["misconception"]),
    )


def shown(cell) -> str:
    """Plain text that a cell shows."""
    return "\n".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in cell.outputs)


def answers_only(notebook):
    """What two notebooks must share to be the same document: everything but the outputs."""
    return notebook.metadata, [(c.id, c.cell_type, c.source, c.metadata) for c in notebook.cells]


# ---------------------------------------------------------------- the promises


def starter_is_the_stripped_solution(pair):
    wanted = notebooks.starter(pair.solution, pair.exercise)
    assert answers_only(pair.starter) == answers_only(wanted), (
        f"exercises/{pair.slug}.ipynb differs from its solution. Edit the solution only, then run "
        f"`claimbook golden exercises/solutions/{pair.slug}.ipynb`."
    )


def starter_holds_no_solution(pair):
    for cell in pair.starter.cells:
        assert "SOLUTION" not in cell.source, f"{cell.id}: a mark of the solution is left in the starter."
    for task, _, answer, _ in pair.sections(pair.starter):
        lines = [line for line in answer.source.splitlines() if not line.startswith("#")]
        assert lines == [f"{task.variable} = ..."], (
            f"{task.id}: the open answer cell must read `{task.variable} = ...`."
        )


def every_task_has_its_check(pair):
    for notebook in (pair.solution, pair.starter):
        found = [(task and task.id, check.source) for task, _, _, check in pair.sections(notebook)]
        assert found == [(t.id, f'check("{t.id}", {t.variable})') for t in pair.exercise.tasks], (
            f'Exercise {pair.slug}: each task, in the order of the tasks file, needs a cell `check("T8.1", variable)`.'
        )
    names = [task.variable for task in pair.exercise.tasks]
    assert len(set(names)) == len(names), (
        f"Exercise {pair.slug}: two tasks share a variable, so one answer overwrites the other."
    )


def untouched_starter_reports_not_attempted(pair):
    for task, _, _, check in pair.sections(pair.starter):
        assert shown(check).startswith(f"○ {task.id}: not attempted."), (
            f"{task.id}: the starter shows {shown(check)!r}."
        )


def solution_is_judged_correct(pair):
    for task, _, _, check in pair.sections(pair.solution):
        word = "✎ {}: recorded." if task.kind == "free" else "✓ {}: correct."
        assert shown(check).startswith(word.format(task.id)), f"{task.id}: the solution shows {shown(check)!r}."


def both_run_without_an_error(pair):
    for notebook in (pair.solution, pair.starter):
        for cell in notebook.cells:
            kinds = [o.output_type for o in cell.get("outputs", [])]
            assert "error" not in kinds, (
                f"{cell.id}: the committed output is an error. Given cells must not need an answer."
            )


def nbgrader_metadata_is_valid(pair):
    for notebook in (pair.solution, pair.starter):
        entries = [c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata]
        for entry in entries:
            assert entry.schema_version == 3 and not entry.task and entry.locked is not entry.solution, (
                f"{entry}: not of schema 3."
            )
            assert re.fullmatch(r"[A-Za-z0-9_-]+", entry.grade_id), (
                f"{entry.grade_id}: nbgrader allows letters, digits, - and _."
            )
            assert ("points" in entry) is entry.grade, (
                f"{entry.grade_id}: points belong to graded cells, and to no other."
            )
        ids = [entry.grade_id for entry in entries]
        assert len(set(ids)) == len(ids) == 2 * len(pair.exercise.tasks), (
            f"Exercise {pair.slug}: the grade ids are not unique."
        )
        assert sum(e.points for e in entries if e.grade) == sum(t.points for t in pair.exercise.tasks), (
            f"Exercise {pair.slug}: points in the notebook and in the tasks file differ."
        )


def objectives_are_the_chapters(pair):
    for task in pair.exercise.tasks:
        assert task.objective in pair.objectives, (
            f"{task.id}: chapter {pair.slug} has no objective {task.objective}: {pair.objectives}"
        )


def misconceptions_are_explained(pair):
    for task in pair.exercise.tasks:
        for miss in task.near_misses:
            assert miss.misconception is None or miss.misconception in pair.misconceptions, (
                f"{task.id}: data/tables/misconceptions.csv does not explain {miss.misconception!r}."
            )


def tasks_climb_a_ladder(pair):
    steps = []
    for task, words, _, _ in pair.sections(pair.starter):
        heading = re.search(rf"^#{{2,3}} {re.escape(task.id)} ({'|'.join(RUNGS)}): (.+)$", words, re.MULTILINE)
        assert heading, f"{task.id}: its heading must read `### {task.id} Make: {task.title}`, with one of {RUNGS}."
        assert heading[2].casefold() == task.title.casefold(), (
            f"{task.id}: the title is {task.title!r}, the heading {heading[2]!r}."
        )
        steps.append(RUNGS.index(heading[1]))
    assert steps == sorted(steps), (
        f"Exercise {pair.slug}: a task asks for less than the one before it: {[RUNGS[s] for s in steps]}"
    )
    needed = {RUNGS.index("Modify"), RUNGS.index("Make")}
    assert steps[0] < 2 and needed <= set(steps), (
        f"Exercise {pair.slug}: begin with Predict or Run; have Modify and Make."
    )


def every_task_says_what_form_the_answer_has(pair):
    for task, words, answer, _ in pair.sections(pair.starter):
        form = next((line for line in words.splitlines() if line.startswith(FORM)), "")
        assert f"`{task.variable}`" in form, f"{task.id}: a line `{FORM} `{task.variable}` is ...` is missing."
        assert f'hint("{task.id}")' in answer.source, (
            f'{task.id}: say in the answer cell that hint("{task.id}") exists.'
        )
        for option in task.options:
            assert re.search(rf"[*`\"]{re.escape(option)}[.*`\"]", words), (
                f"{task.id}: the option {option!r} is not shown."
            )


def the_example_of_form_is_not_the_answer(pair):
    for task, words, _, _ in pair.sections(pair.starter):
        if task.kind in ("number", "text", "choice", "set"):
            plain = to_plain(evaluate(task.expected))
            examples = re.findall(
                r"`\"?([^`]+?)\"?`", next(line for line in words.splitlines() if line.startswith(FORM))
            )
            given = {str(value) for value in plain.get("values", [plain.get("value")])} & set(examples)
            assert not given, f"{task.id}: the example of form gives the answer away: {given}."


def one_task_is_free_text_with_a_rubric_in_sight(pair):
    free = [(task, words) for task, words, _, _ in pair.sections(pair.starter) if task.kind == "free"]
    assert free, f"Exercise {pair.slug}: one task asks for a text."
    for task, words in free:
        for level in task.rubric:
            row = f"| {level.points} | {' '.join(level.means.split())} |"
            assert row in words, f"{task.id}: the notebook must show the rubric, word for word: {row}"
        scored = {sample.points for sample in task.samples}
        assert scored == {level.points for level in task.rubric}, (
            f"{task.id}: there is a sample for the levels {scored} only."
        )


def the_frame_is_complete(pair):
    first, last, summary = (pair.starter.cells[place].source for place in (0, -2, -1))
    total = sum(task.points for task in pair.exercise.tasks)
    for part in (
        f"# Exercise {pair.slug[:2]}: {pair.exercise.title}",
        "**You need:**",
        "**Time:**",
        f"**Points:** {total}",
        "hint(",
    ):
        assert part in first, f"Exercise {pair.slug}: the first cell lacks {part!r}."
    for part in ("## Before you hand in", "Restart", "The file is saved", "instructor"):
        assert part in last, f"Exercise {pair.slug}: the last text lacks {part!r}."
    assert summary == f'check("{pair.slug[:2]}", vars())', f"Exercise {pair.slug}: the last cell must sum up."


def each_task_can_be_done_alone(pair):
    """A student may leave tasks out: every answer must work when all the others are still open."""
    solved = {answer.id: answer.source for _, _, answer, _ in pair.sections(pair.solution)}
    for task, _, answer, check in pair.sections(pair.starter):
        scope = {"print": lambda *_, **__: None}
        for cell in pair.starter.cells:
            if cell.cell_type == "code" and cell.id != check.id:
                exec(solved[answer.id] if cell.id == answer.id else cell.source, scope)
            elif cell.id == check.id:
                result = eval(check.source, scope)
                break
        assert result.status in ("correct", "recorded"), (
            f"{task.id}: its solution needs the answer of another task. {result}"
        )


PROMISES = [
    starter_is_the_stripped_solution,
    starter_holds_no_solution,
    every_task_has_its_check,
    untouched_starter_reports_not_attempted,
    solution_is_judged_correct,
    both_run_without_an_error,
    nbgrader_metadata_is_valid,
    objectives_are_the_chapters,
    misconceptions_are_explained,
    tasks_climb_a_ladder,
    every_task_says_what_form_the_answer_has,
    the_example_of_form_is_not_the_answer,
    one_task_is_free_text_with_a_rubric_in_sight,
    the_frame_is_complete,
    each_task_can_be_done_alone,
]


@pytest.fixture(scope="module")
def pairs():
    return {slug: read_pair(slug) for slug in EXERCISES}


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
@pytest.mark.parametrize("slug", EXERCISES)
def test_exercise_keeps_the_promise(pairs, slug, promise):
    promise(pairs[slug])


# ---------------------------------------------------------------- broken exercises


def cell(notebook, words):
    return next(c for c in notebook.cells if words in c.source)


def replace(notebook, old, new):
    for each in notebook.cells:
        each.source = each.source.replace(old, new)


def break_output(notebook, words, output):
    cell(notebook, words).outputs = [output]


def graded(notebook):
    return next(c.metadata.nbgrader for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade"))


def free_task(pair):
    return next(task for task in pair.exercise.tasks if task.kind == "free")


def give_away(pair):
    task = next(task for task in pair.exercise.tasks if task.kind == "number")
    replace(pair.starter, f"{FORM} `{task.variable}`", f"{FORM} `{task.variable}` is `{evaluate(task.expected)}`")


def lean_on_the_first(pair):
    first, second, *_ = [task.variable for task in pair.exercise.tasks]
    answer = cell(pair.solution, f"\n{second} = ")
    answer.source += f"\n{second} = None if {first} is ... else {second}"


ERROR = notebooks.nbformat.from_dict({"output_type": "error", "ename": "NameError", "evalue": "n", "traceback": []})
TEXT = notebooks.nbformat.from_dict({"output_type": "stream", "name": "stdout", "text": "✗ wrong"})
BREAKS = [
    (starter_is_the_stripped_solution, lambda p: replace(p.starter, "Time:", "Times:")),
    (starter_is_the_stripped_solution, lambda p: p.starter.cells.pop(1)),
    (starter_is_the_stripped_solution, lambda p: p.starter.metadata.claimbook.update(edition="2019.01")),
    (starter_holds_no_solution, lambda p: replace(p.starter, " = ...", " = 6")),
    (starter_holds_no_solution, lambda p: replace(p.starter, "# Stuck?", "### END SOLUTION")),
    (every_task_has_its_check, lambda p: p.solution.cells.reverse()),
    (every_task_has_its_check, lambda p: replace(p.starter, f", {p.exercise.tasks[0].variable})", ")")),
    (every_task_has_its_check, lambda p: p.starter.cells.remove(cell(p.starter, f'check("{p.exercise.tasks[0].id}"'))),
    (
        untouched_starter_reports_not_attempted,
        lambda p: break_output(p.starter, f'check("{p.exercise.tasks[0].id}"', TEXT),
    ),
    (solution_is_judged_correct, lambda p: break_output(p.solution, f'check("{p.exercise.tasks[0].id}"', TEXT)),
    (both_run_without_an_error, lambda p: break_output(p.starter, "import", ERROR)),
    (nbgrader_metadata_is_valid, lambda p: graded(p.starter).update(points=99)),
    (nbgrader_metadata_is_valid, lambda p: graded(p.starter).pop("points")),
    (nbgrader_metadata_is_valid, lambda p: graded(p.starter).update(grade_id="T8.1")),
    (nbgrader_metadata_is_valid, lambda p: graded(p.solution).update(schema_version=2)),
    (nbgrader_metadata_is_valid, lambda p: graded(p.solution).update(locked=False)),
    (objectives_are_the_chapters, lambda p: setattr(p.exercise.tasks[0], "objective", "O99.9")),
    (
        misconceptions_are_explained,
        lambda p: setattr(p.exercise.tasks[0].near_misses[0], "misconception", "no-such-idea"),
    ),
    (tasks_climb_a_ladder, lambda p: replace(p.starter, " Modify: ", " Predict: ")),
    (tasks_climb_a_ladder, lambda p: replace(p.starter, " Predict: ", " Write: ")),
    (tasks_climb_a_ladder, lambda p: setattr(p.exercise.tasks[0], "title", "Another title")),
    (every_task_says_what_form_the_answer_has, lambda p: replace(p.starter, FORM, "Form:")),
    (every_task_says_what_form_the_answer_has, lambda p: replace(p.starter, "hint(", "help(")),
    (the_example_of_form_is_not_the_answer, give_away),
    (one_task_is_free_text_with_a_rubric_in_sight, lambda p: replace(p.starter, "| 0 | ", "| 0 | Nearly: ")),
    (one_task_is_free_text_with_a_rubric_in_sight, lambda p: free_task(p).samples.clear()),
    (the_frame_is_complete, lambda p: p.starter.cells.pop()),
    (the_frame_is_complete, lambda p: setattr(p.exercise.tasks[0], "points", 50)),
    (each_task_can_be_done_alone, lean_on_the_first),
]


@pytest.mark.parametrize("promise, damage", BREAKS)
def test_a_broken_exercise_is_caught(pairs, promise, damage):
    pair = copy.deepcopy(pairs["08-the-warrant"])
    damage(pair)
    with pytest.raises(AssertionError):
        promise(pair)


def test_every_promise_has_a_broken_exercise():
    assert {promise for promise, _ in BREAKS} == set(PROMISES)


def test_a_starter_has_not_one_output_of_the_solution(pairs):
    for pair in pairs.values():
        for task, _, answer, _ in pair.sections(pair.starter):
            assert answer.outputs == [], f"{task.id}: the starter shows what the solution's answer cell printed."
