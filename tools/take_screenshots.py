"""Take the pictures of the README from the built book: `claimbook build`, then `.venv/bin/python tools/take_screenshots.py`.

Needs the `test` extra (playwright) and a Chromium or Chrome on the machine.
"""

import threading

from playwright.sync_api import sync_playwright
from setup import find_browser  # tools/setup.py, beside this file

from claimbook.content import root
from claimbook.server import Server

FOLDER = root() / ".github/images"
SIZE = {"width": 1180, "height": 760}


def quiz(page) -> None:
    """A question, answered, with the reason."""
    form = page.locator("claim-quiz form:has(input[type=radio])").first
    form.locator("input[type=radio]").nth(1).check()
    form.locator("button[type=submit]").click()
    form.evaluate("form => form.scrollIntoView({block: 'center'})")


def story(page) -> None:
    """The first page, where the text stands with its claims marked."""
    page.evaluate("document.querySelector('#the-story').scrollIntoView()")


PICTURES = {
    "text": ("chapters/index.html", story),
    "quiz": ("chapters/08-the-warrant.html", quiz),
}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with Server(root() / "_build/html") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for name, (path, prepare) in PICTURES.items():
            page = browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce")
            page.goto(server.address + path)
            prepare(page)
            page.mouse.move(0, 0)
            page.wait_for_timeout(600)
            page.screenshot(path=FOLDER / f"{name}.png")
            print(FOLDER / f"{name}.png")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
