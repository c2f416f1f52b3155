"""Selections: which items to label next, why, and what choosing them saved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whorl.base.clock import Clock, SystemClock
from whorl.base.errors import JsonValue, NotFound
from whorl.schemas import selecting as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.schemas.tasks import Task as TaskInfo
from whorl.schemas.tasks import TaskItemsAdded
from whorl.sdk.jobs import Job, Report
from whorl.sdk.tasks import Task
from whorl.sdk.transport import Call, Transport

_LOOK_S = 0.5


def find_selection(transport: Transport, project_id: str, name_or_id: str) -> Selection:
    """The project's selection of this id, or the newest of this name.

    Raises:
        NotFound: There is none.
    """
    if name_or_id.startswith("sel_"):
        return Selection(transport, transport.get(wire.Selection, f"/selections/{name_or_id}"))
    for info in transport.pages(wire.Selection, f"/projects/{project_id}/selections"):
        if info.name == name_or_id:
            return Selection(transport, info)
    raise NotFound(f"no selection {name_or_id!r} in this project", hint="`whorl selections list` shows them.")


class ProjectSelections:
    """What was chosen in one project, from any of its datasets."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._project_id = project_id

    def list(self) -> Iterator[Selection]:
        """Every selection, newest first."""
        for info in self._transport.pages(wire.Selection, f"/projects/{self._project_id}/selections"):
            yield Selection(self._transport, info)

    def get(self, name_or_id: str) -> Selection:
        """The selection of this id, or the newest of this name.

        Raises:
            NotFound: There is none.
        """
        return find_selection(self._transport, self._project_id, name_or_id)


class Selections:
    """What was chosen from one dataset."""

    def __init__(self, transport: Transport, dataset_id: str) -> None:
        self._transport = transport
        self._path = f"/datasets/{dataset_id}/selections"

    def create(self, draft: wire.SelectionDraft | int, *, progress: Report | None = None) -> Selection:
        """Choose the items worth labelling, and wait until it is done; Ctrl-C stops it.

        Args:
            draft: What to choose; a number is a budget of so many items, and everything else by itself.

        Raises:
            InvalidInput: The pool is empty, or the draft asks for what is not there.
        """
        wanted = wire.SelectionDraft(budget=wire.SelectionBudget(count=draft)) if isinstance(draft, int) else draft
        job = Job(self._transport, self._transport.call(JobInfo, Call("POST", self._path, body=wanted)))
        done = job.wait_or_cancel(progress=progress).info.result
        return Selection(self._transport, self._transport.get(wire.Selection, f"/selections/{done['selection_id']}"))

    def plan(self, draft: wire.SelectionDraft | int) -> wire.SelectionPlan:
        """What a draft would do: the strategy and why, the pool, what is missing; nothing is chosen."""
        wanted = wire.SelectionDraft(budget=wire.SelectionBudget(count=draft)) if isinstance(draft, int) else draft
        return self._transport.call(wire.SelectionPlan, Call("POST", f"{self._path}/plan", body=wanted))

    def list(self) -> Iterator[Selection]:
        """Every selection from this dataset, newest first."""
        for info in self._transport.pages(wire.Selection, self._path):
            yield Selection(self._transport, info)

    def get(self, name_or_id: str) -> Selection:
        """The selection of this id, or the newest of this name.

        Raises:
            NotFound: There is none.
        """
        for one in self.list():
            if name_or_id in (one.id, one.info.name):
                return one
        raise NotFound(f"no selection {name_or_id!r} of this dataset", hint="`whorl selections list` shows them.")


class Selection:
    """A choice that was made."""

    def __init__(self, transport: Transport, info: wire.Selection) -> None:
        self._transport = transport
        self.info = info
        self._path = f"/selections/{info.id}"

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def query(self) -> dict[str, JsonValue]:
        """The query that finds its items: for tasks, exports, snapshots and tags."""
        return {"filter": {"selection": {"id": self.id}}}

    def items(self) -> Iterator[wire.SelectionItem]:
        """What was chosen and why, best first."""
        return self._transport.pages(wire.SelectionItem, f"{self._path}/items")

    def refresh(self) -> Selection:
        """Read it again: how many of its items are labelled by now."""
        self.info = self._transport.get(wire.Selection, self._path)
        return self

    def proof(self) -> wire.SelectionProof:
        """What it saved against chance, as far as its labels can tell."""
        return self._transport.get(wire.SelectionProof, f"{self._path}/proof")

    def wait_for_proof(self, *, clock: Clock | None = None) -> wire.SelectionProof:
        """As ``proof``, when it has been measured: some seconds."""
        time = clock or SystemClock()
        found = self.proof()
        while found.is_pending:
            time.sleep(_LOOK_S)
            found = self.proof()
        return found

    def delete(self) -> None:
        """Forget it; its items stay, and so do tasks made of it."""
        self._transport.send(Call("DELETE", self._path))

    def create_task(
        self,
        name: str,
        *,
        kind: str = "label",
        recipe_id: str | None = None,
        settings: Mapping[str, JsonValue] | None = None,
    ) -> Task:
        """Open a task with exactly its items."""
        body: JsonValue = {
            "name": name,
            "kind": kind,
            "dataset_id": self.info.dataset_id,
            "recipe_id": recipe_id,
            "settings": dict(settings or {}),
        }
        made = self._transport.call(TaskInfo, Call("POST", f"/projects/{self.info.project_id}/tasks", body=body))
        call = Call("POST", f"/tasks/{made.id}/items", body={"query": self.query})
        self._transport.call(TaskItemsAdded, call)
        return Task(self._transport, made)

    def __repr__(self) -> str:
        return f"Selection({self.info.name!r}, {self.info.n_items} of {self.info.n_pool}, id={self.id!r})"
