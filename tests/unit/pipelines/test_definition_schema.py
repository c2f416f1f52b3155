"""The published schema takes what the server takes, and refuses what it can tell."""

from __future__ import annotations

import json

import jsonschema
import pytest
from jsonschema.protocols import Validator

from whorl.base.errors import JsonValue
from whorl.pipelines.definition_schema import definition_schema
from whorl.pipelines.forms import to_document
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates import list_templates, load_template


@pytest.fixture(scope="module")
def validator() -> Validator:
    """A checker of documents that has itself been checked."""
    schema = json.loads(json.dumps(definition_schema(node_types())))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", list_templates())
def test_schema__takes_every_template(validator: Validator, name: str) -> None:
    definition = load_template(name)
    assert [one.message for one in validator.iter_errors(to_document(definition))] == []
    assert [one.message for one in validator.iter_errors(definition.model_dump(mode="json"))] == []


def _with_node(**node: JsonValue) -> dict[str, JsonValue]:
    return {"name": "x", "nodes": [{"id": "a", **node}]}


@pytest.mark.parametrize(
    "document",
    [
        _with_node(type="split", params={"dataset": "dst_1", "validation": 0.2}),
        _with_node(type="split", params={"dataset": {"$var": "pool"}, "validation": {"$var": "share"}}),
        _with_node(type="train"),
        _with_node(type="train", at={"x": 1, "y": 2}),
    ],
)
def test_schema__takes(validator: Validator, document: dict[str, JsonValue]) -> None:
    assert validator.is_valid(document)


@pytest.mark.parametrize(
    "document",
    [
        _with_node(type="nope"),
        _with_node(type="split"),
        _with_node(type="split", params={}),
        _with_node(type="split", params={"dataset": "dst_1", "colour": 1}),
        _with_node(type="split", params={"dataset": "dst_1", "validation": "much"}),
        _with_node(type="split", params={"dataset": "dst_1", "validation": 2}),
        _with_node(type="split", params={"dataset": {"$var": 1}}),
        _with_node(type="split", params={"dataset": {"$var": "a", "b": 1}}),
        _with_node(type="train", colour=1),
        {"name": "x", "nodes": []},
        {"name": "x", "nodes": [{"id": "A", "type": "train"}]},
        {"name": "x", "nodes": [{"id": "a", "type": "train"}], "edges": [{"source": "a", "target": "a.model"}]},
    ],
)
def test_schema__refuses(validator: Validator, document: dict[str, JsonValue]) -> None:
    assert not validator.is_valid(document)
