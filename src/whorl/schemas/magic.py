"""Tools that turn a few clicks into a shape, on the wire. Coordinates are pixels of the upright image."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.schemas.annotations import XY, Box, Geometry, Polygon
from whorl.schemas.wire import Wire

SegmentEngine = Literal["auto", "sam", "grabcut"]


class SegmenterInfo(Wire):
    """One way to find a shape."""

    name: str = Field(description="Such as grabcut or sam2-tiny.")
    kind: Literal["sam", "grabcut"]
    is_ready: bool
    problem: str | None = Field(default=None, description="Why it is not ready, and what to do.")
    takes_points: bool
    decoder_url: str | None = Field(default=None, description="The decoder for browsers that run it themselves.")
    decoder_bytes: int | None = None


class MagicInfo(Wire):
    """What the magic tools can do here."""

    segmenters: list[SegmenterInfo]
    default: str = Field(description="The segmenter that `auto` uses.")


class SegmentRequest(Wire):
    """Prompts for one object: points, a box, or its four outermost points."""

    engine: SegmentEngine = "auto"
    include: list[XY] = Field(default_factory=list, max_length=200)
    exclude: list[XY] = Field(default_factory=list, max_length=200)
    box: Box | None = None
    extremes: list[XY] = Field(default_factory=list, max_length=4, description="Its leftmost, topmost, … points.")
    result: Literal["polygon", "mask"] = "polygon"
    tolerance_px: float = Field(default=1.0, ge=0, le=20, description="Of the outline's simplification.")
    frame: int | None = Field(default=None, ge=0, description="Of a video.")


class SegmentAnswer(Wire):
    """A shape, or why there is none."""

    geometry: Geometry | None
    score: float | None
    segmenter: str
    milliseconds: float
    problem: str | None = None


class PathRequest(Wire):
    """An outline along edges from one point to the next (intelligent scissors)."""

    points: list[XY] = Field(min_length=2, max_length=200)
    is_closed: bool = False
    frame: int | None = Field(default=None, ge=0)


class PathAnswer(Wire):
    """The outline, beginning and ending at the given points."""

    points: list[XY]
    milliseconds: float


class AlikeRequest(Wire):
    """Find objects that look like this one in the same image."""

    box: Box | None = None
    polygon: Polygon | None = None
    limit: int = Field(default=50, ge=1, le=500)
    min_score: float = Field(default=0.5, ge=0, le=1)
    frame: int | None = Field(default=None, ge=0)


class AlikeObject(Wire):
    """One of them."""

    geometry: Geometry
    score: float


class AlikeAnswer(Wire):
    """Objects that look alike, best first; the given one is not among them."""

    objects: list[AlikeObject]
    milliseconds: float


class FeaturesState(Wire):
    """Whether an image is encoded, which makes a click on it quick."""

    segmenter: str
    state: Literal["ready", "waiting", "encoding", "failed"]
    problem: str | None = Field(default=None, description="Why it failed.")
