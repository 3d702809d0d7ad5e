"""The sandbox: the worker inside bubblewrap, with nothing to see, nobody to talk to and nothing to keep.

What a submission can reach: the Python installation and the course's tables, read-only; a /tmp of its
own that is gone afterwards. What it can't: the network, other processes, other submissions, solutions,
expected values, the gradebook, your files and environment variables.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from claimbook.content import COURSE, TEMPLATE, ContentError, named_root, own_root, root
from claimbook.grading.confinement import STUDENT, TMP_IS_OURS, Limits
from claimbook.grading.program import Program
from claimbook.grading.worker import receive, send

GRACE = 15  # seconds that the worker may take beyond a program's own limit before it is given up
MISSING = (
    "Submissions are run in a sandbox, and the program it needs, bubblewrap (`bwrap`), {why}.\n"
    "Debian, Ubuntu: sudo apt-get install bubblewrap. Fedora: sudo dnf install bubblewrap. It works on Linux only;\n"
    "on macOS and Windows grade in a Linux container or virtual machine.\n"
    "`--unsafe-no-sandbox` runs the students' code with your own rights instead. Only do that with code you have read."
)


class NoSandbox(ContentError):
    """Nothing can be run here: not the fault of a submission, so it ends the whole run."""


@dataclass
class Run:
    """What became of a program: status, answers by variable, errors by cell.

    `status`: finished; timeout; died (it ended itself, or was ended, before its last cell); flood (it
    wrote more than the limit); broken (the sandbox itself gave up).
    """

    status: str
    seconds: float = 0
    memory: int = 0
    answers: dict[str, dict] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


class Sandbox:
    """A warm worker. Use it as a context manager; `run` it as often as you like.

    Args:
        limits: bounds for each program.
        unsafe: run the worker as a plain process instead. Everything above is then off.

    Raises:
        NoSandbox: bubblewrap is missing or does not work here (and `unsafe` is not set).
        ContentError: the course was found by the working directory only, see `content.named_root`.
    """

    _socket: socket.socket  # to the process, while there is one

    def __init__(self, limits: Limits | None = None, unsafe: bool = False):
        named_root()  # first of all: whose task files will judge what comes back?
        self.limits, self.unsafe = limits or Limits(), unsafe
        self.seccomp = False
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> Sandbox:
        self._start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()

    def run(self, program: Program) -> Run:
        """Run a program and return its answers. Whatever the program does, this returns."""
        if self._process is None:
            self._start()
        request = {"cells": program.cells, "captures": program.captures, "limits": asdict(self.limits)}
        try:
            send(self._socket, json.dumps(request).encode())
            self._socket.settimeout(self.limits.total + GRACE)
            head = receive(self._socket)
            frames = receive(self._socket) if head is not None else None
        except OSError:  # a timeout too
            head = frames = None
        if head is None or frames is None:
            self._stop()
            return Run("broken")
        report = json.loads(head)
        run = Run(report["status"], report["seconds"], report["memory"])
        read_frames(frames, program, run)
        if not self._nested:  # then a fresh worker for everybody: no submission sees what another one left
            self._stop()
        return run

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "claimbook.grading.worker", str(theirs.fileno())]
        if not self.unsafe:
            command = [*bubblewrap(self.limits), *command]
        self._process = subprocess.Popen(
            command,
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**_environment(), "HOME": "/tmp", "TMPDIR": "/tmp", "IPYTHONDIR": "/tmp/ipython"}
            if self.unsafe
            else None,
        )
        theirs.close()
        self._socket = ours
        ours.settimeout(120)
        try:
            hello = receive(ours)
        except OSError:
            hello = None
        if hello is None:
            self._process.kill()
            said = self._process.communicate()[1].decode(errors="replace").strip()
            self._process = None
            reason = f"did not start here: {said.splitlines()[-1] if said else 'no message'}"
            raise NoSandbox(reason if self.unsafe else MISSING.format(why=reason))
        hello = json.loads(hello)
        self._nested, self.seccomp = hello["nested"] or self.unsafe, hello["seccomp"]

    def _stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._process.kill()
            self._process.communicate()
            self._process = None


def _environment() -> dict[str, str]:
    """All that a submission sees of the environment."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": STUDENT,
        "TMPDIR": STUDENT,
        "IPYTHONDIR": f"{STUDENT}/ipython",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "CLAIMBOOK_GOLDEN": "1",
        COURSE: str(root()),  # the child stands elsewhere and must read the tables of this course
    }


