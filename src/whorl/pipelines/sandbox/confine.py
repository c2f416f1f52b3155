"""Locks the process in that calls it. Imports the standard library alone: a child runs it before anything else.

Every part is tried by itself and says whether it is in force; `confine` gives the names of those that are. The numbers
are Linux's own: https://docs.kernel.org/userspace-api/landlock.html, https://docs.kernel.org/userspace-api/seccomp_filter.html
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from collections.abc import Callable

PARTS = ("limits", "namespaces", "files", "calls")
"""What there is: resource limits; no network of its own; only named files; only harmless system calls."""

_CLONE_NEWIPC, _CLONE_NEWUSER, _CLONE_NEWNET = 0x08000000, 0x10000000, 0x40000000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 1, 38, 22
_EPERM, _ENOSYS = 1, 38

# System calls by name: x86-64 and 64-bit ARM. None: the machine has no such call.
_CALLS: dict[str, dict[str, int | None]] = {
    "x86_64": {
        "fork": 57, "vfork": 58, "execve": 59, "execveat": 322, "clone": 56, "clone3": 435, "kill": 62, "tkill": 200,
        "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "pidfd_send_signal": 424, "pidfd_open": 434,
        "pidfd_getfd": 438, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "socket": 41,
        "io_uring_setup": 425, "unshare": 272, "setns": 308, "mount": 165, "umount2": 166, "pivot_root": 155,
        "chroot": 161, "bpf": 321, "userfaultfd": 323, "perf_event_open": 298, "keyctl": 250, "add_key": 248,
        "request_key": 249, "open_by_handle_at": 304, "init_module": 175, "finit_module": 313, "kexec_load": 246,
        "prlimit64": 302, "setrlimit": 160, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
    },
    "aarch64": {
        "fork": None, "vfork": None, "execve": 221, "execveat": 281, "clone": 220, "clone3": 435, "kill": 129,
        "tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "pidfd_send_signal": 424,
        "pidfd_open": 434, "pidfd_getfd": 438, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271,
        "socket": 198, "io_uring_setup": 425, "unshare": 97, "setns": 268, "mount": 40, "umount2": 39,
        "pivot_root": 41, "chroot": 51, "bpf": 280, "userfaultfd": 282, "perf_event_open": 241, "keyctl": 219,
        "add_key": 217, "request_key": 218, "open_by_handle_at": 265, "init_module": 105, "finit_module": 273,
        "kexec_load": 104, "prlimit64": 261, "setrlimit": 164, "shmget": 194, "msgget": 186, "semget": 190,
        "mq_open": 180,
    },
}  # fmt: skip
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SPECIAL = frozenset({"clone", "clone3", "kill", "tgkill", "socket", "prlimit64", "setrlimit"})
_CLONE_THREAD = 0x00010000

_WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 1, 1 << 2, 1 << 3
_ALL_FILE_RIGHTS_BY_ABI = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 4: 0x7FFF, 5: 0xFFFF}
_TCP_RIGHTS = 0x3
_SCOPES = 0x3


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def confine(
    *,
    memory_bytes: int,
    cpu_hard_s: int,
    file_bytes: int,
    readable: list[str],
    writable: str,
    network: bool,
) -> list[str]:
    """Lock this process in for good and give the parts that are in force.

    Args:
        cpu_hard_s: CPU time at which the kernel kills it.
        file_bytes: Largest file that it may write.
        readable: Files and folders that it may read.
        writable: The one folder that it may write.
        network: Leave the network as it is.
    """
    in_force: list[str] = []
    steps: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("namespaces", lambda: _leave_namespaces(network=network)),
        ("limits", lambda: _limit(memory_bytes, cpu_hard_s, file_bytes)),
        ("files", lambda: _allow_files(readable, writable, network=network)),
        ("calls", lambda: _allow_calls(network=network)),
    )
    for name, step in steps:
        try:
            if step():
                in_force.append(name)
        except (OSError, AttributeError, ValueError, KeyError):
            # This kernel, container or system has no such part: the others still count.
            continue
    return sorted(in_force, key=PARTS.index)


def _limit(memory_bytes: int, cpu_hard_s: int, file_bytes: int) -> bool:
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: cpu_hard_s,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_AS: memory_bytes,
    }
    if sys.platform.startswith("linux"):
        # Of root no kernel counts processes; there only the filter of system calls holds.
        limits[resource.RLIMIT_NPROC] = 64
        _die_with_parent()
    for what, most in limits.items():
        _, hard = resource.getrlimit(what)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (most, most))
    return True


def _die_with_parent() -> None:
    # A server that is killed can end nobody any more. After the namespaces, for they take this back.
    _libc().prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _libc() -> ctypes.CDLL:
    if not sys.platform.startswith("linux"):
        raise OSError("not Linux")
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result


def _leave_namespaces(*, network: bool) -> bool:
    # A user namespace of its own leaves no capability outside of it, not even to root.
    kept = 0 if network else _CLONE_NEWNET
    _check(_libc().unshare(_CLONE_NEWUSER | _CLONE_NEWIPC | kept))
    return True


def _allow_files(readable: list[str], writable: str, *, network: bool) -> bool:
    libc = _libc()
    create, add_rule, restrict = 444, 445, 446
    abi = _check(libc.syscall(create, None, 0, 1))
    rights = _ALL_FILE_RIGHTS_BY_ABI[min(abi, 5)]
    tcp = _TCP_RIGHTS if abi >= 4 and not network else 0
    scopes = _SCOPES if abi >= 6 else 0
    attributes = struct.pack("=QQQ", rights, tcp, scopes)
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    rules = _check(libc.syscall(create, attributes, size, 0))
    read = _READ_FILE | _READ_DIR
    for path, allowed in [*((one, read) for one in readable), ("/dev/null", read | _WRITE_FILE), (writable, rights)]:
        _add_path(libc, add_rule, rules, path, allowed)
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _check(libc.syscall(restrict, rules, 0))
    os.close(rules)
    return True


def _add_path(libc: ctypes.CDLL, add_rule: int, rules: int, path: str, allowed: int) -> None:
    try:
        held = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            allowed &= ~_READ_DIR
        _check(libc.syscall(add_rule, rules, 1, struct.pack("=Qi", allowed, held), 0))
    finally:
        os.close(held)


def _allow_calls(*, network: bool) -> bool:
    libc, machine = _libc(), platform.machine()
    program = _filter(_CALLS[machine], _AUDIT_ARCH[machine], own_pid=os.getpid(), network=network)
    held = ctypes.create_string_buffer(program, len(program))
    _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    described = _Program(len(program) // 8, ctypes.cast(held, ctypes.c_void_p).value)
    _check(libc.prctl(_PR_SET_SECCOMP, 2, ctypes.byref(described), 0, 0))
    return True


def _filter(calls: dict[str, int | None], arch: int, *, own_pid: int, network: bool) -> bytes:
    """A classic BPF program over (number, architecture, ..., arguments): what is not refused is allowed."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, unknown = 0x7FFF0000, 0x00050000 | _EPERM, 0x00050000 | _ENOSYS
    first_argument = 16

    def one(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
        return struct.pack("=HBBI", code, if_true, if_false, value)

    # Another architecture's numbers mean other calls; numbers from 2^30 are x32's.
    out = [one(load, 4), one(equal, arch, 1, 0), one(give, refuse), one(load, 0)]
    out += [one(at_least, 0x40000000, 0, 1), one(give, refuse)]

    def when(name: str, *then: bytes) -> None:
        number = calls[name]
        if number is not None:
            out.extend([one(equal, number, 0, len(then)), *then])

    for name in sorted(set(calls) - _SPECIAL):
        when(name, one(give, refuse))
    # The C library asks for clone3 first and then, told that there is none, for clone: whose flags can be read.
    when("clone3", one(give, unknown))
    when("clone", one(load, first_argument), one(any_bit, _CLONE_THREAD, 0, 1), one(give, allow), one(give, refuse))
    for name in ("kill", "tgkill"):
        when(name, one(load, first_argument), one(equal, own_pid, 0, 1), one(give, allow), one(give, refuse))
    # Its own limits a process may lower and look at; another's not.
    when("prlimit64", one(load, first_argument), one(equal, 0, 1, 0), one(equal, own_pid, 0, 1), one(give, allow),
         one(give, refuse))  # fmt: skip
    if not network:
        when("socket", one(give, refuse))
    out.append(one(give, allow))
    return b"".join(out)
