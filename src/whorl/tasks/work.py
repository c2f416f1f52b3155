"""Writes on items in a task: lease, heartbeat, save, submit, discard."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, null, select, update

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import list_annotations
from whorl.base.errors import Conflict, InvalidInput, JsonValue, LeaseLost, StaleWrite
from whorl.datasets.actions import update_items
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.tasks import Draft, Lease, TaskItem
from whorl.store.db.tables import dataset, item, task, task_item
from whorl.store.events import emit
from whorl.tasks import queries
from whorl.tasks.queries import lock_task_item, to_ms
from whorl.tasks.rules import ItemStatus, Move, TaskKind, TaskStatus, counted_seconds, next_status

REWORK_GRACE_SECONDS = 3600
"""How long rework waits for its author before others get it."""


def lease_next(
    conn: Connection, task_id: str, *, actor_id: str, now: datetime, n: int = 1, lease_s: int | None = None
) -> list[Lease]:
    """Give somebody up to ``n`` items of a task to work on; fewer, or none, when no more wait.

    Own rework comes first, then the queue with what came back to it, then rework whose author stayed away.

    Raises:
        NotFound: There is no such task.
        Conflict: The task is paused or done.
    """
    found = queries.get_task(conn, task_id)
    if found.status != TaskStatus.ACTIVE.value:
        raise Conflict(f"the task gives out no work: it is {found.status}", hint="A manager can set it active again.")
    key = conn.execute(select(task.c.key).where(task.c.id == task_id)).scalar_one()
    now_ms = to_ms(now)
    keys = queries.pick_candidates(conn, key, actor_id, n=n, now_ms=now_ms, grace_ms=REWORK_GRACE_SECONDS * 1000)
    return [_lease(conn, one, actor_id=actor_id, now=now, lease_s=lease_s or found.lease_seconds) for one in keys]


def _lease(conn: Connection, key: int, *, actor_id: str, now: datetime, lease_s: int) -> Lease:
    now_ms = to_ms(now)
    conn.execute(
        update(task_item)
        .where(task_item.c.key == key)
        .values(
            status=ItemStatus.LEASED,
            assignee_id=actor_id,
            lease_token=secrets.token_urlsafe(24),
            lease_until_ms=now_ms + lease_s * 1000,
            measured_from_ms=now_ms,
            version=task_item.c.version + 1,
            updated_at=now,
        )
    )
    query = (
        select(
            task.c.id.label("task_id"),
            item.c.id.label("item_id"),
            task_item.c.lease_token,
            task_item.c.lease_until_ms,
            task_item.c.submitted_by,
            task_item.c.draft,
        )
        .join(task, task.c.key == task_item.c.task_key)
        .join(item, item.c.key == task_item.c.item_key)
        .where(task_item.c.key == key)
    )
    return queries.to_lease(conn.execute(query).one())


def heartbeat(
    conn: Connection,
    task_id: str,
    item_id: str,
    *,
    lease_token: str,
    actor_id: str,
    now: datetime,
    active_seconds: float = 0.0,
) -> Lease:
    """Keep a lease for another full term.

    Raises:
        LeaseLost: The token is not the item's current one.
    """
    row = lock_task_item(conn, task_id, item_id)
    check_lease(row, lease_token, actor_id)
    until_ms = to_ms(now) + row.lease_seconds * 1000
    change_item(conn, row, now=now, active_seconds=active_seconds, lease_until_ms=until_ms)
    return queries.to_lease(lock_task_item(conn, task_id, item_id))


def release(
    conn: Connection,
    task_id: str,
    item_id: str,
    *,
    lease_token: str,
    actor_id: str,
    now: datetime,
    active_seconds: float = 0.0,
) -> TaskItem:
    """Give an item back unfinished; its draft stays for whoever takes it next.

    Raises:
        LeaseLost: The token is not the item's current one.
    """
    row = lock_task_item(conn, task_id, item_id)
    check_lease(row, lease_token, actor_id)
    status = next_status(ItemStatus(row.status), Move.RETURN, was_submitted=row.submitted_by is not None)
    change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        status=status,
        assignee_id=row.submitted_by,
        lease_token=None,
        lease_until_ms=to_ms(now),
    )
    return queries.get_task_item(conn, task_id, item_id)


def save_draft(
    conn: Connection,
    task_id: str,
    item_id: str,
    annotations: Sequence[AnnotationDraft],
    *,
    base_revision: int,
    removed_ids: Sequence[str] = (),
    lease_token: str,
    actor_id: str,
    now: datetime,
    active_seconds: float = 0.0,
) -> Lease:
    """Keep unfinished work and the lease with it. A draft is nobody's truth until it is submitted.

    Raises:
        LeaseLost: The token is not the item's current one.
        StaleWrite: Somebody changed the item's annotations since ``base_revision``; both versions come with it.
    """
    row = lock_task_item(conn, task_id, item_id)
    check_lease(row, lease_token, actor_id)
    _check_base(conn, item_id, annotations, base_revision, actor_id=actor_id, now=now)
    draft = Draft(
        annotations=list(annotations),
        removed_ids=list(removed_ids),
        base_revision=base_revision,
        author_id=actor_id,
        saved_at=now,
    )
    until_ms = to_ms(now) + row.lease_seconds * 1000
    change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        draft=draft.model_dump(mode="json"),
        lease_until_ms=until_ms,
    )
    return queries.to_lease(lock_task_item(conn, task_id, item_id))


def submit_item(
    conn: Connection,
    task_id: str,
    item_id: str,
    *,
    lease_token: str,
    actor_id: str,
    now: datetime,
    annotations: Sequence[AnnotationDraft] | None = None,
    removed_ids: Sequence[str] = (),
    base_revision: int | None = None,
    answer: JsonValue = None,
    active_seconds: float = 0.0,
) -> TaskItem:
    """Finish an item: its annotations become ground truth by this person.

    Repeating it with the same token changes nothing. Without ``annotations`` the draft is taken, and without a draft
    the annotations stay as they are.

    Raises:
        LeaseLost: The token is not the item's current one.
        StaleWrite: Somebody changed the item's annotations since ``base_revision``; both versions come with it.
        InvalidInput: ``base_revision`` is missing, or a yes/no task got another answer.
        Conflict: A review is approved, not submitted.
    """
    row = lock_task_item(conn, task_id, item_id)
    if _is_repeat(row, lease_token, actor_id):
        return queries.get_task_item(conn, task_id, item_id)
    check_lease(row, lease_token, actor_id)
    _check_submission(row, answer)
    save_work(conn, row, annotations, removed_ids, base_revision=base_revision, actor_id=actor_id, now=now)
    _mark_checked_empty(conn, row, annotations, actor_id=actor_id, now=now)
    seconds = change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        status=next_status(ItemStatus(row.status), Move.SUBMIT),
        submitted_by=actor_id,
        draft=null(),
        return_to=null(),
    )
    finish(conn, row, "submitted", actor_id=actor_id, now=now, human_seconds=seconds, answer=answer)
    _call_reviewers(conn, row, now=now)
    return queries.get_task_item(conn, task_id, item_id)


def discard_item(
    conn: Connection,
    task_id: str,
    item_id: str,
    *,
    reason: str,
    lease_token: str,
    actor_id: str,
    now: datetime,
    active_seconds: float = 0.0,
) -> TaskItem:
    """Say that an item cannot be worked on, and why. Repeating it with the same token changes nothing.

    Raises:
        LeaseLost: The token is not the item's current one.
    """
    row = lock_task_item(conn, task_id, item_id)
    if row.status == ItemStatus.DISCARDED and row.lease_token == lease_token:
        return queries.get_task_item(conn, task_id, item_id)
    check_lease(row, lease_token, actor_id)
    seconds = change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        status=next_status(ItemStatus(row.status), Move.DISCARD),
        draft=null(),
        return_to=null(),
    )
    finish(conn, row, "discarded", actor_id=actor_id, now=now, human_seconds=seconds, reason=reason)
    return queries.get_task_item(conn, task_id, item_id)


# Any: a row of the join in `lock_task_item`, here and below.
def check_lease(row: Row[*tuple[Any, ...]], lease_token: str | None, actor_id: str) -> None:
    """Let the holder of the current lease pass, even when it is past its time, as long as nobody else took the item.

    Raises:
        LeaseLost: The token is not the item's current one.
    """
    if row.status == ItemStatus.LEASED and row.lease_token == lease_token and row.assignee_id == actor_id:
        return
    raise LeaseLost(
        f"this lease of item {row.item_id} is over; the item is {row.status}",
        hint="Nothing was changed. Keep the work on your side, lease the item again and send it then.",
        details={"item_id": row.item_id, "status": row.status},
    )


def change_item(
    conn: Connection, row: Row[*tuple[Any, ...]], *, now: datetime, active_seconds: float = 0.0, **values: Any
) -> float:
    """Change an item in a task and count the time worked on it; give all human seconds so far."""
    now_ms = to_ms(now)
    worked = counted_seconds(active_seconds, since_ms=row.measured_from_ms, now_ms=now_ms)
    if row.status == ItemStatus.LEASED and active_seconds:
        values |= {"human_seconds": row.human_seconds + worked, "measured_from_ms": now_ms}
    statement = update(task_item).where(task_item.c.key == row.key)
    conn.execute(statement.values(**values, version=row.version + 1, updated_at=now))
    seconds: float = values.get("human_seconds", row.human_seconds)
    return seconds


def save_work(
    conn: Connection,
    row: Row[*tuple[Any, ...]],
    annotations: Sequence[AnnotationDraft] | None,
    removed_ids: Sequence[str],
    *,
    base_revision: int | None,
    actor_id: str,
    now: datetime,
) -> None:
    """Write the annotations handed in, or else the draft's, as ground truth."""
    if annotations is None and not removed_ids and row.draft is not None:
        draft = Draft.model_validate(row.draft)
        annotations, removed_ids, base_revision = draft.annotations, draft.removed_ids, draft.base_revision
    if not annotations and not removed_ids:
        return
    if base_revision is None:
        raise InvalidInput(
            "annotations without base_revision", hint="Send the revision that came with the item's annotations."
        )
    save_annotations(
        conn,
        row.item_id,
        drafts=annotations or (),
        removed_ids=removed_ids,
        base_revision=base_revision,
        actor_id=actor_id,
        now=now,
    )


