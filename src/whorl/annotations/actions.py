"""Writes of annotations by people, models and promotion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Select, String, and_, bindparam, select

from whorl.annotations.changes import (
    clear_checked_empty,
    close_annotations,
    insert_annotations,
    lock_dataset_of_item,
)
from whorl.annotations.outcomes import Outcome, Verdict, find_predictions, judge_changes, save_outcomes
from whorl.annotations.rows import AnyRow, NewAnnotation, annotation_from, annotation_of, geometry_of
from whorl.annotations.rules import check_inside, check_track, clip_box, statement_digest
from whorl.base.errors import InvalidInput, JsonValue, NotFound, StaleWrite
from whorl.base.ids import new_id
from whorl.datasets.revisions import DatasetRow, batches, lock_dataset, next_revision
from whorl.datasets.rules import check_json
from whorl.datasets.video.records import count_frames
from whorl.ontology.queries import check_labels, current_draft
from whorl.ontology.rules import check_attributes, check_known
from whorl.schemas.annotations import AnnotationDraft, AuthorKind, Box, Geometry, Layer, Origin, Track
from whorl.schemas.datasets import ItemAnnotations
from whorl.schemas.records import AnnotationRecord
from whorl.store.db.tables import annotation, dataset, item, item_state
from whorl.store.db.types import ALIVE
from whorl.store.events import EventDraft, emit_many


@dataclass(frozen=True, slots=True)
class PredictionsSaved:
    """What ``add_predictions`` wrote; ``missing`` are ids of items that do not stand (any more)."""

    revision: int
    added: int
    replaced: int
    missing: tuple[str, ...]


def save_annotations(
    conn: Connection,
    item_id: str,
    *,
    drafts: Sequence[AnnotationDraft],
    removed_ids: Sequence[str] = (),
    base_revision: int,
    actor_id: str,
    now: datetime,
    author_kind: AuthorKind = AuthorKind.PERSON,
    cause: str | None = None,
    missed_by: str | None = None,
) -> ItemAnnotations:
    """Save one person's changes to the ground truth of one item; all of them or none.

    A draft with an id replaces that annotation (the id stays, the version is new); one that says the same changes
    nothing. A draft with ``from_prediction`` is *accepted* when it says what the prediction says, else *edited*.
    Emits ``annotation.changed`` for the item, with the ids added, changed and removed.

    Args:
        drafts: What is new or changed; annotations that are not mentioned stay.
        removed_ids: Annotations to remove.
        base_revision: The revision the changes are based on, as ``read_item_annotations`` gave it.
        missed_by: The model whose predictions were shown: it missed what is new here and comes from no prediction.

    Returns:
        The item's ground truth after the save, and the revision it stands at.

    Raises:
        InvalidInput: A shape outside the image, an id that is given twice, a bad attribute.
        NotFound: The item, an annotation or a prediction does not stand.
        StaleWrite: Somebody changed this item's ground truth after ``base_revision``; details hold both versions.
        UnknownLabel: The ontology lacks a label.
    """
    row = lock_dataset_of_item(conn, item_id)
    at = _load_item(conn, item_id)
    standing = _load_standing(conn, row, at, drafts, base_revision)
    _check_drafts(conn, row, drafts, at)
    _check_ids(drafts, removed_ids, standing, item_name=at.name)
    changed = [draft for draft in drafts if draft.id is None or not _says_same(draft, standing[draft.id])]
    predictions = _load_predictions(conn, changed, removed_ids, standing, at.key)
    if not changed and not removed_ids:
        return _item_annotations(at, row.revision, standing, [], set(), now)
    author = _Author(author_kind, actor_id, missed_by)
    new = [_version(draft, standing, predictions, at.key, author, now) for draft in changed]
    replaced = [draft.id for draft in changed if draft.id is not None]
    summary: dict[str, JsonValue] = {
        "item": item_id,
        "added": len(new) - len(replaced),
        "changed": len(replaced),
        "removed": len(removed_ids),
    }
    revision = next_revision(conn, row.key, actor_id=actor_id, action="save_annotations", summary=summary, now=now)
    gone = {*replaced, *removed_ids}
    close_annotations(conn, [standing[one].key for one in gone], revision=revision, died_by=actor_id)
    insert_annotations(conn, new, dataset_key=row.key, revision=revision, now=now)
    if predictions and author_kind is AuthorKind.PERSON:
        verdicts = judge_changes(new, [standing[one] for one in removed_ids], predictions)
        save_outcomes(conn, verdicts, person_id=actor_id, now=now)
    if new and at.is_checked_empty:
        clear_checked_empty(conn, row, [item_id], revision=revision)
    payload: dict[str, JsonValue] = {
        "dataset_id": row.id,
        "item_id": item_id,
        "added": [one.id for one in new if one.id not in standing],
        "changed": list(replaced),
        "removed": list(removed_ids),
        "promoted": {one.from_prediction: one.origin.value for one in new if one.from_prediction},
        "revision": revision,
    }
    draft = EventDraft("annotation.changed", item_id, row.project_id, payload, cause)
    emit_many(conn, [draft], actor_id=actor_id, now=now)
    return _item_annotations(at, revision, standing, new, gone, now)


def add_predictions(
    conn: Connection,
    dataset_id: str,
    predictions: Mapping[str, Sequence[AnnotationRecord]],
    *,
    model_id: str,
    actor_id: str,
    now: datetime,
) -> PredictionsSaved:
    """Keep what a model said about items, by public item id, in place of what it said about them before.

    An empty list says that the model found nothing. Boxes are cut at the edges of the image. Nothing of this is
    ground truth; labels are the model's own and are checked against the ontology on promotion.

    Raises:
        InvalidInput: A shape is outside its image.
        NotFound: There is no such dataset.
    """
    row = lock_dataset(conn, dataset_id)
    sizes = _load_sizes(conn, row, list(predictions))
    missing = tuple(item_id for item_id in predictions if item_id not in sizes)
    new = [
        NewAnnotation(
            id=new_id("annotation", at=now.timestamp()),
            item_key=sizes[item_id].key,
            layer=Layer.PREDICTION,
            label=record.label,
            geometry=_inside(record.geometry, sizes[item_id]),
            confidence=record.confidence,
            attributes=record.attributes,
            author_kind=AuthorKind.MODEL,
            author_id=model_id,
            origin=Origin.PREDICTED,
            model_id=model_id,
        )
        for item_id, records in predictions.items()
        if item_id in sizes
        for record in records
    ]
    old = _keys_of_model(conn, [size.key for size in sizes.values()], model_id)
    if not new and not old:
        return PredictionsSaved(row.revision, 0, 0, missing)
    revision = next_revision(
        conn,
        row.key,
        actor_id=actor_id,
        action="add_predictions",
        summary={"model": model_id, "items": len(sizes), "predictions": len(new)},
        now=now,
    )
    close_annotations(conn, old, revision=revision, died_by=actor_id)
    insert_annotations(conn, new, dataset_key=row.key, revision=revision, now=now)
    return PredictionsSaved(revision, len(new), len(old), missing)


def promote_predictions(
    conn: Connection,
    annotation_ids: Sequence[str],
    *,
    how: Literal[Origin.ACCEPTED, Origin.AUTO_ACCEPTED],
    actor_id: str,
    now: datetime,
    certificate: str | None = None,
    cause: str | None = None,
) -> list[str]:
    """Make ground truth of predictions as they are, and give the ids of the new annotations.

    The predictions stay what they were. One that was promoted already, and whose annotation stands, is left out.
    Emits ``annotation.changed`` for each item, with who, what and how.

    Args:
        annotation_ids: Predictions of items of one dataset.
        how: Accepted by a person, or automatically.
        certificate: What proves the error bound of an automatic acceptance.

    Raises:
        InvalidInput: An id of ground truth, or of another dataset than the others.
        NotFound: A prediction does not stand.
        UnknownLabel: The ontology lacks a predicted label.
    """
    if not annotation_ids:
        return []
    row, found = _lock_predictions(conn, annotation_ids)
    done = _promoted(conn, [one.id for one in found])
    todo = [one for one in found if one.id not in done]
    check_labels(conn, row.project_id, dict.fromkeys(one.label for one in todo))
    if not todo:
        return []
    new = [_promotion(one, how, actor_id, now) for one in todo]
    summary: dict[str, JsonValue] = {"how": how.value, "annotations": len(new), "certificate": certificate}
    revision = next_revision(conn, row.key, actor_id=actor_id, action="promote_predictions", summary=summary, now=now)
    insert_annotations(conn, new, dataset_key=row.key, revision=revision, now=now)
    if how is Origin.ACCEPTED:
        save_outcomes(conn, [Verdict(one, Outcome.ACCEPTED) for one in todo], person_id=actor_id, now=now)
    by_item: dict[str, list[tuple[NewAnnotation, str]]] = {}
    for one, source in zip(new, todo, strict=True):
        by_item.setdefault(source.item_id, []).append((one, source.model_id))
    clear_checked_empty(conn, row, list(by_item), revision=revision)
    drafts = [
        EventDraft(
            "annotation.changed",
            item_id,
            row.project_id,
            {
                "dataset_id": row.id,
                "item_id": item_id,
                "added": [one.id for one, _ in pairs],
                "changed": [],
                "removed": [],
                "promoted": {str(one.from_prediction): how.value for one, _ in pairs},
                "model_ids": [one for one in sorted({model_id for _, model_id in pairs})],
                "certificate": certificate,
                "revision": revision,
            },
            cause,
        )
        for item_id, pairs in by_item.items()
    ]
    emit_many(conn, drafts, actor_id=actor_id, now=now)
    return [one.id for one in new]


# Made once: building a statement costs more than running it, and every save runs these. Any: see AnyRow.
_ITEM: Select[Any] = (
    select(
        item.c.id, item.c.key, item.c.name, item.c.width, item.c.height, item.c.sha256, item_state.c.is_checked_empty
    )
    .select_from(item.join(item_state, and_(item_state.c.item_key == item.c.key, item_state.c.died_rev == ALIVE)))
    .where(item.c.id == bindparam("item_id"))
)
_STANDING: Select[Any] = (
    select(annotation, bindparam("named", type_=String).label("item_id"))
    .where(
        annotation.c.item_key == bindparam("of_item"),
        annotation.c.layer == "truth",
        annotation.c.died_rev > bindparam("based_on"),
    )
    .order_by(annotation.c.key)
)


def _load_item(conn: Connection, item_id: str) -> AnyRow:
    found = conn.execute(_ITEM, {"item_id": item_id}).first()
    if found is None:
        # Deleted by another writer between the look-up and the lock.
        raise NotFound(f"no item with id {item_id}", hint="It may have been deleted; see the dataset's history.")
    return found


def _load_standing(
    conn: Connection, row: DatasetRow, at: AnyRow, drafts: Sequence[AnnotationDraft], base_revision: int
) -> dict[str, AnyRow]:
    """The item's ground truth by annotation id, after checking that it is what it was at ``base_revision``."""
    if not 0 <= base_revision <= row.revision:
        raise InvalidInput(f"base_revision is {base_revision}; the dataset is at {row.revision}")
    given = {"named": at.id, "of_item": at.key, "based_on": base_revision}
    rows = conn.execute(_STANDING, given).all()
    if all(one.born_rev <= base_revision and one.died_rev == ALIVE for one in rows):
        return {one.id: one for one in rows}
    raise StaleWrite(
        f"the annotations of item {at.name!r} changed after revision {base_revision}; now it is {row.revision}",
        hint="Read the item again, put your changes on top, and save with its revision.",
        details={
            "yours": [draft.model_dump(mode="json") for draft in drafts],
            "current": [annotation_of(one).model_dump(mode="json") for one in rows if one.died_rev == ALIVE],
            "base_revision": base_revision,
            "current_revision": row.revision,
        },
    )


