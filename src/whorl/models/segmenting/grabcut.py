"""GrabCut from a box or four extreme points: colour models of inside and outside, cut where they meet best.

Rother, Kolmogorov and Blake 2004, https://doi.org/10.1145/1015706.1015720, as OpenCV's grabCut. The colours around the
box say what the background looks like, so a wide margin is looked at; the region that may be the object is the box.
"""

from __future__ import annotations

import math

import numpy as np

from whorl.models.segmenting.cleaning import keep_asked
from whorl.models.segmenting.prompts import BoolImage, Bounds, Found, Image, Point, Prompts

NAME = "grabcut"
_ITERATIONS = 5
# A narrow look first: far colours mislead. A wide one where its shape does not reach the box on all sides.
_MARGINS = (0.25, 0.5)
_SURE = 0.95
_LEAST_SCORE = 0.8
_LEAST_MARGIN_PX = 12
_MOST_PX = 40_000
_LEAST_SIDE_PX = 4
_HINT_PX = 2
_SMALLEST_SHARE = 0.05
_PLAIN = 2.0


def grabcut(rgb: Image, prompts: Prompts) -> Found:
    """The object in a box or between extreme points.

    Args:
        rgb: uint8 (H, W, 3).
        prompts: Checked ones (see ``check_prompts``); points inside the box are hints.
    """
    bounds = prompts.bounds
    if bounds is None:
        return Found(problem="a point alone is not enough without SAM: give a box, or its four outermost points")
    x0, y0, x1, y1 = bounds
    if min(x1 - x0, y1 - y0) < _LEAST_SIDE_PX:
        return _guess(prompts, bounds, "smaller than 4 pixels")
    tries = []
    for margin in _MARGINS:
        found = _try(rgb, prompts, bounds, margin)
        tries += [] if found is None else [found]
        if found is not None and (found.score or 0) >= _SURE:
            break
    if not tries:
        return _guess(prompts, bounds, "the object cannot be told from what surrounds it")
    best = max(tries, key=lambda one: one.score or 0)
    # Extreme points lie on the outline, so a shape that does not reach them is wrong. A box may be drawn loosely.
    is_wrong = (best.score or 0) < _LEAST_SCORE and _is_four(prompts) and not prompts.include and not prompts.exclude
    return _guess(prompts, bounds, "no outline reaches all four points") if is_wrong else best


def _try(rgb: Image, prompts: Prompts, bounds: Bounds, margin: float) -> Found | None:
    """The cut with so much around the box as background, or None when nothing is left."""
    left, top, right, bottom = _context(bounds, margin, width=rgb.shape[1], height=rgb.shape[0])
    part = rgb[top:bottom, left:right]
    scale = min(1.0, math.sqrt(_MOST_PX / (part.shape[0] * part.shape[1])))
    small = _shrink(part, scale)
    if float(small.std(axis=(0, 1)).max()) < _PLAIN:
        return None
    mask = _cut(small, prompts.moved(left, top, scale))
    if mask is None:
        return None
    if scale < 1:
        mask = _enlarge(mask, part.shape[1], part.shape[0])
    return Found(mask, left, top, score=_score(mask, left, top, bounds))


def _context(bounds: Bounds, share: float, *, width: int, height: int) -> tuple[int, int, int, int]:
    x0, y0, x1, y1 = bounds
    margin = max(share * max(x1 - x0, y1 - y0), _LEAST_MARGIN_PX)
    return (
        max(int(x0 - margin), 0),
        max(int(y0 - margin), 0),
        min(math.ceil(x1 + margin), width),
        min(math.ceil(y1 + margin), height),
    )


