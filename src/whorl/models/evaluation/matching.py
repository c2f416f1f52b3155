"""COCO's matching of predicted to true objects, over all images at once.

hotcoco matches as fast, but hands its matches out as one dictionary per image and class, which takes longer than
matching them here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.models.evaluation.coco import Columns, coco_rle
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray

EXCUSED = -2
"""In place of a true object: the prediction lies in a crowd, and is neither right nor wrong."""

_LEAST_IOU = 0.5
_BLOCK_PAIRS = 2_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """Predicted and true objects of one class in one image that overlap by half, in the order of matching.

    Attributes:
        predicted: (k,) int64, positions in the columns; of one image and class the surest first.
        true: (k,) int64; of one prediction the best first, crowds last.
        iou: (k,) float64.
        place: (d,) int64, how many predictions of its image and class are surer than each.
    """

    predicted: IntArray
    true: IntArray
    iou: FloatArray
    place: IntArray


def find_pairs(columns: Columns, class_count: int, *, use_masks: bool = False) -> Pairs:
    """All pairs that could match at an IoU of 0.5 or more."""
    true_key = columns.truth_image * class_count + columns.truth_labels
    key = columns.image * class_count + columns.labels
    true_order = np.argsort(true_key, kind="stable")
    # Surest first; equal scores keep the order given, as COCO's merge sort does.
    order = np.lexsort((-columns.scores, key))
    first = np.searchsorted(true_key[true_order], key[order], side="left")
    count = np.searchsorted(true_key[true_order], key[order], side="right") - first
    boxes, true_boxes = _boxes(columns, use_masks=use_masks)
    rows, trues, ious = [], [], []
    for start, stop in _blocks(count):
        row = np.repeat(np.arange(start, stop), count[start:stop])
        offset = np.arange(row.size) - np.repeat(np.cumsum(count[start:stop]) - count[start:stop], count[start:stop])
        true = true_order[first[row] + offset]
        predicted = order[row]
        iou = _box_iou(boxes[predicted], true_boxes[true], columns.truth_crowd[true])
        # Masks overlap only where the boxes around them do.
        kept = iou > 0 if use_masks else iou >= _LEAST_IOU
        if use_masks:
            row, true = row[kept], true[kept]
            iou = _mask_iou(columns, order[row], true)
            kept = iou >= _LEAST_IOU
        rows.append(row[kept])
        trues.append(true[kept])
        ious.append(iou[kept])
    row, true, iou = _joined(rows), _joined(trues), np.concatenate([np.zeros(0), *ious])
    # An equal overlap goes to the later true object, as in COCO's loop.
    best = np.lexsort((-true, -iou, columns.truth_crowd[true], row))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(key[order], key[order], side="left")
    return Pairs(order[row[best]], true[best], iou[best], place)


def match_pairs(pairs: Pairs, columns: Columns, iou_threshold: float) -> IntArray:
    """The true object of each prediction, surest prediction first; each true object is found once.

    Args:
        iou_threshold: At least 0.5.

    Returns:
        (d,) int64 positions of true objects; -1 for none, ``EXCUSED`` for a crowd.
    """
    matched = [-1] * len(columns.scores)
    is_taken = [False] * len(columns.truth_labels)
    # COCO's own guard, so that an overlap of 1 matches at a threshold of 1.
    kept = pairs.iou >= min(iou_threshold, 1 - 1e-10)
    is_crowd: BoolArray = columns.truth_crowd[pairs.true]
    rows = zip(pairs.predicted[kept].tolist(), pairs.true[kept].tolist(), is_crowd[kept].tolist(), strict=True)
    for predicted, true, crowd in rows:
        if matched[predicted] != -1:
            continue
        if crowd:
            matched[predicted] = EXCUSED
        elif not is_taken[true]:
            matched[predicted] = true
            is_taken[true] = True
    return np.array(matched, np.int64)


def _blocks(count: IntArray) -> list[tuple[int, int]]:
    """Runs of predictions with about as many pairs as fit into memory."""
    if not len(count):
        return []
    at = np.cumsum(count) // _BLOCK_PAIRS
    starts = np.concatenate([[0], np.flatnonzero(np.diff(at)) + 1, [len(count)]]).tolist()
    return list(zip(starts[:-1], starts[1:], strict=True))


def _joined(parts: list[IntArray]) -> IntArray:
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _boxes(columns: Columns, *, use_masks: bool) -> tuple[FloatArray, FloatArray]:
    """Predicted and true x y w h; with masks the boxes around them."""
    if not use_masks:
        return columns.boxes, columns.truth_boxes
    from hotcoco.mask import to_bbox

    predicted, true = (
        np.asarray(to_bbox([coco_rle(one) for one in masks]), np.float64).reshape(-1, 4)
        for masks in (columns.masks, columns.truth_masks)
    )
    return predicted, true


def _box_iou(a: FloatArray, b: FloatArray, is_crowd: BoolArray) -> FloatArray:
    # The same operations in the same order as pycocotools, so that a pair on the threshold falls on the same side.
    sides = np.minimum(a[:, :2] + a[:, 2:], b[:, :2] + b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    shared = np.where((sides > 0).all(axis=1), sides[:, 0] * sides[:, 1], 0.0)
    own = a[:, 2] * a[:, 3]
    union = np.where(is_crowd, own, own + b[:, 2] * b[:, 3] - shared)
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _mask_iou(columns: Columns, predicted: IntArray, true: IntArray) -> FloatArray:
    from hotcoco.primitives import mask_iou

    iou = np.zeros(len(predicted))
    if not len(predicted):
        return iou
    starts = np.flatnonzero(np.diff(predicted, prepend=-1))
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(predicted)], strict=True):
        some = true[start:stop].tolist()
        found = mask_iou(
            [coco_rle(columns.masks[int(predicted[start])])],
            [coco_rle(columns.truth_masks[one]) for one in some],
            columns.truth_crowd[true[start:stop]].tolist(),
        )
        iou[start:stop] = np.asarray(found)[0]
    return iou
