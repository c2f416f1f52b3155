"""Kill -9 in the middle of the work: nothing is lost and nothing is doubled."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, select, text

from whorl.engine import Message, send
from whorl.engine.queries import count_by_node
from whorl.store.db import Database, open_database
from whorl.store.db.tables import run_step

ITEMS = 20_000
_SCRIPT = Path(__file__).with_name("drain_process.py")


def _start(url: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(_SCRIPT), url], stderr=subprocess.DEVNULL)


def _wait_for_results(url: str, count: int) -> None:
    """Watch from outside: the killed process is the only one that opens the database for writing."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    deadline = time.monotonic() + 90
    try:
        while time.monotonic() < deadline:
            with engine.connect() as conn:
                if conn.execute(text("SELECT count(*) FROM run_step")).scalar_one() >= count:
                    return
            time.sleep(0.02)
    finally:
        engine.dispose()
    raise AssertionError(f"no progress towards {count} results")


def _check_all_done_once(database: Database) -> None:
    with database.read() as conn:
        rows = conn.execute(
            select(run_step.c.node, func.count(), func.count(run_step.c.run_key.distinct())).group_by(run_step.c.node)
        ).all()
        counts = count_by_node(conn)
    assert {row[0]: (row[1], row[2]) for row in rows} == dict.fromkeys("abcde", (ITEMS, ITEMS))
    assert counts == {}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kill__four_times_in_20_000_items(database_url: str) -> None:
    with open_database(database_url) as database:
        database.write(lambda conn: send(conn, [Message("a", n, f"itm_{n}") for n in range(ITEMS)]))
        is_sqlite = database.is_sqlite
    workers = [_start(database_url) for _ in range(1 if is_sqlite else 2)]
    try:
        for kill in range(4):
            _wait_for_results(database_url, (kill + 1) * ITEMS)
            victim = workers.pop(0)
            victim.kill()
            assert victim.wait() == -9
            workers.append(_start(database_url))
        assert [worker.wait(timeout=120) for worker in workers] == [0] * len(workers)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    with open_database(database_url) as database:
        _check_all_done_once(database)
