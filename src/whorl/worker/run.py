"""``whorl worker``: the engine without a server."""

from __future__ import annotations

import signal
import threading

from whorl.base.errors import InvalidInput
from whorl.base.log import get_logger
from whorl.base.settings import Settings
from whorl.store.blobs import open_blobs
from whorl.store.db import open_database
from whorl.store.db.migrate import upgrade
from whorl.worker.engine import build_engine

_log = get_logger("worker")


def work(settings: Settings, *, until: threading.Event | None = None) -> None:
    """Drive the engine until a signal (or ``until``) says stop.

    Raises:
        InvalidInput: The database is SQLite, which one process writes: the server drives its own engine there.
        Forbidden: The executor is a Ray cluster on the network and no token is set.
        Unavailable: The database or the Ray cluster cannot be reached.
    """
    if settings.is_sqlite:
        raise InvalidInput(
            "a separate worker needs PostgreSQL; on SQLite the server does the work itself",
            hint="Set WHORL_DB=postgresql://..., or start `whorl up`.",
        )
    stop = until or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: stop.set())
    with open_database(settings.database_url) as db:
        upgrade(db)
        db.start_hints()
        engine = build_engine(db, open_blobs(settings.blobs_url), settings)
        # What is wrong with a cluster shows now, not with the first item.
        engine.executor.start()
        engine.start()
        _log.info("worker is running")
        stop.wait()
        engine.stop()
