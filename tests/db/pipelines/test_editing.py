"""A pipeline is changed while tokens stand in it: they go on, move, end, or keep the change from being saved."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.base.errors import Conflict, JsonValue
from whorl.pipelines import queries
from whorl.pipelines.pausing import pause_pipeline, resume_pipeline
from whorl.schemas.pipelines import Pipeline
from whorl.store.db.tables import inbox, task_item

POOL: dict[str, JsonValue] = {"type": "select", "budget": 9, "strategy": "random"}


def label(pool: str, task: str = "label") -> dict[str, JsonValue]:
    return {"type": "label", "dataset": pool, "task": task}


def pause(plant: Plant, pipeline: Pipeline) -> None:
    plant.db.write(lambda conn: pause_pipeline(conn, pipeline.id, triggers="keep", actor_id=ANNA, now=plant.now()))


def resume(plant: Plant, pipeline: Pipeline) -> None:
    plant.db.write(lambda conn: resume_pipeline(conn, pipeline.id, actor_id=ANNA, now=plant.now()))


def count_queued(plant: Plant) -> int:
    with plant.db.read() as conn:
        return len(conn.execute(select(task_item.c.key)).all())


def with_people(plant: Plant, *, names: tuple[str, ...] = ("a", "b")) -> tuple[str, Pipeline]:
    """Two items that wait for somebody to label them."""
    pool = plant.dataset("pool")
    nodes = {"raw": raw(pool), "label": label(pool), "tell": tell("old")}
    pipeline = make_flow(plant, nodes, ["raw.item > label.item", "label.submitted > tell.signal"])
    plant.add(pool, names)
    plant.settle()
    return pool, pipeline


def test_apply__refuses_to_drop_a_node_where_people_are_asked(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, _ = with_people(plant)
    with pytest.raises(Conflict, match=r"label \(2\)") as caught:
        make_flow(plant, {"raw": raw(pool), "tell": tell("new")}, ["raw.item > tell.signal"])
    assert caught.value.details == {"nodes": {"label": 2}}
    assert "'!'" in caught.value.hint


def test_migrate__people_go_on_in_their_task_and_the_new_version(plant: Plant) -> None:
    pool, _ = with_people(plant)
    nodes = {"raw": raw(pool), "annotate": label(pool), "tell": tell("new")}
    moved = make_flow(
        plant,
        nodes,
        ["raw.item > annotate.item", "annotate.submitted > tell.signal"],
        migrate={"label": "annotate"},
    )
    assert plant.label("label") == 2
    plant.settle()
    assert list_told(plant) == ["new", "new"]
    assert [(one.version, one.state) for one in plant.runs(moved)] == [(2, "done")] * 2


def test_migrate__to_another_kind_comes_in_anew_and_asks_nobody(plant: Plant) -> None:
    pool, _ = with_people(plant)
    edges = ["raw.item > tell.signal"]
    moved = make_flow(plant, {"raw": raw(pool), "tell": tell("new")}, edges, migrate={"label": "tell"})
    assert count_queued(plant) == 0
    plant.settle()
    assert list_told(plant) == ["new", "new"]
    assert plant.states(moved) == {"done": 2}
    assert plant.open_tokens(moved) == 0


def test_migrate__parked_tokens_to_another_kind(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    nodes = {"raw": raw(pool), "choose": POOL, "tell": tell("old")}
    make_flow(plant, nodes, ["raw.item > choose.item", "choose.item > tell.signal"])
    plant.add(pool, ["a", "b"])
    plant.settle()
    nodes = {"raw": raw(pool), "label": label(pool), "tell": tell("new")}
    edges = ["raw.item > label.item", "label.submitted > tell.signal"]
    moved = make_flow(plant, nodes, edges, migrate={"choose": "label"})
    plant.settle()
    assert plant.parked(moved) == {}
    assert plant.label("label") == 2
    plant.settle()
    assert list_told(plant) == ["new", "new"]
    assert plant.states(moved) == {"done": 2}


def test_migrate__what_is_on_its_way_in_the_inbox(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool), "tell": tell("old")}, ["raw.item > tell.signal"])
    pause(plant, pipeline)
    plant.add(pool, ["a", "b"])
    plant.settle()
    with pytest.raises(Conflict, match=r"raw \(2\)"):
        make_flow(plant, {"tell": tell("new")}, [], target="tell.signal")
    moved = make_flow(plant, {"tell": tell("new")}, [], target="tell.signal", migrate={"raw": "tell"})
    resume(plant, pipeline)
    plant.settle()
    assert list_told(plant) == ["new", "new"]
    assert plant.states(moved) == {"done": 2}


def test_migrate__a_node_at_work_is_left_alone(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    pipeline = make_flow(plant, {"raw": raw(pool)}, [])
    pause(plant, pipeline)
    plant.add(pool, ["a"])
    plant.settle()
    far = 2**40
    plant.db.write(lambda conn: conn.execute(inbox.update().values(token="held", leased_until_ms=far * 4)) and None)
    with pytest.raises(Conflict, match="is working on 1 tokens now"):
        make_flow(plant, {"tell": tell()}, [], target="tell.signal", migrate={"raw": "tell"})


def test_migrate__what_does_not_fit_is_refused(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool, _ = with_people(plant)
    nodes: dict[str, dict[str, JsonValue]] = {
        "raw": raw(pool),
        "score": {"type": "train"},
        "made": {"type": "create_model", "dataset": pool, "architecture": "builtin:linear", "task": "classification"},
    }
    edges = ["raw.item > made.start", "made.model > score.model"]
    with pytest.raises(Conflict, match="which takes no"):
        make_flow(plant, nodes, edges, migrate={"label": "score"})
    assert count_queued(plant) == 2


def test_migrate__to_an_exclamation_mark_cancels(plant: Plant) -> None:
    pool, _ = with_people(plant)
    moved = make_flow(
        plant, {"raw": raw(pool), "tell": tell("new")}, ["raw.item > tell.signal"], migrate={"label": "!"}
    )
    assert plant.states(moved) == {"cancelled": 2}
    assert plant.open_tokens(moved) == 0
    assert count_queued(plant) == 0
    plant.add(pool, ["c"])
    plant.settle()
    assert list_told(plant) == ["new"]


def test_apply__places_alone_make_no_version(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    first = make_flow(plant, {"raw": raw(pool)}, [])
    body = first.definition.model_dump(mode="json")
    body["nodes"][0]["at"] = {"x": 12.5, "y": -3}
    placed = plant.apply(type(first.definition).model_validate(body))
    assert placed.version == 1
    assert placed.definition.nodes[0].at is not None
    with plant.db.read() as conn:
        assert len(queries.list_versions(conn, first.id)) == 1
        assert queries.get_definition(conn, pipeline_id=first.id, version=1) == placed.definition
    body["nodes"][0]["params"] = {"dataset": plant.dataset("other")}
    assert plant.apply(type(first.definition).model_validate(body)).version == 2


def test_retry__after_a_node_was_mended_runs_the_mended_one(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    from tests.db.pipelines.test_journeys import _settle_retries

    from whorl.pipelines.actions import retry_dead_letters

    pool = plant.dataset("pool")
    broken: dict[str, JsonValue] = {"type": "predict", "model": "mdl_gone"}
    edges = ["raw.item > pre.item", "pre.item > tell.signal"]
    pipeline = make_flow(plant, {"raw": raw(pool), "pre": broken, "tell": tell()}, edges)
    plant.add(pool, ["a"])
    _settle_retries(plant, pipeline)
    assert plant.states(pipeline) == {"failed": 1}
    make_flow(plant, {"raw": raw(pool), "pre": {"type": "predict"}, "tell": tell()}, edges)
    assert plant.db.write(lambda conn: retry_dead_letters(conn, pipeline.id, node="tell")) == 0
    assert plant.db.write(lambda conn: retry_dead_letters(conn, pipeline.id, node="pre")) == 1
    plant.settle()
    assert plant.states(pipeline) == {"done": 1}
    assert [one.version for one in plant.runs(pipeline)] == [2]


def test_edit__routes_in_another_order_are_another_version(plant: Plant) -> None:
    pool = plant.dataset("pool")

    def save(*names: str) -> Pipeline:
        routes: dict[str, JsonValue] = {name: f"name:{name}*" for name in names}
        nodes: dict[str, dict[str, JsonValue]] = {"raw": raw(pool), "sort": {"type": "filter", "routes": routes}}
        return make_flow(plant, nodes, ["raw.item > sort.item"])

    assert [save("b", "a").version, save("b", "a").version, save("a", "b").version] == [1, 1, 2]
    routes = save("a", "b").definition.nodes[1].params["routes"]
    assert isinstance(routes, dict)
    assert list(routes) == ["a", "b"]
