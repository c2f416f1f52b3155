"""The loop that claims, runs and settles."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection

from whorl.base.clock import Clock, SystemClock, to_datetime
from whorl.base.log import get_logger
from whorl.engine.batches import Batch, run_batch, settle_batch
from whorl.engine.executors import Executor, LocalExecutor
from whorl.engine.flights import Flights
from whorl.engine.handlers import AnyHandler, HandlerSource
from whorl.engine.inbox import claim, list_ready, release, release_all
from whorl.engine.messages import Failed
from whorl.engine.queries import list_inbox_nodes
from whorl.store.db import Database, Priority
from whorl.store.events import repair_event_ids

T = TypeVar("T")
_log = get_logger("engine")
_STRANDED_EVERY_S = 60.0
_GATHER_S = 0.01
_AFTER_TROUBLE_S = 0.5
_LONG_S = 1.0
_MAX_THREADS = 64


@dataclass(frozen=True, slots=True)
class _Context:
    """Implements ``BodyContext``."""

    batch: Batch
    executor: Executor
    clock: Clock
    flights: Flights
    stopping: threading.Event

    def heartbeat(self) -> bool:
        return self.flights.beat(self.batch)

    def should_stop(self) -> bool:
        return self.stopping.is_set() or self.batch.is_lost.is_set()


class Dispatcher:
    """Takes due items to their handlers, nodes near the sink first, and settles each batch in one transaction.

    On SQLite it must be the only one for its database: at the start it takes back what a dead process had leased. On
    PostgreSQL any number of processes may run one each.

    Args:
        db: Holds the inbox. All writes go through it with the engine's priority.
        handlers: Knows the nodes; asked again for every batch.
        executor: Handed to the bodies; a local pool of processes by default. Stopped with the dispatcher.
        clock: Time of leases (SQLite), delays and dead letters.
        threads: Batches at a time, not counting those that have been running for over a second: long jobs do not
            keep short work waiting.
        poll_s: Longest time until a due item is noticed when no commit of this process announced it.
        seed: Spreads the retry delays; the same seed gives the same delays.
    """

    def __init__(
        self,
        db: Database,
        handlers: HandlerSource,
        *,
        executor: Executor | None = None,
        clock: Clock | None = None,
        threads: int = 4,
        poll_s: float = 1.0,
        seed: str = "whorl",
    ) -> None:
        self._db = db
        self._handlers = handlers
        self._executor = executor or LocalExecutor()
        self._clock = clock or SystemClock()
        self._thread_count = threads
        self._poll_s = poll_s
        self._seed = seed
        self._flights = Flights(db, self._clock, on_tick=self._add_threads)
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._commits = 0
        self._sleepers = 0
        self._is_about_to_look = False
        self._stranded: set[str] = set()
        self._stranded_checked_at = float("-inf")
        db.on_commit(self._on_commit)

    @property
    def stranded_nodes(self) -> Sequence[str]:
        """Nodes with waiting items and no handler, as of the last look (once a minute)."""
        return sorted(self._stranded)

    @property
    def batches_run(self) -> int:
        """How many batches this process has run."""
        return self._flights.landed

    @property
    def batches_flying(self) -> int:
        """How many it runs now."""
        return len(self._flights.list_batches())

    def start(self) -> None:
        """Start working in threads."""
        if self._threads:
            return
        self._stopping.clear()
        self._prepare()
        for _ in range(self._thread_count):
            self._add_thread()

    def stop(self, *, timeout_s: float = 30.0) -> None:
        """Tell bodies to stop, wait for them, and give back the items of those that do not in time."""
        self._stopping.set()
        with self._changed:
            self._changed.notify_all()
        deadline = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0.0))
        late = self._flights.list_batches() if any(thread.is_alive() for thread in self._threads) else []
        for batch in late:
            batch.is_lost.set()
            self._release(batch)
        self._threads = []
        self._flights.stop()
        self._executor.stop()

    def run_until_idle(self, timeout_s: float | None = None) -> bool:
        """Work until no item is due (those that wait for later, or have no handler, do not count).

        Uses the threads when started, else works on the calling thread.

        Returns:
            False when ``timeout_s`` passed first.
        """
        deadline = float("inf") if timeout_s is None else time.monotonic() + timeout_s
        if self._threads:
            return self._wait_until_idle(deadline)
        self._stopping.clear()
        self._prepare()
        try:
            batch = self._claim_next()
            while batch is not None and time.monotonic() < deadline:
                batch = self._process(batch) or self._claim_next()
            if batch is None:
                return True
            self._give_back(batch)
            return False
        finally:
            self._flights.stop()

    def _add_thread(self, *, is_extra: bool = False) -> None:
        thread = threading.Thread(target=self._loop, args=(is_extra,), name="whorl-engine", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _add_threads(self) -> None:
        """Stand in for threads that are held up by long bodies."""
        if not self._threads or self._stopping.is_set():
            return
        wanted = min(self._thread_count + self._flights.count_older(seconds=_LONG_S), _MAX_THREADS)
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        while len(self._threads) < wanted:
            self._add_thread(is_extra=True)

    def _prepare(self) -> None:
        if self._db.is_sqlite:
            count = self._write(release_all)
            if count:
                _log.warning("took back %d items from a process that is gone", count)
        elif self._write(repair_event_ids):
            _log.warning("renumbered the events of a restored database")
        self._flights.start()

    def _wait_until_idle(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if self._flights.is_empty() and not self._list_ready() and self._flights.is_empty():
                return True
            time.sleep(0.01)
        return False

    def _loop(self, is_extra: bool) -> None:
        """Work until stopped; an extra thread also ends when it finds nothing to do."""
        batch: Batch | None = None
        while True:
            if self._stopping.is_set():
                if batch is not None:
                    self._give_back(batch)
                return
            if batch is not None:
                batch = self._process(batch)
                continue
            seen = self._commits
            try:
                batch = self._claim_next()
            except Exception:  # noqa: BLE001 - the loop's border: the database may be back in a moment
                _log.exception("cannot claim work")
                self._stopping.wait(_AFTER_TROUBLE_S)
                continue
            if batch is not None:
                self._wake_one()
            elif is_extra:
                return
            else:
                self._sleep(seen)

    def _process(self, batch: Batch) -> Batch | None:
        """Run and settle a batch; give the one claimed in the same transaction."""
        self._flights.add(batch)
        try:
            context = _Context(batch, self._executor, self._clock, self._flights, self._stopping)
            outcomes = run_batch(batch, context)
        finally:
            self._flights.remove(batch)
        try:
            return self._settle(batch, outcomes, may_claim=not self._stopping.is_set())
        except Exception as error:  # noqa: BLE001 - the node's border: its commit failed, so its items failed
            _log.exception("node %s could not commit %d items", batch.node, len(batch.works))
            self._settle_failure(batch, error)
            return None
        finally:
            self._flights.give_slot(batch.node)

    def _settle(
        self, batch: Batch, outcomes: Sequence[object], *, may_claim: bool, tells_handler: bool = True
    ) -> Batch | None:
        taken: list[Batch] = []

        def work(conn: Connection) -> None:
            self._forget(taken)
            now = self._clock.now()
            settle_batch(
                conn,
                batch,
                outcomes,
                now=to_datetime(now),
                now_ms=int(now * 1000),
                seed=self._seed,
                tells_handler=tells_handler,
            )
            if may_claim:
                self._claim_in(conn, taken)

        self._write_or_forget(work, taken)
        return taken[0] if taken else None

    def _settle_failure(self, batch: Batch, error: Exception) -> None:
        failed: list[object] = [Failed(error)] * len(batch.works)
        # What cannot even be told of its dead letters would otherwise be tried again for ever.
        for tells_handler in (True, False):
            try:
                self._settle(batch, failed, may_claim=False, tells_handler=tells_handler)
            except Exception:  # noqa: BLE001 - the database is away: the leases run out and the items are due again
                _log.exception("node %s could not give back %d items", batch.node, len(batch.works))
            else:
                return
        self._stopping.wait(_AFTER_TROUBLE_S)

    def _claim_next(self) -> Batch | None:
        if not self._list_ready():
            self._check_stranded()
            return None
        taken: list[Batch] = []

        def work(conn: Connection) -> None:
            self._forget(taken)
            self._claim_in(conn, taken)

        self._write_or_forget(work, taken)
        return taken[0] if taken else None

    def _claim_in(self, conn: Connection, taken: list[Batch]) -> None:
        free = self._list_free()
        now_ms = int(self._clock.now() * 1000)
        ready = list_ready(conn, [node for node, _ in free], now_ms=now_ms)
        for node, handler in free:
            if node not in ready or not self._flights.take_slot(node, limit=handler.max_in_flight):
                continue
            token = uuid.uuid4().hex
            batch = Batch(node, handler, token, [])
            taken.append(batch)  # before the claim, so that its slot is given back if the claim raises
            batch.works.extend(
                claim(conn, node, limit=handler.batch_size, lease_ms=batch.lease_ms, now_ms=now_ms, token=token)
            )
            if batch.works:
                return
            self._forget(taken)

    def _list_free(self) -> list[tuple[str, AnyHandler]]:
        """The nodes that may take another batch, in the order in which to serve them."""
        found = [(node, self._handlers.get_handler(node)) for node in reversed(self._handlers.list_nodes())]
        free = [
            (node, handler)
            for node, handler in found
            if handler is not None and self._flights.has_slot(node, limit=handler.max_in_flight)
        ]
        return sorted(free, key=lambda pair: -pair[1].priority)

    def _list_ready(self) -> set[str]:
        nodes = [node for node, _ in self._list_free()]
        if not nodes:
            return set()
        with self._db.read() as conn:
            return list_ready(conn, nodes, now_ms=int(self._clock.now() * 1000))

    def _write(self, work: Callable[[Connection], T]) -> T:
        return self._db.write(work, priority=Priority.ENGINE)

    def _write_or_forget(self, work: Callable[[Connection], None], taken: list[Batch]) -> None:
        try:
            self._write(work)
        except BaseException:
            self._forget(taken)
            raise

    def _forget(self, taken: list[Batch]) -> None:
        """Give back the slots of batches whose claim was rolled back or found nothing."""
        while taken:
            self._flights.give_slot(taken.pop().node)

    def _give_back(self, batch: Batch) -> None:
        self._release(batch)
        self._flights.give_slot(batch.node)

    def _release(self, batch: Batch) -> None:
        self._write(lambda conn: release(conn, batch.token, batch.ids))

    def _check_stranded(self) -> None:
        now = self._clock.now()
        if now < self._stranded_checked_at + _STRANDED_EVERY_S:
            return
        self._stranded_checked_at = now
        with self._db.read() as conn:
            waiting = list_inbox_nodes(conn)
        stranded = {node for node in waiting if self._handlers.get_handler(node) is None}
        for node in sorted(stranded - self._stranded):
            _log.warning("items wait for node %s, which has no handler", node)
        self._stranded = stranded

    def _sleep(self, seen: int) -> None:
        with self._changed:
            self._sleepers += 1
            if self._commits == seen and not self._stopping.is_set():
                self._changed.wait(self._poll_s)
            self._is_about_to_look = True
        # People commit by the hundred a second, and few commits bring work: one look serves all of the next moment.
        self._stopping.wait(_GATHER_S)
        with self._changed:
            self._is_about_to_look = False
            self._sleepers -= 1

    def _wake_one(self) -> None:
        with self._changed:
            self._changed.notify()

    def _on_commit(self) -> None:
        with self._changed:
            self._commits += 1
            if self._sleepers and not self._is_about_to_look:
                self._changed.notify()
