"""What evaluations found on items, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.schemas.wire import UtcTime, Wire

FindingTypeName = Literal["correct", "confused", "missed", "spurious", "empty"]


class Finding(Wire):
    """How a model did on one object, label or pair of labels of an item."""

    type: FindingTypeName = Field(description="empty: nothing is there and nothing was found.")
    truth: str | None = Field(description="True label; null for what is spurious.")
    predicted: str | None = Field(description="Null for what is missed.")
    confidence: float | None
    iou: float | None = Field(description="Of the two shapes; null for classes and without a pair.")
    bounds: list[float] | None = Field(
        description="x0 y0 x1 y1 in pixels of the upright image, of the predicted object or the missed one."
    )


class EvaluationFacet(Wire):
    """An evaluation as a lens over a dataset's items."""

    evaluation_id: str
    model_id: str
    model_name: str
    revision: int
    n_items: int
    metric_name: str
    metric: float | None
    is_stale: bool = Field(description="The truth, subset or existence of one of its items changed since.")
    created_at: UtcTime
    counts: dict[FindingTypeName, int] = Field(description="Findings by type; a type without any is left out.")
    chip: str = Field(description="The term that, put behind a query's text, finds the items evaluated.")


class FindingsWanted(Wire):
    """Items whose findings are to be read at once; those that the evaluation did not use have none."""

    item_ids: list[str] = Field(max_length=500)


class ItemFindings(Wire):
    """What an evaluation found on one item, with the size that the bounds are of."""

    item_id: str
    width: int
    height: int
    findings: list[Finding] = Field(description="Surest first, what was missed last.")
