"""What a yes, a no or a class means for an item's annotations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from whorl.annotations.actions import promote_predictions, save_annotations
from whorl.annotations.outcomes import reject_predictions
from whorl.annotations.queries import list_annotations
from whorl.base.errors import InvalidInput, JsonValue
from whorl.schemas.annotations import Annotation, ClassTag, Layer, Origin
from whorl.tasks.moves import ItemRow, Work, get_revision, stale
from whorl.tasks.rules import TaskKind


def apply_answer(
    conn: Connection, row: ItemRow, answer: JsonValue, base_revision: int | None, *, actor_id: str, now: datetime
) -> str | None:
    """Give the answer of a yes/no task, None for other tasks; where the task's settings say ``accept``, act on it.

    Yes makes ground truth of the item's predictions as they are, of the settings' ``model`` or of all; no says that
    they were looked at and refused, and takes back what the same person's earlier yes had made of them.

    Raises:
        StaleWrite: A model ran after ``base_revision``: what the answer is about is not there any more.
        UnknownLabel: The ontology lacks a predicted label.
    """
    if row.task_kind != TaskKind.VALIDATE:
        return None
    if row.task_settings.get("accept") is True:
        predictions = _list_predictions(conn, row)
        if base_revision is not None and any(one.born_rev > base_revision for one in predictions):
            work = Work(annotations=(), base_revision=base_revision)
            raise stale(conn, row, f"a model looked at item {row.item_id} again meanwhile", work)
        ids = [one.id for one in predictions]
        if answer == "yes":
            promote_predictions(conn, ids, how=Origin.ACCEPTED, actor_id=actor_id, now=now)
        else:
            _take_back(conn, row, set(ids), actor_id=actor_id, now=now)
            reject_predictions(conn, row.item_id, ids, person_id=actor_id, now=now)
    return str(answer)


def check_class(conn: Connection, row: ItemRow) -> None:
    """Check that an item of a classify task has exactly one class, of those that the task allows.

    Raises:
        InvalidInput: It has none, several, or another.
    """
    if row.task_kind != TaskKind.CLASSIFY:
        return
    given = [one.label for one in list_annotations(conn, [row.item_id]) if isinstance(one.geometry, ClassTag)]
    if len(given) != 1:
        raise InvalidInput(
            f"item {row.item_id} has {len(given)} classes{': ' if given else ''}{', '.join(given[:5])}; "
            "a classify task gives each exactly one",
            hint="Give one class, and remove the others.",
        )
    allowed = row.task_settings.get("labels")
    if isinstance(allowed, list) and allowed and given[0] not in allowed:
        raise InvalidInput(
            f"class {given[0]!r} is not among those of this task: {', '.join(map(str, allowed))}",
            hint="Choose one of them, or discard the item.",
        )


def _list_predictions(conn: Connection, row: ItemRow) -> list[Annotation]:
    model = row.task_settings.get("model")
    found = list_annotations(conn, [row.item_id], layer=Layer.PREDICTION)
    return [one for one in found if model is None or one.author_id == model]


def _take_back(conn: Connection, row: ItemRow, prediction_ids: set[str], *, actor_id: str, now: datetime) -> None:
    if row.answer != "yes" or row.submitted_by != actor_id:
        return
    made = [
        one.id
        for one in list_annotations(conn, [row.item_id])
        if one.from_prediction in prediction_ids and one.origin is Origin.ACCEPTED and one.author_id == actor_id
    ]
    if made:
        save_annotations(
            conn,
            row.item_id,
            drafts=(),
            removed_ids=made,
            base_revision=get_revision(conn, row),
            actor_id=actor_id,
            now=now,
        )
