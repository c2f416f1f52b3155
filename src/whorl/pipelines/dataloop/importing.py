"""The pipeline that does what a Dataloop pipeline did, part by part."""

from __future__ import annotations

from collections.abc import Mapping

from whorl.base.errors import GraphError, JsonValue
from whorl.pipelines.dataloop.draft import Body, Draft
from whorl.pipelines.dataloop.nodes import map_nodes
from whorl.pipelines.dataloop.reading import read_source
from whorl.pipelines.dataloop.ways import map_ways
from whorl.pipelines.forms import read_definition
from whorl.pipelines.graph import NodeType
from whorl.schemas.pipelines import PipelineImport


def import_dataloop(document: JsonValue, *, types: Mapping[str, NodeType], name: str | None = None) -> PipelineImport:
    """Give the pipeline that does what a Dataloop pipeline did, and a report on each of its parts.

    Args:
        types: The kinds of nodes there are.
        name: Name of the pipeline to be; its own when left out.

    Raises:
        GraphError: It is no Dataloop pipeline, or not one node of it maps; ``details["parts"]`` tells why.
    """
    source = read_source(document)
    draft = Draft(source, types)
    map_nodes(draft)
    map_ways(draft)
    _report_variables(draft)
    if not draft.nodes:
        raise GraphError(
            f"not one of the {len(source.nodes)} nodes of {source.name!r} maps to a node of Whorl",
            hint="The reasons are in details.",
            details={"parts": [part.model_dump(mode="json") for part in draft.parts]},
        )
    body: Body = {
        "name": name or source.name,
        "description": source.description,
        "nodes": list(draft.nodes.values()),
        "edges": list(draft.edges),
        "variables": list(draft.variables.values()),
        "triggers": list(draft.triggers),
    }
    return PipelineImport(definition=read_definition(body), parts=draft.parts)


def _report_variables(draft: Draft) -> None:
    for variable in draft.source.variables.values():
        here = draft.name_of(variable.name)
        was = variable.type or "variable"
        if here is None:
            note = draft.absorbed.get(variable.name, "Nothing that was mapped reads it.")
            draft.tell("variable", variable.name, was, None, note)
            continue
        kind = draft.variables[here]["type"]
        is_set = draft.variables[here].get("value") is not None
        draft.tell("variable", variable.name, was, f"{here} ({kind})", "" if is_set else "Set its value.")
