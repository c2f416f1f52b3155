"""Pipelines written in Python: ``PipelineBuilder`` gives the same definition as YAML and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from whorl.base.errors import GraphError, JsonValue
from whorl.schemas import pipelines as wire

VariableKind = Literal["model", "dataset", "query", "number", "text", "json"]
Whose = Literal["own", "others", "any"]


@dataclass(frozen=True)
class Variable:
    """A variable of the pipeline; given as a parameter, the node reads its value anew for every batch."""

    name: str


Value = JsonValue | Variable


@dataclass(frozen=True)
class Port:
    """An input or output of a node, and for an output the query that its edge lets through."""

    node: PipelineNode
    name: str
    query: str | None = None

    def __str__(self) -> str:
        return f"{self.node.id}.{self.name}"

    def when(self, query: str) -> Port:
        """The same output, for the items that match a query in text form."""
        return Port(self.node, self.name, query)

    def __rshift__(self, target: Port | PipelineNode) -> PipelineNode:
        """Add an edge from this output to an input, and give the node it leads to."""
        return self.node.builder.connect(self, target, when=self.query)


@dataclass(frozen=True)
class PipelineNode:
    """A node that was added; ``node["item"]`` is a port of it."""

    builder: PipelineBuilder
    id: str

    def __getitem__(self, port: str) -> Port:
        """An input or output port."""
        return Port(self, port)


T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class PipelineBuilder:
    """Writes a pipeline node by node; ``definition()`` is what ``project.pipelines.apply`` takes.

    Names and ids are checked at once. What only the server knows (parameters, which port takes what) is checked by
    ``project.pipelines.validate``; with ``node_types``, ports are checked at once too, and may be left out where a node
    has one.

    Args:
        node_types: What ``project.pipelines.node_types()`` gives.

    Example:
        >>> flow = PipelineBuilder("shelve")
        >>> pool = flow.variable("pool", "dataset")
        >>> raw = flow.add("raw", "dataset", dataset=pool)
        >>> keep = flow.add("keep", "collect", dataset=flow.variable("shelf", "dataset"))
        >>> node = raw["item"].when("label:car") >> keep["item"]
        >>> flow.on("item.created", to=raw["item"], dataset=pool)
        >>> flow.definition().edges[0].when
        'label:car'
    """

    def __init__(
        self, name: str, *, description: str = "", node_types: Iterable[wire.NodeTypeInfo] | None = None
    ) -> None:
        self._name = name
        self._description = description
        self._types = None if node_types is None else {one.name: one for one in node_types}
        self._nodes: dict[str, wire.NodeSpec] = {}
        self._variables: dict[str, wire.VariableSpec] = {}
        self._triggers: dict[str, wire.Trigger] = {}
        self._edges: list[wire.EdgeSpec] = []

    def variable(self, name: str, type: VariableKind, value: JsonValue = None, *, description: str = "") -> Variable:
        """Declare a variable with its first value.

        Raises:
            GraphError: There is one of this name, or it is no name.
        """
        spec = _checked(
            wire.VariableSpec,
            {"name": name, "type": type, "value": value, "description": description},
            f"variable {name!r}",
        )
        _put(self._variables, name, spec, "variable")
        return Variable(name)

    def add(
        self,
        id: str,
        type: str,
        params: Mapping[str, Value] | None = None,
        /,
        *,
        at: tuple[float, float] | None = None,
        **named: Value,
    ) -> PipelineNode:
        """Add a node with its parameters, by name or as a mapping.

        Args:
            at: Its place on the canvas, x and y in pixels; laid out when left out.

        Raises:
            GraphError: There is one of this id, or ``node_types`` has no such type.
        """
        if self._types is not None and type not in self._types:
            raise GraphError(f"node {id!r}: unknown type {type!r}", hint=f"Known: {', '.join(sorted(self._types))}.")
        values = {key: _plain(value, f"{id}.{key}") for key, value in {**(params or {}), **named}.items()}
        place = None if at is None else {"x": at[0], "y": at[1]}
        spec = _checked(wire.NodeSpec, {"id": id, "type": type, "params": values, "at": place}, f"node {id!r}")
        _put(self._nodes, id, spec, "node")
        return PipelineNode(self, id)

    def connect(
        self, source: Port | PipelineNode | str, target: Port | PipelineNode | str, *, when: str | None = None
    ) -> PipelineNode:
        """Add an edge from an output to an input, and give the node it leads to.

        Args:
            source, target: Ports, or ``"node.port"``.
            when: A query in text form; only items that match it go this way.
        """
        ends = {"source": self._place(source, "outputs"), "target": self._place(target, "inputs"), "when": when}
        edge = _checked(wire.EdgeSpec, ends, f"edge {ends['source']} -> {ends['target']}")
        self._edges.append(edge)
        return PipelineNode(self, edge.target.partition(".")[0])

    def on(
        self,
        event: str,
        *,
        to: Port | PipelineNode | str,
        id: str | None = None,
        dataset: Value = None,
        filter: str | None = None,
        mode: Literal["once", "always"] = "once",
        by: Whose = "others",
        node: PipelineNode | str | None = None,
        unless_active: Iterable[PipelineNode | str] = (),
        max_fires: Value = None,
    ) -> None:
        """Start a run for each event of a kind, such as ``item.created``."""
        self._trigger(
            "event",
            id,
            event.replace(".", "_"),
            to,
            event=event,
            dataset=_plain(dataset, "dataset"),
            filter=filter,
            mode=mode,
            by=by,
            node=None if node is None else _node_id(node),
            unless_active=[_node_id(one) for one in unless_active],
            max_fires=_plain(max_fires, "max_fires"),
        )

    def every(
        self,
        count: Value,
        event: str,
        *,
        to: Port | PipelineNode | str,
        id: str | None = None,
        dataset: Value = None,
        filter: str | None = None,
        by: Whose = "any",
        rounds_of: PipelineNode | str | None = None,
    ) -> None:
        """Start a run after every so many events of a kind."""
        self._trigger(
            "count",
            id,
            f"every_{event.replace('.', '_')}",
            to,
            event=event,
            every=_plain(count, "count"),
            dataset=_plain(dataset, "dataset"),
            filter=filter,
            by=by,
            rounds_of=None if rounds_of is None else _node_id(rounds_of),
        )

    def cron(
        self,
        cron: str,
        *,
        to: Port | PipelineNode | str,
        id: str | None = None,
        missed: Literal["skip", "once"] = "once",
    ) -> None:
        """Start a run at the times of a cron expression, in UTC."""
        self._trigger("cron", id, "cron", to, cron=cron, missed=missed)

    def definition(self) -> wire.PipelineDefinition:
        """The pipeline as written so far.

        Raises:
            GraphError: It has no node, or too many of something.
        """
        parts: dict[str, object] = {
            "name": self._name,
            "description": self._description,
            "nodes": list(self._nodes.values()),
            "edges": self._edges,
            "variables": list(self._variables.values()),
            "triggers": list(self._triggers.values()),
        }
        return _checked(wire.PipelineDefinition, parts, f"pipeline {self._name!r}")

    def _trigger(
        self, type: str, id: str | None, default: str, to: Port | PipelineNode | str, **fields: object
    ) -> None:
        name = id or _free(default, self._triggers)
        body = {"type": type, "id": name, "target": self._place(to, "inputs"), **fields}
        spec = _checked(_TRIGGERS[type], body, f"trigger {name!r}")
        _put(self._triggers, name, spec, "trigger")

    def _place(self, end: Port | PipelineNode | str, side: Literal["inputs", "outputs"]) -> str:
        if isinstance(end, str):
            return end
        node = end if isinstance(end, PipelineNode) else end.node
        ports = self._ports(node.id, side)
        if isinstance(end, Port):
            if ports is not None and end.name not in ports:
                raise GraphError(
                    f"node {node.id!r} has no port {end.name!r} among its {side}",
                    hint=f"It has: {', '.join(ports) or 'none'}.",
                )
            return str(end)
        if ports is not None and len(ports) == 1:
            return f"{node.id}.{ports[0]}"
        which = "its ports are not known here" if ports is None else f"it has {', '.join(ports) or 'none'}"
        raise GraphError(f"which port of {node.id!r}: {which}", hint=f'Write a port, such as {node.id}["item"].')

    def _ports(self, id: str, side: Literal["inputs", "outputs"]) -> list[str] | None:
        spec = self._nodes.get(id)
        if self._types is None or spec is None:
            return None
        known = self._types[spec.type]
        if side == "inputs":
            return list(known.inputs)
        named = spec.params.get(known.outputs_from) if known.outputs_from else None
        return [*known.outputs, *(str(one) for one in (named if isinstance(named, list | dict) else ()))]


_TRIGGERS: Mapping[str, type[wire.EventTrigger | wire.CountTrigger | wire.CronTrigger]] = {
    "event": wire.EventTrigger,
    "count": wire.CountTrigger,
    "cron": wire.CronTrigger,
}


def _checked(model: type[M], body: Mapping[str, object], what: str) -> M:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise GraphError(
            f"{what}: {place + ': ' if place else ''}{first['msg']}; got {str(first['input'])[:80]!r}",
            hint="Names begin with a letter and hold a-z, 0-9 and _, at most 40 of them."
            if "pattern" in first["type"]
            else "",
        ) from error


def _put(known: dict[str, T], name: str, spec: T, what: str) -> None:
    if name in known:
        raise GraphError(f"two {what}s are called {name!r}", hint=f"Give one of the two {what}s another name.")
    known[name] = spec


def _plain(value: Value, place: str) -> JsonValue:
    if isinstance(value, Variable):
        return {"$var": value.name}
    inside: Iterable[Value] = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inside:
        if isinstance(one, Variable):
            raise GraphError(
                f"{place}: the variable {one.name!r} stands inside a value",
                hint="A variable stands for a whole parameter; make the whole value a variable.",
            )
        _plain(one, place)
    return value


def _node_id(node: PipelineNode | str) -> str:
    return node if isinstance(node, str) else node.id


def _free(wanted: str, taken: Mapping[str, object]) -> str:
    name = wanted[:36]
    return (
        name
        if name not in taken
        else next(found for number in range(2, 1000) if (found := f"{name}_{number}") not in taken)
    )
