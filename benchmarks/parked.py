"""What a claim costs while a million items are parked with people, on either database.

    python -m benchmarks.parked [--parked 1000000] [--db sqlite] --json

Parked tokens are rows of ``parked``; beside them the inbox holds a backlog of one node. Timed are a claim of one item
and of a batch of 256 (each in a transaction that is rolled back, so that every claim meets the same backlog) and the
look for nodes with work.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
import uuid
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from benchmarks.engine import fresh_database
from benchmarks.machine import describe_machine
from whorl.access.actions import create_project, ensure_local_owner
from whorl.engine import Message, claim, send
from whorl.engine.inbox import list_ready
from whorl.store.db import Database, open_database
from whorl.store.db.migrate import upgrade
from whorl.store.db.tables import parked, pipeline

_CHUNK = 20_000
_BACKLOG = 20_000
_ROUNDS = 200
_AT = datetime(2026, 1, 1, tzinfo=UTC)
_NODES = [f"pip_1:1:{name}" for name in ("predict", "label", "review", "divide", "gather")]


def fill(db: Database, *, count: int) -> None:
    """Park ``count`` tokens with people, and put a backlog before the first node."""
    db.write(_add_pipeline)
    for start in range(0, count, _CHUNK):
        rows = [_row(key) for key in range(start, min(start + _CHUNK, count))]
        db.write(lambda conn, rows=rows: conn.execute(parked.insert(), rows).close())
    messages = [Message(_NODES[0], key, f"itm_{key:026d}") for key in range(_BACKLOG)]
    db.write(lambda conn: send(conn, messages))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        conn.execute(text("ANALYZE"))


def _add_pipeline(conn: Connection) -> None:
    owner = ensure_local_owner(conn, now=_AT)
    project = create_project(conn, "bench", actor_id=owner.id, now=_AT)
    row = {"id": "pip_1", "project_id": project.id, "name": "line", "version": 1, "is_active": True, "created_at": _AT}
    conn.execute(pipeline.insert().values(**row))


def _row(key: int) -> dict[str, object]:
    return {
        "pipeline_id": "pip_1",
        "node": "label",
        "run_key": key,
        "ref": f"itm_{key:026d}",
        "epoch": 0,
        "port": "item",
        "payload": {},
        "at": _AT,
    }


class _Enough(Exception):
    """Takes a claim back."""


def _timed(db: Database, *, limit: int) -> float:
    seconds = 0.0

    def work(conn: Connection) -> None:
        nonlocal seconds
        now_ms = int(time.time() * 1000)
        begun = time.perf_counter()
        found = claim(conn, _NODES[0], limit=limit, lease_ms=60_000, now_ms=now_ms, token=uuid.uuid4().hex)
        seconds = time.perf_counter() - begun
        assert len(found) == limit
        raise _Enough

    try:
        db.write(work)
    except _Enough:
        return seconds
    raise AssertionError("the claim was not taken back")


def _look(db: Database) -> float:
    begun = time.perf_counter()
    with db.read() as conn:
        assert list_ready(conn, _NODES, now_ms=int(time.time() * 1000)) == {_NODES[0]}
    return time.perf_counter() - begun


def _told(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(1000 * statistics.median(ordered), 3),
        "p95_ms": round(1000 * ordered[int(0.95 * len(ordered))], 3),
    }


def measure(url: str, *, count: int) -> dict[str, object]:
    """Fill a fresh database and time claims."""
    with open_database(url, synchronous="NORMAL") as db:
        upgrade(db)
        fill(db, count=count)
        return {
            "parked": count,
            "db": "sqlite" if db.is_sqlite else "postgres",
            "claim_1": _told([_timed(db, limit=1) for _ in range(_ROUNDS)]),
            "claim_256": _told([_timed(db, limit=256) for _ in range(_ROUNDS)]),
            "look": _told([_look(db) for _ in range(_ROUNDS)]),
        }


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parked", type=int, default=1_000_000)
    parser.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--json", action="store_true", help="the only form there is; for the sake of the others")
    given = parser.parse_args()
    with fresh_database(given.db) as url:
        figures = measure(url, count=given.parked)
    print(json.dumps({**figures, "machine": describe_machine()}))


if __name__ == "__main__":
    main()
