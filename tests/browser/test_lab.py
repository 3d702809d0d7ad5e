"""The quiz as a widget in a real JupyterLab: shown, answered by keyboard alone, known to Python, all from this machine."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from axe_playwright_python.sync_playwright import Axe

from claimbook.display import GOLDEN

from ..test_questions import key
from .test_pages import serious
from .test_quiz import ITEMS, tab_to, type_answer

pytestmark = pytest.mark.xdist_group("lab")
LIMIT = 120_000  # ms: a cold JupyterLab on a busy machine of two cores
CELLS = [
    'from claimbook import quiz\n\nq = quiz("08")\nq',
    "import ipywidgets\n\n"
    'print("answers", q.score, {key: verdict.status for key, verdict in q.results().items()}, q.answers)\n'
    'print("widget", isinstance(q.widget, ipywidgets.DOMWidget))',
]
# The notebook's kernel is there, connected and idle: what is run before that is lost without a word.
READY = """() => {
  const session = globalThis.jupyterapp?.shell?.currentWidget?.context?.sessionContext;
  const kernel = session?.isReady && session.session?.kernel;
  return kernel && kernel.connectionStatus === "connected" && kernel.status === "idle";
}"""
SETTINGS = {  # no news, no look for updates; all cells stay in the page
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/notebook-extension:tracker": {"windowingMode": "none"},
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address of a JupyterLab on the loopback address, with settings of its own, serving one notebook."""
    home = tmp_path_factory.mktemp("lab")
    (home / "work").mkdir()
    cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), home / "work/quiz.ipynb")
    (home / "config/labconfig").mkdir(parents=True)
    (home / "config/labconfig/default_setting_overrides.json").write_text(json.dumps(SETTINGS))
    places = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data", "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }  # fmt: skip
    environment = {**os.environ, **{name: str(home / place) for name, place in places.items()}}
    environment.pop(GOLDEN, None)  # in golden mode a quiz is no widget
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--ServerApp.root_dir={home / 'work'}", "--IdentityProvider.token=", "--LabApp.news_url=",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly",
        "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    log = home / "log.txt"
    with log.open("w") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment, cwd=home / "work")
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(address + "api/status", server, log)
        yield address
    finally:
        server.terminate()  # JupyterLab then ends its kernels
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(url, server, log):
    deadline = time.monotonic() + LIMIT / 1000
    while time.monotonic() < deadline:
        assert server.poll() is None, f"JupyterLab ended: {log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                assert reply.status == 200
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def page(chromium, lab):
    """The notebook, opened and its first cell run, so that the quiz is there."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(LIMIT)
    page = context.new_page()
    page.foreign, page.errors = [], []
    page.on("request", lambda r: page.foreign.append(r.url) if not r.url.startswith((lab, "data:", "blob:")) else None)
    page.on("websocket", lambda s: page.foreign.append(s.url) if lab.split(":", 1)[1] not in s.url else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.goto(lab + "doc/tree/quiz.ipynb")
    page.wait_for_function(READY)
    run(page, 0)
    page.wait_for_selector(".cbq-item")
    yield page
    context.close()


def run(page, number):
    """Run a cell from its editor; it stays selected."""
    page.locator(".jp-Cell").nth(number).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    page.locator(".jp-Cell").nth(number).locator(".jp-InputPrompt", has_text=f"[{number + 1}]:").wait_for()


def focused(page):
    """Item that holds the focus, kind of control, number of cells, and whether a cell is being edited."""
    return page.evaluate(
        "() => [document.activeElement.closest('[data-item]')?.dataset.item, document.activeElement.type,"
        " document.querySelectorAll('.jp-Cell').length, !!document.querySelector('.jp-Notebook.jp-mod-editMode')]"
    )


def test_the_whole_quiz_is_answered_by_keyboard_alone_and_python_knows(page):
    for item in ITEMS:  # Tab leads from the cell into the quiz
        type_answer(page, item, key(item))
        assert focused(page)[0] == item.id
        tab_to(page, ".cbq-check")
        page.keyboard.press("Enter")
        page.locator(f'[data-item="{item.id}"]').get_by_text("Correct.").wait_for()
        assert focused(page) == [item.id, "submit", len(CELLS), False]
    run(page, 1)
    output = page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output")
    output.get_by_text("widget").wait_for()
    answers, widget = output.inner_text().strip().splitlines()
    verdicts = {item.id: "correct" for item in ITEMS}
    assert answers == f"answers {(len(ITEMS), len(ITEMS))} {verdicts} { ({item.id: key(item) for item in ITEMS}) }"
    assert widget == "widget True"


def test_arrows_letters_and_enter_stay_in_the_quiz(page):
    single, multiple, number = (
        next(item for item in ITEMS if item.kind == kind) for kind in ("single", "multiple", "number")
    )
    page.locator(f'[data-item="{single.id}"] input').first.focus()
    for press in ("Space", "ArrowDown", "ArrowDown", "ArrowUp", "Enter"):
        page.keyboard.press(press)
        assert focused(page) == [single.id, "radio", len(CELLS), False]
    page.locator(f'[data-item="{multiple.id}"] input').first.focus()
    for letter in "abxzcvym1":  # each is a command of the notebook: insert, cut, paste, change a cell
        page.keyboard.press(letter)
        assert focused(page) == [multiple.id, "checkbox", len(CELLS), False]
    page.locator(f'[data-item="{number.id}"] input').focus()
    page.keyboard.press("Enter")
    assert focused(page) == [number.id, "text", len(CELLS), False]


def test_the_notebook_would_take_the_keys_otherwise(page):
    box = page.locator(".cbq-options input[type=checkbox]").first
    box.evaluate("box => box.removeAttribute('data-lm-suppress-shortcuts')")
    box.focus()
    page.keyboard.press("b")
    page.wait_for_function(f"document.querySelectorAll('.jp-Cell').length === {len(CELLS) + 1}")


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_quiz_is_accessible_in_both_themes(page, theme):
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', { theme })", theme)
    page.wait_for_function("theme => document.body.dataset.jpThemeName === theme", arg=theme)
    assert serious(Axe().run(page, context=".cbq")) == []


def test_all_came_from_this_machine(page):
    assert page.foreign == []
    assert [error for error in page.errors if "cbq" in error or "quiz" in error] == []
