"""Tokens that wait for their number or for a time: which may go on now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from sqlalchemy import ColumnElement, Connection, func, select

from whorl.pipelines import actions, queries
from whorl.pipelines.queries import ParkedToken
from whorl.schemas.pipelines import NodeSpec
from whorl.store.db.tables import parked, pipeline

RELEASED_AT_ONCE = 1000
"""Most tokens that one transaction lets go, so that people who save need not wait long for it."""


class WaitRule(Protocol):
    """What is waited for: the first of what is given."""

    @property
    def count(self) -> int | None:
        """So many go on together."""
        ...

    @property
    def seconds(self) -> float | None:
        """Each waits for so long."""
        ...

    @property
    def until(self) -> datetime | None:
        """All go on from this time."""
        ...


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


def has_ready(conn: Connection, rule: WaitRule, *, pipeline_id: str, node: str, now: datetime) -> bool:
    """Whether a token waits at the node that need not wait any longer."""
    at_node = _at_node(pipeline_id, node)
    due = _is_due(rule, now)
    if due is not None:
        return conn.execute(select(parked.c.key).where(at_node, due).limit(1)).first() is not None
    return rule.count is not None and _count(conn, at_node, rule.count) >= rule.count


def take_ready(conn: Connection, rule: WaitRule, *, pipeline_id: str, node: str, now: datetime) -> list[LetGo]:
    """Take the tokens that may go on now, oldest first and at most ``RELEASED_AT_ONCE``: first by time, then by number.

    A number larger than that goes in one piece all the same.
    """
    # Two arrivals that each see a part of the number must see each other. No key is changed, so rows that refer to the
    # pipeline can be written meanwhile.
    conn.execute(select(pipeline.c.id).where(pipeline.c.id == pipeline_id).with_for_update(key_share=True))
    at_node = _at_node(pipeline_id, node)
    due = _is_due(rule, now)
    if due is not None:
        keys = _oldest(conn, at_node & due, RELEASED_AT_ONCE)
        is_timed = rule.seconds is not None or rule.until is not None
        taken = [LetGo(one, "time" if is_timed else "nothing to wait for") for one in actions.take_parked(conn, keys)]
        if taken:
            return taken
    if rule.count is None:
        return []
    most = max(RELEASED_AT_ONCE // rule.count, 1)
    groups = min(_count(conn, at_node, most * rule.count) // rule.count, most)
    if not groups:
        return []
    keys = _oldest(conn, at_node, groups * rule.count)
    return [LetGo(one, "count") for one in actions.take_parked(conn, keys)]


def _at_node(pipeline_id: str, node: str) -> ColumnElement[bool]:
    return (parked.c.pipeline_id == pipeline_id) & (parked.c.node == node)


def _is_due(rule: WaitRule, now: datetime) -> ColumnElement[bool] | None:
    """The condition on a parked row that its time has come; None when no time can let it go now."""
    if rule.count is None and rule.seconds is None and rule.until is None:
        return parked.c.key.is_not(None)
    if rule.until is not None and now >= rule.until:
        return parked.c.key.is_not(None)
    if rule.seconds is not None:
        return parked.c.at <= now - timedelta(seconds=rule.seconds)
    return None


def _count(conn: Connection, at_node: ColumnElement[bool], most: int) -> int:
    some = select(parked.c.key).where(at_node).limit(most).subquery()
    return int(conn.execute(select(func.count()).select_from(some)).scalar_one())


def _oldest(conn: Connection, condition: ColumnElement[bool], most: int) -> list[int]:
    found = select(parked.c.key).where(condition).order_by(parked.c.at, parked.c.key).limit(most)
    return list(conn.execute(found).scalars())
