"""Hints between the processes on one PostgreSQL: "something was committed, have a look".

A hint saves waiting for the next poll and is never relied on: it may be lost, late or for nothing. Sending costs no
transaction anything: it happens after the commit, at most some fifty times a second, on a connection of its own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from whorl.base.log import get_logger

CHANNEL = "whorl"
_GATHER_S = 0.02
_LISTEN_S = 0.5
_AFTER_TROUBLE_S = 2.0
_log = get_logger("store")


class Hints:
    """Tells other processes of this one's commits, and this one of theirs, in two threads.

    Args:
        engine: Of the database; one connection stays out of its pool.
        on_hint: Called when another process has committed; must be quick and must not raise.
    """

    def __init__(self, engine: Engine, on_hint: Callable[[], None]) -> None:
        self._engine = engine
        self._on_hint = on_hint
        self._stopping = threading.Event()
        self._news = threading.Event()
        self._pid_of_sender = 0
        self._threads = [
            threading.Thread(target=self._listen, name="whorl-listen", daemon=True),
            threading.Thread(target=self._send, name="whorl-notify", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def announce(self) -> None:
        """This process has committed something."""
        self._news.set()

    def stop(self) -> None:
        """End both threads."""
        self._stopping.set()
        self._news.set()
        for thread in self._threads:
            thread.join()

    def _listen(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except Exception as error:  # noqa: BLE001 - hints are a comfort: whatever broke, polling goes on
                _log.warning("no hints from other processes for now: %s", type(error).__name__)
                self._stopping.wait(_AFTER_TROUBLE_S)

    def _follow(self) -> None:
        borrowed = self._engine.raw_connection()
        # Any: a driver's connection has no common type.
        connection: Any = borrowed.dbapi_connection
        borrowed.detach()
        try:
            connection.autocommit = True
            connection.execute(f"LISTEN {CHANNEL}")
            # What was committed while nobody listened.
            self._on_hint()
            while not self._stopping.is_set():
                found = list(connection.notifies(timeout=_LISTEN_S, stop_after=1))
                if any(note.pid != self._pid_of_sender for note in found):
                    self._on_hint()
        finally:
            connection.close()

    def _send(self) -> None:
        while not self._stopping.is_set():
            self._news.wait()
            self._stopping.wait(_GATHER_S)
            self._news.clear()
            if self._stopping.is_set():
                return
            try:
                with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                    row = connection.execute(
                        text("SELECT pg_backend_pid(), pg_notify(:channel, '')"), {"channel": CHANNEL}
                    )
                    self._pid_of_sender = int(row.one()[0])
            except DBAPIError as error:
                _log.debug("no hint was sent: %s", type(error).__name__)
                self._stopping.wait(_AFTER_TROUBLE_S)
