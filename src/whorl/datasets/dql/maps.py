"""Conditions over maps: which items lie inside a ring drawn on one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, false, select

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import And, Condition, MapMatch, Not, Or
from whorl.datasets.dql.fields import nearest, shorten
from whorl.store.db.tables.selection import embedding_map, embedding_map_point

_NAMED = 20
_X, _Y = embedding_map_point.c.x, embedding_map_point.c.y


# Any: SQLAlchemy types a select by its columns, and a table's columns are not known to it.
def list_mapped(node: MapMatch, dataset_key: int) -> Select[Any]:
    """Select the item key of each point inside the ring; a point on its border may count or not, the same everywhere.

    A point is inside when a line from it to the right crosses the ring an odd number of times. All numbers are whole,
    so the two databases agree.
    """
    found = select(embedding_map_point.c.item_key).join(embedding_map, embedding_map.c.id == node.map_id)
    found = found.where(embedding_map_point.c.map_id == node.map_id, embedding_map.c.dataset_key == dataset_key)
    if node.ring:
        xs, ys = [x for x, _ in node.ring], [y for _, y in node.ring]
        found = found.where(_X.between(min(xs), max(xs)), _Y.between(min(ys), max(ys)))
        ends = zip(node.ring, (*node.ring[1:], node.ring[0]), strict=True)
        crossings: Any = sum(_crosses(begin, end) for begin, end in ends if begin[1] != end[1])
        # A ring without height surrounds nothing.
        found = found.where(crossings % 2 == 1) if not isinstance(crossings, int) else found.where(false())
    return found.correlate(None)


def check_maps(conn: Connection, where: Condition, dataset_key: int) -> None:
    """Check that each map which a condition names is there.

    Raises:
        QueryError: This dataset has no such map; names the nearest.
    """
    for map_id in sorted({node.map_id for node in _matches(where)}):
        mine = select(embedding_map.c.id).where(embedding_map.c.dataset_key == dataset_key)
        if conn.execute(mine.where(embedding_map.c.id == map_id)).first() is None:
            names = list(conn.execute(mine.order_by(embedding_map.c.id.desc()).limit(_NAMED)).scalars())
            hint = nearest(map_id, names) if names else "None was computed yet: `whorl map`."
            raise QueryError(f"no map {shorten(map_id)} of this dataset", hint=hint)


def _crosses(begin: tuple[int, int], end: tuple[int, int]) -> ColumnElement[int]:
    """1 where the side from one corner to the next lies to the right of the point, at its height."""
    (x0, y0), (x1, y1) = sorted((begin, end), key=lambda corner: corner[1])
    is_right = (_X - x0) * (y1 - y0) < (_Y - y0) * (x1 - x0)
    return case((and_(y0 <= _Y, y1 > _Y, is_right), 1), else_=0)


def _matches(node: Condition) -> Iterator[MapMatch]:
    match node:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _matches(part)
        case Not(part=part):
            yield from _matches(part)
        case MapMatch():
            yield node
        case _:
            return
