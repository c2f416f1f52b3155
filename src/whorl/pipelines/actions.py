"""Writes: apply a definition, set a variable, begin a run, move tokens along."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.engine import Message, revive, send
from whorl.pipelines import queries
from whorl.pipelines.conditions import find_matching
from whorl.pipelines.diff import is_same
from whorl.pipelines.graph import Graph, NodeType, build_graph
from whorl.pipelines.merging import drop_doubles, open_stalled_parts
from whorl.pipelines.moving import move_removed
from whorl.pipelines.run_ends import reopen_runs, settle_runs
from whorl.pipelines.tallies import add_tally
from whorl.pipelines.tokens import (
    Emission,
    Merged,
    Parked,
    Passed,
    Released,
    Result,
    Token,
    encode_payload,
    node_address,
    parse_address,
)
from whorl.schemas.pipelines import Pipeline, PipelineDefinition, VariableType
from whorl.serving.actions import follow_champion
from whorl.store.db.tables import (
    dead_letter,
    parked,
    pipeline,
    pipeline_variable,
    pipeline_version,
    run,
    run_step,
)
from whorl.store.events import emit

_CHUNK = 500


def apply_pipeline(
    conn: Connection,
    definition: PipelineDefinition,
    *,
    types: Mapping[str, NodeType],
    project_id: str,
    actor_id: str,
    now: datetime,
    migrate: Mapping[str, str] | None = None,
) -> Pipeline:
    """Make a pipeline, or a new version of the project's pipeline of the same name.

    Runs under way stay on the version they began with; parked tokens stay at their node. Variables that exist keep
    their values. A definition that differs only in places on the canvas becomes part of the version there is.

    Args:
        types: The node types there are.
        migrate: Old node to new node, or to ``!`` to cancel, for what waits at nodes that the new version lacks.

    Raises:
        GraphError: The definition cannot run.
        Conflict: A node with waiting tokens would vanish and ``migrate`` does not say where they go.
    """
    graph = build_graph(definition, types)
    found = queries.find_pipeline(conn, project_id=project_id, name=definition.name)
    if found is None:
        pipeline_id, version = new_id("pipeline", at=now.timestamp()), 1
        conn.execute(
            insert(pipeline).values(
                id=pipeline_id, project_id=project_id, name=definition.name, version=1, is_active=True, created_at=now
            )
        )
    else:
        pipeline_id, version = found.id, found.version + 1
        if is_same(found.definition, definition) and not migrate:
            return _save_places(conn, found, definition, actor_id=actor_id, now=now)
        move_removed(conn, found, graph, types=types, migrate=migrate or {}, version=version, now=now)
        conn.execute(update(pipeline).where(pipeline.c.id == pipeline_id).values(version=version))
    conn.execute(
        insert(pipeline_version).values(
            pipeline_id=pipeline_id,
            version=version,
            definition=definition.model_dump(mode="json"),
            author_id=actor_id,
            created_at=now,
        )
    )
    _add_variables(conn, pipeline_id, definition, actor_id=actor_id, now=now)
    _say_changed(conn, project_id, pipeline_id, version, actor_id=actor_id, now=now)
    return queries.get_pipeline(conn, pipeline_id)


def set_variable(
    conn: Connection,
    pipeline_id: str,
    *,
    name: str,
    value: JsonValue,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> None:
    """Give a variable a new value; every node reads it with its next batch.

    Raises:
        NotFound: The pipeline has no such variable.
        InvalidInput: The value is not of the variable's type.
    """
    held = queries.get_pipeline(conn, pipeline_id)
    declared = {variable.name: variable.type for variable in held.definition.variables}
    if name not in declared:
        raise NotFound(
            f"pipeline {held.name!r} has no variable {name!r}", hint=f"It has: {', '.join(declared) or 'none'}."
        )
    check_variable(name, declared[name], value)
    conn.execute(
        update(pipeline_variable)
        .where(pipeline_variable.c.pipeline_id == pipeline_id, pipeline_variable.c.name == name)
        .values(value=value, updated_by=actor_id, updated_at=now)
    )
    emit(
        conn,
        "variable.changed",
        project_id=held.project_id,
        subject_id=pipeline_id,
        actor_id=actor_id,
        now=now,
        payload={"name": name, "value": value, "previous": held.variables.get(name)},
        cause=cause,
    )
    if declared[name] is VariableType.MODEL:
        follow_champion(
            conn,
            project_id=held.project_id,
            pipeline_id=pipeline_id,
            variable=name,
            model_id=value if isinstance(value, str) else None,
            actor_id=actor_id,
            now=now,
            cause=cause,
        )


def check_variable(name: str, type_: VariableType, value: JsonValue) -> None:
    """Refuse a value that does not fit a variable's type; None always fits.

    Raises:
        InvalidInput: Naming the variable, what was given and what is allowed.
    """
    if value is None:
        return
    allowed: dict[VariableType, tuple[type, ...]] = {
        VariableType.MODEL: (str,),
        VariableType.DATASET: (str,),
        VariableType.QUERY: (str, dict),
        VariableType.NUMBER: (int, float),
        VariableType.TEXT: (str,),
        VariableType.JSON: (dict, list, str, int, float, bool),
    }
    prefix = {VariableType.MODEL: "mdl_", VariableType.DATASET: "dst_"}.get(type_, "")
    fits = isinstance(value, allowed[type_]) and not (type_ is VariableType.NUMBER and isinstance(value, bool))
    if not fits or (isinstance(value, str) and not value.startswith(prefix)):
        raise InvalidInput(
            f"variable {name!r} takes a {type_.value}, not {value!r}",
            hint=f"Give an id that starts with {prefix}." if prefix else "",
        )


def start_run(
    conn: Connection,
    *,
    graph: Graph,
    pipeline_id: str,
    version: int,
    target: str,
    cause: str,
    ref: str,
    now: datetime,
    values: Mapping[str, JsonValue] | None = None,
    depth: int = 0,
) -> bool:
    """Begin a run at ``target`` (node.port); False when this cause has already begun one there.

    Args:
        depth: How many runs of this pipeline began one another before this one.
    """
    node, _, port = target.partition(".")
    if node not in graph.nodes or port not in graph.types[node].inputs:
        raise InvalidInput(f"pipeline {graph.definition.name!r} has no input {target!r}")
    statement = _insert_ignore(conn, run).values(
        id=new_id("run", at=now.timestamp()),
        pipeline_id=pipeline_id,
        version=version,
        start_node=node,
        cause=cause,
        ref=ref,
        state="active",
        open_tokens=1,
        created_at=now,
        depth=depth,
    )
    run_key = conn.execute(statement.returning(run.c.key)).scalar_one_or_none()
    if run_key is None:
        return False
    send(conn, [Message(node_address(pipeline_id, version, node), run_key, ref, 0, encode_payload(port, values or {}))])
    return True


@dataclass(frozen=True)
class Place:
    """A node of one version of one pipeline."""

    graph: Graph
    pipeline_id: str
    version: int
    node: str


def move_tokens(
    conn: Connection, place: Place, passed: Sequence[tuple[Token, Passed]], *, now: datetime
) -> list[Message]:
    """Record that tokens passed a node and give the messages that carry them on; closes runs that end."""
    steps: list[dict[str, object]] = []
    messages: list[Message] = []
    open_tokens: Counter[int] = Counter()
    refs = [emission.ref for _, result in passed for emission in result.emissions]
    matching: dict[str, set[str]] = {}
    for token, result in passed:
        open_tokens[token.run_key] -= 1
        steps.append(_step(token, place, result, now))
        for emission in result.emissions:
            for edge in place.graph.edges_from(place.node, emission.port):
                if edge.when is not None:
                    if edge.when not in matching:
                        matching[edge.when] = find_matching(conn, edge.when, refs)
                    if emission.ref not in matching[edge.when]:
                        continue
                payload = encode_payload(edge.target_port, {**token.values, **emission.values})
                address = node_address(place.pipeline_id, place.version, edge.target_node)
                messages.append(Message(address, token.run_key, emission.ref, token.epoch, payload))
    if steps:
        conn.execute(_insert_ignore(conn, run_step), steps)
        _count(conn, place, steps, now=now)
    kept = drop_doubles(conn, place.graph, messages)
    open_tokens.update(message.run_key for message in kept)
    settle_runs(conn, open_tokens, now=now)
    return kept


def release_tokens(conn: Connection, place: Place, released: Iterable[Released], *, now: datetime) -> list[Message]:
    """Let parked tokens go on by the port each names; their runs belong to this place's version from now on."""
    let_go = list(released)
    keys = [one.token.run_key for one in let_go]
    for start in range(0, len(keys), _CHUNK):
        conn.execute(
            update(run)
            .where(run.c.key.in_(keys[start : start + _CHUNK]), run.c.version != place.version)
            .values(version=place.version)
        )
    passed = [
        (
            one.token,
            Passed(emissions=(Emission(one.port, one.token.ref, one.values),), output={**one.output, "port": one.port}),
        )
        for one in let_go
    ]
    messages = move_tokens(conn, place, passed, now=now)
    return messages + open_stalled_parts(conn, place.graph, pipeline_id=place.pipeline_id, run_keys=keys)


