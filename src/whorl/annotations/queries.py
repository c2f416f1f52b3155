"""Reads of annotations: ground truth unless the caller names predictions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from whorl.annotations.rows import annotation_of, record_of
from whorl.base.errors import InvalidInput, NotFound
from whorl.datasets.revisions import batches, load_dataset_by_key, standing
from whorl.schemas.annotations import Annotation, Layer
from whorl.schemas.datasets import ItemAnnotations
from whorl.schemas.records import AnnotationRecord
from whorl.store.db.tables import annotation, item
from whorl.store.db.types import ALIVE


def list_annotations(
    conn: Connection,
    item_ids: Sequence[str],
    *,
    layer: Layer | None = Layer.TRUTH,
    model_id: str | None = None,
    as_of: int | None = None,
) -> list[Annotation]:
    """The annotations of some items, by item as given and then in the order they were made.

    Args:
        layer: Ground truth when left out; None for both layers.
        model_id: Only what this model predicted; needs ``layer=Layer.PREDICTION``.
        as_of: A revision of the items' dataset; now when left out.

    Raises:
        InvalidInput: ``model_id`` without the layer of predictions.
    """
    if model_id is not None and layer is not Layer.PREDICTION:
        raise InvalidInput("a model's predictions are not ground truth", hint="Ask for the layer 'prediction'.")
    conditions = [standing(annotation, as_of)]
    if layer is not None:
        conditions.append(annotation.c.layer == layer.value)
    if model_id is not None:
        conditions.append(annotation.c.model_id == model_id)
    found: list[Annotation] = []
    for some in batches(list(item_ids)):
        query = _annotations(*conditions).where(item.c.id.in_(some))
        found.extend(annotation_of(row) for row in conn.execute(query))
    place = {item_id: index for index, item_id in enumerate(item_ids)}
    return sorted(found, key=lambda one: place[one.item_id])


def read_item_annotations(conn: Connection, item_id: str) -> ItemAnnotations:
    """One item's ground truth and the revision it stands at, for a save to be based on.

    Raises:
        NotFound: The item does not stand.
    """
    row = conn.execute(
        select(item.c.key, item.c.dataset_key).where(item.c.id == item_id, item.c.died_rev == ALIVE)
    ).first()
    if row is None:
        raise NotFound(f"no item with id {item_id}", hint="It may have been deleted; see the dataset's history.")
    at = load_dataset_by_key(conn, row.dataset_key).revision
    return ItemAnnotations(item_id=item_id, revision=at, annotations=list_annotations(conn, [item_id]))


def get_annotation(conn: Connection, annotation_id: str) -> Annotation:
    """Give an annotation of either layer as it stands.

    Raises:
        NotFound: There is none, or it was removed.
    """
    row = conn.execute(_annotations(standing(annotation, None)).where(annotation.c.id == annotation_id)).first()
    if row is None:
        raise NotFound(f"no annotation with id {annotation_id}", hint="It may have been removed; see its history.")
    return annotation_of(row)


def annotation_history(conn: Connection, annotation_id: str) -> list[Annotation]:
    """Every version of an annotation, oldest first.

    Raises:
        NotFound: There never was one.
    """
    query = _annotations(annotation.c.id == annotation_id).order_by(None)
    rows = conn.execute(query.order_by(annotation.c.born_rev, annotation.c.key)).all()
    if not rows:
        raise NotFound(f"no annotation with id {annotation_id}")
    return [annotation_of(row) for row in rows]


def read_truth(
    conn: Connection, dataset_key: int, item_keys: Iterable[int], *, as_of: int | None = None
) -> dict[int, list[AnnotationRecord]]:
    """Map each item key to its ground truth, an empty list where there is none; for training, scoring and export."""
    condition = annotation.c.layer == Layer.TRUTH.value
    return _read_records(conn, dataset_key, item_keys, as_of, condition)


def read_predictions(
    conn: Connection, dataset_key: int, item_keys: Iterable[int], *, model_id: str, as_of: int | None = None
) -> dict[int, list[AnnotationRecord]]:
    """Map each item key to what one model predicted there, an empty list where it predicted nothing."""
    condition = (annotation.c.layer == Layer.PREDICTION.value) & (annotation.c.model_id == model_id)
    return _read_records(conn, dataset_key, item_keys, as_of, condition)


def list_predictors(conn: Connection, item_keys: Sequence[int]) -> list[str]:
    """The ids of the models whose predictions stand on some of these items, sorted."""
    found: set[str] = set()
    for some in batches(list(item_keys)):
        query = select(annotation.c.model_id).where(
            annotation.c.item_key.in_(some),
            annotation.c.layer == Layer.PREDICTION.value,
            annotation.c.died_rev == ALIVE,
            annotation.c.model_id.is_not(None),
        )
        found.update(conn.execute(query.distinct()).scalars())
    return sorted(found)


def _read_records(
    conn: Connection,
    dataset_key: int,
    item_keys: Iterable[int],
    as_of: int | None,
    condition: ColumnElement[bool],
) -> dict[int, list[AnnotationRecord]]:
    found: dict[int, list[AnnotationRecord]] = {key: [] for key in item_keys}
    # Any: columns of several types, in one select.
    columns: tuple[ColumnElement[Any], ...] = (
        annotation.c.id,
        annotation.c.item_key,
        annotation.c.label,
        annotation.c.kind,
        annotation.c.x0,
        annotation.c.y0,
        annotation.c.x1,
        annotation.c.y1,
        annotation.c.geometry,
        annotation.c.confidence,
        annotation.c.attributes,
        annotation.c.missed_by,
    )
    for some in batches(list(found)):
        query = select(*columns).where(
            annotation.c.item_key.in_(some),
            annotation.c.dataset_key == dataset_key,
            condition,
            standing(annotation, as_of),
        )
        for row in conn.execute(query.order_by(annotation.c.key)):
            found[row.item_key].append(record_of(row))
    return found


def _annotations(*conditions: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    query: Select[tuple[object, ...]] = select(annotation, item.c.id.label("item_id"))
    return query.join(item, item.c.key == annotation.c.item_key).where(*conditions).order_by(annotation.c.key)
