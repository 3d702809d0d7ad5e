"""The Sphinx extension of the book: renders what the data hold, and keeps the pages light.

Used by `_config.yml` (`extra_extensions`) and, through an entry point, by MyST-NB.

    outputs     what `sentence`, `quiz` and `figure` stored in a notebook becomes HTML
    roles       {quote}`P8S2: forced transportation`   checked against the source, linked to it
                {ru}`слово` {zh}`词` {pinyin}`cí`   words of other languages
    directives  {source-whole}, {quiz}, and those of PAGES: whole pages from the data
    references  {cite} and {bibliography}: see claimbook.citations
    theme       no request to other hosts; scripts only on the pages that need them
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from claimbook import __version__, architecture, catalogue, citations, coverage, exports, launch, light, source
from claimbook.accessible import accessible
from claimbook.archives import write_zip
from claimbook.content import ContentError, course, package, quiz_slug, root
from claimbook.display import MIME
from claimbook.explore import kilobytes, write_vega
from claimbook.references import bibtex

STATIC = Path(__file__).parent / "static"
SOURCE_PAGE = "chapters/source"


def _link(env: BuildEnvironment, page: str) -> str:
    """Address of a page of the book, seen from the page that is being read."""
    return env.app.builder.get_relative_uri(env.docname, page)


def _depends_on(env: BuildEnvironment, *paths: str) -> None:
    """Read the page again when one of these files, or what draws them, changes (paths from the top of the course)."""
    for path in (*(root() / path for path in paths), *Path(__file__).parent.glob("*.py")):
        env.note_dependency(str(path))


class OutputRenderer:
    """MyST-NB plugin: notebook outputs of our MIME type become HTML."""

    mime_priority_overrides = [("*", MIME, 0)]  # noqa: RUF012  the plugin protocol asks for a list

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Node] | None:  # MyST-NB has no types
        """Nodes for one output; None leaves it to MyST-NB."""
        env = renderer.renderer.sphinx_env
        if data.mime_type == "text/html" and 'class="dataframe"' in data.content and not inline:
            _depends_on(env)
            return [nodes.raw("", _scrolling_table(data.content), format="html", classes=["output", "text_html"])]
        if data.mime_type != MIME or inline:
            return None
        content = data.content
        if content["kind"] == "sentence":
            _depends_on(env, "data/source/sentences.csv", "data/source/claims.csv")
            body = source.sentence_html(content["id"], _link(env, SOURCE_PAGE))
        elif content["kind"] == "quiz":
            body = _quiz_html(env, content["id"])
        elif content["kind"] == "figure":
            from claimbook.figures import figure_html

            _depends_on(env)
            body = figure_html(content, live=True)
        else:
            raise ContentError(f"{env.docname}: an output of unknown kind {content['kind']!r}. Run `make golden`.")
        return [nodes.raw("", body, format="html")]


def _quiz_html(env: BuildEnvironment, quiz: str) -> str:
    from claimbook.questions import load_quiz
    from claimbook.rendering import static_html

    _depends_on(env, f"chapters/{quiz_slug(quiz)}.quiz.yml")
    return static_html(load_quiz(quiz))


def _scrolling_table(frame: str) -> str:
    """pandas' HTML in a box that a keyboard can scroll, its numbers in line; `accessible` does the rest."""
    table = frame[frame.index("<table") : frame.rindex("</table>") + len("</table>")]
    table = _aligned(table.replace(' border="1"', "").replace(' style="text-align: right;"', ""))
    rest = frame[frame.rindex("</table>") + len("</table>") :].replace("</div>", "")  # "5 rows × 3 columns"
    return f'<div class="cb-scroll" tabindex="0" role="group" aria-label="Table">{table}{rest}</div>'


_CELL = re.compile(r"<(t[hd])>(.*?)</t[hd]>", re.DOTALL)
_KINDS = {"cb-number": r"[-−]?[\d,.]*\d%?|NaN|&lt;NA&gt;|None", "cb-day": r"\d{4}-\d\d(-\d\d)?|NaT"}