def _item_annotations(
    at: AnyRow,
    revision: int,
    standing: Mapping[str, AnyRow],
    new: Sequence[NewAnnotation],
    gone: Collection[str],
    now: datetime,
) -> ItemAnnotations:
    kept = [annotation_of(one) for one in standing.values() if one.id not in gone]
    born = [annotation_from(one, item_id=at.id, revision=revision, now=now) for one in new]
    return ItemAnnotations(item_id=at.id, revision=revision, annotations=kept + born)


def _check_drafts(conn: Connection, row: DatasetRow, drafts: Sequence[AnnotationDraft], at: AnyRow) -> None:
    if not drafts:
        return
    where = f"item {at.name!r}"
    ontology = current_draft(conn, row.project_id)
    check_known(dict.fromkeys(draft.label for draft in drafts), [label.name for label in ontology.labels])
    for draft in drafts:
        check_inside(draft.geometry, width=at.width, height=at.height, where=where)
        if isinstance(draft.geometry, Track):
            check_track(draft.geometry, n_frames=count_frames(conn, at.sha256), where=where)
        check_json(draft.attributes, where=f"{where}, attributes of {draft.label!r}")
        check_attributes(draft.label, draft.attributes, ontology.attributes)


def _check_ids(
    drafts: Sequence[AnnotationDraft],
    removed_ids: Sequence[str],
    standing: Mapping[str, AnyRow],
    *,
    item_name: str,
) -> None:
    named = [draft.id for draft in drafts if draft.id is not None] + list(removed_ids)
    if len(set(named)) < len(named):
        twice = next(one for one in named if named.count(one) > 1)
        raise InvalidInput(f"annotation {twice} is given twice", hint="Change it once, or remove it.")
    for one in named:
        if one not in standing:
            raise NotFound(
                f"item {item_name!r} has no ground-truth annotation {one}",
                hint="Leave the id out to add a new one; name a prediction in from_prediction.",
            )


