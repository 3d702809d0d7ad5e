"""The built book in a real browser: headless Chromium, driven by playwright."""

import sys
import threading

import pytest
from playwright.sync_api import sync_playwright

from claimbook.content import root
from claimbook.server import Server

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """One worker drives a browser through the tests of a group, instead of each starting one of its own."""
    for item in items:
        if "/browser/" in str(item.path) and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("browser"))


def find_browser():
    sys.path.insert(0, str(root() / "tools"))
    try:
        import setup as tool
    finally:
        sys.path.pop(0)
    return tool.find_browser()


@pytest.fixture(scope="session")
def book(built):
    """Address of the book, served as readers get it."""
    with Server(built) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.address
        server.shutdown()


@pytest.fixture(scope="session")
def chromium():
    path = find_browser()
    assert path, "no Chromium or Chrome: run `make test`, which finds or installs one"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def open_page(chromium, book):
    """Open a page of the book as a new reader, whose browser has stored nothing; for what closes it, see `visit`.

    The page carries `.foreign` (requests to other hosts) and `.complaints` (console errors).
    """

    def open_it(path, scheme="light", width=1280, scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=scripts
        )
        page = context.new_page()
        page.foreign, page.complaints = [], []
        page.on(
            "request", lambda r: page.foreign.append(r.url) if not r.url.startswith((book, "data:", "blob:")) else None
        )
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("response", lambda r: page.complaints.append(f"{r.status} {r.url}") if r.status >= 400 else None)
        page.goto(book + path)  # until all is loaded that the page names, our scripts too
        return page

    return open_it


@pytest.fixture
def visit(open_page):
    """Open a page for one test: `visit("chapters/index.html", scheme="dark", width=390)`."""
    opened = []

    def open_it(*path, **options):
        opened.append(open_page(*path, **options))
        return opened[-1]

    yield open_it
    for page in opened:
        page.context.close()
