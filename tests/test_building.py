"""What authors lean on while they write: citations are numbered and checked, and a change is seen and shown."""

import threading
import urllib.error
import urllib.request
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx.util.docutils import docutils_namespace, patch_docutils

from claimbook import book, references, watching
from claimbook.content import ContentError
from claimbook.server import Server

KEYS = sorted(references.registry())[:3]


@pytest.fixture
def read(tmp_path):
    """Read a page of reStructuredText with our citations: (its document, what was warned of)."""
    from io import StringIO

    from sphinx.application import Sphinx

    def read(text):
        (tmp_path / "conf.py").write_text("extensions = ['claimbook.citations']\n")
        (tmp_path / "index.rst").write_text(f"Title\n=====\n\n{text}\n")
        said = StringIO()
        with patch_docutils(), docutils_namespace():
            app = Sphinx(tmp_path, tmp_path, tmp_path / "out", tmp_path / "out", "dummy", status=None, warning=said)
            app.build()
            return app.env.get_doctree("index"), said.getvalue()

    return read


def test_sources_are_numbered_in_the_order_of_first_citation(read):
    a, b, _ = KEYS
    page, said = read(f"One :cite:`{b}` two :cite:`{a}, {b}`.\n\n.. bibliography::\n")
    assert said == ""
    raised = [node.astext() for node in page.findall(nodes.superscript)]
    assert raised == ["1", "2, 1"]
    listed = [item.astext() for item in page.findall(nodes.list_item)]
    assert [references.source(key)["title"] in line for key, line in zip((b, a), listed, strict=True)] == [True, True]
    assert [item["ids"] for item in page.findall(nodes.list_item)] == [["source-1"], ["source-2"]]
    assert "One1 two2, 1." in page.astext(), "a raised number stands close to its word"


def test_an_unknown_source_is_refused_with_the_nearest_names(read):
    _, said = read(f"One :cite:`{KEYS[0]}x`.\n\n.. bibliography::\n")
    assert "No source" in said and KEYS[0] in said
    with pytest.raises(ContentError, match=r"data/tables/sources.csv"):
        references.source("nobody")


def test_a_page_that_cites_and_lists_nothing_is_refused(read):
    assert "has no {bibliography}" in read(f"One :cite:`{KEYS[0]}`.")[1]


def test_a_source_tells_publisher_date_and_day_of_reading():
    row = {
        "title": "T",
        "publisher": "P",
        "date": "2023-10-16",
        "url": "x",
        "accessed": "2026-11-23",
        "note": "read in part",
    }
    assert references.details(row) == "P, 16 October 2023; accessed 23 November 2026. Read in part."
    assert references.details(row | {"date": "", "url": "", "note": ""}) == "P."


def test_bibtex_holds_every_source_once():
    text = references.bibtex()
    assert text.count("@misc{") == len(references.registry())
    assert all(f"@misc{{{key}," in text for key in references.registry())


def test_a_generated_page_is_read_again_when_its_text_is_another(monkeypatch):
    pages = SimpleNamespace(
        found_docs={"chapters/timeline", "chapters/new"},
        metadata={"chapters/timeline": {"claimbook timeline": book._digest("../x")}, "chapters/new": {}},
    )
    app = SimpleNamespace(builder=SimpleNamespace(get_relative_uri=lambda page, target: f"../{target}"))

    def outdated(generate):
        monkeypatch.setitem(book.PAGES, "timeline", generate)
        return book._generated_otherwise(app, pages, set(), set(), set())

    def broken(link):
        raise ContentError("a slip")

    assert outdated(lambda link: link("x")) == []
    assert outdated(lambda link: link("y")) == ["chapters/timeline"]
    assert outdated(broken) == ["chapters/timeline"], "reading the page tells the error"


def test_a_changed_file_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "root", lambda: tmp_path)
    (tmp_path / "chapters").mkdir()
    page = tmp_path / "chapters/page.md"
    page.write_text("a")
    seen = watching.changes(pause=0.01)
    threading.Timer(0.2, lambda: page.write_text("b, longer")).start()
    assert next(seen) == {page}
    threading.Timer(0.2, page.unlink).start()
    assert next(seen) == {page}


def test_only_a_watched_page_asks_whether_it_was_built_anew(tmp_path):
    (tmp_path / "a.html").write_text("<p>words</p>")
    for watched in (True, False):
        with Server(tmp_path, watched=watched) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            page = urllib.request.urlopen(f"{server.address}a.html").read()
            assert page.startswith(b"<p>words</p>") and (b"/_stamp" in page) == watched
            if watched:
                before = urllib.request.urlopen(f"{server.address}_stamp").read()
                server.renew()
                assert urllib.request.urlopen(f"{server.address}_stamp").read() != before
            server.shutdown()


def test_a_wrong_address_leads_back_to_the_book(tmp_path):
    with Server(tmp_path) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{server.address}chapters/nope.html")
        server.shutdown()
    assert refused.value.code == 404
    assert '<a href="/">' in refused.value.read().decode()


def test_columns_of_numbers_and_days_are_named_as_such():
    table = (
        "<table><thead><tr><th></th><th>day</th><th>votes</th><th>topic</th></tr></thead><tbody>"
        "<tr><th>0</th><td>2022-03-02</td><td>141</td><td>peace</td></tr>"
        "<tr><th>1</th><td>2022-03-24</td><td>-7.5</td><td>3</td></tr></tbody></table>"
    )
    named = book._aligned(table)
    assert '<th></th><th class="cb-day">day</th><th class="cb-number">votes</th><th>topic</th>' in named
    assert '<td class="cb-day">2022-03-24</td><td class="cb-number">-7.5</td><td>3</td>' in named
    assert book._aligned(table.replace("<td>3", '<td rowspan="2">3')).count("class=") == 0
