"""From heat and distances to boxes: peaks, corners, non-maximum suppression. numpy only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.models.types import FloatArray

Indices = NDArray[np.int64]

LIMIT = 300
IOU_THRESHOLD = 0.6
MIN_SCORE = 0.05


def decode_peaks(
    heat: FloatArray, distances: FloatArray, *, stride: int, min_score: float, limit: int
) -> tuple[FloatArray, FloatArray, Indices]:
    """Boxes at the local maxima of one image's heat.

    Args:
        heat: (c, h, w) probabilities per class and cell.
        distances: (4, h, w) canvas pixels from the cell's centre to the left, top, right and bottom edge.
        limit: Most boxes kept, best first; ties go to the lower class, then row, then column.

    Returns:
        Boxes (k, 4) in canvas pixels, scores (k,), class numbers (k,).
    """
    padded = np.pad(heat, ((0, 0), (1, 1), (1, 1)), constant_values=-1)
    rows = np.maximum(np.maximum(padded[:, :-2], padded[:, 1:-1]), padded[:, 2:])
    highest = np.maximum(np.maximum(rows[:, :, :-2], rows[:, :, 1:-1]), rows[:, :, 2:])
    kinds, ys, xs = np.nonzero((heat >= highest) & (heat >= min_score))
    scores = heat[kinds, ys, xs]
    best = np.argsort(-scores, kind="stable")[:limit]
    kinds, ys, xs, scores = kinds[best], ys[best], xs[best], scores[best]
    centre_x, centre_y = (xs + 0.5) * stride, (ys + 0.5) * stride
    left, top, right, bottom = distances[:, ys, xs]
    boxes = np.stack([centre_x - left, centre_y - top, centre_x + right, centre_y + bottom], axis=1)
    return boxes.astype(np.float32), scores.astype(np.float32), kinds.astype(np.int64)


def suppress(boxes: FloatArray, scores: FloatArray, kinds: Indices, *, iou_threshold: float) -> Indices:
    """Indices kept, best first, when boxes of one class may not overlap more than the threshold.

    Args:
        iou_threshold: A box is dropped when a better one of its class has a larger IoU with it.
    """
    order = np.argsort(-scores, kind="stable")
    # Shifting each class to its own place makes boxes of different classes disjoint.
    span = float(boxes.max() - boxes.min()) + 1 if len(boxes) else 0.0
    shifted = boxes + (kinds * span)[:, None]
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept: list[int] = []
    while len(order):
        first, rest = int(order[0]), order[1:]
        kept.append(first)
        low = np.maximum(shifted[first, :2], shifted[rest, :2])
        high = np.minimum(shifted[first, 2:], shifted[rest, 2:])
        overlap = np.clip(high - low, 0, None).prod(axis=1)
        union = np.maximum(area[first] + area[rest] - overlap, 1e-9)
        order = rest[overlap / union <= iou_threshold]
    return np.array(kept, np.int64)
