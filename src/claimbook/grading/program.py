"""A submitted notebook as a program: which cells to run, and where to take which answer out.

The file comes from a stranger. It is read as JSON with bounds, never as anything that runs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from claimbook.content import CHAPTER_SLUGS, ContentError, root
from claimbook.tasks import grade_id, load_exercise

MAX_BYTES = 20 << 20
MAX_CELLS = 2_000
CHECK = re.compile(r"""\bcheck\(\s*["'](T\d{1,2}\.\d{1,2})["']""")


@dataclass
class Program:
    """Cells of a notebook with the variables to capture after each."""

    exercise: str  # number of the exercise, "08"
    cells: list[str]
    captures: list[list[str]]
    edition: str = ""  # edition of the course that the notebook names, if it does
    notes: list[str] = field(default_factory=list)  # for a person: what was odd about the notebook


def read_notebook(data: bytes) -> dict:
    """A notebook from bytes.

    Raises:
        ContentError: empty, too large, not JSON, not a notebook, an old format; the message says which
            and what the student can do.
    """
    if not data.strip():
        raise ContentError("The file is empty. Ask for it again.")
    if len(data) > MAX_BYTES:
        raise ContentError(
            f"The file has {len(data) / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} are read. Clear the outputs, save, and hand in again."
        )
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ContentError("The file is not text in UTF-8, so it is no notebook. Was another file handed in?") from None
    except (ValueError, RecursionError) as error:
        raise ContentError(
            f"The file is not JSON ({str(error)[:80]}), so it is no notebook. It may have been cut off: ask for it again."
        ) from None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        if isinstance(notebook, dict) and "worksheets" in notebook:
            raise ContentError(
                "The notebook has the old format 3. Open it in a current Jupyter, save it, and hand in again."
            )
        raise ContentError("The file is JSON, but not a notebook: it has no list of cells.")
    if notebook.get("nbformat") != 4:
        raise ContentError(f"The notebook says nbformat {notebook.get('nbformat')!r}; this course reads format 4.")
    if len(notebook["cells"]) > MAX_CELLS:
        raise ContentError(f"The notebook has {len(notebook['cells']):,} cells; at most {MAX_CELLS:,} are read.")
    return notebook


def code_cells(notebook: dict) -> list[tuple[str, str]]:
    """(source, grade id) of the code cells; cells of another form are passed over."""
    found = []
    for cell in notebook["cells"]:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        if isinstance(source, list):
            source = "".join(part for part in source if isinstance(part, str))
        if not isinstance(source, str):
            continue
        metadata = cell.get("metadata")
        role = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        name = role.get("grade_id") if isinstance(role, dict) else None
        found.append((source, name if isinstance(name, str) else ""))
    return found


def find_exercise(cells: list[tuple[str, str]], names: str = "") -> str:
    """Number of the exercise that a notebook belongs to.

    Args:
        cells: what `code_cells` gave.
        names: file and folder names, asked when the cells don't tell.

    Raises:
        ContentError: no task of this course in it, or tasks of several exercises.
    """
    asked = [match[1] for source, _ in cells for match in CHECK.finditer(source)]
    asked += [f"T{match[1]}.1" for _, name in cells if (match := re.fullmatch(r"(?:check-)?T(\d{1,2})-\d{1,2}", name))]
    numbers = {f"{int(task[1:].split('.')[0]):02}" for task in asked}
    if not numbers:
        numbers = {slug[:2] for slug in CHAPTER_SLUGS if slug in names}
    if len(numbers) > 1:
        raise ContentError(
            f"The notebook holds tasks of several exercises ({', '.join(sorted(numbers))}). Hand in one file for each."
        )
    number = numbers.pop() if numbers else ""
    slug = next((slug for slug in CHAPTER_SLUGS if slug[:2] == number), "")
    if not slug or not (root() / f"exercises/{slug}.tasks.yml").is_file():
        raise ContentError("This is no notebook of this course: no cell of it checks a task that the course has.")
    return number


def read_program(data: bytes, names: str = "") -> Program:
    """Turn the bytes of a submitted notebook into a program.

    An answer is taken out after the last cell that checks its task, so that what a variable is used
    for later does not count; where that cell is gone, after the last cell of the notebook.

    Raises:
        ContentError: see `read_notebook` and `find_exercise`.
    """
    notebook = read_notebook(data)
    cells = code_cells(notebook)
    number = find_exercise(cells, names)
    exercise = load_exercise(number)
    captures: list[list[str]] = [[] for _ in cells]
    notes = []
    for task in exercise.tasks:
        places = [
            n
            for n, (source, name) in enumerate(cells)
            if name == f"check-{grade_id(task.id)}" or task.id in CHECK.findall(source)
        ]
        if not places:
            notes.append(f"The cell that checks {task.id} is gone; `{task.variable}` was read at the end.")
        if cells:
            captures[places[-1] if places else -1].append(task.variable)
    metadata = notebook.get("metadata")
    course = metadata.get("claimbook") if isinstance(metadata, dict) else None
    edition = course.get("edition") if isinstance(course, dict) else None
    return Program(
        number, [source for source, _ in cells], captures, edition if isinstance(edition, str) else "", notes
    )
