"""Writes of reviewers: approve, raise an issue, resolve one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, null, select, update

from whorl.base.errors import Conflict, NotFound
from whorl.base.ids import new_id
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.tasks import Issue, TaskItem
from whorl.store.db.tables import annotation, issue, task, task_item
from whorl.store.db.types import ALIVE
from whorl.store.events import emit
from whorl.tasks import modes, queries
from whorl.tasks.moves import ItemRow, Work, change_item, check_lease, finish, new_task_item, save_work
from whorl.tasks.queries import lock_task_item, to_ms
from whorl.tasks.rules import ItemStatus, Move, TaskKind, next_status
from whorl.tasks.tally import count_added, credit_person


def approve_item(
    conn: Connection,
    task_id: str,
    item_id: str,
    *,
    actor_id: str,
    now: datetime,
    lease_token: str | None = None,
    annotations: Sequence[AnnotationDraft] | None = None,
    removed_ids: Sequence[str] = (),
    rejected_ids: Sequence[str] = (),
    base_revision: int | None = None,
    active_seconds: float = 0.0,
) -> TaskItem:
    """Accept an item's work, with the reviewer's own corrections when given; the labelling task's item is approved too.

    In a review task the lease's token is needed; a submitted item of a labelling task is approved without.
    Repeating it changes nothing.

    Raises:
        LeaseLost: The token is not the item's current one.
        Conflict: Issues are open, or the item was not submitted.
        StaleWrite: Somebody changed the annotations since ``base_revision``.
    """
    row = lock_task_item(conn, task_id, item_id)
    if row.status == ItemStatus.APPROVED and (row.lease_token == lease_token or row.reviewed_by == actor_id):
        return queries.get_task_item(conn, task_id, item_id)
    if row.task_kind == TaskKind.REVIEW:
        check_lease(row, lease_token, actor_id)
    elif row.status == ItemStatus.LEASED:
        raise Conflict("the item is not submitted yet: somebody works on it", hint="Wait until it is submitted.")
    _check_no_open_issues(conn, row)
    work = Work(annotations, removed_ids, rejected_ids, base_revision).or_draft(row)
    modes.check_labels_asked(conn, row, work)
    is_untouched = not save_work(conn, row, work, actor_id=actor_id, now=now)
    is_review = row.task_kind == TaskKind.REVIEW
    seconds = change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        credit={"submitted": 1, "approved": 1, "untouched": int(is_untouched)} if is_review else None,
        status=next_status(ItemStatus(row.status), Move.APPROVE),
        reviewed_by=actor_id,
        draft=null(),
        return_to=null(),
    )
    if is_review:
        _approve_reviewed(conn, row, actor_id=actor_id, now=now, is_untouched=is_untouched)
    else:
        _credit_author(conn, row, now=now, approved=1, untouched=int(is_untouched))
    finish(conn, row, "approved", actor_id=actor_id, now=now, human_seconds=seconds)
    return queries.get_task_item(conn, task_id, item_id)


def raise_issue(
    conn: Connection,
    task_id: str,
    item_id: str,
    body: str,
    *,
    actor_id: str,
    now: datetime,
    annotation_id: str | None = None,
    x: float | None = None,
    y: float | None = None,
    lease_token: str | None = None,
    active_seconds: float = 0.0,
) -> Issue:
    """Say what needs mending; the author gets the item again, and a review of it waits for them.

    Further issues on the same item join the first. ``x`` and ``y`` are pixels of the upright image.

    Raises:
        LeaseLost: In a review task, the token is not the item's current one.
        NotFound: The annotation is not one of the item's.
        Conflict: The review looks after no labelling task, or the item was not submitted.
    """
    row = lock_task_item(conn, task_id, item_id)
    if annotation_id is not None:
        _check_annotation(conn, row, annotation_id)
    if row.task_kind == TaskKind.REVIEW:
        _send_back_reviewed(conn, row, lease_token, actor_id=actor_id, now=now, active_seconds=active_seconds)
    elif row.status != ItemStatus.REWORK:
        _reopen(conn, row, now=now)
    made = Issue(
        id=new_id("issue"),
        task_id=task_id,
        item_id=item_id,
        annotation_id=annotation_id,
        x=x,
        y=y,
        body=body,
        author_id=actor_id,
        state="open",
        created_at=now,
        resolved_at=None,
        resolved_by=None,
    )
    values = made.model_dump(exclude={"task_id", "item_id", "comments"})
    conn.execute(insert(issue).values(**values, task_key=row.task_key, item_key=row.item_key))
    emit(
        conn,
        "task.changed",
        project_id=row.project_id,
        subject_id=task_id,
        actor_id=actor_id,
        now=now,
        payload={"issue_id": made.id, "item_id": item_id, "state": "open"},
    )
    return made


def resolve_issue(conn: Connection, issue_id: str, *, actor_id: str, now: datetime) -> Issue:
    """Say that an issue is mended. Repeating it changes nothing.

    Raises:
        NotFound: There is no such issue.
    """
    found = queries.get_issue(conn, issue_id)
    if found.state == "resolved":
        return found
    conn.execute(
        update(issue).where(issue.c.id == issue_id).values(state="resolved", resolved_at=now, resolved_by=actor_id)
    )
    home = queries.get_task(conn, found.task_id)
    emit(
        conn,
        "task.changed",
        project_id=home.project_id,
        subject_id=found.task_id,
        actor_id=actor_id,
        now=now,
        payload={"issue_id": issue_id, "item_id": found.item_id, "state": "resolved"},
    )
    return queries.get_issue(conn, issue_id)


def _check_no_open_issues(conn: Connection, row: ItemRow) -> None:
    reviews = conn.execute(select(task.c.key).where(task.c.reviews_task_key == row.task_key)).scalars().all()
    keys = [key for key in (row.task_key, row.reviews_task_key, *reviews) if key is not None]
    n_open = queries.count_open_issues(conn, task_keys=keys, item_key=row.item_key)
    if n_open:
        raise Conflict(
            f"{n_open} open issue{'s' if n_open > 1 else ''} on item {row.item_id}",
            hint="Resolve them first, or leave the item to its author.",
            details={"open_issues": n_open},
        )


def _check_annotation(conn: Connection, row: ItemRow, annotation_id: str) -> None:
    query = select(annotation.c.key).where(
        annotation.c.id == annotation_id, annotation.c.item_key == row.item_key, annotation.c.died_rev == ALIVE
    )
    if conn.execute(query).first() is None:
        raise NotFound(f"no such annotation on this item: {annotation_id}")


def _send_back_reviewed(
    conn: Connection,
    row: ItemRow,
    lease_token: str | None,
    *,
    actor_id: str,
    now: datetime,
    active_seconds: float,
) -> None:
    if row.reviews_task_key is None:
        raise Conflict(
            "this review looks after no labelling task, so there is nobody to send the item back to",
            hint="Correct the annotations yourself and approve, or name reviews_task_id when making the review.",
        )
    if row.status == ItemStatus.WAITING and row.lease_token == lease_token and row.assignee_id == actor_id:
        return
    check_lease(row, lease_token, actor_id)
    change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        credit={"submitted": 1, "sent_back": 1},
        status=next_status(ItemStatus(row.status), Move.HOLD),
        reviewed_by=actor_id,
    )
    reviewed = _find_reviewed(conn, row)
    if reviewed is None:
        fresh = new_task_item(row.reviews_task_key, row.item_key, now=now, status=ItemStatus.QUEUED)
        conn.execute(insert(task_item).values(**fresh))
        count_added(conn, row.reviews_task_key)
    elif reviewed.status in {ItemStatus.SUBMITTED, ItemStatus.APPROVED}:
        _reopen(conn, reviewed, now=now)


def _reopen(conn: Connection, row: ItemRow, *, now: datetime) -> None:
    change_item(
        conn,
        row,
        now=now,
        status=next_status(ItemStatus(row.status), Move.REOPEN),
        assignee_id=row.submitted_by,
        lease_token=None,
        lease_until_ms=to_ms(now),
        reviewed_by=None,
    )
    _credit_author(conn, row, now=now, sent_back=1)


def _approve_reviewed(conn: Connection, row: ItemRow, *, actor_id: str, now: datetime, is_untouched: bool) -> None:
    reviewed = None if row.reviews_task_key is None else _find_reviewed(conn, row)
    if reviewed is not None and reviewed.status == ItemStatus.SUBMITTED:
        change_item(conn, reviewed, now=now, status=ItemStatus.APPROVED, reviewed_by=actor_id)
        _credit_author(conn, reviewed, now=now, approved=1, untouched=int(is_untouched))


def _credit_author(conn: Connection, row: ItemRow, *, now: datetime, **done: float) -> None:
    if row.submitted_by is not None:
        credit_person(conn, row.task_key, row.submitted_by, now=None, **done)


def _find_reviewed(conn: Connection, row: ItemRow) -> ItemRow | None:
    query = (
        select(task_item)
        .where(task_item.c.task_key == row.reviews_task_key, task_item.c.item_key == row.item_key)
        .with_for_update()
    )
    return conn.execute(query).one_or_none()
