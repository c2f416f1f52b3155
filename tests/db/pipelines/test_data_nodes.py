"""filter, sample and set_metadata on both databases."""

from __future__ import annotations

import io
import zipfile
from collections import Counter

from sqlalchemy import select
from tests.db.pipelines.conftest import ANNA, Plant
from tests.db.pipelines.flows import list_told, make_flow, raw, tell

from whorl.base.errors import JsonValue
from whorl.datasets.actions import delete_items, update_items
from whorl.datasets.queries import get_dataset, get_item
from whorl.engine.jobs import list_jobs
from whorl.pipelines.nodes.sample import draw
from whorl.schemas.datasets import Item, ItemPatch
from whorl.schemas.pipelines import Pipeline
from whorl.store.db.tables import event

ROUTES: JsonValue = {"bright": "name:bright*", "first": "name:*1"}


def _ports(plant: Plant, pipeline: Pipeline, node: str) -> dict[str, list[str]]:
    """Name of the item to the ports it left the node by, as its step says."""
    found: dict[str, list[str]] = {}
    for run in plant.runs(pipeline):
        for step in plant.journey(run):
            if step.node == node:
                with plant.db.read() as conn:
                    name = get_item(conn, step.ref).name
                routes = step.output.get("routes")
                found[name] = list(routes) if isinstance(routes, list) else [step.port]
    return found


def _delete(plant: Plant, item: Item) -> None:
    plant.db.write(lambda conn: delete_items(conn, item.dataset_id, [item.id], actor_id=ANNA, now=plant.now()))


def _metadata(plant: Plant, item: Item) -> dict[str, JsonValue]:
    with plant.db.read() as conn:
        return get_item(conn, item.id).metadata


def test_filter__first_route_wins(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "by": {"type": "filter", "routes": ROUTES}, "a": tell("a"), "b": tell("b"), "c": tell("c")},
        ["raw.item > by.item", "by.bright > a.signal", "by.first > b.signal", "by.rest > c.signal"],
    )
    plant.add(pool, ["bright1", "bright2", "dark1", "dark2"])
    plant.settle()
    assert _ports(plant, pipeline, "by") == {
        "bright1": ["bright"],
        "bright2": ["bright"],
        "dark1": ["first"],
        "dark2": ["rest"],
    }
    assert Counter(list_told(plant)) == {"a": 2, "b": 1, "c": 1}
    assert plant.states(pipeline) == {"done": 4}


def test_filter__all_routes_that_match(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "by": {"type": "filter", "routes": ROUTES, "mode": "all"}, "a": tell("a"), "b": tell("b")},
        ["raw.item > by.item", "by.bright > a.signal", "by.first > b.signal"],
    )
    plant.add(pool, ["bright1", "bright2", "dark1", "dark2"])
    plant.settle()
    assert _ports(plant, pipeline, "by")["bright1"] == ["bright", "first"]
    assert Counter(list_told(plant)) == {"a": 2, "b": 2}
    assert (plant.states(pipeline), plant.open_tokens(pipeline)) == ({"done": 4}, 0)


def test_filter__deleted_item_ends_and_the_others_go_on(plant: Plant) -> None:
    pool = plant.dataset("pool")
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "by": {"type": "filter", "routes": ROUTES}, "a": tell("a")},
        ["raw.item > by.item", "by.bright > a.signal"],
    )
    items = plant.add(pool, ["bright1", "bright2"])
    _delete(plant, items[0])
    plant.settle()
    assert list_told(plant) == ["a"]
    assert plant.states(pipeline) == {"done": 2}
    step = next(one for one in plant.journey(plant.runs(pipeline)[0]) if one.node == "by")
    assert (step.port, step.output) == ("", {"ended": "the item was deleted"})


def test_sample__same_items_each_time_and_groups_together(plant: Plant) -> None:
    pool = plant.dataset("pool")
    names = [f"a{at}" for at in range(30)]
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "some": {"type": "sample", "share": 0.4, "seed": 3, "by": "group"}},
        ["raw.item > some.item"],
    )
    items = plant.add(pool, names)
    scenes = {item.id: ItemPatch(group_key=f"scene {at % 6}") for at, item in enumerate(items)}
    plant.db.write(lambda conn: update_items(conn, pool, scenes, actor_id=ANNA, now=plant.now()))
    plant.settle()
    drawn = {name: ports[0] for name, ports in _ports(plant, pipeline, "some").items()}
    assert drawn == {f"a{at}": "item" if draw(f"scene {at % 6}", seed=3) < 0.4 else "rest" for at in range(30)}
    assert set(drawn.values()) == {"item", "rest"}


