"""Ground truth taken along when items are copied into another dataset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from whorl.annotations import queries
from whorl.annotations.changes import insert_annotations
from whorl.annotations.rows import NewAnnotation
from whorl.base.ids import new_id
from whorl.datasets.queries import find_item_keys
from whorl.datasets.revisions import lock_dataset, next_revision
from whorl.schemas.annotations import Layer


def copy_truth(conn: Connection, dataset_id: str, copies: Mapping[str, str], *, actor_id: str, now: datetime) -> int:
    """Give each copied item the ground truth of the item it was copied from, authors and all.

    Predictions are not copied. ``copies`` maps the id of an item in ``dataset_id`` to the id of its original.

    Returns:
        How many annotations were copied.
    """
    row = lock_dataset(conn, dataset_id)
    keys = find_item_keys(conn, list(copies))
    of_original: dict[str, list[str]] = {}
    for copy, original in copies.items():
        of_original.setdefault(original, []).append(copy)
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
        )
        for one in queries.list_annotations(conn, list(of_original))
        for copy in of_original[one.item_id]
    ]
    if not new:
        return 0
    revision = next_revision(
        conn,
        row.key,
        actor_id=actor_id,
        action="copy_annotations",
        summary={"items": len(copies), "annotations": len(new)},
        now=now,
    )
    insert_annotations(conn, new, dataset_key=row.key, revision=revision, now=now)
    return len(new)
