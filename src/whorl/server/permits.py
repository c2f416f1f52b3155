"""Which action a route needs, and who is asking."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Request
from sqlalchemy import ColumnElement, Connection, Select, select
from starlette.concurrency import run_in_threadpool

from whorl.access.rules import INSTANCE_ACTIONS, Action, Actor, ActorKind, require
from whorl.base.errors import NotFound
from whorl.schemas.wire import Problem
from whorl.server.services import Services
from whorl.serving.queries import find_endpoint
from whorl.store.db.tables import (
    annotation,
    assistant,
    comparison,
    dataset,
    delivery,
    duplicate_scan,
    embedding_map,
    embedding_space,
    endpoint,
    evaluation,
    flag_rule,
    issue,
    item,
    job,
    model,
    pipeline,
    prediction_log,
    project,
    recipe,
    run,
    saved_view,
    selection,
    simulation,
    task,
)

T = TypeVar("T")
_CACHE_SIZE = 100_000

# Any: every column has its own type; here they are all texts.
_PROJECT_OF: dict[str, tuple[ColumnElement[Any], Select[Any]]] = {
    "project_id": (project.c.id, select(project.c.id)),
    "dataset_id": (dataset.c.id, select(dataset.c.project_id)),
    "item_id": (item.c.id, select(dataset.c.project_id).join(item, item.c.dataset_key == dataset.c.key)),
    "annotation_id": (
        annotation.c.id,
        select(dataset.c.project_id).join(annotation, annotation.c.dataset_key == dataset.c.key),
    ),
    "task_id": (task.c.id, select(task.c.project_id)),
    "assistant_id": (assistant.c.id, select(task.c.project_id).join(assistant, assistant.c.task_key == task.c.key)),
    "issue_id": (issue.c.id, select(task.c.project_id).join(issue, issue.c.task_key == task.c.key)),
    "recipe_id": (recipe.c.id, select(recipe.c.project_id)),
    "model_id": (model.c.id, select(model.c.project_id)),
    "evaluation_id": (evaluation.c.id, select(evaluation.c.project_id)),
    "comparison_id": (comparison.c.id, select(comparison.c.project_id)),
    "pipeline_id": (pipeline.c.id, select(pipeline.c.project_id)),
    "run_id": (run.c.id, select(pipeline.c.project_id).join(run, run.c.pipeline_id == pipeline.c.id)),
    "view_id": (saved_view.c.id, select(saved_view.c.project_id)),
    "space_id": (embedding_space.c.id, select(embedding_space.c.project_id)),
    "duplicate_scan_id": (duplicate_scan.c.id, select(duplicate_scan.c.project_id)),
    "map_id": (
        embedding_map.c.id,
        select(dataset.c.project_id).join(embedding_map, embedding_map.c.dataset_key == dataset.c.key),
    ),
    "selection_id": (selection.c.id, select(selection.c.project_id)),
    "simulation_id": (simulation.c.id, select(simulation.c.project_id)),
    "delivery_id": (delivery.c.id, select(delivery.c.project_id)),
    "job_id": (job.c.id, select(job.c.project_id)),
    "endpoint_id": (endpoint.c.id, select(endpoint.c.project_id)),
    "prediction_id": (
        prediction_log.c.id,
        select(endpoint.c.project_id).join(prediction_log, prediction_log.c.endpoint_id == endpoint.c.id),
    ),
    "flag_rule_id": (
        flag_rule.c.id,
        select(endpoint.c.project_id).join(flag_rule, flag_rule.c.endpoint_id == endpoint.c.id),
    ),
}
"""How to find the project of each id that a path may hold."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, in which project, and what answering may use."""

    actor: Actor
    services: Services
    project_id: str | None
    session: str | None = None
    secret: str | None = None
    endpoint_id: str | None = None

    @property
    def now(self) -> datetime:
        """The time of this request."""
        return self.services.now()

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run a read."""
        with self.services.db.read() as conn:
            return work(conn)

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run a write and wait until it is on disk."""
        return self.services.db.write(work)

    async def write_async(self, work: Callable[[Connection], T]) -> T:
        """Run a write and wait until it is on disk, without keeping a thread: for routes that are called all day."""
        return await self.services.db.write_async(work)

    def remember_mine(self, public_ids: Iterable[str]) -> None:
        """Note that ids which this request gave out are of its project: the next one with them asks no database."""
        if self.project_id is not None:
            _remember(self.services, {one: self.project_id for one in public_ids})

    def check_same_project(self, conn: Connection, kind: str, public_id: str) -> None:
        """Let an id of the request's body pass when it is of the project that the path names.

        Args:
            kind: Such as ``dataset``.

        Raises:
            NotFound: It is unknown, or of another project.
        """
        if find_project_of(conn, f"{kind}_id", public_id) != self.project_id:
            raise NotFound(f"no such {kind} in this project: {public_id}")


