"""Check a definition and give a graph that can be walked. Pure: no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from whorl.base.errors import GraphError, JsonValue, QueryError
from whorl.datasets.dql import parse_text
from whorl.pipelines.parameters import referenced_variable as referenced_variable
from whorl.pipelines.parameters import resolve_params as resolve_params
from whorl.pipelines.trigger_checks import find_trigger_problems
from whorl.schemas.pipelines import (
    EdgeSpec,
    GraphProblem,
    NodeFamily,
    NodeSpec,
    PipelineDefinition,
    PortType,
    VariableSpec,
)


@dataclass(frozen=True)
class NodeType:
    """What a kind of node is, without what it does.

    Args:
        inputs: Port name to what may enter.
        outputs: Port name to what leaves.
        params: The Pydantic model of its parameters; unknown keys are refused.
        is_barrier: Waits for a token on every input before it runs.
        optional_inputs: Inputs that need neither an edge nor a trigger.
        description: What it does with what comes in, and when what leaves by which port.
        outputs_from: A parameter that names further item outputs: a list of names, or a mapping with names as keys.
        is_reserved: The name is taken for a later version; a graph with such a node cannot run.
        gathers_parts: A barrier for the parts of one parent, which opens without those that were lost on the way.
    """

    name: str
    summary: str
    inputs: Mapping[str, PortType]
    outputs: Mapping[str, PortType]
    params: type[BaseModel]
    is_barrier: bool = False
    optional_inputs: frozenset[str] = frozenset()
    family: NodeFamily = NodeFamily.CONTROL
    description: str = ""
    outputs_from: str | None = None
    is_reserved: bool = False
    gathers_parts: bool = False

    def list_outputs(self, params: Mapping[str, JsonValue]) -> dict[str, PortType]:
        """Output ports of a node with these parameters; those that only a variable names are not among them."""
        named = params.get(self.outputs_from) if self.outputs_from is not None else None
        if referenced_variable(named) is not None:
            # Edges are checked when the definition is; a variable may change at any time.
            named = None
        more = [str(name) for name in named] if isinstance(named, list | dict) else []
        return dict(self.outputs) | dict.fromkeys(more, PortType.ITEM)


@dataclass(frozen=True)
class Edge:
    """An edge with its ends taken apart."""

    source_node: str
    source_port: str
    target_node: str
    target_port: str
    when: str | None


@dataclass(frozen=True)
class Graph:
    """A definition that passed every check."""

    definition: PipelineDefinition
    nodes: Mapping[str, NodeSpec]
    types: Mapping[str, NodeType]
    edges: Sequence[Edge]

    def edges_from(self, node: str, port: str) -> list[Edge]:
        """The edges that leave a port, in the order they were written."""
        return [edge for edge in self.edges if edge.source_node == node and edge.source_port == port]

    def sinks_first(self) -> list[str]:
        """Node ids, the last in the flow first, so that work in progress is drained before more is begun."""
        return list(reversed(_topological(self.definition, self.edges)))


def build_graph(definition: PipelineDefinition, types: Mapping[str, NodeType]) -> Graph:
    """Check a definition against the known node types.

    Raises:
        GraphError: With every problem found in ``details["problems"]``, each naming its node and port.
    """
    _refuse(definition, list(find_problems(definition, types)))
    return read_graph(definition, types)


def build_draft(definition: PipelineDefinition, types: Mapping[str, NodeType]) -> Graph:
    """Like ``build_graph``, for a definition that nothing starts yet: inputs need neither an edge nor a trigger.

    Raises:
        GraphError: With every other problem.
    """
    _refuse(definition, [one for one in find_problems(definition, types) if one.code != "unfed_input"])
    return read_graph(definition, types)


def _refuse(definition: PipelineDefinition, problems: Sequence[GraphProblem]) -> None:
    if problems:
        first = problems[0]
        place = f"{first.node}.{first.port}" if first.port else first.node
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise GraphError(
            f"pipeline {definition.name!r} cannot run: {place + ': ' if place else ''}{first.message}{more}",
            hint="Mend each problem listed in details, then validate again.",
            details={"problems": [problem.model_dump() for problem in problems]},
        )


def read_graph(definition: PipelineDefinition, types: Mapping[str, NodeType]) -> Graph:
    """The graph of a definition that was checked when it was saved; rules may have become stricter since.

    Raises:
        GraphError: A kind of node is not there any more.
    """
    gone = sorted({node.type for node in definition.nodes} - set(types))
    if gone:
        raise GraphError(
            f"pipeline {definition.name!r} has nodes of kinds that are not there: {', '.join(gone)}",
            hint="Install what brings them, or save a version without them.",
        )
    return Graph(
        definition=definition,
        nodes={node.id: node for node in definition.nodes},
        types={node.id: types[node.type] for node in definition.nodes},
        edges=[_split(edge) for edge in definition.edges],
    )


def find_problems(definition: PipelineDefinition, types: Mapping[str, NodeType]) -> Iterator[GraphProblem]:
    """Every reason why a definition cannot run; none when it can."""
    yield from _find_duplicates(definition)
    nodes = {node.id: node for node in definition.nodes}
    for node in definition.nodes:
        if node.type not in types:
            yield GraphProblem(
                code="unknown_type",
                node=node.id,
                message=f"unknown node type {node.type!r}; known: {', '.join(sorted(types))}",
            )
        elif types[node.type].is_reserved:
            yield GraphProblem(
                code="reserved_type",
                node=node.id,
                message=f"the node type {node.type!r} comes with a later version; a pipeline with it cannot run yet",
            )
    known = {name: types[node.type] for name, node in nodes.items() if node.type in types}
    variables = {variable.name: variable for variable in definition.variables}
    for name, node_type in known.items():
        yield from _find_param_problems(nodes[name], node_type, variables)
    edge_problems = list(_find_edge_problems(definition, known, nodes))
    yield from edge_problems
    yield from find_trigger_problems(definition, {name: one.inputs for name, one in known.items()})
    if edge_problems:
        return
    edges = [_split(edge) for edge in definition.edges]
    cycle = _find_cycle(definition, edges)
    if cycle:
        yield GraphProblem(
            code="cycle",
            node=cycle[0],
            message=f"the edges form a cycle: {' -> '.join([*cycle, cycle[0]])}; start the next round with a trigger",
        )
    yield from _find_unfed_inputs(definition, known, edges)


def _split(edge: EdgeSpec) -> Edge:
    source_node, _, source_port = edge.source.partition(".")
    target_node, _, target_port = edge.target.partition(".")
    return Edge(source_node, source_port, target_node, target_port, edge.when)


def _find_duplicates(definition: PipelineDefinition) -> Iterator[GraphProblem]:
    kinds = {
        "node": [node.id for node in definition.nodes],
        "variable": [variable.name for variable in definition.variables],
        "trigger": [trigger.id for trigger in definition.triggers],
    }
    for kind, names in kinds.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield GraphProblem(
                code=f"duplicate_{kind}",
                node=name if kind == "node" else None,
                message=f"two {kind}s are called {name!r}",
            )


def _find_param_problems(
    node: NodeSpec, node_type: NodeType, variables: Mapping[str, VariableSpec]
) -> Iterator[GraphProblem]:
    values: dict[str, JsonValue] = {}
    unset: set[str] = set()
    for key, value in node.params.items():
        name = referenced_variable(value)
        if name is None:
            values[key] = value
        elif name not in variables:
            yield GraphProblem(
                code="missing_variable",
                node=node.id,
                message=f"parameter {key!r} names the variable {name!r}, which is not declared; "
                f"declared: {', '.join(sorted(variables)) or 'none'}",
            )
            unset.add(key)
        elif variables[name].value is None:
            unset.add(key)
        else:
            values[key] = variables[name].value
    try:
        node_type.params.model_validate(values)
    except ValidationError as error:
        for detail in error.errors():
            place = ".".join(str(part) for part in detail["loc"])
            if place in unset:
                continue
            yield GraphProblem(code="bad_parameter", node=node.id, message=f"parameter {place!r}: {detail['msg']}")
    for key in sorted(unset - set(node_type.params.model_fields)):
        yield GraphProblem(code="bad_parameter", node=node.id, message=f"parameter {key!r} does not exist")


def _find_edge_problems(
    definition: PipelineDefinition, known: Mapping[str, NodeType], nodes: Mapping[str, NodeSpec]
) -> Iterator[GraphProblem]:
    for spec in definition.edges:
        edge = _split(spec)
        ends = [(edge.source_node, edge.source_port, "outputs"), (edge.target_node, edge.target_port, "inputs")]
        found: list[PortType] = []
        for node, port, side in ends:
            if node not in nodes:
                yield GraphProblem(
                    code="unknown_node", node=node, message=f"edge {spec.source} -> {spec.target} names no node here"
                )
                continue
            if node not in known:
                continue
            of = known[node]
            ports = of.list_outputs(nodes[node].params) if side == "outputs" else of.inputs
            if port not in ports:
                yield GraphProblem(
                    code="unknown_port",
                    node=node,
                    port=port,
                    message=f"no such port among the {side}: {', '.join(ports) or 'none'}",
                )
                continue
            found.append(ports[port])
        if len(found) == 2 and not _fits(found[0], found[1]):
            yield GraphProblem(
                code="type_mismatch",
                node=edge.target_node,
                port=edge.target_port,
                message=f"takes {found[1].value}, but {spec.source} gives {found[0].value}",
            )
        if spec.when is not None and found and found[0] is not PortType.ITEM:
            yield GraphProblem(
                code="bad_condition", node=edge.source_node, port=edge.source_port, message="only items can be queried"
            )
        elif spec.when is not None:
            yield from _find_condition_problems(spec.when, edge)


def _find_condition_problems(when: str, edge: Edge) -> Iterator[GraphProblem]:
    try:
        parse_text(when)
    except QueryError as error:
        yield GraphProblem(
            code="bad_condition", node=edge.source_node, port=edge.source_port, message=f"{when!r}: {error.message}"
        )


def _fits(source: PortType, target: PortType) -> bool:
    return source is target or target is PortType.SIGNAL


def _find_unfed_inputs(
    definition: PipelineDefinition, known: Mapping[str, NodeType], edges: Sequence[Edge]
) -> Iterator[GraphProblem]:
    fed = {(edge.target_node, edge.target_port) for edge in edges}
    for trigger in definition.triggers:
        node, _, port = trigger.target.partition(".")
        fed.add((node, port))
    for name, node_type in known.items():
        for port in node_type.inputs:
            if (name, port) not in fed and port not in node_type.optional_inputs:
                yield GraphProblem(
                    code="unfed_input", node=name, port=port, message="nothing leads here: add an edge or a trigger"
                )


def _topological(definition: PipelineDefinition, edges: Sequence[Edge]) -> list[str]:
    order: list[str] = []
    left = {node.id for node in definition.nodes}
    while left:
        blocked = {edge.target_node for edge in edges if edge.source_node in left}
        ready = [node.id for node in definition.nodes if node.id in left and node.id not in blocked]
        if not ready:
            return order
        order += ready
        left -= set(ready)
    return order


def _find_cycle(definition: PipelineDefinition, edges: Sequence[Edge]) -> list[str]:
    after: dict[str, list[str]] = {}
    for edge in edges:
        after.setdefault(edge.source_node, []).append(edge.target_node)
    sorted_nodes = set(_topological(definition, edges))
    left = [node.id for node in definition.nodes if node.id not in sorted_nodes]
    for start in left:
        path, seen, node = [start], {start}, start
        while True:
            following = next((n for n in after.get(node, []) if n in left), None)
            if following is None:
                break
            if following in seen:
                return path[path.index(following) :]
            path.append(following)
            seen.add(following)
            node = following
    return []