def bubblewrap(limits: Limits) -> list[str]:
    """The bwrap command line, up to the command that it runs.

    Raises:
        NoSandbox: bwrap is not installed.
    """
    bwrap = shutil.which("bwrap")
    if not bwrap:
        raise NoSandbox(MISSING.format(why="is not installed here"))
    command = [bwrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"]
    command += ["--uid", "1000", "--gid", "1000"]  # not 0: a namespace within this one may not map root
    for name, value in _environment().items():
        command += ["--setenv", name, value]
    for place in ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/sbin"):
        if os.path.islink(place):
            command += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            command += ["--ro-bind", place, place]
    for file in ("/etc/ld.so.cache", "/etc/localtime"):
        command += ["--ro-bind-try", file, file]
    command += ["--size", str(limits.files), "--tmpfs", "/tmp", "--size", str(limits.files), "--tmpfs", STUDENT]
    for folder in _visible():
        command += ["--ro-bind", str(folder), str(folder)]
        if folder.is_relative_to("/tmp"):  # then the child may not lay a /tmp of its own over it
            command += ["--setenv", TMP_IS_OURS, "1"]
    hidden = {course / part for course in (root(), own_root()) for part in ("exercises", "chapters")}
    for folder in sorted({*hidden, TEMPLATE}):
        if folder.is_dir() and _visible_holds(folder):  # inside an installed package: cover what is not for students
            command += ["--tmpfs", str(folder)]
    return [*command, "--proc", "/proc", "--dev", "/dev", "--chdir", STUDENT, "--"]


def _visible() -> list[Path]:
    """Folders that a submission may read: Python, its packages, this package, the course's tables."""
    folders = [Path(sys.base_prefix), Path(sys.prefix), Path(sysconfig.get_paths()["purelib"])]
    folders += [Path(__file__).resolve().parents[1], root() / "data"]
    kept: list[Path] = []
    for folder in sorted({folder.resolve() for folder in folders}):
        if not any(folder.is_relative_to(other) for other in kept) and not folder.is_relative_to("/usr"):
            kept.append(folder)
    return kept


def _visible_holds(folder: Path) -> bool:
    return any(folder.resolve().is_relative_to(other) for other in _visible())


# ---------------------------------------------------------------- what comes back: untrusted bytes


def read_frames(data: bytes, program: Program, run: Run) -> None:
    """Put the frames that a child wrote into `run`. Anything that is no sound frame is dropped.

    A child that ended before its last cell, by `os._exit` or by a kill, is noted as "died".
    """
    ended = False
    wanted = {variable for variables in program.captures for variable in variables}
    while len(data) >= 4:
        size = struct.unpack(">I", data[:4])[0]
        body, data = data[4 : 4 + size], data[4 + size :]
        if len(body) < size:
            break
        try:
            frame = json.loads(body, parse_constant=_refuse)
        except (ValueError, RecursionError):
            continue
        if not isinstance(frame, dict) or type(frame.get("cell")) is not int:
            continue
        ended = ended or frame.get("end") is True
        if not 0 <= frame["cell"] < len(program.cells):
            continue
        if type(frame.get("error")) is str:
            run.errors[frame["cell"]] = frame["error"][:300]
        elif type(frame.get("variable")) is str and frame["variable"] in wanted and is_answer(frame.get("answer")):
            run.answers[frame["variable"]] = frame["answer"]
    if run.status == "finished" and not ended:
        run.status = "died"


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def is_answer(answer: object) -> bool:
    """Has this the shape that `claimbook.answers` gives, and nothing else? (A child can write anything.)"""
    if type(answer) is not dict:
        return False
    rest = {key: value for key, value in answer.items() if key != "type"}
    match answer.get("type"):
        case "missing":
            return not rest
        case "number":
            return _only(rest, value=lambda v: type(v) in (int, float) or v in ("nan", "inf", "-inf"))
        case "text" | "date":
            return _only(rest, value=lambda v: type(v) is str)
        case "truth":
            return _only(rest, value=lambda v: type(v) is bool)
        case "list":
            return _only(rest, values=_cells)
        case "series":
            return _only(rest, index=_cells, values=_cells) and len(rest["index"]) == len(rest["values"])
        case "table":
            return (
                _only(rest, columns=_cells, rows=_rows, index_names=_cells, index=_cells)
                and all(len(row) == len(rest["columns"]) for row in rest["rows"])
                and (not rest["rows"] or len(rest["index"]) == len(rest["rows"]))
                and all(not isinstance(i, list) or len(i) == len(rest["index_names"]) for i in rest["index"])
            )
        case "too large":
            return _only(rest, size=lambda v: type(v) is int)
        case "other":
            return _only(rest, python=lambda v: type(v) is str and len(v) < 200)
    return False


def _only(rest: dict, **tests: Callable[[Any], bool]) -> bool:
    return set(rest) == set(tests) and all(test(rest[name]) for name, test in tests.items())


def _cell(value: object) -> bool:
    return value is None or type(value) in (int, float, str, bool)


def _cells(values: object) -> bool:
    return type(values) is list and all(_cell(v) or (type(v) is list and all(map(_cell, v))) for v in values)


def _rows(rows: object) -> bool:
    return type(rows) is list and all(type(row) is list and _cells(row) for row in rows)
