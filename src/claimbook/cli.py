"""The command `claimbook`: build and serve the book, export quizzes, grade submissions, start a course, and more."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from functools import partial
from pathlib import Path

from claimbook import __version__
from claimbook.content import ContentError, chapter_slug, root


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code. Errors of content end with a message, not a traceback."""
    parser = argparse.ArgumentParser(prog="claimbook", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="command")

    add = commands.add_parser("build", help="build the book into _build/html")
    add.add_argument("--lite", action="store_true", help="with Python in the browser: JupyterLite in _build/html/lite")
    add.add_argument(
        "--pyodide", type=Path, metavar="PATH", help="with --lite: a Pyodide folder or tarball to serve too"
    )
    add.set_defaults(run=build)
    add = commands.add_parser("serve", help="build the book and serve it on this machine")
    add.add_argument("--port", type=int, default=8000)
    add.add_argument("--watch", action="store_true", help="rebuild when a file changes, and reload the page")
    add.set_defaults(run=serve)
    add = commands.add_parser("data", help="list the tables, or describe one")
    add.add_argument("table", nargs="?")
    add.add_argument("--cite", action="store_true", help="print a citation of the table")
    add.set_defaults(run=data)
    add = commands.add_parser("golden", help="run notebooks and write their outputs; derive the starters")
    add.add_argument("notebook", nargs="*", type=Path, help="default: all chapters and solutions")
    add.set_defaults(run=golden)

    add = commands.add_parser("dist", help="make the files to hand out: site, wheel, data, notebooks, LMS files, PDF")
    add.add_argument("step", nargs="*", help="site, wheel, data, notebooks, lms, pdf; default: all")
    add.set_defaults(run=dist)

    add = commands.add_parser("new", help="start a course on a text of your own")
    add.add_argument("path", type=Path, help="folder of the new course")
    add.add_argument(
        "--text", type=Path, required=True, metavar="FILE", help="the text, UTF-8, paragraphs by blank lines"
    )
    add.add_argument("--title", default="", help="title of the course (default: from the folder's name)")
    add.add_argument("--language", default="", metavar="TAG", help="language of the text, such as en, ru, zh-Hans")
    add.set_defaults(run=new)

    add = commands.add_parser("export", help="write the quizzes for Moodle, Canvas, Anki, QTI 2.1 or paper")
    add.add_argument("format", nargs="?", help="see --list")
    add.add_argument("--chapter", help="one chapter or review, such as 08 or R1; default: all")
    add.add_argument("--out", type=Path, default=Path("dist"), metavar="FOLDER")
    add.add_argument("--list", action="store_true", help="list the formats and what each can't carry")
    add.set_defaults(run=export)

    add = commands.add_parser("grade", help="grade a folder of submissions")
    from claimbook.grading.command import add_arguments

    add_arguments(add)

    options = parser.parse_args(arguments)
    try:
        return options.run(options) or 0
    except ContentError as error:
        print(f"claimbook: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has closed it, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def build(options: argparse.Namespace) -> int:
    """Build the book once; with `--lite`, Python in the browser first."""
    from claimbook import building

    if options.pyodide and not options.lite:
        raise ContentError("--pyodide goes with --lite: claimbook build --lite --pyodide PATH")
    if not options.lite:
        return building.build()
    from claimbook.lite import build as build_lite

    return building.build(lite=build_lite(options.pyodide))


def serve(options: argparse.Namespace) -> int:
    """Build, then serve `_build/html` on the loopback address until interrupted."""
    from claimbook import building, watching
    from claimbook.server import Server

    with Server(building.output(), options.port, options.watch) as server:  # first: a taken port is known at once
        if (failed := building.build()) and not options.watch:
            return failed
        print(f"The book is at {server.address} (Ctrl+C stops it).", flush=True)
        if options.watch:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            watching.rebuild_on_change(building.build, server.renew)
        else:
            server.serve_forever()
    return 0


def data(options: argparse.Namespace) -> int:
    """List the tables of the data package, or describe or cite one."""
    from claimbook import tables

    if options.table is None:
        width = max(map(len, tables.names()))
        for name in tables.names():
            print(f"{name:<{width}}  {tables.describe(name)['title']}")
    elif options.cite:
        print(tables.cite(options.table))
    else:
        resource = tables.describe(options.table)
        print(f"{resource['title']} (as of {resource['asOf']})\n{resource['description']}\n")
        for field in resource["schema"]["fields"]:
            unit = f" [{field['unit']}]" if "unit" in field else ""
            print(f"  {field['name']}: {field['type']}{unit}  {field['description']}")
        print("\nWhat it cannot show:", *resource["limits"], sep="\n  ")
        print("\nSources:", *map(tables.source_line, resource["sources"]), sep="\n  ")
    return 0


def golden(options: argparse.Namespace) -> int:
    """Run notebooks, write their outputs in place, and derive each starter from its solution."""
    from claimbook import notebooks, tasks

    folders = [root() / "chapters", root() / "exercises/solutions"]
    paths = options.notebook or [path for folder in folders for path in sorted(folder.glob("*.ipynb"))]
    for path in paths:
        print(f"{path} ...", flush=True)
        notebook = notebooks.read(path)
        if path.resolve().parent.name != "solutions":
            notebooks.write(notebooks.execute(notebook, path.parent), path)
            continue
        exercise = tasks.load_exercise(chapter_slug(path.stem))
        notebooks.with_grading_metadata(notebook, exercise)
        notebooks.write(notebooks.execute(notebook, path.parent), path)
        open_copy = notebooks.starter(notebook, exercise)
        target = root() / "exercises" / path.name
        notebooks.write(notebooks.execute(open_copy, target.parent), target)
    return 0


def export(options: argparse.Namespace) -> int:
    """Write the quizzes in a format, and tell what it could not carry."""
    from claimbook import exports

    if options.list or options.format is None:
        print(exports.describe())
        return 0 if options.list else 2
    done = exports.export(options.format, options.out, options.chapter)
    for path in done.paths:
        print(path)
    for what, items in done.losses.items():
        print(f"- {what}\n  {done.named(items)}")
    return 0


def dist(options: argparse.Namespace) -> int:
    """Make the files to hand out in `dist/`."""
    from claimbook.dist import dist

    return dist(options.step)


def new(options: argparse.Namespace) -> int:
    """Start a course on another text."""
    from claimbook import newcourse

    tell = partial(print, flush=True)
    print(newcourse.new(options.path, options.text, options.title, options.language, tell))
    return 0


if __name__ == "__main__":
    sys.exit(main())
