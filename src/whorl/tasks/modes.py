"""What narrow tasks let people hand in, and what becomes of the shapes that models found there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from whorl.annotations.actions import promote_predictions
from whorl.annotations.changes import lock_dataset_of_item
from whorl.annotations.outcomes import find_predictions, list_refused, shape_iou
from whorl.annotations.queries import list_annotations
from whorl.annotations.rows import AnyRow, geometry_of
from whorl.base.errors import InvalidInput
from whorl.schemas.annotations import Annotation, AnnotationDraft, ClassTag, Layer, Origin
from whorl.schemas.tasks import TaskWork
from whorl.store.db.tables import annotation, model
from whorl.store.db.types import ALIVE
from whorl.tasks.moves import ItemRow, Work, stale
from whorl.tasks.narrowing import allowed_labels, work_of

SAME_OBJECT_IOU = 0.5
"""From this overlap on a shape that a model found is an object that stands on the item already."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model found on an item and people are shown as settled.

    Attributes:
        missed_by: The model; None when none looked at the item.
    """

    mode: str
    missed_by: str | None
    predictions: Sequence[Annotation]


def check_asked(conn: Connection, row: ItemRow, work: Work) -> None:
    """Check that work says no more than the task asks.

    Raises:
        InvalidInput: A label that is not asked for; in a narrow mode a change that is not; says which.
    """
    asked = work_of(row.task_settings)
    check_labels_asked(conn, row, work, asked)
    if asked.mode == "full":
        return
    if work.rejected_ids:
        raise InvalidInput(
            f"{_SENTENCE[asked.mode]}; nothing that a model found is refused here",
            hint="Leave rejected_ids empty, and raise what is wrong in a comment.",
        )
    drafts = work.annotations or ()
    named = [one.from_prediction for one in drafts if one.from_prediction is not None]
    predictions = find_predictions(conn, named, item_key=row.item_key) if named else {}
    standing = _standing(conn, row, work)
    check = _check_missed if asked.mode == "find_missed" else _check_fixed
    check(work, standing, predictions)


def check_labels_asked(conn: Connection, row: ItemRow, work: Work, asked: TaskWork | None = None) -> None:
    """Check that work names only with the labels of the task and its recipe; what has another already keeps it.

    Raises:
        InvalidInput: Names the label, and those that there are.
    """
    allowed = allowed_labels(asked or work_of(row.task_settings), row.recipe_labels)
    others = [] if allowed is None else [one for one in work.annotations or () if one.label not in allowed]
    if allowed is None or not others:
        return
    standing = _standing(conn, row, work)
    for one in others:
        before = standing.get(one.id or "")
        if before is not None and before.label == one.label:
            continue
        what = "class" if isinstance(one.geometry, ClassTag) else "label"
        names = ", ".join(sorted(allowed)[:20]) + (", …" if len(allowed) > 20 else "")
        raise InvalidInput(
            f"{what} {one.label!r} is not among those of this task: {names}",
            hint="Choose one of them, or leave the object to another task.",
        )


def find_shown(conn: Connection, row: ItemRow) -> Shown | None:
    """Give what a model found and stands still on an item of a narrow task; None for other tasks."""
    asked = work_of(row.task_settings)
    if asked.mode == "full":
        return None
    # Before the predictions are read: no model may replace them between here and their promotion.
    lock_dataset_of_item(conn, row.item_id)
    model_id = asked.model_id or _newest_model(conn, row.item_key)
    if model_id is None:
        return Shown(asked.mode, None, ())
    allowed = allowed_labels(asked, row.recipe_labels)
    found = list_annotations(conn, [row.item_id], layer=Layer.PREDICTION, model_id=model_id)
    shown = [
        one
        for one in found
        if not isinstance(one.geometry, ClassTag)
        and (one.confidence is None or one.confidence >= asked.min_confidence)
        and (allowed is None or one.label in allowed)
    ]
    return Shown(asked.mode, model_id if asked.mode == "find_missed" else None, shown)


def check_not_overtaken(conn: Connection, row: ItemRow, work: Work, shown: Shown | None) -> None:
    """Check that what is about to be accepted is what the person saw.

    Raises:
        StaleWrite: The model looked at the item again after the work's base.
    """
    if shown is None or work.base_revision is None:
        return
    if any(one.born_rev > work.base_revision for one in shown.predictions):
        raise stale(conn, row, f"a model looked at item {row.item_id} again meanwhile", work)


def list_own(conn: Connection, row: ItemRow, shown: Shown | None) -> list[Annotation]:
    """The ground truth of an item before a save, where what is shown will be weighed against it."""
    return [] if shown is None or not shown.predictions else list_annotations(conn, [row.item_id])


def accept_shown(
    conn: Connection, shown: Shown | None, before: Sequence[Annotation], *, actor_id: str, now: datetime
) -> None:
    """Make ground truth of what was shown: the person stands behind the image as a whole.

    Left out is what somebody refused before, what stands already, and what is an object that stood there before under
    the same label, from wherever it came.

    Args:
        before: The item's ground truth before the person's own work was saved.
    """
    if shown is None or not shown.predictions:
        return
    refused = list_refused(conn, [one.id for one in shown.predictions])
    fresh = [one.id for one in shown.predictions if one.id not in refused and not _is_there(one, before)]
    promote_predictions(conn, fresh, how=Origin.ACCEPTED, actor_id=actor_id, now=now)


_SENTENCE = {
    "find_missed": "this task asks only for what was missed",
    "fix_geometry": "this task asks only for better shapes",
}


def _check_missed(work: Work, standing: Mapping[str, Annotation], predictions: Mapping[str, AnyRow]) -> None:
    sentence = _SENTENCE["find_missed"]
    for one in work.annotations or ():
        before = standing.get(one.id or "")
        source = predictions.get(one.from_prediction or "")
        is_frozen = before is not None and before.from_prediction is not None
        if before is not None and is_frozen and not _says_same(one, before):
            raise InvalidInput(
                f"{sentence}; annotation {one.id} was found by a model and stands as it is",
                hint="Leave it out, and raise what is wrong with it in a comment.",
            )
        if source is not None and (source.label, geometry_of(source)) != (one.label, one.geometry):
            raise InvalidInput(
                f"{sentence}; prediction {one.from_prediction} is taken as it is",
                hint="Leave it out: what is shown becomes ground truth with the submit.",
            )
    for gone in work.removed_ids:
        if gone in standing and standing[gone].from_prediction is not None:
            raise InvalidInput(
                f"{sentence}; annotation {gone} was found by a model and is not removed here",
                hint="Raise what is wrong with it in a comment.",
            )


def _check_fixed(work: Work, standing: Mapping[str, Annotation], predictions: Mapping[str, AnyRow]) -> None:
    sentence = _SENTENCE["fix_geometry"]
    if work.removed_ids:
        raise InvalidInput(f"{sentence}; nothing is removed here", hint="Leave removed_ids empty.")
    for one in work.annotations or ():
        if one.id is None and one.from_prediction is None:
            raise InvalidInput(
                f"{sentence}; nothing is added here, and this {one.geometry.type} of {one.label!r} is new",
                hint="Leave it out, and say in a comment that it is missing.",
            )
        before = standing.get(one.id or "")
        source = predictions.get(one.from_prediction or "")
        label = before.label if before is not None else None if source is None else source.label
        if label is not None and label != one.label:
            raise InvalidInput(
                f"{sentence}; the label {label!r} stays, and {one.label!r} was given", hint="Change the shape alone."
            )
        if before is not None and before.attributes != one.attributes:
            raise InvalidInput(
                f"{sentence}; the attributes of annotation {one.id} stay", hint="Change the shape alone."
            )


def _standing(conn: Connection, row: ItemRow, work: Work) -> dict[str, Annotation]:
    """The item's ground truth by id, read only when the work names some of it."""
    is_named = bool(work.removed_ids) or any(one.id is not None for one in work.annotations or ())
    return {one.id: one for one in list_annotations(conn, [row.item_id])} if is_named else {}


def _says_same(draft: AnnotationDraft, before: Annotation) -> bool:
    said = (draft.label, draft.geometry, draft.attributes, draft.confidence)
    return said == (before.label, before.geometry, before.attributes, before.confidence)


def _newest_model(conn: Connection, item_key: int) -> str | None:
    """The model whose predictions on the item are the newest; what an assistant proposes is never settled."""
    query = (
        select(annotation.c.model_id)
        .join(model, model.c.id == annotation.c.model_id)
        .where(
            annotation.c.item_key == item_key,
            annotation.c.layer == Layer.PREDICTION.value,
            annotation.c.died_rev == ALIVE,
            model.c.assistant_id.is_(None),
        )
        .order_by(annotation.c.born_rev.desc(), annotation.c.key.desc())
        .limit(1)
    )
    return conn.execute(query).scalar_one_or_none()


def _is_there(found: Annotation, before: Sequence[Annotation]) -> bool:
    # What came of this very prediction is left out by the promotion.
    others = (one for one in before if one.label == found.label and one.from_prediction != found.id)
    return any((shape_iou(found.geometry, one.geometry) or 0.0) >= SAME_OBJECT_IOU for one in others)
