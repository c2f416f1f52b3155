"""From masks to outlines: exact along the edges of pixels, then simplified; holes stay."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.masks import Rle, place_part
from whorl.models.segmenting.prompts import BoolImage, Found, Rings

# In square halves of a pixel.
_FEWEST = 1.0
# A simplified outline of a small object stays within a fiftieth of its side: a pixel off all round is a tenth of a
# nucleus of 400 pixels.
_SHARE_OF_SIDE = 0.02
_FINEST_PX = 0.5


def mask_rings(mask: BoolImage, *, tolerance_px: float) -> Rings:
    """Outlines and holes of a mask as rings in its pixels, longest first; filled even-odd they give it back.

    Args:
        tolerance_px: How far a simplified outline may lie from the edges of the pixels; less for small objects, and 0
            keeps every corner.
    """
    import cv2

    height, width = mask.shape
    # Each pixel is painted as 3 x 3 on a grid of twice the size, so that the outlines of the painting run through the
    # corners of the pixels. Outlines through their centres would lose half a pixel all round.
    grid = np.zeros((2 * height + 1, 2 * width + 1), np.uint8)
    grid[1::2, 1::2] = mask
    grid = cv2.dilate(grid, np.ones((3, 3), np.uint8))
    how = cv2.CHAIN_APPROX_NONE if tolerance_px > 0 else cv2.CHAIN_APPROX_SIMPLE
    contours, _ = cv2.findContours(grid, cv2.RETR_CCOMP, how)
    tolerance = min(tolerance_px, max(_FINEST_PX, _SHARE_OF_SIDE * float(mask.sum()) ** 0.5))
    rings: Rings = []
    for contour in sorted(contours, key=len, reverse=True):
        simple = _simplify(contour, tolerance) if tolerance_px > 0 else contour
        if len(simple) >= 3 and abs(cv2.contourArea(simple)) >= _FEWEST:
            rings.append([(float(x) / 2, float(y) / 2) for x, y in simple[:, 0, :]])
    return rings


def _simplify(contour: NDArray[np.int32], tolerance_px: float) -> NDArray[np.int32]:
    import cv2

    # Through the middles of the pixels' edges (one coordinate is odd) a slanted edge is straight, where through their
    # corners it is a stair that costs twice the vertices.
    middles = contour[(contour[:, 0, 0] + contour[:, 0, 1]) % 2 == 1]
    simple = cv2.approxPolyDP(middles, 2 * tolerance_px, True)
    # What the tolerance would swallow is kept as it is.
    return np.asarray(simple if len(simple) >= 3 else middles, np.int32)


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

    # They may be whole numbers by type, which know no is_integer before Python 3.12.
    is_exact = found.mask is not None and found.scale == 1 and found.x0 % 1 == 0 and found.y0 % 1 == 0
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
