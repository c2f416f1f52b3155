"""Objects that look like a given one in the same image, by an exemplar detector that learns from the image itself.

The example is described by cells of edge directions and colour. What tells it from the image's other windows is their
linear discriminant (Hariharan, Malik and Ramanan 2012, https://doi.org/10.1007/978-3-642-33765-9_33): the example less
the windows' mean, whitened by their covariance. It is slid over the image at several scales and turns; the surest
answers join the example, and it is slid once more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.models.segmenting.prompts import Bounds, Image, Point, Rings

Array = NDArray[np.float32]
_CELL = 4
_SIDE_CELLS = 9.0
_LEAST_CELLS = 3
_MOST_PX = 2_000_000
_SCALES = (0.8, 1.0, 1.25)
_TURNS = (0, 45, 90, 135)
_SQUARE = 1.25
_DIRECTIONS = 6
_COLOUR = 0.5
_WINDOWS = 256
_RIDGE = 0.05
_FRIENDS = 6
_FRIEND_SHARE = 0.45
_OVERLAP = 0.3
# Fitted on blood cells and cars (benchmarks/magic_alike.py): the more places compete, the more must each stand out.
_MIDDLE, _MIDDLE_PER_DECADE, _SLOPE = 0.3, 0.5, 8.0


@dataclass(frozen=True, slots=True)
class Alike:
    """One region that looks like the example, in pixels of the image.

    Args:
        box: x0, y0, x1, y1; it may reach over the image's edge.
        rings: The example's rings, moved, scaled and turned; None when there were none.
        score: In [0, 1]; 0.5 where about half of such answers were right on blood cells, fewer on small cars.
    """

    box: Bounds
    rings: Rings | None
    score: float


@dataclass(frozen=True, slots=True)
class _Level:
    """The image at one scale: cells (H, W, C), and pixels of the image for each cell."""

    cells: Array
    cell_px: float
    scale: float


@dataclass(frozen=True, slots=True)
class _Peak:
    cx: float
    cy: float
    width: float
    height: float
    scale: float
    turn: int
    ratio: float
    level: int
    row: int
    column: int


def find_alike(
    rgb: Image, box: Bounds, *, rings: Rings | None = None, limit: int = 50, min_score: float = 0.5
) -> list[Alike]:
    """Regions that look like the one in the box, surest first; the example itself is not among them.

    The image is looked at so small that the example's longer side has 36 pixels and the whole at most 2,000,000, which
    bounds time and memory.

    Args:
        rgb: uint8 (H, W, 3).
        box: The example, inside the image.
        rings: Its outline; each answer has it moved to its place.
        limit: At most so many.
        min_score: Only those as sure as this.
    """
    levels = _levels(rgb, box)
    peaks = []
    for turn in _turns(box):
        example = _example(rgb, box, levels[len(_SCALES) // 2].cell_px, turn)
        if example is None:
            continue
        found = _search(levels, example, box, turn)
        friends = _suppress(found, box, _FRIENDS)
        peaks += _search(levels, _joined(levels, example, friends), box, turn)
    # A score is monotone in the ratio, so the limit may be taken first.
    kept = _suppress(peaks, box, limit)
    placed = [_place(peak, box, rings, _score(peak.ratio, len(peaks))) for peak in kept]
    return [one for one in placed if one.score >= min_score]


def _turns(box: Bounds) -> tuple[int, ...]:
    width, height = box[2] - box[0], box[3] - box[1]
    return _TURNS if max(width, height) > _SQUARE * min(width, height) else (0, 90)


def _levels(rgb: Image, box: Bounds) -> list[_Level]:
    import cv2

    height, width = rgb.shape[:2]
    longest = max(box[2] - box[0], box[3] - box[1])
    base = min(_SIDE_CELLS * _CELL / longest, 2.0, math.sqrt(_MOST_PX / (width * height)))
    levels = []
    for scale in _SCALES:
        # A larger object is found on a smaller picture.
        factor = base / scale
        size = (max(_CELL * 2, round(width * factor)), max(_CELL * 2, round(height * factor)))
        shrinks = size[0] < width
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        levels.append(_Level(_cells(np.asarray(small, np.uint8)), _CELL * width / size[0], scale))
    return levels


def _cells(rgb: Image) -> Array:
    """float32 (H, W, 9): six edge directions, normalised where they are, and Lab."""
    import cv2

    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32) / 255
    light = cv2.GaussianBlur(lab[:, :, 0], (0, 0), 0.7)
    dx, dy = cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)
    strength = cv2.magnitude(dx, dy)
    angle = np.mod(np.arctan2(dy, dx), np.pi) / np.pi * _DIRECTIONS
    planes = []
    for direction in range(_DIRECTIONS):
        away = np.abs(np.mod(angle - direction + _DIRECTIONS / 2, _DIRECTIONS) - _DIRECTIONS / 2)
        planes.append(strength * np.maximum(0, 1 - away))
    size = (rgb.shape[1] // _CELL, rgb.shape[0] // _CELL)
    edges = np.dstack([cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (*planes, strength)])
    around = cv2.GaussianBlur(edges[:, :, -1], (0, 0), 1.5) + 0.03
    colour = cv2.resize(lab, size, interpolation=cv2.INTER_AREA) * _COLOUR * 4
    return np.dstack([np.minimum(edges[:, :, :-1] / around[:, :, None], 2.0), colour]).astype(np.float32)


def _example(rgb: Image, box: Bounds, cell_px: float, turn: int) -> Array | None:
    """The cells of the example, turned; None when it is too small."""
    import cv2

    width, height = _turned_size(box[2] - box[0], box[3] - box[1], turn)
    columns, rows = max(_LEAST_CELLS, round(width / cell_px)), max(_LEAST_CELLS, round(height / cell_px))
    if columns < _LEAST_CELLS or rows < _LEAST_CELLS:
        return None
    # Two cells more all round, so that edges at its border and what they are normalised by are as in the image.
    pad, zoom = 2, _CELL / cell_px
    size = ((columns + 2 * pad) * _CELL, (rows + 2 * pad) * _CELL)
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    matrix = cv2.getRotationMatrix2D(centre, -turn, zoom)
    matrix[:, 2] += (size[0] / 2 - centre[0], size[1] / 2 - centre[1])
    source = cv2.GaussianBlur(rgb, (0, 0), 0.4 / zoom) if zoom < 0.7 else rgb
    patch = cv2.warpAffine(source, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.ascontiguousarray(_cells(np.asarray(patch, np.uint8))[pad:-pad, pad:-pad])


def _turned_size(width: float, height: float, turn: int) -> tuple[float, float]:
    angle = math.radians(turn)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    return width * cos + height * sin, width * sin + height * cos


def _search(levels: list[_Level], example: Array, box: Bounds, turn: int) -> list[_Peak]:
    """Where the discriminant of the example peaks; the ratio is 1 at the example and 0 at what is usual."""
    import cv2

    others = _windows(levels, example.shape)
    if not len(others):
        return []
    weights, mean = _discriminant(example, others)
    full = float((weights * (example - mean)).sum())
    offset = float((weights * mean).sum())
    if full <= 0:
        return []
    rows, columns = example.shape[:2]
    peaks = []
    for number, level in enumerate(levels):
        if level.cells.shape[0] < rows or level.cells.shape[1] < columns:
            continue
        # One plane at a time: OpenCV's sliding product takes at most four.
        found = sum(
            cv2.matchTemplate(np.ascontiguousarray(level.cells[:, :, plane]), weights[:, :, plane], cv2.TM_CCORR)
            for plane in range(example.shape[2])
        )
        ratio = (np.asarray(found, np.float32) - offset) / full
        highest = cv2.dilate(ratio, np.ones((3, 3), np.uint8))
        for y, x in zip(*(axis.tolist() for axis in np.nonzero((ratio >= highest) & (ratio > 0.15))), strict=True):
            peaks.append(_peak(level, number, y, x, float(ratio[y, x]), box, turn, (rows, columns)))
    return peaks


def _peak(
    level: _Level, number: int, row: int, column: int, ratio: float, box: Bounds, turn: int, size: tuple[int, int]
) -> _Peak:
    width, height = _turned_size(box[2] - box[0], box[3] - box[1], turn)
    cx, cy = (column + size[1] / 2) * level.cell_px, (row + size[0] / 2) * level.cell_px
    return _Peak(cx, cy, width * level.scale, height * level.scale, level.scale, turn, ratio, number, row, column)


def _windows(levels: list[_Level], shape: tuple[int, ...]) -> Array:
    """float32 (N, rows, columns, planes): windows evenly spread over all levels."""
    rows, columns = shape[:2]
    fitting = [one.cells for one in levels if one.cells.shape[0] > rows and one.cells.shape[1] > columns]
    found = []
    for cells in fitting:
        high, wide = cells.shape[0] - rows, cells.shape[1] - columns
        count = _WINDOWS // len(fitting)
        # The same windows each time: a sequence that spreads evenly, not a random one.
        steps = np.arange(1, count + 1)
        ys, xs = (steps * 0.7548776662 % 1 * high).astype(int), (steps * 0.5698402910 % 1 * wide).astype(int)
        found += [cells[y : y + rows, x : x + columns] for y, x in zip(ys.tolist(), xs.tolist(), strict=True)]
    return np.array(found, np.float32).reshape(-1, *shape)


def _discriminant(example: Array, others: Array) -> tuple[Array, Array]:
    """Weights and the mean of the others: (cov + ridge)^-1 (example - mean), by way of the smaller Gram matrix."""
    mean = others.mean(axis=0)
    spread = (others - mean).reshape(len(others), -1).astype(np.float64)
    away = (example - mean).reshape(-1).astype(np.float64)
    count = len(spread)
    ridge = _RIDGE * float((spread**2).mean()) * math.sqrt(spread.shape[1]) + 1e-9
    gram = spread @ spread.T / count + ridge * np.eye(count)
    weights = (away - spread.T @ np.linalg.solve(gram, spread @ away) / count) / ridge
    return weights.reshape(example.shape).astype(np.float32), mean.astype(np.float32)


def _joined(levels: list[_Level], example: Array, friends: list[_Peak]) -> Array:
    """The example, joined by what it surely found."""
    rows, columns = example.shape[:2]
    sure = [one for one in friends if one.ratio >= _FRIEND_SHARE]
    if not sure:
        return example
    cells = [levels[one.level].cells[one.row : one.row + rows, one.column : one.column + columns] for one in sure]
    return np.asarray((example * 2 + sum(cells)) / (len(cells) + 2), np.float32)


def _suppress(peaks: list[_Peak], example: Bounds, limit: int) -> list[_Peak]:
    kept: list[_Peak] = []
    boxes: list[Bounds] = [example]
    for peak in sorted(peaks, key=lambda one: -one.ratio):
        mine = _box(peak)
        if all(_overlap(mine, other) <= _OVERLAP for other in boxes):
            kept.append(peak)
            boxes.append(mine)
            if len(kept) == limit:
                break
    return kept


def _box(peak: _Peak) -> Bounds:
    w, h = peak.width / 2, peak.height / 2
    return peak.cx - w, peak.cy - h, peak.cx + w, peak.cy + h


def _overlap(a: Bounds, b: Bounds) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def _score(ratio: float, places: int) -> float:
    middle = min(_MIDDLE + _MIDDLE_PER_DECADE * max(math.log10(max(places, 1) / 100), 0.0), 1.0)
    return 1 / (1 + math.exp(-_SLOPE * (min(ratio, 2.0) - middle)))


def _place(peak: _Peak, box: Bounds, rings: Rings | None, score: float) -> Alike:
    moved = None
    if rings is not None:
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        moved = [[_turn(point, centre, peak) for point in ring] for ring in rings]
    return Alike(_box(peak), moved, round(score, 4))


def _turn(point: Point, centre: Point, peak: _Peak) -> Point:
    angle = math.radians(peak.turn)
    dx, dy = (point[0] - centre[0]) * peak.scale, (point[1] - centre[1]) * peak.scale
    return (
        peak.cx + dx * math.cos(angle) - dy * math.sin(angle),
        peak.cy + dx * math.sin(angle) + dy * math.cos(angle),
    )
