"""Tasks: make them, fill them, and work on them as a person would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from pydantic import BaseModel

from whorl.base.errors import InvalidInput, NotFound
from whorl.schemas import tasks as wire
from whorl.schemas.annotations import AnnotationDraft
from whorl.sdk.assistants import Assistants
from whorl.sdk.filters import Filters
from whorl.sdk.transport import Call, Transport

T = TypeVar("T")


class Tasks:
    """The tasks of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/tasks"

    def create(
        self,
        task_name: str,
        *,
        dataset_id: str,
        kind: wire.TaskKindName = "label",
        reviews_task_id: str | None = None,
        recipe_id: str | None = None,
        work: wire.TaskWork | None = None,
        filters: Filters | None = None,
    ) -> Task:
        """Make a task, and put the items in that match the filters.

        Args:
            work: One narrow thing to ask, only some labels, or the skills that people need; None asks everything.
        """
        body = wire.TaskCreate(
            dataset_id=dataset_id,
            name=task_name,
            kind=kind,
            reviews_task_id=reviews_task_id,
            recipe_id=recipe_id,
            work=work,
        )
        task = Task(self._transport, self._transport.call(wire.Task, Call("POST", self._path, body=body)))
        if filters is not None:
            task.add_items(filters=filters)
        return task

    def get(self, task_name: str | None = None, task_id: str | None = None) -> Task:
        """The task with a name or an id.

        Raises:
            NotFound: There is none.
        """
        if task_id is not None:
            return Task(self._transport, self._transport.get(wire.TaskSummary, f"/tasks/{task_id}"))
        if task_name is None:
            raise InvalidInput("which task?", hint="Give task_name or task_id.")
        for task in self.list():
            if task_name in (task.name, task.id):
                return task
        raise NotFound(f"no task {task_name!r}")

    def list(self) -> Iterator[Task]:
        """Every task, fetched as it is read."""
        for info in self._transport.pages(wire.TaskSummary, self._path):
            yield Task(self._transport, info)


class Task:
    """Human work on a set of items."""

    def __init__(self, transport: Transport, info: wire.Task) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    @property
    def assistants(self) -> Assistants:
        """What learns from this task and proposes on what is left of it."""
        return Assistants(self._transport, self.id)

    def summary(self) -> wire.TaskSummary:
        """Its counts and human seconds now."""
        return self._transport.get(wire.TaskSummary, f"/tasks/{self.id}")

    def set_work(self, work: wire.TaskWork) -> wire.Task:
        """Ask something else from now on; work that is in people's hands is held to it, too."""
        self.info = self._transport.call(
            wire.Task, Call("PATCH", f"/tasks/{self.id}", body={"work": work.model_dump()})
        )
        return self.info

    def add_items(self, item_ids: Iterable[str] = (), *, filters: Filters | None = None) -> int:
        """Put items in; those already there are left alone. Gives how many were new."""
        body = wire.TaskItemsAdd(item_ids=list(item_ids), query=filters.prepare() if filters else None)
        return self._transport.call(wire.TaskItemsAdded, Call("POST", f"/tasks/{self.id}/items", body=body)).added

    def items(self) -> Iterator[wire.TaskItem]:
        """Where each item stands."""
        return self._transport.pages(wire.TaskItem, f"/tasks/{self.id}/items")

    def lease(self, n: int = 1) -> list[wire.Lease]:
        """Take up to ``n`` items to work on; empty when there is nothing to do."""
        call = Call("POST", f"/tasks/{self.id}/leases", body=wire.LeaseNext(n=n))
        return self._transport.call(list[wire.Lease], call)

    def submit(
        self,
        lease: wire.Lease,
        annotations: Iterable[AnnotationDraft],
        *,
        base_revision: int,
        removed_ids: Iterable[str] = (),
        active_seconds: float = 0,
    ) -> wire.TaskItem:
        """Finish a leased item: these annotations are added or changed, those of ``removed_ids`` go.

        Raises:
            LeaseLost: The lease expired.
            StaleWrite: Somebody saved since ``base_revision``.
        """
        body = wire.Submit(
            lease_token=lease.lease_token,
            annotations=list(annotations),
            removed_ids=list(removed_ids),
            base_revision=base_revision,
            active_seconds=active_seconds,
        )
        return self._on_item(wire.TaskItem, lease.item_id, "submit", body)

    def heartbeat(self, lease: wire.Lease, *, active_seconds: float = 0) -> wire.Lease:
        """Keep a lease for longer."""
        body = wire.Heartbeat(lease_token=lease.lease_token, active_seconds=active_seconds)
        return self._on_item(wire.Lease, lease.item_id, "heartbeat", body)

    def release(self, lease: wire.Lease) -> wire.TaskItem:
        """Give an item back unfinished."""
        return self._on_item(wire.TaskItem, lease.item_id, "release", wire.Release(lease_token=lease.lease_token))

    def discard(self, lease: wire.Lease, reason: str) -> wire.TaskItem:
        """Say that an item cannot be worked on."""
        body = wire.Discard(lease_token=lease.lease_token, reason=reason)
        return self._on_item(wire.TaskItem, lease.item_id, "discard", body)

    def approve(self, item_id: str, *, lease: wire.Lease | None = None, active_seconds: float = 0) -> wire.TaskItem:
        """Accept an item's work; in a review task with the lease."""
        token = lease.lease_token if lease else None
        body = wire.Approve(lease_token=token, active_seconds=active_seconds)
        return self._on_item(wire.TaskItem, item_id, "approve", body)

    def raise_issue(self, item_id: str, text: str, *, lease: wire.Lease | None = None) -> wire.Issue:
        """Send an item back to its author, with what needs mending."""
        body = wire.IssueCreate(body=text, lease_token=lease.lease_token if lease else None)
        return self._on_item(wire.Issue, item_id, "issues", body)

    def issues(self) -> list[wire.Issue]:
        """What reviewers want mended, and what was."""
        return self._transport.get(list[wire.Issue], f"/tasks/{self.id}/issues")

    def _on_item(self, kind: type[T], item_id: str, verb: str, body: BaseModel) -> T:
        return self._transport.call(kind, Call("POST", f"/tasks/{self.id}/items/{item_id}/{verb}", body=body))

    def __repr__(self) -> str:
        return f"Task({self.name!r}, {self.info.kind!r}, id={self.id!r})"
