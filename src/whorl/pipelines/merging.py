"""Where ways meet: one token per node and journey goes on, and a barrier that nothing can open any more gives up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from whorl.engine import Message
from whorl.pipelines.graph import Graph
from whorl.store.db.tables import inbox, parked, run, run_step

_CHUNK = 500


def drop_doubles(conn: Connection, graph: Graph, messages: Sequence[Message]) -> list[Message]:
    """Leave out messages to a node that the same token has reached already on another way of the same journey.

    The inbox would ignore them, or the node would do its work twice; the run would never count down to zero.
    """
    unique = {message[:4]: message for message in reversed(messages)}
    ways = Counter(edge.target_node for edge in graph.edges)
    meeting = [key for key in unique if ways[key[0].rpartition(":")[2]] > 1]
    for start in range(0, len(meeting), _CHUNK):
        for key in _list_known(conn, meeting[start : start + _CHUNK]):
            unique.pop(key, None)
    return list(reversed(unique.values()))


def give_up_barriers(
    conn: Connection, graph: Graph, *, pipeline_id: str, run_keys: Sequence[int], now: datetime
) -> dict[int, int]:
    """End the tokens of runs in which everything that is left waits at barriers: nothing can open those any more.

    Returns:
        By how much to change each run's count of open tokens.
    """
    barriers = [node for node, node_type in graph.types.items() if node_type.is_barrier]
    if not barriers or not run_keys:
        return {}
    mine = (parked.c.pipeline_id == pipeline_id) & parked.c.node.in_(barriers) & parked.c.run_key.in_(run_keys)
    waiting = select(parked.c.run_key, func.count().label("n")).where(mine).group_by(parked.c.run_key).subquery()
    stalled = (
        select(waiting.c.run_key).join(run, run.c.key == waiting.c.run_key).where(run.c.open_tokens == waiting.c.n)
    )
    keys = list(conn.execute(stalled).scalars())
    if not keys:
        return {}
    ended = list(conn.execute(delete(parked).where(mine, parked.c.run_key.in_(keys)).returning(parked)).mappings())
    steps = {
        (row["run_key"], row["node"], row["ref"], row["epoch"]): {
            "run_key": row["run_key"],
            "node": row["node"],
            "ref": row["ref"],
            "epoch": row["epoch"],
            "port": "",
            "output": {"gave_up": "nothing else of this run is on its way", "arrived": row["port"]},
            "machine_seconds": 0.0,
            "at": now,
        }
        for row in ended
    }
    conn.execute(insert(run_step), list(steps.values()))
    return {key: -count for key, count in Counter(row["run_key"] for row in ended).items()}


def _list_known(conn: Connection, keys: Sequence[tuple[str, int, str, int]]) -> set[tuple[str, int, str, int]]:
    run_keys = sorted({key[1] for key in keys})
    refs = {key[2] for key in keys}
    # Two ways may arrive at the same moment; each must see what the other has sent.
    conn.execute(select(run.c.key).where(run.c.key.in_(run_keys)).order_by(run.c.key).with_for_update())
    found = select(inbox.c.node, inbox.c.run_key, inbox.c.ref, inbox.c.epoch).where(
        inbox.c.node.in_({key[0] for key in keys}), inbox.c.run_key.in_(run_keys), inbox.c.ref.in_(refs)
    )
    known = {(row.node, row.run_key, row.ref, row.epoch) for row in conn.execute(found)}
    passed = select(run_step.c.node, run_step.c.run_key, run_step.c.ref, run_step.c.epoch).where(
        run_step.c.run_key.in_(run_keys),
        run_step.c.node.in_({key[0].rpartition(":")[2] for key in keys}),
        run_step.c.ref.in_(refs),
    )
    steps = {(row.node, row.run_key, row.ref, row.epoch) for row in conn.execute(passed)}
    return known | {key for key in keys if (key[0].rpartition(":")[2], *key[1:]) in steps}
