"""Lets runs go again: from their start, from a node, or only what failed of them; each time in the next epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Table, func, select, update

from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.base.ids import kind_of
from whorl.engine import Message, send
from whorl.pipelines import actions, queries
from whorl.pipelines.cancelling import drop_tokens
from whorl.pipelines.graph import Graph
from whorl.pipelines.tokens import encode_payload, node_address
from whorl.schemas.pipelines import PortType, Run
from whorl.store.db.tables import dead_letter, run, run_step

_PORT_OF = {
    "item": PortType.ITEM,
    "model": PortType.MODEL,
    "evaluation": PortType.EVALUATION,
    "comparison": PortType.COMPARISON,
}


def rerun_from_start(conn: Connection, run_id: str, *, graph: Graph, version: int, now: datetime) -> Run:
    """Let a run that has ended go again from where it began, on this version of its pipeline.

    What it wrote stays; nodes that find their work done (a copy that is there, an item that people are done with) pass
    it on.

    Raises:
        Conflict: It is under way, or the version has no such node any more.
    """
    held = _lock_ended(conn, run_id)
    _check_node(graph, held.start_node, version)
    port, values = _find_arrival(conn, held, graph)
    payload = encode_payload(port, values)
    _restart(conn, held, [(held.start_node, held.ref, payload)], graph=graph, version=version, now=now)
    return queries.get_run(conn, run_id)


def rerun_from_node(conn: Connection, run_id: str, *, node: str, graph: Graph, version: int, now: datetime) -> Run:
    """Let the tokens of a run that has ended go again from a node that they passed, with what they brought then.

    Raises:
        Conflict: It is under way, never passed the node, or the version has no such node any more.
        InvalidInput: The node waits for several tokens, of which only the last is on record.
    """
    held = _lock_ended(conn, run_id)
    _check_node(graph, node, version)
    if graph.types[node].is_barrier:
        before = sorted({edge.source_node for edge in graph.edges if edge.target_node == node})
        raise InvalidInput(
            f"node {node!r} waits for several tokens, so a run cannot begin there",
            hint=f"Begin before it: {', '.join(before)}.",
        )
    passed = list(_list_passed(conn, held.key, node))
    if not passed:
        raise Conflict(f"run {run_id} never passed node {node!r}", hint="Its journey lists the nodes it passed.")
    first = next(iter(graph.types[node].inputs))
    tokens = [
        (node, row.ref, orjson.loads(row.arrival) if row.arrival else encode_payload(first, {})) for row in passed
    ]
    _restart(conn, held, tokens, graph=graph, version=version, now=now)
    return queries.get_run(conn, run_id)


def rerun_failed(conn: Connection, run_id: str) -> Run:
    """Try the dead letters of one run again.

    Raises:
        Conflict: It has none.
    """
    held = queries.get_run(conn, run_id)
    key = conn.execute(select(run.c.key).where(run.c.id == run_id)).scalar_one()
    found = queries.find_dead_letters(conn, held.pipeline_id, None)
    mine = [dead_id for dead_id, run_key in found.items() if run_key == key]
    if not mine:
        raise Conflict(f"nothing of run {run_id} has failed", hint="Begin again from its start or from a node.")
    actions.retry_dead_letters(conn, held.pipeline_id, ids=mine)
    return queries.get_run(conn, run_id)


# Any: a row's type is that of its query.
def _lock_ended(conn: Connection, run_id: str) -> Row[Any]:
    found = select(run).where(run.c.id == run_id).with_for_update()
    held = conn.execute(found).one_or_none()
    if held is None:
        raise NotFound(f"no such run: {run_id}")
    if held.state == "active":
        raise Conflict(f"run {run_id} is under way", hint="Wait until it has ended, or cancel it first.")
    return held


def _check_node(graph: Graph, node: str, version: int) -> None:
    if node not in graph.nodes:
        raise Conflict(
            f"version {version} of {graph.definition.name!r} has no node {node!r}",
            hint=f"It has: {', '.join(graph.nodes)}.",
        )


def _check_port(graph: Graph, node: str, payload: Mapping[str, JsonValue], version: int) -> None:
    port = str(payload["port"])
    if port not in graph.types[node].inputs:
        raise Conflict(
            f"node {node!r} of version {version} has no input {port!r}, by which the run came",
            hint=f"It has: {', '.join(graph.types[node].inputs)}. Start a new run there.",
        )


def _find_arrival(conn: Connection, held: Row[Any], graph: Graph) -> tuple[str, Mapping[str, JsonValue]]:
    """By which input the run came in, and with what: as recorded, else as its cause or its reference tells."""
    inputs = graph.types[held.start_node].inputs
    first = (
        select(run_step.c.arrival)
        .where(run_step.c.run_key == held.key, run_step.c.node == held.start_node, run_step.c.ref == held.ref)
        .order_by(run_step.c.epoch)
        .limit(1)
    )
    row = conn.execute(first).one_or_none()
    if row is not None and row.arrival:
        payload = orjson.loads(row.arrival)
        return payload["port"], payload["values"]
    if row is not None:
        return next(iter(inputs)), {}
    by_trigger = _port_of_trigger(graph, str(held.cause), str(held.start_node))
    wanted = _PORT_OF.get(kind_of(held.ref) or "", PortType.SIGNAL)
    fitting = [port for port, taken in inputs.items() if taken is wanted] or list(inputs)
    return by_trigger if by_trigger in inputs else fitting[0], {}


def _port_of_trigger(graph: Graph, cause: str, node: str) -> str:
    name = cause.partition(":")[0]
    targets = [one.target.partition(".") for one in graph.definition.triggers if one.id == name]
    return next((port for target, _, port in targets if target == node), "")


def _list_passed(conn: Connection, run_key: int, node: str) -> Sequence[Any]:
    """The steps of a run at a node, of the last time that each reference passed it."""
    here: ColumnElement[bool] = (run_step.c.run_key == run_key) & (run_step.c.node == node)
    last = select(func.max(run_step.c.epoch)).where(here).scalar_subquery()
    return conn.execute(select(run_step.c.ref, run_step.c.arrival).where(here, run_step.c.epoch == last)).all()


def _restart(
    conn: Connection,
    held: Row[Any],
    tokens: Sequence[tuple[str, str, dict[str, JsonValue]]],
    *,
    graph: Graph,
    version: int,
    now: datetime,
) -> None:
    for node, _, payload in tokens:
        _check_port(graph, node, payload, version)
    epoch = 1 + max(_last_epoch(conn, held.key, run_step), _last_epoch(conn, held.key, dead_letter))
    # What is left of the last time, such as its dead letters, would go on beside the new one.
    drop_tokens(conn, held.pipeline_id, [held.key], now=now)
    conn.execute(
        update(run)
        .where(run.c.key == held.key)
        .values(state="active", open_tokens=len(tokens), finished_at=None, version=version)
    )
    send(
        conn,
        [
            Message(node_address(held.pipeline_id, version, node), held.key, ref, epoch, payload)
            for node, ref, payload in tokens
        ],
    )


def _last_epoch(conn: Connection, run_key: int, table: Table) -> int:
    found = select(func.max(table.c.epoch)).where(table.c.run_key == run_key)
    return int(conn.execute(found).scalar_one_or_none() or 0)
