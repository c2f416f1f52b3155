"""Counts kept in step with the items of a task, in the transaction that moves them: by status, and by person."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, bindparam, case, func, insert, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.store.db.tables import task_count, task_person
from whorl.tasks.rules import ItemStatus

_MOVE = (
    update(task_count)
    .where(
        task_count.c.task_key == bindparam("of_task"),
        task_count.c.status.in_([bindparam("before"), bindparam("after")]),
    )
    .values(
        n_items=task_count.c.n_items
        + case((task_count.c.status == bindparam("after"), 1), else_=-1) * bindparam("moved")
    )
)
_ADD = (
    update(task_count)
    .where(task_count.c.task_key == bindparam("of_task"), task_count.c.status == bindparam("after"))
    .values(n_items=task_count.c.n_items + bindparam("moved"))
)
_COUNTED = ("submitted", "approved", "untouched", "sent_back", "human_seconds")


def open_tally(conn: Connection, task_key: int) -> None:
    """Begin to count for a new task: nothing anywhere yet."""
    rows = [{"task_key": task_key, "status": status.value, "n_items": 0} for status in ItemStatus]
    conn.execute(insert(task_count), rows)


def count_added(conn: Connection, task_key: int, *, n: int = 1, status: ItemStatus = ItemStatus.QUEUED) -> None:
    """Count items that are new to a task."""
    if n:
        conn.execute(_ADD, {"of_task": task_key, "after": status.value, "moved": n})


def count_moved(conn: Connection, task_key: int, before: str, after: str, *, n: int = 1) -> None:
    """Count items that went from one status to another."""
    if n and before != after:
        conn.execute(_MOVE, {"of_task": task_key, "before": str(before), "after": str(after), "moved": n})


def credit_person(conn: Connection, task_key: int, person_id: str, *, now: datetime | None, **done: float) -> None:
    """Add to what a person did in a task.

    Args:
        now: When the person was active; None when somebody else did something to their work.
        done: What to add: submitted, approved, untouched, sent_back, human_seconds.
    """
    conn.execute(_credit(conn.dialect.name), _credited(task_key, person_id, now, done))


def _credited(task_key: int, person_id: str, now: datetime | None, done: Mapping[str, float]) -> dict[str, object]:
    values: dict[str, object] = {name: done.get(name, 0) for name in _COUNTED}
    return {"task_key": task_key, "person_id": person_id, "last_active_at": now, **values}


def _credit(dialect: str) -> postgresql.Insert | sqlite.Insert:
    return _CREDIT_POSTGRES if dialect == "postgresql" else _CREDIT_SQLITE


def _upsert(statement: postgresql.Insert | sqlite.Insert) -> postgresql.Insert | sqlite.Insert:
    added = {name: task_person.c[name] + statement.excluded[name] for name in _COUNTED}
    last = func.coalesce(statement.excluded.last_active_at, task_person.c.last_active_at)
    return statement.on_conflict_do_update(
        index_elements=["task_key", "person_id"], set_={**added, "last_active_at": last}
    )


_CREDIT_SQLITE = _upsert(sqlite.insert(task_person))
_CREDIT_POSTGRES = _upsert(postgresql.insert(task_person))