def test_set_metadata__writes_once_and_says_who(sqlite_plant: Plant) -> None:
    plant = sqlite_plant  # its engine's clock is the test's
    pool = plant.dataset("pool")
    said: JsonValue = {"camera.site": "north", "flow.run": "$run", "flow.name": "$pipeline", "at": "$now"}
    pipeline = make_flow(
        plant,
        {"raw": raw(pool), "write": {"type": "set_metadata", "set": said, "remove": ["old"]}, "a": tell("a")},
        ["raw.item > write.item", "write.item > a.signal"],
    )
    items = plant.add(pool, ["one", "two"])
    old: dict[str, JsonValue] = {"old": 1, "camera": {"id": 4}}
    patches = {item.id: ItemPatch(metadata=old) for item in items}
    plant.db.write(lambda conn: update_items(conn, pool, patches, actor_id=ANNA, now=plant.now()))
    with plant.db.read() as conn:
        before = get_dataset(conn, pool).revision
    plant.broken_commits["write"] = 1
    plant.settle(patience_s=60)
    runs = {run.ref: run.id for run in plant.runs(pipeline)}
    for item in items:
        held = _metadata(plant, item)
        assert isinstance(held.pop("at"), str)
        assert held == {"camera": {"id": 4, "site": "north"}, "flow": {"run": runs[item.id], "name": "flow"}}
    with plant.db.read() as conn:
        assert get_dataset(conn, pool).revision == before + 1
        told = conn.execute(
            select(event.c.subject_id, event.c.cause).where(event.c.kind == "item.updated", event.c.cause.is_not(None))
        ).all()
    assert sorted((one.subject_id, one.cause.partition(":")[0]) for one in told) == sorted(
        (item.id, pipeline.id) for item in items
    )
    assert list_told(plant) == ["a", "a"]


def test_set_metadata__its_own_change_starts_nothing(plant: Plant) -> None:
    pool = plant.dataset("pool")
    body = {"type": "set_metadata", "set": {"count": "$now"}}
    pipeline = make_flow(plant, {"raw": raw(pool), "write": body}, ["raw.item > write.item"], on="item.updated")
    item = plant.add(pool, ["one"])[0]
    plant.settle()
    assert plant.runs(pipeline) == []
    touch = {item.id: ItemPatch(metadata={"touched": True})}
    plant.db.write(lambda conn: update_items(conn, pool, touch, actor_id=ANNA, now=plant.now()))
    plant.settle()
    assert len(plant.runs(pipeline)) == 1
    assert "count" in _metadata(plant, item)


def test_set_metadata__deleted_item_ends_and_nothing_new_takes_no_revision(plant: Plant) -> None:
    pool = plant.dataset("pool")
    body = {"type": "set_metadata", "set": {"seen": True}}
    pipeline = make_flow(plant, {"raw": raw(pool), "write": body}, ["raw.item > write.item"])
    items = plant.add(pool, ["one", "two"])
    seen = {items[1].id: ItemPatch(metadata={"seen": True})}
    plant.db.write(lambda conn: update_items(conn, pool, seen, actor_id=ANNA, now=plant.now()))
    _delete(plant, items[0])
    with plant.db.read() as conn:
        before = get_dataset(conn, pool).revision
    plant.settle()
    with plant.db.read() as conn:
        assert get_dataset(conn, pool).revision == before
    assert plant.states(pipeline) == {"done": 2}


def test_export__archive_is_a_job_that_is_done(plant: Plant) -> None:
    pool = plant.dataset("pool")
    body: dict[str, JsonValue] = {"type": "export", "dataset": pool, "format": "folder", "query": "name:bright*"}
    pipeline = make_flow(
        plant, {"out": body, "done": tell("exported")}, ["out.done > done.signal"], target="out.start", on="run.ended"
    )
    plant.add(pool, ["bright1.png", "bright2.png", "dark.png"])
    assert plant.start(pipeline, "out.start")
    plant.settle()
    with plant.db.read() as conn:
        (job,) = list_jobs(conn, project_id=plant.project_id, kind="export")
    assert (job.state, job.progress, job.actor_id, job.result["items"]) == ("done", 1.0, pipeline.id, 2)
    archive = plant.services.blobs.get(str(job.result["file_key"]))
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        assert sorted(packed.namelist()) == ["bright1.png", "bright2.png"]
    assert list_told(plant) == ["exported"]
    assert [(step.node, step.ref) for step in plant.journey(plant.runs(pipeline)[0])] == [("out", ""), ("done", job.id)]


def test_export__a_broken_commit_makes_one_job(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    body: dict[str, JsonValue] = {"type": "export", "dataset": pool, "format": "coco"}
    pipeline = make_flow(plant, {"out": body}, [], target="out.start", on="run.ended")
    plant.broken_commits["out"] = 2
    assert plant.start(pipeline, "out.start")
    plant.settle(patience_s=60)
    with plant.db.read() as conn:
        assert len(list_jobs(conn, kind="export")) == 1
    assert len([one for one in plant.services.blobs.list() if one.key.startswith("exports/")]) == 1
    assert plant.states(pipeline)["done"] >= 1
