"""Writes on items in a task: lease, heartbeat, save, submit, discard."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, insert, null, select, update

from whorl.access.queries import list_skills
from whorl.base.errors import Conflict, Forbidden, InvalidInput, JsonValue
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.tasks import Draft, Lease, TaskItem
from whorl.store.db.tables import item, task, task_item
from whorl.tasks import answers, modes, queries, verdicts
from whorl.tasks.moves import (
    ItemRow,
    Work,
    change_item,
    check_base,
    check_lease,
    finish,
    mark_checked_empty,
    new_task_item,
    save_work,
    stale,
)
from whorl.tasks.narrowing import missing_skills, work_of
from whorl.tasks.queries import lock_task_item, to_ms
from whorl.tasks.rules import ItemStatus, Move, TaskKind, TaskStatus, next_status, wanted_answers
from whorl.tasks.tally import count_added, count_moved

REWORK_GRACE_SECONDS = 3600
"""How long rework waits for its author before others get it."""
_DRAFTS = TypeAdapter(list[AnnotationDraft])
_TAKE = (
    update(task_item)
    .where(task_item.c.key == bindparam("of_key"))
    .values(
        status=ItemStatus.LEASED.value,
        assignee_id=bindparam("to_person"),
        lease_token=bindparam("with_token"),
        lease_until_ms=bindparam("until_ms"),
        measured_from_ms=bindparam("from_ms"),
        version=task_item.c.version + 1,
        updated_at=bindparam("at"),
    )
    .returning(
        select(item.c.id).where(item.c.key == task_item.c.item_key).scalar_subquery().label("item_id"),
        task_item.c.lease_token,
        task_item.c.lease_until_ms,
        task_item.c.submitted_by,
        task_item.c.draft,
    )
)


def lease_next(
    conn: Connection,
    task_id: str,
    *,
    actor_id: str,
    now: datetime,
    n: int = 1,
    lease_s: int | None = None,
    allow: Callable[[TaskKind], None] = lambda _: None,
) -> list[Lease]:
    """Give somebody up to ``n`` items of a task to work on; fewer, or none, when no more wait.

    Own rework comes first, then the queue with what came back to it, then rework whose author stayed away.

    Raises:
        NotFound: There is no such task.
        Conflict: The task is paused or done.
        Forbidden: It is for other people, by name or by skill.
    """
    found = open_queue(conn, task_id, actor_id=actor_id)
    now_ms = to_ms(now)
    picked = queries.pick_candidates(conn, found, actor_id, n=n, now_ms=now_ms, grace_ms=REWORK_GRACE_SECONDS * 1000)
    leases = [
        take(
            conn,
            key,
            task_id,
            actor_id=actor_id,
            now=now,
            lease_s=lease_s or found.lease_seconds,
            is_shared=wanted_answers(found.settings) > 1,
        )
        for key, _ in picked
    ]
    for status, n_moved in Counter(status for _, status in picked).items():
        count_moved(conn, found.key, status, ItemStatus.LEASED, n=n_moved)
    return leases


# Any: columns of different types.
def open_queue(conn: Connection, task_id: str, *, actor_id: str) -> Row[*tuple[Any, ...]]:
    """Give what leasing needs to know of a task that gives work to this person; see `find_queue`.

    Raises:
        NotFound: There is no such task.
        Conflict: The task is paused or done.
        Forbidden: It is for other people, by name or by skill.
    """
    found = queries.find_queue(conn, task_id)
    if found.status != TaskStatus.ACTIVE.value:
        raise Conflict(f"the task gives out no work: it is {found.status}", hint="A manager can set it active again.")
    if found.assignee_ids is not None and actor_id not in found.assignee_ids:
        raise Forbidden("this task is for other people", hint="A manager can assign you to it.")
    work = work_of(found.settings)
    lacking = missing_skills(work, list_skills(conn, found.project_id, actor_id)) if work.skills else []
    if lacking:
        raise Forbidden(
            f"this task needs skills that you do not have here: {', '.join(lacking)}",
            hint="A manager can give them to you, in the settings' list of members.",
            details={"missing_skills": [*lacking]},
        )
    return found


def take(
    conn: Connection,
    key: int,
    task_id: str,
    *,
    actor_id: str,
    now: datetime,
    lease_s: int,
    is_shared: bool = False,
) -> Lease:
    """Put an item, by the key of its row, into somebody's hands under a new token. Counts are the caller's.

    Args:
        is_shared: Several people answer: nobody gets another's draft.
    """
    now_ms = to_ms(now)
    row = conn.execute(
        _TAKE,
        {
            "of_key": key,
            "to_person": actor_id,
            "with_token": secrets.token_urlsafe(24),
            "until_ms": now_ms + lease_s * 1000,
            "from_ms": now_ms,
            "at": now,
        },
    ).one()
    lease = queries.to_lease(row, task_id=task_id, item_id=row.item_id)
    return answers.with_own_draft(conn, key, lease, actor_id=actor_id, now=now) if is_shared else lease


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
    row = lock_task_item(conn, task_id, item_id)
    return queries.to_lease(row, task_id=task_id, item_id=item_id)


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
    rejected_ids: Sequence[str] = (),
    draft_version: int | None = None,
    lease_token: str,
    actor_id: str,
    now: datetime,
    active_seconds: float = 0.0,
) -> Lease:
    """Keep unfinished work and the lease with it. A draft is nobody's truth until it is submitted.

    Args:
        draft_version: Version of the draft that this replaces, 0 for none; None does not ask.

    Raises:
        LeaseLost: The token is not the item's current one.
        StaleWrite: Somebody changed the item's annotations since ``base_revision``, or another window saved or
            submitted; both versions come with it.
        InvalidInput: The work says more than the task asks.
    """
    row = lock_task_item(conn, task_id, item_id)
    work = Work(annotations, removed_ids, rejected_ids, base_revision)
    _check_not_submitted(conn, row, work, lease_token, actor_id)
    check_lease(row, lease_token, actor_id)
    modes.check_asked(conn, row, work)
    check_base(conn, item_id, annotations, base_revision, actor_id=actor_id, now=now)
    before = None if row.draft is None else Draft.model_validate(row.draft)
    version = 0 if before is None else before.version
    if before is not None and _says_same(before, work) and before.author_id == actor_id:
        version -= 1
    elif draft_version is not None:
        _check_draft_version(conn, row, work, draft_version)
    draft = Draft(
        annotations=list(annotations),
        removed_ids=list(removed_ids),
        rejected_ids=list(rejected_ids),
        base_revision=base_revision,
        version=version + 1,
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
    row = lock_task_item(conn, task_id, item_id)
    return queries.to_lease(row, task_id=task_id, item_id=item_id)


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
    rejected_ids: Sequence[str] = (),
    base_revision: int | None = None,
    draft_version: int | None = None,
    answer: JsonValue = None,
    active_seconds: float = 0.0,
) -> TaskItem:
    """Finish an item: its annotations become ground truth by this person.

    Repeating it with the same token changes nothing. Without ``annotations`` the draft is taken, and without a draft
    the annotations stay as they are.

    Args:
        rejected_ids: Predictions that were looked at and refused.
        draft_version: Version of the draft that this replaces, 0 for none; None does not ask.

    Raises:
        LabelGone: The ontology lost labels of this work meanwhile.
        LeaseLost: The token is not the item's current one.
        StaleWrite: Somebody changed the item's annotations since ``base_revision``, or another window saved or
            submitted something else; both versions come with it.
        InvalidInput: ``base_revision`` is missing, a yes/no task got another answer, a classify task no class, or the
            work says more than the task asks.
        Conflict: A review is approved, not submitted.
    """
    row = lock_task_item(conn, task_id, item_id)
    handed_in = Work(annotations, removed_ids, rejected_ids, base_revision)
    submission = _fingerprint(handed_in, answer)
    if _is_repeat(row, lease_token, actor_id, submission) or answers.is_repeat(
        conn, row, lease_token, actor_id, submission
    ):
        return queries.get_task_item(conn, task_id, item_id)
    _check_not_submitted(conn, row, handed_in, lease_token, actor_id)
    check_lease(row, lease_token, actor_id)
    _check_submission(row, answer)
    if draft_version is not None and not handed_in.is_drafted:
        _check_draft_version(conn, row, handed_in, draft_version)
    work = handed_in.or_draft(row)
    modes.check_asked(conn, row, work)
    if answers.is_shared(row):
        given = answers.Given(work, submission, actor_id=actor_id, now=now, active_seconds=active_seconds)
        done = answers.submit_answer(conn, row, given)
    else:
        done = _submit(conn, row, work, answer, submission, actor_id=actor_id, now=now, active_seconds=active_seconds)
    if row.is_reviewed and done.status == "submitted":
        _call_reviewers(conn, row, now=now)
    return done


def _submit(
    conn: Connection,
    row: ItemRow,
    work: Work,
    answer: JsonValue,
    submission: str,
    *,
    actor_id: str,
    now: datetime,
    active_seconds: float,
) -> TaskItem:
    shown = modes.find_shown(conn, row)
    modes.check_not_overtaken(conn, row, work, shown)
    before = modes.list_own(conn, row, shown)
    save_work(conn, row, work, actor_id=actor_id, now=now, missed_by=None if shown is None else shown.missed_by)
    modes.accept_shown(conn, shown, before, actor_id=actor_id, now=now)
    said = verdicts.apply_answer(conn, row, answer, work.base_revision, actor_id=actor_id, now=now)
    verdicts.check_class(conn, row)
    if work.annotations is not None and not work.annotations and row.task_kind == TaskKind.LABEL:
        mark_checked_empty(conn, row, actor_id=actor_id, now=now)
    seconds = change_item(
        conn,
        row,
        now=now,
        active_seconds=active_seconds,
        credit={"submitted": 1},
        status=next_status(ItemStatus(row.status), Move.SUBMIT),
        submitted_by=actor_id,
        submission=submission,
        answer=null() if said is None else said,
        draft=null(),
        return_to=null(),
    )
    more: dict[str, JsonValue] = {"answer": answer}
    if said is not None:
        more |= {"port": said, "output": {"answer": said}}
    finish(conn, row, "submitted", actor_id=actor_id, now=now, human_seconds=seconds, **more)
    return TaskItem(
        task_id=row.task_id,
        item_id=row.item_id,
        status="submitted",
        assignee_id=row.assignee_id,
        submitted_by=actor_id,
        reviewed_by=row.reviewed_by,
        human_seconds=seconds,
        answer=said,
        updated_at=now,
    )


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

    Where several people answer it is one answer of them; most of them together discard the item.

    Raises:
        LeaseLost: The token is not the item's current one.
    """
    row = lock_task_item(conn, task_id, item_id)
    if row.status == ItemStatus.DISCARDED and row.lease_token == lease_token:
        return queries.get_task_item(conn, task_id, item_id)
    told = hashlib.sha256(f"discarded {reason}".encode()).hexdigest()
    if answers.is_repeat(conn, row, lease_token, actor_id, told):
        return queries.get_task_item(conn, task_id, item_id)
    check_lease(row, lease_token, actor_id)
    if answers.is_shared(row):
        given = answers.Given(None, told, actor_id=actor_id, now=now, active_seconds=active_seconds, reason=reason)
        done = answers.submit_answer(conn, row, given)
        if row.is_reviewed and done.status == "submitted":
            _call_reviewers(conn, row, now=now)
        return done
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


