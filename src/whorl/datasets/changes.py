"""The rows a revision writes: items born, states replaced, items closed. Callers hold the dataset's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.errors import JsonValue
from whorl.base.ids import new_id
from whorl.datasets.revisions import DatasetRow, batches
from whorl.schemas.annotations import Layer
from whorl.schemas.datasets import NewItem
from whorl.schemas.records import Subset
from whorl.store.db.tables import annotation, blob, item, item_state
from whorl.store.db.types import ALIVE


@dataclass(frozen=True, slots=True)
class StateChange:
    """The state of one item, as read or as it is to be."""

    item_key: int
    item_id: str
    name: str
    subset: Subset | None
    group_key: str | None
    is_checked_empty: bool
    metadata: Mapping[str, JsonValue]


def insert_items(
    conn: Connection, row: DatasetRow, items: Sequence[NewItem], *, revision: int, now: datetime
) -> dict[str, int]:
    """Insert items with their first state and blobs, and map their names to integer keys."""
    _insert_blobs(conn, items, now)
    shared = {"dataset_key": row.key, "born_rev": revision, "died_rev": ALIVE}
    item_rows = [
        {
            "id": new_id("item", at=now.timestamp()),
            "name": new.name,
            "sha256": new.sha256,
            "media_type": new.media_type,
            "width": new.width,
            "height": new.height,
            "bytes": new.bytes,
            "health": new.health,
            "created_at": now,
            **shared,
        }
        for new in items
    ]
    keys: dict[str, int] = {}
    for some in batches(item_rows, 1000):
        # Sorted, so that keys follow the order given: lists and cursors go by key.
        statement = insert(item).returning(item.c.name, item.c.key, sort_by_parameter_order=True)
        keys.update((one.name, one.key) for one in conn.execute(statement, list(some)))
    state_rows = [
        {
            "item_key": keys[new.name],
            "subset": None if new.subset is None else new.subset.value,
            "group_key": new.group_key,
            "is_checked_empty": False,
            "metadata": new.metadata,
            **shared,
        }
        for new in items
    ]
    conn.execute(insert(item_state), state_rows)
    return keys


def load_states(conn: Connection, row: DatasetRow, item_ids: Sequence[str]) -> dict[str, StateChange]:
    """The present states of items of this dataset by public id; those that do not stand are left out."""
    found: dict[str, StateChange] = {}
    for some in batches(list(item_ids)):
        for one in conn.execute(_present_states(row).where(item.c.id.in_(some))):
            found[one.id] = _state(one)
    return found


def load_all_states(conn: Connection, row: DatasetRow) -> list[StateChange]:
    """The present states of all items of this dataset, in the order the items were added."""
    return [_state(one) for one in conn.execute(_present_states(row).order_by(item.c.key))]


def load_truth_labels(conn: Connection, row: DatasetRow) -> dict[int, tuple[str, ...]]:
    """Map item keys to the labels of their present ground truth, sorted; items without any are left out."""
    query = (
        select(annotation.c.item_key, annotation.c.label)
        .where(
            annotation.c.dataset_key == row.key, annotation.c.died_rev == ALIVE, annotation.c.layer == Layer.TRUTH.value
        )
        .distinct()
    )
    found: dict[int, list[str]] = {}
    for item_key, label in conn.execute(query):
        found.setdefault(item_key, []).append(label)
    return {item_key: tuple(sorted(labels)) for item_key, labels in found.items()}


def write_states(conn: Connection, row: DatasetRow, changes: Sequence[StateChange], *, revision: int) -> None:
    """Close the present state of each item and insert the next; at most once per item and revision."""
    for some in batches([change.item_key for change in changes]):
        conn.execute(
            update(item_state)
            .where(item_state.c.item_key.in_(some), item_state.c.died_rev == ALIVE)
            .values(died_rev=revision)
        )
    rows = [
        {
            "item_key": change.item_key,
            "dataset_key": row.key,
            "subset": None if change.subset is None else change.subset.value,
            "group_key": change.group_key,
            "is_checked_empty": change.is_checked_empty,
            "metadata": dict(change.metadata),
            "born_rev": revision,
            "died_rev": ALIVE,
        }
        for change in changes
    ]
    conn.execute(insert(item_state), rows)


def close_items(conn: Connection, item_keys: Sequence[int], *, revision: int, died_by: str) -> None:
    """Close items, their states and all their annotations."""
    for some in batches(list(item_keys)):
        conn.execute(
            update(annotation)
            .where(annotation.c.item_key.in_(some), annotation.c.died_rev == ALIVE)
            .values(died_rev=revision, died_by=died_by)
        )
        for table, key in ((item_state, item_state.c.item_key), (item, item.c.key)):
            conn.execute(update(table).where(key.in_(some), table.c.died_rev == ALIVE).values(died_rev=revision))


def _insert_blobs(conn: Connection, items: Sequence[NewItem], now: datetime) -> None:
    rows = {
        new.sha256: {
            "sha256": new.sha256,
            "bytes": new.bytes,
            "media_type": new.media_type,
            "picture_hash": signed_hash(new.picture_hash),
            "created_at": now,
        }
        for new in items
    }
    # Sorted: two imports that insert the same blobs in another order would deadlock on PostgreSQL.
    ordered = [rows[sha256] for sha256 in sorted(rows)]
    dialect_insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(dialect_insert(blob).on_conflict_do_nothing(), ordered)


def signed_hash(picture_hash: int | None) -> int | None:
    """A perceptual hash as databases take it: 64 bits with a sign."""
    return picture_hash - 2**64 if picture_hash is not None and picture_hash >= 2**63 else picture_hash


# Any: the columns of a row are typed by its tables, not in Python.
def _present_states(row: DatasetRow) -> Select[Any]:
    return (
        select(
            item.c.key,
            item.c.id,
            item.c.name,
            item_state.c.subset,
            item_state.c.group_key,
            item_state.c.is_checked_empty,
            item_state.c.metadata,
        )
        .join(item_state, (item_state.c.item_key == item.c.key) & (item_state.c.died_rev == ALIVE))
        .where(item.c.dataset_key == row.key, item.c.died_rev == ALIVE)
    )


# Any: as above.
def _state(one: Row[Any]) -> StateChange:
    subset = None if one.subset is None else Subset(one.subset)
    return StateChange(one.key, one.id, one.name, subset, one.group_key, one.is_checked_empty, one.metadata)
