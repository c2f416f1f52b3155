"""How far two models' answers about one image are apart. Pure, numpy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.annotations.rules import find_bounds
from whorl.base.errors import MaskError
from whorl.geometry.boxes import box_iou
from whorl.geometry.masks import counts_iou
from whorl.schemas.annotations import ClassTag, Geometry, Mask
from whorl.schemas.models import PredictedAnnotation

_OVERLAP_FLOOR = 0.1
_MOST_OBJECTS = 500


def disagreement(one: Sequence[PredictedAnnotation], other: Sequence[PredictedAnnotation]) -> float:
    """How far two answers are apart: 0 the same, 1 nothing in common; symmetric.

    Statements of one label are paired, each at most once, the highest overlap first: classes overlap wholly, masks by
    their pixels, all else by the boxes around them. One minus what the pairs share of all confidence: a box that only
    one model hardly believes in counts little, one that it is sure of counts much, and so does a pair of which one is
    sure and the other is not. Two answers without statements are the same.
    """
    left, right = _strongest(one), _strongest(other)
    weights, others = _weights(left), _weights(right)
    total = float(weights.sum() + others.sum())
    if total == 0:
        return 0.0
    overlaps = _overlaps(left, right)
    shared = 0.0
    paired: set[int] = set()
    taken: set[int] = set()
    # Equal overlaps: the lower index wins, for the sort is stable.
    for position in np.argsort(-overlaps, axis=None, kind="stable"):
        row, column = divmod(int(position), overlaps.shape[1])
        if overlaps[row, column] < _OVERLAP_FLOOR:
            break
        if row not in paired and column not in taken:
            paired.add(row)
            taken.add(column)
            shared += 2 * float(overlaps[row, column]) * float(min(weights[row], others[column]))
    return float(min(1.0, max(0.0, 1 - shared / total)))


def _strongest(answer: Sequence[PredictedAnnotation]) -> list[PredictedAnnotation]:
    # Both answers come best first; the tail of a thousand boxes would cost seconds and decide nothing.
    return sorted(answer, key=lambda said: -_confidence(said))[:_MOST_OBJECTS]


def _weights(answer: Sequence[PredictedAnnotation]) -> NDArray[np.float64]:
    return np.array([_confidence(said) for said in answer], np.float64)


def _confidence(said: PredictedAnnotation) -> float:
    return 1.0 if said.confidence is None else said.confidence


def _overlaps(left: Sequence[PredictedAnnotation], right: Sequence[PredictedAnnotation]) -> NDArray[np.float64]:
    overlaps = np.zeros((len(left), len(right)), np.float64)
    if not overlaps.size:
        return overlaps
    boxes, others = [_box(said.geometry) for said in left], [_box(said.geometry) for said in right]
    ious = box_iou(boxes, others)
    for row, first in enumerate(left):
        for column, second in enumerate(right):
            if first.label == second.label:
                overlaps[row, column] = _overlap(first.geometry, second.geometry, float(ious[row, column]))
    return overlaps


def _overlap(first: Geometry, second: Geometry, of_boxes: float) -> float:
    if isinstance(first, ClassTag) or isinstance(second, ClassTag):
        return float(type(first) is type(second))
    if isinstance(first, Mask) and isinstance(second, Mask) and of_boxes > 0:
        try:
            return counts_iou(first.counts, second.counts)
        except MaskError:
            return 0.0
    return of_boxes


def _box(geometry: Geometry) -> tuple[float, float, float, float]:
    return (0.0, 0.0, 0.0, 0.0) if isinstance(geometry, ClassTag) else find_bounds(geometry) or (0.0, 0.0, 0.0, 0.0)