def _is_repeat(row: ItemRow, lease_token: str, actor_id: str, submission: str) -> bool:
    return _is_submitted(row, lease_token, actor_id) and row.submission == submission


def _is_submitted(row: ItemRow, lease_token: str, actor_id: str) -> bool:
    is_done = row.status in {ItemStatus.SUBMITTED, ItemStatus.APPROVED}
    return is_done and row.lease_token == lease_token and row.submitted_by == actor_id


def _check_not_submitted(conn: Connection, row: ItemRow, work: Work, lease_token: str, actor_id: str) -> None:
    """The same person's other window was first: not a repeat, so not to be answered as one."""
    if _is_submitted(row, lease_token, actor_id):
        raise stale(conn, row, f"item {row.item_id} was submitted already, from another window, with other work", work)


def _check_draft_version(conn: Connection, row: ItemRow, work: Work, draft_version: int) -> None:
    stored = 0 if row.draft is None else int(row.draft.get("version", 1))
    if stored == draft_version:
        return
    what = f"the draft of item {row.item_id} is at version {stored}, saved from another window; yours began from "
    current = [] if row.draft is None else row.draft["annotations"]
    raise stale(conn, row, f"{what}{draft_version}", work, current=current, draft_version=stored)


def _says_same(draft: Draft, work: Work) -> bool:
    return (draft.annotations, draft.removed_ids, draft.rejected_ids, draft.base_revision) == (
        list(work.annotations or ()),
        list(work.removed_ids),
        list(work.rejected_ids),
        work.base_revision,
    )