def _says_same(draft: AnnotationDraft, row: AnyRow) -> bool:
    said = statement_digest(draft.label, draft.geometry, confidence=draft.confidence, attributes=draft.attributes)
    return said == _row_digest(row)


def _row_digest(row: AnyRow) -> str:
    return statement_digest(row.label, geometry_of(row), confidence=row.confidence, attributes=row.attributes)


def _load_predictions(
    conn: Connection,
    changed: Sequence[AnnotationDraft],
    removed_ids: Sequence[str],
    standing: Mapping[str, AnyRow],
    item_key: int,
) -> dict[str, AnyRow]:
    """The predictions that the drafts name, and those that what they replace or remove came from, by id."""
    named = [draft.from_prediction for draft in changed if draft.from_prediction]
    touched = [standing[one] for one in (*(draft.id for draft in changed), *removed_ids) if one is not None]
    # Truth that was copied here came from a prediction on another item; that one is not found, and need not be.
    earlier = [row.from_prediction for row in touched if row.from_prediction]
    if not named and not earlier:
        return {}
    found = find_predictions(conn, [*named, *earlier], item_key=item_key)
    missing = next((one for one in named if one not in found), None)
    if missing is not None:
        raise NotFound(f"no prediction with id {missing} on this item", hint="Leave from_prediction out.")
    return found


