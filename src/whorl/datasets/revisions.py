"""Taking the next revision, and the conditions that read one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, bindparam, insert, select, update

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.store.db.tables import dataset, revision
from whorl.store.db.types import ALIVE

T = TypeVar("T")
BATCH = 2000
"""How many keys go into one IN list; well below the limits of both databases."""


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """A dataset with its integer key, for the rooms that write to it."""

    key: int
    id: str
    project_id: str
    name: str
    revision: int
    created_at: datetime


_COLUMNS = select(
    dataset.c.key, dataset.c.id, dataset.c.project_id, dataset.c.name, dataset.c.revision, dataset.c.created_at
)
_TAKE = (
    update(dataset)
    .where(dataset.c.key == bindparam("of_key"))
    .values(revision=dataset.c.revision + 1)
    .returning(dataset.c.revision)
)
_RECORD = insert(revision)


def load_dataset(conn: Connection, dataset_id: str) -> DatasetRow:
    """Give a dataset by public id.

    Raises:
        NotFound: There is none.
    """
    return _dataset(conn, dataset.c.id == dataset_id, dataset_id, lock=False)


def load_dataset_by_key(conn: Connection, dataset_key: int) -> DatasetRow:
    """Give a dataset by its integer key.

    Raises:
        NotFound: There is none.
    """
    return _dataset(conn, dataset.c.key == dataset_key, str(dataset_key), lock=False)


def lock_dataset(conn: Connection, dataset_id: str) -> DatasetRow:
    """Give a dataset and keep other writers out of it until this transaction ends.

    On SQLite a write transaction is alone already. Lock before reading what a write depends on.

    Raises:
        NotFound: There is none.
    """
    return _dataset(conn, dataset.c.id == dataset_id, dataset_id, lock=True)


def lock_dataset_by_key(conn: Connection, dataset_key: int) -> DatasetRow:
    """Like ``lock_dataset``, by integer key."""
    return _dataset(conn, dataset.c.key == dataset_key, str(dataset_key), lock=True)


def next_revision(
    conn: Connection,
    dataset_key: int,
    *,
    actor_id: str,
    action: str,
    summary: Mapping[str, JsonValue],
    now: datetime,
) -> int:
    """Take the dataset's next revision and record who took it for what.

    Args:
        action: A verb and noun, such as ``add_items``.
        summary: What was done, in a few numbers or names.
    """
    taken = int(conn.execute(_TAKE, {"of_key": dataset_key}).scalar_one())
    said = {"at": now, "actor_id": actor_id, "action": action, "summary": dict(summary)}
    conn.execute(_RECORD, {"dataset_key": dataset_key, "revision": taken, **said})
    return taken


def standing(table: Table, as_of: int | None) -> ColumnElement[bool]:
    """The condition that a row stands now, or stood at revision ``as_of``."""
    if as_of is None:
        return table.c.died_rev == ALIVE
    return and_(table.c.born_rev <= as_of, table.c.died_rev > as_of)


def check_as_of(row: DatasetRow, as_of: int | None) -> None:
    """Check that a revision has been.

    Raises:
        InvalidInput: It is negative or still to come.
    """
    if as_of is not None and not 0 <= as_of <= row.revision:
        raise InvalidInput(f"revision {as_of} of dataset {row.name!r} does not exist; allowed: 0 to {row.revision}")


def batches(values: Sequence[T], size: int = BATCH) -> Iterator[Sequence[T]]:
    """Cut a sequence into pieces of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


# Any: a table does not know its columns by type.
def lock_where(condition: ColumnElement[bool]) -> Select[Any]:
    """The statement that locks the dataset a condition names; for those that run often, made once."""
    return _COLUMNS.where(condition).with_for_update()


# Any: as above.
def find_locked_dataset(conn: Connection, statement: Select[Any], **given: object) -> DatasetRow | None:
    """Lock and give the dataset that a statement of ``lock_where`` names, or None."""
    row = conn.execute(statement, given).first()
    return None if row is None else DatasetRow(*row)


def _dataset(conn: Connection, condition: ColumnElement[bool], name: str, *, lock: bool) -> DatasetRow:
    query = _COLUMNS.where(condition)
    row = conn.execute(query.with_for_update() if lock else query).first()
    if row is None:
        raise NotFound(f"no dataset with id {name}")
    return DatasetRow(*row)
