"""Python in the browser: JupyterLite with the exercises, the course's wheel and its data, beside the book.

`claimbook build --lite` puts it into `_build/html/lite`. JupyterLite (its own command does the work) and
the course come from the book's host. Python itself, Pyodide, comes from the content delivery network that
Pyodide's makers use, or with `--pyodide` from a copy in the book.

The course is loaded when the kernel starts, so a notebook needs no cell that installs anything: what is
done in the browser is handed in as it is.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from claimbook import __version__
from claimbook.content import ContentError, root
from claimbook.dist import wheel as build_wheel

CDN = "cdn.jsdelivr.net"  # where the Pyodide kernel loads Pyodide from, if it is given none
# Compiled for the browser by Pyodide's makers, with what each depends on.
COMPILED = ("pandas", "pydantic", "pyyaml")
# Pure Python, and not among Pyodide's packages: they travel with the book. comm is what the kernel needs.
PURE = ("comm", "markdown-it-py", "mdurl", "ipywidgets", "anywidget", "psygnal")
CORE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
EXTENSIONS = ("@jupyterlite/pyodide-kernel-extension", "@jupyter-widgets/jupyterlab-manager", "anywidget")
WHEELS_FROM_WORKER = "../../../../pypi"  # the kernel's worker is a script in extensions/@jupyterlite/.../static
NEEDED = "Install what it needs: pip install -c requirements.txt -e '.[lite]'"


def build(pyodide: Path | None = None, notebooks: list[Path] | None = None) -> tuple[Path, dict]:
    """Build the JupyterLite site, or take the stored one if nothing that goes into it has changed.

    Args:
        pyodide: folder or tarball of a Pyodide distribution to put into the site; None for the network's.
        notebooks: what the site offers; all starters by default.

    Returns:
        Folder of the site, and what the book's pages tell of it: `{"host": "cdn.jsdelivr.net"}`, or
        `{"megabytes": 31}` if Python is inside: what a first start loads.

    Raises:
        ContentError: JupyterLite is not installed, the Pyodide copy is not usable, or a step failed.
    """
    notebooks = notebooks or sorted((root() / "exercises").glob("*.ipynb"))
    work = root() / "_build/lite"
    site, stamp = work / "site", work / "stamp.json"
    key = _fingerprint(notebooks, pyodide)
    if stamp.is_file() and (stored := json.loads(stamp.read_text(encoding="utf-8")))["key"] == key:
        return site, stored["told"]
    began = time.perf_counter()
    print("Building Python in the browser ...", flush=True)
    shutil.rmtree(site, ignore_errors=True)
    stamp.unlink(missing_ok=True)
    source = work / "source"
    shutil.rmtree(source, ignore_errors=True)
    (source / "files").mkdir(parents=True)
    for notebook in notebooks:
        (source / "files" / notebook.name).write_text(offered(notebook.read_text(encoding="utf-8")), encoding="utf-8")
    wheels = _wheels(work)
    local = _pyodide_folder(pyodide, work) if pyodide else None
    packages: list[str] = list(COMPILED)
    present: list[Path] = []
    if local:
        (source / "static").mkdir()
        (source / "static/pyodide").symlink_to(local)  # where JupyterLite looks for one
        present, lacking = _packages_in(local)
        packages = [name for name in COMPILED if name not in lacking]
        if lacking:
            print(f"Note: this Pyodide has no {', '.join(sorted(lacking))}: cells that need it will fail.")
    _configure(source, packages, wheels)
    command = [
        sys.executable, "-m", "jupyterlite_core.app", "build", "--lite-dir", source, "--output-dir", site,
        "--contents", source / "files", "--apps", "notebooks",
        *(part for wheel in wheels for part in ("--piplite-wheels", wheel)),
    ]  # fmt: skip
    done = subprocess.run(command, cwd=source, capture_output=True, text=True)
    if done.returncode or not (site / "notebooks/index.html").is_file():
        raise ContentError(f"JupyterLite was not built:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}\n{NEEDED}")
    told = {"megabytes": _megabytes([*present, *wheels])} if local else {"host": CDN}
    stamp.write_text(json.dumps({"key": key, "told": told}), encoding="utf-8")
    print(f"Built in {time.perf_counter() - began:.1f} s: {site.relative_to(root())}")
    return site, told


def offered(notebook: str) -> str:
    """A starter as the site holds it, both as the text of a file.

    JupyterLite shows a text that a file holds as a list of lines with commas between them, so each is one
    string here. And the book's chapters are not among its files: a link to one would lead nowhere.
    """
    import nbformat

    whole = nbformat.reads(notebook, as_version=4)
    for cell in whole.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\[([^\]]+)\]\(\.\./chapters/[^)]+\)", r"\1", cell.source)
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _fingerprint(notebooks: list[Path], pyodide: Path | None) -> str:
    """Changes when anything changes that goes into the site: notebooks, wheel, versions, the Pyodide copy."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        parts = [version("jupyterlite-core"), version("jupyterlite-pyodide-kernel")]
    except PackageNotFoundError as error:
        raise ContentError(f"Python in the browser needs {error}, which is not installed. {NEEDED}") from None
    folders = [root() / name for name in ("src/claimbook", "data", "chapters", "exercises")]
    paths = [path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts]
    paths += [*notebooks, root() / "pyproject.toml", root() / "requirements.txt"]
    digest = hashlib.sha256(repr((parts, str(pyodide))).encode())
    for path in sorted(path for path in paths if path.is_file() and path.name != "references.bib"):
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    for path in sorted(pyodide.rglob("*") if pyodide and pyodide.is_dir() else filter(None, [pyodide])):
        if not path.exists():
            raise ContentError(f"There is no Pyodide at {path}. Give the folder or tarball of a Pyodide distribution.")
        digest.update(f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def _pip(*words: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *words], capture_output=True, text=True
    )
    if done.returncode:
        raise ContentError(f"A package for the browser could not be got:\n{done.stderr.strip()[-1500:]}")


