"""Which items of a dataset lie in which rows of a space."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, select

from whorl.datasets.revisions import load_dataset, standing
from whorl.models.embeddings.keys import crop_key
from whorl.models.embeddings.queries import Space
from whorl.models.embeddings.targets import SHAPES
from whorl.models.embeddings.vectors import SpaceVectors
from whorl.store.db import Database
from whorl.store.db.tables import annotation, item

IndexArray = NDArray[np.int64]
_KEPT = 6
_BATCH = 20_000


@dataclass(frozen=True)
class Members:
    """What a dataset has to search: a row per image, or per crop, whether or not it has a vector.

    Args:
        item_keys: int64 (n,), ascending.
        annotation_keys: int64 (n,): the version of the annotation that a crop is of; 0 for images.
        rows: int64 (n,): of its vector, -1 without one.
    """

    item_keys: IndexArray
    annotation_keys: IndexArray
    rows: IndexArray
    _by_row: list[IndexArray] = field(default_factory=list, repr=False, compare=False)

    def holding(self, rows: IndexArray) -> list[IndexArray]:
        """For each row, the positions of the members that share it."""
        if not self._by_row:
            order = np.argsort(self.rows, kind="stable")
            self._by_row.extend([order, self.rows[order]])
        order, ordered = self._by_row
        starts, stops = np.searchsorted(ordered, rows), np.searchsorted(ordered, rows, "right")
        return [order[start:stop] for start, stop in zip(starts, stops, strict=True)]


class MemberCache:
    """The members of the last few (space, dataset), as long as neither has changed. 24 bytes a member.

    Args:
        db: Where items and annotations are.
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[object, ...], Members] = OrderedDict()

    def get(self, space: Space, vectors: SpaceVectors, dataset_id: str) -> Members:
        """Read them, or give what was read; some two seconds for a million images.

        Raises:
            NotFound: There is no such dataset.
        """
        with self._db.read() as conn:
            row = load_dataset(conn, dataset_id)
            asked = (space.id, vectors.version, row.id, row.revision)
            with self._lock:
                found = self._kept.get(asked)
            if found is None:
                found = _read(conn, space.kind, row.key, vectors)
        with self._lock:
            self._kept[asked] = found
            self._kept.move_to_end(asked)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found


def _read(conn: Connection, kind: str, dataset_key: int, vectors: SpaceVectors) -> Members:
    parts: list[tuple[IndexArray, IndexArray, IndexArray]] = []
    for some in _members(conn, kind, dataset_key):
        of_items = np.fromiter((one[0] for one in some), np.int64, len(some))
        of_shapes = np.fromiter((one[1] for one in some), np.int64, len(some))
        parts.append((of_items, of_shapes, vectors.rows_of([one[2] for one in some])))
    if not parts:
        return Members(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64))
    items, shapes, rows = zip(*parts, strict=True)
    return Members(np.concatenate(items), np.concatenate(shapes), np.concatenate(rows))


def _members(conn: Connection, kind: str, dataset_key: int) -> Iterator[Sequence[tuple[int, int, str]]]:
    """Item key, annotation key and key of the vector, by item."""
    images = (item.c.dataset_key == dataset_key, standing(item, None), item.c.media_type.like("image/%"))
    if kind == "image":
        query = select(item.c.key, item.c.sha256).where(*images).order_by(item.c.key)
        found = conn.execution_options(yield_per=_BATCH).execute(query)
        yield from ([(row[0], 0, row[1]) for row in some] for some in found.partitions())
        return
    shapes = annotation.c
    edges = (shapes.x0, shapes.y0, shapes.x1, shapes.y1)
    query = (
        select(shapes.item_key, shapes.key, item.c.sha256, *edges)
        .join(item, item.c.key == shapes.item_key)
        .where(
            *images,
            shapes.dataset_key == dataset_key,
            standing(annotation, None),
            shapes.layer == "truth",
            shapes.kind.in_(SHAPES),
            shapes.x0.is_not(None),
        )
        .order_by(shapes.item_key, shapes.key)
    )
    crops = conn.execution_options(yield_per=_BATCH).execute(query)
    for some in crops.partitions():
        yield [(row.item_key, row.key, crop_key(row.sha256, (row.x0, row.y0, row.x1, row.y1))) for row in some]