@dataclass(frozen=True, slots=True)
class _Author:
    """Who saves, and which model missed what is new in the save."""

    kind: AuthorKind
    id: str
    missed_by: str | None


def _version(
    draft: AnnotationDraft,
    standing: Mapping[str, AnyRow],
    predictions: Mapping[str, AnyRow],
    item_key: int,
    author: _Author,
    now: datetime,
) -> NewAnnotation:
    before = None if draft.id is None else standing[draft.id]
    from_prediction = draft.from_prediction or (None if before is None else before.from_prediction)
    if draft.from_prediction is not None:
        source = predictions[draft.from_prediction]
        is_same = source.label == draft.label and geometry_of(source) == draft.geometry
        origin = Origin.ACCEPTED if is_same else Origin.EDITED
    else:
        origin = Origin.DRAWN if before is None else Origin.EDITED
    is_new = before is None and from_prediction is None
    return NewAnnotation(
        id=draft.id or new_id("annotation", at=now.timestamp()),
        item_key=item_key,
        layer=Layer.TRUTH,
        label=draft.label,
        geometry=draft.geometry,
        confidence=draft.confidence,
        attributes=draft.attributes,
        author_kind=author.kind,
        author_id=author.id,
        origin=origin,
        from_prediction=from_prediction,
        missed_by=author.missed_by if is_new else None if before is None else before.missed_by,
    )


