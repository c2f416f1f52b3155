"""Tokens that wait for their number or for a time: which may go on now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, Field
from sqlalchemy import ColumnElement, Connection, func, select

from whorl.base.errors import JsonValue
from whorl.pipelines import actions, queries
from whorl.pipelines.graph import resolve_params
from whorl.pipelines.nodes.base import Params
from whorl.pipelines.queries import ParkedToken
from whorl.schemas.pipelines import NodeSpec
from whorl.store.db.tables import parked, pipeline

RELEASED_AT_ONCE = 1000
"""Most tokens that one transaction lets go, so that people who save need not wait long for it."""

YEAR_S = 366 * 86_400


class WaitParams(Params):
    """What is waited for: the first of what is given. With nothing given, items pass at once."""

    count: int | None = Field(
        default=None, ge=1, le=1_000_000, description="So many items go on together, the oldest first."
    )
    seconds: float | None = Field(
        default=None, gt=0, le=YEAR_S, description="Each item waits for at least this long, in seconds."
    )
    until: AwareDatetime | None = Field(
        default=None, description="Everything goes on from this time, such as 2026-01-31T08:00:00+01:00."
    )


@dataclass(frozen=True, slots=True)
class LetGo:
    """A token that need not wait any longer, and why."""

    token: ParkedToken
    reason: Literal["count", "time", "nothing to wait for"]


def find_current_node(conn: Connection, *, pipeline_id: str, node: str) -> tuple[int, NodeSpec | None]:
    """The pipeline's current version, and the node of this id in it or None."""
    version = conn.execute(select(pipeline.c.version).where(pipeline.c.id == pipeline_id)).scalar_one()
    definition = queries.get_definition(conn, pipeline_id=pipeline_id, version=version)
    return version, next((one for one in definition.nodes if one.id == node), None)


def read_wait_params(spec: NodeSpec, variables: Mapping[str, JsonValue]) -> WaitParams:
    """A wait node's parameters with its variables' present values.

    Raises:
        ValidationError: A variable has a value that does not fit.
    """
    return WaitParams.model_validate(resolve_params(spec.params, variables))


def has_ready(conn: Connection, params: WaitParams, *, pipeline_id: str, node: str, now: datetime) -> bool:
    """Whether a token waits at the node that need not wait any longer."""
    at_node = _at_node(pipeline_id, node)
    due = _is_due(params, now)
    if due is not None:
        return conn.execute(select(parked.c.key).where(at_node, due).limit(1)).first() is not None
    return params.count is not None and _count(conn, at_node) >= params.count


def take_ready(conn: Connection, params: WaitParams, *, pipeline_id: str, node: str, now: datetime) -> list[LetGo]:
    """Take the tokens that may go on now, oldest first and at most ``RELEASED_AT_ONCE``: first by time, then by number.

    A number larger than that goes in one piece all the same.
    """
    # Two arrivals that each see a part of the number must see each other. No key is changed, so rows that refer to the
    # pipeline can be written meanwhile.
    conn.execute(select(pipeline.c.id).where(pipeline.c.id == pipeline_id).with_for_update(key_share=True))
    at_node = _at_node(pipeline_id, node)
    due = _is_due(params, now)
    if due is not None:
        keys = _oldest(conn, at_node & due, RELEASED_AT_ONCE)
        is_timed = params.seconds is not None or params.until is not None
        taken = [LetGo(one, "time" if is_timed else "nothing to wait for") for one in actions.take_parked(conn, keys)]
        if taken:
            return taken
    if params.count is None:
        return []
    most = max(RELEASED_AT_ONCE // params.count, 1)
    groups = min(_count(conn, at_node) // params.count, most)
    if not groups:
        return []
    keys = _oldest(conn, at_node, groups * params.count)
    return [LetGo(one, "count") for one in actions.take_parked(conn, keys)]


def _at_node(pipeline_id: str, node: str) -> ColumnElement[bool]:
    return (parked.c.pipeline_id == pipeline_id) & (parked.c.node == node)


def _is_due(params: WaitParams, now: datetime) -> ColumnElement[bool] | None:
    """The condition on a parked row that its time has come; None when no time can let it go now."""
    if params.count is None and params.seconds is None and params.until is None:
        return parked.c.key.is_not(None)
    if params.until is not None and now >= params.until:
        return parked.c.key.is_not(None)
    if params.seconds is not None:
        return parked.c.at <= now - timedelta(seconds=params.seconds)
    return None


def _count(conn: Connection, at_node: ColumnElement[bool]) -> int:
    return int(conn.execute(select(func.count()).select_from(parked).where(at_node)).scalar_one())


def _oldest(conn: Connection, condition: ColumnElement[bool], most: int) -> list[int]:
    found = select(parked.c.key).where(condition).order_by(parked.c.at, parked.c.key).limit(most)
    return list(conn.execute(found).scalars())
