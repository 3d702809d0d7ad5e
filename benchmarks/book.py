"""Measure the book: build times, page weight, readiness of the quiz, import time of the package.

    .venv/bin/python benchmarks/book.py

Prints a table. Medians of several runs on the machine at hand; compare ratios, not absolute numbers.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from claimbook.content import root
from claimbook.server import Server

sys.path.insert(0, str(root() / "tools"))
from setup import find_browser

RUNS = 3
CHAPTER = "chapters/08-the-warrant"


def timed(action) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def build() -> None:
    subprocess.run([sys.executable, "-m", "claimbook.cli", "build"], check=True, capture_output=True)


def cold_builds() -> float:
    def once():
        subprocess.run(["rm", "-rf", str(root() / "_build")], check=True)
        return timed(build)

    return statistics.median(once() for _ in range(RUNS))


def warm_builds(touch: Path | None) -> float:
    def once():
        if touch:
            os.utime(touch)
        return timed(build)

    return statistics.median(once() for _ in range(RUNS))


def imports() -> float:
    code = "import time; a = time.perf_counter(); import claimbook; print(time.perf_counter() - a)"
    runs = [subprocess.run([sys.executable, "-c", code], capture_output=True, text=True) for _ in range(9)]
    return statistics.median(float(run.stdout) for run in runs)


def first_visit() -> dict[str, float]:
    """Load a chapter with an empty cache: bytes on the wire, requests, time until the quiz answers."""
    with Server(root() / "_build/html") as server, sync_playwright() as playwright:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = playwright.chromium.launch(
            executable_path=find_browser(), args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        wire = page.context.new_cdp_session(page)
        sizes, urls = [], []
        wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
        page.on("request", lambda request: urls.append(request.url))
        wire.send("Network.enable")
        page.add_init_script(
            "addEventListener('DOMContentLoaded', () => { window.parsed = performance.now() });"
            "customElements.whenDefined('claim-quiz').then(() => { const wait = () => document.querySelector('claim-quiz form')"
            " ? window.ready = performance.now() : requestAnimationFrame(wait); wait() });"
        )
        page.goto(f"{server.address}{CHAPTER}.html")
        page.wait_for_function("window.ready && window.parsed")
        page.wait_for_load_state("networkidle")
        ready = page.evaluate("window.ready - window.parsed")
        browser.close()
        foreign = [url for url in urls if not url.startswith((server.address, "data:"))]
        server.shutdown()
        return {"kB": sum(sizes) / 1000, "requests": len(sizes), "foreign": len(foreign), "ready": max(ready, 0)}


def main() -> None:
    rows = [
        ("build, cold", f"{cold_builds():.1f} s"),
        ("build, nothing changed", f"{warm_builds(None):.1f} s"),
        ("build, one chapter changed", f"{warm_builds(root() / f'{CHAPTER}.ipynb'):.1f} s"),
        ("import claimbook", f"{1000 * imports():.0f} ms"),
    ]
    visit = first_visit()
    rows += [
        ("chapter, first visit: transferred", f"{visit['kB']:.0f} kB"),
        ("chapter, first visit: requests", f"{visit['requests']}, {visit['foreign']} of them to other hosts"),
        ("quiz usable after DOMContentLoaded", f"{visit['ready']:.0f} ms"),
    ]
    for name, value in rows:
        print(f"{name:<40}{value}")


if __name__ == "__main__":
    main()
