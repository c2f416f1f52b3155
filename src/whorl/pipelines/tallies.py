"""What each node did, minute by minute: totals and rates without reading the journeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from whorl.store.db.tables import node_tally

KEPT_MINUTES = 24 * 60
"""Older minutes are added up in one row."""

_RATE_MINUTES = 5
_BEFORE = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What one node did in all, and of late."""

    done: int
    failed: int
    machine_seconds: float
    human_seconds: float
    done_per_minute: float


def minute_of(at: datetime) -> int:
    """Minutes since 1970, UTC."""
    return int(at.timestamp() // 60)


def add_tally(
    conn: Connection,
    *,
    pipeline_id: str,
    node: str,
    now: datetime,
    done: int = 0,
    failed: int = 0,
    machine_seconds: float = 0.0,
    human_seconds: float = 0.0,
) -> None:
    """Add to this minute's row of a node; one statement a batch."""
    if not done and not failed:
        return
    kind = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = kind(node_tally).values(
        pipeline_id=pipeline_id,
        node=node,
        minute=minute_of(now),
        done=done,
        failed=failed,
        machine_seconds=machine_seconds,
        human_seconds=human_seconds,
    )
    names = ("done", "failed", "machine_seconds", "human_seconds")
    added = {name: node_tally.c[name] + statement.excluded[name] for name in names}
    conn.execute(statement.on_conflict_do_update(index_elements=["pipeline_id", "node", "minute"], set_=added))


def read_tallies(conn: Connection, pipeline_id: str, *, now: datetime) -> dict[str, Tally]:
    """What each node of a pipeline did, by node."""
    first = minute_of(now) - _RATE_MINUTES + 1
    late = func.sum(case((node_tally.c.minute >= first, node_tally.c.done), else_=0))
    found = (
        select(
            node_tally.c.node,
            func.sum(node_tally.c.done),
            func.sum(node_tally.c.failed),
            func.sum(node_tally.c.machine_seconds),
            func.sum(node_tally.c.human_seconds),
            late,
        )
        .where(node_tally.c.pipeline_id == pipeline_id)
        .group_by(node_tally.c.node)
    )
    # This minute has only begun.
    minutes = _RATE_MINUTES - 1 + (now.timestamp() % 60) / 60
    return {
        node: Tally(int(done), int(failed), float(machine), float(human), round(int(of_late) / minutes, 2))
        for node, done, failed, machine, human, of_late in conn.execute(found)
    }


def compact_tallies(conn: Connection, *, now: datetime) -> int:
    """Add up minutes older than a day, so that years of work stay a row per node; gives how many went."""
    last = minute_of(now - timedelta(minutes=KEPT_MINUTES))
    is_old = (node_tally.c.minute > _BEFORE) & (node_tally.c.minute < last)
    named = ("pipeline_id", "node")
    counted = ("done", "failed", "machine_seconds", "human_seconds")
    of_old = select(*(node_tally.c[name] for name in named)).where(is_old).distinct()
    nodes = [tuple(row) for row in conn.execute(of_old)]
    gone = 0
    for pipeline_id, node in nodes:
        mine = (node_tally.c.pipeline_id == pipeline_id) & (node_tally.c.node == node)
        folded = mine & (is_old | (node_tally.c.minute == _BEFORE))
        sums = conn.execute(select(*(func.sum(node_tally.c[name]) for name in counted)).where(folded)).one()
        gone += conn.execute(delete(node_tally).where(folded)).rowcount
        total = dict(zip(counted, sums, strict=True))
        conn.execute(insert(node_tally).values(pipeline_id=pipeline_id, node=node, minute=_BEFORE, **total))
    return gone
