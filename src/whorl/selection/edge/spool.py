"""The spool: what was kept and not yet delivered, on disk, so that a kill at any point loses and doubles nothing.

Image files lie in ``items/``, one each, written before the record that names them; the records, budgets, windows and
the clock are in ``spool.db`` (SQLite, write-ahead log, every commit synced). Whatever belongs together is one
transaction. A file without a record was never acknowledged and is removed at the next start; a record is removed before
its file.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import Conflict, StorageFull
from whorl.base.log import get_logger
from whorl.selection.edge.disk import PARTIAL, Disk, lock_folder
from whorl.selection.edge.eviction import Held, plan_eviction
from whorl.selection.edge.rows import COLUMNS, SCHEMA, Row, pack, read_head, unpack

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

CANDIDATE, CHOSEN, REFUSED = "candidate", "chosen", "refused"
MAX_DONE = 200_000
VERSION = 1
_PRUNE_EVERY = 1000
_log = get_logger("edge")


@dataclass(frozen=True)
class Room:
    """How much the spool may hold.

    Args:
        max_bytes: Of image files.
        min_free_bytes: Left free on the disk for everybody else.
        protected_share: Part of ``max_bytes`` from which the uniform share is not evicted.
    """

    max_bytes: int = 512 * 10**6
    min_free_bytes: int = 64 * 10**6
    protected_share: float = 0.25


class Spool:
    """The spool in one folder, for one process; safe to use from several threads.

    Args:
        disk: Writes the image files; the real one when left out.

    Raises:
        Conflict: Another process uses the folder.
        StorageFull: The folder cannot be written to.
    """

    def __init__(self, folder: Path, room: Room | None = None, *, disk: Disk | None = None) -> None:
        self.folder = folder
        self.room = room or Room()
        self._disk = disk or Disk()
        self._lock = threading.RLock()
        self._sending: set[str] = set()
        self._handle: int | None = lock_folder(folder)
        self._counts: dict[str, int] = {}
        self.was_rebuilt = False
        try:
            self._db = self._open()
            self._clean()
        except BaseException:
            os.close(self._handle)
            self._handle = None
            raise

    def close(self) -> None:
        """Close the files; everything acknowledged is on disk already."""
        with self._lock:
            self._db.close()
            if self._handle is not None:
                os.close(self._handle)
            self._handle = None

    # What is in it.

    def get(self, name: str) -> JsonValue:
        """A value kept under a name; None when there is none."""
        with self._lock:
            found = self._db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return None if found is None else json.loads(found[0])

    def knows(self, item_id: str) -> str | None:
        """What became of an id: ``candidate``, ``chosen``, ``refused``, or an outcome such as ``sent``; else None."""
        query = "SELECT state FROM item WHERE id = ? UNION ALL SELECT outcome FROM done WHERE id = ?"
        with self._lock:
            found = self._db.execute(query, (item_id, item_id)).fetchone()
        return None if found is None else str(found[0])

    def rows(self, state: str) -> list[Row]:
        """The images in a state, in the order they came."""
        with self._lock:
            found = self._db.execute(f"SELECT {COLUMNS} FROM item WHERE state = ? ORDER BY seq", (state,)).fetchall()
        return [unpack(one) for one in found]

    def next_chosen(self) -> Row | None:
        """The image to be sent next: the one that was chosen first. It is safe from eviction until ``finish``."""
        query = f"SELECT {COLUMNS} FROM item WHERE state = ? ORDER BY seq LIMIT 1"
        with self._lock:
            found = self._db.execute(query, (CHOSEN,)).fetchone()
            if found is None:
                return None
            row = unpack(found)
            self._sending = {row.id}
            return row

    def read(self, row: Row) -> bytes:
        """An image's bytes.

        Raises:
            OSError: The file is gone, or its bytes are not those that were written.
        """
        content = self._path(row.id).read_bytes()
        head, offset = read_head(content)
        body = content[offset:]
        if head is None or head.sha256 != row.sha256 or not head.matches(body):
            raise OSError(f"the file of {row.id} is damaged")
        return body

    def totals(self) -> dict[str, tuple[int, int]]:
        """Images and bytes by state."""
        with self._lock:
            found = self._db.execute("SELECT state, count(*), coalesce(sum(n_bytes), 0) FROM item GROUP BY state")
            return {state: (count, n_bytes) for state, count, n_bytes in found}

    def seen(self) -> dict[str, str]:
        """Files of the watched folder that were dealt with: a mark by path."""
        with self._lock:
            return dict(self._db.execute("SELECT path, mark FROM seen").fetchall())

    # What changes it. Each method is one transaction; after an error nothing has changed.

    def add(
        self,
        row: Row,
        content: bytes,
        *,
        displaced: Sequence[str] = (),
        meta: Mapping[str, JsonValue] | None = None,
        remember: bool = False,
    ) -> None:
        """Take in a candidate, and drop those it displaces.

        Args:
            remember: Keep the ids of the displaced, so that they are known when they come again.

        Raises:
            StorageFull: The disk takes no more; the caller's samplers must forget the candidate.
        """
        with self._lock:
            path = self._path(row.id)
            with self._storing():
                self._disk.write(path, row.head(), content)
            try:
                with self._transaction() as db:
                    db.execute(f"INSERT INTO item ({COLUMNS}) VALUES ({', '.join('?' * 20)})", pack(row))
                    self._drop(db, displaced, outcome="passed" if remember else None, at=row.at)
                    self._put(db, meta or {})
            except StorageFull:
                self._disk.remove(path)
                raise
            self._remove_files(displaced)

    def choose(
        self,
        chosen: Sequence[Row],
        dropped: Sequence[str],
        *,
        meta: Mapping[str, JsonValue],
        anchors: Sequence[bytes],
        max_anchors: int,
        remember: bool,
    ) -> None:
        """End a window: mark what is chosen, drop the rest, and charge the budget (in ``meta``), all at once."""
        with self._lock:
            with self._transaction() as db:
                for row in chosen:
                    values = (row.window, row.reason, row.score, row.is_uniform, row.probability, row.chosen_at, row.id)
                    db.execute(
                        "UPDATE item SET state = 'chosen', window = ?, reason = ?, score = ?, is_uniform = ?, "
                        "probability = ?, chosen_at = ? WHERE id = ?",
                        values,
                    )
                at = chosen[0].chosen_at if chosen else 0.0
                self._drop(db, dropped, outcome="passed" if remember else None, at=at or 0.0)
                db.executemany("INSERT INTO anchor (vector) VALUES (?)", [(one,) for one in anchors])
                db.execute("DELETE FROM anchor WHERE n <= (SELECT max(n) FROM anchor) - ?", (max_anchors,))
                self._put(db, meta)
            self._remove_files(dropped)

    def drop(
        self, ids: Sequence[str], *, at: float, remember: bool, meta: Mapping[str, JsonValue] | None = None
    ) -> None:
        """Drop candidates that no sampler wants any more."""
        with self._lock:
            with self._transaction() as db:
                self._drop(db, ids, outcome="passed" if remember else None, at=at)
                self._put(db, meta or {})
            self._remove_files(ids)

    def anchors(self) -> list[bytes]:
        """Descriptors of what was chosen before, oldest first."""
        with self._lock:
            return [one[0] for one in self._db.execute("SELECT vector FROM anchor ORDER BY n")]

    def finish(self, item_id: str, outcome: str, *, at: float, meta: Mapping[str, JsonValue]) -> None:
        """An image is delivered: its record goes, its id stays known."""
        with self._lock:
            with self._transaction() as db:
                self._drop(db, [item_id], outcome=outcome, at=at)
                self._put(db, meta)
            self._sending.discard(item_id)
            self._remove_files([item_id])

    def set_aside(self, item_id: str, problem: str, *, meta: Mapping[str, JsonValue]) -> None:
        """An image can never be delivered: it stays, with the reason, until its room is needed."""
        with self._lock, self._transaction() as db:
            db.execute("UPDATE item SET state = ?, problem = ? WHERE id = ?", (REFUSED, problem[:500], item_id))
            self._put(db, meta)
            self._sending.discard(item_id)

    def postpone(self, item_id: str) -> None:
        """Send an image after all the others."""
        with self._lock, self._transaction() as db:
            db.execute("UPDATE item SET seq = (SELECT max(seq) FROM item) + 1 WHERE id = ?", (item_id,))

    def put(self, meta: Mapping[str, JsonValue]) -> None:
        """Keep values under names."""
        with self._lock, self._transaction() as db:
            self._put(db, meta)

    def mark_seen(self, marks: Mapping[str, str], gone: Iterable[str] = ()) -> None:
        """Note files of the watched folder as dealt with, and forget those that are gone."""
        with self._lock, self._transaction() as db:
            db.executemany("INSERT OR REPLACE INTO seen (path, mark) VALUES (?, ?)", list(marks.items()))
            db.executemany("DELETE FROM seen WHERE path = ?", [(path,) for path in gone])

    def make_room(
        self, n_bytes: int, *, value: float, is_uniform: bool, uniform_ids: set[str], at: float
    ) -> list[Held] | None:
        """Evict until a newcomer fits; gives what went, or None when the newcomer is worth less than all that could go.

        Args:
            value: Of the newcomer, in [0, 1].
            uniform_ids: Candidates that the uniform share holds.
        """
        with self._lock:
            used = sum(size for _, size in self.totals().values())
            lacking = max(
                used + n_bytes - self.room.max_bytes,
                n_bytes + self.room.min_free_bytes - self._disk.free_bytes(self.folder),
            )
            if lacking <= 0:
                return []
            held = [self._held(row, uniform_ids) for row in self._all_rows()]
            protected = self.room.max_bytes * self.room.protected_share
            plan = plan_eviction(held, lacking, protected_bytes=protected, value=value, is_uniform=is_uniform)
            if plan is None:
                return None
            gone = [one.id for one in plan.evicted]
            with self._transaction() as db:
                self._drop(db, gone, outcome="evicted", at=at)
                for window, stratum, threshold in plan.thresholds:
                    db.execute(
                        "UPDATE item SET probability = min(probability, ?) "
                        "WHERE state = ? AND is_uniform AND window = ? AND stratum = ?",
                        (threshold, CHOSEN, window, stratum),
                    )
            self._remove_files(gone)
            return plan.evicted

    # Inside.

    def _held(self, row: Row, uniform_ids: set[str]) -> Held:
        is_uniform = row.is_uniform if row.state == CHOSEN else row.id in uniform_ids
        return Held(
            id=row.id,
            n_bytes=row.n_bytes,
            is_uniform=is_uniform and row.state != REFUSED,
            value=-1.0 if row.state == REFUSED else row.score,
            priority=row.priority,
            window=row.window if row.state == CHOSEN else -1,
            stratum=row.stratum,
        )

    def _all_rows(self) -> list[Row]:
        found = self._db.execute(f"SELECT {COLUMNS} FROM item ORDER BY seq").fetchall()
        return [row for row in map(unpack, found) if row.id not in self._sending]

    def _path(self, item_id: str) -> Path:
        return self.folder / "items" / item_id[:2] / f"{item_id}.item"

    def _remove_files(self, ids: Iterable[str]) -> None:
        for item_id in ids:
            self._disk.remove(self._path(item_id))

    def _drop(self, db: sqlite3.Connection, ids: Sequence[str], *, outcome: str | None, at: float) -> None:
        db.executemany("DELETE FROM item WHERE id = ?", [(one,) for one in ids])
        if outcome is not None:
            rows = [(one, at, outcome) for one in ids]
            db.executemany("INSERT OR REPLACE INTO done (id, at, outcome) VALUES (?, ?, ?)", rows)
            self._counts["done"] = self._counts.get("done", 0) + len(rows)
            if self._counts["done"] >= _PRUNE_EVERY:
                self._counts["done"] = 0
                db.execute("DELETE FROM done WHERE n <= (SELECT max(n) FROM done) - ?", (MAX_DONE,))

    def _put(self, db: sqlite3.Connection, meta: Mapping[str, JsonValue]) -> None:
        rows = [(name, json.dumps(value)) for name, value in meta.items()]
        db.executemany("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", rows)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._storing():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _storing(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.DatabaseError) as error:
            raise StorageFull(
                f"the spool takes no more: {error}", hint="Free room on its disk, or make sure it is writable."
            ) from error

    def _open(self) -> sqlite3.Connection:
        path = self.folder / "spool.db"
        try:
            return _connect(path)
        except sqlite3.OperationalError as error:
            raise StorageFull(
                f"the spool at {self.folder} cannot be opened for writing: {error}",
                hint="Give --spool a folder on a disk that is writable and has room.",
            ) from error
        except sqlite3.DatabaseError as error:
            _log.error("the spool's records are damaged (%s); they are put aside and made anew from the files", error)
            self._put_aside(path)
            self.was_rebuilt = True
            return _connect(path)

    def _put_aside(self, path: Path) -> None:
        number = len(list(self.folder.glob("spool.db.damaged-*")))
        path.replace(self.folder / f"spool.db.damaged-{number}")
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)

    def _clean(self) -> None:
        """Remove files that no record names; after damage to the records, make records of the files instead."""
        with self._lock:
            known = {one[0] for one in self._db.execute("SELECT id FROM item")}
            for path in sorted((self.folder / "items").glob("*/*")):
                if path.name.endswith(PARTIAL) or (path.stem not in known and not self.was_rebuilt):
                    self._disk.remove(path)
                elif path.stem not in known:
                    self._adopt(path)

    def _adopt(self, path: Path) -> None:
        content = path.read_bytes()
        head, offset = read_head(content)
        if head is None or head.id != path.stem or not head.matches(content[offset:]):
            path.rename(self.folder / f"{path.name}.damaged")
            return
        with self._transaction() as db:
            db.execute(f"INSERT INTO item ({COLUMNS}) VALUES ({', '.join('?' * 20)})", pack(head.to_row(CHOSEN)))


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > VERSION:
            raise Conflict(f"the spool is of version {version}; this Whorl knows {VERSION}", hint="Update this device.")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.executescript(SCHEMA)
        found = db.execute("PRAGMA quick_check").fetchone()
        if found[0] != "ok":
            raise sqlite3.DatabaseError(str(found[0])[:200])
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES ('opened', '1')")
        db.execute("COMMIT")
    except BaseException:
        db.close()
        raise
    return db