def _wheels(work: Path) -> list[Path]:
    """The course's wheel, built from the tree, and the pure packages in the versions of requirements.txt."""
    lock = (root() / "requirements.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower(): line.strip() for line in lock.splitlines() if "==" in line}
    if missing := [name for name in PURE if name.lower() not in pinned]:
        raise ContentError(f"requirements.txt names no version of {', '.join(missing)}. Renew it; its head says how.")
    wanted = [pinned[name.lower()] for name in PURE]
    pure = work / "pure"
    held = pure / "packages.txt"
    if not (held.is_file() and held.read_text(encoding="utf-8") == "\n".join(wanted)):
        shutil.rmtree(pure, ignore_errors=True)
        _pip(
            "download", "--quiet", "--no-deps", "--only-binary=:all:", "--platform=any", "--implementation=py",
            "--abi=none", "-d", pure, *wanted,
        )  # fmt: skip
        held.write_text("\n".join(wanted), encoding="utf-8")
    course = work / "course"
    shutil.rmtree(course, ignore_errors=True)
    course.mkdir()
    build_wheel(course)
    return sorted([*pure.glob("*.whl"), *course.glob("*.whl")])


def _pyodide_folder(pyodide: Path, work: Path) -> Path:
    """The folder of a Pyodide distribution, unpacked if it came as a tarball."""
    if pyodide.is_file():
        unpacked = work / "pyodide"
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            shutil.unpack_archive(pyodide, unpacked, filter="data")
        except (shutil.ReadError, OSError) as error:
            raise ContentError(f"{pyodide} is no tarball that can be unpacked ({error}).") from None
        found = list(unpacked.rglob("pyodide.mjs"))
        pyodide = found[0].parent if found else unpacked
    if missing := [name for name in CORE if not (pyodide / name).is_file()]:
        raise ContentError(
            f"{pyodide} is no Pyodide distribution: it has no {', '.join(missing)}. Give the folder or the tarball of a "
            "Pyodide release, as its makers publish it."
        )
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    version = (
        json.loads((pyodide / "package.json").read_text())["version"] if (pyodide / "package.json").is_file() else None
    )
    if version and version != PYODIDE_VERSION:
        raise ContentError(f"{pyodide} is Pyodide {version}, and the installed kernel works with {PYODIDE_VERSION}.")
    return pyodide.resolve()


def _packages_in(pyodide: Path) -> tuple[list[Path], set[str]]:
    """Files that a start loads from a Pyodide folder, and which of COMPILED can't be had from it."""
    locked = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    files, lacking = {pyodide / name for name in CORE}, set()
    for name in (*COMPILED, "micropip", "ipython", "jedi"):  # the last three: what the kernel starts with
        needed, queue = set(), [name]
        while queue:
            package = locked.get(queue.pop().replace("_", "-").lower())
            file = pyodide / package["file_name"] if package else None
            if file is None or not file.is_file():
                lacking.add(name)
                break
            if file not in needed:
                needed.add(file)
                queue += package["depends"]
        else:
            files |= needed
    if kernel := lacking - set(COMPILED):
        raise ContentError(
            f"{pyodide} has not the packages that the kernel starts with ({', '.join(sorted(kernel))}). "
            "A full Pyodide distribution has them; the core alone has not."
        )
    return sorted(files), lacking


def _megabytes(files: list[Path]) -> int:
    return round(sum(path.stat().st_size for path in files) / 1e6)


def _configure(source: Path, packages: list[str], wheels: list[Path]) -> None:
    """Write JupyterLite's settings: what is built, and what the kernel loads when it starts."""
    extensions = Path(sys.prefix) / "share/jupyter/labextensions"
    build = {
        "LiteBuildConfig": {
            # Only the extensions that a notebook here uses, whatever else this environment has.
            "ignore_sys_prefix": ["federated_extensions"],
            "federated_extensions": [str(extensions / name) for name in EXTENSIONS],
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
        }
    }
    start = [*packages, *(f"{WHEELS_FROM_WORKER}/{wheel.name}" for wheel in wheels if wheel.name[:5] != "comm-")]
    kernel = {"disablePyPIFallback": True, "loadPyodideOptions": {"packages": start}}
    site = {
        "jupyter-lite-schema-version": 0,
        "jupyter-config-data": {
            "appName": "Exercises in the browser",
            "contentsStorageName": f"claimbook {__version__}",
            "litePluginSettings": {"@jupyterlite/pyodide-kernel-extension:kernel": kernel},
        },
    }
    (source / "jupyter_lite_config.json").write_text(json.dumps(build), encoding="utf-8")
    (source / "jupyter-lite.json").write_text(json.dumps(site), encoding="utf-8")
