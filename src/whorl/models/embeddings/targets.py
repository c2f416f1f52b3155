"""What a dataset has to embed: its images, or the boxes and masks on them, a few thousand at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from whorl.datasets.dql import Query
from whorl.datasets.queries import list_item_keys
from whorl.datasets.revisions import batches, standing
from whorl.models.embeddings.keys import Bounds, crop_key
from whorl.store.db import Database
from whorl.store.db.tables import annotation, dataset, item

SHAPES = ("box", "rotated_box", "polygon", "mask")
_BATCH = 2000


class Target(NamedTuple):
    """One thing with a vector: an image, or a part of one.

    Args:
        key: Of its vector.
        item_key: In the database.
        annotation_id: Of a crop.
        bounds: Of a crop, in pixels of the upright image.
    """

    key: str
    item_key: int
    item_id: str
    name: str
    sha256: str
    annotation_id: str | None = None
    bounds: Bounds | None = None


def iter_targets(
    db: Database, kind: str, dataset_id: str, *, query: Query | None = None, after: int = 0
) -> Iterator[list[Target]]:
    """All targets of a dataset as it stands, by item, in the order items were added; without the database held open.

    Args:
        kind: ``image`` or ``crop``.
        query: Only of items that match.
        after: Only of items whose key is greater.
    """
    with db.read() as conn:
        keys = list_item_keys(conn, dataset_id, query=query)
    for some in batches([key for key in keys if key > after], _BATCH):
        with db.read() as conn:
            yield read_targets(conn, kind, some)


def read_targets(conn: Connection, kind: str, item_keys: Sequence[int]) -> list[Target]:
    """The targets of these items, by item; items that do not stand, or are no images, have none."""
    columns = (item.c.key, item.c.id, item.c.name, item.c.sha256)
    is_image = item.c.media_type.like("image/%")
    query = select(*columns).where(item.c.key.in_(item_keys), standing(item, None), is_image).order_by(item.c.key)
    rows = conn.execute(query).all()
    if kind == "image":
        return [Target(row.sha256, row.key, row.id, row.name, row.sha256) for row in rows]
    shapes = annotation.c
    edges = (shapes.x0, shapes.y0, shapes.x1, shapes.y1)
    query = select(shapes.item_key, shapes.id, *edges).where(
        shapes.item_key.in_([row.key for row in rows]),
        standing(annotation, None),
        shapes.layer == "truth",
        shapes.kind.in_(SHAPES),
        shapes.x0.is_not(None),
    )
    found = conn.execute(query.order_by(shapes.item_key, shapes.key)).all()
    of = {row.key: row for row in rows}
    return [_crop(of[one.item_key], one.id, (one.x0, one.y0, one.x1, one.y1)) for one in found]


def list_live_keys(db: Database, kind: str, project_id: str) -> Iterator[list[str]]:
    """Keys of all that a project's live items have, some more than once."""
    with db.read() as conn:
        ids = list(conn.execute(select(dataset.c.id).where(dataset.c.project_id == project_id)).scalars())
    for dataset_id in ids:
        for some in iter_targets(db, kind, dataset_id):
            yield [one.key for one in some]


# Any: the row of a select is typed by its table, not in Python.
def _crop(row, annotation_id: str, bounds: Bounds) -> Target:  # type: ignore[no-untyped-def]
    key = crop_key(row.sha256, bounds)
    return Target(key, row.key, row.id, row.name, row.sha256, annotation_id, bounds)
