"""The Sphinx extension of the book: renders what the data hold, and keeps the pages light.

Used by `_config.yml` (`extra_extensions`) and, through an entry point, by MyST-NB.

    outputs     what `sentence`, `quiz` and `figure` stored in a notebook becomes HTML
    roles       {quote}`P8S2: forced transportation`   checked against the source, linked to it
                {ru}`слово` {zh}`词` {pinyin}`cí`   words of other languages
    directives  {source-whole} {source-text} {glossary-terms} {data-catalogue}   whole pages from the data
    references  chapters/references.bib is written from data/tables/sources.csv
    theme       no request to other hosts; scripts only on the pages that need them
"""

from __future__ import annotations

import csv
import html
import re
import zipfile
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

from claimbook import __version__, catalogue, source
from claimbook.content import ContentError, chapter_slug, root
from claimbook.display import MIME

STATIC = Path(__file__).parent / "static"
SOURCE_PAGE = "chapters/source"
# What the theme and other extensions load on every page, and no page of this book uses.
UNUSED = ("fontawesome", "thebe", "sphinx-thebe", "togglebutton", "design-tabs", "require", "embed-amd")


def _link(env, page: str) -> str:
    """Address of a page of the book, seen from the page that is being read."""
    return env.app.builder.get_relative_uri(env.docname, page)


def _depends_on(env, *paths: str) -> None:
    """Read the page again when one of these files, or what draws them, changes (paths from the top of the course)."""
    for path in (*(root() / path for path in paths), *Path(__file__).parent.glob("*.py")):
        env.note_dependency(str(path))


class OutputRenderer:
    """MyST-NB plugin: notebook outputs of our MIME type become HTML."""

    mime_priority_overrides = [("*", MIME, 0)]  # noqa: RUF012  the plugin protocol asks for a list

    @staticmethod
    def handle_mime(renderer, data, inline):
        """Nodes for one output; None leaves it to MyST-NB."""
        env = renderer.renderer.sphinx_env
        if data.mime_type == "text/html" and 'class="dataframe"' in data.content and not inline:
            _depends_on(env)
            return [nodes.raw("", _accessible_table(data.content), format="html", classes=["output", "text_html"])]
        if data.mime_type != MIME or inline:
            return None
        content = data.content
        if content["kind"] == "sentence":
            _depends_on(env, "data/source/sentences.csv", "data/source/claims.csv")
            body = source.sentence_html(content["id"], _link(env, SOURCE_PAGE))
        elif content["kind"] == "quiz":
            from claimbook.questions import load_quiz, static_html

            _depends_on(env, f"chapters/{chapter_slug(content['id'])}.quiz.yml")
            body = static_html(load_quiz(content["id"]))
        elif content["kind"] == "figure":
            from claimbook.figures import figure_html

            _depends_on(env)
            body = figure_html(content)
        else:
            raise ContentError(f"{env.docname}: an output of unknown kind {content['kind']!r}. Run `make golden`.")
        return [nodes.raw("", body, format="html")]


def _accessible_table(frame: str) -> str:
    """pandas' HTML with header cells that say what they head, in a box that a keyboard can scroll."""
    table = frame[frame.index("<table") : frame.rindex("</table>") + len("</table>")]
    table = (
        table.replace("<th></th>", "<td></td>").replace(' border="1"', "").replace(' style="text-align: right;"', "")
    )
    head, body = table.split("<tbody>")
    table = head.replace("<th>", '<th scope="col">') + "<tbody>" + body.replace("<th>", '<th scope="row">')
    rest = frame[frame.rindex("</table>") + len("</table>") :].replace("</div>", "")  # "5 rows × 3 columns"
    return f'<div class="cb-scroll" tabindex="0" role="group" aria-label="Table">{table}{rest}</div>'


class QuoteRole(SphinxRole):
    """{quote}`P8S2: forced transportation`: words of the source, checked, with a link to the sentence."""

    def run(self):
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

    def run(self):
        marked = f'<span lang="{self.tags[self.name]}">{html.escape(self.text)}</span>'
        return [nodes.raw("", marked, format="html")], []


class FromData(SphinxDirective):
    """A directive whose Markdown is generated from data files and then read like any other."""

    reads: tuple[str, ...] = ()

    def markdown(self) -> str:
        raise NotImplementedError

    def run(self):
        _depends_on(self.env, *self.reads)
        place = nodes.container(classes=["cb-generated"])
        lines = StringList(self.markdown().splitlines(), source=self.env.doc2path(self.env.docname))
        self.state.nested_parse(lines, self.content_offset, place)
        return place.children


