"""Crops: the most suspicious first, with a reason that a person can check."""

from __future__ import annotations

from typing import Any

import pytest
from tests.db.conftest import ANNA, box_draft

from whorl.annotations.actions import add_predictions
from whorl.annotations.crops import crop_box, rank_crops, read_crops
from whorl.datasets.actions import update_items
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag, Layer
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.explorer import Crop
from whorl.schemas.records import AnnotationRecord


def _predict(house: Any, item: Any, *records: AnnotationRecord, model: str = "mdl_1") -> None:
    house.db.write(
        lambda conn: add_predictions(
            conn, house.dataset_id, {item.id: records}, model_id=model, actor_id=model, now=house.now()
        )
    )


def _said(label: str, confidence: float, x0: float = 1) -> AnnotationRecord:
    return AnnotationRecord(label, Box(x0=x0, y0=2, x1=x0 + 10, y1=12), confidence)


def _crops(house: Any, label: str = "car", start: int = 0, stop: int = 99, **asked: Any) -> list[Crop]:
    with house.db.read() as conn:
        return read_crops(conn, rank_crops(conn, house.dataset_id, label=label, **asked), start, stop)


def _short(crops: list[Crop]) -> list[tuple[str, float | None, str]]:
    return [(one.item_name, one.suspicion, one.reason) for one in crops]


def _world(house: Any) -> None:
    """Four cars: the model agrees, is unsure, contradicts, says nothing."""
    agreed, unsure, other, nothing = house.add("agreed", "unsure", "other", "nothing")
    for one in (agreed, unsure, other, nothing):
        house.save(one, box_draft("car"))
    _predict(house, agreed, _said("car", 0.9), _said("truck", 0.1, x0=50))
    _predict(house, unsure, _said("car", 0.3))
    _predict(house, other, _said("truck", 0.8), _said("car", 0.1))


def test_crops__of_truth_by_suspicion(house: Any) -> None:
    _world(house)
    assert _short(_crops(house)) == [
        ("nothing", 1.0, "the model saw nothing here"),
        ("other", 0.9, "the model says truck at 0.80"),
        ("unsure", 0.7, "the model says car at 0.30, 100% overlap"),
        ("agreed", 0.1, "the model says car at 0.90, 100% overlap"),
    ]
    assert [one.item_name for one in _crops(house, start=1, stop=3)] == ["other", "unsure"]


def test_crops__newest_first_and_least_confident_first(house: Any) -> None:
    one, two, three = house.add("1", "2", "3")
    for item, confidence in ((one, 0.9), (two, None), (three, 0.2)):
        house.save(item, box_draft("car", confidence=confidence))
    assert [crop.item_name for crop in _crops(house, order="newest")] == ["3", "2", "1"]
    assert [crop.item_name for crop in _crops(house, order="confidence")] == ["3", "1", "2"]
    assert _short(_crops(house))[0] == ("3", None, "no model has predicted these items")


def test_crops__the_model_that_predicted_most_judges_unless_one_is_named(house: Any) -> None:
    _world(house)
    (item,) = house.add("extra")
    house.save(item, box_draft("car"))
    _predict(house, item, _said("car", 0.5), model="mdl_2")
    with house.db.read() as conn:
        by_itself = rank_crops(conn, house.dataset_id, label="car")
        named = rank_crops(conn, house.dataset_id, label="car", model_id="mdl_2")
    assert (by_itself.model_id, named.model_id) == ("mdl_1", "mdl_2")
    assert sorted(one.suspicion or 0 for one in named.rows) == [0.5, 1.0, 1.0, 1.0, 1.0]


def test_crops__of_classes(house: Any) -> None:
    sure, wrong = house.add("sure", "wrong")
    for one, said, confidence in ((sure, "car", 0.95), (wrong, "truck", 0.97)):
        house.save(one, AnnotationDraft(label="car", geometry=ClassTag()))
        _predict(house, one, AnnotationRecord(said, ClassTag(), confidence))
    found = _crops(house)
    assert _short(found) == [
        ("wrong", 0.97, "the model says truck at 0.97"),
        ("sure", 0.05, "the model says car at 0.95"),
    ]
    assert found[0].crop_box == (0, 0, 100, 80)


def test_crops__of_predictions_that_people_did_not_mark(house: Any) -> None:
    marked, missed, empty, fresh = house.add("marked", "missed", "empty", "fresh")
    house.save(marked, box_draft("car"))
    house.save(missed, box_draft("truck", x0=50))
    patch = {empty.id: ItemPatch(is_checked_empty=True)}
    house.db.write(lambda conn: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))
    for one, confidence in ((marked, 0.9), (missed, 0.8), (empty, 0.6), (fresh, 0.99)):
        _predict(house, one, _said("car", confidence))
    assert _short(_crops(house, layer=Layer.PREDICTION)) == [
        ("missed", 0.8, "people marked nothing here"),
        ("empty", 0.6, "people marked nothing here"),
        ("marked", 0.0, "people say car, 100% overlap"),
        ("fresh", None, "people have not labelled this item"),
    ]
    by_confidence = _crops(house, layer=Layer.PREDICTION, order="confidence")
    assert [one.item_name for one in by_confidence] == ["fresh", "marked", "missed", "empty"]


def test_crops__as_of_a_revision_and_cut_off(house: Any) -> None:
    _world(house)
    with house.db.read() as conn:
        then = rank_crops(conn, house.dataset_id, label="car", as_of=3)
        few = rank_crops(conn, house.dataset_id, label="car", limit=3)
    assert (len(then.rows), then.model_id, then.is_truncated) == (2, None, False)
    assert (len(few.rows), few.is_truncated) == (3, True)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        (None, (0, 0, 100, 80)),
        ((40, 30, 60, 40), (34, 19, 66, 51)),
        ((0, 0, 10, 10), (0, 0, 32, 32)),
        ((90, 70, 100, 80), (68, 48, 100, 80)),
        ((0, 0, 100, 80), (0, 0, 100, 80)),
        ((10, 10, 90, 20), (0, 0, 100, 80)),
    ],
)
def test_crop_box__a_square_inside_the_image(bounds: Any, expected: tuple[float, ...]) -> None:
    assert crop_box(bounds, width=100, height=80) == expected
