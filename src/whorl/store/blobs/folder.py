"""Blobs in a folder of this machine, written straight through the operating system.

For the small files of an import the object store's own thread pool and clean-up cost more than the write itself.
Reading and listing stay with the object store.

A blob's bytes are on disk before it gets its name, and the name before the call returns: a power cut leaves the whole
blob or none, and none that a database row names is lost.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from io import FileIO
from pathlib import Path

from whorl.store.blobs.durable import sync_files, sync_filesystem
from whorl.store.blobs.objects import ObjectBlobs, refusal
from whorl.store.blobs.store import Staged, check_key

_MANY = 8
"""From so many blobs on, one sync of the file system costs less than one of each file and folder."""


class FolderBlobs(ObjectBlobs):
    """Implements ``BlobStore``. Made by ``open_blobs``; the folder is there."""

    def __init__(self, folder: Path) -> None:
        from obstore.store import LocalStore

        super().__init__(LocalStore(folder), can_sign=False, url=f"file://{folder}")
        self._folder = str(folder)

    def put(self, key: str, data: bytes | Path) -> None:
        if isinstance(data, Path):
            super().put(key, data)
            self._sync(key, [self._path(key), *self._folders_of(key)])
        else:
            self._place(key, data, _replace)

    def put_if_absent(self, key: str, data: bytes | Path) -> bool:
        if isinstance(data, Path):
            is_new = super().put_if_absent(key, data)
            self._sync(key, [self._path(key), *self._folders_of(key)])
            return is_new
        if os.path.lexists(self._path(key)):
            # Whoever stored it may still be about to make its name durable.
            self._sync(key, self._folders_of(key))
            return False
        return self._place(key, data, _link)

    def stage(self, key: str, data: bytes) -> Staged:
        path = self._path(key)
        if os.path.lexists(path):
            return Staged(key, None)
        beside = _beside(path)
        try:
            _write_new(beside, data)
        except OSError as error:
            _remove(beside)
            raise refusal(key, error) from error
        return Staged(key, beside)

    def publish(self, staged: Sequence[Staged]) -> None:
        written = [(one.key, one.beside) for one in staged if one.beside is not None]
        try:
            if written and not (len(written) >= _MANY and sync_filesystem(self._folder)):
                sync_files(beside for _, beside in written)
            for key, beside in written:
                _link(beside, self._path(key))
            if staged and not (len(staged) >= _MANY and sync_filesystem(self._folder)):
                sync_files(sorted({folder for one in staged for folder in self._folders_of(one.key)}))
        except OSError as error:
            raise refusal(staged[0].key, error) from error
        finally:
            self.discard(staged)

    def discard(self, staged: Sequence[Staged]) -> None:
        for one in staged:
            if one.beside is not None:
                _remove(one.beside)

    def _path(self, key: str) -> str:
        return f"{self._folder}/{check_key(key)}"

    def _folders_of(self, key: str) -> list[str]:
        """The folders whose names lead to a blob, the nearest first."""
        parts = key.split("/")[:-1]
        return ["/".join([self._folder, *parts[:depth]]) for depth in range(len(parts), -1, -1)]

    def _place(self, key: str, data: bytes, place: Callable[[str, str], bool]) -> bool:
        """Write beside the final name, then give it that name; what ``place`` says of it."""
        path = self._path(key)
        beside = _beside(path)
        try:
            _write_new(beside, data)
            sync_files([beside])
            is_placed = place(beside, path)
            sync_files(self._folders_of(key))
        except OSError as error:
            raise refusal(key, error) from error
        finally:
            _remove(beside)
        return is_placed

    def _sync(self, key: str, paths: Sequence[str]) -> None:
        try:
            sync_files(paths)
        except OSError as error:
            raise refusal(key, error) from error


def _beside(path: str) -> str:
    # Digits after a hash sign: what a crash leaves behind is hidden from the object store's listing by such a name.
    return f"{path}#{random.getrandbits(62)}"


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
