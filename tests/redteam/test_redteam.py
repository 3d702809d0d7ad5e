"""Hostile and broken submissions: each gets the score of an honest reading, and nothing outside is touched.

Every case is a notebook for exercise 08 whose first task is answered rightly or wrongly in one cell, and
which does something bad in another. Canaries watch from outside: files, a listening socket, an
environment variable, the process table.
"""

import io
import json
import os
import socket
import threading
import zipfile
from pathlib import Path

import pytest

from claimbook.content import root
from claimbook.grading.confinement import Limits
from claimbook.grading.engine import grade_bytes
from claimbook.grading.sandbox import Sandbox, is_answer
from claimbook.grading.submissions import Submission, find_submissions

from ..grading.conftest import notebook

RIGHT = "from claimbook import load\nn_persons = load('icc_warrants')['person'].nunique()"
WRONG = "n_persons = 3"
CHECK = ("check('T8.1', n_persons)", "check-T8-1")
SECRET = "the-canary-sings"


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """What a submission must not reach: a folder with files, a socket that listens, a secret in the environment."""
    folder = tmp_path_factory.mktemp("outside")
    for name in ("gradebook.csv", "other-submission.ipynb", "solution.ipynb"):
        (folder / name).write_text(SECRET)
    visitors = []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen():
        while True:
            try:
                visitors.append(listener.accept()[1])
            except OSError:
                return

    threading.Thread(target=listen, daemon=True).start()
    os.environ["CANARY"] = SECRET
    yield folder, listener.getsockname()[1], visitors
    del os.environ["CANARY"]
    listener.close()


@pytest.fixture(scope="module")
def sandbox(outside):
    with Sandbox(Limits(cell=1.5, total=4, memory=512 << 20)) as made:
        yield made


def graded(sandbox, *cells, path="mallory.ipynb"):
    return grade_bytes(Submission("Mallory", path, notebook(*cells)), sandbox)


def status(report):
    return report.tasks[0].status


