"""Ways to open an exercise: Python in the browser, and servers that the instructor names."""

import json
import re
import subprocess
import sys
import tomllib
import zipfile

import nbformat
import pytest

from claimbook import cli, launch, lite
from claimbook.content import ContentError, root

SLUG = "08-the-warrant"
COURSE = {
    "repository": "https://github.com/some-school/some-course",
    "branch": "main",
    "jupyterhub": "https://hub.example.org/",
}


def addresses(page):
    return re.findall(r'<a class="cb-way[^"]*" href="([^"]+)"[^>]*>([^<]+)<', page)


# ---------------------------------------------------------------- the buttons


DOWNLOAD = ("../_sources/exercises/08-the-warrant.ipynb", "Download the notebook")


def test_a_book_without_python_in_the_browser_or_a_repository_offers_the_notebook_itself():
    page = launch.ways_to_open(SLUG, launch.SETTINGS, None, "../", "../chapters/handing-in.html")
    assert addresses(page) == [DOWNLOAD]
    assert "Download it, and open it in JupyterLab" in page and "../chapters/handing-in.html" in page


def test_a_course_without_a_page_on_handing_in_gets_no_link_to_it():
    assert "All ways" not in launch.ways_to_open(SLUG, launch.SETTINGS, {"megabytes": 31}, "../")


def test_the_configuration_names_no_repository():
    import yaml

    config = yaml.safe_load((root() / "_config.yml").read_text(encoding="utf-8"))
    assert launch.servers(config["sphinx"]["config"]["claimbook_launch"], SLUG) == {}


def test_the_button_says_which_other_host_is_asked_and_when():
    page = launch.ways_to_open(SLUG, launch.SETTINGS, {"host": lite.CDN}, "../")
    assert addresses(page) == [
        ("../lite/notebooks/index.html?path=08-the-warrant.ipynb", "Run in the browser"),
        DOWNLOAD,
    ]
    assert lite.CDN in page and "the one thing in this book that comes from another host" in page
    assert "before you click" in page and "opens in a new tab" in page


def test_the_button_says_how_much_comes_from_this_site():
    page = launch.ways_to_open(SLUG, launch.SETTINGS, {"megabytes": 31}, "../")
    assert "31 MB, from this site" in page and lite.CDN not in page


def test_a_repository_brings_binder_and_colab_and_a_hub_brings_itself():
    page = launch.ways_to_open(SLUG, COURSE, None, "../")
    assert [(name, address.replace("&amp;", "&")) for address, name in addresses(page)] == [
        (
            "Binder",
            "https://mybinder.org/v2/gh/some-school/some-course/main?urlpath=lab/tree/exercises/08-the-warrant.ipynb",
        ),
        (
            "Colab",
            "https://colab.research.google.com/github/some-school/some-course/blob/main/exercises/08-the-warrant.ipynb",
        ),
        (
            "JupyterHub",
            "https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A//github.com/some-school/some-course&branch=main"
            "&urlpath=lab/tree/some-course/exercises/08-the-warrant.ipynb",
        ),
        DOWNLOAD[::-1],
    ]
    assert "Binder, Colab and JupyterHub run the notebook on a server of others" in page
    assert "%pip install -q &quot;claimbook @ git+https://github.com/some-school/some-course@main&quot;" in page


def test_a_branch_with_a_slash_is_quoted_once():
    found = launch.servers(COURSE | {"branch": "edition/2026"}, SLUG)
    assert "some-course/edition%2F2026?" in found["Binder"]
    assert "branch=edition/2026&" in found["JupyterHub"]


def test_colab_is_not_offered_for_a_repository_that_it_cannot_read():
    found = launch.servers({"repository": "https://git.example.org/some/course.git"}, SLUG)
    assert list(found) == ["Binder"]
    assert found["Binder"].startswith("https://mybinder.org/v2/git/https%3A%2F%2Fgit.example.org%2Fsome%2Fcourse/main")


@pytest.mark.parametrize(
    "settings, words",
    [
        ({"repository": "some-school/some-course"}, "repository is 'some-school/some-course'. Give a whole address"),
        ({"repository": 'https://github.com/a/b" onclick="x'}, "Give a whole address"),
        ({"jupyterhub": "https://hub.example.org"}, "Name it too"),
        ({"repositry": "https://github.com/a/b"}, "unknown ['repositry']"),
    ],
)
def test_a_setting_that_leads_nowhere_stops_the_build(settings, words):
    with pytest.raises(ContentError, match=re.escape(words)):
        launch.servers(settings, SLUG)


