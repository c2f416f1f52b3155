"""The reference page of nodes, from what they say of themselves."""

from __future__ import annotations

import json
from typing import Any

from whorl.pipelines.nodes import built_in_nodes, describe_node
from whorl.schemas.pipelines import NodeFamily, NodeTypeInfo

_LIMITS = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "to"}


def nodes_page(head: str) -> str:
    """Every built-in node by family: what it does, its ports and parameters; ``head`` comes first."""
    nodes = [describe_node(node) for node in built_in_nodes().values()]
    intro = (
        "# Nodes\n\nWhat a [pipeline](pipelines.md) is made of. A parameter may be `{$var: name}`, which is read anew "
        "for every batch; an unknown parameter is refused. Every output may stay open: the journey ends there. "
        "[Your own](../howto/write-a-node.md) stand beside these."
    )
    parts = [head + intro]
    for family in NodeFamily:
        some = [node for node in nodes if node.family is family]
        parts.append(f"## {family.value.capitalize()}")
        rows = [f"| [{node.name}](#{node.name}) | {node.summary} |" for node in some]
        parts.append("\n".join(["| node | what it does |", "|---|---|", *rows]))
        parts += [_node_text(node) for node in some]
    return "\n\n".join(parts) + "\n"


def _node_text(node: NodeTypeInfo) -> str:
    parts = [f"### {node.name}", node.description]
    if node.is_reserved:
        return "\n\n".join([*parts, "Reserved: a pipeline with it can be drawn and checked, but not run yet."])
    ports = [f"| in | `{port}` | {kind.value} | {_input_text(node, port)} |" for port, kind in node.inputs.items()]
    ports += [f"| out | `{port}` | {kind.value} | |" for port, kind in node.outputs.items()]
    if node.outputs_from is not None:
        ports.append(f"| out | what `{node.outputs_from}` names | item | |")
    parts.append("\n".join(["| | port | carries | |", "|---|---|---|---|", *ports]))
    schema = node.params
    fields = schema.get("properties")
    if isinstance(fields, dict) and fields:
        required = schema.get("required") or []
        rows = [_parameter_row(name, field, schema, is_required=name in required) for name, field in fields.items()]
        parts.append("\n".join(["| parameter | type | default | meaning |", "|---|---|---|---|", *rows]))
    asked = ", ".join(f"{name} {amount:g}" for name, amount in node.resources.items() if amount)
    parts.append(f"Batches of up to {node.batch_size}; asks for {asked or 'nothing'}.")
    return "\n\n".join(parts)


def _input_text(node: NodeTypeInfo, port: str) -> str:
    told = ["optional"] * (port in node.optional_inputs) + ["waits for the others"] * node.is_barrier
    return ", ".join(told)


# The rows come from JSON schemas, whose shape is not ours to type.
def _parameter_row(name: str, field: Any, schema: Any, *, is_required: bool) -> str:
    value = field.get("default")
    default = "required" if is_required else "none" if value is None else f"`{json.dumps(value)}`"
    meaning = str(field.get("description", "")).replace("|", "\\|")
    return f"| `{name}` | {_type_text(field, schema)} | {default} | {meaning} |"


def _type_text(field: Any, schema: Any) -> str:
    """What a value may be, in words: its kind where a picker knows one, its choices, its limits."""
    if str(field.get("$ref", "")).endswith("/JsonValue"):
        return "any value"
    if "$ref" in field:
        return _type_text(schema["$defs"][field["$ref"].rpartition("/")[2]], schema)
    if "anyOf" in field:
        kinds = [_type_text(one, schema) for one in field["anyOf"] if one.get("type") != "null"]
        return " or ".join(kinds)
    if "x-whorl" in field:
        return str(field["x-whorl"])
    if "enum" in field:
        return ", ".join(f"`{one}`" for one in field["enum"])
    kind = str(field.get("type", "any"))
    if kind == "array":
        return f"list of {_type_text(field.get('items', {}), schema)}"
    if kind == "object":
        inner = field.get("additionalProperties")
        return f"{_type_text(inner, schema)} by name" if isinstance(inner, dict) else "object"
    kind = {"string": "text", "integer": "whole number", "boolean": "true or false"}.get(kind, kind)
    limits = [f"{sign} {field[key]:g}" for key, sign in _LIMITS.items() if key in field]
    return " ".join([kind, *limits])