class Permit:
    """The dependency of a route: finds the project of the ids in the path and asks the policy.

    Args:
        action: What the route does.
    """

    def __init__(self, action: Action) -> None:
        self.action = action

    async def __call__(self, request: Request) -> None:
        actor: Actor = request.state.actor
        services: Services = request.app.state.services
        project_id: str | None = None
        endpoint_id: str | None = None
        if self.action in INSTANCE_ACTIONS:
            require(actor, self.action)
        else:
            if actor.kind is ActorKind.ANONYMOUS:
                require(actor, Action.SELF)
            endpoint_id, project_id = await _endpoint_of_path(services, request.path_params)
            project_id = await _project_of_path(services, request.path_params, project_id)
            require(actor, self.action, project_id, endpoint_id=endpoint_id)
        request.state.caller = Caller(
            actor,
            services,
            project_id,
            session=request.state.session,
            secret=request.state.secret,
            endpoint_id=endpoint_id,
        )


def needs(action: Action) -> dict[str, Any]:
    """Declare the action of a route: ``@router.get("/x", **needs(Action.PROJECT_READ))``."""
    return {
        "dependencies": [Depends(Permit(action))],
        "openapi_extra": {"x-whorl-action": action.value},
        "responses": {"default": {"model": Problem, "description": "Problem, as application/problem+json"}},
    }


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


CallerDep = Annotated[Caller, Depends(_caller)]
"""The parameter of a route that needs to know who asks."""


def find_project_of(conn: Connection, name: str, public_id: str) -> str | None:
    """Give the project that an id belongs to, or None; ``name`` is such as ``item_id``."""
    column, query = _PROJECT_OF[name]
    found = conn.execute(query.where(column == public_id).limit(1)).scalar_one_or_none()
    return None if found is None else str(found)


async def _endpoint_of_path(services: Services, path: dict[str, Any]) -> tuple[str | None, str | None]:
    """The endpoint that the path speaks of, and its project when the path gives its name."""
    if "endpoint" not in path:
        return path.get("endpoint_id"), None
    # A name is given to another project's endpoint once it is free, so what it means is not remembered here; what this
    # server answers for, it follows.
    live = services.serving.book.find(path["endpoint"])
    if live is not None:
        return live.target.id, live.target.project_id
    found = await run_in_threadpool(_look_up_endpoint, services, path["endpoint"])
    if found is None:
        raise NotFound(f"no such endpoint: {path['endpoint'][:60]}, or it is not yours to see")
    return found


def _look_up_endpoint(services: Services, name_or_id: str) -> tuple[str, str] | None:
    with services.db.read() as conn:
        return find_endpoint(conn, name_or_id)


async def _project_of_path(services: Services, path: dict[str, Any], project_id: str | None) -> str | None:
    for name, value in path.items():
        if name not in _PROJECT_OF:
            continue
        found = services.project_by_id.get(value)
        if found is None:
            found = await run_in_threadpool(_look_up, services, name, value)
        if found is None or (project_id is not None and found != project_id):
            raise NotFound(f"no such {name.removesuffix('_id')}: {value[:60]}, or it is not yours to see")
        project_id = found
    return project_id


def _look_up(services: Services, name: str, value: str) -> str | None:
    if name == "prediction_id":
        # Its line may wait to be written: whoever was given the id a moment ago may ask for it now.
        services.recorder.settle(value)
    with services.db.read() as conn:
        found = find_project_of(conn, name, value)
    if found is not None:
        _remember(services, {value: found})
    return found


def _remember(services: Services, found: Mapping[str, str]) -> None:
    # What an id belongs to never changes, so this needs no forgetting, only a size.
    services.project_by_id.update(found)
    while len(services.project_by_id) > _CACHE_SIZE:
        services.project_by_id.popitem(last=False)
