"""Several people's answers to one item: kept apart from ground truth and from each other until there are enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.annotations.actions import save_annotations
from whorl.annotations.outcomes import find_predictions, reject_predictions
from whorl.annotations.queries import list_annotations
from whorl.base.errors import JsonValue
from whorl.schemas.annotations import Annotation, AnnotationDraft
from whorl.schemas.tasks import Lease, TaskAnswer, TaskItem
from whorl.store.db.tables import item, person, task, task_answer, task_item
from whorl.tasks import queries
from whorl.tasks.fusion import Answer, Fused, FusedStatement, Statement, fuse_answers
from whorl.tasks.moves import ItemRow, Work, change_item, finish, get_revision, mark_checked_empty, save_work
from whorl.tasks.rules import (
    DEFAULT_MIN_AGREEMENT,
    DEFAULT_MIN_IOU,
    ItemStatus,
    Move,
    next_status,
    share_of,
    wanted_answers,
)

_DRAFT, _SUBMITTED, _DISCARDED = "draft", "submitted", "discarded"


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody hands in; without work they say that the item cannot be worked on."""

    work: Work | None
    submission: str
    actor_id: str
    now: datetime
    active_seconds: float = 0.0
    reason: str | None = None


def is_shared(row: ItemRow) -> bool:
    """Whether several people answer this item, and their answers are not fused yet."""
    return wanted_answers(row.task_settings) > 1 and row.submitted_by is None


def is_repeat(conn: Connection, row: ItemRow, lease_token: str, actor_id: str, submission: str) -> bool:
    """Whether somebody sends again what they handed in, because they never saw the answer."""
    is_in_hand = row.status == ItemStatus.LEASED and row.lease_token == lease_token
    if wanted_answers(row.task_settings) == 1 or is_in_hand:
        return False
    mine = (task_answer.c.task_item_key == row.key) & (task_answer.c.person_id == actor_id)
    known: str | None = conn.execute(
        select(task_answer.c.submission).where(mine, task_answer.c.outcome != _DRAFT)
    ).scalar_one_or_none()
    return known == submission


def submit_answer(conn: Connection, row: ItemRow, given: Given) -> TaskItem:
    """Keep one person's answer; with the last that is wanted fuse them all into ground truth.

    Until then the item goes back to the queue, for somebody who has not answered. What comes of fusing is *agreed*
    when the agreement reaches the task's ``min_agreement`` and nothing is tied, else *disputed*.

    Raises:
        LabelGone: The ontology lost labels of this work meanwhile.
        StaleWrite: Somebody changed the item's ground truth since the work began.
    """
    statements = [] if given.work is None else _read_statements(conn, row, given.work, given)
    others = [one for one in _list_answers(conn, row.key) if one.person_id != given.actor_id]
    is_last = len(others) + 1 >= wanted_answers(row.task_settings)
    if not is_last:
        seconds = _requeue(conn, row, given)
    else:
        seconds = row.human_seconds
    own = seconds - sum(one.human_seconds for one in others)
    _keep(
        conn,
        row.key,
        given.actor_id,
        now=given.now,
        outcome=_DISCARDED if given.work is None else _SUBMITTED,
        annotations=[one.model_dump(mode="json") for one in statements],
        rejected_ids=[] if given.work is None else list(given.work.rejected_ids),
        submission=given.submission,
        reason=given.reason,
        human_seconds=max(0.0, own),
        draft=null(),
    )
    if is_last:
        _fuse(conn, row, given)
    return queries.get_task_item(conn, row.task_id, row.item_id)


def fuse_ripe(conn: Connection, task_id: str, *, now: datetime) -> int:
    """Fuse what waits for answers that are not wanted any more; gives how many items were done by it."""
    wanted = conn.execute(select(task.c.settings).where(task.c.id == task_id)).scalar_one()
    waiting = (
        select(item.c.id)
        .join(task_item, task_item.c.item_key == item.c.key)
        .join(task, task.c.key == task_item.c.task_key)
        .where(task.c.id == task_id, task_item.c.status == ItemStatus.QUEUED.value, task_item.c.submitted_by.is_(None))
        .where(select(task_answer.c.person_id).where(task_answer.c.task_item_key == task_item.c.key).exists())
    )
    done = 0
    for item_id in conn.execute(waiting).scalars().all():
        row = queries.lock_task_item(conn, task_id, item_id)
        found = _list_answers(conn, row.key)
        if row.status == ItemStatus.QUEUED and len(found) >= wanted_answers(wanted):
            last = found[-1]
            _fuse(conn, row, Given(None, str(last.submission), actor_id=last.person_id, now=now))
            done += 1
    return done


