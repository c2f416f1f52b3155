"""One shape as a shape of another kind, or the reason why it cannot be."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from whorl.annotations.rules import Bounds, box_corners, check_inside, find_bounds
from whorl.base.errors import InvalidInput, MaskError
from whorl.geometry.boxes import box_iou
from whorl.geometry.converting import simplify_mask, simplify_rings, smallest_rotated_box
from whorl.geometry.masks import decode_mask, place_part
from whorl.geometry.merging import Patch, patch_of, shared_pixels
from whorl.geometry.polygons import clip_ring, polygon_bounds, polygon_to_mask, ring_area
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox, Track
from whorl.schemas.converting import ConvertKind

# Looks for the object in a box of the image: its pixels, or None when nothing is found.
Find = Callable[[Bounds], Patch | None]

NO_PLACE = "a class tag has no place in the image"
EMPTY_MASK = "the mask is empty"
BAD_MASK = "the mask's counts do not fit its size"
OTHER_SIZE = "the mask is of another size than its image"
NO_AREA = "the polygon has no area"
NO_PIXEL = "the shape covers the middle of no pixel"
A_LINE = "lines and points have no area"
A_TRACK = "a track belongs to a video"
NOTHING_FOUND = "no object was found in the box"


class Refused(Exception):
    """Why a shape cannot become one of that kind; its text is one of this module's reasons."""


@dataclass(frozen=True, slots=True)
class Reshaped:
    """A converted shape and its intersection over union with the original; None for a class."""

    geometry: Geometry
    iou: float | None


def reshape(
    shape: Geometry,
    to: ConvertKind,
    *,
    width: int,
    height: int,
    max_iou_loss: float = 0.01,
    find: Find | None = None,
) -> Reshaped:
    """A shape as one of another kind; a polygon asked to be a polygon comes back with as few points as it may lose.

    Polygons are filled even-odd, also where they cross themselves, so a hole stays a hole.

    Args:
        width: Of the image, as its height.
        max_iou_loss: What an outline may lose by being simplified.
        find: Looks for the outline of a box's object; without it the outline is the box.

    Raises:
        Refused: It cannot be.
    """
    _check(shape, width=width, height=height)
    if to == "class":
        return Reshaped(ClassTag(), None)
    if to == "box":
        return _as_box(shape, width=width, height=height)
    if to == "rotated_box":
        return _as_rotated(shape, width=width, height=height)
    if find is not None and isinstance(shape, Box | RotatedBox):
        found = find(_bounds_inside(shape, width, height))
        if found is None or not found.pixels.any():
            raise Refused(NOTHING_FOUND)
        return _found(shape, found, to, width=width, height=height, max_iou_loss=max_iou_loss)
    if to == "mask":
        patch = _pixels(shape, width=width, height=height)
        return Reshaped(_mask(patch, width=width, height=height), 1.0)
    return _as_polygon(shape, width=width, height=height, max_iou_loss=max_iou_loss)


def _check(shape: Geometry, *, width: int, height: int) -> None:
    match shape:
        case ClassTag():
            raise Refused(NO_PLACE)
        case Polyline() | Points():
            raise Refused(A_LINE)
        case Track():
            raise Refused(A_TRACK)
        case Mask():
            if (shape.width, shape.height) != (width, height):
                raise Refused(OTHER_SIZE)
            _decode(shape)
        case Polygon():
            # A ring that crosses itself can have an area that the formula cancels.
            if all(ring_area(ring) == 0 and smallest_rotated_box(ring) is None for ring in shape.rings):
                raise Refused(NO_AREA)
        case Box() | RotatedBox():
            return


def _decode(mask: Mask) -> Patch:
    try:
        patch = patch_of(decode_mask(mask.counts, width=mask.width, height=mask.height))
    except MaskError as error:
        raise Refused(BAD_MASK) from error
    if patch is None:
        raise Refused(EMPTY_MASK)
    return patch


def _bounds_inside(shape: Geometry, width: int, height: int) -> Bounds:
    bounds = find_bounds(shape)
    assert bounds is not None
    x0, y0, x1, y1 = max(bounds[0], 0.0), max(bounds[1], 0.0), min(bounds[2], width), min(bounds[3], height)
    if x1 <= x0 or y1 <= y0:
        raise Refused(NO_AREA if isinstance(shape, Polygon) else NO_PIXEL)
    return x0, y0, x1, y1


def _as_box(shape: Geometry, *, width: int, height: int) -> Reshaped:
    x0, y0, x1, y1 = _bounds_inside(shape, width, height)
    made = Box(x0=x0, y0=y0, x1=x1, y1=y1)
    return Reshaped(made, _overlap(shape, made, width=width, height=height))


