"""Axis-aligned boxes: x0 y0 x1 y1 in pixels, shape (N, 4)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whorl.base.errors import InvalidInput, ShapeError

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]


def as_boxes(boxes: ArrayLike) -> FloatArray:
    """Give boxes as a float64 array of shape (N, 4); an empty list becomes (0, 4).

    Raises:
        ShapeError: The array is not (n, 4).
    """
    array = np.asarray(boxes, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, 4))
    if array.ndim != 2 or array.shape[1] != 4:
        raise ShapeError(f"boxes must have shape (n, 4), got {array.shape}", hint="One row per box: x0, y0, x1, y1.")
    return array


def box_area(boxes: ArrayLike) -> FloatArray:
    """Area of each box in square pixels, (N,); 0 for a box whose sides are not positive."""
    b = as_boxes(boxes)
    width = np.maximum(b[:, 2] - b[:, 0], 0)
    height = np.maximum(b[:, 3] - b[:, 1], 0)
    return np.asarray(width * height)


def _intersections(a: FloatArray, b: FloatArray) -> FloatArray:
    width = np.minimum(a[:, None, 2], b[None, :, 2]) - np.maximum(a[:, None, 0], b[None, :, 0])
    height = np.minimum(a[:, None, 3], b[None, :, 3]) - np.maximum(a[:, None, 1], b[None, :, 1])
    return np.asarray(np.maximum(width, 0) * np.maximum(height, 0))


def box_iou(a: ArrayLike, b: ArrayLike) -> FloatArray:
    """Intersection over union of every box of ``a`` with every box of ``b``.

    Args:
        a: (N, 4) boxes.
        b: (M, 4) boxes.

    Returns:
        (N, M) float64 in [0, 1]; 0 where both boxes have no area.

    Raises:
        ShapeError: An array is not (n, 4).
    """
    left, right = as_boxes(a), as_boxes(b)
    shared = _intersections(left, right)
    union = box_area(left)[:, None] + box_area(right)[None, :] - shared
    iou = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    # Rounding in the sum of areas can leave the ratio of equal boxes a hair above one.
    return np.minimum(iou, 1.0)


def clip_boxes(boxes: ArrayLike, *, width: float, height: float) -> FloatArray:
    """Cut each box at the edges of an image; a box wholly outside comes back without area."""
    b = as_boxes(boxes)
    return np.column_stack(
        [
            np.clip(b[:, 0], 0, width),
            np.clip(b[:, 1], 0, height),
            np.clip(b[:, 2], 0, width),
            np.clip(b[:, 3], 0, height),
        ]
    )


def match_boxes(truth_px: ArrayLike, predicted_px: ArrayLike, *, iou_threshold: float = 0.5) -> IndexArray:
    """Pair each true box with at most one predicted box, highest overlap first.

    Boxes are x0 y0 x1 y1 in pixels of the upright image: (N, 4) true, (M, 4) predicted.

    Args:
        truth_px: True boxes.
        predicted_px: Predicted boxes.
        iou_threshold: Smallest overlap that counts, in (0, 1]. Equal overlaps: lower index wins.

    Returns:
        (K, 2) int64 pairs (true index, predicted index) in order of the true index, K <= min(N, M).

    Raises:
        ShapeError: An array is not (n, 4).
        InvalidInput: The threshold is not in (0, 1].
    """
    if not 0 < iou_threshold <= 1:
        raise InvalidInput(f"iou_threshold must be in (0, 1], got {iou_threshold}")
    iou = box_iou(truth_px, predicted_px)
    rows, columns = np.nonzero(iou >= iou_threshold)
    # A stable sort keeps row-major order among ties, so equal overlaps go to the lower index.
    order = np.argsort(-iou[rows, columns], kind="stable")
    free_truth = np.ones(iou.shape[0], dtype=bool)
    free_predicted = np.ones(iou.shape[1], dtype=bool)
    pairs: list[tuple[int, int]] = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if free_truth[row] and free_predicted[column]:
            free_truth[row] = free_predicted[column] = False
            pairs.append((row, column))
    return np.asarray(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def nms(
    boxes: ArrayLike, scores: ArrayLike, *, iou_threshold: float = 0.5, classes: ArrayLike | None = None
) -> IndexArray:
    """Indices of the boxes that greedy non-maximum suppression keeps, best score first.

    A box goes when its overlap with a kept box is above ``iou_threshold``. Equal scores: lower index first.

    Args:
        boxes: (N, 4) boxes.
        scores: (N,) scores.
        iou_threshold: Largest overlap that two kept boxes may have, in [0, 1].
        classes: (N,) class of each box; boxes of different classes never suppress each other.

    Raises:
        ShapeError: Lengths differ or boxes are not (n, 4).
    """
    b = as_boxes(boxes)
    s = np.asarray(scores, dtype=np.float64).reshape(-1)
    c = np.zeros(len(b), dtype=np.int64) if classes is None else np.asarray(classes).reshape(-1)
    if not len(b) == len(s) == len(c):
        raise ShapeError(f"boxes, scores and classes must be as many: {len(b)}, {len(s)}, {len(c)}")
    waiting = np.argsort(-s, kind="stable")
    kept: list[int] = []
    while waiting.size:
        best, rest = int(waiting[0]), waiting[1:]
        kept.append(best)
        overlaps = box_iou(b[best : best + 1], b[rest])[0] > iou_threshold
        waiting = rest[~(overlaps & (c[rest] == c[best]))]
    return np.asarray(kept, dtype=np.int64)
