"""What is worth a look in a definition that can run. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whorl.pipelines.graph import NodeType
from whorl.schemas.pipelines import GraphProblem, PipelineDefinition, PortType


def find_warnings(definition: PipelineDefinition, types: Mapping[str, NodeType]) -> Iterator[GraphProblem]:
    """Ways out that lead nowhere beside others that go on, and nodes that only a person can start.

    A journey that leaves by an open output ends there, which is often what is meant. Nodes at the end of the flow, none
    of whose outputs goes on, are left out.
    """
    joined = {edge.source for edge in definition.edges}
    for node in definition.nodes:
        if node.type not in types:
            continue
        outputs = types[node.type].list_outputs(node.params)
        open_ports = [port for port in outputs if f"{node.id}.{port}" not in joined]
        if len(open_ports) == len(outputs):
            continue
        for port in open_ports:
            if outputs[port] is not PortType.SIGNAL:
                yield GraphProblem(
                    code="open_output",
                    node=node.id,
                    port=port,
                    message=f"what leaves by {port!r} ends its journey here",
                    severity="warning",
                )
    if not definition.triggers:
        yield GraphProblem(
            code="no_trigger", message="nothing starts by itself: runs begin by hand only", severity="warning"
        )
