"""Zip files that have the same bytes whenever their content has."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

DATE = (2026, 11, 24, 0, 0, 0)  # of every entry, since the clock is no part of the content


def write_zip(target: Path | BinaryIO, files: Mapping[str, bytes | Path]) -> None:
    """Write an archive.

    Args:
        target: the file to write, or one that is open.
        files: name inside the archive -> content, or the file that holds it.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16  # readable for whoever unpacks it
            content = files[name]
            archive.writestr(entry, content if isinstance(content, bytes) else content.read_bytes())
