"""What a submission may do and see: namespaces of its own, bounds, no rights, few system calls.

Called in the process that is about to run a submission, inside the sandbox; see `claimbook.grading.worker`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from dataclasses import dataclass
from functools import cache

# Numbers of Linux: sched.h, prctl.h, mount.h.
CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWIPC = 0x20000, 0x10000000, 0x20000000, 0x8000000
CLONE_THREAD = 0x10000
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
MS_NOSUID_NODEV, MS_RDONLY, MS_REMOUNT, MS_BIND = 6, 1, 32, 4096
STUDENT = "/home/student"  # where a submission runs; empty and its own each time
TMP_IS_OURS = "CLAIMBOOK_IN_TMP"  # set where Python or the course lies below /tmp, so that /tmp can't be covered
# System calls that no exercise needs: making processes and programs, reaching other ones, sockets, mounts.
DENIED = (
    "fork", "vfork", "execve", "execveat", "socket", "ptrace", "process_vm_readv", "process_vm_writev", "mount",
    "umount2", "pivot_root", "chroot", "unshare", "setns", "keyctl", "add_key", "request_key", "bpf",
    "perf_event_open", "userfaultfd", "open_by_handle_at", "kexec_load", "io_uring_setup", "memfd_create",
    "pidfd_open", "pidfd_getfd",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Bounds of one submission. Seconds for `cell` and `total`; bytes for the others."""

    cell: float = 10
    total: float = 60
    memory: int = 1 << 30  # beyond what the warm process has anyway
    files: int = 64 << 20  # of its /tmp, and of one file
    output: int = 16 << 20  # of all answers together


def can_nest() -> bool:
    """Can a child have namespaces of its own? (Some kernels forbid it.)"""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _libc().unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC) == 0 else 1)
    return os.waitpid(pid, 0)[1] == 0


def has_seccomp() -> bool:
    """Is libseccomp there, with its Python binding?"""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):
        return False
    return True


def new_namespaces() -> bool:
    """Give this process, and more so its children, namespaces of their own; whether the kernel allows it."""
    libc = _libc()
    user, group = os.getuid(), os.getgid()
    nested = libc.unshare(CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC) == 0
    if nested:  # the new namespace must know its user, or no file can be made in it
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # for as long as our own /proc entry must be ours
        for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
            with open(f"/proc/self/{name}", "w") as file:
                file.write(text)
    hide()
    return nested


def hide() -> None:
    """No other process of the same user may look into this one."""
    _libc().prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def give_up_rights(limits: dict, nested: bool) -> None:
    """From here on: no view of other processes, own /tmp, bounded memory, no new rights, no new processes."""
    libc = _libc()
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(quiet, standard)
    if nested:
        size = f"size={limits['files']}".encode()
        libc.mount(b"tmpfs", STUDENT.encode(), b"tmpfs", MS_NOSUID_NODEV, size)
        if TMP_IS_OURS in os.environ:
            libc.mount(None, b"/tmp", None, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID_NODEV, None)
        else:
            libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID_NODEV, size)
        libc.mount(b"tmpfs", b"/dev/shm", b"tmpfs", MS_NOSUID_NODEV, b"size=1m")
        libc.mount(b"tmpfs", b"/proc", b"tmpfs", MS_NOSUID_NODEV | MS_RDONLY, b"size=4k")
    with contextlib.suppress(OSError):
        os.chdir(STUDENT if nested else "/tmp")
    used = address_space()
    for what, limit in (
        (resource.RLIMIT_AS, used + limits["memory"]),
        (resource.RLIMIT_CPU, int(limits["total"]) + 5),
        (resource.RLIMIT_FSIZE, limits["files"]),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 256),
    ):
        resource.setrlimit(what, (limit, limit))
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    header, none = struct.pack("=Ii", 0x20080522, 0), bytes(24)
    libc.capset(header, none)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if limits.get("seccomp", True):
        _forbid_calls()


@cache
def address_space() -> int:
    """Bytes of address space that this process used when it was first asked: the server asks, a child has no /proc."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _forbid_calls() -> None:
    """Deny the system calls that no exercise needs (seccomp); where the library is missing, do without."""
    try:
        import pyseccomp as seccomp
    except (ImportError, OSError, RuntimeError):
        return
    import errno

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in DENIED:
        with contextlib.suppress(OSError, ValueError, RuntimeError):  # a call that this kernel doesn't know
            rules.add_rule(seccomp.ERRNO(errno.EPERM), name)
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")  # its flags can't be looked at; libc falls back to clone
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "clone", seccomp.Arg(0, seccomp.MASKED_EQ, CLONE_THREAD, 0))
    rules.load()
