"""Conditions over selections: which items a selection holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, ScalarSelect, Select, case, or_, select

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import And, Condition, Not, Or, SelectionMatch
from whorl.datasets.dql.fields import nearest, shorten
from whorl.store.db.tables.selection import selection, selection_item

_NAMED = 20


# Any: SQLAlchemy types a select by its columns, and a table's columns are not known to it.
def list_selected(node: SelectionMatch, dataset_key: int) -> Select[Any]:
    """Select the item key of each item that the selection holds."""
    found = select(selection_item.c.item_key).where(
        selection_item.c.selection_key == _newest(node.source, dataset_key, selection.c.key)
    )
    if node.is_random is not None:
        found = found.where(selection_item.c.is_random.is_(node.is_random))
    return found.correlate(None)


def check_selections(conn: Connection, where: Condition, dataset_key: int) -> None:
    """Check that each selection which a condition names is there.

    Raises:
        QueryError: This dataset has no such selection; names the nearest.
    """
    for source in sorted({node.source for node in _matches(where)}):
        if conn.execute(select(_newest(source, dataset_key, selection.c.id))).scalar() is None:
            raise QueryError(f"no selection {shorten(source)} of this dataset", hint=_hint(conn, source, dataset_key))


def _newest(source: str, dataset_key: int, wanted: Any) -> ScalarSelect[Any]:
    """Of the selection meant: by its id, else the newest with this name."""
    is_id = selection.c.id == source
    found = select(wanted).where(selection.c.dataset_key == dataset_key, or_(is_id, selection.c.name == source))
    found = found.order_by(case((is_id, 0), else_=1), selection.c.key.desc())
    return found.limit(1).correlate(None).scalar_subquery()


def _hint(conn: Connection, source: str, dataset_key: int) -> str:
    mine = select(selection.c.id, selection.c.name).where(selection.c.dataset_key == dataset_key)
    rows = conn.execute(mine.order_by(selection.c.key.desc()).limit(_NAMED))
    names = list(dict.fromkeys(name for row in rows for name in (row.name, row.id)))
    return nearest(source, names) if names else "Nothing was chosen from it yet: `whorl select`."


def _matches(node: Condition) -> Iterator[SelectionMatch]:
    match node:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _matches(part)
        case Not(part=part):
            yield from _matches(part)
        case SelectionMatch():
            yield node
        case _:
            return
