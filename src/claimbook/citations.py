"""Citations of a page: {cite}`key` becomes a raised number, {bibliography} the list that it leads to.

Numbers run from 1 on every page, in the order of first citation, so they are known when the page is
read and a changed page never makes another one stale. (A BibTeX extension numbers over the whole
book: it took half of the time of a build, and all of its results had to be overridden.)
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from claimbook.content import ContentError
from claimbook.references import details, source

CITED = "claimbook_cited"  # key -> number, of the page that is being read
log = logging.getLogger(__name__)


class Sources(nodes.General, nodes.Element):
    """Where the list of sources will stand; filled when the whole page is read."""


class Cite(SphinxRole):
    """{cite}`key` or {cite}`key, key`: raised numbers that lead to the sources of the page."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        cited = self.env.temp_data.setdefault(CITED, {})
        raised = nodes.superscript(classes=["cb-cite"])
        for key in (part.strip() for part in self.text.split(",")):
            try:
                row = source(key)
            except ContentError as error:
                return [], [self.inliner.reporter.error(str(error), line=self.lineno)]
            number = cited.setdefault(key, len(cited) + 1)
            if raised.children:
                raised += nodes.Text(", ")
            link = nodes.reference("", str(number), refid=f"source-{number}", internal=True)
            link["reftitle"] = f"{row['title']}. {details(row)}"
            raised += link
        return [raised], []


class Bibliography(SphinxDirective):
    """{bibliography}: the sources that this page cites, in the order in which it does."""

    def run(self) -> list[nodes.Node]:
        return [Sources()]


def _fill(app: Sphinx, doctree: nodes.document) -> None:
    """Put the list in its place, and close raised numbers up to the word before them."""
    cited = app.env.temp_data.get(CITED, {})
    places = list(doctree.findall(Sources))
    for place in places:
        place.replace_self(_list(cited) if cited else [])
    if cited and not places:
        log.warning("%s cites sources and has no {bibliography}", app.env.docname, location=app.env.docname)
    for raised in doctree.findall(nodes.superscript):
        index = raised.parent.index(raised)
        before = raised.parent[index - 1] if index else None
        if "cb-cite" in raised["classes"] and isinstance(before, nodes.Text):
            raised.parent[index - 1] = nodes.Text(before.rstrip())


def _list(cited: dict[str, int]) -> nodes.enumerated_list:
    listed = nodes.enumerated_list(classes=["cb-references"], enumtype="arabic", prefix="", suffix=".")
    for key, number in cited.items():
        row = source(key)
        title = nodes.reference("", row["title"], refuri=row["url"]) if row["url"] else nodes.Text(row["title"])
        line = nodes.paragraph("", "", title, nodes.Text(f". {details(row)}"))
        listed += nodes.list_item("", line, ids=[f"source-{number}"])
    return listed


def setup(app: Sphinx) -> dict:
    """Register role, directive and the step that fills the list."""
    app.add_node(Sources)
    app.add_role("cite", Cite())
    app.add_directive("bibliography", Bibliography)
    app.connect("doctree-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
