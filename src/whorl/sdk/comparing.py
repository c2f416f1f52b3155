"""Comparisons: decide between two models, label where they differ, promote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from whorl.base.errors import JsonValue
from whorl.schemas import models as wire
from whorl.schemas.comparing import ComparisonPromote, DisagreementTask, DisagreeRequest, ProtectedSlice
from whorl.schemas.jobs import Job as JobInfo
from whorl.schemas.tasks import Task as TaskInfo
from whorl.sdk.filters import Filters
from whorl.sdk.jobs import Job
from whorl.sdk.transport import Call, Transport


class Comparisons:
    """The comparisons of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/comparisons"

    def start(
        self,
        champion_id: str | None,
        challenger_id: str,
        *,
        dataset_id: str | None = None,
        snapshot: str | None = None,
        min_delta: float | None = None,
        floor_drop: float | None = 0.1,
        slices: Sequence[ProtectedSlice] = (),
        max_latency_ms: float | None = None,
        max_size_bytes: int | None = None,
    ) -> Job:
        """Compare two models on one test subset with paired statistics, as a job; its result names the comparison.

        Args:
            champion_id: None asks whether the challenger beats having no model.
            dataset_id: The challenger's own when left out.
            snapshot: Name or id; the present state when left out.
            min_delta: The smallest gain worth a change.
            floor_drop: How far a class may fall; None sets no floor.
            slices: Where the challenger must be shown not to fall.
        """
        body = wire.CompareRequest(
            champion_id=champion_id,
            challenger_id=challenger_id,
            dataset_id=dataset_id,
            snapshot=snapshot,
            min_delta=min_delta,
            floor_drop=floor_drop,
            slices=list(slices),
            max_latency_ms=max_latency_ms,
            max_size_bytes=max_size_bytes,
        )
        return Job(self._transport, self._transport.call(JobInfo, Call("POST", self._path, body=body)))

    def get(self, comparison_id: str) -> wire.Comparison:
        """One decision and its numbers."""
        return self._transport.get(wire.Comparison, f"/comparisons/{comparison_id}")

    def list(self) -> Iterator[wire.Comparison]:
        """Every comparison, the newest first."""
        return self._transport.pages(wire.Comparison, self._path)

    def promote(
        self,
        comparison_id: str,
        *,
        force: bool = False,
        reason: str | None = None,
        pipeline_id: str | None = None,
        variable: str | None = None,
    ) -> wire.Champion:
        """Make the challenger the champion; against the decision only with force and a reason."""
        body = ComparisonPromote(pipeline_id=pipeline_id, variable=variable, force=force, reason=reason)
        return self._transport.call(wire.Champion, Call("POST", f"/comparisons/{comparison_id}/promote", body=body))

    def disagree(
        self,
        comparison_id: str,
        *,
        dataset_id: str | None = None,
        filters: Filters | str | None = None,
        limit: int = 200,
        max_items: int = 5000,
    ) -> Job:
        """Let both models predict items without ground truth, as a job that lists those on which they differ."""
        query: str | dict[str, JsonValue] | None = filters.prepare() if isinstance(filters, Filters) else filters
        body = DisagreeRequest(dataset_id=dataset_id, query=query, limit=limit, max_items=max_items)
        call = Call("POST", f"/comparisons/{comparison_id}/disagree", body=body)
        return Job(self._transport, self._transport.call(JobInfo, call))

    def open_task(
        self, comparison_id: str, *, job_id: str | None = None, task_name: str | None = None, limit: int = 200
    ) -> TaskInfo:
        """Open a task with exactly the items on which the two models differ, most useful first.

        Args:
            job_id: A finished job of ``disagree``; the test items when left out.
        """
        body = DisagreementTask(name=task_name, job_id=job_id, limit=limit)
        return self._transport.call(TaskInfo, Call("POST", f"/comparisons/{comparison_id}/task", body=body))
