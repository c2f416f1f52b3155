"""Changing the kind of shapes on the wire: box, polygon, mask, class."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import Wire

ConvertKind = Literal["class", "box", "rotated_box", "polygon", "mask"]


class ConvertRequest(Wire):
    """Which ground truth becomes what."""

    to: ConvertKind
    query: str | dict[str, JsonValue] | None = Field(
        default=None, description="Of the items, as text or DQL; null: all."
    )
    labels: list[str] = Field(default_factory=list, max_length=1000, description="Only these; empty: all.")
    kinds: list[ConvertKind] = Field(
        default_factory=list,
        max_length=10,
        description="Only shapes of these kinds; empty: all. Polygons to polygons are simplified, when named here.",
    )
    outline: Literal["shape", "grabcut", "sam"] = Field(
        default="shape", description="Where a box becomes an outline: its four sides, or the object found in it."
    )
    max_iou_loss: float = Field(
        default=0.01, ge=0, le=0.5, description="What simplifying an outline may cost of its overlap with the original."
    )
    dry_run: bool = False


class ConvertReport(Wire):
    """What a conversion did, or would do."""

    dataset_id: str
    is_dry_run: bool
    revision: int | None = Field(description="That the conversion made; undo gives back the one before.")
    n_items: int
    n_converted: int
    n_unchanged: int = Field(description="Already of that kind.")
    n_refused: int
    refused: dict[str, int] = Field(default_factory=dict, description="How many for which reason.")
    examples: list[str] = Field(default_factory=list, description="The first twenty that were refused, by name.")
    worst_iou: float | None = Field(
        description="Of a converted shape with its original; of an object found in a box, of the box around it."
    )
