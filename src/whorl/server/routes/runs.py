"""Runs: start, steer and watch them; what waits where, what failed, what was said."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, JsonValue
from whorl.base.ids import new_id
from whorl.datasets.dql import parse_text
from whorl.engine import InlineExecutor
from whorl.pipelines import actions, cancelling, ledger, logs, pausing, queries, reruns, starting, watching
from whorl.pipelines.graph import Graph, build_draft, build_graph
from whorl.schemas.ledger import Ledger
from whorl.schemas.pipeline_runs import (
    DryRun,
    DryRunRequest,
    LogLine,
    NodeToken,
    PipelinePause,
    PipelineRerun,
    RunRerun,
    TokensRestarted,
    TokenState,
    TriggerEvent,
)
from whorl.schemas.pipelines import (
    DeadLetter,
    DeadLettersRetried,
    DeadLettersRetry,
    Pipeline,
    PipelineStatus,
    PortType,
    Run,
    RunRequest,
    RunsStarted,
    RunStep,
)
from whorl.schemas.wire import Page
from whorl.server.ownership import check_owned, check_refs
from whorl.server.permits import Caller, CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["pipelines"])
_BATCH = 500
Limit = Annotated[int, Query(ge=1, le=1000)]


@router.get("/trigger-events", **needs(Action.SELF))
def list_trigger_events(caller: CallerDep) -> list[TriggerEvent]:
    """Every kind of event that triggers may wait for, and what it is about."""
    from whorl.pipelines.triggers.kinds import TRIGGER_EVENTS

    return list(TRIGGER_EVENTS.values())


@router.post("/pipelines/{pipeline_id}/activate", **needs(Action.PIPELINE_WRITE))
def activate(caller: CallerDep, pipeline_id: str) -> Pipeline:
    """Let its triggers fire."""
    return _set_active(caller, pipeline_id, is_active=True)


@router.post("/pipelines/{pipeline_id}/deactivate", **needs(Action.PIPELINE_WRITE))
def deactivate(caller: CallerDep, pipeline_id: str) -> Pipeline:
    """Stop its triggers; tokens under way go on."""
    return _set_active(caller, pipeline_id, is_active=False)


@router.post("/pipelines/{pipeline_id}/pause", **needs(Action.PIPELINE_WRITE))
def pause(caller: CallerDep, pipeline_id: str, body: PipelinePause | None = None) -> Pipeline:
    """Let no node take work; triggers are kept, and begin runs that wait, or dropped."""
    triggers = (body or PipelinePause()).triggers
    return caller.write(
        lambda conn: pausing.pause_pipeline(
            conn, pipeline_id, triggers=triggers, actor_id=caller.actor.id, now=caller.now
        )
    )


@router.post("/pipelines/{pipeline_id}/resume", **needs(Action.PIPELINE_WRITE))
def resume(caller: CallerDep, pipeline_id: str) -> Pipeline:
    """Let nodes take work and triggers fire again."""
    return caller.write(
        lambda conn: pausing.resume_pipeline(conn, pipeline_id, actor_id=caller.actor.id, now=caller.now)
    )


@router.post("/projects/{project_id}/pipelines/dry-run", **needs(Action.PIPELINE_RUN))
def dry_run(caller: CallerDep, project_id: str, body: DryRunRequest) -> DryRun:
    """Try a definition on a few items: bodies run, nothing is saved; at most half a minute."""
    from whorl.pipelines.dry_run import dry_run as try_out
    from whorl.pipelines.nodes import node_types
    from whorl.pipelines.nodes.base import PipelineServices

    graph = build_draft(body.definition, node_types())
    door = starting.find_door(graph, body.node)
    with caller.services.db.read() as conn:
        check_owned(caller, conn, body.definition)
        held = queries.find_pipeline(conn, project_id=project_id, name=body.definition.name)
        variables = {one.name: one.value for one in body.definition.variables}
        variables |= {name: value for name, value in (held.variables if held else {}).items() if name in variables}
        refs = _few_refs(caller, conn, body, graph, door, variables)
    world = PipelineServices(
        db=caller.services.db,
        blobs=caller.services.blobs,
        executor=caller.services.executor or InlineExecutor(),
        home=caller.services.settings.home_path,
        clock=caller.services.clock,
    )
    return try_out(world, graph, door, refs, project_id=project_id, variables=variables)


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
    limit: Limit = 100,
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
    """How many runs are in which state, how many tokens are where, and what each node cost so far."""
    return caller.read(lambda conn: queries.get_status(conn, pipeline_id, now=caller.now))


@router.get("/pipelines/{pipeline_id}/ledger", **needs(Action.PIPELINE_READ))
def get_ledger(caller: CallerDep, pipeline_id: str) -> Ledger:
    """What its labels cost so far: seconds of people and of machines by step, by skill and by person."""
    return caller.read(lambda conn: ledger.read_ledger(conn, pipeline_id, now=caller.now))


@router.get("/pipelines/{pipeline_id}/dead-letters", **needs(Action.PIPELINE_READ))
def list_dead_letters(
    caller: CallerDep, pipeline_id: str, cursor: str | None = None, limit: Limit = 100
) -> Page[DeadLetter]:
    """The tokens that used up their tries, with their last error, oldest first."""
    return caller.read(lambda conn: queries.list_dead_letters(conn, pipeline_id, cursor=cursor, limit=limit))


@router.post("/pipelines/{pipeline_id}/dead-letters/retry", **needs(Action.PIPELINE_RUN))
def retry_dead_letters(caller: CallerDep, pipeline_id: str, body: DeadLettersRetry) -> DeadLettersRetried:
    """Try dead letters again, with all their tries."""
    return DeadLettersRetried(
        retried=caller.write(lambda conn: actions.retry_dead_letters(conn, pipeline_id, ids=body.ids))
    )


@router.post("/runs/{run_id}/cancel", **needs(Action.PIPELINE_RUN))
def cancel_run(caller: CallerDep, run_id: str) -> Run:
    """End a run: its tokens go, and its items leave people's queues unless somebody has begun with them."""
    return caller.write(lambda conn: cancelling.cancel_run(conn, run_id, now=caller.now))


