"""Every notebook runs, and shows what it showed when its outputs were reviewed and committed."""

import nbformat
import pytest
from pytest_notebook.nb_regression import NBRegressionFixture

from claimbook import notebooks
from claimbook.content import ContentError, root

NOTEBOOKS = sorted(
    path for folder in ("chapters", "exercises", "exercises/solutions") for path in (root() / folder).glob("*.ipynb")
)


def compare(path):
    """Run a notebook and compare its outputs with those in the file (pytest-notebook)."""
    fixture = NBRegressionFixture(
        exec_timeout=120,
        exec_cwd=str(path.parent),
        diff_color_words=False,
        # What the kernel says of itself; everything that a reader sees is compared.
        diff_ignore=(
            "/metadata",
            "/cells/*/execution_count",
            "/cells/*/outputs/*/execution_count",
            "/cells/*/metadata",
        ),
    )
    fixture.check(str(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(root())))
def test_notebook_gives_its_committed_outputs(path):
    compare(path)


def test_a_changed_output_is_noticed(tmp_path):
    cell = nbformat.v4.new_code_cell("1 + 1", outputs=[nbformat.v4.new_output("execute_result", {"text/plain": "3"})])
    path = tmp_path / "wrong.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=notebooks.METADATA), path)
    with pytest.raises(Exception, match=r"mismatch|differ|-.*3"):
        compare(path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(root())))
def test_notebook_is_committed_in_the_one_normal_form(path):
    notebook = notebooks.read(path)
    normal = notebooks.normalise(notebooks.read(path))
    assert notebook == normal, f"Run `claimbook golden {path}`."
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error"
            assert "image/png" not in output.get("data", {})
            assert "widget" not in str(list(output.get("data", {}))), "goldens hold no widget: run `claimbook golden`"


def test_an_unreadable_notebook_is_named(tmp_path):
    (tmp_path / "x.ipynb").write_text("not json")
    with pytest.raises(ContentError, match=r"x\.ipynb is not a readable notebook"):
        notebooks.read(tmp_path / "x.ipynb")


def test_a_warning_in_a_cell_is_no_golden_output():
    output = nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: soon")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x", outputs=[output])])
    with pytest.raises(ContentError, match="standard error"):
        notebooks.normalise(notebook)
