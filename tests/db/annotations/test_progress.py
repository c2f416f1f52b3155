"""Counts carried forward from revision to revision are those of a full count: on both databases."""

from __future__ import annotations

import random

import pytest
from tests.db.conftest import ANNA, House, box_draft

from whorl.annotations.actions import add_predictions
from whorl.annotations.progress import Progress, ProgressCounts, count_progress
from whorl.datasets.actions import delete_items, update_items
from whorl.datasets.revisions import load_dataset
from whorl.schemas.annotations import Box
from whorl.schemas.datasets import Item, ItemPatch
from whorl.schemas.records import AnnotationRecord


def _both(house: House, counts: ProgressCounts) -> tuple[Progress, Progress]:
    with house.db.read() as conn:
        return counts.read(conn, house.dataset_id), count_progress(conn, load_dataset(conn, house.dataset_id))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_progress__carried_forward_is_the_full_count(house: House, seed: int) -> None:
    dice = random.Random(seed)
    counts = ProgressCounts()
    items: list[Item] = house.add("first")
    for number in range(40):
        # Several changes may lie between two looks.
        for step in range(dice.randint(1, 3)):
            _change(house, items, dice, name=f"{number}-{step}")
        carried, full = _both(house, counts)
        assert carried == full, number
    assert full.labelled > 0


def _change(house: House, items: list[Item], dice: random.Random, *, name: str) -> None:
    move = dice.choice(["add", "add", "label", "label", "unlabel", "delete", "empty", "predict"])
    if move == "add" or not items:
        items.extend(house.add(f"{name}-a", f"{name}-b"))
        return
    item = dice.choice(items)
    if move == "label":
        house.save(item, box_draft(x0=dice.randint(0, 50)))
    elif move == "unlabel":
        standing = house.save(item).annotations
        house.save(item, removed=tuple(one.id for one in standing))
    elif move == "delete":
        items.remove(item)
        house.db.write(lambda c: delete_items(c, house.dataset_id, [item.id], actor_id=ANNA, now=house.now()))
    elif move == "empty":
        standing = house.save(item).annotations
        house.save(item, removed=tuple(one.id for one in standing))
        patch = ItemPatch(is_checked_empty=True)
        house.db.write(lambda c: update_items(c, house.dataset_id, {item.id: patch}, actor_id=ANNA, now=house.now()))
    else:
        said = {item.id: [AnnotationRecord("car", Box(x0=0, y0=0, x1=5, y1=5), confidence=0.5)]}
        house.db.write(
            lambda c: add_predictions(c, house.dataset_id, said, model_id="mdl_1", actor_id=ANNA, now=house.now())
        )


def test_progress__a_prediction_is_no_label_and_a_checked_empty_item_is_labelled(house: House) -> None:
    one, two, three = house.add("1", "2", "3")
    said = {one.id: [AnnotationRecord("car", Box(x0=0, y0=0, x1=5, y1=5), confidence=0.5)]}
    house.db.write(
        lambda c: add_predictions(c, house.dataset_id, said, model_id="mdl_1", actor_id=ANNA, now=house.now())
    )
    house.save(two, box_draft())
    patch = ItemPatch(is_checked_empty=True)
    house.db.write(lambda c: update_items(c, house.dataset_id, {three.id: patch}, actor_id=ANNA, now=house.now()))
    assert _both(house, ProgressCounts())[0] == Progress(items=3, labelled=2)