@router.post("/runs/{run_id}/rerun", **needs(Action.PIPELINE_RUN))
def rerun(caller: CallerDep, run_id: str, body: RunRerun) -> Run:
    """Let a run that has ended go again, on the pipeline's present version: all of it, from a node, or what failed."""
    if body.start == "node" and body.node is None:
        raise InvalidInput("a re-run from a node needs the node", hint="Give node, or start: start.")

    def work(conn: Connection) -> Run:
        held = queries.get_run(conn, run_id)
        if body.start == "failed":
            return reruns.rerun_failed(conn, run_id)
        pipeline = queries.get_pipeline(conn, held.pipeline_id)
        graph, version = _graph(pipeline), pipeline.version
        if body.start == "node" and body.node is not None:
            return reruns.rerun_from_node(conn, run_id, node=body.node, graph=graph, version=version, now=caller.now)
        return reruns.rerun_from_start(conn, run_id, graph=graph, version=version, now=caller.now)

    return caller.write(work)


@router.post("/pipelines/{pipeline_id}/rerun", **needs(Action.PIPELINE_RUN))
def rerun_failed(caller: CallerDep, pipeline_id: str, body: PipelineRerun) -> TokensRestarted:
    """Try again all that failed, or all that failed at one node."""
    return TokensRestarted(
        restarted=caller.write(lambda conn: actions.retry_dead_letters(conn, pipeline_id, node=body.node))
    )


@router.get("/pipelines/{pipeline_id}/nodes/{node}/tokens", **needs(Action.PIPELINE_READ))
def list_tokens(
    caller: CallerDep,
    pipeline_id: str,
    node: str,
    state: TokenState = "waiting",
    cursor: str | None = None,
    limit: Limit = 100,
) -> Page[NodeToken]:
    """The tokens of one node in one state; those that are done newest first, all others oldest first."""
    return caller.read(
        lambda conn: watching.list_tokens(conn, pipeline_id, node=node, state=state, cursor=cursor, limit=limit)
    )


@router.get("/pipelines/{pipeline_id}/logs", **needs(Action.PIPELINE_READ))
def list_logs(
    caller: CallerDep,
    pipeline_id: str,
    node: str | None = None,
    run_id: str | None = None,
    level: Annotated[logs.Level | None, Query(description="info, warning or error; all when left out.")] = None,
    cursor: str | None = None,
    limit: Limit = 100,
) -> Page[LogLine]:
    """What its nodes said, newest first; about ten thousand lines are kept."""
    return caller.read(
        lambda conn: logs.list_lines(
            conn, pipeline_id, node=node, run_id=run_id, level=level, cursor=cursor, limit=limit
        )
    )


def _set_active(caller: Caller, pipeline_id: str, *, is_active: bool) -> Pipeline:
    return caller.write(
        lambda conn: pausing.set_active(
            conn, pipeline_id, is_active=is_active, actor_id=caller.actor.id, now=caller.now
        )
    )


def _graph(pipeline: Pipeline) -> Graph:
    from whorl.pipelines.nodes import node_types

    return build_graph(pipeline.definition, node_types())


def _few_refs(
    caller: Caller,
    conn: Connection,
    body: DryRunRequest,
    graph: Graph,
    door: starting.Door,
    variables: dict[str, JsonValue],
) -> list[str]:
    if body.refs and body.query is not None:
        raise InvalidInput("refs and query were given", hint="Give one of the two.")
    if body.refs:
        check_refs(caller, conn, body.refs)
        return body.refs[: body.limit]
    if body.query is None and door.type is PortType.SIGNAL:
        return [""]
    if body.dataset_id is not None:
        caller.check_same_project(conn, "dataset", body.dataset_id)
    query = parse_text(body.query) if body.query else None
    return starting.list_first_refs(
        conn, graph, door, variables=variables, query=query, dataset_id=body.dataset_id, limit=body.limit
    )


def _refs(
    caller: Caller, conn: Connection, body: RunRequest, graph: Graph, pipeline_id: str, door: starting.Door
) -> list[str]:
    if body.refs:
        check_refs(caller, conn, body.refs)
        return body.refs
    if body.query is None and door.type is PortType.SIGNAL:
        return [""]
    if body.query is None and door.type is not PortType.ITEM:
        raise InvalidInput(f"{door.target} takes a {door.type.value}", hint="Give its id in refs.")
    if body.dataset_id is not None:
        caller.check_same_project(conn, "dataset", body.dataset_id)
    query = parse_text(body.query) if body.query else None
    return starting.list_refs(conn, graph, pipeline_id, door, query=query, dataset_id=body.dataset_id)
