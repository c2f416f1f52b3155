"""A backlog of a million rows costs no more per batch than one of twenty thousand."""

from __future__ import annotations

import statistics
import time

import pytest

from whorl.engine import Message, claim, finish, send
from whorl.store.db import Database, open_database


def _fill(database: Database, start: int, stop: int) -> None:
    for first in range(start, stop, 20_000):
        rows = [Message("a", n, f"itm_{n}") for n in range(first, min(first + 20_000, stop))]
        database.write(lambda conn, rows=rows: send(conn, rows))


def _batch_cpu_ms(database: Database, *, batches: int = 30) -> float:
    """Median processor time of claiming, finishing and handing on 256 items."""
    times: list[float] = []
    for number in range(batches):
        began = time.process_time()
        token = f"{time.monotonic_ns()}"
        works = database.write(lambda c, t=token: claim(c, "a", limit=256, lease_ms=60_000, now_ms=1, token=t))
        assert len(works) == 256

        def hand_on(conn, token=token, works=works) -> None:
            finish(conn, token, [work.id for work in works])
            send(conn, [Message("b", work.run_key, work.ref) for work in works])

        database.write(hand_on)
        if number:
            times.append((time.process_time() - began) * 1000)
    return statistics.median(times)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_backlog__a_million_rows_cost_the_same_per_batch(sqlite_url: str) -> None:
    with open_database(sqlite_url, synchronous="NORMAL") as database:
        _fill(database, 0, 20_000)
        small_ms = _batch_cpu_ms(database)
        _fill(database, 20_000, 1_000_000)
        large_ms = _batch_cpu_ms(database)
    # Scanning the backlog would cost hundreds of times as much.
    assert large_ms < 3 * small_ms + 2
