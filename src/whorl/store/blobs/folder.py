"""Blobs in a folder of this machine, written straight through the operating system.

For the small files of an import the object store's own thread pool and clean-up cost more than the write itself.
Reading and listing stay with the object store.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from whorl.store.blobs.objects import ObjectBlobs, refusal
from whorl.store.blobs.store import check_key


class FolderBlobs(ObjectBlobs):
    """Implements ``BlobStore``. Made by ``open_blobs``; the folder is there."""

    def __init__(self, folder: Path) -> None:
        from obstore.store import LocalStore

        super().__init__(LocalStore(folder), can_sign=False)
        self._folder = str(folder)

    def put(self, key: str, data: bytes | Path) -> None:
        if isinstance(data, Path):
            super().put(key, data)
        else:
            self._place(key, data, _replace)

    def put_if_absent(self, key: str, data: bytes | Path) -> bool:
        if isinstance(data, Path):
            return super().put_if_absent(key, data)
        if os.path.lexists(self._path(key)):
            return False
        return self._place(key, data, _link)

    def _path(self, key: str) -> str:
        return f"{self._folder}/{check_key(key)}"

    def _place(self, key: str, data: bytes, place: Callable[[str, str], bool]) -> bool:
        """Write beside the final name, then give it that name; what ``place`` says of it."""
        path = self._path(key)
        # Digits after a hash sign: what a crash leaves behind is hidden from the object store's listing by such a name.
        beside = f"{path}#{random.getrandbits(62)}"
        try:
            _write_new(beside, data)
            return place(beside, path)
        except OSError as error:
            raise refusal(key, error) from error
        finally:
            _remove(beside)


def _write_new(path: str, data: bytes) -> None:
    try:
        file = FileIO(path, "x")
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        file = FileIO(path, "x")
    with file:
        left = memoryview(data)
        # A write may stop short: at 2 GiB, or just before the disk is full.
        while left:
            left = left[file.write(left) :]


def _replace(beside: str, path: str) -> bool:
    os.replace(beside, path)
    return True


def _link(beside: str, path: str) -> bool:
    # Of several links to one name exactly one succeeds; a rename would replace.
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    return True


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return
