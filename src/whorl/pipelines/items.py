"""Items by the ids that tokens carry."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from whorl.base.errors import NotFound
from whorl.datasets import queries
from whorl.schemas.datasets import Item


def read_items(conn: Connection, item_ids: Sequence[str]) -> list[Item]:
    """The items of these ids, in the order asked for.

    Raises:
        NotFound: One of them was deleted.
    """
    items = find_items(conn, item_ids)
    missing = [item_id for item_id in item_ids if item_id not in items]
    if missing:
        raise NotFound(f"no such item: {missing[0]}", hint="It was deleted while it was on its way.")
    return [items[item_id] for item_id in item_ids]


def find_items(conn: Connection, item_ids: Sequence[str]) -> dict[str, Item]:
    """Those of the items that are still there, by id."""
    keys = queries.find_item_keys(conn, item_ids)
    items = queries.list_items_by_key(conn, list(keys.values()))
    return {item_id: items[key] for item_id, key in keys.items() if key in items}
