"""A raw mask becomes one object: the pieces that were asked for, small holes filled, real ones kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.models.segmenting.prompts import BoolImage, Prompts

_SMALL_HOLE = 0.02


def keep_asked(mask: BoolImage, prompts: Prompts) -> BoolImage | None:
    """The pieces of a mask that hold included points, else the largest one, with small holes filled.

    Args:
        prompts: In pixels of the mask.

    Returns:
        None when the mask is empty.
    """
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    if count < 2:
        return None
    asked = {_at(labels, x, y) for x, y in prompts.include} - {0}
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    return fill_small_holes(np.asarray(np.isin(labels, [*asked] or [largest])), prompts)


def fill_small_holes(mask: BoolImage, prompts: Prompts) -> BoolImage:
    """Fill holes of at most 2 % of the object, but those that hold an excluded point."""
    import cv2

    count, labels, stats, _ = cv2.connectedComponentsWithStats((~mask).astype(np.uint8), connectivity=4)
    height, width = mask.shape
    excluded = {_at(labels, x, y) for x, y in prompts.exclude}
    most = _SMALL_HOLE * float(mask.sum())
    filled = mask.copy()
    for label in range(1, count):
        x, y, w, h, area = (int(one) for one in stats[label])
        touches_rim = x == 0 or y == 0 or x + w == width or y + h == height
        if not touches_rim and area <= most and label not in excluded:
            filled[labels == label] = True
    return filled


def _at(labels: NDArray[np.int32], x: float, y: float) -> int:
    height, width = labels.shape
    return int(labels[min(max(int(y), 0), height - 1), min(max(int(x), 0), width - 1)])
