"""Pipelines: check, save, steer, run and watch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Depends, Query, Request
from pydantic import ValidationError
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import GraphError, InvalidInput, JsonValue
from whorl.base.ids import kind_of, new_id
from whorl.datasets.dql import parse_text
from whorl.pipelines import actions, queries, starting
from whorl.pipelines.graph import Graph, build_graph, find_problems
from whorl.pipelines.templates import list_templates, load_template
from whorl.schemas.pipelines import (
    DeadLetter,
    DeadLettersRetried,
    DeadLettersRetry,
    GraphProblem,
    NodeTypeInfo,
    Pipeline,
    PipelineDefinition,
    PipelineStatus,
    PipelineVersion,
    PortType,
    Run,
    RunRequest,
    RunsStarted,
    RunStep,
    TemplateInfo,
    VariableSet,
)
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["pipelines"])
MAX_BYTES = 2**20
_BATCH = 500
_OWNED = ("dataset", "model", "item", "evaluation")


async def _document(request: Request) -> JsonValue:
    """The body as plain values, from JSON or YAML by its content type."""
    body = await request.body()
    if len(body) > MAX_BYTES:
        raise InvalidInput(f"a pipeline of {len(body):,} bytes; allowed: {MAX_BYTES:,}")
    is_yaml = "yaml" in request.headers.get("content-type", "")
    try:
        return _load_yaml(body.decode()) if is_yaml else json.loads(body)
    except (ValueError, yaml.YAMLError) as error:
        kind, place = ("YAML" if is_yaml else "JSON"), str(error).replace("\n", " ")
        raise InvalidInput(
            f"the pipeline is not {kind}: {place[:300]}",
            hint="Send JSON, or YAML with the content type application/yaml.",
        ) from error


Document = Annotated[JsonValue, Depends(_document)]


# Any: what FastAPI takes as keyword arguments of a route.
def _with_document(action: Action) -> dict[str, Any]:
    declared = needs(action)
    schema = {"$ref": "#/components/schemas/PipelineDefinition"}
    content = {"application/json": {"schema": schema}, "application/yaml": {"schema": schema}}
    return declared | {
        "openapi_extra": declared["openapi_extra"] | {"requestBody": {"required": True, "content": content}}
    }


@router.get("/projects/{project_id}/pipelines", **needs(Action.PIPELINE_READ))
def list_pipelines(
    caller: CallerDep, project_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Pipeline]:
    """The pipelines at their current versions, in the order of their making."""
    return caller.read(lambda conn: queries.list_pipeline_page(conn, project_id=project_id, cursor=cursor, limit=limit))


@router.post("/projects/{project_id}/pipelines", **_with_document(Action.PIPELINE_WRITE))
def apply_pipeline(
    caller: CallerDep,
    project_id: str,
    document: Document,
    migrate: Annotated[
        list[str], Query(description="old_node:new_node, for tokens of nodes that vanish; several with commas.")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> Pipeline:
    """Save a pipeline: new, or as the next version of the project's one of the same name."""
    from whorl.pipelines.nodes import node_types

    definition = _definition(document)
    moves = _moves(migrate)

    def work(conn: Connection) -> Pipeline:
        _check_owned(caller, conn, definition)
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


@router.post("/projects/{project_id}/pipelines/validate", **_with_document(Action.PIPELINE_READ))
def validate_pipeline(caller: CallerDep, project_id: str, document: Document) -> list[GraphProblem]:
    """Everything that keeps a graph from running; empty when nothing does."""
    from whorl.pipelines.nodes import node_types

    try:
        definition = PipelineDefinition.model_validate(document)
    except ValidationError as error:
        return [GraphProblem(code="malformed", message=f"{_place(one)}: {one['msg']}") for one in error.errors()[:100]]
    problems = list(find_problems(definition, node_types()))
    with caller.services.db.read() as conn:
        problems += _find_foreign(caller, conn, definition)
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
        for one in _strings(body.value):
            _check_one(caller, conn, one)
        actions.set_variable(conn, pipeline_id, name=name, value=body.value, actor_id=caller.actor.id, now=caller.now)
        return queries.get_pipeline(conn, pipeline_id)

    return caller.write(work)


@router.post("/pipelines/{pipeline_id}/activate", **needs(Action.PIPELINE_WRITE))
def activate(caller: CallerDep, pipeline_id: str) -> Pipeline:
    """Let its triggers fire."""
    return _set_active(caller, pipeline_id, is_active=True)


