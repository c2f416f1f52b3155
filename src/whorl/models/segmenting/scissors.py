"""Intelligent scissors: an outline that runs along edges from one given point to the next.

Mortensen and Barrett 1995, https://doi.org/10.1145/218380.218442, as OpenCV's IntelligentScissorsMB.
"""

from __future__ import annotations

import numpy as np

from whorl.models.segmenting.prompts import Image, Point

_MARGIN = 0.35
_LEAST_MARGIN_PX = 12
_MOST_PX = 160_000
_CANNY = (32, 100)


def trace_path(rgb: Image, points: list[Point], *, is_closed: bool = False, tolerance_px: float = 0.5) -> list[Point]:
    """An outline along edges through the points, in order; the points themselves lie on it.

    Each piece is sought in a window around its two points; where that has more than 160,000 pixels it is looked at
    smaller.

    Args:
        rgb: uint8 (H, W, 3).
        points: At least two, in pixels of the image.
        is_closed: Lead back to the first; it is not repeated at the end.
        tolerance_px: How far the outline may be simplified.
    """
    ends = [*points[1:], points[0]] if is_closed and len(points) > 2 else points[1:]
    path: list[Point] = [points[0]]
    for start, end in zip(points, ends, strict=False):
        path += [*_segment(rgb, start, end, tolerance_px), end]
    return path[:-1] if is_closed and len(points) > 2 else path


def _segment(rgb: Image, start: Point, end: Point, tolerance_px: float) -> list[Point]:
    """The points between two, ends left out."""
    import cv2

    height, width = rgb.shape[:2]
    distance = max(abs(start[0] - end[0]), abs(start[1] - end[1]))
    if distance < 3:
        return []
    margin = max(_MARGIN * distance, _LEAST_MARGIN_PX)
    x0, y0 = max(int(min(start[0], end[0]) - margin), 0), max(int(min(start[1], end[1]) - margin), 0)
    x1 = min(int(max(start[0], end[0]) + margin) + 1, width)
    y1 = min(int(max(start[1], end[1]) + margin) + 1, height)
    window = rgb[y0:y1, x0:x1]
    scale = min(1.0, (_MOST_PX / (window.shape[0] * window.shape[1])) ** 0.5)
    if scale < 1:
        window = cv2.resize(window, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    if min(window.shape[:2]) < 4:
        return []
    tool = cv2.segmentation.IntelligentScissorsMB()
    tool.setEdgeFeatureCannyParameters(*_CANNY)
    tool.setGradientMagnitudeMaxLimit(200)
    tool.applyImage(np.ascontiguousarray(window))
    tool.buildMap(_pixel(start, x0, y0, scale, window))
    line = tool.getContour(_pixel(end, x0, y0, scale, window))
    if line is None or len(line) < 3:
        return []
    simple = cv2.approxPolyDP(np.asarray(line, np.int32).reshape(-1, 1, 2), max(tolerance_px * scale, 0.0), False)
    # Centres of pixels, where the outline of the mask that the edge bounds runs to half a pixel.
    return [((float(x) + 0.5) / scale + x0, (float(y) + 0.5) / scale + y0) for x, y in simple[1:-1, 0, :]]


def _pixel(point: Point, x0: int, y0: int, scale: float, window: Image) -> tuple[int, int]:
    height, width = window.shape[:2]
    x, y = int((point[0] - x0) * scale), int((point[1] - y0) * scale)
    return min(max(x, 0), width - 1), min(max(y, 0), height - 1)
