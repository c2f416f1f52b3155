"""Which objects were taken for which, which were missed, which were imagined."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whorl.models.evaluation.classification import confusion_counts
from whorl.models.evaluation.coco import coco_rle, masks_of
from whorl.models.evaluation.types import (
    BoolArray,
    Confusion,
    FloatArray,
    ImageErrors,
    IntArray,
    PredictedObjects,
    TruthObjects,
    check_class_names,
    check_predicted,
    check_truth,
)


def confusion_of_objects(
    truth: Sequence[TruthObjects],
    predicted: Sequence[PredictedObjects],
    class_names: Sequence[str],
    *,
    iou_threshold: float = 0.5,
    score_threshold: float = 0.25,
    use_masks: bool = False,
) -> Confusion:
    """Pair true and predicted objects, and count the pairs by class.

    Within an image, pairs of one class come first, highest overlap first; what is left may pair across classes. So a
    confusion is counted only where the right class did not explain the object. Predictions below ``score_threshold``
    or of unknown classes do not take part; predictions that lie by half in a crowd region are excused.

    Args:
        iou_threshold: Smallest overlap that counts, in (0, 1]. Equal overlaps: lower index wins.
        score_threshold: Smallest score that counts.
        use_masks: Overlap of masks rather than of boxes; every object then needs one.

    Raises:
        InvalidInput: As ``evaluate_detection``.
    """
    names = check_class_names(class_names)
    check_truth(truth, len(names))
    check_predicted(predicted, len(truth))
    table = np.zeros((len(names) + 1, len(names) + 1), dtype=np.int64)
    images = []
    for at, (true, found) in enumerate(zip(truth, predicted, strict=True)):
        keep = (found.scores >= score_threshold) & (found.labels >= 0) & (found.labels < len(names))
        images.append(_count_image(at, table, true, take_objects(found, keep), iou_threshold, use_masks=use_masks))
    return Confusion(
        names=names,
        matrix=tuple(tuple(int(cell) for cell in row) for row in table),
        images=tuple(images),
    )


def take_objects(found: PredictedObjects, keep: BoolArray) -> PredictedObjects:
    """Some of an image's predicted objects; ``keep`` is (n,) bool."""
    masks = None if found.masks is None else [found.masks[at] for at in np.flatnonzero(keep).tolist()]
    return PredictedObjects(found.boxes[keep], found.scores[keep], found.labels[keep], masks)


def overlaps(true: TruthObjects, found: PredictedObjects, *, use_masks: bool = False) -> FloatArray:
    """(n, m) intersection over union of an image's true and predicted objects, of their masks or of their boxes.

    Raises:
        InvalidInput: Masks are wanted, and an object has none.
    """
    if not use_masks:
        return pairwise_iou(true.boxes, found.boxes)
    if not len(true.labels) or not len(found.labels):
        return np.zeros((len(true.labels), len(found.labels)))
    from hotcoco.primitives import mask_iou

    given, there = ([coco_rle(mask) for mask in masks_of(one)] for one in (found, true))
    return np.asarray(mask_iou(given, there, [False] * len(true.labels)), np.float64).T


def _count_image(
    at: int, table: IntArray, true: TruthObjects, found: PredictedObjects, iou_threshold: float, *, use_masks: bool
) -> ImageErrors:
    crowd = np.zeros(len(true.labels), bool) if true.crowd is None else true.crowd
    true_labels, labels = true.labels[~crowd], found.labels
    iou = overlaps(true, found, use_masks=use_masks)[~crowd]
    pairs = match_overlaps(iou, iou_threshold=iou_threshold, same=true_labels[:, None] == labels[None])
    missed = np.setdiff1d(np.arange(len(true_labels)), pairs[:, 0])
    spurious = np.setdiff1d(np.arange(len(labels)), pairs[:, 1])
    spurious = spurious[~inside_crowd(found.boxes[spurious], true.boxes[crowd])]
    nothing = len(table) - 1
    rows = np.concatenate([true_labels[pairs[:, 0]], true_labels[missed], np.full(spurious.size, nothing)])
    columns = np.concatenate([labels[pairs[:, 1]], np.full(missed.size, nothing), labels[spurious]])
    table += confusion_counts(rows.astype(np.int64), columns.astype(np.int64), len(table))
    confused = int((true_labels[pairs[:, 0]] != labels[pairs[:, 1]]).sum())
    return ImageErrors(at, len(pairs) - confused, confused, missed.size, spurious.size)


def match_boxes(
    truth_px: FloatArray, predicted_px: FloatArray, *, iou_threshold: float = 0.5, same: BoolArray | None = None
) -> IntArray:
    """Pair each true box with at most one predicted box, highest overlap first.

    Args:
        truth_px: (n, 4) x0 y0 x1 y1.
        predicted_px: (m, 4) x0 y0 x1 y1.
        same: (n, m) pairs to prefer to all others, whatever their overlap; None prefers none.

    Returns:
        (k, 2) int64 pairs (true index, predicted index), sorted by true index.
    """
    return match_overlaps(pairwise_iou(truth_px, predicted_px), iou_threshold=iou_threshold, same=same)


def match_overlaps(iou: FloatArray, *, iou_threshold: float = 0.5, same: BoolArray | None = None) -> IntArray:
    """The same from (n, m) overlaps, such as those of masks."""
    rows, columns = np.nonzero(iou >= iou_threshold)
    preferred = np.zeros(rows.size) if same is None else same[rows, columns].astype(np.float64)
    order = np.lexsort((columns, rows, -iou[rows, columns], -preferred))
    taken_rows: set[int] = set()
    taken_columns: set[int] = set()
    pairs = []
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if row not in taken_rows and column not in taken_columns:
            taken_rows.add(row)
            taken_columns.add(column)
            pairs.append((row, column))
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


def pairwise_iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """(n, m) intersection over union of (n, 4) and (m, 4) boxes; 0 where both are empty."""
    shared = _intersections(a, b)
    union = _areas(a)[:, None] + _areas(b)[None] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def inside_crowd(boxes: FloatArray, crowds: FloatArray) -> BoolArray:
    """(n,) whether a predicted box lies by half of its own area in a crowd region."""
    # COCO divides by the prediction's own area: a crowd region excuses whatever lies in it.
    if not len(boxes) or not len(crowds):
        return np.zeros(len(boxes), dtype=np.bool_)
    inside = _intersections(boxes, crowds) >= 0.5 * _areas(boxes)[:, None]
    return np.asarray(inside.any(axis=1), dtype=np.bool_)


def _intersections(a: FloatArray, b: FloatArray) -> FloatArray:
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    sides = np.clip(high - low, 0, None)
    shared: FloatArray = sides[..., 0] * sides[..., 1]
    return shared


def _areas(boxes: FloatArray) -> FloatArray:
    sides = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    areas: FloatArray = sides[:, 0] * sides[:, 1]
    return areas
