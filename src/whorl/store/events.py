"""The outbox: say what happened in the transaction that made it happen; read it later, in order, missing nothing.

A reader keeps a cursor, the id of the last event it has looked at. On PostgreSQL transactions overlap, so ids start
with the number of the transaction, and `read_events` stops before the oldest transaction that is still open. On
SQLite one writer makes the question moot.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BigInteger, Connection, func, literal_column, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.errors import InvalidInput, JsonValue
from whorl.store.db.tables import event, event_cursor, trigger_state

KINDS = (
    "item.created",
    "item.updated",
    "annotation.changed",
    "task.item_finished",
    "task.changed",
    "model.trained",
    "evaluation.finished",
    "comparison.decided",
    "feedback.received",
    "flag.raised",
    "comment.added",
    "drift.detected",
    "variable.changed",
    "endpoint.changed",
    "run.changed",
    "run.ended",
    "round.closed",
    "ontology.changed",
    "dataset.changed",
    "job.changed",
    "assistant.changed",
)
"""The kinds that Whorl itself emits."""

_KIND = re.compile(r"[a-z][a-z_]*\.[a-z][a-z_]*")
# PostgreSQL: an event's id is its transaction's number and, in the low bits, a counter. Ids from the sequence alone
# would not do: a transaction can draw a low id and commit after one that drew a higher id, at any distance.
_COUNTER_BITS = 20
_POSTGRES_ID = literal_column(
    f"(pg_current_xact_id()::text::bigint << {_COUNTER_BITS})"
    f" | (nextval(pg_get_serial_sequence('event', 'id')) & {(1 << _COUNTER_BITS) - 1})",
    BigInteger,
)
_POSTGRES_TRANSACTION = literal_column("pg_current_xact_id()::text::bigint", BigInteger)
_FIRST_OPEN_ID = literal_column(
    f"(pg_snapshot_xmin(pg_current_snapshot())::text::bigint << {_COUNTER_BITS})", BigInteger
)
_IS_FROM_ELSEWHERE = text(
    f"SELECT coalesce(max(id) >> {_COUNTER_BITS}, 0) > pg_current_xact_id()::text::bigint FROM event"
)


_EMIT = event.insert()
_EMIT_ONE = _EMIT.returning(event.c.id)
_EMIT_POSTGRES = _EMIT.values(id=_POSTGRES_ID, transaction_id=_POSTGRES_TRANSACTION)
_EMIT_ONE_POSTGRES = _EMIT_POSTGRES.returning(event.c.id)


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to be emitted; see ``emit`` for the fields."""

    kind: str
    subject_id: str
    project_id: str | None = None
    payload: Mapping[str, JsonValue] = field(default_factory=dict)
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, as read back."""

    id: int
    kind: str
    project_id: str | None
    subject_id: str
    actor_id: str
    cause: str | None
    payload: Mapping[str, JsonValue]
    at: datetime


def emit(
    conn: Connection,
    kind: str,
    *,
    project_id: str | None,
    subject_id: str,
    actor_id: str,
    now: datetime,
    payload: Mapping[str, JsonValue] | None = None,
    cause: str | None = None,
) -> int:
    """Record that something happened, in the caller's transaction, and give the event's id.

    Args:
        kind: Noun and what happened to it, such as ``item.created`` (see ``KINDS``).
        subject_id: Public id of what changed.
        cause: The run that made it, for the loop guard; None for a person or the outside.

    Raises:
        InvalidInput: ``kind`` is not of the form noun.verb.
    """
    draft = EventDraft(kind, subject_id, project_id, payload or {}, cause)
    return emit_many(conn, [draft], actor_id=actor_id, now=now)[0]


def emit_many(conn: Connection, drafts: Sequence[EventDraft], *, actor_id: str, now: datetime) -> list[int]:
    """Record several events of one actor and moment, in order; give the id when it is only one.

    Raises:
        InvalidInput: A ``kind`` is not of the form noun.verb.
    """
    rows: list[dict[str, object]] = [
        {
            "kind": _checked_kind(draft.kind),
            "project_id": draft.project_id,
            "subject_id": draft.subject_id,
            "actor_id": actor_id,
            "cause": draft.cause,
            "payload": dict(draft.payload),
            "at": now,
        }
        for draft in drafts
    ]
    if not rows:
        return []
    is_postgres = conn.dialect.name == "postgresql"
    if len(rows) == 1:
        return [conn.execute(_EMIT_ONE_POSTGRES if is_postgres else _EMIT_ONE, rows[0]).scalar_one()]
    conn.execute(_EMIT_POSTGRES if is_postgres else _EMIT, rows)
    return []


def read_events(
    conn: Connection,
    *,
    after_id: int,
    limit: int,
    project_id: str | None = None,
    kinds: Sequence[str] = (),
) -> list[Event]:
    """Give up to ``limit`` events with an id above ``after_id``, oldest first, in an order that never changes later.

    Args:
        project_id: Only this project's events.
        kinds: Only these kinds; all when empty.
    """
    query = select(event).where(event.c.id > after_id).order_by(event.c.id).limit(limit)
    if project_id is not None:
        query = query.where(event.c.project_id == project_id)
    if kinds:
        query = query.where(event.c.kind.in_(kinds))
    if conn.dialect.name == "postgresql":
        query = query.where(event.c.id < _FIRST_OPEN_ID)
    return [
        Event(row.id, row.kind, row.project_id, row.subject_id, row.actor_id, row.cause, row.payload, row.at)
        for row in conn.execute(query)
    ]


def read_latest(
    conn: Connection, *, project_id: str, kinds: Sequence[str], limit: int, among: int = 5000
) -> list[Event]:
    """Give a project's newest events of these kinds, newest first, among so many of all kinds."""
    newest = select(event).where(event.c.project_id == project_id).order_by(event.c.id.desc()).limit(among).subquery()
    found = select(newest).where(newest.c.kind.in_(kinds)).order_by(newest.c.id.desc()).limit(limit)
    return [
        Event(row.id, row.kind, row.project_id, row.subject_id, row.actor_id, row.cause, row.payload, row.at)
        for row in conn.execute(found)
    ]


