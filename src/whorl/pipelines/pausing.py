"""Pause, resume, and whether triggers fire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, update

from whorl.pipelines import queries
from whorl.schemas.pipelines import Pipeline
from whorl.store.db.tables import pipeline, trigger_state
from whorl.store.events import emit


def pause_pipeline(
    conn: Connection, pipeline_id: str, *, triggers: Literal["keep", "drop"], actor_id: str, now: datetime
) -> Pipeline:
    """Let no node take work; batches that run now end. People's work is kept, and goes on when it is resumed.

    Args:
        triggers: keep: what happens goes on beginning runs, which wait. drop: it starts nothing, now or later.
    """
    values = {"is_paused": True} | ({"is_active": False} if triggers == "drop" else {})
    return _change(conn, pipeline_id, values, actor_id=actor_id, now=now)


def resume_pipeline(conn: Connection, pipeline_id: str, *, actor_id: str, now: datetime) -> Pipeline:
    """Let nodes take work and triggers fire. What happened while triggers were off starts nothing."""
    if not queries.get_pipeline(conn, pipeline_id).is_active:
        _forget_times(conn, pipeline_id)
    return _change(conn, pipeline_id, {"is_paused": False, "is_active": True}, actor_id=actor_id, now=now)


def set_active(conn: Connection, pipeline_id: str, *, is_active: bool, actor_id: str, now: datetime) -> Pipeline:
    """Start or stop a pipeline's triggers; tokens under way go on."""
    if is_active and not queries.get_pipeline(conn, pipeline_id).is_active:
        _forget_times(conn, pipeline_id)
    return _change(conn, pipeline_id, {"is_active": is_active}, actor_id=actor_id, now=now)


def _change(conn: Connection, pipeline_id: str, values: dict[str, bool], *, actor_id: str, now: datetime) -> Pipeline:
    conn.execute(update(pipeline).where(pipeline.c.id == pipeline_id).values(**values))
    held = queries.get_pipeline(conn, pipeline_id)
    emit(
        conn,
        "pipeline.changed",
        project_id=held.project_id,
        subject_id=pipeline_id,
        actor_id=actor_id,
        now=now,
        payload={"version": held.version, "is_active": held.is_active, "is_paused": held.is_paused},
    )
    return held


def _forget_times(conn: Connection, pipeline_id: str) -> None:
    # A cron time that passed while triggers were off is not made up for.
    conn.execute(update(trigger_state).where(trigger_state.c.pipeline_id == pipeline_id).values(next_at=None))
