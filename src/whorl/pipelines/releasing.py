"""The clock's part in wait nodes: lets parked tokens go when their time has come, whoever parked them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy import Connection, select

from whorl.base.errors import GraphError
from whorl.base.log import get_logger
from whorl.engine import send
from whorl.pipelines import actions, queries
from whorl.pipelines.graph import Graph
from whorl.pipelines.nodes.wait import WaitParams, read_wait_params
from whorl.pipelines.tokens import Released, Token
from whorl.pipelines.waiting import has_ready, take_ready
from whorl.store.db.tables import pipeline

_log = get_logger("pipelines")
_WAIT = "wait"

GraphOf = Callable[[str, int, Connection], Graph]


@dataclass(frozen=True, slots=True)
class ReadyWait:
    """A wait node of a pipeline's current version where something may go on."""

    place: actions.Place
    params: WaitParams


def list_ready_waits(conn: Connection, *, graph_of: GraphOf, now: datetime) -> list[ReadyWait]:
    """The wait nodes where a token need not wait any longer; pipelines that are paused have none."""
    return [
        one
        for one in _list_waits(conn, graph_of=graph_of)
        if has_ready(conn, one.params, pipeline_id=one.place.pipeline_id, node=one.place.node, now=now)
    ]


def release_waits(conn: Connection, ready: list[ReadyWait], *, now: datetime) -> int:
    """Send on what need not wait any longer and give how many tokens that were; call until it gives 0."""
    count = 0
    for one in ready:
        place = one.place
        let_go = take_ready(conn, one.params, pipeline_id=place.pipeline_id, node=place.node, now=now)
        released = [
            Released(
                Token(held.token.run_key, held.token.ref, held.token.epoch, held.token.port, held.token.payload),
                "item",
                output={"let_go_by": held.reason},
            )
            for held in let_go
        ]
        send(conn, actions.release_tokens(conn, place, released, now=now))
        count += len(released)
    return count


def _list_waits(conn: Connection, *, graph_of: GraphOf) -> Iterator[ReadyWait]:
    current = select(pipeline.c.id, pipeline.c.version).where(pipeline.c.is_paused.is_(False)).order_by(pipeline.c.id)
    for pipeline_id, version in conn.execute(current).all():
        try:
            graph = graph_of(pipeline_id, version, conn)
        except GraphError:
            continue
        for node, spec in graph.nodes.items():
            if spec.type != _WAIT:
                continue
            try:
                params = read_wait_params(spec, queries.read_variables(conn, pipeline_id))
            except (ValidationError, GraphError) as error:
                _log.warning("node %s of pipeline %s waits on: %s", node, pipeline_id, error)
                continue
            yield ReadyWait(actions.Place(graph, pipeline_id, version, node), params)
