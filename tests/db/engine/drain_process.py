"""A process that works until the inbox is empty; the tests kill it: ``python drain_process.py URL``."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

from sqlalchemy import text

from whorl.engine import Dispatcher, InlineExecutor, StaticHandlers
from whorl.store.db import open_database
from whorl.testing.handlers import chain_of


def main(url: str) -> None:
    """Drain the inbox of the database at ``url`` through nodes a to e."""
    handlers = {node: replace(handler, lease_s=2.0, max_attempts=20) for node, handler in chain_of("abcde").items()}
    with open_database(url, synchronous="NORMAL") as database:
        while True:
            dispatcher = Dispatcher(
                database, StaticHandlers(handlers), executor=InlineExecutor(), threads=2, poll_s=0.1
            )
            dispatcher.start()
            dispatcher.run_until_idle(60)
            dispatcher.stop()
            with database.read() as conn:
                if not conn.execute(text("SELECT EXISTS (SELECT 1 FROM inbox)")).scalar_one():
                    return
            time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1])
