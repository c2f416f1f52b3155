"""Until a power cut is harmless: files, names and whole file systems to disk."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterable
from functools import cache


def sync_files(paths: Iterable[str]) -> None:
    """Return when the bytes of these files, or the names in these folders, are on disk.

    Raises:
        OSError: One of them could not be written.
    """
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sync_filesystem(folder: str) -> bool:
    """Return when all that was written to the folder's file system is on disk; False where the system cannot tell.

    One call for hundreds of files: each ``fsync`` is a commit of the file system's journal of its own.

    Raises:
        OSError: Something could not be written.
    """
    syncfs = _syncfs()
    if syncfs is None:
        return False
    handle = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), folder)
    finally:
        os.close(handle)
    return True


@cache
def _syncfs() -> Callable[[int], int] | None:
    # Python has os.sync only, which does not say whether it succeeded: https://man7.org/linux/man-pages/man2/syncfs.2.html
    try:
        found = ctypes.CDLL(None, use_errno=True).syncfs
    except (AttributeError, OSError, TypeError):
        return None
    found.argtypes, found.restype = (ctypes.c_int,), ctypes.c_int
    return lambda handle: int(found(handle))