def _as_rotated(shape: Geometry, *, width: int, height: int) -> Reshaped:
    if isinstance(shape, RotatedBox):
        return Reshaped(shape, 1.0)
    if isinstance(shape, Box):
        cx, cy = (shape.x0 + shape.x1) / 2, (shape.y0 + shape.y1) / 2
        return Reshaped(RotatedBox(cx=cx, cy=cy, width=shape.x1 - shape.x0, height=shape.y1 - shape.y0), 1.0)
    rings = shape.rings if isinstance(shape, Polygon) else _as_outline(shape, 0.0)
    found = smallest_rotated_box([point for ring in rings for point in ring])
    if found is None:
        raise Refused(NO_AREA)
    cx, cy, wide, tall, angle = found
    made = RotatedBox(cx=cx, cy=cy, width=wide, height=tall, angle=angle)
    _check_made(made, width=width, height=height)
    return Reshaped(made, _overlap(shape, made, width=width, height=height))


def _as_outline(shape: Geometry, max_iou_loss: float) -> list[list[tuple[float, float]]]:
    assert isinstance(shape, Mask)
    patch = _decode(shape)
    return simplify_mask(patch.pixels, max_iou_loss=max_iou_loss, x=patch.x, y=patch.y).rings


def _as_polygon(shape: Geometry, *, width: int, height: int, max_iou_loss: float) -> Reshaped:
    if isinstance(shape, Mask):
        patch = _decode(shape)
        outline = simplify_mask(patch.pixels, max_iou_loss=max_iou_loss, x=patch.x, y=patch.y)
        return Reshaped(Polygon(rings=outline.rings), outline.iou)
    if isinstance(shape, Polygon):
        simpler = simplify_rings(shape.rings, max_iou_loss=max_iou_loss)
        return Reshaped(Polygon(rings=simpler.rings), simpler.iou)
    if isinstance(shape, Box):
        ring = [(shape.x0, shape.y0), (shape.x1, shape.y0), (shape.x1, shape.y1), (shape.x0, shape.y1)]
        return Reshaped(Polygon(rings=[ring]), 1.0)
    assert isinstance(shape, RotatedBox)
    corners = box_corners(shape)
    # What sticks out of the image is cut off: a polygon lies inside.
    inside = clip_ring(corners, (0.0, 0.0, float(width), float(height)))
    if len(inside) < 3 or ring_area(inside) == 0:
        raise Refused(NO_AREA)
    return Reshaped(Polygon(rings=[inside]), ring_area(inside) / ring_area(corners))


def _found(shape: Geometry, found: Patch, to: ConvertKind, *, width: int, height: int, max_iou_loss: float) -> Reshaped:
    """What was found in a box; the overlap is that of the box around it with the box."""
    bounds = _bounds_inside(shape, width, height)
    iou = float(box_iou([bounds], [found.box])[0, 0])
    if to == "mask":
        return Reshaped(_mask(found, width=width, height=height), iou)
    outline = simplify_mask(found.pixels, max_iou_loss=max_iou_loss, x=found.x, y=found.y)
    return Reshaped(Polygon(rings=outline.rings), iou)


def _mask(patch: Patch, *, width: int, height: int) -> Mask:
    rle = place_part(patch.pixels, x=patch.x, y=patch.y, width=width, height=height)
    return Mask(width=width, height=height, counts=rle.counts)


def _pixels(shape: Geometry, *, width: int, height: int) -> Patch:
    """The pixels of the image whose middle a shape covers.

    Raises:
        Refused: There are none.
    """
    if isinstance(shape, Mask):
        return _decode(shape)
    made = (
        shape if isinstance(shape, Polygon) else _as_polygon(shape, width=width, height=height, max_iou_loss=0).geometry
    )
    assert isinstance(made, Polygon)
    shown = made.rings
    x0, y0, x1, y1 = polygon_bounds(shown)
    left, top = max(math.floor(x0), 0), max(math.floor(y0), 0)
    wide, tall = min(math.ceil(x1), width) - left, min(math.ceil(y1), height) - top
    if wide <= 0 or tall <= 0:
        raise Refused(NO_PIXEL)
    moved = [[(x - left, y - top) for x, y in ring] for ring in shown]
    patch = patch_of(polygon_to_mask(moved, width=wide, height=tall), x=left, y=top)
    if patch is None:
        raise Refused(NO_PIXEL)
    return patch


def _overlap(shape: Geometry, made: Geometry, *, width: int, height: int) -> float | None:
    """Intersection over union in pixels of the image; None when a shape covers none."""
    if shape == made:
        return 1.0
    try:
        a, b = (_pixels(one, width=width, height=height) for one in (shape, made))
    except Refused:
        return None
    shared = shared_pixels(a, b)
    return shared / (int(a.pixels.sum()) + int(b.pixels.sum()) - shared)


def _check_made(made: Geometry, *, width: int, height: int) -> None:
    try:
        check_inside(made, width=width, height=height, where="")
    except InvalidInput as error:
        raise Refused(NO_PIXEL) from error
