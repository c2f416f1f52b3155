"""Files that are whole or not there: written beside, made durable, then given their name."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from whorl.base.errors import Conflict, StorageFull

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock; the database's own lock must do there
    fcntl = None  # type: ignore[assignment]  # tested for None before use

PARTIAL = ".partial"


class Disk:
    """Writes and removes files below a folder; a seam for tests, which let it fill up."""

    def write(self, path: Path, *pieces: bytes) -> None:
        """Write a file durably: its bytes, then its name, then the folder that lists it.

        Raises:
            OSError: The disk is full or not writable; nothing is left behind then.
        """
        partial = path.with_name(path.name + PARTIAL)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with open(partial, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, path)
        except OSError:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def remove(self, path: Path) -> None:
        """Remove a file, if it is there."""
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)

    def free_bytes(self, folder: Path) -> int:
        """Room left on the disk."""
        return shutil.disk_usage(folder).free


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # some file systems and Windows cannot; the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def lock_folder(folder: Path) -> int:
    """Make the folder and take it for this process; gives the handle that holds it.

    Raises:
        Conflict: Another process has it.
        StorageFull: It cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StorageFull(
            f"the spool at {folder} cannot be written to: {error.strerror}",
            hint="Give --spool a folder on a disk that is writable and has room.",
        ) from error
    try:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise Conflict(
            f"another process uses the spool at {folder}", hint="Stop it, or give each its own --spool."
        ) from error
    return handle