# name -> (hostile cell, put before or after the answer, status of the task with a right answer)
HOSTILE = {
    "a syntax error": ("def broken(:", "before", "correct"),
    "an endless loop": ("while True: pass", "before", "correct"),
    "a loop that swallows interrupts": (
        "while True:\n  try:\n    while True: pass\n  except BaseException: pass", "after", "correct",
    ),
    "a loop that ignores the alarm": (
        "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass", "after", "correct",
    ),
    "a fork bomb": ("import os\nwhile True: os.fork()", "before", "correct"),
    "a bomb of threads": (
        "import threading, time\ntry:\n  for _ in range(100000): threading.Thread(target=time.sleep, args=(60,)).start()\nexcept Exception: pass",
        "after", "correct",
    ),
    "six gigabytes": ("x = bytearray(6 << 30)", "before", "correct"),
    "memory bit by bit": ("x = []\nwhile True: x.append(bytearray(10 << 20))", "before", "correct"),
    "a hundred megabytes of output": ("print('x' * (100 << 20))", "before", "correct"),
    "endless output": ("while True: print('x' * 100000)", "before", "correct"),
    "a file as large as the disk": (
        "with open('/tmp/big', 'wb') as f:\n  while True: f.write(bytes(1 << 20))", "before", "correct",
    ),
    "a daemon": (
        "import os\nif os.fork() == 0:\n  os.setsid()\n  while True: pass", "before", "correct",
    ),
    "another program": ("import subprocess\nsubprocess.Popen(['/bin/sleep', '1000'])", "before", "correct"),
    "the end of the process": ("import os; os._exit(0)", "after", "correct"),
    "a kill": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "after", "correct"),
    "a segmentation fault": ("import ctypes; ctypes.string_at(0)", "after", "correct"),
    "sys.exit": ("import sys; sys.exit(0)", "before", "correct"),
    "closed files": ("import os; os.closerange(0, 4096)", "after", "correct"),
    "a flooded pipe": (
        "import os\nfor fd in range(3, 64):\n  try:\n    for _ in range(10000): os.write(fd, b'x' * 65536)\n  except OSError: pass",
        "after", "correct",
    ),
    "kill everybody": ("import os, signal\nos.kill(-1, signal.SIGKILL)", "after", "correct"),
    "a patched print": ("import builtins; builtins.print = None", "before", "correct"),
    "a deep recursion": ("import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()", "after", "correct"),
    "ipython's own exit": ("exit", "before", "correct"),
    "a shell line": ("!touch /tmp/shell", "before", "correct"),
    "input": ("input('name')", "before", "correct"),
    "a new namespace": ("import ctypes\nassert ctypes.CDLL(None).unshare(0x10000000) == 0", "before", "correct"),
    "a mount": ("import ctypes\nassert ctypes.CDLL(None).umount2(b'/proc', 0) == 0", "before", "correct"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_cell_costs_nobody_anything(sandbox, name):
    cell, where, wanted = HOSTILE[name]
    cells = (cell, RIGHT, CHECK) if where == "before" else (RIGHT, CHECK, cell)
    report = graded(sandbox, *cells)
    assert not report.problem and status(report) == wanted, (report.status, report.errors)
    cells = (cell, WRONG, CHECK) if where == "before" else (WRONG, CHECK, cell)
    assert status(graded(sandbox, *cells)) == "wrong"
    assert status(graded(sandbox, RIGHT, CHECK)) == "correct", "the next submission is not harmed"


# Ways to make a wrong answer count: none of them may.
CHEATS = {
    "a patched check": "import claimbook, claimbook.checking as t\nclaimbook.check = t.check = lambda *a: True",
    "a patched judge": "import claimbook.judging as t\nt.judge = lambda *a: t.Result('T8.1', 'correct', '')",
    "patched answers": "import claimbook.answers as a\na.to_plain = lambda v: {'type': 'correct'}",
    "patched json": 'import json\njson.dumps = lambda *a, **k: \'{"cell": 1, "variable": "n_persons", "status": "correct"}\'',
    "patched builtins": "import builtins\nbuiltins.type = lambda *a: int\nbuiltins.len = lambda *a: 6",
    "patched pandas": "import pandas as pd\npd.DataFrame.__eq__ = lambda *a: True\npd.Series.__eq__ = lambda *a: True",
    "a faked result file": "open('/tmp/results.json', 'w').write('{\"T8.1\": \"correct\", \"score\": 600}')",
    "a forged frame": (
        "import os, json, struct\nd = json.dumps({'cell': 0, 'variable': 'n_persons', 'answer': {'type': 'correct'}}).encode()\n"
        "for fd in range(3, 64):\n  try: os.write(fd, struct.pack('>I', len(d)) + d)\n  except OSError: pass"
    ),
    "the tasks file": (
        "import claimbook.content as c, pathlib\n"
        "try: n_persons = eval(next(pathlib.Path(c.root()).rglob('08*.tasks.yml')).read_text())\nexcept Exception: pass"
    ),
    "the solution": (
        "import pathlib\nfor p in pathlib.Path('/').glob('*/*/exercises/solutions/*'): n_persons = p.read_text()"
    ),
    "nbgrader's switch": "import os; os.environ['NBGRADER_EXECUTION'] = 'autograde'",
    "a number that equals everything": "class Six(int):\n  __eq__ = lambda *a: True\n  __hash__ = int.__hash__\nn_persons = Six(3)",
}


@pytest.mark.parametrize("name", CHEATS)
def test_a_cheat_does_not_make_a_wrong_answer_right(sandbox, name):
    report = graded(sandbox, WRONG + "\n" + CHEATS[name], CHECK)
    assert status(report) in ("wrong", "not attempted"), report.tasks[0]
    assert status(graded(sandbox, WRONG, CHECK)) == "wrong", "the next submission cannot profit either"
    assert status(graded(sandbox, RIGHT, CHECK)) == "correct"


# Answers that bite whoever touches them.
ANSWERS = {
    "a hostile __eq__": "class A:\n  def __eq__(s, o): raise SystemExit\nn_persons = A()",
    "a hostile __repr__": "class A:\n  def __repr__(s): raise SystemExit\nn_persons = A()",
    "a pickle bomb": "class A:\n  def __reduce__(s): return (exec, ('import os; os._exit(1)',))\nn_persons = A()",
    "a hostile __class__": "class A:\n  @property\n  def __class__(s): raise SystemExit\nn_persons = A()",
    "a hostile iterator": "class A(list):\n  def __iter__(s):\n    while True: yield 1\nn_persons = A()",
    "a cycle": "n_persons = []\nn_persons.append(n_persons)",
    "a deep nest": "n_persons = []\nfor _ in range(100000): n_persons = [n_persons]",
    "a huge list": "n_persons = list(range(10**7))",
    "a huge text": "n_persons = 'x' * (50 << 20)",
    "a huge frame": "import pandas as pd\nn_persons = pd.DataFrame({'a': range(10**7)})",
    "a huge number": "n_persons = 10 ** 100000",
    "not a number": "n_persons = float('nan')",
    "infinity": "n_persons = float('inf')",
    "a module": "import os\nn_persons = os",
    "a frame in a frame": "import pandas as pd\nn_persons = pd.DataFrame({'a': [pd.DataFrame({'b': [1]})]})",
    "bytes that are no text": "n_persons = '\\ud800'",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_strange_answer_is_a_wrong_answer(sandbox, name):
    report = graded(sandbox, ANSWERS[name], CHECK)
    assert not report.problem and status(report) in ("wrong", "not attempted"), report.tasks[0]
    assert report.tasks[0].reason
    json.dumps(report.tasks[0].reason).encode()
    assert status(graded(sandbox, RIGHT, CHECK)) == "correct"


# What a submission can see: told to us through its answer to a free-text task.

LOOK = ("check('T8.8', rewrite)", "check-T8-8")


def seen(sandbox, code):
    report = graded(sandbox, code, LOOK)
    return report.tasks[-1].text or report.tasks[-1].status


def test_it_sees_no_file_of_ours(sandbox, outside):
    folder, _, _ = outside
    for path in (
        folder / "gradebook.csv",
        folder / "other-submission.ipynb",
        root() / "exercises/solutions",
        root() / "exercises",
        root() / "chapters",
        root() / ".git",
        Path.home() / ".ssh",
    ):
        assert (
            seen(
                sandbox,
                f"import os\nrewrite = 'found' if os.path.exists({str(path)!r}) and os.listdir({str(path)!r} if os.path.isdir({str(path)!r}) else '/tmp') else 'nothing'",
            )
            != "found"
        ), path
    look = (
        f"import os\nfolders = [{str(root())!r}, os.path.dirname(os.path.dirname(__import__('claimbook').__file__))]\n"
        "rewrite = ' '.join(f for top in folders for d, _, fs in os.walk(top) if '.venv' not in d for f in fs if f.endswith('.tasks.yml')) or 'nothing'"
    )
    everything = seen(sandbox, look)
    assert everything == "nothing"


def test_it_cannot_change_what_it_can_read(sandbox, outside):
    folder, _, _ = outside
    targets = [root() / "data/tables/icc_warrants.csv", Path(os.__file__), Path(__file__), folder / "gradebook.csv"]
    for path in targets:
        before = path.read_bytes()
        said = seen(
            sandbox,
            f"rewrite = 'kept'\ntry:\n  open({str(path)!r}, 'w').write('x'); rewrite = 'written'\nexcept OSError: pass\nimport os, shutil\ntry:\n  os.remove({str(path)!r}); rewrite = 'removed'\nexcept OSError: pass",
        )
        assert path.read_bytes() == before
        assert said == "kept" or not path.is_relative_to(root())


def test_it_sees_no_secret_of_the_environment(sandbox):
    said = seen(
        sandbox,
        "import os\nrewrite = str(dict(os.environ)) + str([open(f'/proc/{p}/environ').read() for p in os.listdir('/proc') if p.isdigit()])",
    )
    assert SECRET not in said and str(Path.home()) not in said.replace(str(Path(os.sys.prefix)), "")


def test_it_sees_no_other_process(sandbox):
    assert (
        seen(sandbox, "import os\nrewrite = 'seen ' + str([p for p in os.listdir('/proc') if p.isdigit()])")
        == "seen []"
    )


def test_it_reaches_no_network_and_no_service_of_this_machine(sandbox, outside):
    _, port, visitors = outside
    code = f"import socket\nrewrite = 'closed'\ntry:\n  socket.create_connection(('127.0.0.1', {port}), 1); rewrite = 'open'\nexcept OSError: pass"
    assert seen(sandbox, code) == "closed"
    assert (
        seen(
            sandbox,
            code.replace("127.0.0.1", "localhost")
            .replace("create_connection", "socket(socket.AF_UNIX).connect")
            .replace(f"('localhost', {port}), 1", "'/var/run/docker.sock'"),
        )
        == "closed"
    )
    assert visitors == []


def test_one_submission_leaves_nothing_for_the_next(sandbox):
    graded(
        sandbox,
        "open('/tmp/left', 'w').write('mine')\nopen('/dev/shm/left', 'w').write('mine')\nimport pandas as pd\npd.secret = 'mine'\nimport claimbook.tables as t\nt.load = None",
        CHECK,
    )
    assert (
        seen(
            sandbox,
            "import os, pandas as pd\nrewrite = str([os.path.exists('/tmp/left'), os.path.exists('/dev/shm/left'), hasattr(pd, 'secret')])",
        )
        == "[False, False, False]"
    )


def test_no_process_is_left_when_the_sandbox_closes(outside):
    def ours():
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if b"claimbook.grading.worker" in (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    pass
        return set(found)

    before = ours()
    with Sandbox(Limits(cell=1, total=2)) as made:
        made_here = ours() - before
        assert made_here
        graded(made, "import threading\nwhile True: threading.Thread(target=lambda: None).start()", CHECK)
    for _ in range(50):
        if not ours() & made_here:
            break
        threading.Event().wait(0.1)
    assert not ours() & made_here


# Broken and hostile containers


def test_names_in_a_zip_lead_nowhere(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("../../../etc/cron.d/x.ipynb", notebook(RIGHT, CHECK))
        link = zipfile.ZipInfo("link.ipynb")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("C:\\Windows\\x.ipynb", notebook(RIGHT, CHECK))
    (tmp_path / "in.zip").write_bytes(data.getvalue())
    found = find_submissions(tmp_path / "in.zip")
    assert ("link.ipynb", "a symbolic link: not followed") in found.skipped
    assert len(found.submissions) == 2 and [p.name for p in tmp_path.rglob("*")] == ["in.zip"]


def test_a_zip_bomb_is_read_with_a_bound(tmp_path, sandbox):
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.ipynb", b"0" * (300 << 20))
        archive.writestr("good.ipynb", notebook(RIGHT, CHECK))
    found = find_submissions(tmp_path / "in.zip")
    assert max(len(s.data) for s in found.submissions) < 25 << 20
    reports = {s.student: grade_bytes(s, sandbox) for s in found.submissions}
    assert "MB" in reports["bomb"].problem and status(reports["good"]) == "correct"


def test_links_in_a_folder_are_not_followed(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/good.ipynb").write_bytes(notebook(RIGHT, CHECK))
    (tmp_path / "in/link.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "in/folder").symlink_to("/")
    found = find_submissions(tmp_path / "in")
    assert [s.path for s in found.submissions] == ["good.ipynb"]
    assert sorted(name for name, _ in found.skipped) == ["folder", "link.ipynb"]


def test_cells_of_any_shape_are_passed_over(sandbox):
    cells = [
        None, 7, {"cell_type": "code"}, {"cell_type": "code", "source": 5}, {"cell_type": "code", "source": ["x = 1", 5], "metadata": "?"},
        {"cell_type": "code", "source": RIGHT, "id": "same"}, {"cell_type": "code", "source": CHECK[0], "id": "same", "metadata": {"nbgrader": {"grade_id": CHECK[1]}}},
    ]  # fmt: skip
    data = json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": []}).encode()
    assert status(grade_bytes(Submission("Mallory", "m.ipynb", data), sandbox)) == "correct"


@pytest.mark.parametrize(
    "answer",
    [
        None, 7, [], {}, {"type": "correct"}, {"type": "number"}, {"type": "number", "value": "6"}, {"type": "number", "value": True},
        {"type": "number", "value": 6, "status": "correct"}, {"type": "text", "value": 6}, {"type": "list", "values": [{"a": 1}]},
        {"type": "table", "columns": ["a"], "rows": [[1, 2]], "index_names": [None], "index": [0]}, {"type": "series", "index": [], "values": [1]},
    ],
)  # fmt: skip
def test_a_frame_of_another_shape_is_no_answer(answer):
    assert not is_answer(answer)
