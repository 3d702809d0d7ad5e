"""HTML of the built book as Typst: one converter for everything that a page can hold.

The pages are taken as readers see them, since there every role, citation, quiz, table and chart is
already resolved and tested. Text goes into Typst as string literals, so that no character of it can be
taken for markup.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PageElement, PreformattedString

from claimbook.content import ContentError
from claimbook.printed.tables import table

SVG = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
THEMED = re.compile(r"var\(--[\w-]+,\s*([^()]+)\)")
# A chart is drawn for the page's own font; on paper it has the book's.
CHART_FONT = ("system-ui, sans-serif", "Libertinus Serif")
# Elements and classes that are a Typst function around their content: in a line, or as a block.
INLINE = {
    "strong": "strong", "b": "strong", "em": "emph", "i": "emph", "sup": "source-numbers", "cb-hedge": "hedge",
    "cb-tag": "tag", "cb-note": "remark",
}  # fmt: skip
BLOCKS = {"blockquote": "passage", "admonition": "note-box", "cb-read-in": "aside", "dd": "meaning"}
# White space between these parts of a page means nothing.
STRUCTURE = {
    "article", "section", "div", "ul", "ol", "dl", "dd", "table", "thead", "tbody", "tr", "figure", "blockquote", "details",
}  # fmt: skip
# What a page has and paper has no use for.
SCREEN_ONLY = {"script", "style", "button", "nav", "form", "input", "template", "noscript", "iframe"}
SCREEN_CLASSES = {"headerlink", "toctree-wrapper", "cb-doors", "above-input", "d-print-none"}


def literal(text: str) -> str:
    """Text as a Typst string in code."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t") + '"'


def words(text: str) -> str:
    """Text in Typst markup: shown as it is, whatever characters it holds."""
    return f"#{literal(text)};" if text else ""


def label(page: str, anchor: str = "") -> str:
    """Name of a place in the book: a page, or an element of it that has an id."""
    return re.sub(r"[^\w-]", "-", f"{page}--{anchor}" if anchor else page)


@dataclass
class Book:
    """What the pages of one printed book share while they are converted.

    Attributes:
        pages: the pages that go in (`chapters/06-energy-and-trade`).
        quiz: gives the Typst of a quiz by its number; its reasons are printed elsewhere.
        languages: languages of marked words that can't be set, for want of a font.
        drawings: file name -> SVG, filled on the way.
        wanted, placed: labels that links lead to, and labels that stand in the book.
    """

    pages: list[str]
    quiz: Callable[[str], str] | None
    languages: frozenset[str] = frozenset()
    drawings: dict[str, str] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    placed: set[str] = field(default_factory=set)