def retry_dead_letters(
    conn: Connection, pipeline_id: str, *, ids: Sequence[int] | None = None, node: str | None = None
) -> int:
    """Put dead letters of a pipeline back with all their tries, open their runs again, and give how many there were.

    They are tried by the present version's node when it is still of the same kind, so that mending it helps.

    Args:
        ids: All of the pipeline's when left out; those of other pipelines are left alone.
        node: Only those of this node.
    """
    found = queries.find_dead_letters(conn, pipeline_id, ids, node=node)
    _move_dead_letters(conn, pipeline_id, list(found))
    revived = revive(conn, list(found))
    run_keys = sorted(set(found.values()))
    reopen_runs(conn, run_keys)
    return revived


def _move_dead_letters(conn: Connection, pipeline_id: str, ids: Sequence[int]) -> None:
    held = queries.get_pipeline(conn, pipeline_id)
    present = {node.id: node.type for node in held.definition.nodes}
    kinds: dict[int, dict[str, str]] = {}
    for start in range(0, len(ids), _CHUNK):
        chunk = dead_letter.c.id.in_(ids[start : start + _CHUNK])
        for address in conn.execute(select(dead_letter.c.node).where(chunk).distinct()).scalars().all():
            _, version, node = parse_address(address)
            if version not in kinds:
                definition = queries.get_definition(conn, pipeline_id=pipeline_id, version=version)
                kinds[version] = {one.id: one.type for one in definition.nodes}
            if version != held.version and present.get(node) == kinds[version].get(node):
                moved = node_address(pipeline_id, held.version, node)
                here = chunk & (dead_letter.c.node == address)
                going = select(dead_letter.c.run_key).where(here)
                conn.execute(update(run).where(run.c.key.in_(going)).values(version=held.version))
                conn.execute(update(dead_letter).where(here).values(node=moved))


