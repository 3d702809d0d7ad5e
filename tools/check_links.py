"""Ask every address in the registry of sources whether it still answers; print those that don't.

    .venv/bin/python tools/check_links.py [--limit N]

Run on a schedule, never in the tests: a page that moves is no error of the book. Exit code 0 unless
the registry itself cannot be read. Standard library only.
"""

import argparse
import csv
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

REGISTRY = Path(__file__).resolve().parents[1] / "data/tables/sources.csv"
AGENT = "Mozilla/5.0 (claimbook link check)"


def ask(url: str, timeout: float = 20) -> str:
    """Answer of one address: "ok", an HTTP status, or the kind of failure."""
    try:
        with urlopen(Request(url, headers={"User-Agent": AGENT}), timeout=timeout) as answer:
            return "ok" if answer.status < 400 else str(answer.status)
    except HTTPError as error:
        return "ok (login or robots refused)" if error.code in (401, 403, 405, 429) else str(error.code)
    except (URLError, OSError, ValueError) as error:
        return f"no answer ({type(error).__name__})"


def main() -> int:
    """Check all addresses, eight at a time, with progress; print a table of those that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, help="check only the first N addresses")
    options = parser.parse_args()
    with open(REGISTRY, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["url"]][: options.limit]
    gone = []
    with ThreadPoolExecutor(8) as pool:
        waiting = {pool.submit(ask, row["url"]): row for row in rows}
        for number, done in enumerate(as_completed(waiting), 1):
            print(f"\r{number} of {len(rows)}", end="", file=sys.stderr, flush=True)
            if not done.result().startswith("ok"):
                gone.append((waiting[done]["source"], done.result(), waiting[done]["url"]))
    print(file=sys.stderr)
    for source, answer, url in sorted(gone):
        print(f"{source:<40} {answer:<28} {url}")
    print(f"{len(rows) - len(gone)} of {len(rows)} addresses answer.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
