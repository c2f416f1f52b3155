"""Reads of pipelines, runs and their counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import Connection, RowMapping, Text, cast, func, select

from whorl.base.errors import JsonValue, NotFound
from whorl.pipelines.tallies import read_tallies
from whorl.pipelines.watching import count_with_people, key_of, list_addresses
from whorl.schemas.pipelines import (
    DeadLetter,
    NodeCounts,
    Pipeline,
    PipelineDefinition,
    PipelineStatus,
    PipelineVersion,
    Run,
    RunStep,
)
from whorl.schemas.wire import Page
from whorl.store.db.tables import (
    dead_letter,
    event,
    inbox,
    parked,
    pipeline,
    pipeline_variable,
    pipeline_version,
    run,
    run_step,
)
from whorl.store.events import get_cursor, read_events

_LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
_RUNS = select(
    run,
    select(func.sum(run_step.c.machine_seconds))
    .where(run_step.c.run_key == run.c.key)
    .scalar_subquery()
    .label("machine_seconds"),
    select(func.sum(run_step.c.human_seconds))
    .where(run_step.c.run_key == run.c.key)
    .scalar_subquery()
    .label("human_seconds"),
)


@dataclass(frozen=True, slots=True)
class ParkedToken:
    """A token that waits at a node."""

    key: int
    run_key: int
    ref: str
    epoch: int
    port: str
    payload: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class VariableChange:
    """One change of a variable, as the event told it."""

    name: str
    value: JsonValue
    previous: JsonValue
    cause: str | None


def get_pipeline(conn: Connection, pipeline_id: str) -> Pipeline:
    """The pipeline at its current version.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(pipeline).where(pipeline.c.id == pipeline_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such pipeline: {pipeline_id}", hint="List them with `whorl pipeline status`.")
    return _pipeline(conn, row)


def find_pipeline(conn: Connection, *, project_id: str, name: str) -> Pipeline | None:
    """The project's pipeline of this name, or None."""
    found = select(pipeline).where(pipeline.c.project_id == project_id, pipeline.c.name == name)
    row = conn.execute(found).mappings().one_or_none()
    return None if row is None else _pipeline(conn, row)


def list_pipelines(conn: Connection, *, project_id: str | None = None) -> list[Pipeline]:
    """All pipelines, of one project or of all, in the order of their making."""
    found = select(pipeline).order_by(pipeline.c.id)
    if project_id is not None:
        found = found.where(pipeline.c.project_id == project_id)
    return [_pipeline(conn, row) for row in conn.execute(found).mappings()]


def list_pipeline_page(
    conn: Connection, *, project_id: str, cursor: str | None = None, limit: int = 100
) -> Page[Pipeline]:
    """A project's pipelines, in the order of their making."""
    found = select(pipeline).where(pipeline.c.project_id == project_id).order_by(pipeline.c.id).limit(limit + 1)
    if cursor is not None:
        found = found.where(pipeline.c.id > cursor)
    rows = list(conn.execute(found).mappings())
    return Page(
        items=[_pipeline(conn, row) for row in rows[:limit]],
        next_cursor=rows[limit - 1]["id"] if len(rows) > limit else None,
    )


def list_versions(conn: Connection, pipeline_id: str) -> list[PipelineVersion]:
    """A pipeline's versions, newest first."""
    found = (
        select(pipeline_version.c.version, pipeline_version.c.author_id, pipeline_version.c.created_at)
        .where(pipeline_version.c.pipeline_id == pipeline_id)
        .order_by(pipeline_version.c.version.desc())
    )
    return [PipelineVersion(**row) for row in conn.execute(found).mappings()]


def get_definition(conn: Connection, *, pipeline_id: str, version: int) -> PipelineDefinition:
    """The definition of one version.

    Raises:
        NotFound: The pipeline never had this version.
    """
    # As text: versions never change and are read for every batch of events, so each is parsed once.
    found = select(cast(pipeline_version.c.definition, Text)).where(
        pipeline_version.c.pipeline_id == pipeline_id, pipeline_version.c.version == version
    )
    definition = conn.execute(found).scalar_one_or_none()
    if definition is None:
        raise NotFound(f"pipeline {pipeline_id} has no version {version}")
    return _read_definition(definition)


@lru_cache(maxsize=256)
def _read_definition(text: str) -> PipelineDefinition:
    return PipelineDefinition.model_validate_json(text)


def read_variables(conn: Connection, pipeline_id: str) -> dict[str, JsonValue]:
    """The present value of every variable."""
    found = select(pipeline_variable.c.name, pipeline_variable.c.value).where(
        pipeline_variable.c.pipeline_id == pipeline_id
    )
    return {name: value for name, value in conn.execute(found)}


def list_parked(conn: Connection, *, pipeline_id: str, node: str, limit: int = 1_000_000) -> list[ParkedToken]:
    """The tokens that wait at a node, oldest first."""
    found = (
        select(parked)
        .where(parked.c.pipeline_id == pipeline_id, parked.c.node == node)
        .order_by(parked.c.key)
        .limit(limit)
    )
    return [
        ParkedToken(row["key"], row["run_key"], row["ref"], row["epoch"], row["port"], dict(row["payload"]))
        for row in conn.execute(found).mappings()
    ]


def count_parked(conn: Connection, *, pipeline_id: str) -> dict[str, int]:
    """How many tokens wait, by node."""
    found = select(parked.c.node, func.count()).where(parked.c.pipeline_id == pipeline_id).group_by(parked.c.node)
    return {node: count for node, count in conn.execute(found)}


def list_addresses_in_use(conn: Connection) -> list[str]:
    """The inbox names that have work now."""
    return list(conn.execute(select(inbox.c.node).distinct()).scalars())


def get_status(conn: Connection, pipeline_id: str, *, now: datetime | None = None) -> PipelineStatus:
    """Counts of runs by state and of tokens by node, over all versions, and what the nodes cost so far.

    Args:
        now: For rates of the last minutes; they are 0 without it.
    """
    prefix = f"{pipeline_id}:"
    held = conn.execute(select(pipeline.c.is_active, pipeline.c.is_paused).where(pipeline.c.id == pipeline_id)).one()
    runs = conn.execute(select(run.c.state, func.count()).where(run.c.pipeline_id == pipeline_id).group_by(run.c.state))
    waiting = conn.execute(
        select(inbox.c.node, inbox.c.token.is_not(None), func.count())
        .where(inbox.c.node.startswith(prefix))
        .group_by(inbox.c.node, inbox.c.token.is_not(None))
    )
    dead = conn.execute(
        select(dead_letter.c.node, func.count())
        .where(dead_letter.c.node.startswith(prefix))
        .group_by(dead_letter.c.node)
    )
    nodes: dict[str, dict[str, float]] = {}

    def add(node: str, name: str, count: float) -> None:
        counts = nodes.setdefault(node.rpartition(":")[2], {})
        counts[name] = counts.get(name, 0) + count

    for node, tally in read_tallies(conn, pipeline_id, now=now or _LONG_AGO).items():
        add(node, "done", tally.done)
        add(node, "machine_seconds", round(tally.machine_seconds, 3))
        add(node, "human_seconds", round(tally.human_seconds, 3))
        add(node, "done_per_minute", 0 if now is None else tally.done_per_minute)
    for node, is_running, count in waiting:
        add(node, "running" if is_running else "waiting", count)
    for node, count in dead:
        add(node, "failed", count)
    for node, count in [
        *count_parked(conn, pipeline_id=pipeline_id).items(),
        *count_with_people(conn, pipeline_id).items(),
    ]:
        add(node, "parked", count)
    return PipelineStatus(
        pipeline_id=pipeline_id,
        is_active=held.is_active,
        is_paused=held.is_paused,
        runs={state: count for state, count in runs},
        nodes={node: NodeCounts.model_validate(counts) for node, counts in sorted(nodes.items())},
    )


def list_runs(
    conn: Connection, *, pipeline_id: str, state: str | None = None, cursor: str | None = None, limit: int = 100
) -> Page[Run]:
    """Runs, newest first; those in one state when it is given."""
    found = _RUNS.where(run.c.pipeline_id == pipeline_id).order_by(run.c.key.desc()).limit(limit + 1)
    if state is not None:
        found = found.where(run.c.state == state)
    if cursor is not None:
        found = found.where(run.c.key < key_of(cursor))
    rows = list(conn.execute(found).mappings())
    return Page(
        items=[_run(row) for row in rows[:limit]],
        next_cursor=str(rows[limit - 1]["key"]) if len(rows) > limit else None,
    )


def get_run(conn: Connection, run_id: str) -> Run:
    """One run.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_RUNS.where(run.c.id == run_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such run: {run_id}")
    return _run(row)


def list_runs_of_cause(conn: Connection, *, pipeline_id: str, cause: str, limit: int = 100) -> list[Run]:
    """The newest runs whose cause is this, or begins with it and a colon."""
    is_meant = (run.c.cause == cause) | run.c.cause.startswith(f"{cause}:")
    found = _RUNS.where(run.c.pipeline_id == pipeline_id, is_meant).order_by(run.c.key.desc()).limit(limit)
    return [_run(row) for row in conn.execute(found).mappings()]


def list_dead_letters(
    conn: Connection, pipeline_id: str, *, cursor: str | None = None, limit: int = 100
) -> Page[DeadLetter]:
    """The tokens that used up their tries, oldest first."""
    found = (
        select(dead_letter, run.c.id.label("run_id"))
        .outerjoin(run, run.c.key == dead_letter.c.run_key)
        .where(dead_letter.c.node.startswith(f"{pipeline_id}:"))
        .order_by(dead_letter.c.id)
        .limit(limit + 1)
    )
    if cursor is not None:
        found = found.where(dead_letter.c.id > key_of(cursor))
    rows = list(conn.execute(found).mappings())
    return Page(
        items=[_dead_letter(row) for row in rows[:limit]],
        next_cursor=str(rows[limit - 1]["id"]) if len(rows) > limit else None,
    )


def find_dead_letters(
    conn: Connection, pipeline_id: str, ids: Sequence[int] | None, *, node: str | None = None
) -> dict[int, int]:
    """Map dead letters of this pipeline to the key of their run; all of them when ``ids`` is None."""
    found = select(dead_letter.c.id, dead_letter.c.run_key).where(dead_letter.c.node.startswith(f"{pipeline_id}:"))
    if node is not None:
        found = found.where(dead_letter.c.node.in_(list_addresses(conn, pipeline_id, node)))
    rows = {int(dead_id): int(run_key) for dead_id, run_key in conn.execute(found)}
    return rows if ids is None else {dead_id: rows[dead_id] for dead_id in ids if dead_id in rows}


def list_variable_changes(conn: Connection, *, project_id: str, subject_id: str) -> list[VariableChange]:
    """Every change of a variable of one pipeline, or of one project's own setting, oldest first."""
    found = (
        select(event.c.cause, event.c.payload)
        .where(event.c.project_id == project_id, event.c.kind == "variable.changed", event.c.subject_id == subject_id)
        .order_by(event.c.id)
    )
    return [
        VariableChange(str(payload["name"]), payload["value"], payload["previous"], cause)
        for cause, payload in conn.execute(found)
    ]


def list_steps(conn: Connection, run_id: str) -> list[RunStep]:
    """The journey of one run, in order."""
    found = (
        select(run_step).join(run, run.c.key == run_step.c.run_key).where(run.c.id == run_id).order_by(run_step.c.key)
    )
    return [
        RunStep(
            node=row["node"],
            ref=row["ref"],
            port=row["port"],
            output=row["output"],
            machine_seconds=row["machine_seconds"],
            human_seconds=row["human_seconds"],
            epoch=row["epoch"],
            at=row["at"],
        )
        for row in conn.execute(found).mappings()
    ]


def has_step(conn: Connection, *, run_key: int, node: str, ref: str, epoch: int) -> bool:
    """Whether a token has passed a node already."""
    found = select(run_step.c.key).where(
        run_step.c.run_key == run_key, run_step.c.node == node, run_step.c.ref == ref, run_step.c.epoch == epoch
    )
    return conn.execute(found).first() is not None


def has_events_after_cursor(conn: Connection) -> bool:
    """Whether the pump has events to look at."""
    return bool(read_events(conn, after_id=get_cursor(conn, "pipelines"), limit=1))


def sum_machine_seconds(conn: Connection, *, pipeline_id: str) -> dict[str, float]:
    """Machine seconds spent, by node."""
    return {node: one.machine_seconds for node, one in read_tallies(conn, pipeline_id, now=_LONG_AGO).items()}


def _pipeline(conn: Connection, row: RowMapping) -> Pipeline:
    return Pipeline(
        id=row["id"],
        project_id=row["project_id"],
        name=row["name"],
        version=row["version"],
        is_active=row["is_active"],
        is_paused=row["is_paused"],
        definition=get_definition(conn, pipeline_id=row["id"], version=row["version"]),
        variables=read_variables(conn, row["id"]),
        created_at=row["created_at"],
    )


def _run(row: RowMapping) -> Run:
    return Run(
        id=row["id"],
        pipeline_id=row["pipeline_id"],
        version=row["version"],
        start_node=row["start_node"],
        cause=row["cause"],
        ref=row["ref"],
        state=row["state"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        machine_seconds=round(row["machine_seconds"] or 0.0, 3),
        human_seconds=round(row["human_seconds"] or 0.0, 3),
    )


def _dead_letter(row: RowMapping) -> DeadLetter:
    _, version, node = str(row["node"]).split(":")
    return DeadLetter(
        id=row["id"],
        node=node,
        version=int(version),
        run_id=row["run_id"],
        ref=row["ref"],
        attempts=row["attempts"],
        error_code=row["error_code"],
        error=row["error"],
        at=row["at"],
    )