def read_page(book_html: str) -> tuple[Tag, list[str]]:
    """Article of a page, with its SVG drawings taken out of the way of the HTML parser, which would spoil them."""
    drawings: list[str] = []

    def take(match: re.Match[str]) -> str:
        drawings.append(match[0])
        return f'<img data-drawing="{len(drawings) - 1}">'

    soup = BeautifulSoup(SVG.sub(take, book_html), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise ContentError("A page of the built book has no article. Build the book again: `claimbook build`.")
    return article, drawings


class Converter:
    """Converts one page, or a piece of HTML that stands on it."""

    def __init__(self, book: Book, page: str, drawings: list[str] | None = None):
        self.book, self.page, self.drawings = book, page, drawings or []
        self.in_table = False

    # ---- walking

    def all(self, node: Tag) -> str:
        """The parts of an element, one after the other."""
        return "".join(self.one(child) for child in node.children)

    def html(self, text: str) -> str:
        """A piece of HTML, such as a question of a quiz."""
        return self.all(BeautifulSoup(text, "html.parser"))

    def one(self, node: PageElement) -> str:
        """One element or text."""
        if isinstance(node, PreformattedString):  # comments
            return ""
        if isinstance(node, NavigableString):
            if not node.strip() and node.parent and node.parent.name in STRUCTURE:
                return ""
            return words(re.sub(r"\s+", " ", node).replace("\u2011", "-"))
        assert isinstance(node, Tag), "a page holds elements and texts"
        classes = node.get_attribute_list("class")
        if node.name in SCREEN_ONLY or SCREEN_CLASSES & set(classes) or node.get("aria-hidden") == "true":
            return ""
        for name in [*classes, node.name]:
            if name in INLINE:
                return f"#{INLINE[name]}[{self.all(node)}]"
            if name in BLOCKS:
                return f"\n\n#{BLOCKS[name]}[{self.all(node).strip()}]\n\n"
            if handler := getattr(self, "do_" + name.replace("-", "_"), None):
                return handler(node)
        return self.marked(node, self.all(node))

    def marked(self, node: Tag, body: str) -> str:
        """The element, with a label if it has an id, and in its language if it names one."""
        language, _, script = str(node.get("lang", "")).partition("-")
        if script != "Latn" and language in self.book.languages:
            return ""
        if script != "Latn" and language in ("ru", "zh"):
            body = f"#text(lang: {literal(language)})[{body}]"
        return self.place(node) + body

    def place(self, node: Tag) -> str:
        """A label for the element's id; it is dropped later if nothing leads to it."""
        if not node.get("id"):
            return ""
        name = label(self.page, str(node["id"]))
        if name in self.book.placed:
            return ""
        self.book.placed.add(name)
        return f"#place-of(<{name}>);"

    # ---- blocks

    def do_p(self, node: Tag) -> str:
        return f"\n\n{self.place(node)}{self.all(node).strip()}\n\n"

    def do_h1(self, node: Tag) -> str:
        return ""  # the book's own form of a chapter opening

    def do_h2(self, node: Tag) -> str:
        return f"\n\n#heading(level: {node.name[1]})[{self.all(node).strip()}]\n\n"

    do_h3 = do_h4 = do_h2

    def _items(self, node: Tag) -> str:
        return ", ".join(f"[{self.place(li)}{self.all(li).strip()}]" for li in node.find_all("li", recursive=False))

    def do_ul(self, node: Tag) -> str:
        items = node.find_all("li", recursive=False)
        terms = [li for li in items if li.select_one(".std-term") and li.a and li.get_text() == li.a.get_text()]
        if len(items) > 2 and terms == items:
            return f"\n\n#term-list({self._items(node)})\n\n"  # in lines: a column would fill half a page
        return f"\n\n#list({self._items(node)})\n\n"

    def do_ol(self, node: Tag) -> str:
        form = ', numbering: "A."' if node.get("type") == "A" else ""
        return f"\n\n#enum(start: {node.get('start', '1')}{form}, {self._items(node)})\n\n"

    def do_cb_claims(self, node: Tag) -> str:
        return f"\n\n#claims({self._items(node)})\n\n"

    def do_cb_names(self, node: Tag) -> str:
        return f"\n\n#register({self._items(node)})\n\n"

    do_cb_timeline = do_cb_names

    def do_cb_sources(self, node: Tag) -> str:
        for link in node.find_all("a"):  # the one place where paper gives the address too
            address = re.sub(r"^https?://(www\.)?", "", str(link["href"])).rstrip("/")
            written = BeautifulSoup("", "html.parser").new_tag("i", attrs={"class": "address"})
            written.string = address
            link.insert_after(" ", written)
        return f"\n\n#columns(2, gutter: 6mm, register(size: 7.4pt, {self._items(node)}))\n\n"

    def do_address(self, node: Tag) -> str:
        return f"#address({literal(node.get_text())})"

    def do_cb_key(self, node: Tag) -> str:
        return f"\n\n#verdicts({self._items(node)})\n\n"

    def do_dl(self, node: Tag) -> str:
        return "\n\n" + self.all(node)

    def do_dt(self, node: Tag) -> str:
        return f"\n\n#term[{self.place(node)}{self.all(node).strip()}]"

    def do_admonition_title(self, node: Tag) -> str:
        return f"#strong[{self.all(node).strip()}]\n\n"

    def do_cb_verdict(self, node: Tag) -> str:
        kind = next(name for name in node["class"] if name.startswith("cb-") and name != "cb-verdict")
        return f"\n\n#verdict({literal(kind[3:])})[{self.all(node).strip()}]\n\n"

    def do_cb_references(self, node: Tag) -> str:
        items = node.find_all("li", recursive=False)
        return "".join(
            f"\n\n#cited({literal(str(number))})[{self.place(li)}{self.all(li).strip()}]\n\n"
            for number, li in enumerate(items, 1)
        )

    def do_claim_quiz(self, node: Tag) -> str:  # from the bank, not from the page
        assert self.book.quiz, "a book of pages says how quizzes are printed"
        return "\n\n" + self.book.quiz(str(node["data-quiz"])) + "\n\n"

    def do_cell_input(self, node: Tag) -> str:
        return f"\n\n#code-cell({self._raw(node)})\n\n"

    def do_text_plain(self, node: Tag) -> str:
        return f"\n\n#code-output({self._raw(node)})\n\n"

    do_stream = do_highlight = do_text_plain

    def do_pre(self, node: Tag) -> str:
        return f"\n\n#code-output({literal(node.get_text().rstrip())})\n\n"

    def _raw(self, node: Tag) -> str:
        return literal(node.get_text().strip("\n"))

    def do_table(self, node: Tag) -> str:
        self.in_table = True
        body = table(node, lambda cell: self.all(cell).strip())
        self.in_table = False
        return body

    def do_details(self, node: Tag) -> str:
        return ""  # behind a click on screen: code that draws a chart, a chart's numbers; see the notebook

    def do_figure(self, node: Tag) -> str:
        image, limit = node.find("img"), node.select_one(".cb-limit")
        caption = limit and limit.find_previous_sibling(string=True)
        assert image and limit and caption, "a figure has a drawing, a title and what it does not show"
        alt = str(image.get("alt") or self.drawing(image)[1])
        limits = self.all(limit).strip()
        if node.find("claim-chart"):  # the text asks the reader to explore it
            limits += " To explore this chart, open it in the web edition."
        return (
            f"\n\n#chart({literal(self.drawing(image)[0])}, {literal(alt)}, caption: [{words(caption.strip())}], "
            f"limit: [{limits}])\n\n"
        )

    def drawing(self, image: Tag) -> tuple[str, str]:
        """File name of a drawing, in plain colours and the book's font; and what it shows, in words."""
        svg = self.drawings[int(str(image["data-drawing"]))]
        name = f"{label(self.page)}-{image['data-drawing']}.svg"
        drawn = BeautifulSoup(svg[: svg.index(">") + 1], "html.parser").find("svg")
        alt = str(drawn.get("aria-label", "")) if drawn else ""
        plain = THEMED.sub(r"\1", svg).replace(*CHART_FONT)
        self.book.drawings[name] = re.sub(r' style="max-width[^"]*"', "", plain)
        return name, alt

    # ---- inline

    def do_code(self, node: Tag) -> str:
        return f"#raw({literal(node.get_text())})"

    def do_br(self, node: Tag) -> str:
        return "#linebreak()"

    def do_cb_mark(self, node: Tag) -> str:
        kind = next(name for name in node["class"] if name.startswith("cb-") and name != "cb-mark")
        return f"#mark({literal(kind[3:])})[{self.all(node)}]"

    def do_cb_id(self, node: Tag) -> str:
        inside = f"#number-of[{self.all(node)}]"
        return self._linked(node, inside) if node.name == "a" else inside

    def do_a(self, node: Tag) -> str:
        return self._linked(node, self.all(node))

    def _linked(self, node: Tag, body: str) -> str:
        href = str(node.get("href", ""))
        if re.match(r"(https?|mailto):", href):
            return f"#link({literal(href)})[{body}]"
        path, _, anchor = href.partition("#")
        page = posixpath.normpath(posixpath.join(posixpath.dirname(self.page), path)) if path else self.page
        page = page.removesuffix(".html")
        if page.startswith("exercises/"):  # not printed: a program that nobody should type off paper
            return f"{body} (#raw({literal(page + '.ipynb')}))" if node.select_one(".doc, .std-doc") else body
        if page not in self.book.pages:
            return body
        target = label(page, anchor)
        self.book.wanted.add(target)
        call = "to-page" if not anchor and node.select_one(".doc") and not self.in_table else "to"
        return f"#{call}(<{target}>)[{body}]"


def only_living_links(typst: str, book: Book) -> str:
    """Drop labels that nothing leads to, and turn links that lead nowhere in this book into plain words."""
    typst = re.sub(
        r"#place-of\(<([\w-]+)>\);",
        lambda found: f"#metadata(none)<{found[1]}>" if found[1] in book.wanted else "",
        typst,
    )
    return re.sub(
        r"#to(-page)?\(<([\w-]+)>\)", lambda found: found[0] if found[2] in book.placed else "#unlinked", typst
    )
