"""What an endpoint met: its log, what was said about it, what was flagged, and the way back to labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pydantic import TypeAdapter

from whorl.base.errors import NotFound
from whorl.schemas import serving as wire
from whorl.schemas.annotations import AnnotationDraft
from whorl.schemas.tasks import Task as TaskInfo
from whorl.sdk.tasks import Task
from whorl.sdk.transport import Call, Transport

_RULES = TypeAdapter(list[wire.FlagRule])


def find_traffic(transport: Transport, project_id: str, name: str) -> Traffic:
    """The traffic of the project's endpoint with a name or an id.

    Raises:
        NotFound: There is none.
    """
    for endpoint in transport.pages(wire.Endpoint, f"/projects/{project_id}/endpoints"):
        if name in (endpoint.name, endpoint.id):
            return Traffic(transport, endpoint)
    raise NotFound(f"no endpoint {name!r} in this project", hint="`whorl endpoints list` shows them.")


class Traffic:
    """The traffic of one endpoint."""

    def __init__(self, transport: Transport, endpoint: wire.Endpoint) -> None:
        self._transport = transport
        self.endpoint = endpoint
        self._path = f"/endpoints/{endpoint.id}"

    def predictions(
        self,
        *,
        verdict: wire.Verdict | str | None = None,
        flag: wire.RuleKind | str | None = None,
        label: str | None = None,
    ) -> Iterator[wire.PredictionLine]:
        """Its log, newest first, fetched as it is read."""
        path = f"{self._path}/predictions"
        return self._transport.pages(wire.PredictionLine, path, verdict=verdict, flag=flag, label=label)

    def prediction(self, prediction_id: str) -> wire.PredictionLine:
        """One line of the log."""
        return self._transport.get(wire.PredictionLine, f"/predictions/{prediction_id}")

    def say(
        self,
        prediction_id: str,
        verdict: wire.Verdict | str,
        *,
        correction: Sequence[AnnotationDraft] | None = None,
        label_map: Mapping[str, str] | None = None,
        comment: str | None = None,
        who: str | None = None,
    ) -> wire.Feedback:
        """Say that an answer is ``ok``, ``wrong``, or, with a ``correction``, what is true.

        Raises:
            NotFound: The endpoint has no such prediction.
            UnknownLabel: The correction has a label that the ontology lacks; ``label_map`` gives it another name.
        """
        body = wire.FeedbackCreate(
            prediction_id=prediction_id,
            verdict=wire.Verdict(verdict),
            correction=None if correction is None else list(correction),
            label_map=dict(label_map or {}),
            comment=comment,
            who=who,
        )
        return self._transport.call(wire.Feedback, Call("POST", f"{self._path}/feedback", body=body))

    def feedback(self) -> Iterator[wire.Feedback]:
        """What was said, newest first."""
        return self._transport.pages(wire.Feedback, f"{self._path}/feedback")

    def feedback_link(self, prediction_id: str) -> str:
        """The path of the page on which an end user says what they think of one answer."""
        body = wire.FeedbackLinkCreate(prediction_id=prediction_id)
        return self._transport.call(wire.FeedbackLink, Call("POST", f"{self._path}/feedback-link", body=body)).url

    def rules(self) -> list[wire.FlagRule]:
        """When its answers are flagged."""
        return _RULES.validate_json(self._transport.send(Call("GET", f"{self._path}/flag-rules")).content)

    def add_rule(
        self,
        kind: wire.RuleKind | str,
        *,
        below: float | None = None,
        above: float | None = None,
        share: float | None = None,
        window: int = 50,
        per_day: int = 100,
    ) -> wire.FlagRule:
        """Add a flag rule.

        Raises:
            InvalidInput: It can decide nothing, such as one without a threshold.
        """
        body = wire.FlagRuleWrite(
            kind=wire.RuleKind(kind), below=below, above=above, share=share, window=window, per_day=per_day
        )
        return self._transport.call(wire.FlagRule, Call("POST", f"{self._path}/flag-rules", body=body))

    def change_rule(self, rule_id: str, change: wire.FlagRuleUpdate) -> wire.FlagRule:
        """Change a rule's threshold or quota, or switch it on or off."""
        return self._transport.call(wire.FlagRule, Call("PATCH", f"/flag-rules/{rule_id}", body=change))

    def remove_rule(self, rule_id: str) -> None:
        """Take a rule away with its flags; items that were made of them stay."""
        self._transport.send(Call("DELETE", f"/flag-rules/{rule_id}"))

    def flags(self, *, kind: wire.RuleKind | str | None = None) -> Iterator[wire.Flag]:
        """What was flagged, newest first."""
        return self._transport.pages(wire.Flag, f"{self._path}/flags", flag=kind)

    def catalogue(self, *, days: int | None = None) -> wire.FlagCatalogue:
        """What was flagged or said to be wrong, in groups of images that look alike."""
        return self._transport.get(wire.FlagCatalogue, f"{self._path}/flag-catalogue", days=days)

    def label_flagged(self, task_name: str, *, group: int | None = None, item_ids: Sequence[str] | None = None) -> Task:
        """Put flagged images into a labelling task: a group, some items, or all that no task has yet."""
        body = wire.FlagsTask(name=task_name, group=group, item_ids=None if item_ids is None else list(item_ids))
        info = self._transport.call(TaskInfo, Call("POST", f"{self._path}/flags/task", body=body))
        return Task(self._transport, info)

    def prune(self, *, dry_run: bool = True) -> wire.Pruned:
        """Remove what is past its retention, or say how much that is."""
        params = {"is_dry_run": dry_run}
        return self._transport.call(wire.Pruned, Call("POST", f"{self._path}/predictions/prune", params=params))
