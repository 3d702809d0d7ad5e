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
    assert rules["disallow_untyped_defs"]
    assert not [one for one in rules["overrides"] if one.get("ignore_errors") or "disallow_untyped_defs" in one]
    blanket = [
        str(path.relative_to(root()))
        for path in (root() / "src/claimbook").rglob("*.py")
        if "mypy: ignore-errors" in path.read_text(encoding="utf-8")
    ]
    assert not blanket


FORMS = [
    ("github-workflows", ".github/workflows/*.yml"),
    ("github-issue-forms", ".github/ISSUE_TEMPLATE/[0-9]*.yml"),
    ("github-issue-config", ".github/ISSUE_TEMPLATE/config.yml"),
    ("citation-file-format", "CITATION.cff"),
]


def fits(schema, *files):
    """By the schemas that the checker carries inside: nothing is loaded."""
    return run("check_jsonschema", "--builtin-schema", schema, *map(str, files))


@pytest.mark.parametrize(("schema", "files"), FORMS, ids=[files for _, files in FORMS])
def test_files_that_only_github_reads_have_its_form(schema, files):
    done = fits(f"vendor.{schema}", *root().glob(files))
    assert done.returncode == 0, done.stdout


def test_no_job_runs_for_hours():
    done = fits("custom.github-workflows-require-timeout", *(root() / ".github/workflows").glob("*.yml"))
    assert done.returncode == 0, done.stdout


def test_a_slip_in_a_workflow_is_found(tmp_path):
    slip = tmp_path / "slip.yml"
    slip.write_text("on: push\njobs: {test: {runs-on: ubuntu-24.04, step: [{run: make test}]}}\n")
    assert "step" in fits("vendor.github-workflows", slip).stdout
    assert fits("custom.github-workflows-require-timeout", slip).returncode == 1
