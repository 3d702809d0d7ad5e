"""Measure three pages as a reader on a slow line meets them, with an empty cache.

    .venv/bin/python benchmarks/page.py      (builds nothing: run `make build` first)

The line is Chromium's "slow 4G": 1.6 Mbit/s down, 0.75 Mbit/s up, 150 ms for every request. Medians of several visits.
"""

from __future__ import annotations

import statistics
import sys
import threading

from playwright.sync_api import sync_playwright

from claimbook.content import root
from claimbook.server import Server

sys.path.insert(0, str(root() / "tools"))
from setup import find_browser

RUNS = 3
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
PAGES = ("chapters/index.html", "chapters/08-the-warrant.html", "exercises/08-the-warrant.html")
WATCH = """addEventListener('DOMContentLoaded', () => { const wait = () => document.querySelector('claim-quiz form')
  ? window.quizReady = performance.now() : requestAnimationFrame(wait); if (document.querySelector('claim-quiz')) wait() });"""


def visit(browser, address: str) -> dict[str, float]:
    """First contentful paint and a usable quiz in ms after the click, and kB on the wire."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    wire = context.new_cdp_session(page)
    sizes = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_4G)
    page.add_init_script(WATCH)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_function("!document.querySelector('claim-quiz') || window.quizReady")
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    ready = page.evaluate("window.quizReady || NaN")
    context.close()
    return {"paint": paint, "quiz": ready, "kB": sum(sizes) / 1000}


def main() -> None:
    print(f"{'slow 4G, empty cache':<34}{'first paint':>12}{'quiz usable':>13}{'transferred':>13}")
    with Server(root() / "_build/html") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        for path in PAGES:
            visits = [visit(browser, server.address + path) for _ in range(RUNS)]
            paint, quiz, weight = (statistics.median(v[key] for v in visits) for key in ("paint", "quiz", "kB"))
            usable = f"{quiz / 1000:.1f} s" if quiz == quiz else "-"
            print(f"{path:<34}{paint / 1000:>10.1f} s{usable:>13}{weight:>10.0f} kB")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main()
