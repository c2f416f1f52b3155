"""Writes of assistants: make, change, stop, delete. What they learn and propose is written by their jobs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from whorl.annotations.changes import close_annotations
from whorl.assistants import queries
from whorl.assistants.queries import AssistantRow
from whorl.assistants.ranking import restore_order
from whorl.assistants.rules import check_task, check_wish, choose_kind
from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.datasets.revisions import batches, lock_dataset, next_revision
from whorl.datasets.rules import check_json
from whorl.engine.jobs import CANCELLED, DONE, FAILED, create_job, request_cancel
from whorl.ontology.queries import current_draft
from whorl.schemas.assistants import AssistantCreate, AssistantUpdate, LabelRest
from whorl.schemas.ontology import Tool
from whorl.store.db.tables import annotation, assistant, assistant_round, item, job, recipe, task, task_item
from whorl.store.db.types import ALIVE
from whorl.store.events import emit
from whorl.tasks.narrowing import work_of
from whorl.tasks.rules import ItemStatus

TRAIN, PROPOSE, REST = "assistant_train", "assistant_propose", "assistant_rest"
"""Kinds of the jobs that work for an assistant; each has ``assistant_id`` among its parameters."""


def create_assistant(conn: Connection, task_id: str, wish: AssistantCreate, *, actor_id: str, now: datetime) -> str:
    """Start an assistant on a labelling task and give its id; it waits until enough is finished.

    Raises:
        NotFound: There is no such task.
        Conflict: The task is done or is none that people label in, or has an assistant of this kind already.
        InvalidInput: What it is to propose cannot be told, or a label is none of the ontology's.
        MissingDependency: What it would train is not installed.
    """
    home = conn.execute(select(task).where(task.c.id == task_id).with_for_update()).one_or_none()
    if home is None:
        raise NotFound(f"no such task: {task_id}")
    check_task(home.kind, home.status, work_of(home.settings).mode)
    kind = choose_kind(wish.kind, _tools(conn, home.recipe_id, home.kind))
    if home.kind == "classify" and kind != "class":
        raise InvalidInput("in a classify task an assistant proposes classes", hint="Leave kind out.")
    check_wish(wish, kind)
    _check_images(conn, home.key)
    _check_labels(conn, home.project_id, wish.labels)
    _check_alone(conn, home.key, kind)
    made = new_id("assistant", at=now.timestamp())
    settings = wish.model_copy(update={"kind": kind}).model_dump(mode="json")
    check_json(settings, where="settings")
    values = {
        "id": made,
        "task_key": home.key,
        "kind": kind,
        "status": "waiting",
        "settings": settings,
        "n_seen": 0,
        "author_id": actor_id,
        "created_at": now,
        "updated_at": now,
    }
    conn.execute(insert(assistant).values(**values))
    tell_change(conn, queries.load_assistant(conn, made), actor_id=actor_id, now=now)
    return made


def update_assistant(
    conn: Connection, assistant_id: str, change: AssistantUpdate, *, actor_id: str, now: datetime
) -> None:
    """Stop or resume an assistant, or change how it works; what was not given stays.

    A stopped one gives up what it is doing; its proposals stay. A resumed one that had given up begins anew.

    Raises:
        NotFound: There is none with this id.
    """
    row = queries.load_assistant(conn, assistant_id)
    given = change.model_dump(exclude_unset=True, exclude_none=True, exclude={"is_stopped"})
    values: dict[str, object] = {"settings": row.settings.model_copy(update=given).model_dump(mode="json")}
    if change.is_stopped is True and row.status != "stopped":
        cancel_jobs(conn, assistant_id, actor_id=actor_id, now=now)
        values |= {"status": "stopped", "job_id": None}
    elif change.is_stopped is False and row.status in ("stopped", "failed"):
        values |= {"status": "waiting" if row.model_id is None else "ready", "error": None}
    if change.reorders is False:
        restore_order(conn, row.task_key)
    conn.execute(update(assistant).where(assistant.c.key == row.key).values(**values, updated_at=now))
    tell_change(conn, queries.load_assistant(conn, assistant_id), actor_id=actor_id, now=now)


def delete_assistant(conn: Connection, assistant_id: str, *, actor_id: str, now: datetime) -> None:
    """Forget an assistant, and take its proposals off the items that nobody has begun.

    Its models stay for as long as annotations point at them, out of the list of models.

    Raises:
        NotFound: There is none with this id.
    """
    row = queries.load_assistant(conn, assistant_id)
    cancel_jobs(conn, assistant_id, actor_id=actor_id, now=now)
    drop_proposals(conn, row, list_open_items(conn, row.task_key), actor_id=actor_id, now=now)
    restore_order(conn, row.task_key)
    conn.execute(delete(assistant_round).where(assistant_round.c.assistant_key == row.key))
    conn.execute(delete(assistant).where(assistant.c.key == row.key))
    _tell(conn, row, "deleted", actor_id=actor_id, now=now)


def start_rest(conn: Connection, assistant_id: str, wish: LabelRest, *, actor_id: str, now: datetime) -> str:
    """Queue the job that proposes on all that nobody finished, and give its id.

    Raises:
        NotFound: There is no such assistant.
        Conflict: It has not learnt anything yet, or such a job is under way.
    """
    row = queries.load_assistant(conn, assistant_id)
    if row.model_id is None:
        raise Conflict("the assistant has not learnt anything yet", hint="Label on until its first training is done.")
    under_way = list_jobs(conn, assistant_id, kinds=(REST,))
    if under_way:
        raise Conflict(f"the rest is being labelled already: {under_way[0]}", hint="Wait for that job, or cancel it.")
    params: dict[str, JsonValue] = {
        "assistant_id": assistant_id,
        "model_id": row.model_id,
        "threshold": wish.threshold,
        "dry_run": wish.dry_run,
    }
    return create_job(conn, REST, project_id=row.project_id, params=params, actor_id=actor_id, now=now)


def list_open_items(conn: Connection, task_key: int, *, after_key: int = 0) -> list[int]:
    """Keys of the items of a task that wait in its queue, untouched, in the order in which they are given out.

    Args:
        after_key: Only those that came to the task after this key of ``task_item``.
    """
    found = select(task_item.c.item_key).where(
        task_item.c.task_key == task_key,
        task_item.c.status == ItemStatus.QUEUED.value,
        task_item.c.draft.is_(None),
        task_item.c.submitted_by.is_(None),
        task_item.c.key > after_key,
    )
    return list(conn.execute(found.order_by(task_item.c.rank, task_item.c.key)).scalars())


def drop_proposals(
    conn: Connection,
    row: AssistantRow,
    item_keys: Sequence[int],
    *,
    actor_id: str,
    now: datetime,
    but: str | None = None,
) -> int:
    """Take what an assistant's models said off some items, and give how many proposals went.

    Args:
        but: A model whose proposals stay.
    """
    models = [one for one in queries.list_models(conn, row.id) if one != but]
    if not models or not item_keys:
        return 0
    held = lock_dataset(conn, row.dataset_id)
    keys: list[int] = []
    for some in batches(list(item_keys)):
        found = select(annotation.c.key).where(
            annotation.c.item_key.in_(some),
            annotation.c.died_rev == ALIVE,
            annotation.c.layer == "prediction",
            annotation.c.model_id.in_(models),
        )
        keys += conn.execute(found).scalars()
    if keys:
        summary: dict[str, JsonValue] = {"assistant": row.id, "predictions": len(keys)}
        revision = next_revision(conn, held.key, actor_id=actor_id, action="drop_predictions", summary=summary, now=now)
        close_annotations(conn, keys, revision=revision, died_by=actor_id)
    return len(keys)


def cancel_jobs(
    conn: Connection, assistant_id: str, *, actor_id: str, now: datetime, kinds: Sequence[str] = (TRAIN, PROPOSE, REST)
) -> None:
    """Ask every job that works for an assistant to stop."""
    for one in list_jobs(conn, assistant_id, kinds=kinds):
        request_cancel(conn, one, actor_id=actor_id, now=now)


def list_jobs(conn: Connection, assistant_id: str, *, kinds: Sequence[str]) -> list[str]:
    """The ids of the jobs that wait or work for an assistant."""
    ended = (DONE, FAILED, CANCELLED)
    found = select(job.c.id, job.c.params).where(job.c.kind.in_(kinds), job.c.state.not_in(ended))
    return [one.id for one in conn.execute(found) if one.params.get("assistant_id") == assistant_id]


def tell_change(conn: Connection, row: AssistantRow, *, actor_id: str, now: datetime) -> None:
    """Let whoever watches the task know that an assistant changed."""
    _tell(conn, row, row.status, actor_id=actor_id, now=now)


def _tell(conn: Connection, row: AssistantRow, status: str, *, actor_id: str, now: datetime) -> None:
    payload: dict[str, JsonValue] = {"task_id": row.task_id, "status": status, "model_id": row.model_id}
    emit(
        conn,
        "assistant.changed",
        project_id=row.project_id,
        subject_id=row.id,
        actor_id=actor_id,
        now=now,
        payload=payload,
    )


def _tools(conn: Connection, recipe_id: str | None, task_kind: str) -> list[Tool]:
    if recipe_id is None:
        return [Tool.CLASS] if task_kind == "classify" else []
    return [Tool(one) for one in conn.execute(select(recipe.c.tools).where(recipe.c.id == recipe_id)).scalar_one()]


def _check_images(conn: Connection, task_key: int) -> None:
    mine = select(item.c.media_type.like("video/%").label("is_video"))
    mine = mine.join(task_item, task_item.c.item_key == item.c.key).where(task_item.c.task_key == task_key).distinct()
    if list(conn.execute(mine).scalars()) == [True]:
        raise Conflict(
            "all items of the task are videos, and assistants propose on images",
            hint="In a video the tracker carries a shape on; or take out frames with a frames node, and label those.",
        )


def _check_labels(conn: Connection, project_id: str, labels: Sequence[str]) -> None:
    known = {label.name for label in current_draft(conn, project_id).labels}
    unknown = [one for one in labels if one not in known]
    if unknown:
        raise InvalidInput(
            f"no such label: {', '.join(repr(one[:60]) for one in unknown[:5])}",
            hint=f"The ontology has {', '.join(sorted(known)[:20]) or 'none yet'}.",
        )


def _check_alone(conn: Connection, task_key: int, kind: str) -> None:
    others = select(assistant.c.id).where(assistant.c.task_key == task_key, assistant.c.kind == kind)
    there = conn.execute(others).scalar()
    if there is not None:
        raise Conflict(
            f"the task has an assistant for {kind} already: {there}", hint="Resume or change it, or delete it first."
        )
