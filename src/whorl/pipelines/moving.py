"""What becomes of tokens at nodes that a new version lacks: they move, end, or keep it from being saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, exists, func, select, update
from sqlalchemy.orm import aliased

from whorl.base.errors import Conflict, JsonValue
from whorl.engine import Message, send
from whorl.pipelines.cancelling import cancel_runs
from whorl.pipelines.graph import Graph, NodeType
from whorl.pipelines.merging import list_known
from whorl.pipelines.run_ends import settle_runs
from whorl.pipelines.tokens import encode_payload, node_address
from whorl.pipelines.watching import count_with_people, list_addresses, list_with_people
from whorl.schemas.pipelines import Pipeline, PortType
from whorl.store.db.tables import inbox, parked, run, task_item
from whorl.tasks.withdrawing import withdraw_task_items

CANCEL = "!"
"""In place of a new node: the runs of the tokens that wait there are cancelled."""

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Standing:
    """A token that stands at a node that vanishes."""

    run_key: int
    ref: str
    epoch: int
    port: str
    values: Mapping[str, JsonValue]


@dataclass(frozen=True)
class Move:
    """From a node that vanishes to one that is there."""

    pipeline_id: str
    version: int
    graph: Graph
    source: str
    target: str
    old_type: NodeType | None
    is_same_kind: bool
    now: datetime


def move_removed(
    conn: Connection,
    held: Pipeline,
    graph: Graph,
    *,
    types: Mapping[str, NodeType],
    migrate: Mapping[str, str],
    version: int,
    now: datetime,
) -> None:
    """Move what waits at nodes that the new version lacks to where ``migrate`` says, in the new version.

    At a node of the same kind it waits on: parked tokens as they are, people's items in their task. At one of another
    kind it comes in anew. ``!`` instead of a node cancels the runs.

    Raises:
        Conflict: Something waits where nobody said what becomes of it, is being worked on, or does not fit.
    """
    removed = {node.id: node.type for node in held.definition.nodes if node.id not in graph.nodes}
    waiting = {node: count for node in removed if (count := _count(conn, held.id, node))}
    homeless = {node: count for node, count in waiting.items() if migrate.get(node) not in {*graph.nodes, CANCEL}}
    if homeless:
        told = ", ".join(f"{node} ({count})" for node, count in sorted(homeless.items()))
        raise Conflict(
            f"tokens wait at nodes that the new version does not have: {told}",
            hint="Say where they go with migrate={'old_node': 'new_node'}, cancel them with {'old_node': '!'}, or let "
            "them finish first.",
            details={"nodes": {node: count for node, count in homeless.items()}},
        )
    for node in waiting:
        if migrate[node] == CANCEL:
            cancel_runs(conn, held.id, _list_run_keys(conn, held.id, node), now=now)
            continue
        target = migrate[node]
        is_same_kind = removed[node] == graph.nodes[target].type
        old_type = types.get(removed[node])
        _move(conn, Move(held.id, version, graph, node, target, old_type, is_same_kind, now))


def _count(conn: Connection, pipeline_id: str, node: str) -> int:
    at_node = (parked.c.pipeline_id == pipeline_id) & (parked.c.node == node)
    kept = conn.execute(select(func.count()).select_from(parked).where(at_node)).scalar_one()
    in_inbox = select(func.count()).select_from(inbox).where(_in_inbox(conn, pipeline_id, node))
    moving = conn.execute(in_inbox).scalar_one()
    return kept + moving + count_with_people(conn, pipeline_id).get(node, 0)


def _list_run_keys(conn: Connection, pipeline_id: str, node: str) -> list[int]:
    at_node = (parked.c.pipeline_id == pipeline_id) & (parked.c.node == node)
    keys = set(conn.execute(select(parked.c.run_key).where(at_node)).scalars())
    keys |= set(conn.execute(select(inbox.c.run_key).where(_in_inbox(conn, pipeline_id, node))).scalars())
    keys |= {one.run_key for one in list_with_people(conn, pipeline_id, node=node)}
    return sorted(keys)


def _move(conn: Connection, move: Move) -> None:
    arriving = _take_from_inbox(conn, move)
    if move.is_same_kind:
        moved = [*_move_parked(conn, move), *_move_ways(conn, move)]
    else:
        arriving += [*_take_parked(conn, move), *_take_from_people(conn, move)]
        moved = []
    _send(conn, move, arriving)
    keys = sorted({*moved, *(token.run_key for token in arriving)})
    for start in range(0, len(keys), _CHUNK):
        chunk = run.c.key.in_(keys[start : start + _CHUNK])
        conn.execute(update(run).where(chunk).values(version=move.version))


def _take_from_inbox(conn: Connection, move: Move) -> list[_Standing]:
    here = _in_inbox(conn, move.pipeline_id, move.source)
    now_ms = int(move.now.timestamp() * 1000)
    held = select(inbox.c.id).where(here, inbox.c.token.is_not(None), inbox.c.leased_until_ms > now_ms)
    busy = len(conn.execute(held).all())
    if busy:
        raise Conflict(
            f"node {move.source!r} is working on {busy} tokens now",
            hint="Try again in a moment, or pause the pipeline first.",
            details={"nodes": {move.source: busy}},
        )
    rows = conn.execute(delete(inbox).where(here).returning(inbox)).all()
    found = []
    for row in rows:
        payload = orjson.loads(row.payload)
        found.append(_Standing(row.run_key, row.ref, row.epoch, payload["port"], payload["values"]))
    return found


def _take_parked(conn: Connection, move: Move) -> list[_Standing]:
    here = (parked.c.pipeline_id == move.pipeline_id) & (parked.c.node == move.source)
    rows = conn.execute(delete(parked).where(here).returning(parked)).all()
    return [_Standing(row.run_key, row.ref, row.epoch, row.port, row.payload) for row in rows]


def _take_from_people(conn: Connection, move: Move) -> list[_Standing]:
    keys = [one.key for one in list_with_people(conn, move.pipeline_id, node=move.source)]
    found = []
    for start in range(0, len(keys), _CHUNK):
        chunk = keys[start : start + _CHUNK]
        ways = conn.execute(select(task_item.c.return_to).where(task_item.c.key.in_(chunk))).scalars().all()
        found += [
            _Standing(int(way["run_key"]), str(way["ref"]), int(way["epoch"]), str(way["port"]), way["values"])
            for way in ways
        ]
        withdraw_task_items(conn, chunk, now=move.now)
    return found


def _move_parked(conn: Connection, move: Move) -> list[int]:
    here = (parked.c.pipeline_id == move.pipeline_id) & (parked.c.node == move.source)
    there = aliased(parked)
    is_double = exists().where(
        there.c.pipeline_id == move.pipeline_id,
        there.c.node == move.target,
        *(there.c[name] == parked.c[name] for name in ("run_key", "ref", "epoch", "port")),
    )
    doubles = conn.execute(delete(parked).where(here, is_double).returning(parked.c.run_key)).scalars().all()
    settle_runs(conn, {key: -count for key, count in Counter(doubles).items()}, now=move.now)
    moved = update(parked).where(here).values(node=move.target).returning(parked.c.run_key)
    return list(conn.execute(moved).scalars())


def _move_ways(conn: Connection, move: Move) -> list[int]:
    found = list_with_people(conn, move.pipeline_id, node=move.source)
    for one in found:
        mine = task_item.c.key == one.key
        way = conn.execute(select(task_item.c.return_to).where(mine).with_for_update()).scalar_one()
        changed = {**way, "node": move.target, "version": move.version}
        conn.execute(update(task_item).where(mine).values(return_to=changed))
    return [one.run_key for one in found]


def _send(conn: Connection, move: Move, arriving: Sequence[_Standing]) -> None:
    address = node_address(move.pipeline_id, move.version, move.target)
    messages = {
        (address, token.run_key, token.ref, token.epoch): Message(
            address, token.run_key, token.ref, token.epoch, encode_payload(_door(move, token.port), token.values)
        )
        for token in arriving
    }
    known = list_known(conn, list(messages)) if messages else set()
    send(conn, [message for key, message in messages.items() if key not in known])
    # What has been there already, or came twice, ends here: the other one stands for both.
    came = Counter(token.run_key for token in arriving)
    came.subtract(key[1] for key in messages if key not in known)
    settle_runs(conn, {key: -count for key, count in came.items() if count}, now=move.now)


def _door(move: Move, port: str) -> str:
    inputs = move.graph.types[move.target].inputs
    carried = None if move.old_type is None else move.old_type.inputs.get(port)
    fitting = [name for name, taken in inputs.items() if taken in (carried, PortType.SIGNAL)]
    if port in fitting:
        return port
    if not fitting:
        what = "that" if carried is None else f"a token of type {carried.value}"
        raise Conflict(
            f"tokens of {move.source!r} cannot go to {move.target!r}, which takes no {what}",
            hint="Name a node that takes what waits there, or '!' to cancel the runs.",
            details={"nodes": {move.source: 1}},
        )
    return fitting[0]


def _in_inbox(conn: Connection, pipeline_id: str, node: str):  # type: ignore[no-untyped-def]
    return inbox.c.node.in_(list_addresses(conn, pipeline_id, node))
