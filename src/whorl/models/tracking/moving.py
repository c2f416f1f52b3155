"""Shapes moved by a similarity (turn, one scale, shift), and kept within the picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from whorl.geometry.rotated import corners_of, normal_angle
from whorl.schemas.annotations import Box, FrameShape, Points, Polygon, Polyline, RotatedBox

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Point = tuple[float, float]
_LEAST_PX = 1.0


def move_shape(shape: FrameShape, matrix: NDArray[np.float64]) -> FrameShape:
    """A shape under a similarity of shape (2, 3).

    A box stays upright: its centre moves, its sides scale. A rotated box turns with it.
    """
    scale = math.hypot(float(matrix[0, 0]), float(matrix[1, 0]))
    match shape:
        case Box():
            cx, cy = _move((shape.x0 + shape.x1) / 2, (shape.y0 + shape.y1) / 2, matrix)
            half_w, half_h = (shape.x1 - shape.x0) * scale / 2, (shape.y1 - shape.y0) * scale / 2
            return Box(x0=cx - half_w, y0=cy - half_h, x1=cx + half_w, y1=cy + half_h)
        case RotatedBox():
            cx, cy = _move(shape.cx, shape.cy, matrix)
            turn = math.degrees(math.atan2(float(matrix[1, 0]), float(matrix[0, 0])))
            return RotatedBox(
                cx=cx,
                cy=cy,
                width=shape.width * scale,
                height=shape.height * scale,
                angle=normal_angle(shape.angle + turn),
            )
        case Polygon():
            return Polygon(rings=[[_move(x, y, matrix) for x, y in ring] for ring in shape.rings])
        case Polyline():
            return Polyline(points=[_move(x, y, matrix) for x, y in shape.points])
        case Points():
            return Points(points=[_move(x, y, matrix) for x, y in shape.points])


def shape_bounds(shape: FrameShape) -> tuple[float, float, float, float]:
    """The box x0, y0, x1, y1 around a shape."""
    points = outline(shape)
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def outline(shape: FrameShape) -> list[Point]:
    """The vertices of a shape, of all rings."""
    match shape:
        case Box():
            return [(shape.x0, shape.y0), (shape.x1, shape.y0), (shape.x1, shape.y1), (shape.x0, shape.y1)]
        case RotatedBox():
            return corners_of(shape.cx, shape.cy, shape.width, shape.height, shape.angle)
        case Polygon():
            return [point for ring in shape.rings for point in ring]
        case Polyline() | Points():
            return list(shape.points)


def keep_inside(shape: FrameShape, *, width: int, height: int) -> FrameShape | None:
    """The shape cut at the edges of the picture; None when nothing of it is inside."""
    x0, y0, x1, y1 = shape_bounds(shape)
    if x1 <= 0 or y1 <= 0 or x0 >= width or y0 >= height:
        return None
    match shape:
        case Box():
            left, top = max(shape.x0, 0.0), max(shape.y0, 0.0)
            right, bottom = min(shape.x1, float(width)), min(shape.y1, float(height))
            is_seen = right - left >= _LEAST_PX and bottom - top >= _LEAST_PX
            return Box(x0=left, y0=top, x1=right, y1=bottom) if is_seen else None
        case RotatedBox():
            is_seen = 0 <= shape.cx <= width and 0 <= shape.cy <= height
            return shape if is_seen else None
        case Polygon():
            return Polygon(rings=[_clamp(ring, width, height) for ring in shape.rings])
        case Polyline():
            return Polyline(points=_clamp(shape.points, width, height))
        case Points():
            return Points(points=_clamp(shape.points, width, height))


def _move(x: float, y: float, matrix: NDArray[np.float64]) -> Point:
    return (
        float(matrix[0, 0] * x + matrix[0, 1] * y + matrix[0, 2]),
        float(matrix[1, 0] * x + matrix[1, 1] * y + matrix[1, 2]),
    )


def _clamp(points: list[Point], width: int, height: int) -> list[Point]:
    return [(min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))) for x, y in points]
