"""Writes of trainings: begin one, keep what came of it, and settle those that ended without a word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from whorl.assistants import queries
from whorl.assistants.actions import PROPOSE, REST, TRAIN, list_jobs, tell_change
from whorl.assistants.learning import choose_task
from whorl.assistants.queries import AssistantRow
from whorl.assistants.rules import (
    ARCHITECTURES,
    FLOOR,
    GIVES_UP_AFTER,
    is_hopeless,
    training_params,
)
from whorl.base.errors import JsonValue
from whorl.datasets.revisions import load_dataset
from whorl.engine.jobs import CANCELLED, DONE, FAILED, create_job
from whorl.models import actions as models
from whorl.store.db.tables import assistant, assistant_round, job, model, task_item
from whorl.tasks.rules import ItemStatus


def begin_training(conn: Connection, row: AssistantRow, *, now: datetime) -> str | None:
    """Queue a training of an assistant on what is finished now, and give the job's id; None when one has begun.

    The model is registered at once, so that a repetition after a crash learns from the same items.
    """
    if list_jobs(conn, row.id, kinds=(REST,)):
        # What labels the rest would be replaced while it is at it.
        return None
    claim = update(assistant).where(
        assistant.c.key == row.key, assistant.c.job_id.is_(None), assistant.c.status.in_(("waiting", "ready"))
    )
    if not conn.execute(claim.values(status="training", n_seen=row.n_finished, updated_at=now)).rowcount:
        return None
    architecture = row.settings.architecture or ARCHITECTURES[row.kind]
    number = len(queries.list_models(conn, row.id)) + 1
    at = load_dataset(conn, row.dataset_id)
    model_id = models.create_model(
        conn,
        models.NewModel(
            name=f"{row.task_name[:150]}: assistant for {row.kind}, round {number}",
            task=choose_task(conn, row, architecture),
            architecture=architecture,
            labels=queries.wanted_labels(conn, row),
            params=training_params(row.settings, architecture, row.n_finished),
            dataset_key=at.key,
            revision=at.revision,
            query={"task_id": row.task_id, "status": list(queries.FINISHED), "finished_until": now.isoformat()},
            parent_id=row.model_id,
            assistant_id=row.id,
        ),
        project_id=row.project_id,
        actor_id=row.author_id,
        now=now,
    )
    params: dict[str, JsonValue] = {"assistant_id": row.id, "model_id": model_id, "task_id": row.task_id}
    job_id = create_job(conn, TRAIN, project_id=row.project_id, params=params, actor_id=row.author_id, now=now)
    conn.execute(update(assistant).where(assistant.c.key == row.key).values(job_id=job_id))
    tell_change(conn, queries.load_assistant(conn, row.id), actor_id=row.author_id, now=now)
    return job_id


def queue_proposing(conn: Connection, row: AssistantRow, *, now: datetime, after_key: int = 0) -> str:
    """Queue the job that proposes on what is next, and give its id.

    Args:
        after_key: Only items of the task that came after this key of ``task_item``.
    """
    params: dict[str, JsonValue] = {"assistant_id": row.id, "model_id": row.model_id, "after_key": after_key}
    return create_job(conn, PROPOSE, project_id=row.project_id, params=params, actor_id=row.author_id, now=now)


def welcome(conn: Connection, row: AssistantRow, *, now: datetime) -> str | None:
    """Queue proposals on items that came to a queue after it was looked at; None when there are none, or some do."""
    after = find_newcomers(conn, row)
    if after is None or list_jobs(conn, row.id, kinds=(PROPOSE,)):
        return None
    return queue_proposing(conn, row, now=now, after_key=after)


@dataclass(frozen=True, slots=True)
class NewRound:
    """A training that went well; ``metrics`` holds its ``score`` where items were held out."""

    model_id: str
    n_items: int
    n_objects: int
    seconds: float
    metrics: Mapping[str, JsonValue]
    is_kept: bool


def record_round(conn: Connection, row: AssistantRow, new: NewRound, *, now: datetime) -> None:
    """Keep a round that was trained. The assistant goes on with the better model, or gives up below the floor."""
    done = queries.list_rounds(conn, row.key)
    conn.execute(
        insert(assistant_round).values(
            assistant_key=row.key,
            round=len(done) + 1,
            model_id=new.model_id,
            n_items=new.n_items,
            n_objects=new.n_objects,
            n_proposed=0,
            seconds=new.seconds,
            metrics={**new.metrics, "is_kept": new.is_kept},
            created_at=now,
        )
    )
    scores = [_score(one.metrics) for one in done] + [_score(new.metrics)]
    values: dict[str, object] = {"status": "ready", "error": None}
    if is_hopeless(scores):
        last = ", ".join(f"{one:.2f}" for one in scores[-GIVES_UP_AFTER:] if one is not None)
        values = {
            "status": "failed",
            "error": f"It does not learn this: {GIVES_UP_AFTER} rounds in a row scored below {FLOOR} on items held out "
            f"({last}). It trains no more; its best proposals stay. Resume it to try again.",
        }
    kept = new.model_id if new.is_kept or row.model_id is None else row.model_id
    settle(conn, row, now=now, model_id=kept, **values)


def note_round(conn: Connection, row: AssistantRow, model_id: str, *, n_proposed: int, **said: JsonValue) -> None:
    """Write down how far the proposals of a round are."""
    mine = (assistant_round.c.assistant_key == row.key) & (assistant_round.c.model_id == model_id)
    metrics = conn.execute(select(assistant_round.c.metrics).where(mine)).scalar_one_or_none()
    if metrics is not None:
        conn.execute(update(assistant_round).where(mine).values(n_proposed=n_proposed, metrics={**metrics, **said}))


def read_mark(conn: Connection, row: AssistantRow, job_id: str) -> int:
    """The key of the last item that this job labelled, 0 before the first."""
    for one in queries.list_rounds(conn, row.key):
        mark = one.metrics.get("rest")
        if isinstance(mark, dict) and mark.get("job") == job_id and isinstance(mark.get("key"), int):
            return int(str(mark["key"]))
    return 0


def write_mark(conn: Connection, row: AssistantRow, job_id: str, key: int) -> None:
    """Note how far labelling the rest is, so that its repetition goes on there."""
    done = queries.list_rounds(conn, row.key)
    if done:
        mark: dict[str, JsonValue] = {"job": job_id, "key": key}
        note_round(conn, row, done[-1].model_id, n_proposed=done[-1].n_proposed, rest=mark)


def settle(conn: Connection, row: AssistantRow, *, now: datetime, **values: object) -> None:
    """Write the end of a training, and tell whoever watches."""
    conn.execute(update(assistant).where(assistant.c.key == row.key).values(**values, job_id=None, updated_at=now))
    tell_change(conn, queries.load_assistant(conn, row.id), actor_id=row.author_id, now=now)


def settle_lost(conn: Connection, *, now: datetime) -> int:
    """Let assistants go on whose training ended without a word, cancelled or buried; gives how many there were."""
    found = (
        select(assistant.c.id, job.c.state, job.c.error)
        .join(job, job.c.id == assistant.c.job_id)
        .where(job.c.state.in_((DONE, FAILED, CANCELLED)))
    )
    lost = conn.execute(found).all()
    for one in lost:
        row = queries.load_assistant(conn, one.id)
        if one.state == FAILED:
            settle(conn, row, now=now, status="failed", error=one.error or "Its training failed.")
        else:
            settle(conn, row, now=now, status="waiting" if row.model_id is None else "ready")
        unfinished = (model.c.assistant_id == row.id) & model.c.status.in_(("created", "training"))
        state = "failed" if one.state == FAILED else "cancelled"
        conn.execute(update(model).where(unfinished).values(status=state))
    return len(lost)


def has_lost(conn: Connection) -> bool:
    """Whether there is anything for ``settle_lost``."""
    found = select(assistant.c.id).join(job, job.c.id == assistant.c.job_id)
    return conn.execute(found.where(job.c.state.in_((DONE, FAILED, CANCELLED))).limit(1)).first() is not None


def newest_key(conn: Connection, task_key: int) -> int:
    """The key of the item that came to a task last; 0 when it has none."""
    found = select(task_item.c.key).where(task_item.c.task_key == task_key).order_by(task_item.c.key.desc()).limit(1)
    return int(conn.execute(found).scalar() or 0)


def find_newcomers(conn: Connection, row: AssistantRow) -> int | None:
    """The key after which items came to a queue that was looked at as a whole; None when none did."""
    rounds = [one for one in queries.list_rounds(conn, row.key) if one.model_id == row.model_id]
    seen = rounds[-1].metrics.get("newest_key") if rounds else None
    if not isinstance(seen, int) or not rounds[-1].metrics.get("is_all_looked_at"):
        return None
    found = select(task_item.c.key).where(
        task_item.c.task_key == row.task_key, task_item.c.status == ItemStatus.QUEUED.value, task_item.c.key > seen
    )
    return None if conn.execute(found.limit(1)).first() is None else seen


def _score(metrics: Mapping[str, JsonValue]) -> float | None:
    value = metrics.get("score")
    return float(value) if isinstance(value, int | float) else None
