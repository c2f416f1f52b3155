"""Run a command where there is no network but a loopback interface of its own: what it opens, nobody else reaches.

    python -m whorl.testing.loopback COMMAND…

For programs that listen on every interface. Linux only; needs root, or a kernel that lets users make namespaces.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys
from pathlib import Path

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_GET_FLAGS, _SET_FLAGS, _IS_UP = 0x8913, 0x8914, 1


def enter() -> None:
    """Leave the network for an empty one, for this process and what it starts from now on.

    The process must have one thread. A user who is not root stays who they are.

    Raises:
        OSError: The kernel refuses.
    """
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        _unshare(_NEW_NET)
    else:
        _unshare(_NEW_USER | _NEW_NET)
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    _raise_loopback()


def _unshare(what: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "unshare"):
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    if libc.unshare(what):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        given = fcntl.ioctl(asked, _GET_FLAGS, struct.pack("16sH14x", b"lo", 0))
        flags = struct.unpack("16sH14x", given)[1]
        fcntl.ioctl(asked, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags | _IS_UP))


if __name__ == "__main__":
    if len(sys.argv) < 2:
        raise SystemExit("which command?")
    try:
        enter()
    except OSError as error:
        raise SystemExit(f"no network namespace can be made here: {error}") from error
    os.execvp(sys.argv[1], sys.argv[1:])
