"""The offline site, unpacked and opened by double click: no server, no network."""

import zipfile

import pytest

from claimbook import dist


@pytest.fixture(scope="module")
def offline(book, tmp_path_factory):
    """Address of the unpacked site, from `file://`."""
    folder = tmp_path_factory.mktemp("offline site")
    dist.site(folder)
    with zipfile.ZipFile(folder / f"{dist.NAME}-site.zip") as archive:
        assert not [name for name in archive.namelist() if "/solutions/" in name]
        archive.extractall(folder)
    return (folder / dist.NAME).as_uri()


@pytest.fixture
def page(chromium):
    context = chromium.new_context(offline=True)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda request: page.complaints.append(request.url))
    yield page
    context.close()


def test_the_front_page_opens_and_leads_to_a_chapter(page, offline):
    page.goto(f"{offline}/index.html")
    page.wait_for_url("**/chapters/index.html")
    page.get_by_role("link", name="Start with the text").click()
    page.wait_for_url("**/chapters/01-the-text.html")
    assert not page.complaints


def test_an_answer_is_judged_and_shown_under_my_progress(page, offline):
    page.goto(f"{offline}/chapters/06-energy-and-trade.html")
    form = page.locator("claim-quiz form:has(input[type=radio])").first
    form.locator("input[type=radio]").first.check()
    form.locator("button[type=submit]").click()
    page.wait_for_function("document.querySelector('claim-quiz [role=status]')")
    page.goto(f"{offline}/chapters/progress.html")
    page.get_by_text("1 of ").first.wait_for()
    assert not page.complaints


def test_the_search_finds_pages_and_the_readme_says_what_it_does_not(page, offline):
    page.goto(f"{offline}/search.html?q=embargo")
    page.get_by_role("link", name="Sanctions").first.wait_for()
    page.wait_for_function("document.querySelector('.search-summary')?.textContent.includes('found')")
    assert "no lines of their text" in dist.README
    assert not page.complaints, "a page opened as a file may not read others: no excerpt is asked for"
