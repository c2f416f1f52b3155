"""Closed rings of points: area, bounds, filling. Parts of one object are filled even-odd."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ring = Sequence[tuple[float, float]]


def ring_area(ring: Ring) -> float:
    """Area inside one ring in square pixels, never negative; the direction of drawing does not matter."""
    points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
    x, y = points[:, 0] - points[:1, 0], points[:, 1] - points[:1, 1]
    return abs(float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))) / 2


def polygon_area(rings: Sequence[Ring]) -> float:
    """Sum of the areas of the rings, as COCO counts a polygon of several parts (holes are not subtracted)."""
    return sum(ring_area(ring) for ring in rings)


def filled_area(rings: Sequence[Ring]) -> float:
    """Area that rings fill even-odd when none crosses another: holes are subtracted, islands in holes added."""
    total = 0.0
    for index, ring in enumerate(rings):
        others = [other for at, other in enumerate(rings) if at != index]
        depth = sum(point_in_ring(ring[0], other) for other in others)
        total += ring_area(ring) if depth % 2 == 0 else -ring_area(ring)
    return max(total, 0.0)


def point_in_ring(point: tuple[float, float], ring: Ring) -> bool:
    """Whether a ring filled even-odd covers a point; of points on its sides, those on the left and the top."""
    corners = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
    x, y = point
    after = np.roll(corners, -1, axis=0)
    spans = (corners[:, 1] <= y) != (after[:, 1] <= y)
    a, b = corners[spans], after[spans]
    crossing = a[:, 0] + (y - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
    return bool((crossing <= x).sum() % 2)


def clip_ring(ring: Ring, box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """What of a ring lies in a box x0 y0 x1 y1, side after side (Sutherland and Hodgman 1974); empty when nothing.

    A ring that leaves the box and comes back stays one ring, its parts joined along the box's side: filled even-odd
    that is the same shape.
    """
    points = [(float(x), float(y)) for x, y in ring]
    for axis, limit, sign in ((0, box[0], 1.0), (1, box[1], 1.0), (0, box[2], -1.0), (1, box[3], -1.0)):
        kept: list[tuple[float, float]] = []
        for before, point in zip(points[-1:] + points[:-1], points, strict=True):
            inside, was = sign * (point[axis] - limit) >= 0, sign * (before[axis] - limit) >= 0
            if inside != was:
                share = (limit - before[axis]) / (point[axis] - before[axis])
                other = before[1 - axis] + share * (point[1 - axis] - before[1 - axis])
                kept.append((limit, other) if axis == 0 else (other, limit))
            if inside:
                kept.append(point)
        points = kept
    return points


def polygon_bounds(rings: Sequence[Ring]) -> tuple[float, float, float, float]:
    """Smallest box x0, y0, x1, y1 around all rings."""
    points = np.concatenate([np.asarray(ring, dtype=np.float64).reshape(-1, 2) for ring in rings])
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return x0, y0, x1, y1


def rings_iou(a: Sequence[Ring], b: Sequence[Ring], *, cells: int = 256) -> float:
    """Intersection over union of two shapes of rings, each filled even-odd.

    Measured on a grid of ``cells`` × ``cells`` over both, so it is right to about 2 / ``cells``.

    Returns:
        A value in [0, 1]; 0 when neither has an area.
    """
    x0, y0, x1, y1 = polygon_bounds([*a, *b])
    if x1 <= x0 or y1 <= y0:
        return 0.0
    masks = [
        polygon_to_mask(
            [[((x - x0) / (x1 - x0) * cells, (y - y0) / (y1 - y0) * cells) for x, y in ring] for ring in rings],
            width=cells,
            height=cells,
        )
        for rings in (a, b)
    ]
    union = int((masks[0] | masks[1]).sum())
    return int((masks[0] & masks[1]).sum()) / union if union else 0.0


def polygon_to_mask(rings: Sequence[Ring], *, width: int, height: int) -> NDArray[np.bool_]:
    """Fill rings even-odd into an image of shape (height, width).

    A pixel is inside when its centre is: a box drawn as a ring covers exactly its pixels. A centre on an
    edge belongs to the ring on its left side and top side, so rings that share an edge share no pixel.

    Args:
        rings: Closed rings in pixels of the image; they may lie partly outside.
        width: Columns of the mask.
        height: Rows of the mask.
    """
    crossings = np.zeros((height, width + 1), dtype=bool)
    for ring in rings:
        points = np.asarray(ring, dtype=np.float64).reshape(-1, 2)
        for (ax, ay), (bx, by) in zip(points.tolist(), np.roll(points, -1, axis=0).tolist(), strict=True):
            _toggle_edge(crossings, ax, ay, bx, by)
    # Each edge toggles the column where it is crossed; the running parity of toggles is "inside".
    return np.asarray(np.logical_xor.accumulate(crossings[:, :width], axis=1))


def _toggle_edge(crossings: NDArray[np.bool_], ax: float, ay: float, bx: float, by: float) -> None:
    if ay == by:
        return
    if ay > by:
        ax, ay, bx, by = bx, by, ax, ay
    height, columns = crossings.shape
    first = max(int(np.ceil(ay - 0.5)), 0)
    last = min(int(np.ceil(by - 0.5)), height)
    if first >= last:
        return
    rows = np.arange(first, last)
    x = ax + (rows + 0.5 - ay) * ((bx - ax) / (by - ay))
    column = np.clip(np.ceil(x - 0.5), 0, columns - 1).astype(np.int64)
    crossings[rows, column] ^= True