@router.post("/pipelines/{pipeline_id}/pause", **needs(Action.PIPELINE_WRITE))
def pause(caller: CallerDep, pipeline_id: str) -> Pipeline:
    """Stop its triggers; tokens under way go on."""
    return _set_active(caller, pipeline_id, is_active=False)


@router.post("/pipelines/{pipeline_id}/runs", status_code=201, **needs(Action.PIPELINE_RUN))
def start_runs(caller: CallerDep, pipeline_id: str, body: RunRequest) -> RunsStarted:
    """Start runs by hand: for items or models by id, for what a query finds, or once where a signal enters."""
    if body.refs and body.query is not None:
        raise InvalidInput("refs and query were given", hint="Give one of the two.")
    with caller.services.db.read() as conn:
        pipeline = queries.get_pipeline(conn, pipeline_id)
        graph = _graph(pipeline)
        door = starting.find_door(graph, body.node)
        refs = _refs(caller, conn, body, graph, pipeline_id, door)
    cause = f"manual:{new_id('run', at=caller.services.clock.now())}"
    started = 0
    for start in range(0, len(refs), _BATCH):
        some = refs[start : start + _BATCH]
        started += caller.write(
            lambda conn, some=some: starting.start_runs(  # type: ignore[misc]
                conn,
                graph,
                pipeline_id=pipeline_id,
                version=pipeline.version,
                door=door,
                cause=cause,
                refs=some,
                now=caller.now,
            )
        )
    runs = caller.read(lambda conn: queries.list_runs_of_cause(conn, pipeline_id=pipeline_id, cause=cause))
    return RunsStarted(target=door.target, cause=cause, started=started, runs=runs)


