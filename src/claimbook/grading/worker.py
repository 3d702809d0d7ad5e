"""Runs inside the sandbox: `python -m claimbook.grading.worker FD`.

A server that has pandas imported. For each program it forks a child into namespaces of its own (user,
process, mount, IPC), which gives up its rights, runs the cells one by one and writes the values of the
answer variables to a pipe. The server never looks at what the child writes: it bounds it in size and
time and hands it on. It is told nothing that a student may not see.

Protocol on the socket FD, both ways: four bytes of length (big endian), then so many bytes.
    in    JSON: {"cells": [source], "captures": [[variable, ...] for each cell], "limits": {...}}
    out   JSON: {"status", "seconds", "memory"}, then a second message: the child's frames, as they came
Frames have the same form; each is JSON: {"cell": 3, "error": "NameError: ..."} or
{"cell": 3, "variable": "share", "answer": {...}} (shape: claimbook.answers), and at last {"cell": 25, "end": true}.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import struct
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from claimbook.grading.confinement import address_space, can_nest, give_up_rights, has_seccomp, hide, new_namespaces

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

MAX_ANSWER = 4_000_000  # bytes of one answer as JSON


def send(sock: socket.socket, data: bytes) -> None:
    """Send one message."""
    sock.sendall(struct.pack(">I", len(data)) + data)


def receive(sock: socket.socket, limit: int = 1 << 28) -> bytes | None:
    """Receive one message; None at the end of the stream or for one beyond the limit."""

    def exactly(size: int) -> bytes | None:
        parts = bytearray()
        while len(parts) < size:
            part = sock.recv(min(size - len(parts), 1 << 20))
            if not part:
                return None
            parts += part
        return bytes(parts)

    head = exactly(4)
    size = struct.unpack(">I", head)[0] if head else limit + 1
    return exactly(size) if size <= limit else None


# ---------------------------------------------------------------- the server


def serve(sock: socket.socket) -> None:
    """Answer requests until the other side hangs up."""
    shell = warm_up()
    address_space()  # what the children have anyway, before they get more
    send(sock, json.dumps({"ready": True, "nested": can_nest(), "seccomp": has_seccomp()}).encode())
    while (request := receive(sock)) is not None:
        program = json.loads(request)
        report, frames = supervise(program, shell)
        send(sock, json.dumps(report).encode())
        send(sock, frames)


def warm_up() -> InteractiveShell:
    """Import what exercises use, and make the shell that runs cells as Jupyter does. Returns the shell."""
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    import claimbook
    from claimbook import answers, source, tables  # noqa: F401

    # `check` and `hint` need expected values, which are not here: in the sandbox they say nothing.
    claimbook.check = claimbook.hint = lambda *arguments, **more: None
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.ast_node_interactivity = "none"  # nothing is displayed: no __repr__ is run
    for name in tables.names():  # read once, shared by all children: `load` then costs them next to nothing
        tables.load(name)
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = shell.showsyntaxerror = lambda *arguments, **more: None  # nobody reads them here
    return shell


def supervise(program: dict, shell: InteractiveShell) -> tuple[dict, bytes]:
    """Run a program in a child; returns what became of it, and the frames that it wrote."""
    limits = program["limits"]
    began = time.monotonic()
    frames_out, frames_in = os.pipe()
    pid_out, pid_in = os.pipe()
    middle = os.fork()
    if middle == 0:
        os.close(frames_out)
        os.close(pid_out)
        _middle(program, shell, frames_in, pid_in)
    os.close(frames_in)
    os.close(pid_in)
    told = os.read(pid_out, 32)
    os.close(pid_out)
    child = int(told) if told.isdigit() else 0
    frames, status = _collect(frames_out, limits, began + limits["total"], child)
    os.close(frames_out)
    for pid in (child, middle):
        if pid > 1:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    _, ended, usage = os.wait4(middle, 0)
    if status == "closed":
        status = "finished" if ended == 0 else "died"
    return {"status": status, "seconds": round(time.monotonic() - began, 3), "memory": usage.ru_maxrss * 1024}, frames


def _collect(pipe: int, limits: dict, deadline: float, child: int) -> tuple[bytes, str]:
    """Read the child's pipe until it closes, floods or is late: (bytes, "closed"|"timeout"|"flood")."""
    data = bytearray()
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return bytes(data), "timeout"
        if select.select([pipe], [], [], left)[0]:
            part = os.read(pipe, 1 << 16)
            if not part:
                return _wait_for_end(data, deadline, child)
            data += part
            if len(data) > limits["output"]:
                return bytes(data), "flood"


