"""What every write on an item in a task shares: the lease's check, the change of its row, the saving of its work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Connection, Null, Row, Update, bindparam, null, select, update

from whorl.annotations.actions import save_annotations
from whorl.annotations.outcomes import reject_predictions
from whorl.annotations.queries import list_annotations
from whorl.base.errors import InvalidInput, JsonValue, LabelGone, LeaseLost, StaleWrite, UnknownLabel
from whorl.datasets.actions import update_items
from whorl.ontology.queries import current_draft, list_earlier_labels
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.tasks import Draft
from whorl.store.db.tables import dataset, task_item
from whorl.store.events import emit
from whorl.tasks.queries import to_ms
from whorl.tasks.rules import ItemStatus, counted_seconds
from whorl.tasks.tally import count_moved, credit_person

# Any: a row of the join in `lock_task_item`; its columns are typed by the tables.
ItemRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody hands in for an item.

    Attributes:
        annotations: New and changed ones; None takes the draft.
        rejected_ids: Predictions that were looked at and refused.
        base_revision: What it is based on; needed with annotations.
    """

    annotations: Sequence[AnnotationDraft] | None = None
    removed_ids: Sequence[str] = ()
    rejected_ids: Sequence[str] = ()
    base_revision: int | None = None

    @property
    def is_drafted(self) -> bool:
        """Whether no change of annotations was handed in, so that the draft counts."""
        return self.annotations is None and not self.removed_ids

    def or_draft(self, row: ItemRow) -> Work:
        """This, or the row's draft when no change of annotations was handed in."""
        if not self.is_drafted or row.draft is None:
            return self
        draft = Draft.model_validate(row.draft)
        refused = [*draft.rejected_ids, *self.rejected_ids]
        return Work(draft.annotations, draft.removed_ids, refused, draft.base_revision)


def check_lease(row: ItemRow, lease_token: str | None, actor_id: str) -> None:
    """Let the holder of the current lease pass, even when it is past its time, as long as nobody else took the item.

    Raises:
        LeaseLost: The token is not the item's current one.
    """
    if row.status == ItemStatus.LEASED and row.lease_token == lease_token and row.assignee_id == actor_id:
        return
    is_elsewhere = row.status == ItemStatus.LEASED and row.assignee_id != actor_id
    raise LeaseLost(
        f"this lease of item {row.item_id} is over; the item is {row.status}"
        + (", by somebody else" if is_elsewhere else ""),
        hint="Nothing was changed. Keep the work on your side, lease the item again and send it then.",
        details={"item_id": row.item_id, "status": row.status, "is_elsewhere": is_elsewhere},
    )


def change_item(
    conn: Connection,
    row: ItemRow,
    *,
    now: datetime,
    active_seconds: float = 0.0,
    credit: dict[str, float] | None = None,
    **values: Any,
) -> float:
    """Change an item in a task, count the move and the time worked on it; give all human seconds so far.

    Args:
        credit: What to add to the counts of the person in whose hands it is.
    """
    now_ms = to_ms(now)
    worked = counted_seconds(active_seconds, since_ms=row.measured_from_ms, now_ms=now_ms)
    is_measured = row.status == ItemStatus.LEASED and bool(active_seconds)
    if is_measured:
        values |= {"human_seconds": row.human_seconds + worked, "measured_from_ms": now_ms}
    values |= {"version": row.version + 1, "updated_at": now}
    emptied = frozenset(name for name, value in values.items() if isinstance(value, Null))
    given = {f"new_{name}": value for name, value in values.items() if name not in emptied}
    conn.execute(_change(frozenset(values) - emptied, emptied), {**given, "of_key": row.key})
    if "status" in values:
        count_moved(conn, row.task_key, row.status, values["status"])
    if row.assignee_id is not None and (credit is not None or is_measured):
        done = {**(credit or {}), "human_seconds": worked if is_measured else 0.0}
        credit_person(conn, row.task_key, row.assignee_id, now=now, **done)
    seconds: float = values.get("human_seconds", row.human_seconds)
    return seconds


@cache
def _change(changed: frozenset[str], emptied: frozenset[str]) -> Update:
    """Made once for each set of columns: building a statement costs more than running it."""
    values: dict[str, BindParameter[object] | Null] = {
        **{name: bindparam(f"new_{name}", type_=task_item.c[name].type) for name in changed},
        **{name: null() for name in emptied},
    }
    return update(task_item).where(task_item.c.key == bindparam("of_key")).values(**values)


