"""Ground truth taken along when items are copied into another dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from whorl.annotations import queries
from whorl.annotations.changes import insert_annotations
from whorl.annotations.rows import NewAnnotation
from whorl.base.ids import new_id
from whorl.datasets.queries import find_item_keys
from whorl.datasets.revisions import DatasetRow, batches, lock_dataset, next_revision
from whorl.schemas.annotations import Annotation, Layer
from whorl.store.db.tables import annotation


def copy_truth(conn: Connection, dataset_id: str, copies: Mapping[str, str], *, actor_id: str, now: datetime) -> int:
    """Give each copied item the ground truth of the item it was copied from, authors and all.

    Predictions are not copied. ``copies`` maps the id of an item in ``dataset_id`` to the id of its original.

    Returns:
        How many annotations were copied.
    """
    row = lock_dataset(conn, dataset_id)
    said: dict[str, list[Annotation]] = {}
    for one in queries.list_annotations(conn, list(dict.fromkeys(copies.values()))):
        said.setdefault(one.item_id, []).append(one)
    truth = {copy: said[original] for copy, original in copies.items() if original in said}
    return _insert(conn, row, truth, actor_id=actor_id, now=now)


def copy_truth_to_parts(
    conn: Connection, dataset_id: str, parts: Mapping[str, Sequence[Annotation]], *, actor_id: str, now: datetime
) -> int:
    """Give parts of items what of their originals' ground truth they show, authors and all.

    A part that has ground truth, or ever had, is left as it is: people may have changed or removed it.

    Args:
        parts: By the id of an item in ``dataset_id``, annotations with geometry in that item's pixels.

    Returns:
        How many annotations were copied.
    """
    row = lock_dataset(conn, dataset_id)
    keys = find_item_keys(conn, list(parts))
    had: set[int] = set()
    for some in batches(list(keys.values())):
        ever = select(annotation.c.item_key).where(
            annotation.c.item_key.in_(some), annotation.c.layer == Layer.TRUTH.value
        )
        had.update(conn.execute(ever.distinct()).scalars())
    fresh = {part: said for part, said in parts.items() if part in keys and keys[part] not in had}
    return _insert(conn, row, fresh, actor_id=actor_id, now=now)


def _insert(
    conn: Connection,
    row: DatasetRow,
    truth: Mapping[str, Sequence[Annotation]],
    *,
    actor_id: str,
    now: datetime,
) -> int:
    keys = find_item_keys(conn, list(truth))
    new = [
        NewAnnotation(
            id=new_id("annotation", at=now.timestamp()),
            item_key=keys[copy],
            layer=Layer.TRUTH,
            label=one.label,
            geometry=one.geometry,
            confidence=one.confidence,
            attributes=one.attributes,
            author_kind=one.author_kind,
            author_id=one.author_id,
            origin=one.origin,
            from_prediction=one.from_prediction,
            missed_by=one.missed_by,
        )
        for copy, said in truth.items()
        for one in said
    ]
    if not new:
        return 0
    revision = next_revision(
        conn,
        row.key,
        actor_id=actor_id,
        action="copy_annotations",
        summary={"items": len(truth), "annotations": len(new)},
        now=now,
    )
    insert_annotations(conn, new, dataset_key=row.key, revision=revision, now=now)
    return len(new)
