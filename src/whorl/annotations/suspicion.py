"""How much a statement disagrees with what is said against it: one number per object, to look at the worst first.

Pure functions on arrays. Objects and rivals are rows of the same few columns; only rows of one item meet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
_PAIRS_AT_ONCE = 1_000_000


@dataclass(frozen=True, slots=True)
class Objects:
    """Objects as columns of N rows.

    Attributes:
        items: (N,) int64, which item each is on.
        labels: (N,) int64, a number per label, the same for both sides.
        boxes: (N, 4) float64 x0 y0 x1 y1 pixels around each shape; NaN for a class, which holds for the whole item.
        confidences: (N,) float64 in [0, 1]; 1 where none is given.
    """

    items: IndexArray
    labels: IndexArray
    boxes: FloatArray
    confidences: FloatArray

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Agreement:
    """For each of N objects, what the other side says.

    Attributes:
        best: (N,) float64 in [0, 1], the best agreement: overlap × confidence of the same label.
        best_index: (N,) int64 row of the other side that agrees best; -1 where none does.
        rival: (N,) float64 in [0, 1], the strongest contradiction: overlap × confidence of another label.
        rival_index: (N,) int64 row of the other side that contradicts most; -1 where none does.
    """

    best: FloatArray
    best_index: IndexArray
    rival: FloatArray
    rival_index: IndexArray


def find_agreement(objects: Objects, others: Objects) -> Agreement:
    """Compare each object with the other side's objects on the same item.

    A shape agrees by intersection over union of the boxes around both, times the other's confidence. A class agrees
    with a class only, fully, times its confidence. Equal agreement: the lower row wins.
    """
    n = len(objects)
    found = Agreement(np.zeros(n), np.full(n, -1, np.int64), np.zeros(n), np.full(n, -1, np.int64))
    if not n or not len(others):
        return found
    order = np.argsort(others.items, kind="stable")
    sorted_items = others.items[order]
    first = np.searchsorted(sorted_items, objects.items, side="left")
    counts = np.searchsorted(sorted_items, objects.items, side="right") - first
    start = 0
    while start < n:
        # As many objects at once as make about a million pairs; a crowded item alone may make more.
        reach = np.searchsorted(np.cumsum(counts[start:]), _PAIRS_AT_ONCE)
        stop = min(n, start + max(1, int(reach)))
        rows = np.repeat(np.arange(start, stop), counts[start:stop])
        offsets = np.arange(len(rows)) - np.repeat(
            np.cumsum(counts[start:stop]) - counts[start:stop], counts[start:stop]
        )
        columns = order[first[rows] + offsets]
        _note(found, objects, others, rows, columns)
        start = stop
    return found


def suspicion_of_truth(truth: Objects, predicted: Objects) -> tuple[FloatArray, Agreement]:
    """Give 1 minus the best agreement of each true object with one model's predictions, (N,) in [0, 1].

    A class is judged by the probability the model gives it: the confidence of the same label, else what the labels it
    did name leave over, at most. Without any prediction on the item the suspicion is 1.
    """
    agreement = find_agreement(truth, predicted)
    agreed = agreement.best.copy()
    is_class = np.isnan(truth.boxes[:, 0])
    left = 1.0 - _named_confidence(truth, predicted)
    is_open = is_class & (agreement.best_index < 0) & (agreement.rival_index >= 0)
    agreed[is_open] = np.maximum(left[is_open], 0.0)
    return np.clip(1.0 - agreed, 0.0, 1.0), agreement


def suspicion_of_predictions(predicted: Objects, truth: Objects) -> tuple[FloatArray, Agreement]:
    """Give each prediction's confidence times how far it is from any true object of its label, (N,) in [0, 1]."""
    agreement = find_agreement(predicted, truth)
    return np.clip(predicted.confidences * (1.0 - agreement.best), 0.0, 1.0), agreement


def _note(found: Agreement, objects: Objects, others: Objects, rows: IndexArray, columns: IndexArray) -> None:
    overlap = _overlaps(objects.boxes[rows], others.boxes[columns]) * others.confidences[columns]
    is_same = objects.labels[rows] == others.labels[columns]
    for chosen, value, index in (
        (is_same, found.best, found.best_index),
        (~is_same, found.rival, found.rival_index),
    ):
        some = chosen & (overlap > 0)
        mine, theirs, scores = rows[some], columns[some], overlap[some]
        # Worst first, and of equals the higher row first, so that the last one written is the one wanted.
        order = np.lexsort((-theirs, scores))
        value[mine[order]] = scores[order]
        index[mine[order]] = theirs[order]


def _overlaps(a: FloatArray, b: FloatArray) -> FloatArray:
    """Intersection over union row by row; 1 for two classes, 0 for a class and a shape."""
    width = np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0])
    height = np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1])
    shared = np.maximum(width, 0) * np.maximum(height, 0)
    union = _areas(a) + _areas(b) - shared
    iou = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    is_class_a, is_class_b = np.isnan(a[:, 0]), np.isnan(b[:, 0])
    iou[is_class_a | is_class_b] = 0.0
    iou[is_class_a & is_class_b] = 1.0
    return np.asarray(np.minimum(iou, 1.0))


def _areas(boxes: FloatArray) -> FloatArray:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]))


def _named_confidence(truth: Objects, predicted: Objects) -> FloatArray:
    """For each true object the confidence that all classes predicted on its item take together."""
    if not len(predicted):
        return np.zeros(len(truth))
    is_class = np.isnan(predicted.boxes[:, 0])
    items, inverse = np.unique(predicted.items[is_class], return_inverse=True)
    sums = np.bincount(inverse, weights=predicted.confidences[is_class], minlength=len(items))
    if not len(items):
        return np.zeros(len(truth))
    at = np.minimum(np.searchsorted(items, truth.items), len(items) - 1)
    return np.where(items[at] == truth.items, sums[at], 0.0)