def _fingerprint(work: Work, answer: JsonValue) -> str:
    """Of what was handed in, the base apart: a repeat may come with a newer one."""
    said = [None if work.annotations is None else "list", list(work.removed_ids), list(work.rejected_ids), answer]
    digest = hashlib.sha256(json.dumps(said).encode())
    digest.update(_DRAFTS.dump_json(list(work.annotations or ())))
    return digest.hexdigest()


def _check_submission(row: ItemRow, answer: JsonValue) -> None:
    if row.task_kind == TaskKind.REVIEW:
        raise Conflict("a review is approved or gets an issue; it is not submitted", hint="Use approve.")
    if row.task_kind == TaskKind.VALIDATE and answer not in ("yes", "no"):
        raise InvalidInput(f"answer: {answer!r}; allowed: yes, no", hint="A validate task asks a yes/no question.")


def _call_reviewers(conn: Connection, row: ItemRow, *, now: datetime) -> None:
    """Wake the reviews that wait for this item, and hand it to those that take in what is submitted."""
    reviews = conn.execute(select(task.c.key, task.c.settings).where(task.c.reviews_task_key == row.task_key)).all()
    for review in reviews:
        mine = (task_item.c.task_key == review.key) & (task_item.c.item_key == row.item_key)
        status = conn.execute(select(task_item.c.status).where(mine)).scalar_one_or_none()
        takes_it = bool(review.settings.get("takes_submitted"))
        if status == ItemStatus.WAITING or (takes_it and status == ItemStatus.APPROVED):
            count_moved(conn, review.key, status, ItemStatus.QUEUED)
            conn.execute(
                update(task_item)
                .where(mine)
                .values(status=ItemStatus.QUEUED, version=task_item.c.version + 1, updated_at=now)
            )
        elif status is None and takes_it:
            conn.execute(insert(task_item).values(**new_task_item(review.key, row.item_key, now=now, rank=row.rank)))
            count_added(conn, review.key)
