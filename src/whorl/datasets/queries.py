"""Reads of datasets and items, now or as of a revision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from whorl.base.errors import NotFound
from whorl.datasets.dql import (
    CompiledQuery,
    Count,
    Query,
    compile_query,
    list_keys,
    read_keys,
    resolve_near,
    resolve_snapshot,
)
from whorl.datasets.dql import count as count_keys
from whorl.datasets.dql.ast import Compare, Field, Op, all_of
from whorl.datasets.revisions import DatasetRow, batches, check_as_of, load_dataset, standing
from whorl.datasets.rules import check_limit, decode_cursor, encode_cursor
from whorl.schemas.datasets import Dataset, FrozenTest, Item, Revision, Snapshot
from whorl.schemas.records import Subset
from whorl.schemas.wire import Page
from whorl.store.db.tables import blob, dataset, frozen_test, item, item_state, revision, snapshot

# Any in this module: the columns of a select are typed by its tables, not in Python.
_ITEM_COLUMNS = (
    item.c.key,
    item.c.id,
    item.c.name,
    item.c.sha256,
    item.c.media_type,
    item.c.width,
    item.c.height,
    item.c.bytes,
    item_state.c.subset,
    item_state.c.group_key,
    item_state.c.is_checked_empty,
    item_state.c.metadata,
    item.c.health,
    item.c.born_rev,
    item.c.created_at,
)


def get_dataset(conn: Connection, dataset_id: str) -> Dataset:
    """Give a dataset.

    Raises:
        NotFound: There is none.
    """
    return _wire_dataset(load_dataset(conn, dataset_id))


def find_dataset(conn: Connection, project_id: str, name: str) -> Dataset | None:
    """Give the project's dataset of this name, or None."""
    query = select(dataset.c.id).where(dataset.c.project_id == project_id, dataset.c.name == name)
    found = conn.execute(query).scalar()
    return None if found is None else get_dataset(conn, found)


def list_datasets(conn: Connection, project_id: str, *, cursor: str | None = None, limit: int = 100) -> Page[Dataset]:
    """A project's datasets, oldest first."""
    check_limit(limit)
    query = (
        select(dataset)
        .where(dataset.c.project_id == project_id, dataset.c.key > decode_cursor(cursor))
        .order_by(dataset.c.key)
        .limit(limit + 1)
    )
    rows = conn.execute(query).all()
    found = [
        Dataset(id=row.id, project_id=row.project_id, name=row.name, revision=row.revision, created_at=row.created_at)
        for row in rows[:limit]
    ]
    return Page[Dataset](items=found, next_cursor=encode_cursor(rows[limit - 1].key) if len(rows) > limit else None)


def get_item(conn: Connection, item_id: str, *, as_of: int | None = None) -> Item:
    """Give an item as it stands, or as it stood at a revision of its dataset.

    Raises:
        NotFound: There is none, or it did not stand then.
    """
    query = _items_of(as_of).add_columns(dataset.c.id.label("dataset_id"))
    query = query.join(dataset, dataset.c.key == item.c.dataset_key).where(item.c.id == item_id)
    row = conn.execute(query).first()
    if row is None:
        when = "" if as_of is None else f" at revision {as_of}"
        raise NotFound(f"no item with id {item_id}{when}", hint="It may have been deleted; see the dataset's history.")
    return _wire_item(row, row.dataset_id)


def find_item(conn: Connection, dataset_id: str, name: str) -> Item | None:
    """Give the item that stands under this name in a dataset, or None."""
    row = load_dataset(conn, dataset_id)
    found = conn.execute(_items_of(None).where(item.c.dataset_key == row.key, item.c.name == name)).first()
    return None if found is None else _wire_item(found, dataset_id)


def find_items_by_name(conn: Connection, dataset_id: str, names: Sequence[str]) -> dict[str, Item]:
    """Those items that stand under these names in a dataset, by name."""
    row = load_dataset(conn, dataset_id)
    found: dict[str, Item] = {}
    for some in batches(list(names)):
        query = _items_of(None).where(item.c.dataset_key == row.key, item.c.name.in_(some))
        found.update((one.name, _wire_item(one, dataset_id)) for one in conn.execute(query))
    return found


