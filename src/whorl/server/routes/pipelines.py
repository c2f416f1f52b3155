"""Pipelines: check, save, steer, run and watch."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import ValidationError
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput
from whorl.pipelines import actions, queries
from whorl.pipelines.forms import malformed, read_definition
from whorl.pipelines.graph import find_problems
from whorl.pipelines.templates import load_template
from whorl.schemas.pipelines import (
    GraphProblem,
    NodeTypeInfo,
    Pipeline,
    PipelineDefinition,
    PipelineVersion,
    TemplateInfo,
    VariableSet,
)
from whorl.schemas.wire import Page
from whorl.server.ownership import check_ids, check_owned, find_foreign
from whorl.server.permits import CallerDep, needs
from whorl.server.pipeline_documents import Document, with_document

router = APIRouter(prefix="/api/v1", tags=["pipelines"])


@router.get("/projects/{project_id}/pipelines", **needs(Action.PIPELINE_READ))
def list_pipelines(
    caller: CallerDep, project_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Pipeline]:
    """The pipelines at their current versions, in the order of their making."""
    return caller.read(lambda conn: queries.list_pipeline_page(conn, project_id=project_id, cursor=cursor, limit=limit))


@router.post("/projects/{project_id}/pipelines", **with_document(Action.PIPELINE_WRITE))
def apply_pipeline(
    caller: CallerDep,
    project_id: str,
    document: Document,
    migrate: Annotated[
        list[str],
        Query(
            description="old_node:new_node, for tokens of nodes that vanish, or old_node:! to cancel their runs; "
            "several with commas."
        ),
    ] = [],  # noqa: B006 - FastAPI copies it
) -> Pipeline:
    """Save a pipeline: new, or as the next version of the project's one of the same name."""
    from whorl.pipelines.nodes import node_types

    definition = read_definition(document)
    moves = _moves(migrate)

    def work(conn: Connection) -> Pipeline:
        check_owned(caller, conn, definition)
        return actions.apply_pipeline(
            conn,
            definition,
            types=node_types(),
            project_id=project_id,
            actor_id=caller.actor.id,
            now=caller.now,
            migrate=moves,
        )

    return caller.write(work)


@router.post("/projects/{project_id}/pipelines/validate", **with_document(Action.PIPELINE_READ))
def validate_pipeline(caller: CallerDep, project_id: str, document: Document) -> list[GraphProblem]:
    """Everything that keeps a graph from running, and warnings, which do not; empty when there is nothing to say."""
    from whorl.pipelines.nodes import node_types
    from whorl.pipelines.warnings import find_warnings

    try:
        definition = PipelineDefinition.model_validate(document)
    except ValidationError as error:
        return malformed(error)
    problems = [*find_problems(definition, node_types()), *find_warnings(definition, node_types())]
    with caller.services.db.read() as conn:
        problems += find_foreign(caller, conn, definition)
    return problems


@router.get("/pipelines/{pipeline_id}", **needs(Action.PIPELINE_READ))
def get_pipeline(caller: CallerDep, pipeline_id: str) -> Pipeline:
    """One pipeline at its current version, with its variables' present values."""
    return caller.read(lambda conn: queries.get_pipeline(conn, pipeline_id))


@router.get("/pipelines/{pipeline_id}/versions", **needs(Action.PIPELINE_READ))
def list_versions(caller: CallerDep, pipeline_id: str) -> list[PipelineVersion]:
    """Its versions, newest first."""
    return caller.read(lambda conn: queries.list_versions(conn, pipeline_id))


@router.get("/pipelines/{pipeline_id}/versions/{version}", **needs(Action.PIPELINE_READ))
def get_version(caller: CallerDep, pipeline_id: str, version: int) -> PipelineDefinition:
    """The definition of one version."""
    return caller.read(lambda conn: queries.get_definition(conn, pipeline_id=pipeline_id, version=version))


@router.put("/pipelines/{pipeline_id}/variables/{name}", **needs(Action.PIPELINE_WRITE))
def set_variable(caller: CallerDep, pipeline_id: str, name: str, body: VariableSet) -> Pipeline:
    """Change a variable; every node reads it with its next batch."""

    def work(conn: Connection) -> Pipeline:
        check_ids(caller, conn, body.value)
        actions.set_variable(conn, pipeline_id, name=name, value=body.value, actor_id=caller.actor.id, now=caller.now)
        return queries.get_pipeline(conn, pipeline_id)

    return caller.write(work)


@router.get("/pipeline-templates", **needs(Action.SELF))
def get_templates(caller: CallerDep) -> list[TemplateInfo]:
    """The pipelines that ship with Whorl."""
    from whorl.pipelines.templates.gallery import describe_templates

    return describe_templates()


@router.get("/pipeline-templates/{name}", **needs(Action.SELF))
def get_template(caller: CallerDep, name: str) -> PipelineDefinition:
    """The definition of one template, ready to be filled in and applied."""
    return load_template(name)


@router.get("/node-types", **needs(Action.SELF))
def list_node_types(caller: CallerDep) -> list[NodeTypeInfo]:
    """Every kind of node: its ports, and the JSON schema of its parameters."""
    from whorl.pipelines.nodes import describe_nodes

    return describe_nodes()


def _moves(given: list[str]) -> dict[str, str]:
    moves: dict[str, str] = {}
    for one in ",".join(given).split(",") if given else []:
        old, sign, new = one.partition(":")
        if not (sign and old and new):
            raise InvalidInput(
                f"not a move: {one[:80]!r}", hint="Write migrate=old_node:new_node, or old_node:! to cancel."
            )
        moves[old] = new
    return moves
