"""Listings: which items match, at one revision, by position, so that a long list scrolls without shifting.

A listing is the items' integer keys in memory, eight bytes each, filled by a thread of its own while its first pages
are read already. Nothing is lost with it: the same query makes the same listing again.
"""

from __future__ import annotations

import hashlib
import threading
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from whorl.base.errors import ListingGone, Unavailable
from whorl.datasets.dql import CompiledQuery, Query, compile_query, iter_keys, resolve_near, resolve_snapshot
from whorl.datasets.dql.ast import EVERYTHING
from whorl.datasets.revisions import check_as_of, load_dataset, standing
from whorl.store.db import Database
from whorl.store.db.tables import item_state

MAX_BYTES = 256 * 2**20
FIRST_WAIT_S = 0.25
PAGE_WAIT_S = 20.0
_BEGIN_WAIT_S = 30.0
_FILLERS = 3
_KEY_BYTES = 8


@dataclass
class KeyList:
    """The keys of one listing, growing until ``is_complete``; positions that are filled never change.

    Attributes:
        dataset_key: Integer key of the dataset, for reads of what the listing names.
        is_whole: It holds every item of the dataset.
    """

    id: str
    dataset_id: str
    dataset_key: int
    revision: int
    is_complete: bool = False
    is_whole: bool = False
    error: Exception | None = None
    is_dropped: bool = False
    _keys: array[int] | range = field(default_factory=lambda: array("q"))
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def size_bytes(self) -> int:
        """What the keys take in memory; a dataset without gaps is two numbers."""
        return 0 if isinstance(self._keys, range) else len(self._keys) * _KEY_BYTES

    def extend(self, keys: list[int]) -> None:
        """Put further keys at the end."""
        with self._changed:
            assert isinstance(self._keys, array)
            self._keys.extend(keys)
            self._changed.notify_all()

    def finish(self, *, error: Exception | None = None, keys: range | None = None) -> None:
        """Say that no more keys come: all are there (``keys`` when they have no gaps), or the fill failed."""
        with self._changed:
            if keys is not None:
                self._keys = keys
            self.error, self.is_complete = error, error is None
            self._changed.notify_all()

    def wait(self, count: int | None, *, timeout_s: float) -> None:
        """Wait until ``count`` keys are there (None: all of them), the fill ended, or the time is up.

        Raises:
            WhorlError: What the fill met.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._has(count), timeout_s)
            if self.error is not None:
                raise self.error

    def at(self, start: int, stop: int) -> list[int]:
        """The keys at the positions from ``start`` up to ``stop``; fewer at the end."""
        with self._changed:
            return list(self._keys[start:stop])

    def pick(self, positions: Sequence[int]) -> list[int]:
        """The keys at some positions, which are filled."""
        with self._changed:
            return [self._keys[position] for position in positions]

    def _has(self, count: int | None) -> bool:
        is_over = self.is_complete or self.error is not None or self.is_dropped
        return is_over or (count is not None and len(self._keys) >= count)


class Listings:
    """Keeps the listings of one server, the least recently used dropped first.

    Args:
        db: Where the items are.
        max_bytes: How much memory all listings may take together; the newest stays whatever it takes.
    """

    def __init__(self, db: Database, *, max_bytes: int = MAX_BYTES) -> None:
        self._db = db
        self._max_bytes = max_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, KeyList] = OrderedDict()
        self._pool: ThreadPoolExecutor | None = None

    def open(self, dataset_id: str, query: Query | None = None, *, as_of: int | None = None) -> KeyList:
        """Give the listing of what matches now, or as of a revision; made when it is not there.

        Returns:
            A listing whose fill has begun: complete when it took less than a quarter of a second.

        Raises:
            InvalidInput: The revision does not exist.
            NotFound: There is no such dataset.
            QueryError: The query names a snapshot that does not exist.
        """
        with self._db.read() as conn:
            fresh, _ = _resolve(conn, dataset_id, query or Query(), as_of)
        found = self._find(fresh.id)
        if found is None:
            found = self._begin(dataset_id, query or Query(), as_of)
        found.wait(None, timeout_s=FIRST_WAIT_S)
        return found

    def get(self, dataset_id: str, listing_id: str) -> KeyList:
        """Give a listing of a dataset by id.

        Raises:
            ListingGone: It is not held, or is another dataset's.
        """
        found = self._find(listing_id)
        if found is None or found.dataset_id != dataset_id:
            raise ListingGone(
                f"no listing {listing_id[:60]} is held for this dataset",
                hint="Make it again: POST /datasets/{dataset_id}/listings with the same query.",
            )
        return found

    def close(self) -> None:
        """Stop filling and forget everything."""
        with self._lock:
            for one in self._kept.values():
                one.is_dropped = True
            self._kept.clear()
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _find(self, listing_id: str) -> KeyList | None:
        with self._lock:
            found = self._kept.get(listing_id)
            if found is not None:
                self._kept.move_to_end(listing_id)
            return found

    def _begin(self, dataset_id: str, query: Query, as_of: int | None) -> KeyList:
        begun = _Begun()
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(_FILLERS, thread_name_prefix="whorl-listing")
            self._pool.submit(self._fill, dataset_id, query, as_of, begun)
        return begun.wait()

    def _fill(self, dataset_id: str, query: Query, as_of: int | None, begun: _Begun) -> None:
        """Read all keys in one transaction, whose revision the listing has."""
        listing: KeyList | None = None
        try:
            with self._db.read() as conn:
                listing, compiled = _resolve(conn, dataset_id, query, as_of)
                is_mine = self._keep(listing)
                begun.set(listing if is_mine else self._find(listing.id) or listing)
                if is_mine:
                    self._read(conn, listing, compiled)
        except Exception as error:  # noqa: BLE001 - the thread's border: whoever waits is told
            if listing is None:
                begun.fail(error)
                return
            self._forget(listing)
            listing.finish(error=error)

    def _read(self, conn: Connection, listing: KeyList, compiled: CompiledQuery) -> None:
        whole = _gapless(conn, compiled)
        if whole is None:
            for keys in iter_keys(conn, compiled):
                if listing.is_dropped:
                    raise ListingGone("the listing was dropped while it was filled", hint="Make it again.")
                listing.extend(keys)
                self._shrink(newest=listing)
        listing.finish(keys=whole)

    def _keep(self, listing: KeyList) -> bool:
        """Whether the listing is new; it is kept then."""
        with self._lock:
            return self._kept.setdefault(listing.id, listing) is listing

    def _forget(self, listing: KeyList) -> None:
        with self._lock:
            self._kept.pop(listing.id, None)

    def _shrink(self, *, newest: KeyList) -> None:
        with self._lock:
            held = sum(one.size_bytes for one in self._kept.values())
            for listing_id in [one for one in self._kept if one != newest.id]:
                if held <= self._max_bytes:
                    return
                dropped = self._kept.pop(listing_id)
                dropped.is_dropped = True
                held -= dropped.size_bytes


class _Begun:
    """What the fill hands over once it knows its revision."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._listing: KeyList | None = None
        self._error: Exception | None = None

    def set(self, listing: KeyList) -> None:
        self._listing = listing
        self._event.set()

    def fail(self, error: Exception) -> None:
        self._error = error
        self._event.set()

    def wait(self) -> KeyList:
        self._event.wait(_BEGIN_WAIT_S)
        if self._error is not None:
            raise self._error
        if self._listing is None:
            raise Unavailable("the server is busy with other listings", hint="Try again in a moment.")
        return self._listing


