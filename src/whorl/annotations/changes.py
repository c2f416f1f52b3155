"""The rows a revision writes for annotations. Callers hold the dataset's lock and took the revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from whorl.annotations.rows import NewAnnotation, row_of
from whorl.base.errors import NotFound
from whorl.datasets.changes import StateChange, load_states, write_states
from whorl.datasets.revisions import DatasetRow, batches, find_locked_dataset, lock_where
from whorl.store.db.tables import annotation, dataset, item
from whorl.store.db.types import ALIVE

_INSERT = insert(annotation)
_OWNER = lock_where(
    dataset.c.key
    == select(item.c.dataset_key).where(item.c.id == bindparam("item_id"), item.c.died_rev == ALIVE).scalar_subquery()
)


def insert_annotations(
    conn: Connection, new: Sequence[NewAnnotation], *, dataset_key: int, revision: int, now: datetime
) -> None:
    """Insert versions that stand from ``revision`` on."""
    rows = [row_of(one, dataset_key=dataset_key, revision=revision, now=now) for one in new]
    if rows:
        conn.execute(_INSERT, rows)


def close_annotations(conn: Connection, keys: Sequence[int], *, revision: int, died_by: str) -> None:
    """Close rows that stand, by integer key."""
    for some in batches(list(keys)):
        conn.execute(
            update(annotation)
            .where(annotation.c.key.in_(some), annotation.c.died_rev == ALIVE)
            .values(died_rev=revision, died_by=died_by)
        )


def lock_dataset_of_item(conn: Connection, item_id: str) -> DatasetRow:
    """Lock the dataset an item stands in.

    Raises:
        NotFound: The item does not stand.
    """
    row = find_locked_dataset(conn, _OWNER, item_id=item_id)
    if row is None:
        raise NotFound(f"no item with id {item_id}", hint="It may have been deleted; see the dataset's history.")
    return row


def clear_checked_empty(conn: Connection, row: DatasetRow, item_ids: Sequence[str], *, revision: int) -> None:
    """Take back "checked, nothing here" from items that now have ground truth."""
    changes = [
        StateChange(
            item_key=state.item_key,
            item_id=state.item_id,
            name=state.name,
            subset=state.subset,
            group_key=state.group_key,
            is_checked_empty=False,
            metadata=state.metadata,
        )
        for state in load_states(conn, row, item_ids).values()
        if state.is_checked_empty
    ]
    if changes:
        write_states(conn, row, changes, revision=revision)
