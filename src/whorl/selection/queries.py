"""Reads of selections and of what they hold."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from whorl.base.errors import NotFound
from whorl.datasets.rules import check_limit, decode_cursor, encode_cursor
from whorl.schemas.selecting import Selection, SelectionBudget, SelectionItem, SelectionQuota
from whorl.schemas.wire import Page
from whorl.store.db.tables import annotation, dataset, item, item_state, selection, selection_item
from whorl.store.db.types import ALIVE


def get_selection(conn: Connection, selection_id: str) -> Selection:
    """One selection.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_selections().where(selection.c.id == selection_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such selection: {selection_id[:60]}", hint="List them with `whorl selections list`.")
    return _wire(conn, row)


def list_selections(
    conn: Connection,
    *,
    project_id: str | None = None,
    dataset_id: str | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[Selection]:
    """The selections of a project or a dataset, newest first."""
    check_limit(limit)
    found = _selections().order_by(selection.c.key.desc()).limit(limit + 1)
    if project_id is not None:
        found = found.where(selection.c.project_id == project_id)
    if dataset_id is not None:
        found = found.where(dataset.c.id == dataset_id)
    if cursor is not None:
        found = found.where(selection.c.key < decode_cursor(cursor))
    rows = list(conn.execute(found).mappings())
    more = encode_cursor(rows[limit - 1]["key"]) if len(rows) > limit else None
    return Page[Selection](items=[_wire(conn, row) for row in rows[:limit]], next_cursor=more)


def list_selection_items(
    conn: Connection, selection_id: str, *, cursor: str | None = None, limit: int = 100
) -> Page[SelectionItem]:
    """What a selection holds, best first; items that were deleted since are left out.

    Raises:
        NotFound: There is no such selection.
    """
    check_limit(limit)
    key = get_selection_key(conn, selection_id)
    wanted = (
        select(
            selection_item.c.rank,
            selection_item.c.score,
            selection_item.c.reason,
            selection_item.c.details,
            selection_item.c.is_random,
            item.c.id.label("item_id"),
            item.c.name,
            item.c.width,
            item.c.height,
            is_labelled().label("is_labelled"),
        )
        .join(item, item.c.key == selection_item.c.item_key)
        .where(selection_item.c.selection_key == key, selection_item.c.rank > decode_cursor(cursor))
        .where(item.c.died_rev == ALIVE)
        .order_by(selection_item.c.rank)
        .limit(limit + 1)
    )
    rows = list(conn.execute(wanted).mappings())
    more = encode_cursor(rows[limit - 1]["rank"]) if len(rows) > limit else None
    return Page[SelectionItem](
        items=[SelectionItem.model_validate(dict(one)) for one in rows[:limit]], next_cursor=more
    )


def get_selection_key(conn: Connection, selection_id: str) -> int:
    """The integer key of a selection.

    Raises:
        NotFound: There is none with this id.
    """
    key = conn.execute(select(selection.c.key).where(selection.c.id == selection_id)).scalar_one_or_none()
    if key is None:
        raise NotFound(f"no such selection: {selection_id[:60]}", hint="List them with `whorl selections list`.")
    return int(key)


# Any: the columns of a select are typed by its tables, not in Python.
def is_labelled() -> Any:
    """The condition that an item of ``selection_item`` has ground truth, or was checked to hold nothing."""
    truth = select(annotation.c.key).where(
        annotation.c.item_key == selection_item.c.item_key,
        annotation.c.died_rev == ALIVE,
        annotation.c.layer == "truth",
    )
    empty = select(item_state.c.key).where(
        item_state.c.item_key == selection_item.c.item_key,
        item_state.c.died_rev == ALIVE,
        item_state.c.is_checked_empty.is_(True),
    )
    return or_(truth.correlate(selection_item).exists(), empty.correlate(selection_item).exists())


def _selections() -> Select[Any]:
    return select(selection, dataset.c.id.label("dataset_id")).join(dataset, dataset.c.key == selection.c.dataset_key)


def _wire(conn: Connection, row: RowMapping) -> Selection:
    held = select(func.count()).select_from(selection_item).where(selection_item.c.selection_key == row["key"])
    n_random = conn.execute(held.where(selection_item.c.is_random.is_(True))).scalar_one()
    stands = select(item.c.key).where(item.c.key == selection_item.c.item_key, item.c.died_rev == ALIVE)
    labelled = held.where(and_(is_labelled(), stands.correlate(selection_item).exists()))
    known = {name: row[name] for name in Selection.model_fields if name in row}
    known |= {"budget": SelectionBudget.model_validate(row["budget"])}
    known |= {"quotas": [SelectionQuota.model_validate(one) for one in row["quotas"]]}
    return Selection(**known, n_random=int(n_random), n_labelled=int(conn.execute(labelled).scalar_one()))
