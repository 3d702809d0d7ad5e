"""Shared by all tests: the course's files, and the environment in which goldens were made."""

import fcntl
import os
import subprocess
import sys

import pytest

os.environ["CLAIMBOOK_GOLDEN"] = "1"  # before any kernel starts: kernels inherit it

from claimbook.content import CHAPTER_SLUGS, root

CHAPTERS = [slug for slug in CHAPTER_SLUGS if (root() / f"chapters/{slug}.ipynb").is_file()]
EXERCISES = [slug for slug in CHAPTER_SLUGS if (root() / f"exercises/{slug}.tasks.yml").is_file()]

# Long groups, the longest first: begun last, one would keep its worker busy when the others have nothing left to do.
LONG = ["pages", "browser", "printed", "newcourse", "lab", "build"]


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Sort long groups to the front; the other tests keep their order."""

    def place(item):
        group = item.get_closest_marker("xdist_group")
        return LONG.index(group.args[0]) if group and group.args[0] in LONG else len(LONG)

    items.sort(key=place)


@pytest.fixture(scope="session")
def built(testrun_uid):
    """Folder of the built book: built once in a run of the tests, by the worker that asks first."""
    folder = root() / "_build"
    folder.mkdir(exist_ok=True)
    with open(folder / "tests.lock", "a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != testrun_uid:
            done = subprocess.run([sys.executable, "-m", "claimbook.cli", "build"], capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
            lock.truncate(0)
            lock.write(testrun_uid)
    return folder / "html"


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    """Slug of each chapter in turn."""
    return request.param


@pytest.fixture(params=EXERCISES)
def exercise_slug(request):
    """Slug of each exercise in turn."""
    return request.param
