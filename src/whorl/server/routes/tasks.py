"""Tasks: queues, leases, work and review."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action, require
from whorl.datasets.dql import parse_query
from whorl.datasets.queries import iter_item_batches
from whorl.schemas import tasks as wire
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.tasks import actions, queries, reviews, work
from whorl.tasks.rules import TaskKind, TaskStatus

router = APIRouter(prefix="/api/v1", tags=["tasks"])


@router.get("/projects/{project_id}/tasks", **needs(Action.TASK_READ))
def list_tasks(
    caller: CallerDep,
    project_id: str,
    status: wire.TaskStatusName | None = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[wire.TaskSummary]:
    """The tasks with their counts, newest first."""
    return caller.read(lambda conn: queries.list_tasks(conn, project_id, status=status, cursor=cursor, limit=limit))


@router.post("/projects/{project_id}/tasks", status_code=201, **needs(Action.TASK_WRITE))
def create_task(caller: CallerDep, project_id: str, body: wire.TaskCreate) -> wire.Task:
    """Make an empty task on a dataset."""

    def make(conn: Connection) -> wire.Task:
        caller.check_same_project(conn, "dataset", body.dataset_id)
        return actions.create_task(
            conn,
            body.dataset_id,
            name=body.name,
            kind=TaskKind(body.kind),
            recipe_id=body.recipe_id,
            reviews_task_id=body.reviews_task_id,
            takes_submitted=body.takes_submitted,
            lease_seconds=body.lease_seconds,
            settings=body.settings,
            actor_id=caller.actor.id,
            now=caller.now,
        )

    return caller.write(make)


@router.get("/tasks/{task_id}", **needs(Action.TASK_READ))
def get_task(caller: CallerDep, task_id: str) -> wire.TaskSummary:
    """One task with its counts."""
    return caller.read(lambda conn: queries.get_task_summary(conn, task_id))


@router.patch("/tasks/{task_id}", **needs(Action.TASK_WRITE))
def update_task(caller: CallerDep, task_id: str, body: wire.TaskUpdate) -> wire.Task:
    """Rename, pause, resume or end a task."""
    status = None if body.status is None else TaskStatus(body.status)
    return caller.write(
        lambda conn: actions.update_task(
            conn, task_id, name=body.name, status=status, actor_id=caller.actor.id, now=caller.now
        )
    )


@router.get("/tasks/{task_id}/items", **needs(Action.TASK_READ))
def list_task_items(
    caller: CallerDep,
    task_id: str,
    status: wire.ItemStatusName | None = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[wire.TaskItem]:
    """Where each item of the task stands."""
    return caller.read(lambda conn: queries.list_task_items(conn, task_id, status=status, cursor=cursor, limit=limit))


@router.post("/tasks/{task_id}/items", **needs(Action.TASK_WRITE))
def add_task_items(caller: CallerDep, task_id: str, body: wire.TaskItemsAdd) -> wire.TaskItemsAdded:
    """Put items into the queue; those already there are left alone."""

    def add(conn: Connection) -> int:
        ids = list(body.item_ids)
        if body.query is not None:
            dataset_id = queries.get_task(conn, task_id).dataset_id
            query = parse_query(body.query)
            for batch in iter_item_batches(conn, dataset_id, query=query):
                ids += [item.id for _, item in batch]
        return actions.add_task_items(conn, task_id, ids, actor_id=caller.actor.id, now=caller.now)

    return wire.TaskItemsAdded(added=caller.write(add))


@router.get("/tasks/{task_id}/leases", **needs(Action.TASK_WORK))
def list_leases(caller: CallerDep, task_id: str) -> list[wire.Lease]:
    """The leases one holds, to go on after a reload."""
    return caller.read(lambda conn: queries.list_leases(conn, task_id, caller.actor.id, now=caller.now))


@router.post("/tasks/{task_id}/leases", **needs(Action.TASK_WORK))
def lease_next(caller: CallerDep, task_id: str, body: wire.LeaseNext) -> list[wire.Lease]:
    """Take up to n items to work on; empty when nothing waits. Leasing in a review task needs a reviewer."""
    _check_reviewer(caller, task_id)
    return caller.write(
        lambda conn: work.lease_next(
            conn, task_id, n=body.n, lease_s=body.lease_seconds, actor_id=caller.actor.id, now=caller.now
        )
    )


@router.get("/tasks/{task_id}/items/{item_id}", **needs(Action.TASK_READ))
def get_task_item(caller: CallerDep, task_id: str, item_id: str) -> wire.TaskItem:
    """Where one item stands in the task."""
    return caller.read(lambda conn: queries.get_task_item(conn, task_id, item_id))


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
            base_revision=body.base_revision,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.post("/tasks/{task_id}/items/{item_id}/submit", **needs(Action.TASK_WORK))
def submit_item(caller: CallerDep, task_id: str, item_id: str, body: wire.Submit) -> wire.TaskItem:
    """Finish an item; repeating it changes nothing. 409 with both versions when somebody saved in between."""
    return caller.write(
        lambda conn: work.submit_item(
            conn,
            task_id,
            item_id,
            lease_token=body.lease_token,
            annotations=body.annotations,
            removed_ids=body.removed_ids,
            base_revision=body.base_revision,
            answer=body.answer,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


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


@router.post("/tasks/{task_id}/items/{item_id}/approve", **needs(Action.TASK_REVIEW))
def approve_item(caller: CallerDep, task_id: str, item_id: str, body: wire.Approve) -> wire.TaskItem:
    """Accept an item's work, with own corrections when given; open issues block it."""
    return caller.write(
        lambda conn: reviews.approve_item(
            conn,
            task_id,
            item_id,
            lease_token=body.lease_token,
            annotations=body.annotations,
            removed_ids=body.removed_ids,
            base_revision=body.base_revision,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.post("/tasks/{task_id}/items/{item_id}/issues", status_code=201, **needs(Action.TASK_REVIEW))
def raise_issue(caller: CallerDep, task_id: str, item_id: str, body: wire.IssueCreate) -> wire.Issue:
    """Say what needs mending; the author gets the item again."""
    return caller.write(
        lambda conn: reviews.raise_issue(
            conn,
            task_id,
            item_id,
            body.body,
            annotation_id=body.annotation_id,
            x=body.x,
            y=body.y,
            lease_token=body.lease_token,
            active_seconds=body.active_seconds,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.get("/tasks/{task_id}/issues", **needs(Action.TASK_READ))
def list_issues(
    caller: CallerDep, task_id: str, item_id: str | None = None, state: Literal["open", "resolved"] | None = None
) -> list[wire.Issue]:
    """The issues of a task and of the reviews that look after it, oldest first."""
    return caller.read(lambda conn: queries.list_issues(conn, task_id, item_id=item_id, state=state))


@router.post("/issues/{issue_id}/resolve", **needs(Action.TASK_WORK))
def resolve_issue(caller: CallerDep, issue_id: str) -> wire.Issue:
    """Say that an issue is mended."""
    return caller.write(lambda conn: reviews.resolve_issue(conn, issue_id, actor_id=caller.actor.id, now=caller.now))


def _check_reviewer(caller: Caller, task_id: str) -> None:
    found = caller.read(lambda conn: queries.get_task(conn, task_id))
    if found.kind == TaskKind.REVIEW.value:
        require(caller.actor, Action.TASK_REVIEW, caller.project_id)
