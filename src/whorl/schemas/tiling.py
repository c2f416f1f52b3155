"""How a model looks at large images: in tiles."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.schemas.wire import Wire


class Tiling(Wire):
    """Tiles for a model, and how their finds are put together."""

    size: int | None = Field(
        default=None, ge=32, le=8192, description="Side of a tile in pixels; null chooses by model and object."
    )
    overlap: float | None = Field(
        default=None, ge=0, le=0.9, description="Least share of a side that neighbours share; null: 0.25, or by object."
    )
    object_px: float | None = Field(default=None, gt=0, le=8192, description="Side of a typical object in pixels.")
    whole: bool = Field(default=True, description="Look at the whole image, too, for objects that no tile holds.")
    skip_empty: bool = Field(
        default=False, description="Only tiles where the look at the whole image found something: faster, finds less."
    )
    way: Literal["edges", "nms", "greedy_nmm", "nmm"] = Field(
        default="edges", description="edges joins only what a tile's border cuts; the others merge whatever overlaps."
    )
    metric: Literal["iou", "ios"] = "iou"
    iou: float = Field(default=0.5, gt=0, le=1, description="Overlap from which two finds are one object.")
