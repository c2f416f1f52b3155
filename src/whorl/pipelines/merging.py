"""Where ways meet: one token per node and journey goes on, and a barrier that nothing can open any more gives up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, insert, select

from whorl.engine import Message
from whorl.pipelines.graph import Graph
from whorl.pipelines.tokens import encode_payload, node_address
from whorl.store.db.tables import dead_letter, inbox, parked, run, run_step

GIVE_UP = "give_up"
"""The input by which a part comes back to the node where it waited when no other of its parent is on its way."""

_CHUNK = 500


def drop_doubles(conn: Connection, graph: Graph, messages: Sequence[Message]) -> list[Message]:
    """Leave out messages to a node that the same token has reached already on another way of the same journey.

    The inbox would ignore them, or the node would do its work twice; the run would never count down to zero.
    """
    unique = {message[:4]: message for message in reversed(messages)}
    ways = Counter(edge.target_node for edge in graph.edges)
    meeting = [key for key in unique if ways[key[0].rpartition(":")[2]] > 1]
    for start in range(0, len(meeting), _CHUNK):
        for key in list_known(conn, meeting[start : start + _CHUNK]):
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


def open_stalled_parts(conn: Connection, graph: Graph, *, pipeline_id: str, run_keys: Sequence[int]) -> list[Message]:
    """Send one waiting part of each parent back to its node when no lost part can come any more.

    That is when everything that is left of the run waits at barriers, or is a dead letter. The first such node of the
    flow opens; what it lets go on may still be waited for by the next.
    """
    gathering = [node for node, node_type in graph.types.items() if node_type.gathers_parts]
    if not gathering or not run_keys:
        return []
    keys = list(dict.fromkeys(run_keys))
    barriers = [node for node, node_type in graph.types.items() if node_type.is_barrier]
    mine = (parked.c.pipeline_id == pipeline_id) & parked.c.node.in_(barriers)
    held = _count_by_run(conn, select(parked.c.run_key, func.count()).where(mine), parked.c.run_key, keys)
    is_ours = dead_letter.c.node.startswith(f"{pipeline_id}:")
    dead = _count_by_run(conn, select(dead_letter.c.run_key, func.count()).where(is_ours), dead_letter.c.run_key, keys)
    messages: list[Message] = []
    for run_key, count in held.items():
        row = conn.execute(select(run.c.version, run.c.open_tokens).where(run.c.key == run_key)).one()
        if row.open_tokens == count + dead.get(run_key, 0):
            messages += _open_first(
                conn, graph, gathering, pipeline_id=pipeline_id, run_key=run_key, version=row.version
            )
    return messages


def _open_first(
    conn: Connection, graph: Graph, gathering: Sequence[str], *, pipeline_id: str, run_key: int, version: int
) -> list[Message]:
    for node in reversed(graph.sinks_first()):
        if node not in gathering:
            continue
        found = select(parked).where(
            parked.c.pipeline_id == pipeline_id, parked.c.node == node, parked.c.run_key == run_key
        )
        first: dict[tuple[int, str], RowMapping] = {}
        for row in conn.execute(found.order_by(parked.c.key)).mappings():
            first.setdefault((row["epoch"], str(row["payload"].get("parent"))), row)
        if first:
            conn.execute(delete(parked).where(parked.c.key.in_([row["key"] for row in first.values()])))
            address = node_address(pipeline_id, version, node)
            return [
                Message(address, run_key, row["ref"], row["epoch"], encode_payload(GIVE_UP, row["payload"]))
                for row in first.values()
            ]
    return []


def _count_by_run(
    conn: Connection, counting: Select[int, int], column: ColumnElement[int], run_keys: Sequence[int]
) -> dict[int, int]:
    counts: dict[int, int] = {}
    for start in range(0, len(run_keys), _CHUNK):
        some = counting.where(column.in_(run_keys[start : start + _CHUNK])).group_by(column)
        counts.update((int(row[0]), int(row[1])) for row in conn.execute(some))
    return counts


def list_known(conn: Connection, keys: Sequence[tuple[str, int, str, int]]) -> set[tuple[str, int, str, int]]:
    """Those of the tokens (node's address, run, ref, epoch) that are at the node or have passed it."""
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
