"""Read a Dataloop pipeline's JSON: a pipeline, or an app with a pipeline template. Nothing in it is trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whorl.base.errors import GraphError, JsonValue

_MOST = 2000
_HINT = "Give the JSON of a Dataloop pipeline (`pipeline.to_json()`), or the dataloop.json of a pipeline template."
_PLACEHOLDER = re.compile(r"^\$var\((.*?)(?:__\w+)?\)$")
Json = Mapping[str, JsonValue]


@dataclass(frozen=True)
class Port:
    """An input or output of a Dataloop node."""

    id: str
    name: str
    type: str
    variable: str | None
    default: JsonValue
    actions: Sequence[str]


@dataclass(frozen=True)
class Node:
    """A node as Dataloop writes it."""

    id: str
    name: str
    type: str
    function: str
    inputs: Sequence[Port]
    outputs: Sequence[Port]
    metadata: Json

    @property
    def config(self) -> Json:
        """What its own form wrote."""
        return as_mapping(self.metadata.get("customNodeConfig"))

    def input(self, name: str) -> Port | None:
        """Its input of a name, or None."""
        return next((port for port in self.inputs if port.name == name), None)

    def output_by_id(self, port_id: str) -> Port | None:
        """Its output of an id, or None."""
        return next((port for port in self.outputs if port.id == port_id), None)

    def input_by_id(self, port_id: str) -> Port | None:
        """Its input of an id, or None."""
        return next((port for port in self.inputs if port.id == port_id), None)

    def passes_items(self) -> bool:
        """An item comes in and the same goes out by one way: what is behind it can do without it."""
        kinds = [port.type for port in self.inputs], [port.type for port in self.outputs]
        return kinds == (["Item"], ["Item"]) and len(self.outputs[0].actions) < 2


@dataclass(frozen=True)
class Connection:
    """A way from an output to an input; ``action`` names which of the output's ways."""

    source: str
    source_port: str
    target: str
    target_port: str
    action: str
    condition: JsonValue


@dataclass(frozen=True)
class Variable:
    """A variable with its value in the document."""

    name: str
    type: str
    value: JsonValue
    description: str


@dataclass(frozen=True)
class Start:
    """A node where executions begin, and what begins them; no trigger: by hand."""

    node: str
    trigger: Json


@dataclass(frozen=True)
class Source:
    """A whole Dataloop pipeline."""

    name: str
    description: str
    nodes: Mapping[str, Node]
    connections: Sequence[Connection]
    variables: Mapping[str, Variable]
    starts: Sequence[Start]
    others: Sequence[str]


def read_source(document: JsonValue) -> Source:
    """Read a pipeline out of a document.

    Raises:
        GraphError: It holds no Dataloop pipeline, names a node twice, or is too large; names the place.
    """
    found = _find_pipelines(document)
    body = found[0]
    nodes: dict[str, Node] = {}
    for place, one in enumerate(_entries(body, "nodes")):
        node = _read_node(one, f"nodes.{place}")
        if node.id in nodes:
            raise GraphError(f"nodes.{place}: a second node has the id {node.id[:80]!r}", hint=_HINT)
        nodes[node.id] = node
    variables = [_read_variable(one, f"variables.{place}") for place, one in enumerate(_entries(body, "variables"))]
    return Source(
        name=as_text(body.get("name"))[:200] or "imported",
        description=as_text(body.get("description")),
        nodes=nodes,
        connections=[_read_connection(one) for one in _entries(body, "connections")],
        variables={one.name: one for one in variables},
        starts=[
            Start(as_text(one.get("nodeId")), as_mapping(one.get("trigger"))) for one in _entries(body, "startNodes")
        ],
        others=[as_text(one.get("name")) for one in found[1:]],
    )


def as_mapping(value: JsonValue) -> Json:
    """The value when it is an object; an empty one otherwise."""
    return value if isinstance(value, dict) else {}


def as_list(value: JsonValue) -> Sequence[JsonValue]:
    """The value when it is a list; an empty one otherwise."""
    return value if isinstance(value, list) else []


def as_text(value: JsonValue) -> str:
    """The value when it is text; the empty one otherwise."""
    return value if isinstance(value, str) else ""


def named_variable(value: JsonValue) -> str | None:
    """The variable that a placeholder such as ``$var(Best Model__model)`` names, or None."""
    found = _PLACEHOLDER.match(as_text(value))
    return found.group(1) if found else None


def read_condition(value: JsonValue) -> JsonValue:
    """A condition, which Dataloop writes as JSON inside a text; None for none.

    Raises:
        ValueError: The text is not JSON.
    """
    try:
        read: JsonValue = json.loads(value) if isinstance(value, str) and value.strip() else value
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    return read or None


def _find_pipelines(document: JsonValue) -> list[Json]:
    body = as_mapping(document)
    templates = [as_mapping(one) for one in as_list(as_mapping(body.get("components")).get("pipelineTemplates"))]
    found = [one for one in (body, *templates) if as_list(one.get("nodes"))]
    if not found:
        raise GraphError("there is no Dataloop pipeline in it: no list of nodes", hint=_HINT)
    if "edges" in found[0]:
        raise GraphError("this is a pipeline of Whorl already", hint="Save it with `whorl pipeline apply`.")
    return found


def _entries(body: Json, key: str) -> list[Json]:
    entries = body.get(key)
    if entries is None:
        return []
    if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
        raise GraphError(f"{key} is not a list of objects", hint=_HINT)
    if len(entries) > _MOST:
        raise GraphError(f"{len(entries):,} {key}; at most {_MOST:,} are read", hint=_HINT)
    return [as_mapping(one) for one in entries]


def _read_node(body: Json, place: str) -> Node:
    node_id = as_text(body.get("id"))
    if not node_id:
        raise GraphError(f"{place} has no id", hint=_HINT)
    return Node(
        id=node_id,
        name=as_text(body.get("name")) or node_id,
        type=as_text(body.get("type")),
        function=as_text(as_mapping(body.get("namespace")).get("functionName")),
        inputs=_ports(body, "inputs"),
        outputs=_ports(body, "outputs"),
        metadata=as_mapping(body.get("metadata")),
    )


def _ports(body: Json, side: str) -> list[Port]:
    found = []
    for one in map(as_mapping, as_list(body.get(side))):
        default = one.get("defaultValue")
        found.append(
            Port(
                id=as_text(one.get("portId")),
                name=as_text(one.get("name")),
                type=as_text(one.get("type")),
                variable=as_text(one.get("variableName")) or named_variable(default),
                default=default,
                actions=[as_text(way) for way in as_list(one.get("actions"))] or [as_text(one.get("action"))],
            )
        )
    return found


def _read_connection(body: Json) -> Connection:
    source, target = as_mapping(body.get("src")), as_mapping(body.get("tgt"))
    return Connection(
        source=as_text(source.get("nodeId")),
        source_port=as_text(source.get("portId")),
        target=as_text(target.get("nodeId")),
        target_port=as_text(target.get("portId")),
        action=as_text(body.get("action")),
        condition=body.get("condition"),
    )


def _read_variable(body: Json, place: str) -> Variable:
    name = as_text(body.get("name"))
    if not name:
        raise GraphError(f"{place} has no name", hint=_HINT)
    return Variable(name, as_text(body.get("type")), body.get("value"), as_text(body.get("description")))
