"""An item's history says in words what each revision did to it."""

from __future__ import annotations

from typing import Any

import pytest
from tests.db.conftest import ANNA, box_draft

from whorl.annotations.actions import add_predictions
from whorl.annotations.item_history import list_item_history
from whorl.base.errors import NotFound
from whorl.datasets.actions import delete_items, update_items
from whorl.schemas.annotations import Box
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.explorer import ItemEvent
from whorl.schemas.records import AnnotationRecord


def _history(house: Any, item: Any, **options: Any) -> list[ItemEvent]:
    with house.db.read() as conn:
        return list_item_history(conn, item.id, **options)


def _patch(house: Any, item: Any, **change: Any) -> None:
    patch = {item.id: ItemPatch(**change)}
    house.db.write(lambda conn: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))


def test_history__of_a_life(house: Any) -> None:
    item, other = house.add("1", "2", subset="train", metadata={"camera": "n", "a": 1})
    _patch(house, item, is_checked_empty=True)
    first = house.save(item, box_draft("car"), box_draft("car", x0=30)).annotations
    house.save(other, box_draft("truck"))
    house.save(item, box_draft("truck", id=first[0].id), box_draft("car", x0=50, id=first[1].id))
    said = [AnnotationRecord("car", Box(x0=1, y0=1, x1=9, y1=9), 0.5)] * 2
    house.db.write(
        lambda conn: add_predictions(
            conn, house.dataset_id, {item.id: said}, model_id="mdl_1", actor_id="mdl_1", now=house.now()
        )
    )
    house.save(item, removed=(first[0].id,))
    _patch(house, item, subset="test", group_key="g", metadata={"camera": None, "b": 2})
    house.db.write(lambda conn: delete_items(conn, house.dataset_id, [item.id], actor_id=ANNA, now=house.now()))
    found = _history(house, item)
    assert [(one.revision, one.action, one.what) for one in found] == [
        (9, "delete_items", ["item deleted"]),
        (8, "update_items", ["subset train → test", "group none → g", "metadata changed: b, camera"]),
        (7, "save_annotations", ["truck removed"]),
        (6, "add_predictions", ["2 × car predicted"]),
        (5, "save_annotations", ["car changed", "car → truck"]),
        (3, "save_annotations", ["no longer checked as empty", "2 × car added"]),
        (2, "update_items", ["checked: nothing to annotate"]),
        (1, "add_items", ["item added", "subset train"]),
    ]
    assert {one.actor_id for one in found} == {ANNA, "mdl_1"}
    assert [one.revision for one in _history(house, item, limit=2)] == [9, 8]


def test_history__of_nothing(house: Any) -> None:
    with pytest.raises(NotFound):
        _history(house, type("Item", (), {"id": "itm_none"}))
