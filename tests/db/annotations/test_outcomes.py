"""What people made of a model's proposals: on both databases."""

from __future__ import annotations

import pytest
from tests.db.conftest import ANNA, House

from whorl.annotations.actions import add_predictions, promote_predictions
from whorl.annotations.outcomes import read_outcomes, reject_predictions
from whorl.annotations.queries import list_annotations
from whorl.base.errors import NotFound
from whorl.schemas.annotations import Annotation, AnnotationDraft, Box, Layer, Origin, Polygon
from whorl.schemas.datasets import Item
from whorl.schemas.models import LabelOutcomes, ModelOutcomes
from whorl.schemas.records import AnnotationRecord

BOX = Box(x0=0, y0=0, x1=10, y1=10)


def _predict(house: House, item: Item, *labels: str) -> list[Annotation]:
    records = [AnnotationRecord(label, BOX, confidence=0.9) for label in labels]
    house.db.write(
        lambda c: add_predictions(
            c, house.dataset_id, {item.id: records}, model_id="mdl_1", actor_id="mdl_1", now=house.now()
        )
    )
    with house.db.read() as conn:
        return list_annotations(conn, [item.id], layer=Layer.PREDICTION)


def _read(house: House, model_id: str = "mdl_1") -> ModelOutcomes:
    with house.db.read() as conn:
        return read_outcomes(conn, model_id)


def _of(prediction: Annotation, **changes: object) -> AnnotationDraft:
    fields = {"label": prediction.label, "geometry": prediction.geometry, "from_prediction": prediction.id}
    return AnnotationDraft.model_validate(fields | changes)


def test_outcomes__accepted_edited_and_rejected_by_label(house: House) -> None:
    [item] = house.add("1")
    first, second, third, fourth = _predict(house, item, "car", "car", "truck", "car")
    wider = Box(x0=0, y0=0, x1=20, y1=10)
    house.save(item, _of(first), _of(second, geometry=wider), _of(third, label="car"))
    house.db.write(lambda c: reject_predictions(c, item.id, [fourth.id], person_id=ANNA, now=house.now()))
    cars = LabelOutcomes(label="car", accepted=1, edited=1, rejected=1, mean_edit_iou=0.5)
    # Another label on the same shape is an edit that leaves the shape whole.
    trucks = LabelOutcomes(label="truck", edited=1, mean_edit_iou=1.0)
    assert _read(house) == ModelOutcomes(accepted=1, edited=2, rejected=1, mean_edit_iou=0.75, by_label=[cars, trucks])
    assert _read(house, "mdl_2") == ModelOutcomes(accepted=0, edited=0, rejected=0, mean_edit_iou=None, by_label=[])


def test_outcomes__the_last_word_counts(house: House) -> None:
    [item] = house.add("1")
    [prediction] = _predict(house, item, "car")
    house.db.write(lambda c: reject_predictions(c, item.id, [prediction.id], person_id=ANNA, now=house.now()))
    assert _read(house).rejected == 1
    made = house.save(item, _of(prediction)).annotations[0]
    assert (_read(house).accepted, _read(house).rejected) == (1, 0)
    # Mended later without naming the prediction again, then taken out.
    house.save(item, AnnotationDraft(id=made.id, label="car", geometry=Box(x0=0, y0=0, x1=10, y1=5)))
    assert (_read(house).accepted, _read(house).edited, _read(house).mean_edit_iou) == (0, 1, 0.5)
    house.save(item, removed=(made.id,))
    assert (_read(house).edited, _read(house).rejected, _read(house).mean_edit_iou) == (0, 1, None)


def test_outcomes__a_polygon_made_of_a_box_is_measured(house: House) -> None:
    [item] = house.add("1")
    [prediction] = _predict(house, item, "car")
    half = Polygon(rings=[[(0, 0), (10, 0), (0, 10)]])
    house.save(item, _of(prediction, geometry=half))
    assert _read(house).mean_edit_iou == pytest.approx(0.5, abs=0.01)


def test_outcomes__only_a_persons_promotion_is_a_word(house: House) -> None:
    [item] = house.add("1")
    first, second = _predict(house, item, "car", "truck")
    for one, how in ((first, Origin.ACCEPTED), (second, Origin.AUTO_ACCEPTED)):
        house.db.write(
            lambda c, one=one, how=how: promote_predictions(c, [one.id], how=how, actor_id=ANNA, now=house.now())
        )
    assert [(one.label, one.accepted) for one in _read(house).by_label] == [("car", 1)]


def test_outcomes__a_model_that_ran_again_meanwhile_keeps_its_word(house: House) -> None:
    [item] = house.add("1")
    [prediction] = _predict(house, item, "car")
    _predict(house, item, "truck")
    house.save(item, _of(prediction))
    assert _read(house).accepted == 1


def test_reject_predictions__of_another_item(house: House) -> None:
    one, two = house.add("1", "2")
    [prediction] = _predict(house, one, "car")
    with pytest.raises(NotFound, match=f"no prediction with id {prediction.id} on this item"):
        house.db.write(lambda c: reject_predictions(c, two.id, [prediction.id], person_id=ANNA, now=house.now()))
