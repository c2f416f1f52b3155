"""Work on items: leases, drafts, submits.

``lease_next`` and ``submit_item`` are called all day by everybody, so they wait without a thread and write their
answers themselves; the figures are in benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from whorl.access.rules import Action, require
from whorl.base.errors import LabelGone, WhorlError
from whorl.schemas import tasks as wire
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.problems import to_problem
from whorl.tasks import bulk, queries, recall, work
from whorl.tasks.rules import TaskKind

router = APIRouter(prefix="/api/v1", tags=["tasks"])
_LEASES = TypeAdapter(list[wire.Lease])
_ITEM = TypeAdapter(wire.TaskItem)


@router.get("/tasks/{task_id}/leases", **needs(Action.TASK_WORK))
def list_leases(caller: CallerDep, task_id: str) -> list[wire.Lease]:
    """The leases one holds, to go on after a reload."""
    return caller.read(lambda conn: queries.list_leases(conn, task_id, caller.actor.id, now=caller.now))


@router.post("/tasks/{task_id}/leases", response_model=list[wire.Lease], **needs(Action.TASK_WORK))
async def lease_next(caller: CallerDep, task_id: str, body: wire.LeaseNext) -> Response:
    """Take up to n items, or those named, to work on; empty when nothing waits. A review task needs a reviewer."""

    def allow(kind: TaskKind) -> None:
        if kind is TaskKind.REVIEW:
            require(caller.actor, Action.TASK_REVIEW, caller.project_id)

    def lease(conn: Connection) -> list[wire.Lease]:
        if body.item_ids is not None:
            allow(TaskKind(queries.find_queue(conn, task_id).kind))
            return recall.lease_items(
                conn, task_id, body.item_ids, lease_s=body.lease_seconds, actor_id=caller.actor.id, now=caller.now
            )
        return work.lease_next(
            conn, task_id, n=body.n, lease_s=body.lease_seconds, allow=allow, actor_id=caller.actor.id, now=caller.now
        )

    leases = await caller.write_async(lease)
    caller.remember_mine(one.item_id for one in leases)
    return _reply(_LEASES.dump_json(leases))


@router.post("/tasks/{task_id}/items/{item_id}/heartbeat", **needs(Action.TASK_WORK))
def heartbeat(caller: CallerDep, task_id: str, item_id: str, body: wire.Heartbeat) -> wire.Lease:
    """Keep a lease for another term."""
    return caller.write(
        lambda conn: work.heartbeat(
            conn,
            task_id,
            item_id,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.post("/tasks/{task_id}/items/{item_id}/release", **needs(Action.TASK_WORK))
def release(caller: CallerDep, task_id: str, item_id: str, body: wire.Release) -> wire.TaskItem:
    """Give an item back unfinished."""
    return caller.write(
        lambda conn: work.release(
            conn,
            task_id,
            item_id,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.put("/tasks/{task_id}/items/{item_id}/draft", **needs(Action.TASK_WORK))
def save_draft(caller: CallerDep, task_id: str, item_id: str, body: wire.DraftSave) -> wire.Lease:
    """Keep unfinished work; it is nobody's truth until submitted."""
    return caller.write(
        lambda conn: work.save_draft(
            conn,
            task_id,
            item_id,
            body.annotations,
            removed_ids=body.removed_ids,
            rejected_ids=body.rejected_ids,
            base_revision=body.base_revision,
            draft_version=body.draft_version,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.post("/tasks/{task_id}/items/{item_id}/submit", response_model=wire.TaskItem, **needs(Action.TASK_WORK))
async def submit_item(caller: CallerDep, task_id: str, item_id: str, body: wire.Submit) -> Response:
    """Finish an item; repeating it changes nothing. 409 with both versions when somebody saved in between.

    Labels that left the ontology meanwhile are listed (409 label_gone), and the work is kept as the item's draft.
    """

    def submit(conn: Connection) -> wire.TaskItem:
        return work.submit_item(
            conn,
            task_id,
            item_id,
            lease_token=body.lease_token,
            annotations=body.annotations,
            removed_ids=body.removed_ids,
            rejected_ids=body.rejected_ids,
            base_revision=body.base_revision,
            draft_version=body.draft_version,
            answer=body.answer,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )

    try:
        submitted = await caller.write_async(submit)
    except LabelGone as error:
        await run_in_threadpool(_keep_draft, caller, task_id, item_id, body, error)
        raise
    return _reply(_ITEM.dump_json(submitted))


@router.post("/tasks/{task_id}/bulk", **needs(Action.TASK_WORK))
def submit_items(caller: CallerDep, task_id: str, body: wire.BulkSubmit) -> list[wire.BulkResult]:
    """Finish many items, each by itself: one that cannot be finished keeps none of the others."""
    results: list[wire.BulkResult] = []
    # In pieces, so that other people's writes get their turn in between.
    for start in range(0, len(body.items), bulk.PIECE):
        piece = body.items[start : start + bulk.PIECE]
        done = caller.write(
            lambda conn, piece=piece: bulk.submit_items(  # type: ignore[misc]
                conn, task_id, piece, actor_id=caller.actor.id, now=caller.now
            )
        )
        results += _results(caller, task_id, piece, done)
    return results


@router.post("/tasks/{task_id}/items/{item_id}/discard", **needs(Action.TASK_WORK))
def discard_item(caller: CallerDep, task_id: str, item_id: str, body: wire.Discard) -> wire.TaskItem:
    """Say that an item cannot be worked on, and why."""
    return caller.write(
        lambda conn: work.discard_item(
            conn,
            task_id,
            item_id,
            reason=body.reason,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


def _reply(body: bytes) -> Response:
    # What comes out of our own actions is valid; FastAPI would check and convert it once more.
    return Response(body, media_type="application/json")


def _results(
    caller: Caller, task_id: str, items: Sequence[wire.BulkItem], done: Sequence[wire.TaskItem | WhorlError]
) -> list[wire.BulkResult]:
    results: list[wire.BulkResult] = []
    for given, became in zip(items, done, strict=True):
        if isinstance(became, LabelGone):
            _keep_draft(caller, task_id, given.item_id, given, became)
        if isinstance(became, WhorlError):
            results.append(wire.BulkResult(item_id=given.item_id, problem=to_problem(became)))
        else:
            results.append(wire.BulkResult(item_id=given.item_id, item=became))
    return results


def _keep_draft(caller: Caller, task_id: str, item_id: str, body: wire.Submit, error: LabelGone) -> None:
    """What could not be submitted stays as the item's draft, in a transaction of its own; its version is told."""
    annotations, base_revision = body.annotations, body.base_revision
    if annotations is None or base_revision is None:
        return
    kept = caller.write(
        lambda conn: work.save_draft(
            conn,
            task_id,
            item_id,
            annotations,
            removed_ids=body.removed_ids,
            rejected_ids=body.rejected_ids,
            base_revision=base_revision,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )
    error.details["draft_version"] = 0 if kept.draft is None else kept.draft.version
