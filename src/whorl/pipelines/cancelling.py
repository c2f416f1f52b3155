"""Ends runs before their time: what is on its way goes, and people are no longer asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from whorl.base.errors import Conflict
from whorl.engine.queries import list_inbox_nodes
from whorl.pipelines import queries
from whorl.pipelines.run_ends import say_cancelled
from whorl.pipelines.watching import list_with_people
from whorl.schemas.pipelines import Run
from whorl.store.db.tables import dead_letter, inbox, parked, run
from whorl.tasks.withdrawing import withdraw_task_items

_CHUNK = 500
_MANY = 20


def cancel_run(conn: Connection, run_id: str, *, now: datetime) -> Run:
    """End a run; one that is cancelled already stays so.

    Raises:
        NotFound: There is no such run.
        Conflict: It is done.
    """
    held = queries.get_run(conn, run_id)
    if held.state == "done":
        raise Conflict(f"run {run_id} is done", hint="Only runs that are active or failed can be cancelled.")
    key = conn.execute(select(run.c.key).where(run.c.id == run_id)).scalar_one()
    cancel_runs(conn, held.pipeline_id, [key], now=now)
    return queries.get_run(conn, run_id)


def cancel_runs(conn: Connection, pipeline_id: str, run_keys: Sequence[int], *, now: datetime) -> int:
    """End those of the runs that have not ended well, and give how many.

    Their tokens leave the inbox, the pools and the dead letters; a batch that holds one now has no effect on it. Items
    that wait for people leave the queue, unless somebody holds them or has worked on them. Each run leaves its round; a
    round that is cancelled itself lets its items go on without it.
    """
    ended: list[int] = []
    for start in range(0, len(run_keys), _CHUNK):
        closing = (
            update(run)
            .where(
                run.c.key.in_(sorted(run_keys[start : start + _CHUNK])),
                run.c.pipeline_id == pipeline_id,
                run.c.state.in_(["active", "failed"]),
            )
            .values(state="cancelled", open_tokens=0, finished_at=now)
            .returning(run.c.key)
        )
        chunk = list(conn.execute(closing).scalars())
        drop_tokens(conn, pipeline_id, chunk, now=now)
        ended += chunk
    say_cancelled(conn, ended, now=now)
    return len(ended)


def drop_tokens(conn: Connection, pipeline_id: str, run_keys: Sequence[int], *, now: datetime) -> None:
    """Take every open token of some runs away, wherever it is; the runs' own rows are the caller's."""
    if not run_keys:
        return
    prefix = f"{pipeline_id}:"
    addresses = [node for node in list_inbox_nodes(conn) if node.startswith(prefix)]
    conn.execute(delete(inbox).where(inbox.c.node.in_(addresses), inbox.c.run_key.in_(run_keys)))
    conn.execute(delete(parked).where(parked.c.pipeline_id == pipeline_id, parked.c.run_key.in_(run_keys)))
    conn.execute(delete(dead_letter).where(dead_letter.c.node.startswith(prefix), dead_letter.c.run_key.in_(run_keys)))
    withdraw_task_items(conn, _list_work(conn, pipeline_id, run_keys), now=now)


def _list_work(conn: Connection, pipeline_id: str, run_keys: Sequence[int]) -> list[int]:
    if len(run_keys) <= _MANY:
        return [one.key for key in run_keys for one in list_with_people(conn, pipeline_id, run_key=key)]
    wanted = set(run_keys)
    return [one.key for one in list_with_people(conn, pipeline_id) if one.run_key in wanted]
