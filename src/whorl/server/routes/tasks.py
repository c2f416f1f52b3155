"""Tasks: make them, fill them, assign them, see how they go."""

from __future__ import annotations

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.datasets.dql import parse_query
from whorl.datasets.queries import iter_item_batches
from whorl.schemas import tasks as wire
from whorl.schemas.wire import Page
from whorl.server.permits import CallerDep, needs
from whorl.tasks import actions, answers, people, queries
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
    return caller.read(
        lambda conn: queries.list_tasks(
            conn, project_id, actor_id=caller.actor.id, status=status, cursor=cursor, limit=limit
        )
    )


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
            work=body.work,
            actor_id=caller.actor.id,
            now=caller.now,
        )

    return caller.write(make)


@router.get("/tasks/{task_id}", **needs(Action.TASK_READ))
def get_task(caller: CallerDep, task_id: str) -> wire.TaskSummary:
    """One task with its counts."""
    return caller.read(lambda conn: queries.get_task_summary(conn, task_id, actor_id=caller.actor.id))


@router.patch("/tasks/{task_id}", **needs(Action.TASK_WRITE))
def update_task(caller: CallerDep, task_id: str, body: wire.TaskUpdate) -> wire.Task:
    """Rename, pause, resume, end or assign a task."""
    status = None if body.status is None else TaskStatus(body.status)

    def change(conn: Connection) -> wire.Task:
        if body.answers is not None or body.work is not None:
            held = queries.get_task(conn, task_id)
            actions.set_work(
                conn,
                held,
                recipe_id=None,
                settings={} if body.answers is None else {"answers": body.answers},
                work=body.work,
                actor_id=caller.actor.id,
                now=caller.now,
            )
        if "assignee_ids" in body.model_fields_set:
            actions.assign_task(conn, task_id, body.assignee_ids, actor_id=caller.actor.id, now=caller.now)
        return actions.update_task(
            conn, task_id, name=body.name, status=status, actor_id=caller.actor.id, now=caller.now
        )

    return caller.write(change)


@router.get("/tasks/{task_id}/items/{item_id}/answers", **needs(Action.TASK_READ))
def list_answers(caller: CallerDep, task_id: str, item_id: str) -> list[wire.TaskAnswer]:
    """What each of several people said about an item; nothing until their answers are fused."""
    return caller.read(lambda conn: answers.list_answers(conn, task_id, item_id))


@router.get("/tasks/{task_id}/people", **needs(Action.TASK_READ))
def list_people(caller: CallerDep, task_id: str) -> list[wire.TaskPerson]:
    """Who does what in the task and how fast, the busiest first."""
    return caller.read(lambda conn: people.list_people(conn, task_id))


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


@router.get("/tasks/{task_id}/items/{item_id}", **needs(Action.TASK_READ))
def get_task_item(caller: CallerDep, task_id: str, item_id: str) -> wire.TaskItem:
    """Where one item stands in the task."""
    return caller.read(lambda conn: queries.get_task_item(conn, task_id, item_id))
