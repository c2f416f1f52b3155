"""What waits, what died, and for which nodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, text

from whorl.store.db.tables import dead_letter, inbox

# Jumps from node to node along the index; DISTINCT would read every row.
_NODES = text(
    "WITH RECURSIVE jump(node) AS (SELECT min(node) FROM inbox UNION ALL"
    " SELECT (SELECT min(node) FROM inbox WHERE inbox.node > jump.node) FROM jump WHERE jump.node IS NOT NULL)"
    " SELECT node FROM jump WHERE node IS NOT NULL"
)


@dataclass(frozen=True, slots=True)
class NodeCounts:
    """How many items of a node wait, are leased, and are dead."""

    waiting: int
    leased: int
    dead: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An item that used up its tries, with its last error."""

    id: int
    node: str
    run_key: int
    ref: str
    epoch: int
    attempts: int
    error_code: str
    error: str
    at: datetime


def list_inbox_nodes(conn: Connection) -> list[str]:
    """Give the nodes that have an item in the inbox, in alphabetical order; quick at any backlog."""
    return list(conn.execute(_NODES).scalars())


def count_by_node(conn: Connection) -> dict[str, NodeCounts]:
    """Count items per node; reads every row, about 0.1 s per million."""
    waiting = conn.execute(select(inbox.c.node, func.count(), func.count(inbox.c.token)).group_by(inbox.c.node)).all()
    buried = conn.execute(select(dead_letter.c.node, func.count()).group_by(dead_letter.c.node))
    dead: dict[str, int] = {row[0]: row[1] for row in buried}
    found = {node: NodeCounts(total - leased, leased, dead.pop(node, 0)) for node, total, leased in waiting}
    return found | {node: NodeCounts(0, 0, count) for node, count in dead.items()}


def list_dead_letters(
    conn: Connection, *, node: str | None = None, after_id: int = 0, limit: int = 100
) -> list[DeadLetter]:
    """Give a page of dead letters by id, of one node or of all."""
    query = select(dead_letter).where(dead_letter.c.id > after_id).order_by(dead_letter.c.id).limit(limit)
    if node is not None:
        query = query.where(dead_letter.c.node == node)
    return [
        DeadLetter(r.id, r.node, r.run_key, r.ref, r.epoch, r.attempts, r.error_code, r.error, r.at)
        for r in conn.execute(query)
    ]
