"""Assistants that learn while people label in a task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whorl.base.errors import JsonValue, NotFound
from whorl.schemas import assistants as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.jobs import Job, Report
from whorl.sdk.transport import Call, Transport


class Assistants:
    """The assistants of one task."""

    def __init__(self, transport: Transport, task_id: str) -> None:
        self._transport = transport
        self._path = f"/tasks/{task_id}/assistants"

    def start(
        self,
        *,
        kind: wire.AssistantKind | None = None,
        labels: Sequence[str] = (),
        first_items: int | None = None,
        again_after: float = 0.5,
        min_confidence: float = 0.3,
        adapts: bool = True,
        architecture: str | None = None,
        params: Mapping[str, JsonValue] | None = None,
        budget_seconds: float = 120.0,
        reorders: bool = True,
    ) -> Assistant:
        """Start one; it waits until enough items are finished, then learns and proposes by itself.

        Args:
            kind: class, box or mask; as the task's recipe says when left out.
            labels: Only these; all when empty.
            first_items: Finished items before it first trains.
            again_after: It trains again when the finished items have grown by this share.
            min_confidence: Surer proposals are shown, 0 to 1.
            adapts: Show only surer ones than that where the others cost people more than they saved.
            architecture: Such as ``my_package.my_module:MyModel``; the built-in for the kind when left out.
            params: Of the training.
            budget_seconds: Longest training of one round.
            reorders: Put first what it would learn most from.

        Raises:
            Conflict: The task has one of this kind already, or nothing can be learnt in it.
            InvalidInput: What it is to propose cannot be told.
            MissingDependency: What it would train is not installed on the server.
        """
        wish = wire.AssistantCreate(
            kind=kind,
            labels=list(labels),
            first_items=first_items,
            again_after=again_after,
            min_confidence=min_confidence,
            adapts=adapts,
            architecture=architecture,
            params=dict(params or {}),
            budget_seconds=budget_seconds,
            reorders=reorders,
        )
        return Assistant(self._transport, self._transport.call(wire.Assistant, Call("POST", self._path, body=wish)))

    def list(self) -> list[Assistant]:
        """Every assistant of the task, oldest first."""
        found = self._transport.get(list[wire.Assistant], self._path)
        return [Assistant(self._transport, info) for info in found]

    def get(self, kind_or_id: str | None = None) -> Assistant:
        """The assistant of this kind or id; the only one when left out.

        Raises:
            NotFound: There is none, or several and it was left out.
        """
        found = self.list()
        matching = [one for one in found if kind_or_id in (None, one.id, one.info.kind)]
        if len(matching) == 1:
            return matching[0]
        there = ", ".join(f"{one.info.kind} ({one.id})" for one in found) or "none"
        raise NotFound(
            "the task has no assistant" if not found else f"which assistant? There is: {there}",
            hint="Start one: `whorl assist start TASK`." if not found else "Give its kind or id.",
        )


class Assistant:
    """An assistant; ``info`` is how it stood when last asked."""

    def __init__(self, transport: Transport, info: wire.Assistant) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def _path(self) -> str:
        return f"/assistants/{self.id}"

    def refresh(self) -> Assistant:
        """Ask again how it stands."""
        self.info = self._transport.get(wire.Assistant, self._path)
        return self

    def change(
        self,
        *,
        min_confidence: float | None = None,
        again_after: float | None = None,
        reorders: bool | None = None,
        is_stopped: bool | None = None,
    ) -> Assistant:
        """Change how it works; what is left out stays."""
        given: dict[str, JsonValue] = {
            "min_confidence": min_confidence,
            "again_after": again_after,
            "reorders": reorders,
            "is_stopped": is_stopped,
        }
        body: dict[str, JsonValue] = {name: value for name, value in given.items() if value is not None}
        self.info = self._transport.call(wire.Assistant, Call("PATCH", self._path, body=body))
        return self

    def stop(self) -> Assistant:
        """Stop it; what it trains now is given up, and its proposals stay."""
        return self.change(is_stopped=True)

    def resume(self) -> Assistant:
        """Let a stopped or failed one go on."""
        return self.change(is_stopped=False)

    def delete(self) -> None:
        """Forget it, and take its proposals off what nobody has begun."""
        self._transport.send(Call("DELETE", self._path))

    def preview_rest(self) -> wire.RestPreview:
        """What labelling the rest would give, over the threshold.

        Raises:
            Conflict: It has not learnt anything yet.
        """
        return self._transport.get(wire.RestPreview, f"{self._path}/rest")

    def label_rest(self, threshold: float, *, dry_run: bool = False, progress: Report | None = None) -> Job:
        """Propose on all that nobody finished, and wait; Ctrl-C stops it. Never ground truth.

        Args:
            threshold: Less sure proposals are left out, 0 to 1.
            dry_run: Count only.

        Returns:
            The job; its ``info.result`` counts ``n_items`` and ``n_objects``.

        Raises:
            Conflict: It has not learnt anything yet, or such a job is under way.
        """
        body = wire.LabelRest(threshold=threshold, dry_run=dry_run)
        made = self._transport.call(JobInfo, Call("POST", f"{self._path}/label-rest", body=body))
        return Job(self._transport, made).wait_or_cancel(progress=progress)
