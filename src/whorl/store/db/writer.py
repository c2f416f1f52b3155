"""The one writer thread of SQLite: people first, many of them to a commit, and a guaranteed share for the engine."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, Engine

from whorl.base.errors import Unavailable

PEOPLE_PER_GROUP = 64
ENGINE_WAITS_S = 0.02
"""How long people who keep coming may hold up a write of the engine."""


class Priority(IntEnum):
    """Who waits for a write."""

    PEOPLE = 0
    ENGINE = 1


# Any: the writer carries results of every type from jobs to their futures and never looks at them.
_Job = tuple[Callable[[Connection], Any], "Future[Any]", float]


class Writer:
    """Runs writes one after the other on a thread that owns the only writing connection.

    People's writes go first, all that wait in one transaction. A write of the engine is a transaction of its own, so
    that nobody's answer waits for its commit. It comes when no person waits, or when it has waited for
    ``ENGINE_WAITS_S``, so people cannot starve the engine either. A job that raises is rolled back to its savepoint and
    does not touch its neighbours. A job may be run again when a neighbour's error (a full disk) made SQLite give up the
    transaction of all.

    Args:
        engine: An engine whose ``begin`` emits BEGIN IMMEDIATE.
        after_commit: Called with no arguments after each commit, on the writer's thread.
        translate: Turns a driver's error into one of ours, or gives it back.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        after_commit: Callable[[], None],
        translate: Callable[[BaseException], BaseException],
    ) -> None:
        self._engine = engine
        self._after_commit = after_commit
        self._translate = translate
        self._queues: dict[Priority, deque[_Job]] = {Priority.PEOPLE: deque(), Priority.ENGINE: deque()}
        self._wake = threading.Condition()
        self._is_closed = False
        self._is_peoples_turn_over = False
        self._waits: dict[Priority, tuple[int, float]] = dict.fromkeys(Priority, (0, 0.0))
        self._thread = threading.Thread(target=self._run, name="whorl-writer", daemon=True)
        self._thread.start()

    # Any: see _Job.
    def submit(self, work: Callable[[Connection], Any], priority: Priority) -> Future[Any]:
        """Queue a write and give its future."""
        if threading.current_thread() is self._thread:
            raise RuntimeError("a write may not wait for another write; pass the connection on instead")
        # Any: see _Job.
        future: Future[Any] = Future()
        with self._wake:
            if self._is_closed:
                raise Unavailable("the database is closed", hint="Open it again.")
            self._queues[priority].append((work, future, time.monotonic()))
            self._wake.notify()
        return future

    def pending(self) -> int:
        """How many jobs wait, not counting those that run now."""
        return sum(len(queue) for queue in self._queues.values())

    def waits(self) -> dict[Priority, tuple[int, float]]:
        """How many writes have begun, and how many seconds they waited in all."""
        return dict(self._waits)

    def close(self) -> None:
        """Finish what is queued, then stop."""
        with self._wake:
            self._is_closed = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        with self._engine.connect() as connection:
            while True:
                group = self._next_group()
                if not group:
                    return
                self._run_group(connection, group)

    def _next_group(self) -> list[_Job]:
        people, engine = self._queues[Priority.PEOPLE], self._queues[Priority.ENGINE]
        with self._wake:
            while not people and not engine and not self._is_closed:
                self._wake.wait()
            has_turn = not people or (self._is_peoples_turn_over and self._has_waited(engine))
            self._is_peoples_turn_over = not (engine and has_turn)
            if engine and has_turn:
                return self._take(Priority.ENGINE, 1)
            return self._take(Priority.PEOPLE, min(PEOPLE_PER_GROUP, len(people)))

    def _take(self, priority: Priority, count: int) -> list[_Job]:
        taken = [self._queues[priority].popleft() for _ in range(count)]
        begun, waited_s = self._waits[priority]
        now = time.monotonic()
        self._waits[priority] = (begun + count, waited_s + sum(now - job[2] for job in taken))
        return taken

    def _has_waited(self, queue: deque[_Job]) -> bool:
        return bool(queue) and time.monotonic() - queue[0][2] >= ENGINE_WAITS_S

    def _run_group(self, connection: Connection, group: list[_Job]) -> None:
        # Any: see _Job.
        done: list[tuple[Future[Any], Any]] = []
        refused: list[tuple[Future[Any], BaseException]] = []
        try:
            with connection.begin():
                # Any: the driver's own connection; its savepoints cost a tenth of SQLAlchemy's.
                driver: Any = connection.connection.dbapi_connection
                for work, future, _ in group:
                    driver.execute("SAVEPOINT one_write")
                    try:
                        result = work(connection)
                        driver.execute("RELEASE one_write")
                    except BaseException as error:  # noqa: BLE001 - handed to the waiting caller
                        if not _is_open(connection):
                            future.set_exception(self._cause(error))
                            raise _TransactionGone from error
                        driver.execute("ROLLBACK TO one_write")
                        driver.execute("RELEASE one_write")
                        # Told after the commit: who is refused because of a neighbour's work must find it when looking.
                        refused.append((future, self._translate(error)))
                    else:
                        done.append((future, result))
        except _TransactionGone:
            # Nothing of the group is on disk, and only one of them was at fault.
            self._run_each(connection, group)
            return
        except BaseException as error:  # noqa: BLE001 - the commit itself failed: nobody's work is kept
            translated = self._translate(error)
            for _, future, _ in group:
                if not future.done():
                    future.set_exception(translated)
            return
        for future, result in done:
            future.set_result(result)
        for future, reason in refused:
            future.set_exception(reason)
        self._after_commit()

    def _run_each(self, connection: Connection, group: list[_Job]) -> None:
        for job in group:
            if not job[1].done():
                self._run_group(connection, [job])

    def _cause(self, error: BaseException) -> BaseException:
        # What was raised may only say that the transaction is gone; what came before says why.
        earlier: BaseException | None = error
        while earlier is not None:
            translated = self._translate(earlier)
            if translated is not earlier:
                return translated
            earlier = earlier.__context__
        return error


class _TransactionGone(Exception):
    """SQLite has rolled back the whole transaction by itself, as it does when the disk is full."""


def _is_open(connection: Connection) -> bool:
    # Any: the driver's own connection; only SQLite has a writer thread.
    driver: Any = connection.connection.dbapi_connection
    return bool(driver.in_transaction)
