"""Findings are kept with their evaluation, and any change of what it used makes it stale, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import Connection, select
from tests.db.conftest import ANNA, House, box_draft

from whorl.annotations.actions import add_predictions, promote_predictions
from whorl.annotations.bulk import classify, relabel
from whorl.annotations.copies import copy_truth
from whorl.annotations.queries import list_annotations
from whorl.base.errors import NotFound
from whorl.datasets.actions import delete_items, update_items
from whorl.datasets.queries import list_items
from whorl.datasets.revisions import load_dataset
from whorl.models import actions, staleness
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.finding_rows import add_findings, list_evaluation_facets, list_findings, list_item_findings
from whorl.models.findings import find_findings
from whorl.models.outputs.types import ObjectOutputs
from whorl.models.queries import get_evaluation, list_evaluations
from whorl.schemas.annotations import Box, Layer, Origin
from whorl.schemas.datasets import Item, ItemPatch
from whorl.schemas.explorer import LabelChange
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.db.tables import evaluation_finding, item

CAR = np.array([[1.0, 2.0, 11.0, 12.0]])
SEEN = PredictedObjects(np.concatenate([CAR + 1, CAR + 50]), np.array([0.9, 0.4]), np.array([1, 0]))


def evaluate(house: House, items: list[Item]) -> str:
    """An evaluation of a model on these items at the present revision."""
    outputs = ObjectOutputs(
        labels=("car", "truck"),
        items=tuple(one.id for one in items),
        truth=tuple(TruthObjects(CAR, np.array([0])) for _ in items),
        predicted=tuple(SEEN for _ in items),
    )

    def work(conn: Connection) -> str:
        row = load_dataset(conn, house.dataset_id)
        model = actions.NewModel("m", "detection", "builtin:tinydet", ["car"], {}, row.key, row.revision, {})
        model_id = actions.create_model(conn, model, project_id=house.project_id, actor_id=ANNA, now=house.now())
        new = actions.NewEvaluation(
            model_id, row.key, row.revision, f"{row.revision:064}", len(items), "ap50", 0.5, {}, "0" * 64
        )
        made = actions.add_evaluation(conn, new, actor_id=ANNA, now=house.now())
        assert add_findings(conn, made, find_findings(outputs)) == 2 * len(items)
        return made

    return house.db.write(work)


def test_list_item_findings__of_many_items_at_once(house: House) -> None:
    items = house.add("a.png", "b.png", subset=Subset.TEST)
    other = house.add("c.png")[0]
    made = evaluate(house, items)
    with house.db.read() as conn:
        wanted = [items[1].id, other.id, items[0].id, items[1].id, "itm_none"]
        found = list_item_findings(conn, made, wanted)
        assert [one.item_id for one in found] == [items[1].id, items[0].id]
        assert [found[0].width, found[0].height] == [items[1].width, items[1].height]
        assert found[1].findings == list_findings(conn, items[0].id, evaluation_id=made)
        assert list_item_findings(conn, "evl_none", wanted) == list_item_findings(conn, made, []) == []


def is_stale(house: House, evaluation_id: str) -> bool:
    with house.db.read() as conn:
        found = get_evaluation(conn, evaluation_id)
        assert [one.is_stale for one in list_evaluations(conn, model_id=found.model_id)] == [found.is_stale]
        facets = {one.evaluation_id: one.is_stale for one in list_evaluation_facets(conn, house.dataset_id)}
        assert facets[evaluation_id] == found.is_stale
        return found.is_stale


def test_findings__are_read_for_drawing_and_counted(house: House) -> None:
    items = house.add("a.png", "b.png", subset=Subset.TEST)
    made = evaluate(house, items)
    with house.db.read() as conn:
        first, second = list_findings(conn, items[0].id, evaluation_id=made)
        [facet] = list_evaluation_facets(conn, house.dataset_id)
        assert list_findings(conn, house.add("c.png")[0].id, evaluation_id=made) == []
        with pytest.raises(NotFound, match="no such evaluation"):
            list_findings(conn, items[0].id, evaluation_id="evl_none")
    assert (first.type, first.truth, first.predicted, first.confidence) == ("confused", "car", "truck", 0.9)
    assert (first.bounds, round(first.iou or 0, 3)) == ([2, 3, 12, 13], 0.681)
    assert (second.type, second.truth, second.predicted, second.iou) == ("spurious", None, "car", None)
    assert (facet.counts, facet.chip, facet.model_name) == ({"confused": 2, "spurious": 2}, f"eval:{made}", "m")


def _edits(house: House) -> dict[str, tuple[bool, Callable[[Connection, Item, Item], object]]]:
    """Ways to change a used item or a neighbour, and whether an evaluation of the used one is stale then."""

    def patch(**fields: object) -> Callable[[Connection, Item, Item], object]:
        new = ItemPatch.model_validate(fields)
        return lambda conn, used, _: update_items(
            conn, house.dataset_id, {used.id: new}, actor_id=ANNA, now=house.now()
        )

    def predict(conn: Connection, used: Item, _: Item) -> None:
        record = AnnotationRecord(label="car", geometry=Box(x0=1, y0=1, x1=9, y1=9), confidence=0.5)
        add_predictions(conn, house.dataset_id, {used.id: [record]}, model_id="mdl_1", actor_id=ANNA, now=house.now())

    def promote(conn: Connection, used: Item, other: Item) -> None:
        predict(conn, used, other)
        [found] = list_annotations(conn, [used.id], layer=Layer.PREDICTION)
        promote_predictions(conn, [found.id], how=Origin.ACCEPTED, actor_id=ANNA, now=house.now())

    def swap(conn: Connection, used: Item, _: Item) -> None:
        change = LabelChange(annotation_id=list_annotations(conn, [used.id])[0].id, label="truck")
        relabel(conn, house.dataset_id, [change], actor_id=ANNA, now=house.now())

    return {
        "relabel": (True, swap),
        "promote a prediction": (True, promote),
        "classify": (
            True,
            lambda conn, used, _: classify(conn, house.dataset_id, [used.id], "car", actor_id=ANNA, now=house.now()),
        ),
        "copy truth onto it": (
            True,
            lambda conn, used, other: copy_truth(
                conn, house.dataset_id, {used.id: other.id}, actor_id=ANNA, now=house.now()
            ),
        ),
        "change the subset": (True, patch(subset="train")),
        "delete": (
            True,
            lambda conn, used, _: delete_items(conn, house.dataset_id, [used.id], actor_id=ANNA, now=house.now()),
        ),
        "predict": (False, predict),
        "edit metadata": (False, patch(metadata={"camera": 3})),
        "edit a neighbour": (
            False,
            lambda conn, _, other: classify(conn, house.dataset_id, [other.id], "car", actor_id=ANNA, now=house.now()),
        ),
        "delete a neighbour": (
            False,
            lambda conn, _, other: delete_items(conn, house.dataset_id, [other.id], actor_id=ANNA, now=house.now()),
        ),
    }


def test_is_stale__after_any_edit_of_what_was_used(house: House) -> None:
    _check_edits(house)


def test_is_stale__looks_at_the_items_when_changes_are_many(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staleness, "_FEW_CHANGES", 1)
    _check_edits(sqlite_house)


def _check_edits(house: House) -> None:
    for number, (name, (expected, edit)) in enumerate(_edits(house).items()):
        used, other = house.add(f"{number}.png", f"{number} other.png", subset=Subset.TEST)
        for one in (used, other):
            house.save(one, box_draft())
        made = evaluate(house, [used])
        assert not is_stale(house, made), name
        house.db.write(lambda conn, edit=edit, used=used, other=other: edit(conn, used, other))  # type: ignore[misc]
        assert is_stale(house, made) is expected, name


def test_is_stale__edits_by_saving_and_by_checking_empty(house: House) -> None:
    [used] = house.add("a.png", subset=Subset.TEST)
    saved = house.save(used, box_draft())
    made = evaluate(house, [used])
    house.add("new.png", subset=Subset.TEST)
    assert not is_stale(house, made)
    house.save(used, removed=(saved.annotations[0].id,))
    assert is_stale(house, made)
    again = evaluate(house, [used])
    patch = {used.id: ItemPatch(is_checked_empty=True)}
    house.db.write(lambda conn: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))
    assert is_stale(house, again)
    third = evaluate(house, [used])
    assert [is_stale(house, one) for one in (made, again, third)] == [True, True, False]


def test_is_stale__going_back_does_not_make_it_fresh(sqlite_house: House) -> None:
    house = sqlite_house
    [used] = house.add("a.png", subset=Subset.TEST)
    made = evaluate(house, [used])
    for subset in (Subset.TRAIN, Subset.TEST):
        patch = {used.id: ItemPatch(subset=subset)}
        house.db.write(
            lambda conn, patch=patch: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now())
        )  # type: ignore[misc]
    assert is_stale(house, made)


def test_is_stale__of_an_evaluation_without_findings_goes_by_the_test_subset(sqlite_house: House) -> None:
    house = sqlite_house
    used, other = house.add("a.png", "b.png", subset=Subset.TEST)
    [train] = house.add("c.png", subset=Subset.TRAIN)
    made = evaluate(house, [used])
    house.db.write(lambda conn: conn.execute(evaluation_finding.delete()))
    house.save(train, box_draft())
    assert not is_stale(house, made)
    house.save(other, box_draft())
    assert is_stale(house, made)


def test_add_findings__leaves_out_items_that_are_gone(sqlite_house: House) -> None:
    house = sqlite_house
    items = house.add("a.png")
    outputs = ObjectOutputs(("car",), ("itm_gone", items[0].id), (TruthObjects(CAR, np.array([0])),) * 2, (SEEN,) * 2)
    made = evaluate(house, items)
    with house.db.read() as conn:
        assert len(list_findings(conn, items[0].id, evaluation_id=made)) == 2
    one = replace(find_findings(outputs), labels=("truck",))
    # SEEN's second answer is of class 0, its first of a class that these labels lack.
    assert house.db.write(lambda conn: add_findings(conn, evaluate_only(conn, house), one)) == 2
    with house.db.read() as conn:
        assert conn.execute(select(item.c.id).where(item.c.id == "itm_gone")).first() is None
        assert [one.id for one in list_items(conn, house.dataset_id).items] == [items[0].id]


def evaluate_only(conn: Connection, house: House) -> str:
    row = load_dataset(conn, house.dataset_id)
    model = actions.NewModel("n", "detection", "builtin:tinydet", ["car"], {}, row.key, row.revision, {})
    model_id = actions.create_model(conn, model, project_id=house.project_id, actor_id=ANNA, now=house.now())
    new = actions.NewEvaluation(model_id, row.key, row.revision, "1" * 64, 1, "ap50", 0.5, {}, "0" * 64)
    return actions.add_evaluation(conn, new, actor_id=ANNA, now=house.now())
