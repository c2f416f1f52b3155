"""Decoded pictures of bounded size: the whole of one, smaller where it is large, or a window of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.models.segmenting.prompts import Bounds, Image

_REDUCTIONS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Picture:
    """Pixels of an upright image, or of a part.

    Args:
        rgb: uint8 (H, W, 3).
        width: Of the whole upright image in its own pixels, as ``height``.
        x0: Where the part begins in the image, as ``y0``.
        scale: Pixels of ``rgb`` for each of the image.
    """

    rgb: Image
    width: int
    height: int
    x0: float = 0.0
    y0: float = 0.0
    scale: float = 1.0


def read_whole(data: bytes, *, most_px: int, max_pixels: int) -> Picture:
    """The whole image, at a half, a quarter or an eighth where it has more pixels than ``most_px``.

    Raises:
        UnreadableMedia: The bytes do not decode within ``max_pixels``.
    """
    return _read(data, None, most_px=most_px, max_pixels=max_pixels)


def read_window(data: bytes, window: Bounds, *, most_px: int, max_pixels: int) -> Picture:
    """As ``read_whole``, of the part in ``window`` (x0, y0, x1, y1 in pixels of the image), which sets the size."""
    return _read(data, window, most_px=most_px, max_pixels=max_pixels)


def _read(data: bytes, window: Bounds | None, *, most_px: int, max_pixels: int) -> Picture:
    from whorl.datasets.media import decode_reduced, read_size

    width, height = read_size(data, max_pixels=max_pixels)
    left, top, right, bottom = (0.0, 0.0, float(width), float(height)) if window is None else window
    pixels = (right - left) * (bottom - top)
    reduce = next((one for one in _REDUCTIONS if pixels / one**2 <= most_px), _REDUCTIONS[-1])
    bgr = decode_reduced(data, reduce=reduce, max_pixels=max_pixels)
    if window is not None:
        x0, y0 = max(int(left) // reduce, 0), max(int(top) // reduce, 0)
        bgr = bgr[y0 : max(-(-int(bottom) // reduce), y0 + 1), x0 : max(-(-int(right) // reduce), x0 + 1)]
    else:
        x0 = y0 = 0
    rgb = np.ascontiguousarray(bgr[:, :, ::-1])
    return Picture(rgb, width, height, float(x0 * reduce), float(y0 * reduce), 1 / reduce)