def _promotion(
    source: AnyRow, how: Literal[Origin.ACCEPTED, Origin.AUTO_ACCEPTED], actor_id: str, now: datetime
) -> NewAnnotation:
    is_automatic = how is Origin.AUTO_ACCEPTED
    return NewAnnotation(
        id=new_id("annotation", at=now.timestamp()),
        item_key=source.item_key,
        layer=Layer.TRUTH,
        label=source.label,
        geometry=geometry_of(source),
        # The model's confidence stays with the prediction: this statement is somebody's who stands behind it.
        confidence=None,
        attributes=source.attributes,
        author_kind=AuthorKind.MODEL if is_automatic else AuthorKind.PERSON,
        author_id=source.author_id if is_automatic else actor_id,
        origin=how,
        from_prediction=source.id,
    )


def _lock_predictions(conn: Connection, annotation_ids: Sequence[str]) -> tuple[DatasetRow, list[AnyRow]]:
    first = select(dataset.c.id).join(annotation, annotation.c.dataset_key == dataset.c.key)
    dataset_id = conn.execute(first.where(annotation.c.id == annotation_ids[0]).limit(1)).scalar()
    if dataset_id is None:
        raise NotFound(f"no prediction with id {annotation_ids[0]}")
    row = lock_dataset(conn, dataset_id)
    found: dict[str, AnyRow] = {}
    for some in batches(list(annotation_ids)):
        query = select(annotation, item.c.id.label("item_id")).join(item, item.c.key == annotation.c.item_key)
        query = query.where(annotation.c.id.in_(some), annotation.c.died_rev == ALIVE)
        found.update((one.id, one) for one in conn.execute(query))
    for one in annotation_ids:
        if one not in found:
            raise NotFound(f"no prediction with id {one}", hint="The model may have run again; read them again.")
        if found[one].layer != Layer.PREDICTION.value:
            raise InvalidInput(f"annotation {one} is ground truth already; only predictions are promoted")
        if found[one].dataset_key != row.key:
            raise InvalidInput("the predictions are of several datasets; promote those of one at a time")
    return row, [found[one] for one in dict.fromkeys(annotation_ids)]


def _promoted(conn: Connection, prediction_ids: Sequence[str]) -> set[str]:
    """Which predictions have an annotation that stands and points back at them."""
    done: set[str] = set()
    for some in batches(list(prediction_ids)):
        source = annotation.alias("source")
        query = (
            select(annotation.c.from_prediction)
            .join(source, source.c.item_key == annotation.c.item_key)
            .where(
                source.c.id.in_(some),
                annotation.c.from_prediction.in_(some),
                annotation.c.died_rev == ALIVE,
                annotation.c.layer == "truth",
            )
        )
        done.update(one for one in conn.execute(query).scalars() if one is not None)
    return done


def _load_sizes(conn: Connection, row: DatasetRow, item_ids: Sequence[str]) -> dict[str, AnyRow]:
    found: dict[str, AnyRow] = {}
    for some in batches(list(item_ids)):
        # Any: see AnyRow.
        query: Select[Any] = select(item.c.key, item.c.id, item.c.name, item.c.width, item.c.height).where(
            item.c.id.in_(some), item.c.dataset_key == row.key, item.c.died_rev == ALIVE
        )
        found.update((one.id, one) for one in conn.execute(query))
    return found


def _keys_of_model(conn: Connection, item_keys: Sequence[int], model_id: str) -> list[int]:
    keys: list[int] = []
    for some in batches(list(item_keys)):
        query = select(annotation.c.key).where(
            annotation.c.item_key.in_(some),
            annotation.c.died_rev == ALIVE,
            annotation.c.layer == "prediction",
            annotation.c.model_id == model_id,
        )
        keys.extend(conn.execute(query).scalars())
    return keys


def _inside(geometry: Geometry, size: AnyRow) -> Geometry:
    if isinstance(geometry, Box):
        clipped = clip_box(geometry, width=size.width, height=size.height)
        if clipped is not None:
            return clipped
    check_inside(geometry, width=size.width, height=size.height, where=f"prediction on item {size.name!r}")
    return geometry
