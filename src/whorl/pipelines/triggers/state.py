"""What triggers remember: counts, next times, and which causes have fired."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from whorl.store.db.tables import trigger_fire, trigger_state


def read_count(conn: Connection, pipeline_id: str, trigger: str) -> int:
    """How many events a count trigger has seen since it last fired."""
    found = select(trigger_state.c.count).where(
        trigger_state.c.pipeline_id == pipeline_id, trigger_state.c.trigger == trigger
    )
    return int(conn.execute(found).scalar_one_or_none() or 0)


def write_count(conn: Connection, pipeline_id: str, trigger: str, *, count: int, event_id: int) -> None:
    """Remember a count."""
    _upsert(conn, pipeline_id, trigger, {"count": count, "event_id": event_id})


def read_next_time(conn: Connection, pipeline_id: str, trigger: str) -> datetime | None:
    """When a cron trigger is due; None before its first look."""
    found = select(trigger_state.c.next_at).where(
        trigger_state.c.pipeline_id == pipeline_id, trigger_state.c.trigger == trigger
    )
    due: datetime | None = conn.execute(found).scalar_one_or_none()
    return due


def write_next_time(conn: Connection, pipeline_id: str, trigger: str, *, next_at: datetime) -> None:
    """Remember when a cron trigger is due next."""
    _upsert(conn, pipeline_id, trigger, {"next_at": next_at})


def add_fire(conn: Connection, pipeline_id: str, trigger: str, cause: str, *, now: datetime) -> bool:
    """Claim a cause for a trigger; False when it has fired before."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(trigger_fire).values(pipeline_id=pipeline_id, trigger=trigger, cause=cause, fired_at=now)
    claimed = conn.execute(statement.on_conflict_do_nothing().returning(trigger_fire.c.cause))
    return claimed.scalar_one_or_none() is not None


def _upsert(conn: Connection, pipeline_id: str, trigger: str, values: dict[str, object]) -> None:
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    first = {"count": 0, "event_id": 0, "next_at": None} | values
    statement = insert(trigger_state).values(pipeline_id=pipeline_id, trigger=trigger, **first)
    conn.execute(statement.on_conflict_do_update(index_elements=["pipeline_id", "trigger"], set_=values))
