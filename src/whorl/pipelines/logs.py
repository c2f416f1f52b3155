"""What nodes said: written with the work that said it, read newest first, trimmed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from whorl.pipelines.watching import key_of
from whorl.schemas.pipeline_runs import LogLine
from whorl.schemas.wire import Page
from whorl.store.db.tables import run, run_log

Level = Literal["info", "warning", "error"]
KEPT_LINES = 10_000
"""Lines of a pipeline that are kept, nearly: it is trimmed now and then."""

MOST_AT_ONCE = 200
MOST_CHARACTERS = 2000
_TRIM_EVERY = 200


@dataclass(frozen=True, slots=True)
class Said:
    """A line, and whose journey it is about."""

    message: str
    level: Level = "info"
    run_key: int | None = None


def add_lines(conn: Connection, lines: Sequence[Said], *, pipeline_id: str, node: str, now: datetime) -> None:
    """Write lines; of a flood only the first are kept, and how many there were."""
    if not lines:
        return
    kept = list(lines[:MOST_AT_ONCE])
    if len(lines) > len(kept):
        kept.append(Said(f"and {len(lines) - len(kept):,} more lines", "warning"))
    rows = [
        {
            "pipeline_id": pipeline_id,
            "node": node,
            "run_key": line.run_key,
            "level": line.level,
            "message": _printable(line.message),
            "at": now,
        }
        for line in kept
    ]
    keys = list(conn.execute(insert(run_log).returning(run_log.c.key), rows).scalars())
    if any(key % _TRIM_EVERY == 0 for key in keys):
        _trim(conn, pipeline_id)


def list_lines(
    conn: Connection,
    pipeline_id: str,
    *,
    node: str | None = None,
    run_id: str | None = None,
    level: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[LogLine]:
    """A pipeline's lines, newest first."""
    found = (
        select(run_log, run.c.id.label("run_id"))
        .outerjoin(run, run.c.key == run_log.c.run_key)
        .where(run_log.c.pipeline_id == pipeline_id)
        .order_by(run_log.c.key.desc())
        .limit(limit + 1)
    )
    if node is not None:
        found = found.where(run_log.c.node == node)
    if run_id is not None:
        key = select(run.c.key).where(run.c.id == run_id).scalar_subquery()
        found = found.where(run_log.c.run_key == key)
    if level is not None:
        found = found.where(run_log.c.level == level)
    if cursor is not None:
        found = found.where(run_log.c.key < key_of(cursor))
    rows = conn.execute(found).all()
    lines = [
        LogLine(at=row.at, node=row.node, run_id=row.run_id, level=row.level, message=row.message)
        for row in rows[:limit]
    ]
    return Page(items=lines, next_cursor=str(rows[limit - 1].key) if len(rows) > limit else None)


def _trim(conn: Connection, pipeline_id: str) -> None:
    mine = run_log.c.pipeline_id == pipeline_id
    newest = select(run_log.c.key).where(mine).order_by(run_log.c.key.desc()).offset(KEPT_LINES).limit(1)
    last = conn.execute(newest).scalar_one_or_none()
    if last is not None:
        conn.execute(delete(run_log).where(mine, run_log.c.key <= last))


def _printable(text: str) -> str:
    # What a program prints may hold what no database takes.
    shown = text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}…"
