"""The published JSON Schema of a pipeline: what editors and linters check before a server sees the file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from whorl.base.errors import JsonValue
from whorl.pipelines.graph import NodeType
from whorl.schemas.pipelines import PipelineDefinition

Schema = dict[str, JsonValue]
DRAFT = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE = "VariableReference"
_REF = "#/$defs/"
_TOLD = {"title", "description", "default", "x-whorl"}


def definition_schema(types: Mapping[str, NodeType]) -> Schema:
    """The JSON Schema (draft 2020-12) of a definition, with the parameters of each kind of node.

    A parameter may always be ``{"$var": name}``. What it cannot say (that a name is declared, that ports fit, that
    nothing goes round in circles) is checked by the server.
    """
    schema: Schema = PipelineDefinition.model_json_schema()
    definitions = _mapping(schema.setdefault("$defs", {}))
    definitions[_VARIABLE] = _variable_reference()
    node = _mapping(definitions["NodeSpec"])
    cases: list[JsonValue] = []
    for name, node_type in types.items():
        key = f"{name}_params"
        definitions[key] = _params_schema(node_type, definitions)
        cases.append(_case(name, _REF + key, is_needed=bool(_mapping(definitions[key]).get("required"))))
    _mapping(node["properties"])["type"] = {
        "enum": list(types),
        "description": "What kind of node it is.",
        "title": "Type",
    }
    node["allOf"] = cases
    return {"$schema": DRAFT, **schema, "title": "Whorl pipeline"}


def _variable_reference() -> Schema:
    return {
        "type": "object",
        "title": "Variable",
        "description": "The present value of a variable, read anew for every batch.",
        "properties": {"$var": {"type": "string"}},
        "required": ["$var"],
        "additionalProperties": False,
    }


def _case(name: str, ref: str, *, is_needed: bool) -> Schema:
    then: Schema = {"properties": {"params": {"$ref": ref}}}
    return {
        "if": {"properties": {"type": {"const": name}}, "required": ["type"]},
        "then": then | ({"required": ["params"]} if is_needed else {}),
    }


def _params_schema(node_type: NodeType, definitions: Schema) -> Schema:
    own: Schema = node_type.params.model_json_schema()
    inner = _mapping(own.pop("$defs", {}))
    for name, value in inner.items():
        definitions[f"{node_type.name}_{name}"] = _renamed(value, node_type.name)
    properties = _mapping(own.get("properties", {}))
    named = {key: _or_variable(_mapping(_renamed(value, node_type.name))) for key, value in properties.items()}
    about = {"title": f"Parameters of {node_type.name}", "description": node_type.summary}
    return own | about | {"type": "object", "properties": dict(named), "additionalProperties": False}


def _or_variable(parameter: Schema) -> Schema:
    """The parameter's own schema or a variable; what describes it stays where forms look for it."""
    kept: Schema = {key: value for key, value in parameter.items() if key in _TOLD}
    rest = {key: value for key, value in parameter.items() if key not in kept}
    choices = rest["anyOf"] if set(rest) == {"anyOf"} and isinstance(rest["anyOf"], list) else [rest]
    return {**kept, "anyOf": [*choices, {"$ref": _REF + _VARIABLE}]}


def _renamed(value: JsonValue, prefix: str) -> JsonValue:
    """The same with references to the parameters' own definitions moved to their new names."""
    if isinstance(value, list):
        return [_renamed(one, prefix) for one in value]
    if not isinstance(value, dict):
        return value
    moved = {key: _renamed(one, prefix) for key, one in value.items()}
    reference = moved.get("$ref")
    if isinstance(reference, str):
        moved["$ref"] = re.sub(f"^{re.escape(_REF)}", f"{_REF}{prefix}_", reference)
    return moved


def _mapping(value: JsonValue) -> Schema:
    assert isinstance(value, dict)  # a schema of an object holds objects there
    return value