def save_work(
    conn: Connection, row: ItemRow, work: Work, *, actor_id: str, now: datetime, missed_by: str | None = None
) -> bool:
    """Write work as ground truth, with what it refuses of the models' proposals; give whether truth changed.

    Args:
        missed_by: The model that missed what is new in this work.

    Raises:
        InvalidInput: Annotations came without ``base_revision``.
        LabelGone: The ontology had labels of this work once, and has them no longer.
        StaleWrite: Somebody changed the item's annotations since, even if this work changes nothing; both versions
            come with it.
    """
    taken = {draft.from_prediction for draft in work.annotations or ()}
    refused = [one for one in work.rejected_ids if one not in taken]
    reject_predictions(conn, row.item_id, refused, person_id=actor_id, now=now)
    if not work.annotations and not work.removed_ids:
        if work.base_revision is not None:
            check_base(conn, row.item_id, (), work.base_revision, actor_id=actor_id, now=now)
        return False
    if work.base_revision is None:
        raise InvalidInput(
            "annotations without base_revision", hint="Send the revision that came with the item's annotations."
        )
    try:
        saved = save_annotations(
            conn,
            row.item_id,
            drafts=work.annotations or (),
            removed_ids=work.removed_ids,
            base_revision=work.base_revision,
            actor_id=actor_id,
            now=now,
            missed_by=missed_by,
        )
    except UnknownLabel as error:
        raise _gone(conn, row.project_id, work.annotations or ()) or error from error
    return bool(work.removed_ids) or any(one.born_rev == saved.revision for one in saved.annotations)


def check_base(
    conn: Connection,
    item_id: str,
    annotations: Sequence[AnnotationDraft],
    base_revision: int,
    *,
    actor_id: str,
    now: datetime,
) -> None:
    """Check that nobody changed an item's ground truth after a revision.

    Args:
        annotations: What somebody is about to keep, for the refusal to show.

    Raises:
        StaleWrite: Somebody did; both versions come with it.
    """
    # A save of nothing checks its base and changes nothing.
    try:
        save_annotations(conn, item_id, drafts=(), base_revision=base_revision, actor_id=actor_id, now=now)
    except StaleWrite as error:
        yours: list[JsonValue] = [one.model_dump(mode="json") for one in annotations]
        raise StaleWrite(error.message, hint=error.hint, details={**error.details, "yours": yours}) from error


def stale(
    conn: Connection, row: ItemRow, what: str, work: Work, *, current: JsonValue = None, **more: JsonValue
) -> StaleWrite:
    """The refusal of work that another window or person overtook, with both versions."""
    if current is None:
        current = [one.model_dump(mode="json") for one in list_annotations(conn, [row.item_id])]
    return StaleWrite(
        what,
        hint="Nothing of yours was stored or lost here: look at both versions and save again on top of the current.",
        details={
            "yours": [one.model_dump(mode="json") for one in work.annotations or ()],
            "current": current,
            "base_revision": work.base_revision,
            "current_revision": get_revision(conn, row),
            "status": row.status,
            **more,
        },
    )


def finish(
    conn: Connection,
    row: ItemRow,
    outcome: str,
    *,
    actor_id: str,
    now: datetime,
    human_seconds: float,
    **more: JsonValue,
) -> None:
    """Tell the pipelines that an item is done here. ``return_to`` goes out once: redoing sends nothing on.

    Args:
        more: ``port`` by which the token goes on when it is not called like the outcome, ``output`` for its journey,
            and whatever else the event is to tell.
    """
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


def mark_checked_empty(conn: Connection, row: ItemRow, *, actor_id: str, now: datetime) -> None:
    """Emptiness is a statement: somebody says that nothing is on the item. Nothing happens where something stands."""
    if list_annotations(conn, [row.item_id]):
        return
    dataset_id = conn.execute(select(dataset.c.id).where(dataset.c.key == row.dataset_key)).scalar_one()
    patch = ItemPatch(is_checked_empty=True)
    update_items(conn, dataset_id, {row.item_id: patch}, actor_id=actor_id, now=now)


def get_revision(conn: Connection, row: ItemRow) -> int:
    """The present revision of the dataset that the item is in."""
    return int(conn.execute(select(dataset.c.revision).where(dataset.c.key == row.dataset_key)).scalar_one())


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


def _gone(conn: Connection, project_id: str, annotations: Sequence[AnnotationDraft]) -> LabelGone | None:
    """What to say when labels of this work were in an earlier version of the ontology; None when some never were."""
    known = {label.name for label in current_draft(conn, project_id).labels}
    unknown = list(dict.fromkeys(one.label for one in annotations if one.label not in known))
    if not set(unknown) <= list_earlier_labels(conn, project_id):
        return None
    gone: list[JsonValue] = [*unknown]
    return LabelGone(
        f"taken out of the ontology while you worked: {', '.join(unknown)}",
        hint="The draft is kept. Give these annotations another label and submit again.",
        details={"labels": gone, "known": [*sorted(known)]},
    )
