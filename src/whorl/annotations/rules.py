"""Pure decisions about annotations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import assert_never

from whorl.base.errors import InvalidInput, JsonValue
from whorl.geometry.rotated import corners_of
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox, Track

EDGE_TOLERANCE_PX = 0.01
"""How far outside the image a coordinate may be: the noise of formats that store shares of the width."""

Bounds = tuple[float, float, float, float]


def find_bounds(geometry: Geometry) -> Bounds | None:
    """Give the smallest box x0, y0, x1, y1 in pixels around a shape; None for a class and for an empty mask."""
    match geometry:
        case ClassTag():
            return None
        case Box():
            return geometry.x0, geometry.y0, geometry.x1, geometry.y1
        case RotatedBox():
            return _around(box_corners(geometry))
        case Polygon():
            return _around([point for ring in geometry.rings for point in ring])
        case Polyline() | Points():
            return _around(geometry.points)
        case Mask():
            return _mask_bounds(geometry)
        case Track():
            return _around([corner for bounds in _frame_bounds(geometry) for corner in (bounds[:2], bounds[2:])])
        case _:
            assert_never(geometry)


def box_corners(box: RotatedBox) -> list[tuple[float, float]]:
    """Give the four corners of a rotated box in order, in pixels of the upright image; they may lie outside it."""
    return corners_of(box.cx, box.cy, box.width, box.height, box.angle)


def check_inside(geometry: Geometry, *, width: int, height: int, where: str) -> None:
    """Check that a shape lies inside an image of ``width`` × ``height`` pixels.

    Raises:
        InvalidInput: Names ``where``, the shape's bounds and the image's size.
    """
    if isinstance(geometry, Mask):
        if (geometry.width, geometry.height) != (width, height):
            raise InvalidInput(
                f"{where}: the mask is {geometry.width} x {geometry.height}, the image {width} x {height}",
                hint="Give the mask in pixels of the upright image.",
            )
        # Decoded, so that counts which do not add up are refused.
        find_bounds(geometry)
        return
    if isinstance(geometry, Track):
        for keyframe in geometry.keyframes:
            if keyframe.shape is not None:
                check_inside(keyframe.shape, width=width, height=height, where=f"{where}, frame {keyframe.frame}")
        return
    # A turned box around an object at the edge sticks out; its centre does not.
    is_turned = isinstance(geometry, RotatedBox)
    bounds = (geometry.cx, geometry.cy) * 2 if isinstance(geometry, RotatedBox) else find_bounds(geometry)
    if bounds is None:
        return
    x0, y0, x1, y1 = bounds
    low, right, bottom = -EDGE_TOLERANCE_PX, width + EDGE_TOLERANCE_PX, height + EDGE_TOLERANCE_PX
    if x0 < low or y0 < low or x1 > right or y1 > bottom:
        what = f"the centre of {geometry.type}" if is_turned else geometry.type
        shape = f"{what} {x0:g}, {y0:g}" if is_turned else f"{what} {x0:g}, {y0:g}, {x1:g}, {y1:g}"
        raise InvalidInput(
            f"{where}: {shape} is outside the image of {width} x {height} pixels",
            hint="Coordinates are pixels of the upright image, from its top left corner.",
            details={"box": [x0, y0, x1, y1], "width": width, "height": height},
        )


def check_track(track: Track, *, n_frames: int | None, where: str) -> None:
    """Check that a track ends within its video.

    Args:
        n_frames: Of the video; None when nobody has looked at it yet.

    Raises:
        InvalidInput: Names ``where``, the frame and those that there are.
    """
    last = track.keyframes[-1]
    # That the object is gone may be said of the frame after the last.
    allowed = None if n_frames is None else n_frames + (1 if last.is_outside else 0)
    if n_frames is not None and allowed is not None and last.frame >= allowed:
        there = f"the video has frames 0 to {n_frames - 1:,}" if n_frames else "none of the video's frames decodes"
        raise InvalidInput(
            f"{where}: a track has a keyframe at frame {last.frame:,}; {there}",
            hint="Frames are counted from 0, in the order shown.",
            details={"n_frames": n_frames},
        )


def clip_box(box: Box, *, width: int, height: int) -> Box | None:
    """Cut a box at the edges of the image; None when nothing of it is inside."""
    x0, x1 = max(box.x0, 0.0), min(box.x1, float(width))
    y0, y1 = max(box.y0, 0.0), min(box.y1, float(height))
    if x1 <= x0 or y1 <= y0:
        return None
    return box if (x0, y0, x1, y1) == (box.x0, box.y0, box.x1, box.y1) else Box(x0=x0, y0=y0, x1=x1, y1=y1)


def statement_digest(
    label: str, geometry: Geometry, *, confidence: float | None, attributes: Mapping[str, JsonValue]
) -> str:
    """A fingerprint of what an annotation says, apart from who says it; equal statements have equal ones."""
    said = [label, geometry.model_dump(mode="json"), confidence, dict(attributes)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def import_author_id(source: str) -> str:
    """The author of what an import of ``source`` brought: readable when short, always the same."""
    if len(source) <= 36:
        return f"imp_{source}"
    return f"imp_{hashlib.sha256(source.encode()).hexdigest()[:36]}"


def _around(points: list[tuple[float, float]]) -> Bounds:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _frame_bounds(track: Track) -> list[Bounds]:
    found = (find_bounds(keyframe.shape) for keyframe in track.keyframes if keyframe.shape is not None)
    return [bounds for bounds in found if bounds is not None]


def _mask_bounds(mask: Mask) -> Bounds | None:
    # Late: the server starts without numpy.
    from whorl.geometry.masks import decode_mask, mask_bounds  # noqa: PLC0415

    found = mask_bounds(decode_mask(mask.counts, width=mask.width, height=mask.height))
    return None if found is None else (float(found[0]), float(found[1]), float(found[2]), float(found[3]))