def with_own_draft(conn: Connection, key: int, lease: Lease, *, actor_id: str, now: datetime) -> Lease:
    """Put the draft that somebody else left with an item aside, and give this person their own back."""
    mine = (task_answer.c.task_item_key == key) & (task_answer.c.person_id == actor_id)
    if lease.draft is not None:
        if lease.draft.author_id == actor_id:
            return lease
        draft = lease.draft.model_dump(mode="json")
        _keep(conn, key, lease.draft.author_id, now=now, outcome=_DRAFT, draft=draft)
    own = conn.execute(select(task_answer.c.draft).where(mine)).scalar_one_or_none()
    draft_of = null() if own is None else own
    conn.execute(update(task_item).where(task_item.c.key == key).values(draft=draft_of))
    conn.execute(delete(task_answer).where(mine, task_answer.c.outcome == _DRAFT))
    return lease.model_copy(update={"draft": None if own is None else queries.read_draft(own)})


def list_answers(conn: Connection, task_id: str, item_id: str) -> list[TaskAnswer]:
    """What each of several people said about an item, oldest first; nothing until the answers are fused.

    Raises:
        NotFound: The item is not in the task.
    """
    if queries.get_task_item(conn, task_id, item_id).submitted_by is None:
        return []
    key = (
        select(task_item.c.key)
        .join(task, task.c.key == task_item.c.task_key)
        .join(item, item.c.key == task_item.c.item_key)
        .where(task.c.id == task_id, item.c.id == item_id)
    )
    found = _list_answers(conn, conn.execute(key).scalar_one())
    ids = [one.person_id for one in found]
    names = {one.id: one.name for one in conn.execute(select(person.c.id, person.c.name).where(person.c.id.in_(ids)))}
    return [
        TaskAnswer(
            person_id=one.person_id,
            name=names.get(one.person_id, one.person_id),
            outcome=one.outcome,
            annotations=[AnnotationDraft.model_validate(said) for said in one.annotations],
            reason=one.reason,
            human_seconds=one.human_seconds,
            at=one.at,
        )
        for one in found
    ]


# Any: rows of `task_answer`; its columns are typed by the table.
def _list_answers(conn: Connection, key: int) -> Sequence[Any]:
    found = select(task_answer).where(task_answer.c.task_item_key == key, task_answer.c.outcome != _DRAFT)
    return conn.execute(found.order_by(task_answer.c.at, task_answer.c.person_id)).all()


def _read_statements(conn: Connection, row: ItemRow, work: Work, given: Given) -> list[AnnotationDraft]:
    """What would stand on the item after this work; every check of a save is made, and nothing is written."""
    trial = conn.begin_nested()
    try:
        save_work(conn, row, work, actor_id=given.actor_id, now=given.now)
        said = list_annotations(conn, [row.item_id])
    finally:
        trial.rollback()
    return [
        AnnotationDraft(
            label=one.label, geometry=one.geometry, attributes=one.attributes, from_prediction=one.from_prediction
        )
        for one in said
    ]


def _requeue(conn: Connection, row: ItemRow, given: Given) -> float:
    return change_item(
        conn,
        row,
        now=given.now,
        active_seconds=given.active_seconds,
        credit={"submitted": 1},
        status=next_status(ItemStatus(row.status), Move.RETURN),
        assignee_id=None,
        lease_token=None,
        lease_until_ms=0,
        draft=null(),
    )


def _fuse(conn: Connection, row: ItemRow, given: Given) -> None:
    found = _list_answers(conn, row.key)
    settings = row.task_settings
    fused = fuse_answers([_answer(one) for one in found], min_iou=share_of(settings, "min_iou", DEFAULT_MIN_IOU))
    is_agreed = not fused.is_tied and fused.agreement >= share_of(settings, "min_agreement", DEFAULT_MIN_AGREEMENT)
    is_discarded = fused.statements is None
    if not is_discarded:
        _write(conn, row, fused, found, now=given.now)
    said = "discarded" if is_discarded else "agreed" if is_agreed else "disputed"
    is_leased = row.status == ItemStatus.LEASED
    seconds = change_item(
        conn,
        row,
        now=given.now,
        active_seconds=given.active_seconds,
        credit={"submitted": 1} if is_leased else None,
        status=ItemStatus.DISCARDED if is_discarded else ItemStatus.SUBMITTED,
        submitted_by=given.actor_id,
        submission=given.submission,
        answer=null() if is_discarded else said,
        draft=null(),
        return_to=null(),
    )
    _count_last(conn, row.key, found, given.actor_id, seconds)
    output: dict[str, JsonValue] = {
        "agreement": round(fused.agreement, 4),
        "answers": len(found),
        "authors": [one.person_id for one in found],
        "objects": len(fused.statements or ()),
    }
    reasons: list[JsonValue] = [one.reason for one in found if one.reason]
    if reasons:
        output["reasons"] = reasons
    finish(
        conn,
        row,
        "discarded" if is_discarded else "submitted",
        actor_id=given.actor_id,
        now=given.now,
        human_seconds=seconds,
        port=said,
        output=output,
    )


