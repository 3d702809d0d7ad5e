"""Quizzes for other programs: one bank, one file per format, and a list of what each format can't carry."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from claimbook.content import ContentError, find_close
from claimbook.exports import anki, canvas, moodle, qti, worksheet
from claimbook.exports.bank import Format, everything_else, package_name, read_bank

FORMATS: dict[str, Format] = {one.FORMAT.name: one.FORMAT for one in (moodle, qti, canvas, anki, worksheet)}


@dataclass(frozen=True)
class Export:
    """What was written, and what was lost on the way.

    Attributes:
        paths: the files.
        items: ids of all items that the files hold.
        losses: for each loss, the ids of the items that it concerns.
    """

    paths: list[Path]
    items: list[str]
    losses: dict[str, list[str]]

    def named(self, items: list[str]) -> str:
        """Items in as few words as can be: a row of 130 ids tells nobody anything, its ten exceptions do."""
        others = [item for item in self.items if item not in set(items)]
        if len(items) <= len(others):
            return ", ".join(items)
        return f"all {len(self.items)} items{' but ' * bool(others)}{', '.join(others)}"


def find_format(name: str) -> Format:
    """A format by its name.

    Raises:
        ContentError: no such format; the message tells the known ones.
    """
    if name not in FORMATS:
        raise ContentError(f"No format {name!r}. {find_close(name, FORMATS)} `claimbook export --list` describes them.")
    return FORMATS[name]


def export(name: str, folder: Path, chapter: str | None = None) -> Export:
    """Write the quizzes in a format.

    Args:
        name: of the format, a key of `FORMATS`.
        folder: where the files go; it is made if need be.
        chapter: `"08"` or `"R1"`; default: all.

    Raises:
        ContentError: no such format or chapter, or a quiz with errors: then nothing is written.
    """
    form = find_format(name)
    quizzes = read_bank(chapter)
    files = form.write(quizzes)
    stem = f"{package_name()}-{quizzes[0].quiz}" if chapter else package_name()
    paths = [folder / f"{stem}-{ending}" for ending in files]
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in zip(paths, files.values(), strict=True):
        path.write_bytes(content)
    items = [item for quiz in quizzes for item in quiz.items]
    concerned = {loss.what: [item.id for item in items if loss.concerns(item)] for loss in form.losses}
    return Export(paths, [item.id for item in items], {what: ids for what, ids in concerned.items() if ids})


def losses_table() -> str:
    """What each format can't carry, as Markdown, with the number of items that it concerns."""
    items = [item for quiz in read_bank() for item in quiz.items]
    parts = []
    for form in FORMATS.values():
        parts += [f"### {form.title}\n", f"`claimbook export {form.name}` writes {form.files}. {form.carries}\n"]
        if form.losses:
            parts += [f"| What is lost or changed | Items (of {len(items)}) |", "|---|---:|"]
            counted = ((loss.what, sum(map(loss.concerns, items))) for loss in form.losses)
            parts += [f"| {what} | {count} |" for what, count in counted]
        else:
            parts.append("Nothing of an item is lost.")
        parts.append("")
    return "\n".join([*parts, "### In no format\n", everything_else()])


def describe() -> str:
    """All formats and what each can't carry, for a terminal."""
    lines = []
    for form in FORMATS.values():
        lines += [f"{form.name:<10}{form.title}: {form.files}", *(f"{'':<10}- {loss.what}" for loss in form.losses)]
    return "\n".join([*lines, "", everything_else()])
