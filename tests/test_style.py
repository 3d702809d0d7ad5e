"""The code is formatted, linted and typed, with the versions and rules that pyproject.toml and requirements.txt give."""

import subprocess
import sys
import tomllib

import pytest

from claimbook.content import root


def run(*words, where=None):
    return subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, cwd=where or root())


@pytest.mark.parametrize("command", [("check",), ("format", "--check")], ids=" ".join)
def test_ruff_has_nothing_to_say(command):
    done = run("ruff", *command, "--no-cache", ".")
    assert done.returncode == 0, f"Run `ruff check --fix . && ruff format .`\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    ("command", "code"), [(("check",), "import os\n"), (("format", "--check"), "x = [1,2]\n")], ids=["lint", "format"]
)
def test_ruff_is_not_silent_because_it_looks_at_nothing(command, code, tmp_path):
    (tmp_path / "slip.py").write_text(code)
    config = f"--config={root() / 'pyproject.toml'}"
    assert run("ruff", *command, config, "--no-cache", ".", where=tmp_path).returncode == 1


def test_the_types_of_the_package_fit():
    done = run("mypy")
    assert done.returncode == 0, f"Run `mypy`\n{done.stdout}{done.stderr}"


def test_a_wrong_type_in_the_package_is_found(tmp_path):
    """Under the same rules; in a folder of its own, since a check of a single file is quick."""
    (tmp_path / "slip.py").write_text('def half(number):\n    return number / 2\n\n\nwidth: int = "wide"\n')
    done = run("mypy", "--config-file", str(root() / "pyproject.toml"), "slip.py", where=tmp_path)
    assert "no-untyped-def" in done.stdout and "[assignment]" in done.stdout, done.stdout + done.stderr


def test_no_module_opts_out_of_type_checking():
    rules = tomllib.loads((root() / "pyproject.toml").read_text())["tool"]["mypy"]
    assert not [one for one in rules["overrides"] if one.get("ignore_errors")]
    blanket = [
        str(path.relative_to(root()))
        for path in (root() / "src/claimbook").rglob("*.py")
        if "mypy: ignore-errors" in path.read_text(encoding="utf-8")
    ]
    assert not blanket
