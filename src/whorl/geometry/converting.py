"""Outlines of masks, simpler outlines with a stated loss, and the smallest turned box.

Rings are lists of x y in pixels, filled even-odd: an outline of a mask with holes has a ring for each hole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.polygons import Ring, polygon_bounds, polygon_to_mask, rings_iou
from whorl.geometry.rotated import normal_angle

BoolImage = NDArray[np.bool_]
Rings = list[list[tuple[float, float]]]
RotatedParts = tuple[float, float, float, float, float]
# Tolerances tried, in pixels, each a quarter more than the one before.
_FINEST_PX, _STEP = 0.3, 1.25
_CELLS = 512


@dataclass(frozen=True, slots=True)
class Outline:
    """A simpler outline: its rings, and its intersection over union with what was given."""

    rings: Rings
    iou: float


def mask_to_rings(mask: BoolImage, *, x: int = 0, y: int = 0) -> Rings:
    """The outline of a mask along the sides of its pixels: filled even-odd it is exactly the mask; no rings when empty.

    Pixels that touch at a corner only are in rings of their own.

    Args:
        mask: (height, width) bool.
        x: Where the mask's first column lies, as y its first row.
    """
    padded = np.pad(np.asarray(mask, dtype=bool), 1)
    a, b, c, d = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    # The outline turns at corners with an odd number of pixels set around them, twice where two opposite ones are.
    turns = a ^ b ^ c ^ d
    twice = (a & d & ~b & ~c) | (b & c & ~a & ~d)
    rows, columns = np.nonzero(turns | twice)
    doubled = twice[rows, columns]
    copies = np.where(doubled, 2, 1)
    row, column = np.repeat(rows, copies), np.repeat(columns, copies)
    count = len(row)
    if not count:
        return []
    is_second = np.zeros(count, dtype=bool)
    is_second[(np.cumsum(copies) - 1)[doubled]] = True
    # Of the two turns at one corner one goes left and one right; which of them goes up keeps opposite pixels apart.
    rising = np.repeat(doubled & b[rows, columns], copies)
    along = np.lexsort((is_second, column, row))
    down = np.lexsort((is_second ^ rising, row, column))
    across, upright = np.empty(count, np.int64), np.empty(count, np.int64)
    across[along[0::2]], across[along[1::2]] = along[1::2], along[0::2]
    upright[down[0::2]], upright[down[1::2]] = down[1::2], down[0::2]
    return _follow(across.tolist(), upright.tolist(), (column + x).tolist(), (row + y).tolist())


def _follow(across: list[int], upright: list[int], xs: list[int], ys: list[int]) -> Rings:
    """Rings of turns that are joined by level and by upright sides in turn."""
    seen = [False] * len(across)
    rings: Rings = []
    for start in range(len(across)):
        if seen[start]:
            continue
        ring: list[tuple[float, float]] = []
        at = start
        while not seen[at]:
            other = across[at]
            seen[at] = seen[other] = True
            ring += [(float(xs[at]), float(ys[at])), (float(xs[other]), float(ys[other]))]
            at = upright[other]
        rings.append(ring)
    return rings


def simplify_mask(mask: BoolImage, *, max_iou_loss: float, x: int = 0, y: int = 0) -> Outline:
    """The outline of a mask with as few points as the loss allows; see ``simplify_rings``.

    The overlap is counted on the mask's own pixels, so an outline whose ``iou`` is 1 fills to exactly the mask.
    """
    exact = mask_to_rings(mask)
    height, width = mask.shape
    total = int(mask.sum())

    def overlap(rings: Rings) -> float:
        filled = polygon_to_mask(rings, width=width, height=height)
        shared = int((filled & mask).sum())
        union = total + int(filled.sum()) - shared
        return shared / union if union else 0.0

    found = _coarsest(exact, overlap, 1 - max_iou_loss) if exact else Outline([], 0.0)
    return Outline([[(px + x, py + y) for px, py in ring] for ring in found.rings], found.iou)


def simplify_rings(rings: Sequence[Ring], *, max_iou_loss: float) -> Outline:
    """The same shape with as few points as it may lose: of tolerances a quarter apart the coarsest within the loss.

    Ramer, Douglas and Peucker's points on each ring; a ring that shrinks to less than a triangle goes. The overlap is
    measured on a grid of 512 x 512 over the shape. When nothing simpler is within the loss, or none is allowed, the
    rings are given back as they are.

    Args:
        max_iou_loss: Most that the intersection over union may fall short of 1, in [0, 1).
    """
    given: Rings = [[(float(px), float(py)) for px, py in ring] for ring in rings]
    return _coarsest(given, lambda some: rings_iou(some, given, cells=_CELLS), 1 - max_iou_loss)


def _coarsest(exact: Rings, overlap: Callable[[Rings], float], least: float) -> Outline:
    x0, y0, x1, y1 = polygon_bounds(exact)
    reach = max(math.hypot(x1 - x0, y1 - y0) / 4, _FINEST_PX)
    best = Outline(exact, 1.0)
    if least >= 1:
        return best
    low, high = 0, math.ceil(math.log(reach / _FINEST_PX, _STEP)) + 1
    # The loss grows with the tolerance but for small humps, so halving finds the coarsest or nearly so.
    while low < high:
        middle = (low + high) // 2
        rings = _thin(exact, _FINEST_PX * _STEP**middle)
        found = overlap(rings) if rings else 0.0
        if found >= least:
            best, low = Outline(rings, found), middle + 1
        else:
            high = middle
    return best


def _thin(rings: Rings, tolerance_px: float) -> Rings:
    # Late: the server starts without OpenCV.
    import cv2  # noqa: PLC0415

    thinned: Rings = []
    for ring in rings:
        points = np.asarray(ring, np.float32).reshape(-1, 1, 2)
        kept = cv2.approxPolyDP(points, tolerance_px, True).reshape(-1, 2)
        if len(kept) >= 3:
            thinned.append([(float(px), float(py)) for px, py in kept.tolist()])
    return thinned


def smallest_rotated_box(points: Sequence[tuple[float, float]]) -> RotatedParts | None:
    """cx, cy, width, height and angle in degrees of the smallest turned box around points; None when it has no area.

    Of the four ways to say the same box, the one whose angle is in [-45, 45).
    """
    hull = _hull(points)
    if len(hull) < 3:
        return None
    # One side of the smallest box lies on a side of the hull (Freeman and Shapira 1975).
    corners = np.asarray(hull)
    sides = np.roll(corners, -1, axis=0) - corners
    turns = np.arctan2(sides[:, 1], sides[:, 0])
    best: tuple[float, RotatedParts] | None = None
    for turn in turns.tolist():
        along, across = np.array([math.cos(turn), math.sin(turn)]), np.array([-math.sin(turn), math.cos(turn)])
        u, v = corners @ along, corners @ across
        width, height = float(np.ptp(u)), float(np.ptp(v))
        if width * height > 0 and (best is None or width * height < best[0]):
            middle = along * (u.min() + u.max()) / 2 + across * (v.min() + v.max()) / 2
            best = width * height, (float(middle[0]), float(middle[1]), width, height, math.degrees(turn))
    if best is None:
        return None
    cx, cy, width, height, angle = best[1]
    quarters = math.floor((angle + 45) / 90)
    if quarters % 2:
        width, height = height, width
    return cx, cy, width, height, normal_angle(angle - 90 * quarters)


def _hull(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex hull (Andrew 1979), without points on its sides."""
    ordered = sorted(set(points))
    if len(ordered) < 3:
        return ordered
    halves: list[list[tuple[float, float]]] = []
    for run in (ordered, ordered[::-1]):
        half: list[tuple[float, float]] = []
        for point in run:
            while len(half) > 1 and _turn(half[-2], half[-1], point) <= 0:
                half.pop()
            half.append(point)
        halves.append(half[:-1])
    return halves[0] + halves[1]


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
