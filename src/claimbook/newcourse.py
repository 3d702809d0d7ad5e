"""`claimbook new PATH --text FILE`: a course on another text, complete from the first minute.

Files in `template/` become the course's files: `§name` in them is filled in, and Markdown with
```python cells that is to be a notebook becomes one. What depends on the text comes from `drafts`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
import shutil
import string
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from claimbook import drafts
from claimbook.content import COURSE, TEMPLATE, ContentError
from claimbook.source import literal

NOTEBOOKS = {  # template -> notebook; the starter is derived from the solution
    "chapters/01-the-text.md": "chapters/01-the-text.ipynb",
    "exercises/01-the-text.md": "exercises/solutions/01-the-text.ipynb",
}
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
TITLE = "The text"  # of chapter 01


class _Plain(yaml.SafeDumper):
    """YAML for people: a list that occurs twice is written twice, not as a reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Fill(string.Template):
    delimiter = "§"
    idpattern = r"[a-zA-Z_][a-z0-9_]*"


def new(path: Path, text: Path, title: str = "", language: str = "", tell: Callable[[str], object] = print) -> str:
    """Make a course in a new folder.

    Args:
        path: the folder; it must not exist, or be empty.
        text: a file in UTF-8: the text, paragraphs divided by blank lines.
        title: of the course; default: made from the folder's name.
        language: of the text, a BCP 47 tag such as `en` or `zh-Hans`; may be left out where the letters are Latin.
        tell: called with a line of words when all is checked and written, and the work of some seconds begins.

    Returns:
        What to do next, for a terminal.

    Raises:
        ContentError: a folder that is in use, a file that holds no fit text, packages that are missing. Nothing
            is left behind then.
    """
    path = Path(path).absolute()
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise ContentError(f"{path} exists and is not an empty folder. Name another one, or move it away.")
    if not path.parent.is_dir():
        raise ContentError(f"The folder {path.parent} does not exist. Make it first, or name another place.")
    words = read_text(text)
    language = language or _guess_language(words)
    if not LANGUAGE.fullmatch(language):
        raise ContentError(f"--language {language!r} is no language tag. Write it like en, ru or zh-Hans.")
    _need("nbclient", "altair", "jupyter_book", "sentencex")
    paragraphs = drafts.split(words, language)
    made = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    try:
        made.chmod(0o755)
        _write(made, Path(text).name, words, paragraphs, title or _title(path.name), _slug(path.name), language)
        tell("Running the notebooks of the new course ...")
        _run_notebooks(made)
        if path.exists():
            path.rmdir()
        made.rename(path)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return _next_steps(path, paragraphs)


