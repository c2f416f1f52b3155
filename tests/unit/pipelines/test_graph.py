"""What validation says of definitions, good and bad."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from whorl.base.errors import GraphError, JsonValue
from whorl.pipelines.forms import dump_yaml, parse_yaml
from whorl.pipelines.graph import build_graph, find_problems, resolve_params
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates import list_templates, load_template
from whorl.schemas.pipelines import PipelineDefinition

DATASET = "dst_01jd0000000000000000000000"


def _definition(**changes: JsonValue) -> PipelineDefinition:
    body: dict[str, JsonValue] = {
        "name": "small",
        "nodes": [
            {"id": "raw", "type": "dataset", "params": {"dataset": DATASET}},
            {"id": "label", "type": "label", "params": {"dataset": DATASET, "task": "label"}},
        ],
        "edges": [{"source": "raw.item", "target": "label.item"}],
        "triggers": [{"id": "new", "type": "event", "target": "raw.item", "event": "item.created"}],
    }
    return PipelineDefinition.model_validate(body | changes)


def _problems(definition: PipelineDefinition) -> list[tuple[str, str | None, str | None]]:
    return [(one.code, one.node, one.port) for one in find_problems(definition, node_types())]


def test_build_graph__sound_definition_is_walked_sinks_first() -> None:
    assert build_graph(_definition(), node_types()).sinks_first() == ["label", "raw"]


@pytest.mark.parametrize("name", list_templates())
def test_template__is_sound_and_survives_yaml(name: str) -> None:
    definition = load_template(name)
    problems = [one for one in find_problems(definition, node_types()) if one.severity == "error"]
    assert {one.code for one in problems} <= {"reserved_type"}
    assert parse_yaml(dump_yaml(definition)) == definition


def test_find_problems__cycle_names_the_way_round() -> None:
    definition = _definition(
        nodes=[
            {"id": "raw", "type": "dataset", "params": {"dataset": DATASET}},
            {"id": "a", "type": "predict"},
            {"id": "b", "type": "predict"},
        ],
        edges=[
            {"source": "raw.item", "target": "a.item"},
            {"source": "a.item", "target": "b.item"},
            {"source": "b.item", "target": "a.item"},
        ],
    )
    found = list(find_problems(definition, node_types()))
    assert [(one.code, one.node) for one in found] == [("cycle", "a")]
    assert "a -> b -> a" in found[0].message


def _without(key: str) -> Callable[[], PipelineDefinition]:
    return lambda: _definition(**{key: []})


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (_without("triggers"), [("unfed_input", "raw", "item")]),
        (
            lambda: _definition(edges=[{"source": "raw.pixels", "target": "label.item"}]),
            [("unknown_port", "raw", "pixels")],
        ),
        (
            lambda: _definition(edges=[{"source": "raw.item", "target": "labels.item"}]),
            [("unknown_node", "labels", None)],
        ),
        (
            lambda: _definition(
                nodes=[
                    {"id": "raw", "type": "dataset", "params": {"dataset": DATASET}},
                    {"id": "label", "type": "train"},
                ],
                edges=[{"source": "raw.item", "target": "label.model"}],
            ),
            [("type_mismatch", "label", "model")],
        ),
        (
            lambda: _definition(nodes=[{"id": "raw", "type": "datasett"}], edges=[]),
            [("unknown_type", "raw", None)],
        ),
        (
            lambda: _definition(
                nodes=[{"id": "raw", "type": "dataset", "params": {"dataset": {"$var": "pool"}}}], edges=[]
            ),
            [("missing_variable", "raw", None)],
        ),
        (
            lambda: _definition(
                nodes=[{"id": "raw", "type": "dataset", "params": {"dataset": DATASET, "sise": 3}}], edges=[]
            ),
            [("bad_parameter", "raw", None)],
        ),
        (
            lambda: _definition(
                triggers=[
                    {
                        "id": "t",
                        "type": "event",
                        "target": "raw.item",
                        "event": "run.ended",
                        "node": "gone",
                        "unless_active": ["raw", "away"],
                    }
                ]
            ),
            [("type_mismatch", "raw", "item"), ("unknown_node", "gone", None), ("unknown_node", "away", None)],
        ),
        (
            lambda: _definition(
                triggers=[
                    {
                        "id": "t",
                        "type": "count",
                        "target": "raw.item",
                        "event": "item.created",
                        "every": 1,
                        "rounds_of": "gone",
                    }
                ]
            ),
            [("type_mismatch", "raw", "item"), ("unknown_node", "gone", None)],
        ),
        (
            lambda: _definition(triggers=[{"id": "t", "type": "cron", "target": "raw.item", "cron": "every day"}]),
            [("type_mismatch", "raw", "item"), ("bad_cron", "raw", None)],
        ),
        (
            lambda: _definition(
                triggers=[{"id": "t", "type": "count", "target": "raw.item", "event": "item.created", "every": 0}]
            ),
            [("type_mismatch", "raw", "item"), ("bad_count", "raw", None)],
        ),
        (
            lambda: _definition(
                triggers=[
                    {"id": "t", "type": "count", "target": "raw.item", "event": "x.y", "every": {"$var": "often"}}
                ]
            ),
            [("type_mismatch", "raw", "item"), ("unknown_event", "raw", None), ("missing_variable", "raw", None)],
        ),
    ],
)
def test_find_problems__names_code_node_and_port(
    make: Callable[[], PipelineDefinition], expected: list[tuple[str, str | None, str | None]]
) -> None:
    assert _problems(make()) == expected


def test_find_problems__duplicate_node() -> None:
    node = {"id": "raw", "type": "dataset", "params": {"dataset": DATASET}}
    assert ("duplicate_node", "raw", None) in _problems(_definition(nodes=[node, node], edges=[]))


def test_build_graph__error_lists_every_problem() -> None:
    with pytest.raises(GraphError, match=r"pipeline 'small' cannot run: label\.item: nothing leads here") as caught:
        build_graph(_definition(edges=[]), node_types())
    problems = caught.value.details["problems"]
    assert isinstance(problems, list)
    assert len(problems) == 1


def test_resolve_params__missing_variable() -> None:
    with pytest.raises(GraphError, match="parameter 'model' names a variable that does not exist: 'champ'"):
        resolve_params({"model": {"$var": "champ"}}, {"champion": None})


@pytest.mark.parametrize("text", ["a: [", "- 1", "name: x", "name: x\nnodes: []"])
def test_parse_yaml__refuses_what_is_no_pipeline(text: str) -> None:
    with pytest.raises(GraphError):
        parse_yaml(text)
