"""The labelled items of a dataset, as a simulation takes them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from whorl.annotations.queries import read_truth
from whorl.datasets.dql import Query
from whorl.datasets.queries import iter_item_batches
from whorl.datasets.revisions import load_dataset
from whorl.schemas.datasets import Item
from whorl.schemas.records import AnnotationRecord


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """Items with ground truth at a revision, in the order of their making."""

    name: str
    revision: int
    items: tuple[Item, ...]
    truth: tuple[tuple[AnnotationRecord, ...], ...]


def read_labelled_set(conn: Connection, dataset_id: str, *, query: Query | None = None) -> LabelledSet:
    """All items that have ground truth now, of every subset: a simulation draws its own pools and tests.

    Raises:
        NotFound: There is no such dataset.
    """
    row = load_dataset(conn, dataset_id)
    items: list[Item] = []
    truth: list[tuple[AnnotationRecord, ...]] = []
    for batch in iter_item_batches(conn, dataset_id, query=query, as_of=row.revision):
        found = read_truth(conn, row.key, [key for key, _ in batch], as_of=row.revision)
        for key, one in batch:
            if found[key]:
                items.append(one)
                truth.append(tuple(found[key]))
    return LabelledSet(row.name, row.revision, tuple(items), tuple(truth))
