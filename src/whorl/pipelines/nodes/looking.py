"""The parameters of nodes whose model may look at images in tiles."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.pipelines.nodes.base import Params


class LookingParams(Params):
    """Whether a model looks at images at once or in tiles."""

    tiles: Literal["none", "auto", "fixed"] = Field(
        default="none",
        description="Look at images in tiles, for small objects in large images: auto takes the side of the model's "
        "input, fixed takes tile_size.",
    )
    tile_size: int = Field(default=640, ge=32, le=8192, description="With fixed: side of a tile in pixels.")
    tile_overlap: float = Field(default=0.25, ge=0, le=0.9, description="Share of a side that neighbours share.")

    @property
    def tiling(self) -> dict[str, JsonValue] | None:
        """As ``whorl.schemas.tiling.Tiling``; None for images at once."""
        if self.tiles == "none":
            return None
        return {"size": self.tile_size if self.tiles == "fixed" else None, "overlap": self.tile_overlap}