def get_cursor(conn: Connection, reader: str) -> int:
    """Give the id of the last event that ``reader`` has looked at; 0 at first."""
    return conn.execute(select(event_cursor.c.event_id).where(event_cursor.c.reader == reader)).scalar() or 0


def lock_cursor(conn: Connection, reader: str) -> int:
    """Like ``get_cursor``, and keep other processes from taking it until this transaction ends."""
    if conn.dialect.name != "postgresql":
        return get_cursor(conn, reader)
    conn.execute(postgresql.insert(event_cursor).values(reader=reader, event_id=0).on_conflict_do_nothing())
    query = select(event_cursor.c.event_id).where(event_cursor.c.reader == reader).with_for_update()
    return int(conn.execute(query).scalar_one())


def advance_cursor(conn: Connection, reader: str, *, event_id: int) -> None:
    """Move ``reader`` forward to ``event_id`` in the caller's transaction; never backward."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(event_cursor).values(reader=reader, event_id=event_id)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[event_cursor.c.reader],
            set_={"event_id": statement.excluded.event_id},
            where=event_cursor.c.event_id < statement.excluded.event_id,
        )
    )


def repair_event_ids(conn: Connection) -> bool:
    """Renumber events and cursors when the database was restored into a PostgreSQL whose transactions count from less.

    Else new events would get ids below the readers' cursors and be missed. Order and places are kept. Called when the
    engine starts; does nothing on SQLite or when all is well.

    Returns:
        Whether it was needed.
    """
    if conn.dialect.name != "postgresql" or not conn.execute(_IS_FROM_ELSEWHERE).scalar_one():
        return False
    conn.execute(text("LOCK TABLE event IN EXCLUSIVE MODE"))
    if not conn.execute(_IS_FROM_ELSEWHERE).scalar_one():
        return False
    for cursors in (event_cursor, trigger_state):
        place = select(func.count()).select_from(event).where(event.c.id <= cursors.c.event_id).scalar_subquery()
        conn.execute(update(cursors).values(event_id=place))
    # By way of negative ids, because a new id may still be some other event's old one.
    ranked = select(event.c.id, func.row_number().over(order_by=event.c.id).label("place")).subquery()
    conn.execute(update(event).where(event.c.id == ranked.c.id).values(id=-ranked.c.place))
    conn.execute(update(event).values(id=-event.c.id))
    return True


def _checked_kind(kind: str) -> str:
    if not _KIND.fullmatch(kind):
        raise InvalidInput(f"not a kind of event: {kind!r}", hint="Write noun.verb, such as item.created.")
    return kind
