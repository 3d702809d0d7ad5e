"""Prove in a browser that an exercise opens in JupyterLite and that `check` works there.

    .venv/bin/python tools/check_lite.py           as on the public site: Pyodide and pandas from the network
    .venv/bin/python tools/check_lite.py --local   Pyodide's core from npm, put into the site; without pandas

With the network, every exercise's solution must be judged correct in the browser. `--local` needs npm and a Python
package index, nothing else: it makes a small Pyodide distribution of the core and of those packages that the
index has for it. numpy and pandas are not among them, so it asks for what needs no table: the kernel's start,
the course's wheel, sentences, hints, verdicts on texts and on what is not attempted; and that nothing is
loaded from another host. It is no part of `make test` since it loads 20 MB; it runs on a schedule.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from claimbook import lite
from claimbook.content import root
from claimbook.server import Server

sys.path.insert(0, str(root() / "tools"))
import setup as tool

LIMIT = 240_000  # ms: the first start of Python in a browser, on a slow network
TAG = "pyemscripten_2026_0_wasm32"
# What the kernel starts with, and what the course needs, apart from pandas.
KERNEL = ("micropip", "ipython", "jedi")
NO_TABLE = [
    "import sys, claimbook\nfrom claimbook import check, hint, sentence\nprint(sys.platform, claimbook.__version__)",
    'sentence("P8S2")',
    'check("T8.1", ...)',
    "{free} = 'One text of six words here'\ncheck('{task}', {free})",
    'hint("T8.1")',
    'from claimbook.tables import names\nprint(len(names()), "tables")',
]


def small_pyodide(folder: Path) -> Path:
    """Pyodide's core from npm, with the kernel's packages and pydantic and PyYAML; its lock says what is in it."""
    from jupyterlite_pyodide_kernel.constants import PYODIDE_VERSION

    subprocess.run(["npm", "pack", "--silent", f"pyodide@{PYODIDE_VERSION}"], cwd=folder, check=True)
    shutil.unpack_archive(next(folder.glob("pyodide-*.tgz")), folder, filter="data")
    core = folder / "package"
    lock = json.loads((core / "pyodide-lock.json").read_text())
    packages = lock["packages"]
    needed, queue = set(), [*KERNEL, "typing-extensions", "annotated-types", "typing-inspection"]
    while queue:
        name = queue.pop().replace("_", "-")
        if name not in needed:
            needed.add(name)
            queue += packages[name]["depends"]
    # The index serves these in other builds than the lock names, so the lock is told which.
    pip("download", "--no-deps", "--only-binary=:all:", f"--platform={TAG}", "--python-version=3.14", "--abi=cp314",
        "--implementation=cp", "-d", core, *(f"{name}=={packages[name]['version']}" for name in needed - {"typing-extensions", "typing-inspection"}),
        "typing-extensions", "typing-inspection")  # fmt: skip
    # pydantic's core is compiled. The index has it for this Pyodide in newer versions than the lock names.
    pip("download", "--no-deps", "--only-binary=:all:", f"--platform={TAG}", "--python-version=3.14", "--abi=cp314",
        "--implementation=cp", "-d", core, "pydantic>=2.14")  # fmt: skip
    wheel = next(core.glob("pydantic-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        exact = re.search(r"pydantic-core==([\w.]+)", archive.read(metadata).decode())[1]
    pip("download", "--no-deps", "--only-binary=:all:", f"--platform={TAG}", "--python-version=3.14", "--abi=cp314",
        "--implementation=cp", "-d", core, f"pydantic-core=={exact}")  # fmt: skip
    pure_yaml(folder, core)
    for wheel in core.glob("*.whl"):
        name = wheel.name.split("-")[0].replace("_", "-").lower()
        packages[name].update(
            version=wheel.name.split("-")[1],
            file_name=wheel.name,
            sha256=hashlib.sha256(wheel.read_bytes()).hexdigest(),
        )
    (core / "pyodide-lock.json").write_text(json.dumps(lock))
    return core


def pure_yaml(folder: Path, core: Path) -> None:
    """PyYAML without its C part: the same verdicts, read more slowly."""
    import yaml

    version = yaml.__version__
    entries = {f"yaml/{path.name}": path.read_bytes() for path in Path(yaml.__file__).parent.glob("*.py")}
    info = f"pyyaml-{version}.dist-info"
    entries[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: PyYAML\nVersion: {version}\n".encode()
    entries[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: claimbook\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    entries[f"{info}/RECORD"] = "".join(f"{name},,\n" for name in [*entries, f"{info}/RECORD"]).encode()
    with zipfile.ZipFile(core / f"pyyaml-{version}-py3-none-any.whl", "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)


def pip(*words):
    subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", *map(str, words)], check=True
    )


def notebook_without_tables(path: Path) -> None:
    from claimbook.tasks import load_exercise

    task = next(task for task in load_exercise("08").tasks if task.kind == "free")
    cells = [source.replace("{free}", task.variable).replace("{task}", task.id) for source in NO_TABLE]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    notebook.metadata["kernelspec"] = {"display_name": "Python (Pyodide)", "language": "python", "name": "python"}
    nbformat.write(notebook, path)


def run_all(page, address, name):
    """Open a notebook, run all its cells; returns the texts of its outputs and the seconds to the first and last."""
    began = time.perf_counter()
    page.goto(f"{address}notebooks/index.html?path={name}")
    page.locator(".jp-Cell .cm-content").first.wait_for(timeout=LIMIT)
    shown = time.perf_counter() - began
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_function(
        """() => { const cells = [...document.querySelectorAll('.jp-CodeCell')];
          return cells.length && cells.every(c => /\\[\\d+\\]/.test(c.querySelector('.jp-InputPrompt').textContent)); }""",
        timeout=LIMIT,
    )
    return page.locator(".jp-Cell .jp-OutputArea-output").all_inner_texts(), shown, time.perf_counter() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--local", action="store_true", help="Pyodide's core inside the site; no pandas")
    parser.add_argument("--picture", type=Path, help="write a picture of the notebook after its checks")
    options = parser.parse_args()
    failures = []

    def expect(holds, what, more=""):
        print(f"  {'ok  ' if holds else 'FAIL'} {what}", flush=True)
        if not holds:
            failures.append(what)
            print(f"       {more}"[:3000])

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.local:
            notebook_without_tables(folder / "no-table.ipynb")
            site, told = lite.build(small_pyodide(folder), [folder / "no-table.ipynb"])
        else:
            site, told = lite.build(None, sorted((root() / "exercises/solutions").glob("*.ipynb")))
        print(f"site: {sum(p.stat().st_size for p in site.rglob('*') if p.is_file()) / 1e6:.1f} MB, told: {told}")
        with Server(site) as server, sync_playwright() as playwright:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            browser = playwright.chromium.launch(
                executable_path=tool.find_browser(),
                args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
            )
            for path in sorted((site / "files").glob("*.ipynb")):
                print(path.name, flush=True)
                context = browser.new_context(viewport={"width": 1280, "height": 1400}, service_workers="allow")
                page = context.new_page()
                page.set_default_timeout(LIMIT)
                foreign, size = [], []
                context.on(
                    "request",
                    lambda r, f=foreign: (
                        f.append(r.url) if not r.url.startswith((server.address, "data:", "blob:")) else None
                    ),
                )
                context.on(
                    "response",
                    lambda r, s=size: s.append(
                        0 if r.from_service_worker else int(r.headers.get("content-length") or 0)
                    ),
                )
                try:
                    texts, shown, done = run_all(page, server.address, path.name)
                except Exception as error:
                    expect(False, "all cells run", f"{error}\n{page.locator('body').inner_text()}")
                    continue
                finally:
                    if options.picture:
                        page.screenshot(path=options.picture)
                print(
                    f"       shown after {shown:.1f} s, all cells after {done:.1f} s; {sum(size) / 1e6:.1f} MB in {len(size)} answers"
                )
                everything = "\n".join(texts)
                expect("Traceback" not in everything and "Error" not in everything, "no cell fails", everything)
                if options.local:
                    expect(
                        "emscripten 20" in everything,
                        "the course's package is there without a cell that installs it",
                        everything,
                    )
                    expect(
                        "forcible transportation" in everything or "P8S2" in everything,
                        "a sentence shows itself",
                        everything,
                    )
                    expect("not attempted" in everything, "check says what is not attempted", everything)
                    expect("recorded" in everything, "check takes a text", everything)
                    expect("Hint 1 of" in everything, "hint gives a hint", everything)
                    expect("tables" in everything, "the data came with the wheel", everything)
                    expect(foreign == [], "nothing is loaded from another host", foreign)
                else:
                    verdicts = re.findall(r"T\d+\.\d+: (correct|close|wrong|not attempted|recorded)", everything)
                    expect(
                        verdicts and set(verdicts) <= {"correct", "recorded"},
                        f"the solution is judged correct ({len(verdicts)} tasks)",
                        everything,
                    )
                    hosts = {url.split("/")[2] for url in foreign}
                    expect(hosts <= {lite.CDN}, f"nothing is loaded from a host but {lite.CDN}", hosts)
                context.close()
            browser.close()
            server.shutdown()
    print(f"{len(failures)} failed" if failures else "All passed.")
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
