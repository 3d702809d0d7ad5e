"""Shared by all tests: the course's files, and the environment in which goldens were made."""

import os

import pytest

os.environ["CLAIMBOOK_GOLDEN"] = "1"  # before any kernel starts: kernels inherit it

from claimbook.content import CHAPTER_SLUGS, root

CHAPTERS = [slug for slug in CHAPTER_SLUGS if (root() / f"chapters/{slug}.ipynb").is_file()]
EXERCISES = [slug for slug in CHAPTER_SLUGS if (root() / f"exercises/{slug}.tasks.yml").is_file()]


@pytest.fixture(params=CHAPTERS)
def chapter(request):
    """Slug of each chapter in turn."""
    return request.param


@pytest.fixture(params=EXERCISES)
def exercise_slug(request):
    """Slug of each exercise in turn."""
    return request.param
