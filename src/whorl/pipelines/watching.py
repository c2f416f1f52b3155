"""Where each token of a node is: in the inbox, parked, with people, failed or past it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

import orjson
from sqlalchemy import ColumnElement, Connection, FromClause, and_, func, select

from whorl.base.errors import InvalidInput
from whorl.pipelines.tokens import parse_address
from whorl.schemas.pipeline_runs import NodeToken, TokenState
from whorl.schemas.wire import Page
from whorl.store.db.tables import dead_letter, inbox, parked, pipeline, pipeline_version, run, run_step, task
from whorl.store.db.tables import task_item as work

LOOKED_AT = 200_000
"""Newest steps of a database among which those of a node are looked for."""

# Items in the tasks of the pipeline's project: the only ones that its tokens can wait for.
_TASKS: FromClause = work.join(task, task.c.key == work.c.task_key).join(
    pipeline, pipeline.c.project_id == task.c.project_id
)


@dataclass(frozen=True, slots=True)
class WithPeople:
    """An item in a task that a token waits for."""

    key: int
    node: str
    version: int
    run_key: int
    ref: str


def count_with_people(conn: Connection, pipeline_id: str) -> dict[str, int]:
    """How many tokens wait in tasks until a person is done with their item, by node."""
    node = work.c.return_to["node"].as_string()
    found = select(node, func.count()).select_from(_TASKS).where(_is_way_to(pipeline_id)).group_by(node)
    return {str(name): int(count) for name, count in conn.execute(found)}


def list_with_people(
    conn: Connection, pipeline_id: str, *, run_key: int | None = None, node: str | None = None
) -> list[WithPeople]:
    """The items in tasks that tokens of a pipeline wait for; of one run, or of one node."""
    way = work.c.return_to
    found = (select(work.c.key, way.label("way")).select_from(_TASKS).where(_is_way_to(pipeline_id))).order_by(
        work.c.key
    )
    if run_key is not None:
        found = found.where(way["run_key"].as_integer() == run_key)
    if node is not None:
        found = found.where(way["node"].as_string() == node)
    return [
        WithPeople(row.key, str(row.way["node"]), int(row.way["version"]), int(row.way["run_key"]), str(row.way["ref"]))
        for row in conn.execute(found)
    ]


def list_tokens(
    conn: Connection,
    pipeline_id: str,
    *,
    node: str,
    state: TokenState = "waiting",
    cursor: str | None = None,
    limit: int = 100,
) -> Page[NodeToken]:
    """A node's tokens in one state; ``parked`` goes on to those that wait with people.

    Raises:
        InvalidInput: The cursor is not one that an earlier page gave.
    """
    if state == "parked":
        return _parked_page(conn, pipeline_id, node, cursor, limit)
    after = None if cursor is None else key_of(cursor)
    match state:
        case "waiting" | "running":
            found = _list_inbox(conn, pipeline_id, node, state, after=after, limit=limit + 1)
        case "failed":
            found = _list_failed(conn, pipeline_id, node, after=after, limit=limit + 1)
        case "done":
            found = _list_done(conn, pipeline_id, node, before=after, limit=limit + 1)
        case _:
            assert_never(state)
    return _page(list(found), limit)


def key_of(cursor: str) -> int:
    """The key that a cursor stands for.

    Raises:
        InvalidInput: It is none.
    """
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 19):
        raise InvalidInput(f"not a cursor: {cursor[:40]!r}", hint="Give next_cursor of the page before.")
    return int(cursor)


def _page(found: Sequence[tuple[str, NodeToken]], limit: int) -> Page[NodeToken]:
    tokens = [token for _, token in found[:limit]]
    return Page(items=tokens, next_cursor=found[limit - 1][0] if len(found) > limit else None)


def _list_inbox(
    conn: Connection,
    pipeline_id: str,
    node: str,
    state: Literal["waiting", "running"],
    *,
    after: int | None,
    limit: int,
) -> Iterator[tuple[str, NodeToken]]:
    found = (
        select(inbox.c.id, inbox.c.ref, inbox.c.node, inbox.c.payload, run.c.id.label("run_id"))
        .outerjoin(run, run.c.key == inbox.c.run_key)
        .where(
            inbox.c.node.in_(list_addresses(conn, pipeline_id, node)),
            inbox.c.token.is_not(None) if state == "running" else inbox.c.token.is_(None),
            inbox.c.id > (after or 0),
        )
        .order_by(inbox.c.id)
        .limit(limit)
    )
    for row in conn.execute(found):
        version, port = parse_address(row.node)[1], orjson.loads(row.payload).get("port")
        yield str(row.id), NodeToken(run_id=row.run_id, ref=row.ref, state=state, version=version, port=port)


def _list_failed(
    conn: Connection, pipeline_id: str, node: str, *, after: int | None, limit: int
) -> Iterator[tuple[str, NodeToken]]:
    found = (
        select(dead_letter, run.c.id.label("run_id"))
        .outerjoin(run, run.c.key == dead_letter.c.run_key)
        .where(
            dead_letter.c.node.in_(list_addresses(conn, pipeline_id, node)),
            dead_letter.c.id > (after or 0),
        )
        .order_by(dead_letter.c.id)
        .limit(limit)
    )
    for row in conn.execute(found):
        yield (
            str(row.id),
            NodeToken(
                run_id=row.run_id,
                ref=row.ref,
                state="failed",
                version=parse_address(row.node)[1],
                since=row.at,
                port=orjson.loads(row.payload).get("port"),
                error=row.error,
            ),
        )


def _list_done(
    conn: Connection, pipeline_id: str, node: str, *, before: int | None, limit: int
) -> Iterator[tuple[str, NodeToken]]:
    newest = conn.execute(select(func.max(run_step.c.key))).scalar_one() or 0
    found = (
        select(run_step.c.key, run_step.c.ref, run_step.c.port, run_step.c.at, run.c.id.label("run_id"), run.c.version)
        .join(run, run.c.key == run_step.c.run_key)
        .where(
            run.c.pipeline_id == pipeline_id,
            run_step.c.node == node,
            run_step.c.key > newest - LOOKED_AT,
            run_step.c.key < (newest + 1 if before is None else before),
        )
        .order_by(run_step.c.key.desc())
        .limit(limit)
    )
    for row in conn.execute(found):
        yield (
            str(row.key),
            NodeToken(run_id=row.run_id, ref=row.ref, state="done", version=row.version, since=row.at, port=row.port),
        )


def _parked_page(conn: Connection, pipeline_id: str, node: str, cursor: str | None, limit: int) -> Page[NodeToken]:
    """First what is parked, then what is with people: their keys are of two tables, so the cursor says which."""
    from_people = cursor is not None and cursor.startswith("p")
    after = 0 if cursor is None else key_of(cursor.removeprefix("p"))
    page: list[tuple[str, NodeToken]] = []
    if not from_people:
        page += _list_parked(conn, pipeline_id, node, after=after, limit=limit + 1)
    if len(page) <= limit:
        page += _list_people(conn, pipeline_id, node, after=after if from_people else 0, limit=limit + 1 - len(page))
    return _page(page, limit)


def _list_parked(
    conn: Connection, pipeline_id: str, node: str, *, after: int, limit: int
) -> Iterator[tuple[str, NodeToken]]:
    found = (
        select(parked, run.c.id.label("run_id"), run.c.version)
        .outerjoin(run, run.c.key == parked.c.run_key)
        .where(parked.c.pipeline_id == pipeline_id, parked.c.node == node, parked.c.key > after)
        .order_by(parked.c.key)
        .limit(limit)
    )
    for row in conn.execute(found):
        token = NodeToken(
            run_id=row.run_id, ref=row.ref, state="parked", version=row.version or 0, since=row.at, port=row.port
        )
        yield str(row.key), token


def _list_people(
    conn: Connection, pipeline_id: str, node: str, *, after: int, limit: int
) -> Iterator[tuple[str, NodeToken]]:
    way = work.c.return_to
    found = (
        select(work.c.key, work.c.updated_at, way.label("way"))
        .select_from(_TASKS)
        .where(_is_way_to(pipeline_id), way["node"].as_string() == node, work.c.key > after)
        .order_by(work.c.key)
        .limit(limit)
    )
    rows = conn.execute(found).all()
    known = select(run.c.key, run.c.id).where(run.c.key.in_({int(row.way["run_key"]) for row in rows}))
    ids = {key: run_id for key, run_id in conn.execute(known)}
    for row in rows:
        token = NodeToken(
            run_id=ids.get(int(row.way["run_key"])),
            ref=str(row.way["ref"]),
            state="parked",
            version=int(row.way["version"]),
            since=row.updated_at,
            port=str(row.way["port"]),
        )
        yield f"p{row.key}", token


def list_addresses(conn: Connection, pipeline_id: str, node: str) -> list[str]:
    """The inbox names of a node, one for each version there ever was."""
    found = select(pipeline_version.c.version).where(pipeline_version.c.pipeline_id == pipeline_id)
    return [f"{pipeline_id}:{version}:{node}" for version in conn.execute(found).scalars()]


def _is_way_to(pipeline_id: str) -> ColumnElement[bool]:
    return and_(
        pipeline.c.id == pipeline_id,
        work.c.return_to.is_not(None),
        work.c.return_to["pipeline"].as_string() == pipeline_id,
    )