def _resolve(conn: Connection, dataset_id: str, query: Query, as_of: int | None) -> tuple[KeyList, CompiledQuery]:
    """An empty listing under its id, which follows from dataset, revision and query; and the query bound to them."""
    row = load_dataset(conn, dataset_id)
    check_as_of(row, as_of)
    at = as_of if as_of is not None else resolve_snapshot(conn, query, dataset_key=row.key)
    revision = row.revision if at is None else at
    # The present is read as the present, which the indexes serve best.
    is_now = at == row.revision and query.snapshot is None
    query = resolve_near(conn, query, row.key)
    compiled = compile_query(query, dataset_key=row.key, as_of=None if is_now else at)
    said = repr((dataset_id, revision, query.where, query.sort))
    digest = hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
    is_whole = query.where == EVERYTHING
    return KeyList(f"lst_{digest[:26]}", dataset_id, row.key, revision, is_whole=is_whole), compiled


def _gapless(conn: Connection, compiled: CompiledQuery) -> range | None:
    """The keys of a whole dataset whose items were added in one go: no key of another dataset lies between."""
    if compiled.query != Query(page_size=compiled.query.page_size) or compiled.as_of is not None:
        return None
    mine = (item_state.c.dataset_key == compiled.dataset_key, standing(item_state, None))
    low, high = (conn.execute(select(end(item_state.c.item_key)).where(*mine)).scalar() for end in (func.min, func.max))
    if low is None or high is None:
        return range(0)
    count = conn.execute(select(func.count()).select_from(item_state).where(*mine)).scalar_one()
    return range(low, high + 1) if count == high - low + 1 else None
