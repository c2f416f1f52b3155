"""What differs between two revisions of a dataset."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select
from sqlalchemy.sql.selectable import NamedFromClause

from whorl.base.errors import InvalidInput
from whorl.datasets.revisions import DatasetRow, check_as_of, load_dataset
from whorl.datasets.rules import check_limit, decode_cursor, encode_cursor
from whorl.schemas.datasets import AnnotationChange, ChangeCounts, ChangeKind, ItemChange, RevisionDiff
from whorl.schemas.wire import Page
from whorl.store.db.tables import annotation, item, item_state

_TRUTH = "truth"


def diff_revisions(conn: Connection, dataset_id: str, from_revision: int, to_revision: int) -> RevisionDiff:
    """Count the items and ground-truth annotations added, removed and changed between two revisions.

    An item counts as changed when its state has a newer version; other bytes under a name are one item removed and
    one added. An annotation counts as changed when it stands at both with a newer version.

    Raises:
        InvalidInput: A revision does not exist, or they are the wrong way round.
    """
    row = _checked(conn, dataset_id, from_revision, to_revision)
    return RevisionDiff(
        dataset_id=dataset_id,
        from_revision=from_revision,
        to_revision=to_revision,
        items=_count(conn, {kind: _item_keys(row, kind, from_revision, to_revision) for kind in ChangeKind}),
        annotations=_count(conn, {kind: _annotations(row, kind, from_revision, to_revision) for kind in ChangeKind}),
    )


def list_item_changes(
    conn: Connection,
    dataset_id: str,
    from_revision: int,
    to_revision: int,
    *,
    kind: ChangeKind,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[ItemChange]:
    """One page of the items that ``diff_revisions`` counts under ``kind``, in the order they were added."""
    check_limit(limit)
    row = _checked(conn, dataset_id, from_revision, to_revision)
    query = _item_keys(row, kind, from_revision, to_revision).add_columns(item.c.id, item.c.name)
    query = query.where(item.c.key > decode_cursor(cursor)).order_by(item.c.key).limit(limit + 1)
    rows = conn.execute(query).all()
    return Page[ItemChange](
        items=[ItemChange(kind=kind, item_id=one.id, name=one.name) for one in rows[:limit]],
        next_cursor=encode_cursor(rows[limit - 1].key) if len(rows) > limit else None,
    )


def list_annotation_changes(
    conn: Connection,
    dataset_id: str,
    from_revision: int,
    to_revision: int,
    *,
    kind: ChangeKind,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[AnnotationChange]:
    """One page of the annotations that ``diff_revisions`` counts under ``kind``; removed ones as they last stood."""
    check_limit(limit)
    row = _checked(conn, dataset_id, from_revision, to_revision)
    query = _annotations(row, kind, from_revision, to_revision).add_columns(annotation.c.id, annotation.c.label)
    query = query.add_columns(item.c.id.label("item_id")).join(item, item.c.key == annotation.c.item_key)
    query = query.where(annotation.c.key > decode_cursor(cursor)).order_by(annotation.c.key).limit(limit + 1)
    rows = conn.execute(query).all()
    return Page[AnnotationChange](
        items=[
            AnnotationChange(kind=kind, annotation_id=one.id, item_id=one.item_id, label=one.label)
            for one in rows[:limit]
        ],
        next_cursor=encode_cursor(rows[limit - 1].key) if len(rows) > limit else None,
    )


def _checked(conn: Connection, dataset_id: str, from_revision: int, to_revision: int) -> DatasetRow:
    row = load_dataset(conn, dataset_id)
    check_as_of(row, from_revision)
    check_as_of(row, to_revision)
    if from_revision > to_revision:
        raise InvalidInput(f"revision {from_revision} is after {to_revision}; give the earlier one first")
    return row


def _count(conn: Connection, queries: dict[ChangeKind, Select[tuple[int]]]) -> ChangeCounts:
    counts = {
        kind.value: int(conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())
        for kind, query in queries.items()
    }
    return ChangeCounts(**counts)


def _item_keys(row: DatasetRow, kind: ChangeKind, first: int, last: int) -> Select[tuple[int]]:
    query = select(item.c.key).where(item.c.dataset_key == row.key)
    if kind is ChangeKind.ADDED:
        return query.where(item.c.born_rev > first, item.c.born_rev <= last, item.c.died_rev > last)
    if kind is ChangeKind.REMOVED:
        return query.where(item.c.born_rev <= first, item.c.died_rev > first, item.c.died_rev <= last)
    newer = select(item_state.c.item_key).where(
        item_state.c.dataset_key == row.key,
        item_state.c.born_rev > first,
        item_state.c.born_rev <= last,
        item_state.c.died_rev > last,
    )
    return query.where(item.c.born_rev <= first, item.c.died_rev > last, item.c.key.in_(newer))


def _annotations(row: DatasetRow, kind: ChangeKind, first: int, last: int) -> Select[tuple[int]]:
    other = annotation.alias("other")
    query = select(annotation.c.key).where(annotation.c.dataset_key == row.key, annotation.c.layer == _TRUTH)
    born_between = and_(annotation.c.born_rev > first, annotation.c.born_rev <= last, annotation.c.died_rev > last)
    died_between = and_(annotation.c.born_rev <= first, annotation.c.died_rev > first, annotation.c.died_rev <= last)
    if kind is ChangeKind.REMOVED:
        return query.where(died_between, ~_stands_at(other, last))
    if kind is ChangeKind.ADDED:
        return query.where(born_between, ~_stands_at(other, first))
    return query.where(born_between, _stands_at(other, first))


def _stands_at(other: NamedFromClause, at: int) -> ColumnElement[bool]:
    return (
        select(other.c.key)
        .where(
            other.c.id == annotation.c.id,
            other.c.layer == _TRUTH,
            other.c.born_rev <= at,
            other.c.died_rev > at,
        )
        .exists()
    )
