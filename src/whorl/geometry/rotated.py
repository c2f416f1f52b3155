"""Boxes turned about their centre. Angles are degrees, clockwise as seen on screen (y points down)."""

from __future__ import annotations

import math
from collections.abc import Sequence

Point = tuple[float, float]


def corners_of(cx: float, cy: float, width: float, height: float, angle: float) -> list[Point]:
    """Give the four corners, clockwise on screen, beginning with the one at the top left when the angle is 0."""
    cosine, sine = _direction(angle)
    along_x, along_y = cosine * width / 2, sine * width / 2
    down_x, down_y = -sine * height / 2, cosine * height / 2
    return [
        (cx + across * along_x + down * down_x, cy + across * along_y + down * down_y)
        for across, down in ((-1, -1), (1, -1), (1, 1), (-1, 1))
    ]


def normal_angle(angle: float) -> float:
    """Give the same direction in [-180, 180)."""
    if -180.0 <= angle < 180.0:
        return angle
    turned = (angle + 180.0) % 360.0 - 180.0
    # A hair below a full turn rounds up to one.
    return -180.0 if turned >= 180.0 else turned


def find_rotated_box(
    points: Sequence[Point], *, tolerance_px: float = 1e-3
) -> tuple[float, float, float, float, float] | None:
    """Give cx, cy, width, height and angle of four points that are a rectangle's corners in order; else None.

    The first side becomes the width; points drawn anticlockwise are read backwards, from the first one on.

    Args:
        tolerance_px: How far the fourth corner may be from where the other three put it.
    """
    if len(points) != 4:
        return None
    first, second, third, fourth = points
    if _cross(first, second, third) < 0:
        second, fourth = fourth, second
    width, height = math.dist(first, second), math.dist(second, third)
    cx, cy = (first[0] + third[0]) / 2, (first[1] + third[1]) / 2
    if width == 0 or height == 0:
        return None
    angle = normal_angle(math.degrees(math.atan2(second[1] - first[1], second[0] - first[0])))
    meant = corners_of(cx, cy, width, height, angle)
    given = (first, second, third, fourth)
    if any(math.dist(one, other) > tolerance_px for one, other in zip(meant, given, strict=True)):
        return None
    return cx, cy, width, height, angle


def _direction(angle: float) -> tuple[float, float]:
    # Quarter turns exactly, so that a box on its side has whole corners.
    if angle % 90 == 0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(angle % 360 // 90)]
    turn = math.radians(angle)
    return math.cos(turn), math.sin(turn)


def _cross(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
