"""From masks to outlines: exact along the edges of pixels, then simplified; holes stay."""

from __future__ import annotations

import numpy as np

from whorl.geometry.masks import Rle, place_part
from whorl.models.segmenting.prompts import BoolImage, Found, Rings

_FEWEST_PX = 1.0


def mask_rings(mask: BoolImage, *, tolerance_px: float) -> Rings:
    """Outlines and holes of a mask as rings in its pixels, longest first; filled even-odd they give it back.

    Args:
        tolerance_px: How far a simplified outline may lie from the edges of the pixels; 0 keeps every corner.
    """
    import cv2

    height, width = mask.shape
    # Each pixel is painted as 3 x 3 on a grid of twice the size, so that the outlines of the painting run through the
    # corners of the pixels. Outlines through their centres would lose half a pixel all round.
    grid = np.zeros((2 * height + 1, 2 * width + 1), np.uint8)
    grid[1::2, 1::2] = mask
    grid = cv2.dilate(grid, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(grid, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    rings: Rings = []
    for contour in sorted(contours, key=len, reverse=True):
        simple = cv2.approxPolyDP(contour, 2 * tolerance_px, True) if tolerance_px > 0 else contour
        if len(simple) < 3:
            # What the tolerance would swallow is kept as its corners; a line has no area, and goes.
            simple = cv2.approxPolyDP(contour, 0.5, True)
        if len(simple) >= 3 and abs(cv2.contourArea(simple)) >= _FEWEST_PX:
            rings.append([(float(x) / 2, float(y) / 2) for x, y in simple[:, 0, :]])
    return rings


def found_rings(found: Found, *, tolerance_px: float) -> Rings:
    """The outline of what was found, in pixels of the image; empty when there is none."""
    if found.mask is None:
        return found.rings or []
    rings = mask_rings(found.mask, tolerance_px=tolerance_px * found.scale)
    return [[(x / found.scale + found.x0, y / found.scale + found.y0) for x, y in ring] for ring in rings]


def found_mask(found: Found, *, width: int, height: int) -> Rle | None:
    """What was found as a mask of the whole image; None when there is none.

    Args:
        width: Of the image, as its height.
    """
    from whorl.geometry.polygons import polygon_to_mask

    is_exact = found.mask is not None and found.scale == 1 and found.x0.is_integer() and found.y0.is_integer()
    if is_exact and found.mask is not None:
        return place_part(found.mask, x=int(found.x0), y=int(found.y0), width=width, height=height)
    rings = found_rings(found, tolerance_px=0)
    if not rings:
        return None
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    left, top = max(int(min(xs)), 0), max(int(min(ys)), 0)
    right, bottom = min(int(max(xs)) + 1, width), min(int(max(ys)) + 1, height)
    if left >= right or top >= bottom:
        return None
    moved = [[(x - left, y - top) for x, y in ring] for ring in rings]
    part = polygon_to_mask(moved, width=right - left, height=bottom - top)
    return place_part(part, x=left, y=top, width=width, height=height) if part.any() else None