class SourceText(FromData):
    """{source-text}: every sentence with its claims, verdicts and the chapters that read it."""

    reads = ("data/source/sentences.csv", "data/source/claims.csv")

    def markdown(self):
        return catalogue.source_text(lambda page: _link(self.env, page), self.env.found_docs)


class SourceWhole(SphinxDirective):
    """{source-whole}: the source text with its sentences numbered, each number a link."""

    def run(self):
        _depends_on(self.env, "data/source/sentences.csv")
        return [nodes.raw("", source.sentence_html("all", _link(self.env, SOURCE_PAGE)), format="html")]


class GlossaryTerms(FromData):
    """{glossary-terms}: the glossary, in English, Russian and Chinese."""

    reads = ("data/tables/terms.csv",)

    def markdown(self):
        return catalogue.glossary()


class DataCatalogue(FromData):
    """{data-catalogue}: a card for each table of the data package."""

    reads = ("data/datapackage.json",)

    def markdown(self):
        return catalogue.data_tables(lambda page: _link(self.env, page), self.env.found_docs)


def write_references(app: Sphinx, config) -> None:
    """Write the BibTeX file of the book from the one registry of sources."""
    target = root() / "chapters/references.bib"
    with open(root() / "data/tables/sources.csv", encoding="utf-8", newline="") as file:
        text = "\n".join(_bibtex(row) for row in csv.DictReader(file))
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        target.write_text(text, encoding="utf-8")


def _bibtex(row: dict[str, str]) -> str:
    """One entry. Publisher stands as the author, as is usual for news and official pages."""

    def safe(text: str) -> str:
        return re.sub(r"([&%$#_])", r"\\\1", text.replace("{", "(").replace("}", ")"))

    notes = [row["note"], f"accessed {row['accessed']}" if row["url"] and row["accessed"] else ""]
    fields = {
        "title": "{" + safe(row["title"]) + "}",
        "author": "{" + safe(row["publisher"]) + "}",
        "year": row["date"][:4],
        "howpublished": safe(row["date"]),
        "url": row["url"],
        "note": safe("; ".join(part for part in notes if part)),
    }
    body = ",\n".join(f"  {key} = {{{value}}}" for key, value in fields.items() if value)
    return f"@misc{{{row['source']},\n{body}\n}}\n"


def keep_pages_light(app: Sphinx, pagename: str, templatename: str, context: dict, doctree) -> None:
    """Drop scripts that no page uses; add the quiz's only where there is a quiz."""
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context.get(kind, []) if not any(name in str(file) for name in UNUSED)]
    body = context.get("body") or ""
    # The list of sources as the list that it is (docutils gives a role that a <div> may not have).
    context["body"] = body.replace(' role="doc-biblioentry"', ' role="listitem"').replace(
        '<div role="list" class="citation-list">', '<div role="list" aria-label="Sources" class="citation-list">'
    )
    if "<claim-quiz" in body:
        app.add_js_file("claimbook/quiz.js", loading_method="async")
        app.add_css_file("claimbook/quiz.css")


def _static_files(app: Sphinx) -> None:
    """Serve our style and scripts from `_static/claimbook`, where Jupyter Book doesn't add them unasked."""
    from sphinx.util.fileutil import copy_asset

    target = Path(app.outdir) / "_static/claimbook"
    copy_asset(str(STATIC), str(target))
    write_data_zip(target / "beijing-october-2023-data.zip")


def write_data_zip(target: Path) -> None:
    """The whole data package as one file: descriptor, source, tables. Same bytes for same content."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted((root() / "data").rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(root() / "data")), (2026, 11, 24, 0, 0, 0))
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes())


def _configure(app: Sphinx, config) -> None:
    write_references(app, config)
    config.templates_path.append(str(STATIC.parent / "templates"))


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.connect("config-inited", _configure, priority=100)
    app.connect("builder-inited", _static_files)
    app.connect("html-page-context", keep_pages_light, priority=900)
    app.add_css_file("claimbook/book.css")
    app.add_role("quote", QuoteRole())
    for language in LanguageRole.tags:
        app.add_role(language, LanguageRole())
    app.add_directive("source-text", SourceText)
    app.add_directive("source-whole", SourceWhole)
    app.add_directive("glossary-terms", GlossaryTerms)
    app.add_directive("data-catalogue", DataCatalogue)
    return {"version": __version__, "parallel_read_safe": True, "parallel_write_safe": True}