def _aligned(table: str) -> str:
    """pandas' table with its columns of numbers and of days named as such, for `book.css`."""
    if "span=" in table:  # a cell for several rows: where a column is, can't be counted
        return table
    rows = [[cell[2] for cell in _CELL.finditer(row)] for row in table.partition("<tbody>")[2].split("</tr>")[:-1]]
    classes = [
        next((name for name, form in _KINDS.items() if all(re.fullmatch(form, text) for text in column)), "")
        for column in zip(*rows, strict=False)
    ]

    def row(found: re.Match) -> str:
        names = iter(classes)

        def cell(found: re.Match) -> str:
            name = next(names, "")
            return f'<{found[1]} class="{name}">{found[2]}</{found[1]}>' if name and found[2] else found[0]

        return _CELL.sub(cell, found[0])

    return re.sub(r"<tr>.*?</tr>", row, table, flags=re.DOTALL)


class QuoteRole(SphinxRole):
    """{quote}`P8S2: forced transportation`: words of the source, checked, with a link to the sentence."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            sentence, words = source.split_quote(self.text, f"{self.env.docname}, line {self.lineno}")
        except ContentError as error:
            return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
        number = nodes.reference("", sentence, refuri=f"{_link(self.env, SOURCE_PAGE)}#{sentence.lower()}")
        number["classes"].append("cb-id")
        return [
            nodes.inline("", f"“{words}”", classes=["cb-quote"]),
            nodes.Text("\N{NARROW NO-BREAK SPACE}"),
            number,
        ], []


class LanguageRole(SphinxRole):
    """{ru}`слово`, {zh}`词`, {pinyin}`cí`: words of another language, marked so that they are read aloud rightly."""

    tags = {"ru": "ru", "zh": "zh-Hans", "pinyin": "zh-Latn"}  # noqa: RUF012

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        marked = f'<span lang="{self.tags[self.name]}">{html.escape(self.text)}</span>'
        return [nodes.raw("", marked, format="html")], []


class FromData(SphinxDirective):
    """A page or part of a page that is generated from the data (see PAGES) and read like any other Markdown."""

    def run(self) -> list[nodes.Node]:
        try:
            text = PAGES[self.name](lambda page: _link(self.env, page))
        except ContentError as error:
            raise self.error(str(error)) from None
        _depends_on(self.env)
        self.env.metadata[self.env.docname][f"claimbook {self.name}"] = _digest(text)
        place = nodes.container(classes=["cb-generated"])
        lines = StringList(text.splitlines(), source=self.env.doc2path(self.env.docname))
        self.state.nested_parse(lines, self.content_offset, place, match_titles=True)
        return place.children


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _generated_otherwise(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Pages of the last build whose generated text is another one by now: only they have to be read again.

    To generate the text takes a tenth of the time that it takes to read it.
    """

    def differs(page: str, name: str, digest: str) -> bool:
        try:
            return _digest(PAGES[name](partial(app.builder.get_relative_uri, page))) != digest
        except ContentError:  # told when the page is read
            return True

    return [
        page
        for page in env.found_docs - added - changed
        if any(
            differs(page, key.removeprefix("claimbook "), digest)
            for key, digest in env.metadata[page].items()
            if key.startswith("claimbook ")
        )
    ]


# Directive -> what gives its Markdown, from a function that gives the address of a page
PAGES: dict[str, Callable[[Callable[[str], str]], str]] = {
    "source-text": catalogue.source_text,
    "glossary-terms": lambda link: catalogue.glossary(),
    "name-cards": lambda link: catalogue.names(),
    "timeline": lambda link: catalogue.timeline(),
    "progress": catalogue.progress,
    "all-sources": lambda link: catalogue.sources(),
    "sources-a-to-o": lambda link: catalogue.sources(before="p"),  # in two, when one page becomes too heavy
    "sources-p-to-z": lambda link: catalogue.sources(first="p"),
    "data-catalogue": catalogue.data_tables,
    "coverage": coverage.page,
    "architecture": lambda link: architecture.page(),
    "export-losses": lambda link: exports.losses_table(),
}


class SourceWhole(SphinxDirective):
    """{source-whole}: the source text with its sentences numbered and its claims marked by verdict."""

    def run(self) -> list[nodes.Node]:
        _depends_on(self.env, "data/source/sentences.csv", "data/source/claims.csv")
        return [nodes.raw("", source.judged_html(_link(self.env, SOURCE_PAGE)), format="html")]


