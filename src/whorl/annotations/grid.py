"""Annotations of a page of items at once, for grids: plain values, since models by the thousand cost time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, select

from whorl.base.errors import JsonValue
from whorl.datasets.revisions import standing
from whorl.schemas.annotations import Layer
from whorl.store.db.tables import annotation

MAX_ANNOTATIONS = 50_000
"""How many annotations one read gives; a page of crowded items could hold millions."""


@dataclass(frozen=True, slots=True)
class GridRead:
    """Annotations as JSON values of ``GridAnnotation``, in the order of the items, then of their making."""

    annotations: list[dict[str, JsonValue]]
    is_truncated: bool


_NAMES: Final = ("id", "label", "layer", "confidence", "author_kind", "author_id", "origin")


def read_grid(
    conn: Connection,
    item_ids: Mapping[int, str],
    *,
    layers: Collection[Layer],
    as_of: int | None = None,
    limit: int = MAX_ANNOTATIONS,
) -> GridRead:
    """Read the annotations of a page of items.

    Args:
        item_ids: Public id by integer key, in the order wanted; a few hundred at most.
        as_of: A revision of the items' dataset; now when left out.
    """
    if not item_ids or not layers:
        return GridRead([], is_truncated=False)
    rows = conn.execute(_query(item_ids, layers, as_of).limit(limit + 1)).all()
    by_item: dict[int, list[dict[str, JsonValue]]] = {key: [] for key in item_ids}
    for key, kind, x0, y0, x1, y1, geometry, *said in rows[:limit]:
        shape: dict[str, JsonValue] = {"type": kind}
        if kind == "box":
            shape |= {"x0": x0, "y0": y0, "x1": x1, "y1": y1}
        elif geometry is not None:
            shape |= geometry
        found: dict[str, JsonValue] = dict(zip(_NAMES, said, strict=True))
        by_item[key].append(found | {"item_id": item_ids[key], "geometry": shape})
    return GridRead([one for some in by_item.values() for one in some], is_truncated=len(rows) > limit)


# Any: columns of several types, in one select.
def _query(item_ids: Mapping[int, str], layers: Collection[Layer], as_of: int | None) -> Select[Any]:
    query = select(
        annotation.c.item_key,
        annotation.c.kind,
        annotation.c.x0,
        annotation.c.y0,
        annotation.c.x1,
        annotation.c.y1,
        annotation.c.geometry,
        *(annotation.c[name] for name in _NAMES),
    )
    query = query.where(annotation.c.item_key.in_(list(item_ids)), standing(annotation, as_of))
    if len(set(layers)) < len(Layer):
        query = query.where(annotation.c.layer.in_([layer.value for layer in set(layers)]))
    return query.order_by(annotation.c.item_key, annotation.c.key)