def _shrink(rgb: Image, scale: float) -> Image:
    import cv2

    if scale >= 1:
        return np.ascontiguousarray(rgb)
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _enlarge(mask: BoolImage, width: int, height: int) -> BoolImage:
    import cv2

    soft = cv2.resize(mask.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(soft > 0.5)


def _cut(rgb: Image, prompts: Prompts) -> BoolImage | None:
    """The object in a window, or None when the cut leaves nothing of it."""
    import cv2

    trimap = _trimap(rgb, prompts)
    is_open = (trimap == cv2.GC_PR_FGD).any() and (trimap == cv2.GC_BGD).any()
    if not is_open:
        return None
    backward, forward = np.zeros((1, 65)), np.zeros((1, 65))
    # OpenCV draws its first clusters at random; the same click gives the same shape.
    cv2.setRNGSeed(0)
    cv2.grabCut(rgb, trimap, None, backward, forward, _ITERATIONS, cv2.GC_INIT_WITH_MASK)
    mask = (trimap == cv2.GC_FGD) | (trimap == cv2.GC_PR_FGD)
    kept = keep_asked(np.asarray(mask), prompts)
    bounds = prompts.bounds
    if kept is None or bounds is None:
        return None
    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    return kept if kept.sum() >= _SMALLEST_SHARE * area else None


def _trimap(rgb: Image, prompts: Prompts) -> Image:
    import cv2

    height, width = rgb.shape[:2]
    trimap = np.full((height, width), cv2.GC_BGD, np.uint8)
    bounds = prompts.bounds
    assert bounds is not None
    x0, y0, x1, y1 = bounds
    left, top = max(math.floor(x0), 0), max(math.floor(y0), 0)
    trimap[top : math.ceil(y1), left : math.ceil(x1)] = cv2.GC_PR_FGD
    if not (trimap == cv2.GC_BGD).any():
        # A box that is the whole image: its rim is taken for background.
        rim = max(1, round(0.02 * min(width, height)))
        trimap[:rim] = trimap[-rim:] = cv2.GC_BGD
        trimap[:, :rim] = trimap[:, -rim:] = cv2.GC_BGD
    for x, y in _inner(prompts.extremes, bounds):
        trimap[min(int(y), height - 1), min(int(x), width - 1)] = cv2.GC_FGD
    for points, value in ((prompts.include, cv2.GC_FGD), (prompts.exclude, cv2.GC_BGD)):
        for x, y in points:
            cv2.circle(trimap, (int(x), int(y)), _HINT_PX, int(value), -1)
    return trimap


def _inner(extremes: tuple[Point, ...], bounds: Bounds) -> list[Point]:
    """The extreme points, a pixel further in: the click is on the border, half of which is background."""
    cx, cy = (bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2
    moved = []
    for x, y in extremes:
        length = math.hypot(cx - x, cy - y) or 1.0
        moved.append((max(x + (cx - x) / length, 0.0), max(y + (cy - y) / length, 0.0)))
    return moved


def _score(mask: BoolImage, left: int, top: int, bounds: Bounds) -> float:
    """How well the shape fills the box that was asked for: IoU of their boxes."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    x0, x1 = left + int(columns[0]), left + int(columns[-1]) + 1
    y0, y1 = top + int(rows[0]), top + int(rows[-1]) + 1
    width = min(x1, bounds[2]) - max(x0, bounds[0])
    height = min(y1, bounds[3]) - max(y0, bounds[1])
    shared = max(width, 0.0) * max(height, 0.0)
    either = (x1 - x0) * (y1 - y0) + (bounds[2] - bounds[0]) * (bounds[3] - bounds[1]) - shared
    return round(shared / either, 4)


def _guess(prompts: Prompts, bounds: Bounds, problem: str) -> Found:
    """The shape that the prompts alone describe: quarters of ellipses between extreme points, else the box."""
    x0, y0, x1, y1 = bounds
    x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
    if not _is_four(prompts) or min(x1 - x0, y1 - y0) < _LEAST_SIDE_PX:
        return Found(rings=[[(x0, y0), (x1, y0), (x1, y1), (x0, y1)]], problem=f"{problem}: this is the box itself")
    top = min(prompts.extremes, key=lambda one: one[1])
    right = max(prompts.extremes, key=lambda one: one[0])
    bottom = max(prompts.extremes, key=lambda one: one[1])
    left = min(prompts.extremes, key=lambda one: one[0])
    ring: list[Point] = []
    for start, end, is_along_x in (
        (top, right, True),
        (right, bottom, False),
        (bottom, left, True),
        (left, top, False),
    ):
        for step in range(6):
            angle = math.pi / 2 * step / 6
            along, across = math.sin(angle), 1 - math.cos(angle)
            dx, dy = (along, across) if is_along_x else (across, along)
            ring.append((start[0] + (end[0] - start[0]) * dx, start[1] + (end[1] - start[1]) * dy))
    return Found(rings=[ring], problem=f"{problem}: this is the curve through the four points")


def _is_four(prompts: Prompts) -> bool:
    return len(prompts.extremes) == 4 and prompts.box is None