def test_binder_installs_the_course_with_a_python_that_it_allows():
    folder = root() / ".binder"
    lines = [line for line in (folder / "requirements.txt").read_text().splitlines() if not line.startswith("#")]
    assert lines == ["."], "Binder installs the clone it is in, and thereby what pyproject.toml lists"
    project = tomllib.loads((root() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = (folder / "runtime.txt").read_text().strip().removeprefix("python-")
    assert project["requires-python"] == f">={python}"


def test_what_binder_installs_is_this_package():
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps", "--no-build-isolation", "--ignore-installed",
         "--report", "-", "-r", ".binder/requirements.txt"], capture_output=True, text=True, cwd=root(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [found["metadata"]["name"] for found in json.loads(done.stdout)["install"]] == ["claimbook"]


# ---------------------------------------------------------------- the site


@pytest.fixture(scope="module")
def site():
    return lite.build()[0]


@pytest.mark.xdist_group("build")
def test_the_site_offers_the_starters_and_no_solution(site):
    files = {path.relative_to(site / "files").as_posix() for path in (site / "files").rglob("*") if path.is_file()}
    assert files == {path.name for path in (root() / "exercises").glob("*.ipynb")}
    for path in (site / "files").glob("*.ipynb"):
        original, copy = (nbformat.read(one, as_version=4) for one in (root() / "exercises" / path.name, path))
        for cell, ours in zip(original.cells, copy.cells, strict=True):
            assert {**cell, "source": ""} == {**ours, "source": ""}
            assert cell.source == ours.source or (cell.cell_type == "markdown" and "../chapters/" in cell.source)
    with zipfile.ZipFile(next((site / "pypi").glob("claimbook-*.whl"))) as wheel:
        names = wheel.namelist()
    assert not [name for name in names if "/solutions/" in name]
    assert "claimbook/content/data/datapackage.json" in names


def test_texts_of_a_notebook_in_the_browser_are_whole_and_lead_to_no_missing_page():
    starter = (root() / f"exercises/{SLUG}.ipynb").read_text(encoding="utf-8")
    cells = json.loads(lite.offered(starter))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    texts = [text for output in outputs for text in (*output.get("data", {}).values(), output.get("text", ""))]
    texts = [text for text in texts if not isinstance(text, dict)] + [cell["source"] for cell in cells]
    assert "../chapters/" in starter and len(texts) > 50
    assert all(isinstance(text, str) for text in texts), "JupyterLite puts commas between the lines of a list"
    assert not [text for text in texts if "../chapters/" in text]


@pytest.mark.xdist_group("build")
def test_the_kernel_starts_with_the_course_and_asks_no_other_host_for_packages(site):
    config = json.loads((site / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    kernel = config["litePluginSettings"]["@jupyterlite/pyodide-kernel-extension:kernel"]
    assert kernel["disablePyPIFallback"] is True
    worker = next(site.glob("extensions/@jupyterlite/pyodide-kernel-extension/static/comlink.worker.*.js"))
    packages = kernel["loadPyodideOptions"]["packages"]
    assert {name for name in packages if "/" not in name} == set(lite.COMPILED)
    wheels = [(worker.parent / name).resolve() for name in packages if "/" in name]
    assert all(wheel.is_file() for wheel in wheels), "addresses of wheels are seen from the kernel's worker"
    assert "claimbook" in {wheel.name.split("-")[0] for wheel in wheels}


def test_what_the_course_needs_is_in_the_browser_too():
    project = tomllib.loads((root() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.match(r"[\w-]+", line)[0].lower() for line in project["dependencies"]}
    assert needed <= {*lite.COMPILED, *lite.PURE}


@pytest.mark.xdist_group("build")
def test_an_unchanged_site_is_not_built_again(site, monkeypatch):
    monkeypatch.setattr(lite, "_wheels", lambda work: pytest.fail("built again"))
    assert lite.build() == (site, {"host": lite.CDN})


# ---------------------------------------------------------------- a Pyodide that is no Pyodide


@pytest.fixture
def pyodide(tmp_path):
    """A folder that looks like a Pyodide distribution: files of three bytes, and a lock that names them."""
    depends = {"pandas": ["numpy"], "numpy": [], "pydantic": ["pydantic_core"], "pydantic-core": []}
    depends |= {name: [] for name in ("pyyaml", "micropip", "ipython", "jedi")}
    packages = {name: {"depends": more, "file_name": f"{name}.whl"} for name, more in depends.items()}
    for name in (*lite.CORE, *(package["file_name"] for package in packages.values())):
        (tmp_path / name).write_bytes(b"abc")
    (tmp_path / "pyodide-lock.json").write_text(json.dumps({"packages": packages}))
    return tmp_path


def test_a_whole_pyodide_lacks_nothing(pyodide, tmp_path):
    assert lite._pyodide_folder(pyodide, tmp_path) == pyodide
    files, lacking = lite._packages_in(pyodide)
    assert lacking == set() and {"numpy.whl", "pydantic-core.whl"} <= {file.name for file in files}


def test_a_pyodide_without_pandas_is_known(pyodide):
    (pyodide / "numpy.whl").unlink()
    assert lite._packages_in(pyodide)[1] == {"pandas"}


def test_a_pyodide_that_cannot_start_the_kernel_is_refused(pyodide):
    (pyodide / "ipython.whl").unlink()
    with pytest.raises(ContentError, match=r"starts with \(ipython\)"):
        lite._packages_in(pyodide)


def test_a_folder_that_is_no_pyodide_is_refused(tmp_path):
    with pytest.raises(ContentError, match=r"no Pyodide distribution: it has no pyodide\.mjs"):
        lite._pyodide_folder(tmp_path, tmp_path)


def test_a_pyodide_of_another_version_is_refused(pyodide):
    (pyodide / "package.json").write_text('{"version": "0.27.0"}')
    with pytest.raises(ContentError, match=r"is Pyodide 0\.27\.0, and the installed kernel works with"):
        lite._pyodide_folder(pyodide, pyodide)


def test_a_file_that_is_no_tarball_is_refused(tmp_path):
    (tmp_path / "pyodide.tar.bz2").write_text("no")
    with pytest.raises(ContentError, match="no tarball that can be unpacked"):
        lite._pyodide_folder(tmp_path / "pyodide.tar.bz2", tmp_path / "work")


def test_the_command_says_what_is_wrong_with_a_pyodide(tmp_path, capsys):
    assert cli.main(["build", "--lite", "--pyodide", str(tmp_path / "none")]) == 1
    assert f"There is no Pyodide at {tmp_path / 'none'}" in capsys.readouterr().err
    assert cli.main(["build", "--pyodide", str(tmp_path)]) == 1
    assert "--pyodide goes with --lite" in capsys.readouterr().err