def list_items(
    conn: Connection,
    dataset_id: str,
    *,
    query: Query | None = None,
    cursor: str | None = None,
    limit: int = 100,
    as_of: int | None = None,
    subset: Subset | None = None,
) -> Page[Item]:
    """One page of a dataset's items, in the query's order, else in the order they were added.

    Args:
        query: A parsed DQL query that the items must match; a snapshot it names decides ``as_of``.
        as_of: A revision; now when left out.
        subset: Only this subset.

    Raises:
        InvalidInput: Bad cursor, limit or revision.
        NotFound: There is no such dataset.
        QueryError: The query names a snapshot that does not exist.
    """
    check_limit(limit)
    row = load_dataset(conn, dataset_id)
    check_as_of(row, as_of)
    if query is not None or subset is not None:
        return _list_matching(conn, _compile(conn, row, query or Query(), as_of, subset), cursor, limit)
    wanted = _items_in(row, as_of).where(item.c.key > decode_cursor(cursor)).limit(limit + 1)
    found = conn.execute(wanted).all()
    return Page[Item](
        items=[_wire_item(one, dataset_id) for one in found[:limit]],
        next_cursor=encode_cursor(found[limit - 1].key) if len(found) > limit else None,
    )


def iter_item_batches(
    conn: Connection,
    dataset_id: str,
    *,
    query: Query | None = None,
    as_of: int | None = None,
    subset: Subset | None = None,
    batch_size: int = 500,
) -> Iterator[list[tuple[int, Item]]]:
    """All items with their integer keys, in the order added, a batch at a time; arguments as ``list_items``."""
    row = load_dataset(conn, dataset_id)
    at = _moment(conn, row, query, as_of)
    for some in batches(list_item_keys(conn, dataset_id, query=query, as_of=as_of, subset=subset), batch_size):
        found = list_items_by_key(conn, some, as_of=at)
        yield [(key, found[key]) for key in some if key in found]


def list_item_keys(
    conn: Connection,
    dataset_id: str,
    *,
    query: Query | None = None,
    as_of: int | None = None,
    subset: Subset | None = None,
) -> list[int]:
    """The integer keys of all matching items, in the order they were added; arguments as ``list_items``."""
    row = load_dataset(conn, dataset_id)
    check_as_of(row, as_of)
    return read_keys(conn, _compile(conn, row, query or Query(), as_of, subset))


def count_items(
    conn: Connection,
    dataset_id: str,
    *,
    query: Query | None = None,
    as_of: int | None = None,
    subset: Subset | None = None,
) -> Count:
    """How many items match; arguments as ``list_items``.

    Without a query the count is exact; with one it stops at 10,000, or after some 30 ms, and says so.
    """
    row = load_dataset(conn, dataset_id)
    check_as_of(row, as_of)
    if query is not None:
        return count_keys(conn, _compile(conn, row, query, as_of, subset))
    wanted = select(func.count()).where(item_state.c.dataset_key == row.key, standing(item_state, as_of))
    if subset is not None:
        wanted = wanted.where(item_state.c.subset == subset.value)
    return Count(int(conn.execute(wanted).scalar_one()), is_capped=False)


def count_by_subset(conn: Connection, dataset_id: str, *, as_of: int | None = None) -> dict[Subset | None, int]:
    """How many items each subset holds; None counts those in no subset. Missing when there are none."""
    row = load_dataset(conn, dataset_id)
    check_as_of(row, as_of)
    query = (
        select(item_state.c.subset, func.count())
        .where(item_state.c.dataset_key == row.key, standing(item_state, as_of))
        .group_by(item_state.c.subset)
    )
    return {None if name is None else Subset(name): int(count) for name, count in conn.execute(query)}


def find_item_keys(conn: Connection, item_ids: Sequence[str]) -> dict[str, int]:
    """Map public ids to integer keys, in the order given; unknown ids are left out, deleted items are not."""
    found: dict[str, int] = {}
    for some in batches(list(item_ids)):
        query = select(item.c.id, item.c.key).where(item.c.id.in_(some))
        found.update((one.id, one.key) for one in conn.execute(query))
    return {item_id: found[item_id] for item_id in item_ids if item_id in found}


def list_items_by_key(conn: Connection, item_keys: Sequence[int], *, as_of: int | None = None) -> dict[int, Item]:
    """Map integer keys to items as they stand or stood; those that do not stand are left out."""
    found: dict[int, Item] = {}
    for some in batches(list(item_keys)):
        query = _items_of(as_of).add_columns(dataset.c.id.label("dataset_id"))
        query = query.join(dataset, dataset.c.key == item.c.dataset_key).where(item.c.key.in_(some))
        found.update((one.key, _wire_item(one, one.dataset_id)) for one in conn.execute(query))
    return found


