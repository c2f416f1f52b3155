"""Where a model goes wrong: confusion, calibration and the worst examples, from an evaluation's kept outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.classification import confusion_counts
from whorl.models.evaluation.confusion import confusion_of_objects, match_boxes
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray, PredictedObjects, TruthObjects
from whorl.models.outputs import ClassOutputs, ObjectOutputs, Outputs
from whorl.schemas.models import Disagreement, Disagreements, Examination, ReliabilityBin, WorstItem

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


def find_disagreements(champion: Outputs, challenger: Outputs, *, limit: int = 24) -> Disagreements:
    """Where two models' answers on the same items differ.

    Args:
        limit: How many lost and how many won items to name at most, those with the largest difference first.

    Raises:
        InvalidInput: The two were evaluated on different items.
    """
    if champion.items != challenger.items or type(champion) is not type(challenger):
        raise InvalidInput(
            "the two models were evaluated on different items", hint="Compare them again on one revision's test subset."
        )
    rows = list(_pairs(champion, challenger))
    told = sorted(rows, key=lambda row: -abs(row[1] - row[2]))
    differ = [row for row, base, held in told if base != held]
    lost, won = [row for row in differ if not row.is_won], [row for row in differ if row.is_won]
    return Disagreements(
        won=len(won),
        lost=len(lost),
        both_right=sum(base == held == 0 for _, base, held in rows),
        both_wrong=sum(base == held != 0 for _, base, held in rows),
        items=[*lost[:limit], *won[:limit]],
    )


def _pairs(champion: Outputs, challenger: Outputs) -> Iterator[tuple[Disagreement, int, int]]:
    """Each item with the number of errors that either model makes on it."""
    if isinstance(champion, ClassOutputs) and isinstance(challenger, ClassOutputs):
        for item, truth, base, held in zip(
            challenger.items, _names(challenger, challenger.truth), _said(champion), _said(challenger), strict=True
        ):
            wrong = (int(base != truth), int(held != truth))
            row = Disagreement(item_id=item, is_won=wrong[1] < wrong[0], truth=truth, champion=base, challenger=held)
            yield row, *wrong
    elif isinstance(champion, ObjectOutputs) and isinstance(challenger, ObjectOutputs):
        for item, base_errors, held_errors in zip(
            challenger.items, _errors(champion), _errors(challenger), strict=True
        ):
            row = Disagreement(
                item_id=item,
                is_won=held_errors < base_errors,
                champion_errors=base_errors,
                challenger_errors=held_errors,
            )
            yield row, base_errors, held_errors


def _said(outputs: ClassOutputs) -> list[str]:
    return _names(outputs, outputs.probabilities.argmax(axis=1)) if outputs.items else []


def _names(outputs: ClassOutputs, positions: IntArray) -> list[str]:
    return [outputs.labels[at] for at in positions.tolist()]


def _errors(outputs: ObjectOutputs) -> list[int]:
    if not outputs.items:
        return []
    found = confusion_of_objects(outputs.truth, outputs.predicted, outputs.labels)
    return [one.confused + one.missed + one.spurious for one in found.images]


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
