"""Items wait for their number or for their time, and none is lost, doubled or let go early."""

from __future__ import annotations

import pytest
from tests.db.pipelines.conftest import Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.base.clock import to_datetime
from whorl.base.errors import GraphError, JsonValue
from whorl.pipelines.runtime import PipelineRuntime
from whorl.schemas.pipelines import Pipeline, PipelineDefinition

HOUR = 3600


def _flow(plant: Plant, pool: str, **params: JsonValue) -> Pipeline:
    return make_flow(
        plant,
        {"raw": raw(pool), "hold": {"type": "wait", **params}, "tell": tell()},
        ["raw.item > hold.item", "hold.item > tell.signal"],
    )


def _reasons(plant: Plant, pipeline: Pipeline) -> list[JsonValue]:
    steps = [step for one in plant.runs(pipeline) for step in plant.journey(one)]
    return [step.output["let_go_by"] for step in steps if step.node == "hold"]


def test_wait__groups_of_the_count_go_on_and_the_rest_stays(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, count=3)
    plant.add(pool, ["a", "b"])
    plant.settle()
    assert (plant.parked(pipeline), list_told(plant)) == ({"hold": 2}, [])
    plant.add(pool, ["c", "d", "e", "f", "g"])
    plant.settle()
    assert (plant.parked(pipeline), len(list_told(plant))) == ({"hold": 1}, 6)
    assert plant.states(pipeline) == {"active": 1, "done": 6}
    assert _reasons(plant, pipeline) == ["count"] * 6


def test_wait__the_oldest_go_first(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, count=2)
    names = {}
    for name in ("a", "b", "c"):
        (item,) = plant.add(pool, [name])
        names[item.id] = name
        plant.settle()
    done = [names[one.ref] for one in plant.runs(pipeline) if one.state == "done"]
    assert done == ["a", "b"]


def test_wait__each_item_waits_for_its_own_time(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, seconds=HOUR)
    plant.add(pool, ["a"])
    plant.settle()
    plant.clock.advance(HOUR / 2)
    plant.add(pool, ["b"])
    plant.settle()
    assert plant.parked(pipeline) == {"hold": 2}
    plant.clock.advance(HOUR / 2)
    plant.settle()
    assert (plant.parked(pipeline), len(list_told(plant))) == ({"hold": 1}, 1)
    plant.clock.advance(HOUR / 2)
    plant.settle()
    assert (plant.parked(pipeline), plant.states(pipeline)) == ({}, {"done": 2})
    assert _reasons(plant, pipeline) == ["time", "time"]


def test_wait__what_comes_first_of_number_and_time_decides(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, count=2, seconds=HOUR)
    plant.add(pool, ["a", "b", "c"])
    plant.settle()
    assert (plant.parked(pipeline), len(list_told(plant))) == ({"hold": 1}, 2)
    plant.clock.advance(HOUR)
    plant.settle()
    assert sorted(map(str, _reasons(plant, pipeline))) == ["count", "count", "time"]


def test_wait__until_a_date_and_at_once_after_it(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    until = to_datetime(plant.clock.now() + HOUR).isoformat()
    pipeline = _flow(plant, pool, until=until)
    plant.add(pool, ["a", "b"])
    plant.settle()
    assert plant.parked(pipeline) == {"hold": 2}
    plant.clock.advance(HOUR)
    plant.settle()
    plant.add(pool, ["c"])
    plant.settle()
    assert (plant.parked(pipeline), len(list_told(plant))) == ({}, 3)


def test_wait__nothing_to_wait_for_lets_pass(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool)
    plant.add(pool, ["a"])
    plant.settle()
    assert (plant.states(pipeline), _reasons(plant, pipeline)) == ({"done": 1}, ["nothing to wait for"])


def test_wait__a_restart_forgets_nobody(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, seconds=HOUR)
    plant.add(pool, ["a", "b"])
    plant.settle()
    plant.runtime = PipelineRuntime(plant.services)
    plant.clock.advance(HOUR)
    plant.settle()
    assert (plant.states(pipeline), len(list_told(plant))) == ({"done": 2}, 2)


def test_wait__clock_jumps_lose_and_double_nothing(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, seconds=HOUR)
    plant.add(pool, ["a"])
    plant.settle()
    plant.clock.advance(-10 * HOUR)
    plant.settle()
    assert plant.parked(pipeline) == {"hold": 1}
    plant.add(pool, ["b"])
    plant.settle()
    plant.clock.advance(1000 * HOUR)
    plant.settle()
    plant.settle()
    assert (plant.states(pipeline), len(list_told(plant))) == ({"done": 2}, 2)


def test_wait__a_variables_new_value_counts_for_those_who_wait(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    body = {
        "name": "flow",
        "nodes": [{"id": "hold", "type": "wait", "params": {"count": {"$var": "n"}}}],
        "edges": [],
        "variables": [{"name": "n", "type": "number", "value": 5}],
        "triggers": [{"id": "new", "type": "event", "target": "hold.item", "event": "item.created"}],
    }
    pipeline = plant.apply(PipelineDefinition.model_validate(body))
    plant.add(pool, ["a", "b", "c"])
    plant.settle()
    assert plant.parked(pipeline) == {"hold": 3}
    plant.set(pipeline, "n", 2)
    plant.settle()
    assert plant.parked(pipeline) == {"hold": 1}
    plant.set(pipeline, "n", 1.5)
    plant.settle()
    assert plant.parked(pipeline) == {"hold": 1}


def test_wait__the_next_version_lets_the_waiting_go(plant: Plant) -> None:
    pool = plant.dataset("pool")
    _flow(plant, pool, count=5)
    plant.add(pool, ["a", "b"])
    plant.settle()
    pipeline = _flow(plant, pool, count=2)
    plant.settle()
    assert (plant.parked(pipeline), plant.states(pipeline)) == ({}, {"done": 2})
    assert {one.version for one in plant.runs(pipeline)} == {2}


def test_wait__a_broken_commit_is_done_again_whole(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = _flow(plant, pool, count=2)
    plant.broken_commits["hold"] = 1
    plant.add(pool, ["a", "b", "c", "d"])
    plant.settle(patience_s=30)
    assert (plant.open_tokens(pipeline), len(list_told(plant))) == (0, 4)


@pytest.mark.parametrize(
    "bad", [{"count": 0}, {"count": 1.5}, {"seconds": 0}, {"seconds": 1e12}, {"until": "tomorrow"}, {"days": 1}]
)
def test_wait__refuses(sqlite_plant: Plant, bad: dict[str, JsonValue]) -> None:
    pool = sqlite_plant.dataset("pool")
    with pytest.raises(GraphError, match=f"hold: parameter '{next(iter(bad))}'"):
        _flow(sqlite_plant, pool, **bad)


def test_wait__a_date_without_a_zone_is_refused(sqlite_plant: Plant) -> None:
    with pytest.raises(GraphError, match="timezone"):
        _flow(sqlite_plant, sqlite_plant.dataset("pool"), until="2026-01-31T08:00:00")
