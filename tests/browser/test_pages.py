"""Every page: from this host alone, without errors, accessible in light and dark, fit for a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook import building

from .. import transfer

pytestmark = pytest.mark.xdist_group("pages")  # as many as all other tests in the browser together
# Every rule runs on every element; only the report on what is in order is left out, which takes a third of the time.
BRIEF = {"resultTypes": ["violations"]}
LOADED = "performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname.slice(1))"


def pages():
    """Addresses of all pages that the table of contents names."""
    return [f"{page}.html" for page in building.pages()]


def serious(results):
    """Violations in short: rule and the elements that break it."""
    return [
        (found["id"], found["help"], [node["html"][:160] for node in found["nodes"][:4]])
        for found in results.response["violations"]
    ]


@pytest.fixture(scope="module", params=pages())
def page(request, open_page):
    """Each page in turn, for all tests that take it, which pytest then runs one after the other. They look at it
    in the light, in the dark and as wide as a phone: to open it anew each time would double the time of this file."""
    page = open_page(request.param)
    page.path = request.param
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def unscripted(open_page):
    """A browser that runs no scripts."""
    page = open_page("chapters/index.html", scripts=False)
    yield page
    page.context.close()


def turn(page, scheme):
    """Make the page light or dark, and wait until no colour is on its way to another."""
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function("scheme => document.documentElement.dataset.theme === scheme", arg=scheme)
    page.wait_for_function("!document.getAnimations().length")


def test_page_is_self_contained_and_quiet(page, built):
    for scheme in ("light", "dark"):
        turn(page, scheme)
    page.wait_for_load_state("networkidle")  # also what a script asks for after the page is there
    assert page.foreign == []
    assert page.complaints == []
    top = built.resolve()
    counted = {file.relative_to(top).as_posix() for file in transfer.files(top / page.path)}
    assert set(page.evaluate(LOADED)) <= counted, "loads what the budget of test_transfer does not count"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_accessible(page, scheme):
    turn(page, scheme)
    assert serious(Axe().run(page, options=BRIEF)) == []


def test_page_fits_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390, f"{page.path} is {wide} pixels wide on a phone of 390"


@pytest.mark.parametrize("path", pages())
def test_page_can_be_read_without_scripts(unscripted, book, path):
    unscripted.goto(book + path)
    assert unscripted.locator("main article h1").count() == 1
    assert unscripted.locator("main").inner_text().strip()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_violation_would_be_noticed(visit, scheme):
    page = visit("chapters/index.html", scheme=scheme)
    spoiled = '<img src="x.png"><p style="color: #777; background: #888">Hard to read</p>'
    page.evaluate("html => document.querySelector('main').insertAdjacentHTML('beforeend', html)", spoiled)
    found = {rule for rule, _, _ in serious(Axe().run(page, options=BRIEF))}
    assert found >= {"image-alt", "color-contrast"}


def test_a_foreign_request_an_error_and_a_wide_part_would_be_noticed(visit):
    page = visit("chapters/index.html", width=390)
    page.evaluate("""document.querySelector('main').insertAdjacentHTML('beforeend',
        '<img alt="" src="http://elsewhere.invalid/x.png"><div style="width: 900px">wide</div>')""")
    page.evaluate("console.error('a slip')")
    page.wait_for_load_state("networkidle")
    assert page.foreign == ["http://elsewhere.invalid/x.png"]
    assert "a slip" in page.complaints
    assert page.evaluate("document.documentElement.scrollWidth") > 390


def test_first_page_leads_to_reading_teaching_and_handing_in(visit):
    page = visit("index.html")
    page.wait_for_url("**/chapters/index.html")
    doors = page.locator(".cb-door")
    assert [door.split("\n")[0] for door in doors.all_inner_texts()] == ["Read", "Teach", "Submit"]
    for link in doors.locator("a").all():
        assert page.request.get(link.evaluate("a => a.href")).ok


def test_search_finds_words_of_chapters_and_of_quizzes(visit):
    page = visit("search.html?q=deportation")
    page.wait_for_selector("ul.search li a")
    assert page.locator("ul.search li a").count() >= 1
    page.wait_for_selector("ul.search p.context")
    excerpts = page.locator("ul.search p.context").all_inner_texts()
    assert not [words for words in excerpts if ".pdf" in words], "an excerpt is text of the page, not its buttons"
    assert any("deport" in words.lower() for words in excerpts)
    assert page.complaints == []


def test_numbers_of_sentences_lead_to_the_annotated_text(visit):
    page = visit("chapters/08-the-warrant.html")
    page.locator("a.cb-id", has_text="P8S2").first.click()
    page.wait_for_url("**/chapters/source.html#p8s2")
    assert page.locator("#p8s2").is_visible()
