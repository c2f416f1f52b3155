"""A dry run does the work and leaves no trace."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from sqlalchemy import select
from tests.db.pipelines.conftest import Plant
from tests.db.pipelines.flows import raw, tell

from whorl.base.errors import Conflict, JsonValue
from whorl.pipelines.dry_guards import DryBlobs, DryDatabase
from whorl.pipelines.dry_run import dry_run
from whorl.pipelines.graph import build_graph
from whorl.pipelines.nodes import node_types
from whorl.pipelines.starting import find_door
from whorl.schemas.pipeline_runs import DryRun
from whorl.schemas.pipelines import PipelineDefinition
from whorl.schemas.records import Subset
from whorl.store.blobs import open_blobs
from whorl.store.db.tables import metadata


@dataclass
class Flow:
    """A definition in short."""

    nodes: dict[str, dict[str, JsonValue]]
    edges: list[str] = field(default_factory=list)

    def definition(self) -> PipelineDefinition:
        nodes = [
            {"id": name, "type": params["type"], "params": {k: v for k, v in params.items() if k != "type"}}
            for name, params in self.nodes.items()
        ]
        edges = []
        for text in self.edges:
            way, _, when = text.partition(" if ")
            source, _, target = way.partition(" > ")
            edges.append({"source": source, "target": target, "when": when or None})
        first, port = next(iter(self.nodes)), "start" if self.nodes.get("begin") else "item"
        trigger = {"id": "new", "type": "event", "target": f"{first}.{port}", "event": "item.created"}
        return PipelineDefinition.model_validate(
            {"name": "flow", "nodes": nodes, "edges": edges, "triggers": [trigger]}
        )


def every_row(plant: Plant) -> dict[str, list[tuple[object, ...]]]:
    """All that the database holds."""
    with plant.db.read() as conn:
        return {
            name: sorted((tuple(map(repr, row)) for row in conn.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def every_blob(plant: Plant) -> set[str]:
    return {one.key for one in plant.services.blobs.list()}


def attempt(plant: Plant, flow: Flow, refs: list[str], *, seconds: float = 60.0) -> DryRun:
    graph = build_graph(flow.definition(), node_types())
    return dry_run(
        plant.services,
        graph,
        find_door(graph, None),
        refs,
        project_id=plant.project_id,
        variables={},
        seconds=seconds,
    )


def test_dry_run__goes_all_the_way_and_writes_nothing(plant: Plant) -> None:
    pool, shelf = plant.dataset("pool"), plant.dataset("shelf")
    items = plant.add(pool, ["a", "b", "c"], subset=Subset.TRAIN)
    flow = Flow(
        {
            "raw": raw(pool),
            "choose": {"type": "select", "budget": 2, "strategy": "random"},
            "pre": {"type": "predict"},
            "label": {"type": "label", "dataset": pool, "task": "label"},
            "divide": {"type": "split", "dataset": pool},
            "gather": {"type": "collect", "dataset": shelf},
            "tell": tell(),
        },
        [
            "raw.item > choose.item",
            "choose.item > pre.item",
            "pre.item > label.item",
            "label.submitted > divide.item",
            "divide.train > gather.item",
            "gather.item > tell.signal",
        ],
    )
    before, blobs = every_row(plant), every_blob(plant)
    found = attempt(plant, flow, [item.id for item in items])
    assert every_row(plant) == before
    assert every_blob(plant) == blobs
    assert {one.node: (one.came, one.went, one.waits, one.error) for one in found.nodes} == {
        "raw": (3, {"item": 3}, 0, None),
        "choose": (3, {"item": 2}, 1, None),
        "pre": (2, {"item": 2}, 0, None),
        "label": (2, {"submitted": 2}, 2, None),
        "divide": (2, {"train": 2}, 0, None),
        "gather": (2, {"item": 2}, 0, None),
        "tell": (2, {}, 0, None),
    }
    assert "label: tokens would wait here for a person; the dry run goes on by 'submitted'" in found.notes
    assert "items that would be new are stood for by what they were made of" in found.notes
    assert {step.node for step in found.steps} == set(flow.nodes)


def test_dry_run__conditions_see_what_the_node_before_wrote(plant: Plant) -> None:
    pool = plant.dataset("pool")
    items = plant.add(pool, [f"bright {n}" for n in range(6)])
    flow = Flow(
        {"divide": {"type": "split", "dataset": pool, "validation": 0.5}, "yes": tell(), "no": tell()},
        ["divide.train > yes.signal if subset:train", "divide.validation > no.signal if subset:train"],
    )
    found = {one.node: one for one in attempt(plant, flow, [item.id for item in items]).nodes}
    assert found["yes"].came == found["divide"].went["train"] > 0
    assert "no" not in found


def test_dry_run__models_are_neither_made_nor_trained(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    items = plant.add(pool, ["a"])
    flow = Flow(
        {
            "raw": raw(pool),
            "made": {
                "type": "create_model",
                "dataset": pool,
                "architecture": "builtin:linear",
                "task": "classification",
            },
            "train": {"type": "train"},
        },
        ["raw.item > made.start", "made.model > train.model"],
    )
    before = every_row(plant)
    found = attempt(plant, flow, [items[0].id])
    assert [(one.node, one.went) for one in found.nodes] == [("raw", {"item": 1}), ("made", {})]
    assert found.notes == ["made: not run: models are not made, trained, tested or changed in a dry run"]
    assert every_row(plant) == before


def test_dry_run__says_where_it_would_break_and_goes_on_elsewhere(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    pool = plant.dataset("pool")
    items = plant.add(pool, ["a"])
    flow = Flow(
        {"raw": raw(pool), "pre": {"type": "predict", "model": "mdl_gone"}, "tell": tell()},
        ["raw.item > pre.item", "raw.item > tell.signal"],
    )
    found = {one.node: one for one in attempt(plant, flow, [items[0].id]).nodes}
    assert "mdl_gone" in (found["pre"].error or "")
    assert found["pre"].went == {}
    assert (found["tell"].came, found["tell"].error) == (1, None)


def test_dry_run__stops_when_the_time_is_up(sqlite_plant: Plant) -> None:
    pool = sqlite_plant.dataset("pool")
    items = sqlite_plant.add(pool, ["a"])
    found = attempt(sqlite_plant, Flow({"raw": raw(pool)}), [items[0].id], seconds=-1)
    assert found.notes == ["raw: not run: the time was up"]


def test_dry_database__refuses_writes_and_undoes_those_it_is_asked_to(sqlite_plant: Plant) -> None:
    dry = DryDatabase(sqlite_plant.db)
    with pytest.raises(Conflict, match="dry run"):
        dry.write(lambda conn: None)
    before = every_row(sqlite_plant)
    insert = metadata.tables["event_cursor"].insert().values(reader="dry", event_id=7)
    assert dry.write_and_undo(lambda conn: conn.execute(insert).rowcount) == 1
    assert every_row(sqlite_plant) == before
    with pytest.raises(ZeroDivisionError):
        dry.write_and_undo(lambda conn: 1 / 0)


def test_dry_blobs__keep_what_is_written_to_themselves() -> None:
    real = open_blobs("memory://")
    real.put("a/b", b"real")
    dry = DryBlobs(real)
    assert dry.put_if_absent("a/b", b"other") is False
    assert dry.put_if_absent("a/c", b"12345") is True
    assert (dry.get("a/b"), dry.get("a/c"), dry.get_range("a/c", start=1, length=2)) == (b"real", b"12345", b"23")
    dry.delete("a/b")
    assert [one.key for one in real.list()] == ["a/b"]