class ReviewQuiz(SphinxDirective):
    """```{quiz} R1```: a quiz on a page that is no notebook."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        try:
            return [nodes.raw("", _quiz_html(self.env, self.arguments[0]), format="html")]
        except ContentError as error:
            raise self.error(str(error)) from None


def keep_pages_light(
    app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None
) -> None:
    """Drop scripts that the page has no use for; add the quiz's only where there is a quiz."""
    body = context.get("body") or ""
    if "<claim-quiz" in body or "<claim-progress" in body:
        app.add_js_file("claimbook/quiz.js", loading_method="async")
        app.add_css_file("claimbook/quiz.css")
    if "<claim-progress" in body:
        app.add_js_file("claimbook/progress.js", loading_method="async")
    if "<claim-chart" in body:
        vega = Path(app.outdir) / "_static/claimbook/vega.js"
        app.add_js_file("claimbook/chart.js", loading_method="async", **{"data-kb": str(kilobytes(vega))})  # type: ignore[arg-type]  # any attribute
    for kind in ("script_files", "css_files"):
        context[kind] = light.used(context.get(kind, []), body)
    if pagename != "search":  # whose own scripts want the others at once
        context["script_files"] = light.deferred(context["script_files"])
    tree = context["generate_toctree_html"]  # its buttons hold only an icon: they get a name here
    context["generate_toctree_html"] = lambda *arguments, **more: str(tree(*arguments, **more)).replace(
        "<summary>", '<summary aria-label="Pages within">'
    )
    body = accessible(body)
    if pagename.startswith("exercises/"):
        top = context["pathto"]("index").removesuffix("index.html")
        guide = "chapters/handing-in"  # a course may have no such page
        guide = context["pathto"](guide) if guide in app.env.all_docs else ""
        slug = pagename.split("/")[1]
        ways = launch.ways_to_open(slug, app.config.claimbook_launch, app.config.claimbook_lite, top, guide)
        body = body.replace("</h1>", f"</h1>{ways}", 1)
    context["body"] = body
    footer, statement = context.get("theme_extra_footer", ""), "chapters/accessibility"
    context["theme_extra_footer"] = footer.replace(f'href="{statement}"', f'href="{context["pathto"](statement)}"')


def _read_in_parallel(app: Sphinx) -> None:
    """Numbering over several tables of contents works on the pages when all are read, but doesn't say so."""
    if numbering := app.extensions.get("sphinx_multitoc_numbering"):
        numbering.parallel_read_safe = True


def _static_files(app: Sphinx) -> None:
    """Serve our style and scripts from `_static/claimbook`, where Jupyter Book doesn't add them unasked."""
    from sphinx.util.fileutil import copy_asset

    target = Path(app.outdir) / "_static/claimbook"
    copy_asset(str(STATIC), str(target))
    write_data_zip(target / f"{package()['name']}-data.zip")
    (target / "sources.bib").write_text(bibtex(), encoding="utf-8")
    # The script of the charts takes a second or two: it is made while the pages are read.
    made = get_context("fork").Process(target=write_vega, args=(target / "vega.js",))
    made.start()

    def wait(app: Sphinx, env: BuildEnvironment) -> None:  # pages say how large it is
        made.join()
        if made.exitcode:
            raise ContentError("The script of the live charts could not be made; the reason is above.")

    app.connect("env-updated", wait)


def _without_icon_font(app: Sphinx, failure: Exception | None) -> None:
    if app.builder.format == "html" and not failure:
        light.strip_theme(Path(app.outdir) / "_static")


def write_data_zip(target: Path) -> None:
    """The whole data package as one file: descriptor, source, tables. Same bytes for same content."""
    folder = root() / "data"
    write_zip(target, {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()})


def _configure(app: Sphinx, config: Config) -> None:
    config.html_use_index = False  # no page leads to it; the glossary is the book's own
    config.templates_path.append(str(STATIC.parent / "templates"))
    launch.servers(config.claimbook_launch, course().chapters[0])  # a wrong setting stops the build before any page


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    citations.setup(app)
    app.connect("config-inited", _configure, priority=100)
    app.connect("builder-inited", _read_in_parallel)
    app.connect("builder-inited", _static_files)
    app.connect("env-get-outdated", _generated_otherwise)
    app.connect("build-finished", _without_icon_font)
    app.connect("html-page-context", keep_pages_light, priority=900)
    app.add_config_value("claimbook_launch", launch.SETTINGS, "html", dict)
    app.add_config_value("claimbook_lite", None, "html", (dict, type(None)))  # given by `claimbook build --lite`
    app.add_css_file("claimbook/book.css")
    app.add_role("quote", QuoteRole())
    for language in LanguageRole.tags:
        app.add_role(language, LanguageRole())
    app.add_directive("source-whole", SourceWhole)
    app.add_directive("quiz", ReviewQuiz)
    for name in PAGES:
        app.add_directive(name, FromData)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