def read_text(path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        ContentError: no such file, not UTF-8, nothing in it.
    """
    try:
        words = Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ContentError(f"The text {path} cannot be read ({error.strerror}). Check --text.") from None
    except UnicodeDecodeError as error:
        raise ContentError(f"{path} is not in UTF-8 (byte {error.start}). Save it as a text file in UTF-8.") from None
    if "\0" in words:
        raise ContentError(f"{path} is no text: it holds bytes that are no characters.")
    if not words.strip():
        raise ContentError(f"{path} is empty. Put the text into it.")
    return words


def _guess_language(words: str) -> str:
    letters = [letter for letter in words if letter.isalpha()]
    if sum(ord(letter) > 0x24F for letter in letters) * 2 > len(letters):
        raise ContentError(
            "The text is not in Latin letters. Say its language, for instance --language ru or --language zh-Hans."
        )
    return "en"


def _need(*packages: str) -> None:
    if missing := [name for name in packages if not find_spec(name)]:
        raise ContentError(f"A new course needs {', '.join(missing)}. Run: pip install 'claimbook[lab]'")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "course"


def _title(name: str) -> str:
    return re.sub(r"[-_]+", " ", name).strip().capitalize() or "A course"


def _write(
    folder: Path, file: str, words: str, paragraphs: list[list[str]], title: str, slug: str, language: str
) -> None:
    """All files of the course but the outputs of its notebooks and the starters."""
    now = datetime.now(UTC)
    sentences = drafts.sentence_rows(paragraphs)
    bytes_of_text = words.encode("utf-8")
    units = "words" if language.split("-")[0] not in drafts.WITHOUT_SPACES else "characters"
    values = {
        "title_yaml": json.dumps(title, ensure_ascii=False), "title_md": literal(title), "file": file.replace("`", "'"),
        "year": f"{now:%Y}", "edition": f"{now:%Y.%m}", "day": f"{now:%Y-%m-%d}", "language": language,
        "n_bytes": len(bytes_of_text), "n_characters": len(words), "n_sentences": len(sentences),
        "n_paragraphs": f"{len(paragraphs)} paragraph{'s' * (len(paragraphs) != 1)}",
        "sha256": hashlib.sha256(bytes_of_text).hexdigest(), "units": units, "Units": units.capitalize(),
        "measure": "str.split().str.len()" if units == "words" else "str.len()",
        "hedges": _listed(drafts.HEDGES), "saying": _listed(drafts.SAYING),
    }  # fmt: skip
    english = language.split("-")[0] == "en"
    values["hedging"] = _fill(TEMPLATE / "hedging.md", values) if english else ""
    values |= {"hedge_column": ', "hedge"' if english else "", "no_gaps": '.fillna("")' if english else ""}
    for source in sorted(TEMPLATE.rglob("*")):
        name = str(source.relative_to(TEMPLATE))
        if source.is_dir() or name == "hedging.md" or "__pycache__" in name:
            continue
        target = folder / (".gitignore" if name == "gitignore" else NOTEBOOKS.get(name, name))
        target.parent.mkdir(parents=True, exist_ok=True)
        if name in NOTEBOOKS:
            _write_notebook(_fill(source, values), target)
        else:
            target.write_text(_fill(source, values), encoding="utf-8")
    (folder / "data/source/text.txt").write_bytes(bytes_of_text)
    _write_csv(folder / "data/source/sentences.csv", sentences)
    _write_csv(folder / "data/source/claims.csv", drafts.claim_rows(sentences, language))
    with open(folder / "data/tables/sources.csv", "a", encoding="utf-8", newline="") as rows:
        csv.writer(rows, lineterminator="\n").writerow(
            ["the-text", title, "Publisher not recorded", "", "", "", "The text of this course, data/source/text.txt"]
        )
    _describe(folder / "data/datapackage.json", slug, title, language, now)
    items = yaml.dump(
        drafts.quiz(sentences, language, TITLE), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=1000
    )
    (folder / "chapters/01-the-text.quiz.yml").write_text(items, encoding="utf-8")


def _fill(path: Path, values: dict) -> str:
    return _Fill(path.read_text(encoding="utf-8")).substitute(values)


def _listed(words: tuple[str, ...]) -> str:
    """Words as the inside of a list in Python, four a line."""
    quoted = [f'"{word}",' for word in words]
    return "\n".join("    " + " ".join(quoted[start : start + 4]) for start in range(0, len(quoted), 4))


def _write_csv(path: Path, rows: list[dict[str, str]]) -> None:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")


def _describe(path: Path, slug: str, title: str, language: str, now: datetime) -> None:
    """Fill in the data package's descriptor: what the course is, and of which day its tables are."""
    package = json.loads(path.read_text(encoding="utf-8"))
    package |= {
        "name": slug, "title": f"{title}: the data of a course", "version": f"{now.year}.{now.month}.0",
        "created": f"{now:%Y-%m-%dT00:00:00Z}",
        "course": {"id": slug, "title": title, "edition": f"{now:%Y.%m}", "language": language, "chapters": ["01-the-text"]},
    }  # fmt: skip
    for resource in package["resources"]:
        resource["asOf"] = f"{now:%Y-%m-%d}"
        resource["sources"] = [
            {"title": "The text, source/text.txt", "publisher": "Publisher not recorded"}
            if resource["path"].startswith("source/")
            else {"title": "Compiled for this course", "date": f"{now:%Y-%m-%d}"}
        ]
    path.write_text(json.dumps(package, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _write_notebook(markdown: str, path: Path) -> None:
    """Write Markdown as a notebook: ```python fences become code cells, a word behind `python` a tag."""
    from nbformat import v4

    from claimbook import notebooks

    cells = []
    parts = re.split(r"^```python ?([\w-]*)\n(.*?)^```\n", markdown, flags=re.MULTILINE | re.DOTALL)
    for number, part in enumerate(parts):
        if number % 3 == 0 and part.strip():
            cells.append(v4.new_markdown_cell(part.strip()))
        if number % 3 == 2:
            cells.append(
                v4.new_code_cell(part.strip(), metadata={"tags": [parts[number - 1]]} if parts[number - 1] else {})
            )
    for number, cell in enumerate(cells, 1):
        cell["id"] = f"cell-{number:03d}"
    notebooks.write(notebooks.normalise(v4.new_notebook(cells=cells)), path)


def _run_notebooks(folder: Path) -> None:
    """Run chapter and solution, write their outputs, derive the starter: `claimbook golden`, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "claimbook.cli", "golden"],
        cwd=folder, env={**os.environ, COURSE: str(folder)}, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise ContentError(f"The notebooks of the new course did not run:\n{(done.stdout + done.stderr)[-2000:]}")


def _next_steps(path: Path, paragraphs: list[list[str]]) -> str:
    size = sum(map(len, paragraphs))
    python = shutil.which("python3")
    named = "" if python and Path(python).parent == Path(sys.executable).parent else f" PYTHON={sys.executable}"
    return (
        f"{path}: a course on {size} sentences, with one chapter, one quiz, one exercise and its tests.\n\n"
        f"    cd {path}\n    make test{named}\n    make book{named}\n\n"
        "Then make it yours (README.md there tells how):\n"
        "  1. Read data/source/sentences.csv: is every sentence cut where it ends?\n"
        "  2. Cut the claims in data/source/claims.csv; they are the sentences' own words so far.\n"
        "  3. Record in data/source/PROVENANCE.md where the text comes from, and who owns it.\n"
        "  4. Write the chapter's Background, add quiz items and tasks, then a second chapter. make golden, make test."
    )
