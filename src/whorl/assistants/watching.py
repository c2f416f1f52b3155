"""Looks after assistants: begins a training when enough is finished, and welcomes what comes to a queue later.

The look is at how things stand, not at what happened: nothing is missed by a restart, and looking twice does no harm.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from whorl.assistants import queries, rounds
from whorl.base.clock import Clock, to_datetime
from whorl.base.log import get_logger
from whorl.store.db import Database, Priority

_log = get_logger("assistants")
_GATHER_S = 0.5
_AFTER_TROUBLE_S = 5.0


class AssistantWatch:
    """A thread that looks after every commit, though at most twice a second, and now and then without one.

    Args:
        poll_s: Longest time until something is noticed that no commit of this process announced.
    """

    def __init__(self, db: Database, clock: Clock, *, poll_s: float = 10.0) -> None:
        self._db = db
        self._clock = clock
        self._poll_s = poll_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        db.on_commit(self._wake.set)

    def look(self) -> int:
        """Do what is due, and give how many things that were."""
        with self._db.read() as conn:
            waiting = queries.list_waiting(conn)
            is_lost = rounds.has_lost(conn)
            due = [row.id for row in waiting if row.is_due]
            awaited = [
                row.id
                for row in waiting
                if not row.is_due and row.model_id is not None and rounds.find_newcomers(conn, row) is not None
            ]
        done = self._write(_settle) if is_lost else 0
        done += sum(self._write(_begin(one)) for one in due)
        return done + sum(self._write(_welcome(one)) for one in awaited)

    def start(self) -> None:
        """Look in a thread until ``stop``."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._loop, name="whorl-assistants", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the thread after what it does now."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _loop(self) -> None:
        while not self._stopping.is_set():
            self._wake.wait(self._poll_s)
            # People commit by the hundred a second: one look serves all of the next moment.
            self._stopping.wait(_GATHER_S)
            self._wake.clear()
            if self._stopping.is_set():
                return
            try:
                self.look()
            except Exception:
                # The border of the watch: whatever went wrong was rolled back whole, and is tried again.
                _log.exception("the watch over assistants stumbled")
                self._stopping.wait(_AFTER_TROUBLE_S)

    def _write(self, step: _Step) -> int:
        now = to_datetime(self._clock.now())
        return self._db.write(lambda conn: step(conn, now), priority=Priority.ENGINE)


_Step = Callable[[Connection, datetime], int]


def _begin(assistant_id: str) -> _Step:
    def step(conn: Connection, now: datetime) -> int:
        # Read again: between the look and this write anything may have happened.
        row = queries.find_assistant(conn, assistant_id)
        return int(row is not None and row.is_due and rounds.begin_training(conn, row, now=now) is not None)

    return step


def _welcome(assistant_id: str) -> _Step:
    def step(conn: Connection, now: datetime) -> int:
        row = queries.find_assistant(conn, assistant_id)
        return int(row is not None and row.status == "ready" and rounds.welcome(conn, row, now=now) is not None)

    return step


def _settle(conn: Connection, now: datetime) -> int:
    return rounds.settle_lost(conn, now=now)
