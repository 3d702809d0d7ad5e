"""Let pip choose versions: `python3 tools/unpin.py [--lift]`. For the weekly run in CI, in a clone of its own.

Empties requirements.txt, which holds `make` to tested versions. With --lift it also takes the upper bounds out
of pyproject.toml (`pandas>=3.0,<4` becomes `pandas>=3.0`), but for those of KEPT.
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
# Jupyter Book 2 reads other files. pytest 9.2 and pytest-xdist 3.8 don't go together. The browser's kernel goes with its site.
KEPT = ("jupyter-book", "pytest", "jupyterlite-core", "jupyterlite-pyodide-kernel")


def lifted(toml: str) -> str:
    """The text of pyproject.toml without upper bounds on dependencies."""
    return re.sub(
        r'^(\s*"([\w.-]+)>=[^,"]+),<[^"]+"',
        lambda one: one[0] if one[2] in KEPT else f'{one[1]}"',
        toml,
        flags=re.MULTILINE,
    )


def main(arguments: list[str]) -> None:
    (TOP / "requirements.txt").write_text("", encoding="utf-8")
    if "--lift" in arguments:
        path = TOP / "pyproject.toml"
        path.write_text(lifted(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
