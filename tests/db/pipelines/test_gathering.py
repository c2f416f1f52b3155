"""Splitting and collecting: sticky, once, and never in place of what is there."""

from __future__ import annotations

from tests.db.pipelines.conftest import Plant
from tests.db.pipelines.flows import make_flow, raw

from whorl.datasets.queries import list_items


def test_collect__name_that_is_there_already_is_kept(plant: Plant) -> None:
    pool, shelf = plant.dataset("pool"), plant.dataset("shelf")
    there = plant.add(shelf, ["a"])[0]
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "gather": {"type": "collect", "dataset": shelf}},
        ["raw.item > gather.item"],
    )
    plant.add(pool, ["a", "b"])
    plant.settle()
    with plant.db.read() as conn:
        kept = list_items(conn, shelf).items
    assert sorted(one.name for one in kept) == ["a", "b"]
    assert there.id in {one.id for one in kept}
    assert plant.states(pipeline)["done"] >= 2


def test_collect__two_of_one_name_in_one_batch(plant: Plant) -> None:
    one, two, shelf = plant.dataset("one"), plant.dataset("two"), plant.dataset("shelf")
    pipeline = make_flow(
        plant, {"raw": raw(one), "gather": {"type": "collect", "dataset": shelf}}, ["raw.item > gather.item"]
    )
    plant.add(one, ["a"])
    plant.add(two, ["a"])
    plant.settle()
    with plant.db.read() as conn:
        assert [item.name for item in list_items(conn, shelf).items] == ["a"]
    assert plant.states(pipeline) == {"done": 2}
    outputs = [step.output["was_there"] for run in plant.runs(pipeline) for step in plant.journey(run)[1:]]
    assert sorted(outputs) == [False, True]


def test_split__item_on_two_journeys_gets_one_subset(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "divide": {"type": "split", "dataset": pool, "validation": 0.5}},
        ["raw.item > divide.item"],
    )
    item = plant.add(pool, ["a"])[0]
    plant.start(pipeline, "raw.item", ref=item.id, cause="by hand")
    plant.settle()
    ports = [plant.journey(run)[1].port for run in plant.runs(pipeline)]
    with plant.db.read() as conn:
        subset = list_items(conn, pool).items[0].subset
    assert subset is not None
    assert ports == [subset.value, subset.value]
