"""Build the book: Jupyter Book's configuration, run by Sphinx on all cores, in a process of its own.

A process that has imported Sphinx and its extensions is forked for every build: `claimbook serve`
rebuilds after a change without importing anything again, and no build sees what another one left.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import shutil
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from io import StringIO
from pathlib import Path

from claimbook import yamlfile
from claimbook.content import root

# Loaded by Sphinx in any case; in a warm process, once.
HEAVY = (
    "jupyter_book.sphinx", "sphinx.builders.html", "myst_nb.sphinx_", "sphinx_book_theme", "vl_convert",
    "claimbook.book", "claimbook.figures",
)  # fmt: skip


def output() -> Path:
    """Folder of the built book."""
    return root() / "_build/html"


def warm_up() -> None:
    """Import what a build needs."""
    # A checker of internationalised addresses that JupyterLab brings along: it compiles 38 grammars when it
    # is imported, for one and a half seconds, and jsonschema does without it if it isn't there.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # the import system takes None
    for module in HEAVY:
        import_module(module)


def build(jobs: int | None = None, lite: tuple[Path, dict] | None = None) -> int:
    """Build the book into `_build/html`; a warning is an error.

    Args:
        jobs: processes that read and write pages; default: one for each core.
        lite: what `claimbook.lite.build` returned, to put Python in the browser beside the pages.

    Returns:
        the exit code: 0, or 1 after the reasons were printed.
    """
    began = time.perf_counter()
    print("Building the book ...", flush=True)
    stored = root() / "_build/.doctrees/environment.pickle"
    if stored.is_file() and stored.stat().st_mtime < (root() / "_toc.yml").stat().st_mtime:
        shutil.rmtree(stored.parent)  # a page that moves in the table of contents breaks a build from stored pages
    warm_up()
    child = multiprocessing.get_context("fork").Process(
        target=_sphinx, args=(jobs or os.cpu_count() or 1, lite and lite[1])
    )
    child.start()
    child.join()
    page = output() / "index.html"
    if child.exitcode or not page.is_file():
        shutil.rmtree(root() / "_build/.doctrees", ignore_errors=True)  # so that the next build warns again
        print("claimbook: the book was not built; the reasons are above.", file=sys.stderr)
        return 1
    shutil.rmtree(output() / "lite", ignore_errors=True)  # one that no page leads to would be stale
    if lite:
        shutil.copytree(lite[0], output() / "lite")
    print(f"Built in {time.perf_counter() - began:.1f} s: {page.relative_to(root())}", flush=True)
    return 0


def _sphinx(jobs: int, lite: dict | None) -> None:
    """Run Sphinx as `jupyter-book build --warningiserror --keep-going` does; leave with its exit code."""
    from jupyter_book.sphinx import build_sphinx

    os.chdir(root())
    gc.disable()  # this process ends with the build; looking for garbage among its million nodes took a third of it
    said, sys.stdout = sys.stdout, StringIO()  # its progress, of use only where there was an error
    result = build_sphinx(
        root(),
        output(),
        path_config=root() / "_config.yml",
        noconfig=True,
        confoverrides={"external_toc_path": "_toc.yml", "latex_individualpages": False, "claimbook_lite": lite},
        quiet=True,
        warningiserror=True,
        keep_going=True,
        jobs=jobs + 1,  # the process that hands out pages counts as one, and waits for the others most of the time
    )
    if not result:
        _first_page()
    elif isinstance(result, BaseException):
        print(sys.stdout.getvalue()[-6000:], file=said)
    sys.stderr.flush()
    os._exit(1 if result else 0)


def pages() -> list[str]:
    """Pages of `_toc.yml` (`chapters/index`) in reading order; the first is where a reader arrives."""

    def walk(node: dict) -> Iterator[str]:
        for key in ("root", "file"):
            if key in node:
                yield node[key]
        for key in ("parts", "chapters", "sections"):
            for child in node.get(key, []):
                yield from walk(child)

    return list(walk(yamlfile.read(root() / "_toc.yml")))


def _first_page() -> None:
    """`index.html` leads to the first page of the table of contents, also without a server."""
    target = f"{pages()[0]}.html"
    (output() / "index.html").write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Contents</title>'
        f'<meta http-equiv="refresh" content="0; url={target}"><a href="{target}">Contents</a></html>\n',
        encoding="utf-8",
    )
