"""The maintainers' tools do what they say, without the network."""

import shutil
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from claimbook.content import root


@pytest.fixture
def check_links(monkeypatch):
    monkeypatch.syspath_prepend(str(root() / "tools"))
    import check_links

    return check_links


@pytest.fixture
def host():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response({"/here": 200, "/closed": 403}.get(self.path, 404))
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    "path", [*root().glob("benchmarks/*.py"), *root().glob("tools/*.py")], ids=lambda path: path.name
)
def test_script_finds_all_that_it_imports(path):
    """Nothing else runs these in the tests; a name that has moved would be noticed by whoever measures next."""
    load = (
        f"import sys, runpy; sys.path.insert(0, {str(path.parent)!r}); runpy.run_path({str(path)!r}, run_name='loaded')"
    )
    done = subprocess.run([sys.executable, "-c", load], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_link_check_tells_the_living_from_the_dead(check_links, host):
    assert check_links.ask(f"{host}/here") == "ok"
    assert check_links.ask(f"{host}/closed").startswith("ok")
    assert check_links.ask(f"{host}/gone") == "404"
    assert check_links.ask("http://127.0.0.1:9/").startswith("no answer")


def test_link_check_reports_and_never_fails_the_build(check_links, host, tmp_path, monkeypatch, capsys):
    (tmp_path / "sources.csv").write_text(f"source,url\nalive,{host}/here\ndead,{host}/gone\nbook,\n")
    monkeypatch.setattr(check_links, "REGISTRY", tmp_path / "sources.csv")
    monkeypatch.setattr(sys, "argv", ["check_links.py"])
    assert check_links.main() == 0
    printed = capsys.readouterr().out
    assert "dead" in printed and "404" in printed and "1 of 2 addresses answer" in printed


def test_unpinning_lifts_upper_bounds_but_those_that_are_kept_for_a_reason(monkeypatch):
    monkeypatch.syspath_prepend(str(root() / "tools"))
    from unpin import KEPT, lifted

    toml = (root() / "pyproject.toml").read_text(encoding="utf-8")
    free = tomllib.loads(lifted(toml))["project"]
    lines = free["dependencies"] + [line for lines in free["optional-dependencies"].values() for line in lines]
    assert "pandas>=3.0" in lines
    assert {line.split(">=")[0] for line in lines if "<" in line} == set(KEPT)


def test_the_weekly_run_empties_the_lock_that_make_reads(tmp_path):
    (tmp_path / "tools").mkdir()
    for name in ("tools/unpin.py", "requirements.txt", "pyproject.toml"):
        shutil.copy(root() / name, tmp_path / name)
    subprocess.run([sys.executable, tmp_path / "tools/unpin.py"], check=True)
    assert (tmp_path / "requirements.txt").read_text() == ""
    assert (tmp_path / "pyproject.toml").read_text() == (root() / "pyproject.toml").read_text()