def finish(
    conn: Connection,
    row: Row[*tuple[Any, ...]],
    outcome: str,
    *,
    actor_id: str,
    now: datetime,
    human_seconds: float,
    **more: JsonValue,
) -> None:
    """Tell the pipelines that an item is done here. ``return_to`` goes out once: redoing sends nothing on."""
    payload: dict[str, JsonValue] = {
        "task_id": row.task_id,
        "item_id": row.item_id,
        "outcome": outcome,
        "return_to": row.return_to,
        "human_seconds": round(human_seconds, 3),
        **{key: value for key, value in more.items() if value is not None},
    }
    emit(
        conn,
        "task.item_finished",
        project_id=row.project_id,
        subject_id=row.item_id,
        actor_id=actor_id,
        now=now,
        payload=payload,
    )


def _check_base(
    conn: Connection,
    item_id: str,
    annotations: Sequence[AnnotationDraft],
    base_revision: int,
    *,
    actor_id: str,
    now: datetime,
) -> None:
    # A save of nothing checks its base and changes nothing.
    try:
        save_annotations(conn, item_id, drafts=(), base_revision=base_revision, actor_id=actor_id, now=now)
    except StaleWrite as error:
        yours: list[JsonValue] = [one.model_dump(mode="json") for one in annotations]
        raise StaleWrite(error.message, hint=error.hint, details={**error.details, "yours": yours}) from error


