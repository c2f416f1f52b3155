"""Objects that look like a given one in the same image: normalised correlation over scales and turns."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.models.segmenting.prompts import Bounds, Image, Point, Rings

_SIDE_PX = 28.0
_LEAST_SIDE_PX = 8.0
_MOST_PX = 400_000
_SCALES = (0.8, 1.0, 1.25)
_TURNS = (0, 45, 90, 135)
_OVERLAP = 0.3
_SQUARE = 1.25


@dataclass(frozen=True, slots=True)
class Alike:
    """One region that looks like the example, in pixels of the image.

    Args:
        box: x0, y0, x1, y1.
        rings: The example's rings, moved, scaled and turned; None when there were none.
        score: In [0, 1].
    """

    box: Bounds
    rings: Rings | None
    score: float


@dataclass(frozen=True, slots=True)
class _Peak:
    cx: float
    cy: float
    width: float
    height: float
    scale: float
    turn: int
    score: float


def find_alike(
    rgb: Image, box: Bounds, *, rings: Rings | None = None, limit: int = 50, min_score: float = 0.5
) -> list[Alike]:
    """Regions that look like the one in the box, surest first; the example itself is not among them.

    The image is looked at so small that the example's longer side has 28 pixels, and has at most 400,000 pixels, which
    bounds the time.

    Args:
        rgb: uint8 (H, W, 3).
        box: The example, inside the image.
        rings: Its outline; each answer has it moved to its place.
        limit: At most so many.
        min_score: Only those as sure as this.
    """
    import cv2

    height, width = rgb.shape[:2]
    factor = _factor(box, width, height)
    small = cv2.resize(
        rgb, (max(1, round(width * factor)), max(1, round(height * factor))), interpolation=cv2.INTER_AREA
    )
    fx, fy = small.shape[1] / width, small.shape[0] / height
    planes = _planes(np.asarray(small, np.uint8))
    scaled = (box[0] * fx, box[1] * fy, box[2] * fx, box[3] * fy)
    peaks = [peak for variant in _variants(planes, scaled) for peak in _peaks(planes, *variant, least=min_score)]
    kept = _suppress(peaks, scaled, limit)
    return [_place(peak, box, rings, fx, fy) for peak in kept]


def _factor(box: Bounds, width: int, height: int) -> float:
    longest = max(box[2] - box[0], box[3] - box[1])
    shortest = min(box[2] - box[0], box[3] - box[1])
    wanted = max(_SIDE_PX / longest, _LEAST_SIDE_PX / shortest)
    return min(1.0, wanted, math.sqrt(_MOST_PX / (width * height)))


def _planes(rgb: Image) -> NDArray[np.float32]:
    """float32 (H, W, 4): Lab and the strength of edges."""
    import cv2

    lab = cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB).astype(np.float32)
    light = cv2.GaussianBlur(lab[:, :, 0], (0, 0), 0.8)
    edges = cv2.magnitude(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1))
    return np.dstack([lab, edges]).astype(np.float32)


def _variants(planes: NDArray[np.float32], box: Bounds) -> Iterator[tuple[NDArray[np.float32], float, int]]:
    """The example at each scale and turn, with a little of what surrounds it."""
    import cv2

    width, height = box[2] - box[0], box[3] - box[1]
    centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    ratio = max(width, height) / min(width, height)
    turns = _TURNS if ratio > _SQUARE else (0, 90)
    for scale in _SCALES:
        for turn in turns:
            w, h = _turned_size(width * scale, height * scale, turn)
            size = (max(3, round(w)), max(3, round(h)))
            if size[0] >= planes.shape[1] or size[1] >= planes.shape[0]:
                continue
            matrix = cv2.getRotationMatrix2D(centre, -turn, scale)
            matrix[:, 2] += (size[0] / 2 - centre[0], size[1] / 2 - centre[1])
            template = cv2.warpAffine(planes, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            yield np.asarray(template, np.float32), scale, turn


def _turned_size(width: float, height: float, turn: int) -> tuple[float, float]:
    angle = math.radians(turn)
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    return width * cos + height * sin, width * sin + height * cos


def _peaks(
    planes: NDArray[np.float32], template: NDArray[np.float32], scale: float, turn: int, *, least: float
) -> list[_Peak]:
    import cv2

    found = cv2.matchTemplate(planes, template, cv2.TM_CCOEFF_NORMED)
    found = np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0)
    highest = cv2.dilate(found, np.ones((5, 5), np.uint8))
    rows, columns = np.nonzero((found >= highest) & (found >= least))
    height, width = template.shape[:2]
    return [
        _Peak(x + width / 2, y + height / 2, width, height, scale, turn, min(float(found[y, x]), 1.0))
        for y, x in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _suppress(peaks: list[_Peak], example: Bounds, limit: int) -> list[_Peak]:
    kept: list[_Peak] = []
    boxes: list[Bounds] = [example]
    for peak in sorted(peaks, key=lambda one: -one.score):
        mine = (
            peak.cx - peak.width / 2,
            peak.cy - peak.height / 2,
            peak.cx + peak.width / 2,
            peak.cy + peak.height / 2,
        )
        if all(_overlap(mine, other) <= _OVERLAP for other in boxes):
            kept.append(peak)
            boxes.append(mine)
            if len(kept) == limit:
                break
    return kept


def _overlap(a: Bounds, b: Bounds) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def _place(peak: _Peak, box: Bounds, rings: Rings | None, fx: float, fy: float) -> Alike:
    cx, cy = peak.cx / fx, peak.cy / fy
    w, h = peak.width / fx / 2, peak.height / fy / 2
    moved = None
    if rings is not None:
        centre = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        moved = [[_turn(point, centre, (cx, cy), peak) for point in ring] for ring in rings]
    return Alike((cx - w, cy - h, cx + w, cy + h), moved, round(peak.score, 4))


def _turn(point: Point, centre: Point, target: Point, peak: _Peak) -> Point:
    angle = math.radians(peak.turn)
    dx, dy = (point[0] - centre[0]) * peak.scale, (point[1] - centre[1]) * peak.scale
    return (
        target[0] + dx * math.cos(angle) - dy * math.sin(angle),
        target[1] + dx * math.sin(angle) + dy * math.cos(angle),
    )
