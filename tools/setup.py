"""Prepare the virtual environment: `python3 tools/setup.py book|lite|lab|dist|test`.

Called by the Makefile. Installs the package with the wanted extra, held to the versions in
requirements.txt; for `test` it also finds a browser, or gets one. Standard library only, and plain
enough to say so politely when Python is too old.
"""

import os
import shutil
import subprocess
import sys
import venv

NEEDED = (3, 11)
HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(HERE, ".venv")
PIP = [os.path.join(VENV, "bin", "python"), "-m", "pip", "--disable-pip-version-check"]
# The first draws no window that nobody sees: the same engine, and quicker.
BROWSERS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def stop(message):
    sys.stderr.write("\nclaimbook: " + message + "\n")
    sys.exit(1)


def install(extra):
    if not os.path.exists(PIP[0]):
        print("Making a virtual environment in .venv ...", flush=True)
        try:
            venv.create(VENV, with_pip=True, clear=True)
        except Exception as error:
            stop(
                "could not make a virtual environment (%s).\n"
                "On Debian and Ubuntu, install it first: sudo apt-get install python3-venv" % error
            )
    print("Installing the packages for `make %s` (a few minutes the first time) ..." % extra, flush=True)
    done = subprocess.call(PIP + ["install", "--quiet", "-c", "requirements.txt", "-e", ".[%s]" % extra], cwd=HERE)
    if done != 0:
        stop(
            "the packages could not be installed; pip's message is above.\n"
            "If it speaks of connections or of no matching version, the network is down or closed:\n"
            "connect and run the same command again. Nothing that is installed is lost."
        )


def find_browser():
    """Path of a browser that the tests can drive, or None."""
    named = os.environ.get("CLAIMBOOK_BROWSER")
    if named:
        if not os.path.exists(named):
            stop("CLAIMBOOK_BROWSER names %r, which does not exist." % named)
        return named
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    if os.path.exists(MAC_CHROME):
        return MAC_CHROME
    script = "from playwright.sync_api import sync_playwright as p\nwith p() as q: print(q.chromium.executable_path)"
    asked = subprocess.run([PIP[0], "-c", script], capture_output=True, text=True)
    path = asked.stdout.strip()
    return path if asked.returncode == 0 and os.path.exists(path) else None


def get_browser():
    """An installed Chromium or Chrome, else playwright's own, else the system's package."""
    if find_browser():
        return
    print("No Chromium or Chrome found: asking playwright for its own ...", flush=True)
    subprocess.call([PIP[0], "-m", "playwright", "install", "chromium"])
    if find_browser():
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing the system's chromium ...", flush=True)
        subprocess.call(["apt-get", "update", "-qq"])
        for package in BROWSERS[:2]:  # not every system has the first
            subprocess.call(["apt-get", "install", "-y", "-qq", "--no-install-recommends", package])
            if find_browser():
                return
    stop(
        "the tests drive a real browser and none could be found or installed.\n"
        "Install Chromium or Chrome (Debian, Ubuntu: sudo apt-get install chromium), or name one:\n"
        "CLAIMBOOK_BROWSER=/path/to/chrome make test"
    )


def main():
    if sys.version_info < NEEDED:
        stop(
            "Python %d.%d or newer is needed, and this is %s (%s).\n"
            "Name a newer one: make book PYTHON=python3.12" % (NEEDED + (sys.version.split()[0], sys.executable))
        )
    extra = sys.argv[1]
    install(extra)
    if extra == "test":
        get_browser()
        if not shutil.which("bwrap"):
            print("Note: without bubblewrap (`bwrap`) the grader's sandbox can't run, and its tests fail.", flush=True)
    for name in {
        "book": ["book"],
        "lite": ["book", "lite"],
        "lab": ["book", "lab"],
        "dist": ["book", "dist"],
        "test": ["book", "lite", "lab", "dist", "test"],
    }[extra]:
        open(os.path.join(VENV, "." + name), "w").close()


if __name__ == "__main__":
    main()