def _mark_checked_empty(
    conn: Connection,
    row: Row[*tuple[Any, ...]],
    annotations: Sequence[AnnotationDraft] | None,
    *,
    actor_id: str,
    now: datetime,
) -> None:
    """Emptiness is a statement: an explicitly empty submission of a labelling task says that nothing is there."""
    if annotations is None or annotations or row.task_kind != TaskKind.LABEL:
        return
    if list_annotations(conn, [row.item_id]):
        return
    dataset_id = conn.execute(select(dataset.c.id).where(dataset.c.key == row.dataset_key)).scalar_one()
    patch = ItemPatch(is_checked_empty=True)
    update_items(conn, dataset_id, {row.item_id: patch}, actor_id=actor_id, now=now)


def _is_repeat(row: Row[*tuple[Any, ...]], lease_token: str, actor_id: str) -> bool:
    is_done = row.status in {ItemStatus.SUBMITTED, ItemStatus.APPROVED}
    return is_done and row.lease_token == lease_token and row.submitted_by == actor_id


def _check_submission(row: Row[*tuple[Any, ...]], answer: JsonValue) -> None:
    if row.task_kind == TaskKind.REVIEW:
        raise Conflict("a review is approved or gets an issue; it is not submitted", hint="Use approve.")
    if row.task_kind == TaskKind.VALIDATE and answer not in {"yes", "no"}:
        raise InvalidInput(f"answer: {answer!r}; allowed: yes, no", hint="A validate task asks a yes/no question.")


def _call_reviewers(conn: Connection, row: Row[*tuple[Any, ...]], *, now: datetime) -> None:
    """Wake the reviews that wait for this item, and hand it to those that take in what is submitted."""
    reviews = conn.execute(select(task.c.key, task.c.settings).where(task.c.reviews_task_key == row.task_key)).all()
    for review in reviews:
        mine = (task_item.c.task_key == review.key) & (task_item.c.item_key == row.item_key)
        status = conn.execute(select(task_item.c.status).where(mine)).scalar_one_or_none()
        takes_it = bool(review.settings.get("takes_submitted"))
        if status == ItemStatus.WAITING or (takes_it and status == ItemStatus.APPROVED):
            conn.execute(
                update(task_item)
                .where(mine)
                .values(status=ItemStatus.QUEUED, version=task_item.c.version + 1, updated_at=now)
            )
        elif status is None and takes_it:
            conn.execute(insert(task_item).values(**new_task_item(review.key, row.item_key, now=now, rank=row.rank)))


def new_task_item(task_key: int, item_key: int, *, now: datetime, rank: int = 0, **values: Any) -> dict[str, Any]:
    """The columns of an item that is new to a task."""
    return {
        "task_key": task_key,
        "item_key": item_key,
        "status": ItemStatus.QUEUED,
        "rank": rank,
        "lease_until_ms": 0,
        "measured_from_ms": 0,
        "version": 0,
        "human_seconds": 0.0,
        "updated_at": now,
        **values,
    }