def list_revisions(conn: Connection, dataset_id: str, *, cursor: str | None = None, limit: int = 100) -> Page[Revision]:
    """Who changed the dataset and how, newest first."""
    check_limit(limit)
    row = load_dataset(conn, dataset_id)
    query = select(revision).where(revision.c.dataset_key == row.key)
    if cursor is not None:
        query = query.where(revision.c.revision < decode_cursor(cursor))
    rows = conn.execute(query.order_by(revision.c.revision.desc()).limit(limit + 1)).all()
    found = [
        Revision(revision=one.revision, at=one.at, actor_id=one.actor_id, action=one.action, summary=one.summary)
        for one in rows[:limit]
    ]
    return Page[Revision](items=found, next_cursor=encode_cursor(found[-1].revision) if len(rows) > limit else None)


def get_snapshot(conn: Connection, snapshot_id: str) -> Snapshot:
    """Give a snapshot.

    Raises:
        NotFound: There is none.
    """
    row = conn.execute(_snapshots().where(snapshot.c.id == snapshot_id)).mappings().first()
    if row is None:
        raise NotFound(f"no snapshot with id {snapshot_id}")
    return Snapshot.model_validate(dict(row))


def list_snapshots(conn: Connection, dataset_id: str) -> list[Snapshot]:
    """All snapshots of a dataset, oldest first."""
    query = _snapshots().where(dataset.c.id == dataset_id).order_by(snapshot.c.revision, snapshot.c.id)
    return [Snapshot.model_validate(dict(row)) for row in conn.execute(query).mappings()]


def find_frozen_test(conn: Connection, dataset_id: str) -> FrozenTest | None:
    """Since when and why the dataset's test subset is frozen, or None."""
    row = load_dataset(conn, dataset_id)
    found = conn.execute(select(frozen_test).where(frozen_test.c.dataset_key == row.key)).first()
    if found is None:
        return None
    return FrozenTest(dataset_id=dataset_id, revision=found.revision, reason=found.reason, created_at=found.created_at)


def has_blob(conn: Connection, sha256: str) -> bool:
    """Whether some item's bytes have this SHA-256."""
    return conn.execute(select(blob.c.sha256).where(blob.c.sha256 == sha256)).first() is not None


def _snapshots() -> Select[Any]:
    return select(
        snapshot.c.id,
        dataset.c.id.label("dataset_id"),
        snapshot.c.revision,
        snapshot.c.name,
        snapshot.c.author_id,
        snapshot.c.created_at,
    ).join(dataset, dataset.c.key == snapshot.c.dataset_key)


def _items_of(as_of: int | None) -> Select[Any]:
    joined = item.join(item_state, and_(item_state.c.item_key == item.c.key, standing(item_state, as_of)))
    return select(*_ITEM_COLUMNS).select_from(joined).where(standing(item, as_of))


def _items_in(row: DatasetRow, as_of: int | None) -> Select[Any]:
    return _items_of(as_of).where(item.c.dataset_key == row.key).order_by(item.c.key)


def _moment(conn: Connection, row: DatasetRow, query: Query | None, as_of: int | None) -> int | None:
    if query is None or as_of is not None:
        return as_of
    return resolve_snapshot(conn, query, dataset_key=row.key)


def _compile(
    conn: Connection, row: DatasetRow, query: Query, as_of: int | None, subset: Subset | None
) -> CompiledQuery:
    if subset is not None:
        held = Compare(Field("subset"), Op.EQ, subset.value)
        query = replace(query, where=all_of([query.where, held]))
    query = resolve_near(conn, query, row.key)
    return compile_query(query, dataset_key=row.key, as_of=_moment(conn, row, query, as_of))


def _list_matching(conn: Connection, compiled: CompiledQuery, cursor: str | None, limit: int) -> Page[Item]:
    page = list_keys(conn, compiled, cursor=cursor, limit=limit)
    found = list_items_by_key(conn, page.keys, as_of=compiled.as_of)
    return Page[Item](items=[found[key] for key in page.keys if key in found], next_cursor=page.next_cursor)


def _wire_dataset(row: DatasetRow) -> Dataset:
    return Dataset(
        id=row.id, project_id=row.project_id, name=row.name, revision=row.revision, created_at=row.created_at
    )


def _wire_item(row: Row[Any], dataset_id: str) -> Item:
    return Item(
        id=row.id,
        dataset_id=dataset_id,
        name=row.name,
        sha256=row.sha256,
        media_type=row.media_type,
        width=row.width,
        height=row.height,
        bytes=row.bytes,
        subset=row.subset,
        group_key=row.group_key,
        is_checked_empty=row.is_checked_empty,
        metadata=row.metadata,
        health=row.health,
        born_rev=row.born_rev,
        created_at=row.created_at,
    )
