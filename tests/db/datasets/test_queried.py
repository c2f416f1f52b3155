"""Lists of items by a query."""

from __future__ import annotations

from typing import Any

from whorl.datasets import actions, queries
from whorl.datasets.dql import Count, Query, parse_query
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.records import Subset

CARS = {"join": {"filter": {"label": "car"}}}


def _labelled(house: Any, count: int) -> None:
    for n in range(count):
        [item] = house.add(f"{n}", subset="train" if n % 3 else "test")
        house.save(item, AnnotationDraft(label="car" if n % 2 else "truck", geometry=ClassTag()))


def _names(house: Any, query: Query, **more: Any) -> list[str]:
    names: list[str] = []
    cursor = None
    with house.db.read() as conn:
        while True:
            page = queries.list_items(conn, house.dataset_id, query=query, cursor=cursor, limit=2, **more)
            names += [item.name for item in page.items]
            cursor = page.next_cursor
            if cursor is None:
                return names


def test_list_items__pages_of_a_query(house: Any) -> None:
    _labelled(house, 9)
    query = parse_query(CARS)
    assert _names(house, query) == ["1", "3", "5", "7"]
    assert _names(house, query, subset=Subset.TEST) == ["3"]
    with house.db.read() as conn:
        assert queries.count_items(conn, house.dataset_id, query=query) == Count(4, is_capped=False)
        batches = list(queries.iter_item_batches(conn, house.dataset_id, query=query, batch_size=3))
    assert [[item.name for _, item in batch] for batch in batches] == [["1", "3", "5"], ["7"]]


def test_list_items__query_as_of_a_revision_and_of_a_snapshot(house: Any) -> None:
    _labelled(house, 3)
    at = house.revision()
    house.db.write(
        lambda conn: actions.create_snapshot(conn, house.dataset_id, name="first", actor_id="p", now=house.now())
    )
    with house.db.read() as conn:
        item = queries.find_item(conn, house.dataset_id, "1")
    patches = {item.id: ItemPatch(metadata={"late": True})}
    house.db.write(lambda conn: actions.update_items(conn, house.dataset_id, patches, actor_id="p", now=house.now()))
    _ = house.add("z")
    named = parse_query(CARS | {"snapshot": "first"})
    assert _names(house, parse_query(CARS), as_of=at) == ["1"]
    assert _names(house, named) == ["1"]
    with house.db.read() as conn:
        [then] = queries.list_items(conn, house.dataset_id, query=named).items
        [[(_, also)]] = list(queries.iter_item_batches(conn, house.dataset_id, query=named))
    assert (then.metadata, also.metadata) == ({}, {})
