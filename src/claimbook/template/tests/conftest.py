"""Tests run on the course in whose folder they lie, wherever they are started."""

import os
from pathlib import Path

os.environ["CLAIMBOOK_COURSE"] = str(Path(__file__).resolve().parents[1])  # before claimbook is imported
os.environ["CLAIMBOOK_GOLDEN"] = "1"  # before any kernel starts: kernels inherit it