@router.get("/pipelines/{pipeline_id}/runs", **needs(Action.PIPELINE_READ))
def list_runs(
    caller: CallerDep,
    pipeline_id: str,
    state: Annotated[str | None, Query(description="active, done, failed or cancelled; all when left out.")] = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[Run]:
    """Its runs, newest first."""
    return caller.read(
        lambda conn: queries.list_runs(conn, pipeline_id=pipeline_id, state=state, cursor=cursor, limit=limit)
    )


@router.get("/runs/{run_id}", **needs(Action.PIPELINE_READ))
def get_run(caller: CallerDep, run_id: str) -> Run:
    """One run."""
    return caller.read(lambda conn: queries.get_run(conn, run_id))


@router.get("/runs/{run_id}/steps", **needs(Action.PIPELINE_READ))
def list_steps(caller: CallerDep, run_id: str) -> list[RunStep]:
    """The journey of a run: each node it passed, in order."""
    return caller.read(lambda conn: queries.list_steps(conn, run_id))


@router.get("/pipelines/{pipeline_id}/status", **needs(Action.PIPELINE_READ))
def get_status(caller: CallerDep, pipeline_id: str) -> PipelineStatus:
    """How many runs are in which state, and how many tokens are where."""
    return caller.read(lambda conn: queries.get_status(conn, pipeline_id))


@router.get("/pipelines/{pipeline_id}/dead-letters", **needs(Action.PIPELINE_READ))
def list_dead_letters(
    caller: CallerDep, pipeline_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[DeadLetter]:
    """The tokens that used up their tries, with their last error, oldest first."""
    return caller.read(lambda conn: queries.list_dead_letters(conn, pipeline_id, cursor=cursor, limit=limit))


@router.post("/pipelines/{pipeline_id}/dead-letters/retry", **needs(Action.PIPELINE_RUN))
def retry_dead_letters(caller: CallerDep, pipeline_id: str, body: DeadLettersRetry) -> DeadLettersRetried:
    """Try dead letters again, with all their tries."""
    return DeadLettersRetried(
        retried=caller.write(lambda conn: actions.retry_dead_letters(conn, pipeline_id, ids=body.ids))
    )


@router.get("/pipeline-templates", **needs(Action.SELF))
def get_templates(caller: CallerDep) -> list[TemplateInfo]:
    """The pipelines that ship with Whorl."""
    found = [load_template(name) for name in list_templates()]
    return [TemplateInfo(name=one.name, description=one.description, variables=one.variables) for one in found]


@router.get("/pipeline-templates/{name}", **needs(Action.SELF))
def get_template(caller: CallerDep, name: str) -> PipelineDefinition:
    """The definition of one template, ready to be filled in and applied."""
    return load_template(name)


@router.get("/node-types", **needs(Action.SELF))
def list_node_types(caller: CallerDep) -> list[NodeTypeInfo]:
    """Every kind of node: its ports, and the JSON schema of its parameters."""
    from whorl.pipelines.nodes import describe_nodes

    return describe_nodes()


def _set_active(caller: Caller, pipeline_id: str, *, is_active: bool) -> Pipeline:
    def work(conn: Connection) -> Pipeline:
        actions.set_active(conn, pipeline_id, is_active=is_active)
        return queries.get_pipeline(conn, pipeline_id)

    return caller.write(work)


def _graph(pipeline: Pipeline) -> Graph:
    from whorl.pipelines.nodes import node_types

    return build_graph(pipeline.definition, node_types())


def _refs(
    caller: Caller, conn: Connection, body: RunRequest, graph: Graph, pipeline_id: str, door: starting.Door
) -> list[str]:
    if body.refs:
        for ref in body.refs:
            if kind_of(ref) not in _OWNED:
                raise InvalidInput(f"not the id of an item, model or evaluation: {ref[:80]!r}")
            _check_one(caller, conn, ref)
        return body.refs
    if body.query is None and door.type is PortType.SIGNAL:
        return [""]
    if body.query is None and door.type is not PortType.ITEM:
        raise InvalidInput(f"{door.target} takes a {door.type.value}", hint="Give its id in refs.")
    if body.dataset_id is not None:
        caller.check_same_project(conn, "dataset", body.dataset_id)
    query = parse_text(body.query) if body.query else None
    return starting.list_refs(conn, graph, pipeline_id, door, query=query, dataset_id=body.dataset_id)


def _definition(document: JsonValue) -> PipelineDefinition:
    try:
        return PipelineDefinition.model_validate(document)
    except ValidationError as error:
        problems = error.errors()
        listed: list[JsonValue] = [
            {"code": "malformed", "message": f"{_place(one)}: {one['msg']}", "node": None, "port": None}
            for one in problems[:100]
        ]
        raise GraphError(
            f"the pipeline is not well formed at {_place(problems[0])}: {problems[0]['msg']}"
            + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""),
            hint="Validate it to see every problem.",
            details={"problems": listed},
        ) from error


# Any: Pydantic's error dictionaries.
def _place(problem: Any) -> str:
    return ".".join(str(part) for part in problem["loc"]) or "the document"


def _moves(given: list[str]) -> dict[str, str]:
    moves: dict[str, str] = {}
    for one in ",".join(given).split(",") if given else []:
        old, sign, new = one.partition(":")
        if not (sign and old and new):
            raise InvalidInput(f"not a move: {one[:80]!r}", hint="Write migrate=old_node:new_node.")
        moves[old] = new
    return moves


def _load_yaml(text: str) -> JsonValue:
    # An alias can stand for a thousand copies of itself, so that a few bytes would fill the memory.
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
        raise ValueError("aliases (*name) are not taken")
    loaded: JsonValue = yaml.safe_load(text)
    return loaded


def _strings(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)


def _mentions(definition: PipelineDefinition) -> Iterator[tuple[str | None, str]]:
    for node in definition.nodes:
        for one in _strings(node.params):
            yield node.id, one
    for variable in definition.variables:
        for one in _strings(variable.value):
            yield None, one
    for trigger in definition.triggers:
        for one in _strings(trigger.model_dump(mode="json")):
            yield trigger.target.partition(".")[0], one


def _check_owned(caller: Caller, conn: Connection, definition: PipelineDefinition) -> None:
    for _, one in _mentions(definition):
        _check_one(caller, conn, one)


def _check_one(caller: Caller, conn: Connection, text: str) -> None:
    """A pipeline reads whatever it names, so what it names must be of its own project."""
    kind = kind_of(text)
    if kind in _OWNED and text[3:4] == "_":
        caller.check_same_project(conn, kind, text)


def _find_foreign(caller: Caller, conn: Connection, definition: PipelineDefinition) -> list[GraphProblem]:
    from whorl.base.errors import NotFound

    problems = []
    for node, text in _mentions(definition):
        try:
            _check_one(caller, conn, text)
        except NotFound as error:
            problems.append(GraphProblem(code="not_found", node=node, message=error.message))
    return problems
