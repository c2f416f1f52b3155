"""Evaluations in full: tables, curves, slices and what a confidence threshold costs."""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Sequence

from whorl.schemas import evaluations as wire
from whorl.schemas.models import Evaluation
from whorl.sdk.transport import Call, Transport


class Evaluations:
    """The evaluations of one project's models."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._project = f"/projects/{project_id}"

    def list(self, *, model_id: str | None = None, dataset_id: str | None = None) -> Iterator[Evaluation]:
        """Every evaluation, newest first; of one model or on one dataset when it is named."""
        return self._transport.pages(
            Evaluation, f"{self._project}/evaluations", model_id=model_id, dataset_id=dataset_id
        )

    def get(self, evaluation_id: str) -> Evaluation:
        """One evaluation: its metrics."""
        return self._transport.get(Evaluation, f"/evaluations/{evaluation_id}")

    def report(self, evaluation_id: str, *, slices: Sequence[str] = ()) -> wire.EvaluationReport:
        """Everything that it says: by label, size and slice, with curves, calibration and intervals.

        Args:
            slices: Each ``field:metadata.camera``, a slice for each value, or ``query:`` and a query as text or JSON.

        Raises:
            InvalidInput: One of the slices is neither.
            QueryError: A query or a field does not parse.
        """
        wanted: builtins.list[str] = [*slices]
        call = Call("GET", f"/evaluations/{evaluation_id}/report", {"slices": wanted})
        return self._transport.call(wire.EvaluationReport, call)

    def thresholds(self, evaluation_id: str, *, missed: float = 1.0, spurious: float = 1.0) -> wire.ThresholdReport:
        """What each confidence threshold costs, and the cheapest, in all and for each label.

        Args:
            missed: Cost of a missed object or label; for one class per item of an item that is left unsure.
            spurious: Cost of a spurious object or label; for one class per item of a wrong answer.

        Raises:
            InvalidInput: The model's answers have no confidence, or both costs are 0.
        """
        return self._transport.get(
            wire.ThresholdReport, f"/evaluations/{evaluation_id}/thresholds", missed=missed, spurious=spurious
        )
