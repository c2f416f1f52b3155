"""The batches in flight in this process: how many per node, and their heartbeats."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable

from whorl.base.clock import Clock
from whorl.base.log import get_logger
from whorl.engine.batches import Batch
from whorl.engine.inbox import extend
from whorl.store.db import Database, Priority

_log = get_logger("engine")
_MAX_PAUSE_S = 1.0
_MIN_PAUSE_S = 0.02


class Flights:
    """Counts batches per node and keeps their leases alive from one thread; ``landed`` counts those that ran.

    Args:
        db: Where the leases are.
        clock: Gives the time that SQLite's leases are measured with.
        on_tick: Called about once a second while started.
    """

    def __init__(self, db: Database, clock: Clock, *, on_tick: Callable[[], None]) -> None:
        self._db = db
        self._clock = clock
        self._on_tick = on_tick
        self._lock = threading.Lock()
        self._slots: Counter[str] = Counter()
        self._beats: dict[str, tuple[Batch, float]] = {}
        self._began: dict[str, float] = {}
        self.landed = 0
        self._wake = threading.Event()
        self._is_stopping = False
        self._thread: threading.Thread | None = None

    def take_slot(self, node: str, *, limit: int) -> bool:
        """Count one more batch of ``node``; False when there are ``limit`` already (0: no limit)."""
        with self._lock:
            if limit and self._slots[node] >= limit:
                return False
            self._slots[node] += 1
            return True

    def give_slot(self, node: str) -> None:
        """Count one batch of ``node`` less."""
        with self._lock:
            self._slots[node] -= 1

    def has_slot(self, node: str, *, limit: int) -> bool:
        """Whether ``take_slot`` would succeed now."""
        return not limit or self._slots[node] < limit

    def add(self, batch: Batch) -> None:
        """Keep the leases of ``batch`` alive from now on."""
        with self._lock:
            self._beats[batch.token] = (batch, self._clock.now() + batch.handler.lease_s / 3)
            self._began[batch.token] = time.monotonic()

    def remove(self, batch: Batch) -> None:
        """Leave the leases of ``batch`` alone."""
        with self._lock:
            self.landed += 1
            self._beats.pop(batch.token, None)
            self._began.pop(batch.token, None)

    def list_batches(self) -> list[Batch]:
        """The batches whose bodies run now."""
        with self._lock:
            return [batch for batch, _ in self._beats.values()]

    def count_older(self, *, seconds: float) -> int:
        """How many bodies have been running for longer than ``seconds``."""
        limit = time.monotonic() - seconds
        with self._lock:
            return sum(began < limit for began in self._began.values())

    def is_empty(self) -> bool:
        """Whether nothing runs and nothing is about to be settled."""
        with self._lock:
            return not any(self._slots.values())

    def beat(self, batch: Batch) -> bool:
        """Extend the leases of ``batch``; False, and the batch marked as lost, when none is held any more."""
        held = self._db.write(
            lambda conn: extend(
                conn, batch.token, batch.ids, lease_ms=batch.lease_ms, now_ms=int(self._clock.now() * 1000)
            ),
            priority=Priority.ENGINE,
        )
        if not held:
            batch.is_lost.set()
        with self._lock:
            if batch.token in self._beats:
                self._beats[batch.token] = (batch, self._clock.now() + batch.handler.lease_s / 3)
        return bool(held)

    def start(self) -> None:
        """Start the heartbeats."""
        self._is_stopping = False
        self._wake.clear()
        self._thread = threading.Thread(target=self._run, name="whorl-heartbeat", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the heartbeats."""
        self._is_stopping = True
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _run(self) -> None:
        while not self._is_stopping:
            self._on_tick()
            with self._lock:
                beats = list(self._beats.values())
            now = self._clock.now()
            for batch, due in beats:
                if due <= now:
                    self._try_beat(batch)
            shortest_s = min((batch.handler.lease_s for batch, _ in beats), default=_MAX_PAUSE_S)
            self._wake.wait(min(max(shortest_s / 10, _MIN_PAUSE_S), _MAX_PAUSE_S))

    def _try_beat(self, batch: Batch) -> None:
        try:
            self.beat(batch)
        except Exception:  # the thread's border: a database that is away for a moment must not end all heartbeats
            _log.exception("no heartbeat for node %s", batch.node)
