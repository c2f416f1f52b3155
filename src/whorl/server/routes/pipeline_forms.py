"""Pipelines as documents: the published schema, differences, other forms, and other tools' pipelines."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, JsonValue
from whorl.pipelines import queries
from whorl.pipelines.diff import diff
from whorl.pipelines.forms import Form, dump, read_definition
from whorl.schemas.pipelines import PipelineDefinition, PipelineDiff, PipelineImport, PipelineText
from whorl.server.permits import CallerDep, needs
from whorl.server.pipeline_documents import Document, with_document

router = APIRouter(prefix="/api/v1", tags=["pipelines"])


@router.get("/pipeline-schema", **needs(Action.SELF))
def get_pipeline_schema(caller: CallerDep) -> dict[str, JsonValue]:
    """The JSON Schema of a definition, with the parameters of every kind of node."""
    from whorl.pipelines.definition_schema import definition_schema
    from whorl.pipelines.nodes import node_types

    return definition_schema(node_types())


@router.post("/projects/{project_id}/pipelines/read", **with_document(Action.PIPELINE_READ))
def read_document(caller: CallerDep, project_id: str, document: Document) -> PipelineDefinition:
    """The definition that a document holds, in its JSON form; nothing is checked further, and nothing is saved."""
    return read_definition(document)


@router.get("/pipelines/{pipeline_id}/diff", **needs(Action.PIPELINE_READ))
def diff_versions(
    caller: CallerDep,
    pipeline_id: str,
    from_version: Annotated[int | None, Query(ge=1, description="The one before to_version when left out.")] = None,
    to_version: Annotated[int | None, Query(ge=1, description="The current one when left out.")] = None,
) -> PipelineDiff:
    """What differs between two versions of a pipeline."""

    def read(conn: Connection) -> PipelineDiff:
        newest = queries.get_pipeline(conn, pipeline_id).version
        to = newest if to_version is None else to_version
        start = max(to - 1, 1) if from_version is None else from_version
        if max(to, start) > 2**31 - 1:
            raise InvalidInput(f"no version {max(to, start)}", hint=f"The newest is {newest}.")
        old = queries.get_definition(conn, pipeline_id=pipeline_id, version=start)
        return diff(old, queries.get_definition(conn, pipeline_id=pipeline_id, version=to))

    return caller.read(read)


@router.post("/projects/{project_id}/pipelines/diff", **with_document(Action.PIPELINE_READ))
def diff_document(caller: CallerDep, project_id: str, document: Document) -> PipelineDiff:
    """What a document would change in the project's pipeline of its name; all of it is new where there is none."""
    definition = read_definition(document)

    def read(conn: Connection) -> PipelineDiff:
        saved = queries.find_pipeline(conn, project_id=project_id, name=definition.name)
        return diff(None if saved is None else saved.definition, definition)

    return caller.read(read)


@router.post("/projects/{project_id}/pipelines/convert", **with_document(Action.PIPELINE_READ))
def convert_pipeline(
    caller: CallerDep, project_id: str, document: Document, form: Literal["yaml", "json", "python"] = "yaml"
) -> PipelineText:
    """Write a definition, saved or not, as YAML, JSON or Python; each reads back as the very same."""
    return PipelineText(form=form, text=dump(read_definition(document), Form(form)))


@router.post("/projects/{project_id}/pipelines/import", **with_document(Action.PIPELINE_READ))
def import_pipeline(caller: CallerDep, project_id: str, document: Document, name: str | None = None) -> PipelineImport:
    """Turn the JSON of a Dataloop pipeline into a definition, with what became of each part; nothing is saved."""
    from whorl.pipelines.dataloop.importing import import_dataloop
    from whorl.pipelines.nodes import node_types

    return import_dataloop(document, types=node_types(), name=name)
