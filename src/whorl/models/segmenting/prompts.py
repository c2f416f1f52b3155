"""What a person clicked, and what was found for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput

Image = NDArray[np.uint8]
BoolImage = NDArray[np.bool_]
Point = tuple[float, float]
Bounds = tuple[float, float, float, float]
Rings = list[list[Point]]
# Extreme points are clicked on the outline, so one may lie a little outside the image.
_SLACK_PX = 2.0


@dataclass(frozen=True, slots=True)
class Prompts:
    """What says where one object is, in pixels of the image.

    Args:
        include: Points on the object.
        exclude: Points that are not on it.
        box: x0, y0, x1, y1 around it.
        extremes: Its outermost points (leftmost, topmost, rightmost, bottommost, in any order).
    """

    include: tuple[Point, ...] = ()
    exclude: tuple[Point, ...] = ()
    box: Bounds | None = None
    extremes: tuple[Point, ...] = ()

    @property
    def bounds(self) -> Bounds | None:
        """The box, else the one of the extreme points when there are at least two; None when there is neither."""
        if self.box is not None:
            return self.box
        if len(self.extremes) < 2:
            return None
        xs, ys = [x for x, _ in self.extremes], [y for _, y in self.extremes]
        return min(xs), min(ys), max(xs), max(ys)

    def moved(self, x: float, y: float, scale: float) -> Prompts:
        """The same prompts in a window that begins at x, y and has ``scale`` pixels for each of the image."""

        def move(points: Sequence[Point]) -> tuple[Point, ...]:
            return tuple(((px - x) * scale, (py - y) * scale) for px, py in points)

        box = None
        if self.box is not None:
            (x0, y0), (x1, y1) = move([(self.box[0], self.box[1]), (self.box[2], self.box[3])])
            box = (x0, y0, x1, y1)
        return Prompts(move(self.include), move(self.exclude), box, move(self.extremes))


@dataclass(frozen=True, slots=True)
class Found:
    """One object: a mask of a part of the image, or rings where the shape was not found by its pixels.

    Args:
        mask: bool (h, w), or None.
        x0: Where the part begins in the image, in pixels, as ``y0``.
        scale: Pixels of the part for each pixel of the image.
        rings: Closed rings in pixels of the image, used when there is no mask.
        score: In [0, 1], or None.
        problem: Why there is no shape, or why it is a guess.
    """

    mask: BoolImage | None = None
    x0: float = 0.0
    y0: float = 0.0
    scale: float = 1.0
    rings: Rings | None = None
    score: float | None = None
    problem: str | None = None

    def placed(self, x: float, y: float, scale: float) -> Found:
        """The same in the image from which a window at x, y with ``scale`` pixels for each of the image was cut."""
        rings = None if self.rings is None else [[(px / scale + x, py / scale + y) for px, py in r] for r in self.rings]
        return replace(self, x0=self.x0 / scale + x, y0=self.y0 / scale + y, scale=self.scale * scale, rings=rings)


def check_prompts(prompts: Prompts, *, width: int, height: int) -> Prompts:
    """The prompts with boxes and extreme points cut to the image.

    Raises:
        InvalidInput: Nothing says where the object is, or a point or the whole box lies outside the image.
    """
    for name, points in (("include", prompts.include), ("exclude", prompts.exclude), ("extremes", prompts.extremes)):
        slack = _SLACK_PX if name == "extremes" else 0.0
        for x, y in points:
            is_inside = -slack <= x <= width + slack and -slack <= y <= height + slack
            if not (math.isfinite(x) and math.isfinite(y) and is_inside):
                raise InvalidInput(
                    f"{name}: the point {x:g}, {y:g} lies outside the image of {width} x {height} pixels",
                    hint="Click inside the image.",
                )
    if not prompts.include and prompts.bounds is None:
        raise InvalidInput(
            "nothing says where the object is",
            hint="Give a point on it (include), a box around it, or its four outermost points (extremes).",
        )
    extremes = tuple((min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height))) for x, y in prompts.extremes)
    box = prompts.box
    if box is not None:
        x0, y0, x1, y1 = max(box[0], 0.0), max(box[1], 0.0), min(box[2], float(width)), min(box[3], float(height))
        if not (x0 < x1 and y0 < y1):
            raise InvalidInput(
                f"the box {', '.join(f'{edge:g}' for edge in box)} lies outside the image of {width} x {height} pixels",
                hint="Draw it around the object, inside the image.",
            )
        box = (x0, y0, x1, y1)
    return replace(prompts, box=box, extremes=extremes)
