"""How runs end: by their last token, or by a dead letter; a round's run when everything it let go has ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, exists, func, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.errors import JsonValue
from whorl.pipelines.chains import cause_of
from whorl.store.db.tables import dead_letter, pipeline, round_item, run
from whorl.store.db.types import UtcDateTime
from whorl.store.events import emit

_CHUNK = 500
_ITEM = "itm_"
_HAS_DEAD_LETTER = exists().where(
    dead_letter.c.run_key == run.c.key, dead_letter.c.node.startswith(run.c.pipeline_id + ":")
)


def settle_runs(conn: Connection, open_tokens: Mapping[int, int], *, now: datetime) -> None:
    """Add to each run's count of open tokens; a run whose last token ends is done.

    A failed run stays so while it has a dead letter, whatever its other tokens do; a cancelled one stays cancelled. A
    run that ends leaves its round, which closes with the last one; runs that are not about an item say that they ended.
    """
    # In the order of their keys, so that two transactions with the same runs do not wait for each other.
    for key, delta in sorted(open_tokens.items()):
        if not delta:
            continue
        left = run.c.open_tokens + delta
        is_failed = (run.c.state == "failed") & _HAS_DEAD_LETTER
        conn.execute(
            update(run)
            .where(run.c.key == key, run.c.state != "cancelled")
            .values(
                open_tokens=left,
                state=case((left <= 0, "done"), (is_failed, "failed"), else_="active"),
                finished_at=case((left <= 0, literal(now, UtcDateTime)), (is_failed, run.c.finished_at), else_=None),
            )
        )
    _say_ended(conn, [key for key, delta in open_tokens.items() if delta < 0], now=now)


def fail_runs(
    conn: Connection,
    run_keys: Sequence[int],
    *,
    pipeline_id: str,
    project_id: str,
    node: str,
    now: datetime,
) -> None:
    """Mark runs whose token ended as a dead letter; reviving it opens them again.

    A failed item does not hold its round open: revived, it goes on without it.
    """
    for chunk in _chunks(run_keys):
        is_mine = run.c.key.in_(chunk) & (run.c.state != "cancelled")
        conn.execute(update(run).where(is_mine).values(state="failed", finished_at=now))
    emit(
        conn,
        "run.failed",
        project_id=project_id,
        subject_id=pipeline_id,
        actor_id=pipeline_id,
        now=now,
        payload={"node": node, "runs": len(run_keys)},
        cause=pipeline_id,
    )
    _say_ended(conn, run_keys, now=now)


def reopen_runs(conn: Connection, run_keys: Sequence[int]) -> None:
    """Make failed runs active again whose dead letters were all revived."""
    for chunk in _chunks(run_keys):
        conn.execute(
            update(run)
            .where(run.c.key.in_(chunk), run.c.state == "failed", ~_HAS_DEAD_LETTER)
            .values(state="active", finished_at=None)
        )


def join_round(conn: Connection, round_key: int, run_keys: Sequence[int], *, now: datetime) -> None:
    """Hold a round's run open until these runs have ended; those that another round let go leave that one."""
    settle_runs(conn, _leave_rounds(conn, run_keys), now=now)
    rows = [{"run_key": key, "round_key": round_key, "is_out": True} for key in dict.fromkeys(run_keys)]
    if not rows:
        return
    kind = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = kind(round_item)
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=["run_key"], set_={"round_key": statement.excluded.round_key, "is_out": True}
        ),
        rows,
    )
    settle_runs(conn, {round_key: len(rows)}, now=now)


def say_cancelled(conn: Connection, run_keys: Sequence[int], *, now: datetime) -> None:
    """Tell of runs that were just cancelled, and let them leave their rounds; a round's own items go on without it."""
    for chunk in _chunks(run_keys):
        conn.execute(update(round_item).where(round_item.c.round_key.in_(chunk)).values(is_out=False))
    _say_ended(conn, run_keys, now=now, states=("cancelled",))


def _say_ended(
    conn: Connection, run_keys: Sequence[int], *, now: datetime, states: Sequence[str] = ("done", "failed")
) -> None:
    """Tell of those runs that have ended, and let them leave their rounds."""
    left: Counter[int] = Counter()
    for chunk in _chunks(run_keys):
        ended = (
            select(run.c.key, run.c.id, run.c.pipeline_id, run.c.start_node, run.c.state, run.c.ref, run.c.depth)
            .where(run.c.key.in_(chunk), run.c.state.in_(states))
            .order_by(run.c.key)
        )
        rows = conn.execute(ended).all()
        left += _leave_rounds(conn, [row.key for row in rows])
        for row in rows:
            # One event for every image's journey would be too many to be of use.
            if not row.ref.startswith(_ITEM):
                _emit_end(conn, row, now=now)
    if left:
        settle_runs(conn, {key: -count for key, count in left.items()}, now=now)


# Any: a row's type is that of its query.
def _emit_end(conn: Connection, ended: Any, *, now: datetime) -> None:
    in_round = select(func.count()).select_from(round_item).where(round_item.c.round_key == ended.key)
    # A round that was cancelled has not closed: nothing is counted, and no next one begins.
    selected = 0 if ended.state == "cancelled" else int(conn.execute(in_round).scalar_one())
    told: dict[str, JsonValue] = {"selected": selected} if selected else {"state": ended.state}
    project_id = conn.execute(select(pipeline.c.project_id).where(pipeline.c.id == ended.pipeline_id)).scalar_one()
    emit(
        conn,
        "round.closed" if selected else "run.ended",
        project_id=project_id,
        subject_id=ended.id,
        actor_id=ended.pipeline_id,
        now=now,
        payload={"node": ended.start_node, **told},
        cause=cause_of(ended.pipeline_id, ended.depth),
    )


def _leave_rounds(conn: Connection, run_keys: Sequence[int]) -> Counter[int]:
    """Take runs out of the rounds that they are in, and give how many left each."""
    left: Counter[int] = Counter()
    for chunk in _chunks(run_keys):
        leaving = (
            update(round_item)
            .where(round_item.c.run_key.in_(chunk), round_item.c.is_out)
            .values(is_out=False)
            .returning(round_item.c.round_key)
        )
        left.update(conn.execute(leaving).scalars())
    return left


def _chunks(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + _CHUNK] for start in range(0, len(keys), _CHUNK))
