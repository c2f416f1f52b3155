"""The flow of models when something is missing: it says so, and its run ends."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant

from whorl.annotations.actions import save_annotations
from whorl.annotations.queries import read_item_annotations
from whorl.base.errors import JsonValue
from whorl.models.queries import list_models
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import Subset
from whorl.store.db.tables import event


def _apply(plant: Plant, truth: str, **settings: JsonValue) -> Pipeline:
    values: dict[str, JsonValue] = {
        "pool": plant.dataset("pool"),
        "ground_truth": truth,
        "architecture": "whorl.testing.adapters:FakeClassifier",
    }
    return plant.apply(load_template("active_learning", **(values | settings)))


def _fill(plant: Plant, truth: str, names: list[str], subset: Subset) -> None:
    for item in plant.add(truth, names, subset=subset):
        with plant.db.read() as conn:
            at = read_item_annotations(conn, item.id).revision
        draft = AnnotationDraft(label=item.name.rstrip("0123456789"), geometry=ClassTag())
        plant.db.write(
            lambda conn, item=item, draft=draft, at=at: save_annotations(  # type: ignore[misc]
                conn, item.id, drafts=[draft], base_revision=at, actor_id=ANNA, now=plant.now()
            )
        )


def _last_told(plant: Plant) -> dict[str, JsonValue]:
    with plant.db.read() as conn:
        found = select(event.c.payload).where(event.c.kind == "pipeline.notified").order_by(event.c.id)
        payload: dict[str, JsonValue] = list(conn.execute(found).scalars())[-1]
    return payload


def test_training__of_nothing_ends_its_run_and_says_why(plant: Plant) -> None:
    pipeline = _apply(plant, plant.dataset("truth"))
    plant.start(pipeline, "challenger.start")
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    assert plant.open_tokens(pipeline) == 0
    told = _last_told(plant)
    assert told["message"] == "A training or its test failed; the champion stays."
    assert isinstance(told["values"], dict)
    assert str(told["values"]["error"]).startswith("nothing to train on")
    with plant.db.read() as conn:
        assert [one.status for one in list_models(conn, project_id=plant.project_id).items] == ["failed"]
    assert plant.variables(pipeline)["champion"] is None


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_training__of_one_class_ends_its_run(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    truth = plant.dataset("truth")
    _fill(plant, truth, [f"bright{n}" for n in range(6)], Subset.TRAIN)
    pipeline = _apply(plant, truth, architecture="builtin:linear", training={"features": "hog"})
    plant.start(pipeline, "challenger.start")
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    assert plant.count_comparisons() == 0


@pytest.mark.slow
@pytest.mark.timeout(60)
def test_evaluation__on_an_empty_test_subset_ends_its_run(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    truth = plant.dataset("truth")
    _fill(plant, truth, [f"{name}{n}" for name in ("bright", "dark") for n in range(3)], Subset.TRAIN)
    pipeline = _apply(plant, truth)
    plant.start(pipeline, "challenger.start")
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    values = _last_told(plant)["values"]
    assert isinstance(values, dict)
    assert str(values["error"]).startswith("the test subset is empty")
    assert plant.count_comparisons() == 0
