"""A server with an engine beside it that is never idle: five trivial nodes, fed again before they run dry.

Started by ``benchmarks.annotators --engine``. The engine waits for the file ``engine.start`` in the home folder and
writes the number of node executions so far to ``engine.json``, ten times a second.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from benchmarks.engine import NODES, AddOne
from whorl.base.settings import Settings
from whorl.engine import Dispatcher, InlineExecutor, Message, StaticHandlers, Work, send
from whorl.server.run import RunningServer, open_server
from whorl.store.db import Database

BATCH = 256
_REFILL = 5_000


@dataclass
class Count:
    """How many node executions are on disk, and how many items were put in."""

    done: int = 0
    filled: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Counted(AddOne):
    """``AddOne`` that counts what it has done."""

    count: Count = field(default_factory=Count)

    def commit(self, conn: Connection, works: Sequence[Work], outcomes: Sequence[int]) -> Iterable[Message]:
        with self.count.lock:
            self.count.done += len(works)
        return super().commit(conn, works, outcomes)


def make_dispatcher(db: Database, count: Count) -> Dispatcher:
    """A dispatcher over the five nodes."""
    following = zip(NODES, [*NODES[1:], None], strict=True)
    handlers = {node: Counted(after, BATCH, count=count) for node, after in following}
    return Dispatcher(db, StaticHandlers(handlers), executor=InlineExecutor(), threads=1)


def keep_busy(running: RunningServer, home: Path) -> None:
    """Feed the engine until the server stops, and tell how far it is."""
    stopping, db = running.services.stopping, running.services.db
    while not (home / "engine.start").exists():
        if stopping.wait(0.05):
            return
    count = Count()
    dispatcher = make_dispatcher(db, count)
    dispatcher.start()
    while not stopping.wait(0.1):
        if count.filled * len(NODES) - count.done < _REFILL * len(NODES) * 2:
            keys = range(count.filled, count.filled + _REFILL)
            db.write(partial(send, messages=[Message(NODES[0], key, f"itm_{key:026d}", 0, {"v": 0}) for key in keys]))
            count.filled += _REFILL
        partial_file = home / "engine.json.part"
        partial_file.write_text(json.dumps({"at": time.time(), "done": count.done}), encoding="utf-8")
        partial_file.replace(home / "engine.json")
    dispatcher.stop()


def main() -> None:
    """Serve until told to stop, the home and port from the environment."""
    settings = Settings()
    with open_server(settings) as running:
        feeder = threading.Thread(target=keep_busy, args=(running, Path(os.environ["WHORL_HOME"])), daemon=True)
        feeder.start()
        print(json.dumps({"url": running.address.url}), flush=True)
        running.owns_process = True
        running.run()
        feeder.join(10)


if __name__ == "__main__":
    main()