def _count_last(conn: Connection, key: int, found: Sequence[Any], person_id: str, seconds: float) -> None:
    """The last answer's time is known only now."""
    others = sum(one.human_seconds for one in found if one.person_id != person_id)
    mine = (task_answer.c.task_item_key == key) & (task_answer.c.person_id == person_id)
    conn.execute(update(task_answer).where(mine).values(human_seconds=max(0.0, seconds - others)))


def _answer(row: Any) -> Answer:
    if row.outcome == _DISCARDED:
        return Answer(row.person_id, None)
    said = [AnnotationDraft.model_validate(one) for one in row.annotations]
    return Answer(row.person_id, [Statement(s.label, s.geometry, s.attributes, s.from_prediction) for s in said])


def _write(conn: Connection, row: ItemRow, fused: Fused, found: Sequence[Any], *, now: datetime) -> None:
    """Make ground truth of what the majority says, by the task; its confidence is the share of people who say so."""
    left = list(list_annotations(conn, [row.item_id]))
    drafts: list[AnnotationDraft] = []
    for one in fused.statements or ():
        same = next((held for held in left if _is_same(held, one)), None)
        if same is None:
            drafts.append(_draft(one))
        else:
            left.remove(same)
    save_annotations(
        conn,
        row.item_id,
        drafts=_with_known_origins(conn, row, drafts),
        removed_ids=[one.id for one in left],
        base_revision=get_revision(conn, row),
        actor_id=row.task_id,
        now=now,
    )
    refused = {one for answer in found for one in answer.rejected_ids}
    taken = {one.from_prediction for one in drafts}
    most = [
        one for one in sorted(refused - taken) if sum(one in answer.rejected_ids for answer in found) * 2 > len(found)
    ]
    reject_predictions(conn, row.item_id, most, person_id=row.task_id, now=now)
    if not fused.statements and not fused.is_tied:
        mark_checked_empty(conn, row, actor_id=row.task_id, now=now)


def _is_same(held: Annotation, fused: FusedStatement) -> bool:
    one = fused.statement
    return (held.label, held.geometry, held.attributes) == (one.label, one.geometry, dict(one.attributes))


def _draft(fused: FusedStatement) -> AnnotationDraft:
    one = fused.statement
    return AnnotationDraft(
        label=one.label,
        geometry=one.geometry,
        attributes=dict(one.attributes),
        confidence=round(fused.support, 4),
        from_prediction=one.from_prediction,
    )


def _with_known_origins(conn: Connection, row: ItemRow, drafts: list[AnnotationDraft]) -> list[AnnotationDraft]:
    """Truth that was copied here came from a prediction on another item; that one cannot be named again."""
    named = [one.from_prediction for one in drafts if one.from_prediction is not None]
    known = find_predictions(conn, named, item_key=row.item_key) if named else {}
    return [one if one.from_prediction in known else one.model_copy(update={"from_prediction": None}) for one in drafts]


def _keep(conn: Connection, key: int, person_id: str, *, now: datetime, **values: object) -> None:
    """Put a person's answer or draft where it is kept, over what they gave before."""
    fresh = {
        "outcome": _DRAFT,
        "annotations": [],
        "rejected_ids": [],
        "human_seconds": 0.0,
        "draft": null(),
        **values,
    }
    changed = dict(values)
    if values.get("outcome") == _DRAFT:
        # An answer that counts stays one.
        changed.pop("outcome")
    insert_into = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert_into(task_answer).values(task_item_key=key, person_id=person_id, at=now, **fresh)
    conn.execute(
        statement.on_conflict_do_update(index_elements=["task_item_key", "person_id"], set_={**changed, "at": now})
    )
