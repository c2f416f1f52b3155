"""Which items an edge's condition lets through."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from whorl.datasets.dql import compile_query, parse_text
from whorl.store.db.tables import item
from whorl.store.db.types import ALIVE

_CHUNK = 500


def find_matching(conn: Connection, condition: str, item_ids: Sequence[str]) -> set[str]:
    """Those of the items that match a query in its text form; deleted ones never do.

    Raises:
        QueryError: The condition does not parse.
    """
    query = parse_text(condition)
    matching: set[str] = set()
    for start in range(0, len(item_ids), _CHUNK):
        some = item_ids[start : start + _CHUNK]
        rows = conn.execute(
            select(item.c.id, item.c.key, item.c.dataset_key).where(item.c.id.in_(some), item.c.died_rev == ALIVE)
        ).all()
        for dataset_key in {row.dataset_key for row in rows}:
            keys = [row.key for row in rows if row.dataset_key == dataset_key]
            found = select(item.c.id).where(
                item.c.key.in_(keys), item.c.key.in_(compile_query(query, dataset_key=dataset_key).keys)
            )
            matching |= set(conn.execute(found).scalars())
    return matching
