"""What the builder writes, and what it refuses at once."""

from __future__ import annotations

import pytest

import whorl
from whorl.base.errors import GraphError
from whorl.pipelines.nodes import describe_nodes
from whorl.schemas.pipelines import PipelineDefinition


def test_builder__writes_the_same_as_json() -> None:
    flow = whorl.PipelineBuilder("loop", description="round and round")
    pool = flow.variable("pool", "dataset", "dst_1", description="where images come in")
    raw = flow.add("raw", "dataset", dataset=pool)
    label = flow.add("label", "label", {"dataset": pool}, task="label", at=(10, 20.5))
    keep = flow.add("keep", "collect", dataset="dst_2")
    (raw["item"] >> label["item"])["submitted"].when("label:car") >> keep["item"]
    flow.connect("raw.item", keep["item"], when="label:bus")
    flow.on("item.created", to=raw["item"], dataset=pool)
    flow.on("item.created", to="raw.item", node=label, unless_active=[raw, "keep"], max_fires=3)
    flow.every(5, "item.created", to=raw["item"], rounds_of=raw)
    flow.cron("0 9 * * 1", to=raw["item"], missed="skip", id="mondays")
    assert flow.definition() == PipelineDefinition.model_validate(
        {
            "name": "loop",
            "description": "round and round",
            "variables": [{"name": "pool", "type": "dataset", "value": "dst_1", "description": "where images come in"}],
            "nodes": [
                {"id": "raw", "type": "dataset", "params": {"dataset": {"$var": "pool"}}},
                {
                    "id": "label",
                    "type": "label",
                    "params": {"dataset": {"$var": "pool"}, "task": "label"},
                    "at": {"x": 10, "y": 20.5},
                },
                {"id": "keep", "type": "collect", "params": {"dataset": "dst_2"}},
            ],
            "edges": [
                {"source": "raw.item", "target": "label.item"},
                {"source": "label.submitted", "target": "keep.item", "when": "label:car"},
                {"source": "raw.item", "target": "keep.item", "when": "label:bus"},
            ],
            "triggers": [
                {
                    "type": "event",
                    "id": "item_created",
                    "target": "raw.item",
                    "event": "item.created",
                    "dataset": {"$var": "pool"},
                },
                {
                    "type": "event",
                    "id": "item_created_2",
                    "target": "raw.item",
                    "event": "item.created",
                    "node": "label",
                    "unless_active": ["raw", "keep"],
                    "max_fires": 3,
                },
                {
                    "type": "count",
                    "id": "every_item_created",
                    "target": "raw.item",
                    "event": "item.created",
                    "every": 5,
                    "rounds_of": "raw",
                },
                {"type": "cron", "id": "mondays", "target": "raw.item", "cron": "0 9 * * 1", "missed": "skip"},
            ],
        }
    )


@pytest.fixture
def flow() -> whorl.PipelineBuilder:
    """A builder with a variable and a node, which knows no types."""
    made = whorl.PipelineBuilder("flow")
    made.variable("pool", "dataset")
    made.add("raw", "dataset")
    return made


@pytest.fixture
def typed() -> whorl.PipelineBuilder:
    """A builder that knows the types of nodes."""
    return whorl.PipelineBuilder("flow", node_types=describe_nodes())


def test_builder__names_are_checked_at_once(flow: whorl.PipelineBuilder) -> None:
    with pytest.raises(GraphError, match="two nodes are called 'raw'"):
        flow.add("raw", "label")
    with pytest.raises(GraphError, match="two variables are called 'pool'"):
        flow.variable("pool", "model")
    with pytest.raises(GraphError, match="node 'Raw': id: String should match pattern") as caught:
        flow.add("Raw", "label")
    assert caught.value.hint.startswith("Names begin with a letter")
    with pytest.raises(GraphError, match="variable 'x': type: Input should be 'model'"):
        flow.variable("x", "colour")  # type: ignore[arg-type]
    with pytest.raises(GraphError, match=r"edge raw -> raw\.item: source: String should match pattern"):
        flow.connect("raw", "raw.item")
    assert [node.id for node in flow.definition().nodes] == ["raw"]


def test_builder__a_variable_inside_a_value_is_refused(flow: whorl.PipelineBuilder) -> None:
    pool = flow.variable("other", "dataset")
    with pytest.raises(GraphError, match=r"x\.datasets: the variable 'other' stands inside a value"):
        flow.add("x", "code", datasets=[{"a": pool}])  # type: ignore[list-item]


def test_builder__a_node_alone_is_no_end_when_its_ports_are_not_known(flow: whorl.PipelineBuilder) -> None:
    label = flow.add("label", "label")
    with pytest.raises(GraphError, match="which port of 'label': its ports are not known here"):
        flow.connect("raw.item", label)


def test_builder__with_types_ports_are_checked_and_single_ones_found(typed: whorl.PipelineBuilder) -> None:
    raw, label = typed.add("raw", "dataset"), typed.add("label", "label")
    assert (raw["item"] >> label).id == "label"
    typed.on("item.created", to=raw)
    assert typed.definition().edges[0].target == "label.item"
    assert typed.definition().triggers[0].target == "raw.item"
    with pytest.raises(GraphError, match="node 'label' has no port 'done' among its outputs") as caught:
        label["done"] >> raw["item"]
    assert caught.value.hint == "It has: submitted, discarded."
    with pytest.raises(GraphError, match="which port of 'label': it has submitted, discarded"):
        typed.connect(label, raw)
    with pytest.raises(GraphError, match="node 'x': unknown type 'labels'"):
        typed.add("x", "labels")


def test_builder__without_a_node_there_is_no_definition() -> None:
    with pytest.raises(GraphError, match="pipeline 'empty': nodes: List should have at least 1 item"):
        whorl.PipelineBuilder("empty").definition()
