"""Cases that a flow must have a way out of; other empty subsets, ties and pools are tried where their flow is."""

from __future__ import annotations

import pytest
from tests.db.pipelines.conftest import Plant
from tests.db.pipelines.digits import write_bright_finder
from tests.db.pipelines.flows import list_told, make_flow, raw, tell
from tests.db.pipelines.test_lower_flow import _apply, _fill

from whorl.annotations.queries import list_annotations
from whorl.models.queries import list_comparisons
from whorl.schemas.annotations import Layer
from whorl.schemas.records import Subset


def test_model__that_finds_nothing_lets_the_item_go_on(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    nodes = {"raw": raw(pool), "pre": {"type": "predict", "model": write_bright_finder(plant)}, "tell": tell()}
    pipeline = make_flow(plant, nodes, ["raw.item > pre.item", "pre.item > tell.signal"])
    items = plant.add(pool, ["dark", "bright"])
    plant.settle()
    assert plant.states(pipeline) == {"done": 2}
    assert list_told(plant) == ["look", "look"]
    with plant.db.read() as conn:
        found = list_annotations(conn, [item.id for item in items], layer=Layer.PREDICTION)
    assert [one.item_id for one in found] == [items[1].id]
    outputs = [step.output["annotations"] for one in plant.runs(pipeline) for step in plant.journey(one)[1:2]]
    assert sorted(outputs) == [0, 1]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_compare__with_a_class_that_the_test_subset_lacks_decides(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    truth = plant.dataset("truth")
    _fill(plant, truth, [f"{name}{n}" for name in ("bright", "dark") for n in range(4)], Subset.TRAIN)
    _fill(plant, truth, [f"bright1{n}" for n in range(6)], Subset.TEST)
    pipeline = _apply(plant, truth)
    for number in (1, 2):
        plant.start(pipeline, "challenger.start", cause=f"hand:{number}")
        plant.settle()
    assert plant.states(pipeline) == {"done": 2}
    with plant.db.read() as conn:
        decided = [one.decision for one in list_comparisons(conn, project_id=plant.project_id)]
    # With one class in the test subset guessing is always right: no model can prove that it is better.
    assert decided == ["keep", "keep"]
    assert plant.variables(pipeline)["champion"] is None
    assert plant.steps(pipeline)["tell_kept"] == 2
