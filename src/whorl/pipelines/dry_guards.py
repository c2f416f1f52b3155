"""Stand-ins under which a pipeline can be tried: what it writes is kept from the world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection

from whorl.base.errors import Conflict, NotFound
from whorl.store.blobs import BlobInfo, BlobStore, Staged
from whorl.store.db import Database, Priority

T = TypeVar("T")


class DryDatabase(Database):
    """Reads like the real one, refuses writes, and can do a write only to undo it.

    Args:
        real: Stays as it is.
    """

    def __init__(self, real: Database) -> None:
        # Not the base's: it would open the file a second time.
        self._real = real
        self.url, self.is_sqlite = real.url, real.is_sqlite

    @contextmanager
    def read(self) -> Iterator[Connection]:
        with self._real.read() as conn:
            yield conn

    def write(self, work: Callable[[Connection], T], *, priority: Priority = Priority.PEOPLE) -> T:
        """Refuse.

        Raises:
            Conflict: Always.
        """
        del work, priority
        raise Conflict("its body writes to the database, which a dry run does not let it", hint="Run it for real.")

    def write_and_undo(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in a transaction that is rolled back, and give what it gave."""

        def undone(conn: Connection) -> T:
            raise _Undo(work(conn))

        try:
            return self._real.write(undone, priority=Priority.ENGINE)
        except _Undo as undo:
            # Any -> T: the exception carries what `work` returned.
            result: T = undo.args[0]
            return result


class _Undo(Exception):
    """Carries a result out of a transaction that is not to be kept."""


class DryBlobs:
    """A blob store over another one: reads both, writes into memory.

    Args:
        real: Stays as it is.
    """

    def __init__(self, real: BlobStore) -> None:
        self._real = real
        self._own: dict[str, bytes] = {}

    def put(self, key: str, data: bytes | Path) -> None:
        self._own[key] = data if isinstance(data, bytes) else data.read_bytes()

    def put_if_absent(self, key: str, data: bytes | Path) -> bool:
        if self._has(key):
            return False
        self.put(key, data)
        return True

    def stage(self, key: str, data: bytes) -> Staged:
        self.put_if_absent(key, data)
        return Staged(key, None)

    def publish(self, staged: Sequence[Staged]) -> None:
        del staged

    def discard(self, staged: Sequence[Staged]) -> None:
        for one in staged:
            self._own.pop(one.key, None)

    def get(self, key: str) -> bytes:
        return self._own[key] if key in self._own else self._real.get(key)

    def get_range(self, key: str, *, start: int, length: int) -> bytes:
        if key in self._own:
            return self._own[key][start : start + length]
        return self._real.get_range(key, start=start, length=length)

    def list(self, prefix: str = "") -> Iterator[BlobInfo]:
        return self._real.list(prefix)

    def presign(self, key: str, *, expires_s: int = 300) -> str | None:
        return None if key in self._own else self._real.presign(key, expires_s=expires_s)

    def delete(self, key: str) -> None:
        self._own.pop(key, None)

    def _has(self, key: str) -> bool:
        if key in self._own:
            return True
        try:
            self._real.get_range(key, start=0, length=1)
        except NotFound:
            return False
        return True