def park_tokens(
    conn: Connection, *, pipeline_id: str, node: str, tokens: Sequence[Token], now: datetime
) -> list[Result]:
    """Keep tokens at a node until they are released; one that waits there already is merged with itself."""
    rows = [
        {
            "pipeline_id": pipeline_id,
            "node": node,
            "run_key": token.run_key,
            "ref": token.ref,
            "epoch": token.epoch,
            "port": token.port,
            "payload": dict(token.values),
            "at": now,
        }
        for token in tokens
    ]
    if not rows:
        return []
    columns = (parked.c.run_key, parked.c.ref, parked.c.epoch, parked.c.port)
    fresh = {tuple(row) for row in conn.execute(_insert_ignore(conn, parked).returning(*columns), rows)}
    results: list[Result] = []
    for token in tokens:
        name = (token.run_key, token.ref, token.epoch, token.port)
        results.append(Parked() if name in fresh else Merged())
        fresh.discard(name)
    return results


def take_parked(conn: Connection, keys: Sequence[int]) -> list[queries.ParkedToken]:
    """Remove parked tokens and give those that were still there, so that nobody releases one twice."""
    taken: list[queries.ParkedToken] = []
    for start in range(0, len(keys), _CHUNK):
        statement = delete(parked).where(parked.c.key.in_(keys[start : start + _CHUNK])).returning(parked)
        taken += [
            queries.ParkedToken(row["key"], row["run_key"], row["ref"], row["epoch"], row["port"], dict(row["payload"]))
            for row in conn.execute(statement).mappings()
        ]
    return sorted(taken, key=lambda token: token.key)


