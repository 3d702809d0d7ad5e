"""Every page of the built book as HTML, without a browser: languages, tables, headings."""

import re
from functools import cache
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from claimbook.content import root

from .test_pages import pages

SCRIPTS = {"ru": re.compile("[\u0400-\u04ff]"), "zh": re.compile("[\u3400-\u9fff]")}


@cache
def parsed(path):
    soup = BeautifulSoup((root() / "_build/html" / path).read_text(encoding="utf-8"), "lxml")
    for element in soup(["script", "style"]):
        element.extract()
    return soup


def unmarked(soup):
    """Words in Cyrillic or Han letters outside an element that says so, and attributes with such words."""
    found = []
    for name, letters in SCRIPTS.items():
        for text in soup.find_all(string=letters):
            tag = next((parent["lang"] for parent in text.parents if parent.get("lang")), "")
            if not tag.startswith((name, "uk") if name == "ru" else name):
                found.append(text.strip()[:60])
        for element in soup.find_all(True):
            found += [element[a] for a in ("title", "aria-label", "alt") if letters.search(element.get(a) or "")]
    return found


def poor_tables(soup):
    """Tables without a name, without header cells, or with a header cell that doesn't say what it heads."""
    return [
        str(table)[:120]
        for table in soup.select("table")
        if not (table.caption or table.get("aria-label"))
        or not table("th")
        or not all(th.get("scope") and th.get_text(strip=True) for th in table("th"))
    ]


def same_names(soup):
    names = [table.get("aria-label") or table.caption.get_text() for table in soup.select("article table")]
    return sorted({name for name in names if names.count(name) > 1})


def leaps(soup):
    """Levels of the headings of the text, if they do not start with one h1 or leave a level out."""
    levels = [int(heading.name[1]) for heading in soup.select("article :is(h1, h2, h3, h4, h5, h6)")]
    fine = levels[:1] == [1] and levels.count(1) == 1 and all(b <= a + 1 for a, b in pairwise(levels))
    return [] if fine else levels


@pytest.fixture(scope="module")
def soup(book):
    return parsed


@pytest.mark.parametrize("path", pages())
def test_page_says_which_language_its_words_are_in_and_what_its_tables_and_headings_are(soup, path):
    page = soup(path)
    assert page.html["lang"] == "en"
    assert unmarked(page) == []
    assert poor_tables(page.main) == []
    assert same_names(page) == []
    assert leaps(page) == []


@pytest.mark.parametrize("html, check", [
    ("<p>слово</p>", unmarked), ('<p lang="zh">слово</p>', unmarked), ('<p lang="ru">王毅</p>', unmarked), ('<a title="王毅">1</a>', unmarked),
    ("<table><th scope=col>A</th></table>", poor_tables), ("<table aria-label=T><th>A</th></table>", poor_tables),
    ("<table aria-label=T><td>A</td></table>", poor_tables), ("<article><table aria-label=T></table><table aria-label=T></table></article>", same_names),
    ("<article><h1>A</h1><h3>B</h3></article>", leaps), ("<article><h2>A</h2></article>", leaps),
])  # fmt: skip
def test_a_fault_would_be_noticed(html, check):
    assert check(BeautifulSoup(html, "lxml"))


def test_every_page_leads_to_the_accessibility_statement(soup):
    for path in pages():
        links = [a["href"] for a in soup(path).select("footer a[href]") if "Accessibility" in a.get_text()]
        assert links, f"{path} has no link to the statement in its footer"
