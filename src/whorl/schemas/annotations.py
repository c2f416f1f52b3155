"""Annotations on the wire: geometry, layer and author.

All coordinates are pixels of the upright image (EXIF orientation applied), x to the right and y down,
with (0, 0) the outer corner of the first pixel, so a box that covers a 10×10 image is 0, 0, 10, 10.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


Pixel = Annotated[float, AfterValidator(_finite)]
XY = tuple[Pixel, Pixel]


class Layer(StrEnum):
    """Which statement this is: what people stand behind, or what a model run said."""

    TRUTH = "truth"
    PREDICTION = "prediction"


class AuthorKind(StrEnum):
    """Who made an annotation."""

    PERSON = "person"
    MODEL = "model"
    IMPORT = "import"


class Origin(StrEnum):
    """How an annotation came to be."""

    DRAWN = "drawn"
    IMPORTED = "imported"
    PREDICTED = "predicted"
    ACCEPTED = "accepted"
    EDITED = "edited"
    AUTO_ACCEPTED = "auto_accepted"
    CONVERTED = "converted"


class ClassTag(Wire):
    """The label holds for the whole item."""

    type: Literal["class"] = "class"


class Box(Wire):
    """An axis-aligned box; x1 > x0 and y1 > y0."""

    type: Literal["box"] = "box"
    x0: Pixel
    y0: Pixel
    x1: Pixel
    y1: Pixel

    @model_validator(mode="after")
    def _has_area(self) -> Self:
        if self.x1 <= self.x0 or self.y1 <= self.y0:
            raise ValueError(f"box has no area: {self.x0:g}, {self.y0:g}, {self.x1:g}, {self.y1:g}")
        return self


class RotatedBox(Wire):
    """A box turned about its centre by ``angle`` degrees, clockwise as seen on screen, in [-180, 180).

    At angle 0 the width runs along x. The centre lies in the image; corners may stick out.
    """

    type: Literal["rotated_box"] = "rotated_box"
    cx: Pixel
    cy: Pixel
    width: Annotated[Pixel, Field(gt=0)]
    height: Annotated[Pixel, Field(gt=0)]
    angle: Annotated[float, AfterValidator(_finite), Field(ge=-180, lt=180)] = 0.0


class Polygon(Wire):
    """One or more closed rings of at least three points; parts of one object, even-odd filled."""

    type: Literal["polygon"] = "polygon"
    rings: list[Annotated[list[XY], Field(min_length=3)]] = Field(min_length=1)


class Polyline(Wire):
    """An open line of at least two points."""

    type: Literal["polyline"] = "polyline"
    points: list[XY] = Field(min_length=2)


class Points(Wire):
    """Key points, in order."""

    type: Literal["points"] = "points"
    points: list[XY] = Field(min_length=1)


class Mask(Wire):
    """A binary mask as COCO's compressed run lengths (column by column, zeros first)."""

    type: Literal["mask"] = "mask"
    height: int = Field(gt=0)
    width: int = Field(gt=0)
    counts: str


FrameShape = Annotated[Box | RotatedBox | Polygon | Polyline | Points, Field(discriminator="type")]


class Keyframe(Wire):
    """Where an object is in one frame of a video, and who says so."""

    frame: int = Field(ge=0, le=100_000_000, description="Number of the frame in the order shown, from 0.")
    shape: FrameShape | None = Field(default=None, description="Null only where the object is outside the picture.")
    is_outside: bool = Field(default=False, description="Not in the picture from this frame on.")
    by: Literal["person", "tracker", "import"] = "person"
    confidence: float | None = Field(default=None, ge=0, le=1, description="Of a tracker.")

    @model_validator(mode="after")
    def _has_shape(self) -> Self:
        if self.shape is None and not self.is_outside:
            raise ValueError(f"frame {self.frame}: a shape, or is_outside")
        return self


class Track(Wire):
    """One object through the frames of a video.

    Between two keyframes the shape moves in a straight line; after the last it stays as it is, until a keyframe says
    that it is outside. Before the first keyframe there is no object.
    """

    type: Literal["track"] = "track"
    keyframes: list[Keyframe] = Field(min_length=1, max_length=100_000)

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        frames = [keyframe.frame for keyframe in self.keyframes]
        if any(later <= earlier for earlier, later in zip(frames, frames[1:], strict=False)):
            raise ValueError("keyframes are in order, one for a frame")
        kinds = {keyframe.shape.type for keyframe in self.keyframes if keyframe.shape is not None}
        if len(kinds) != 1:
            raise ValueError(f"all shapes of a track are of one kind; here {', '.join(sorted(kinds)) or 'none'}")
        return self


Geometry = Annotated[
    ClassTag | Box | RotatedBox | Polygon | Polyline | Points | Mask | Track, Field(discriminator="type")
]


class AnnotationDraft(Wire):
    """An annotation to be saved."""

    id: str | None = Field(default=None, description="Id of the annotation this replaces; null for a new one.")
    label: str = Field(min_length=1, max_length=200)
    geometry: Geometry
    attributes: dict[str, JsonValue] = Field(default_factory=dict)
    confidence: float | None = Field(default=None, ge=0, le=1)
    from_prediction: str | None = Field(default=None, description="Id of the prediction this accepts or edits.")


class Annotation(Wire):
    """One statement about an item, as it stood at a revision."""

    id: str
    item_id: str
    label: str
    geometry: Geometry
    layer: Layer
    confidence: float | None = None
    attributes: dict[str, JsonValue] = Field(default_factory=dict)
    author_kind: AuthorKind
    author_id: str
    origin: Origin
    from_prediction: str | None = None
    missed_by: str | None = Field(
        default=None, description="The model whose predictions were shown when a person added this."
    )
    born_rev: int
    died_rev: int | None = Field(
        default=None, description="Revision that replaced or removed it; null while it stands."
    )
    created_at: UtcTime