def find_parked(
    conn: Connection, *, pipeline_id: str, node: str, run_key: int, ref: str | None = None
) -> list[queries.ParkedToken]:
    """The tokens of one run that wait at a node; the run's row is locked, so that two arrivals see each other."""
    conn.execute(select(run.c.key).where(run.c.key == run_key).with_for_update())
    found = select(parked).where(
        parked.c.pipeline_id == pipeline_id, parked.c.node == node, parked.c.run_key == run_key
    )
    if ref is not None:
        found = found.where(parked.c.ref == ref)
    return [
        queries.ParkedToken(row["key"], row["run_key"], row["ref"], row["epoch"], row["port"], dict(row["payload"]))
        for row in conn.execute(found.order_by(parked.c.key)).mappings()
    ]


def _save_places(
    conn: Connection, held: Pipeline, definition: PipelineDefinition, *, actor_id: str, now: datetime
) -> Pipeline:
    if held.definition == definition:
        return held
    mine = (pipeline_version.c.pipeline_id == held.id) & (pipeline_version.c.version == held.version)
    conn.execute(update(pipeline_version).where(mine).values(definition=definition.model_dump(mode="json")))
    _say_changed(conn, held.project_id, held.id, held.version, actor_id=actor_id, now=now)
    return queries.get_pipeline(conn, held.id)


def _say_changed(
    conn: Connection, project_id: str, pipeline_id: str, version: int, *, actor_id: str, now: datetime
) -> None:
    emit(
        conn,
        "pipeline.changed",
        project_id=project_id,
        subject_id=pipeline_id,
        actor_id=actor_id,
        now=now,
        payload={"version": version},
    )


def _add_variables(
    conn: Connection, pipeline_id: str, definition: PipelineDefinition, *, actor_id: str, now: datetime
) -> None:
    held = queries.read_variables(conn, pipeline_id)
    for variable in definition.variables:
        check_variable(variable.name, variable.type, variable.value)
        if variable.name not in held:
            conn.execute(
                insert(pipeline_variable).values(
                    pipeline_id=pipeline_id,
                    name=variable.name,
                    type=variable.type.value,
                    value=variable.value,
                    updated_by=actor_id,
                    updated_at=now,
                )
            )


def _step(token: Token, place: Place, result: Passed, now: datetime) -> dict[str, object]:
    seconds = result.output.get("human_seconds")
    return {
        "run_key": token.run_key,
        "node": place.node,
        "ref": token.ref,
        "epoch": token.epoch,
        "port": result.emissions[0].port if result.emissions else "",
        "output": dict(result.output),
        "machine_seconds": result.machine_seconds,
        "human_seconds": float(seconds) if isinstance(seconds, int | float) else 0.0,
        "arrival": _arrival(token, place),
        "at": now,
    }


def _arrival(token: Token, place: Place) -> str | None:
    """How the token came, for a re-run from here; mostly there is nothing to remember."""
    first = next(iter(place.graph.types[place.node].inputs), None)
    if token.port == first and not token.values:
        return None
    return orjson.dumps(encode_payload(token.port, token.values)).decode()


def _count(conn: Connection, place: Place, steps: Sequence[Mapping[str, object]], *, now: datetime) -> None:
    def total(name: str) -> float:
        return sum(value for step in steps if isinstance(value := step[name], float | int))

    add_tally(
        conn,
        pipeline_id=place.pipeline_id,
        node=place.node,
        now=now,
        done=len(steps),
        machine_seconds=total("machine_seconds"),
        human_seconds=total("human_seconds"),
    )


def _insert_ignore(conn: Connection, table: object) -> sqlite.Insert | postgresql.Insert:
    if conn.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()  # type: ignore[arg-type]
    return sqlite.insert(table).on_conflict_do_nothing()  # type: ignore[arg-type]
