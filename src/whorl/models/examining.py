"""Where a model goes wrong: confusion, calibration and the worst examples, from an evaluation's kept outputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from whorl.models.evaluation.classification import confusion_counts
from whorl.models.evaluation.confusion import confusion_of_objects, match_boxes
from whorl.models.evaluation.types import BoolArray, FloatArray, PredictedObjects, TruthObjects
from whorl.models.outputs import ClassOutputs, ObjectOutputs, Outputs
from whorl.schemas.models import Examination, ReliabilityBin, WorstItem

_BINS = 10
_FAINT = 0.05
"""Boxes below this are too many and too weak to say anything about confidence."""


def examine_outputs(
    outputs: Outputs, *, evaluation_id: str, score_threshold: float = 0.25, worst: int = 24
) -> Examination:
    """Tables of a model's errors on its test items.

    Args:
        score_threshold: Weakest box that takes part in the confusion; classes have none.
        worst: How many items to name at most, most telling first: the surest wrong answers, or the images with most
            errors.
    """
    if isinstance(outputs, ClassOutputs):
        return _examine_classes(outputs, evaluation_id, worst)
    return _examine_objects(outputs, evaluation_id, score_threshold, worst)


def reliability(confidence: FloatArray, correct: BoolArray, *, bins: int = _BINS) -> list[ReliabilityBin]:
    """Mean confidence and share correct in bins of equal width over 0 to 1; empty bins are left out."""
    at = np.minimum((np.clip(confidence, 0, 1) * bins).astype(np.int64), bins - 1)
    return [
        ReliabilityBin(
            low=one / bins,
            high=(one + 1) / bins,
            confidence=float(confidence[at == one].mean()),
            accuracy=float(correct[at == one].mean()),
            count=int((at == one).sum()),
        )
        for one in range(bins)
        if (at == one).any()
    ]


def _examine_classes(outputs: ClassOutputs, evaluation_id: str, worst: int) -> Examination:
    n = len(outputs.items)
    predicted = outputs.probabilities.argmax(axis=1) if n else np.zeros(0, np.int64)
    confidence = outputs.probabilities[np.arange(n), predicted]
    correct = predicted == outputs.truth
    order = np.argsort(-confidence, kind="stable")
    wrong = order[~correct[order]][:worst]
    return Examination(
        evaluation_id=evaluation_id,
        labels=list(outputs.labels),
        matrix=confusion_counts(outputs.truth, predicted, len(outputs.labels)).tolist(),
        has_nothing=False,
        score_threshold=None,
        reliability=reliability(confidence, correct),
        worst=[
            WorstItem(
                item_id=outputs.items[at],
                truth=outputs.labels[outputs.truth[at]],
                predicted=outputs.labels[predicted[at]],
                confidence=float(confidence[at]),
            )
            for at in wrong.tolist()
        ],
    )


def _examine_objects(outputs: ObjectOutputs, evaluation_id: str, score_threshold: float, worst: int) -> Examination:
    found = confusion_of_objects(outputs.truth, outputs.predicted, outputs.labels, score_threshold=score_threshold)
    confidence, correct = _object_answers(outputs.truth, outputs.predicted)
    return Examination(
        evaluation_id=evaluation_id,
        labels=list(outputs.labels),
        matrix=[list(row) for row in found.matrix],
        has_nothing=True,
        score_threshold=score_threshold,
        reliability=reliability(confidence, correct),
        worst=[
            WorstItem(
                item_id=outputs.items[one.image],
                matched=one.matched,
                confused=one.confused,
                missed=one.missed,
                spurious=one.spurious,
            )
            for one in found.worst(worst)
        ],
    )


def _object_answers(
    truth: Sequence[TruthObjects], predicted: Sequence[PredictedObjects]
) -> tuple[FloatArray, BoolArray]:
    """Every box's score, and whether it lies on a true object of its class."""
    scores: list[FloatArray] = [np.zeros(0)]
    hits: list[BoolArray] = [np.zeros(0, np.bool_)]
    for true, found in zip(truth, predicted, strict=True):
        keep = found.scores >= _FAINT
        boxes, labels = found.boxes[keep], found.labels[keep]
        same = true.labels[:, None] == labels[None]
        pairs = match_boxes(true.boxes, boxes, same=same)
        hit = np.zeros(len(labels), np.bool_)
        hit[pairs[same[pairs[:, 0], pairs[:, 1]], 1]] = True
        scores.append(found.scores[keep])
        hits.append(hit)
    return np.concatenate(scores), np.concatenate(hits)
