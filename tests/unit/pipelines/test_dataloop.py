"""Pipelines of Dataloop: what maps does the same here, and every part is accounted for."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from whorl.base.errors import GraphError, JsonValue
from whorl.pipelines.dataloop.importing import import_dataloop
from whorl.pipelines.forms import dump_yaml, parse_yaml
from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types
from whorl.schemas.pipelines import ImportedPart, PipelineDefinition, PipelineImport

CASE = Path(__file__).parents[4] / "shared" / "cases" / "dataloop" / "pipeline" / "pipeline_template.json"
Body = dict[str, JsonValue]


def port(name: str, type: str = "Item", *, of: str, **more: JsonValue) -> Body:
    """A port whose id names its node and side."""
    return {"portId": f"{of}-{name}", "type": type, "name": name, **more}


def node(name: str, type: str, function: str, *, ins: list[Body], outs: list[Body], **metadata: JsonValue) -> Body:
    """A node whose id is its name."""
    place: JsonValue = {"x": 10.25, "y": 20, "z": 0}
    return {
        "id": name,
        "name": name,
        "type": type,
        "namespace": {"functionName": function},
        "inputs": list(ins),
        "outputs": list(outs),
        "metadata": {"position": place, **metadata},
    }


def item_node(
    name: str, type: str, function: str, *, actions: list[JsonValue] | None = None, **metadata: JsonValue
) -> Body:
    """A node with one way in and one out, for items."""
    out = port("item", of=f"{name}-out", **({"actions": actions} if actions else {}))
    return node(name, type, function, ins=[port("item", of=name)], outs=[out], **metadata)


def way(source: str, target: str, action: str = "", condition: str = "{}") -> Body:
    """A connection between item ports, or between ``node-port`` names."""
    ends = [one if ":" in one else f"{one}:{one}{side}-item" for one, side in ((source, "-out"), (target, ""))]
    (a, b), (c, d) = (one.split(":") for one in ends)
    found: Body = {"src": {"nodeId": a, "portId": b}, "tgt": {"nodeId": c, "portId": d}, "condition": condition}
    return {**found, "action": action} if action else found


def new_item(node_id: str, **spec: JsonValue) -> Body:
    body: Body = {"resource": "Item", "actions": ["Created"], "executionMode": "Once", **spec}
    return {"nodeId": node_id, "type": "root", "trigger": {"type": "Event", "spec": body}}


def upper_nodes() -> list[Body]:
    """The nodes that items travel through."""
    return [
        item_node("Raw Data", "storage", "dataset_handler", triggerToPipeline={"active": True}, datasetId="abc"),
        item_node("Predict", "ml", "predict", variableModel="Best Model"),
        item_node("Labeling Task", "task", "move_to_task", actions=["completed", "discard"], taskType="annotation"),
        item_node("Review Task", "task", "move_to_task", actions=["approved", "discard"], taskType="qa"),
        item_node(
            "Split", "custom", "data_split", actions=["train", "validation", "test"],
            customNodeConfig={"groups": [
                {"name": "train", "distribution": 80}, {"name": "validation", "distribution": 15},
                {"name": "test", "distribution": 5},
            ]},
        ),
        item_node("Gather", "storage", "clone_item", variableDataset="Ground Truth"),
    ]  # fmt: skip


def loop(*, with_base_evaluation: bool) -> Body:
    """The shape of an active learning pipeline: an upper flow of items, a lower flow of models."""
    ground = {"type": "Dataset", "variableName": "Ground Truth"}
    models = [
        node(
            "Create", "custom", "create_new_model",
            ins=[
                port("base_model", "Model", of="Create", variableName="Best Model"),
                port("dataset", of="Create", **ground) | {"type": "Dataset"},
                port("model_configuration", "Json", of="Create", variableName="Configuration"),
            ],
            outs=[port("new_model", "Model", of="Create"), port("base_model", "Model", of="Create-out")],
        ),
        node(
            "Train", "ml", "train",
            ins=[port("model", "Model", of="Train")], outs=[port("model", "Model", of="Train-out")],
        ),
        *(
            node(
                name, "ml", "evaluate",
                ins=[port("model", "Model", of=name), port("dataset", "Dataset", of=name, variableName="Ground Truth")],
                outs=[port("model", "Model", of=f"{name}-out")],
            )
            for name in (["New", "Base"] if with_base_evaluation else ["New"])
        ),
        node(
            "Compare", "custom", "compare_models",
            ins=[
                port("previous_model", "Model", of="Compare", variableName="Best Model"),
                port("new_model", "Model", of="Compare"),
                port("compare_config", "Json", of="Compare", variableName="Comparison"),
            ],
            outs=[port("winning_model", "Model", of="Compare", actions=["update model", "discard"])],
        ),
        node(
            "Update", "updateVariable", "update_variable",
            ins=[port("Best Model", "Model", of="Update")], outs=[port("Best Model", "Model", of="Update-out")],
        ),
    ]  # fmt: skip
    base = [way("Create:Create-out-base_model", "Base:Base-model")] if with_base_evaluation else []
    return {
        "name": "Active Learning",
        "description": "round and round",
        "nodes": [*models[::-1], *upper_nodes()],
        "connections": [
            way("Raw Data", "Predict"),
            way("Predict", "Labeling Task"),
            way("Labeling Task", "Review Task", "completed"),
            way("Review Task", "Split", "approved"),
            *(way("Split", "Gather", subset) for subset in ("train", "validation", "test")),
            way("Create:Create-new_model", "Train:Train-model"),
            way("Train:Train-out-model", "New:New-model"),
            *base,
            way("New:New-out-model", "Compare:Compare-new_model"),
            way("Compare:Compare-winning_model", "Update:Update-Best Model", "update model"),
        ],
        "variables": [
            {"name": "Best Model", "type": "Model", "value": "64a0"},
            {"name": "Ground Truth", "type": "Dataset", "value": "64a1", "description": "what is labelled"},
            {"name": "Configuration", "type": "Json", "value": {"epochs": 3}},
            {"name": "Comparison", "type": "Json", "value": {"precision_recall": {"min_delta": 0.01}}},
            {"name": "Train Subset Filter", "type": "Json", "value": {"filter": {}}},
        ],
        "startNodes": [
            new_item("Raw Data", filter={"$and": [{"hidden": False}, {"type": "file"}]}),
            {"nodeId": "Create", "type": "trigger", "trigger": {"type": "Cron", "spec": {"cron": "0 9 * * 1"}}},
        ],
    }


def imported(document: JsonValue) -> PipelineImport:
    found = import_dataloop(document, types=node_types())
    assert parse_yaml(dump_yaml(found.definition)) == found.definition
    return found


def ways(definition: PipelineDefinition) -> set[str]:
    return {f"{edge.source} > {edge.target}" + (f" if {edge.when}" if edge.when else "") for edge in definition.edges}


def errors(definition: PipelineDefinition) -> list[str]:
    return [one.message for one in find_problems(definition, node_types()) if one.severity == "error"]


def unmapped(found: PipelineImport) -> list[ImportedPart]:
    return [part for part in found.parts if part.became is None]


UPPER = {
    "raw_data.item > predict.item",
    "predict.item > labeling_task.item",
    "labeling_task.submitted > review_task.item",
    "review_task.approved > split.item",
    "split.train > gather.item",
    "split.validation > gather.item",
    "split.test > gather.item",
}
LOWER = {
    "create.model > train.model",
    "train.model > new.model",
    "new.evaluation > compare_meet.challenger",
    "compare_meet.both > compare.both",
    "compare.promote > update.model",
}


def test_import__active_learning_runs_here_and_its_comparison_waits_for_both_evaluations() -> None:
    found = imported(loop(with_base_evaluation=True))
    definition = found.definition
    assert ways(definition) == UPPER | LOWER | {"create.base > base.model", "base.evaluation > compare_meet.champion"}
    assert errors(definition) == []
    params = {one.id: one.params for one in definition.nodes}
    assert params["review_task"] == {
        "dataset": {"$var": "raw_data_dataset"}, "task": "Review Task", "label_task": "Labeling Task"
    }  # fmt: skip
    assert params["split"] == {"dataset": {"$var": "raw_data_dataset"}, "validation": 0.15, "test": 0.05}
    assert params["gather"] == {"dataset": {"$var": "ground_truth"}}
    assert params["compare"] == {"min_delta": 0.01}
    assert params["update"] == {"variable": "best_model"}
    assert params["predict"] == {"model": {"$var": "best_model"}}
    values = {one.name: (one.type.value, one.value) for one in definition.variables}
    assert values == {
        "best_model": ("model", None),
        "ground_truth": ("dataset", None),
        "raw_data_dataset": ("dataset", None),
        "configuration": ("json", {"epochs": 3}),
        "architecture": ("text", "builtin:tinydet"),
        "model_task": ("text", "detection"),
    }
    assert [one.model_dump(mode="json", exclude_defaults=True) for one in definition.triggers] == [
        {
            "id": "item_created", "target": "raw_data.item", "event": "item.created",
            "dataset": {"$var": "raw_data_dataset"},
        },
        {"id": "cron", "target": "create.start", "cron": "0 9 * * 1"},
    ]  # fmt: skip
    assert definition.nodes[0].at is not None
    assert [(part.what, part.name, part.note) for part in unmapped(found)] == [
        ("variable", "Comparison", "Its min_delta is a parameter of 'Compare'; the rest is not needed."),
        ("variable", "Train Subset Filter", "Nothing that was mapped reads it."),
    ]
    assert len(found.parts) == 12 + 12 + 5 + 2


def test_import__a_comparison_without_a_scored_base_model_gets_an_evaluation_of_it() -> None:
    found = imported(loop(with_base_evaluation=False))
    assert ways(found.definition) == UPPER | LOWER | {
        "create.base > compare_test_base.model",
        "compare_test_base.evaluation > compare_meet.champion",
    }
    assert errors(found.definition) == []


def test_import__the_template_of_an_app_and_its_placeholders() -> None:
    document: Body = {"components": {"pipelineTemplates": [loop(with_base_evaluation=True), {"name": "x"}]}}
    assert imported(document).definition.name == "Active Learning"


def test_import__code_is_gone_round_and_both_conditions_hold() -> None:
    document: Body = {
        "name": "code",
        "nodes": [
            item_node("in", "storage", "dataset_handler"),
            item_node("resize", "function", "resize"),
            item_node("work", "task", "move_to_task", actions=["complete", "escalated"], taskType="annotation"),
            item_node("out", "storage", "clone_item"),
        ],
        "connections": [
            way("in", "resize", condition=json.dumps({"filter": {"$and": [{"name": "day/*"}]}})),
            way("resize", "work", condition=json.dumps({"$or": [{"width": {"$gte": 640}}, {"height": 480}]})),
            way("work", "out", "escalated"),
            way("work", "nowhere", "complete"),
            way("in", "out", condition='{"$near": 1}'),
            way("in", "out", condition="{"),
        ],
        "startNodes": [
            {"nodeId": "in", "type": "root"},
            {"nodeId": "resize", "trigger": {"type": "Event", "spec": {"resource": "Task", "actions": ["Created"]}}},
            {"nodeId": "resize", "trigger": {"type": "Cron", "spec": {"cron": "every day"}}},
            new_item("resize", actions=["Updated", "Deleted"], executionMode="Always", filter={"name": "night/*"}),
        ],
    }
    found = imported(document)
    assert ways(found.definition) == {
        'in.item > work.item if name~"day/*" width>=640.0',
        'in.item > work.item if name~"day/*" height:480.0',
    }
    told = {(part.what, part.name): part.note for part in unmapped(found)}
    assert list(told) == [
        ("node", "resize"),
        ("connection", "resize -> work"),
        ("connection", "work -> out"),
        ("connection", "work -> nothing"),
        ("connection", "in -> out"),
        ("trigger", "resize"),
    ]
    assert "escalated" in told["connection", "work -> out"]
    assert [one.model_dump(mode="json", exclude_defaults=True) for one in found.definition.triggers] == [
        {"id": "item_created", "target": "in.item", "event": "item.created", "max_fires": 0},
        {
            "id": "item_updated",
            "target": "work.item",
            "event": "item.updated",
            "dataset": {"$var": "in_dataset"},
            "mode": "always",
            "filter": 'name~"night/*"',
        },
    ]


def test_import__consensus_and_its_agreement_are_one_node() -> None:
    agreement = {"agreement_threshold": 0.75}
    document: Body = {
        "name": "three",
        "nodes": [
            item_node("Raw", "storage", "dataset_handler"),
            item_node(
                "Three", "task", "move_to_task", actions=["discard", "completed", "consensus_done"],
                taskType="annotation", consensusTaskType="consensus",
            ),
            item_node("Score", "custom", "create_task_item_score"),
            item_node(
                "Agree", "custom", "consensus_agreement", actions=["consensus passed", "consensus failed"],
                customNodeConfig=agreement,
            ),
            item_node("Done", "storage", "clone_item"),
            item_node("Again", "task", "move_to_task", actions=["approved", "discard"], taskType="qa"),
            item_node("Test", "task", "move_to_task", taskType="annotation", consensusTaskType="qualification"),
        ],
        "connections": [
            way("Raw", "Three"),
            way("Three", "Score", "consensus_done"),
            way("Score", "Agree"),
            way("Agree", "Done", "consensus passed"),
            way("Agree", "Again", "consensus failed"),
            way("Three", "Done", "discard"),
        ],
        "startNodes": [new_item("Raw")],
    }  # fmt: skip
    found = imported(document)
    assert ways(found.definition) == {
        "raw.item > three.item",
        "three.agreed > done.item",
        "three.disputed > again.item",
        "three.discarded > done.item",
    }
    params = {one.id: one.params for one in found.definition.nodes}
    assert params["three"] == {"dataset": {"$var": "raw_dataset"}, "task": "Three", "min_agreement": 0.75}
    assert params["again"]["label_task"] == "Three"
    assert errors(found.definition) == []
    assert {part.name for part in unmapped(found) if part.what == "node"} == {"Score", "Agree", "Test"}


@pytest.mark.shared
def test_import__the_reference_case() -> None:
    found = imported(json.loads(CASE.read_text(encoding="utf-8")))
    assert [(one.id, one.type) for one in found.definition.nodes] == [("my_task", "label")]
    assert [(one.target, one.type) for one in found.definition.triggers] == [("my_task.item", "event")]
    assert errors(found.definition) == []
    assert [part.name for part in unmapped(found)] == [
        "automate",
        "My Function",
        "automate -> My Task",
        "My Task -> My Function",
    ]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "no list of nodes"),
        ([], "no list of nodes"),
        ({"nodes": {}}, "no list of nodes"),
        ({"nodes": [1]}, "nodes is not a list of objects"),
        ({"nodes": [{}]}, "nodes.0 has no id"),
        ({"nodes": [{"id": 5}]}, "nodes.0 has no id"),
        ({"nodes": [{"id": "a"}, {"id": "a"}]}, "nodes.1: a second node has the id 'a'"),
        ({"nodes": [{"id": "a"}], "connections": 3}, "connections is not a list of objects"),
        ({"nodes": [{"id": "a"}], "variables": [{}]}, "variables.0 has no name"),
        ({"nodes": [{"id": str(n)} for n in range(2001)]}, "2,001 nodes; at most 2,000"),
        ({"nodes": [{"id": "a", "type": "dataset"}], "edges": []}, "a pipeline of Whorl already"),
        ({"nodes": [{"id": "a"}]}, "not one of the 1 nodes of 'imported' maps"),
    ],
)
def test_import__what_it_cannot_read(document: JsonValue, message: str) -> None:
    with pytest.raises(GraphError, match=message) as caught:
        import_dataloop(document, types=node_types())
    assert caught.value.hint


def test_import__more_than_a_pipeline_holds_is_refused() -> None:
    nodes = [item_node(f"n{number}", "storage", "dataset_handler") for number in range(201)]
    with pytest.raises(GraphError, match="nodes: List should have at most 200 items"):
        imported({"name": "many", "nodes": nodes})


@pytest.mark.parametrize("junk", [None, 7, "x", [], [[]], {"a": {}}, True, float("inf")])
def test_import__junk_in_any_place_is_refused_or_passed_over(junk: JsonValue) -> None:
    documents = _with_junk(loop(with_base_evaluation=True), junk)
    taken = 0
    for document in documents:
        with suppress(GraphError):
            import_dataloop(document, types=node_types())
            taken += 1
    assert 0 < taken < len(documents)


def _with_junk(document: Body, junk: JsonValue) -> list[JsonValue]:
    """The document once for each place in it, with junk put there."""
    found: list[JsonValue] = []

    def walk(value: JsonValue, path: tuple[str | int, ...]) -> None:
        if path:
            found.append(_put(document, path, junk))
        inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        for key, one in inside:
            walk(one, (*path, key))

    walk(document, ())
    return found


def _put(value: JsonValue, path: tuple[str | int, ...], junk: JsonValue) -> JsonValue:
    if not path:
        return junk
    copy = dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value
    copy[path[0]] = _put(value[path[0]], path[1:], junk)  # type: ignore[index,call-overload]
    return copy
