"""A track with a keyframe for every frame, thinned to those that matter."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.polygons import rings_iou
from whorl.geometry.rotated import corners_of
from whorl.geometry.tracks import mix_shapes
from whorl.schemas.annotations import Box, FrameShape, Keyframe, Polygon, RotatedBox, Track

_CELLS = 96


def thin_track(track: Track, *, least_overlap: float) -> Track:
    """Leave out keyframes as long as the object stays where it was, to an overlap of ``least_overlap``, in each.

    Keyframes that a person set stay, as do those where the object leaves and comes back.

    Args:
        least_overlap: As ``frame_overlap`` measures it, in (0, 1].
    """
    kept: list[Keyframe] = []
    run: list[Keyframe] = []
    for one in track.keyframes:
        if not one.is_outside:
            run.append(one)
        if run and (one.is_outside or one.by == "person"):
            # What a person said ends one run and begins the next.
            kept += _thin_run(run, least_overlap)
            run = [] if one.is_outside else [kept.pop()]
        if one.is_outside:
            kept.append(one)
    kept += _thin_run(run, least_overlap)
    return Track(keyframes=kept)


def frame_overlap(one: FrameShape, other: FrameShape) -> float:
    """How alike two shapes of one kind are, in [0, 1]: intersection over union; of points and lines, 1 less the mean
    distance of their vertices over the diagonal of the box around them."""
    match one, other:
        case Box(), Box():
            return float(_box_overlap(_corners([one]), _corners([other]))[0])
        case RotatedBox(), RotatedBox():
            return rings_iou([_ring(one)], [_ring(other)], cells=_CELLS)
        case Polygon(), Polygon():
            return rings_iou(one.rings, other.rings, cells=_CELLS)
        case _:
            return _nearness(_vertices(one), _vertices(other))


def _thin_run(run: Sequence[Keyframe], least: float) -> list[Keyframe]:
    """Ends first, then wherever the straight line between two is furthest from what was there."""
    if len(run) < 3:
        return list(run)
    is_kept = [False] * len(run)
    is_kept[0] = is_kept[-1] = True
    open_parts = [(0, len(run) - 1)]
    while open_parts:
        first, last = open_parts.pop()
        if last - first < 2:
            continue
        overlaps = _overlaps(run, first, last)
        worst = int(overlaps.argmin())
        if overlaps[worst] < least:
            at = first + 1 + worst
            is_kept[at] = True
            open_parts += [(first, at), (at, last)]
    return [one for one, is_here in zip(run, is_kept, strict=True) if is_here]


def _overlaps(run: Sequence[Keyframe], first: int, last: int) -> NDArray[np.float64]:
    """Of each keyframe between two with the line between the two."""
    shapes = [one.shape for one in run[first : last + 1] if one.shape is not None]
    frames = np.array([one.frame for one in run[first : last + 1]], np.float64)
    shares = (frames[1:-1] - frames[0]) / (frames[-1] - frames[0])
    if isinstance(shapes[0], Box):
        corners = _corners([shape for shape in shapes if isinstance(shape, Box)])
        return _box_overlap(corners[0] + shares[:, None] * (corners[-1] - corners[0]), corners[1:-1])
    found = [
        frame_overlap(mix_shapes(shapes[0], shapes[-1], float(share)), shape)
        for share, shape in zip(shares, shapes[1:-1], strict=True)
    ]
    return np.array(found)


def _corners(boxes: Sequence[Box]) -> NDArray[np.float64]:
    return np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes], np.float64).reshape(-1, 4)


def _box_overlap(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.maximum(one[:, :2], other[:, :2]), np.minimum(one[:, 2:], other[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    union = (one[:, 2:] - one[:, :2]).prod(axis=1) + (other[:, 2:] - other[:, :2]).prod(axis=1) - shared
    found: NDArray[np.float64] = shared / np.maximum(union, 1e-12)
    return found


def _ring(box: RotatedBox) -> list[tuple[float, float]]:
    return corners_of(box.cx, box.cy, box.width, box.height, box.angle)


def _vertices(shape: FrameShape) -> list[tuple[float, float]]:
    return [] if isinstance(shape, Box | RotatedBox | Polygon) else shape.points


def _nearness(one: Sequence[tuple[float, float]], other: Sequence[tuple[float, float]]) -> float:
    if len(one) != len(other) or not one:
        return 0.0
    away = sum(math.dist(a, b) for a, b in zip(one, other, strict=True)) / len(one)
    xs, ys = [x for x, _ in (*one, *other)], [y for _, y in (*one, *other)]
    across = math.hypot(max(xs) - min(xs), max(ys) - min(ys))
    return max(0.0, 1 - away / across) if across > 0 else 1.0