def _wait_for_end(data: bytearray, deadline: float, child: int) -> tuple[bytes, str]:
    """The pipe is closed. That the child has ended too is not sure: it may have closed it by itself."""
    while child and time.monotonic() < deadline:
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return bytes(data), "closed"
        time.sleep(0.002)
    return bytes(data), "timeout" if child else "closed"


# ---------------------------------------------------------------- the child


def _middle(program: dict, shell: InteractiveShell, frames_in: int, pid_in: int) -> NoReturn:
    """Make namespaces, fork the child as their first process, wait for it. Never returns."""
    status = 1
    try:
        nested = new_namespaces()
        child = os.fork()
        if child == 0:
            os.close(pid_in)
            try:
                os.closerange(3, frames_in)  # above all the server's socket: on it, a child could answer for others
                os.closerange(frames_in + 1, 4096)
                give_up_rights(program["limits"], nested)
                run_cells(program, shell, frames_in)
                os._exit(0)
            finally:
                os._exit(1)
        os.write(pid_in, str(child).encode())
        os.close(pid_in)
        os.close(frames_in)
        status = 0 if os.waitpid(child, 0)[1] == 0 else 1
    finally:
        os._exit(status)


class _CellTimeout(BaseException):
    """Raised in a cell that runs too long. No Exception, so that `except Exception` lets it pass."""


def run_cells(program: dict, shell: InteractiveShell, pipe: int) -> None:
    """Run the cells in order; after each, write its error and the captured variables to the pipe.

    A cell that fails does not stop the next ones: a slip in task 2 must not cost task 3.
    """
    from claimbook.answers import to_plain

    def write(frame: dict) -> None:
        data = json.dumps(frame).encode()
        if len(data) > MAX_ANSWER:
            data = json.dumps({**frame, "answer": {"type": "too large", "size": len(data)}}).encode()
        data = struct.pack(">I", len(data)) + data
        while data:
            data = data[os.write(pipe, data) :]

    def late(number: int, frame: FrameType | None) -> NoReturn:
        raise _CellTimeout

    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    signal.signal(signal.SIGALRM, late)
    for number, (source, wanted) in enumerate(zip(program["cells"], program["captures"], strict=True)):
        error = None
        try:
            signal.setitimer(signal.ITIMER_REAL, program["limits"]["cell"])
            result = shell.run_cell(source, store_history=False, silent=True)
            signal.setitimer(signal.ITIMER_REAL, 0)
            error = result.error_before_exec or result.error_in_exec
        except BaseException as raised:
            signal.setitimer(signal.ITIMER_REAL, 0)
            error = raised
        if error is not None:
            write({"cell": number, "error": _describe(error, program["limits"]["cell"])})
        for variable in wanted:
            write({"cell": number, "variable": variable, "answer": to_plain(shell.user_ns.get(variable, ...))})
    write({"cell": len(program["cells"]), "end": True})


def _describe(error: BaseException, limit: float) -> str:
    if isinstance(error, _CellTimeout):
        return f"This cell ran longer than {limit:g} seconds and was stopped."
    try:
        return f"{type(error).__name__}: {error}"[:300]
    except BaseException:
        return "An error that cannot be printed."


def main() -> None:
    """Entry point; the number of the inherited socket is the only argument."""
    hide()
    with socket.socket(fileno=int(sys.argv[1])) as sock:
        serve(sock)


if __name__ == "__main__":
    main()
