"""Where a model goes wrong: confusion, calibration and the worst examples, from an evaluation's kept outputs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.classification import confusion_counts
from whorl.models.evaluation.confusion import confusion_of_objects
from whorl.models.evaluation.matches import MatchTable, match_objects
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray
from whorl.models.outputs import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs
from whorl.schemas.models import Disagreement, Disagreements, Examination, ReliabilityBin, WorstItem

_BINS = 10
SCORE_THRESHOLD = 0.25
"""Weaker objects do not take part in the confusion."""

LABEL_THRESHOLD = 0.5
"""Smallest score that says a label, of several."""
_FAINT = 0.05
"""Boxes below this are too many and too weak to say anything about confidence."""


def examine_outputs(
    outputs: Outputs, *, evaluation_id: str, score_threshold: float = SCORE_THRESHOLD, worst: int = 24
) -> Examination:
    """Tables of a model's errors on its test items.

    Args:
        score_threshold: Weakest box that takes part in the confusion; classes have none.
        worst: How many items to name at most, most telling first: the surest wrong answers, or the images with most
            errors.
    """
    if isinstance(outputs, ClassOutputs):
        return _examine_classes(outputs, evaluation_id, worst)
    if isinstance(outputs, LabelOutputs):
        return _examine_labels(outputs, evaluation_id, worst)
    if isinstance(outputs, PixelOutputs):
        return _examine_pixels(outputs, evaluation_id, worst)
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
    elif isinstance(champion, LabelOutputs | PixelOutputs) and isinstance(challenger, LabelOutputs | PixelOutputs):
        wrong_counts = zip(challenger.items, _wrong(champion).tolist(), _wrong(challenger).tolist(), strict=True)
        for item, base_errors, held_errors in wrong_counts:
            is_won = held_errors < base_errors
            row = Disagreement(item_id=item, is_won=is_won, champion_errors=base_errors, challenger_errors=held_errors)
            yield row, base_errors, held_errors


def _wrong(outputs: LabelOutputs | PixelOutputs) -> IntArray:
    """(n,) how many labels of an item are wrong, or how many pixels."""
    if isinstance(outputs, LabelOutputs):
        return np.asarray(((outputs.scores >= LABEL_THRESHOLD) != outputs.truth).sum(axis=1), np.int64)
    wrong: IntArray = outputs.confusion.sum(axis=(1, 2)) - np.trace(outputs.confusion, axis1=1, axis2=2)
    return wrong


def _said(outputs: ClassOutputs) -> list[str]:
    return _names(outputs, outputs.probabilities.argmax(axis=1)) if outputs.items else []


def _names(outputs: ClassOutputs, positions: IntArray) -> list[str]:
    return [outputs.labels[at] for at in positions.tolist()]


def _errors(outputs: ObjectOutputs) -> list[int]:
    if not outputs.items:
        return []
    found = confusion_of_objects(outputs.truth, outputs.predicted, outputs.labels, use_masks=outputs.use_masks)
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


def _examine_labels(outputs: LabelOutputs, evaluation_id: str, worst: int) -> Examination:
    said = outputs.scores >= LABEL_THRESHOLD
    matched, missed, spurious = outputs.truth & said, outputs.truth & ~said, ~outputs.truth & said
    matrix = np.zeros((len(outputs.labels) + 1,) * 2, np.int64)
    matrix[:-1, :-1] = np.diag(matched.sum(axis=0))
    matrix[:-1, -1], matrix[-1, :-1] = missed.sum(axis=0), spurious.sum(axis=0)
    counts = np.stack([matched.sum(axis=1), np.zeros(len(said)), missed.sum(axis=1), spurious.sum(axis=1)], axis=1)
    return Examination(
        evaluation_id=evaluation_id,
        labels=list(outputs.labels),
        matrix=matrix.tolist(),
        has_nothing=True,
        score_threshold=LABEL_THRESHOLD,
        reliability=reliability(outputs.scores.reshape(-1), outputs.truth.reshape(-1)),
        worst=_worst(outputs.items, counts.astype(np.int64), counts[:, 1:].sum(axis=1), worst),
    )


def _examine_pixels(outputs: PixelOutputs, evaluation_id: str, worst: int) -> Examination:
    cells = outputs.confusion
    whole = cells.sum(axis=(1, 2))
    right = np.trace(cells, axis1=1, axis2=2)
    matched, missed = np.trace(cells[:, :-1, :-1], axis1=1, axis2=2), cells[:, :-1, -1].sum(axis=1)
    confused, spurious = cells[:, :-1, :-1].sum(axis=(1, 2)) - matched, cells[:, -1, :-1].sum(axis=1)
    return Examination(
        evaluation_id=evaluation_id,
        labels=list(outputs.labels),
        matrix=cells.sum(axis=0).tolist(),
        has_nothing=True,
        score_threshold=None,
        reliability=[],
        worst=_worst(
            outputs.items,
            np.stack([matched, confused, missed, spurious], axis=1),
            (whole - right) / np.maximum(whole, 1),
            worst,
        ),
    )


def _worst(items: Sequence[str], counts: IntArray, badness: FloatArray, limit: int) -> list[WorstItem]:
    order = np.argsort(-badness, kind="stable")[:limit]
    return [
        WorstItem(item_id=items[at], matched=row[0], confused=row[1], missed=row[2], spurious=row[3])
        for at, row in zip(order.tolist(), counts[order].tolist(), strict=True)
        if badness[at] > 0
    ]


def _examine_objects(outputs: ObjectOutputs, evaluation_id: str, score_threshold: float, worst: int) -> Examination:
    found = confusion_of_objects(
        outputs.truth,
        outputs.predicted,
        outputs.labels,
        score_threshold=score_threshold,
        use_masks=outputs.use_masks,
    )
    confidence, correct = object_answers(
        match_objects(outputs.truth, outputs.predicted, outputs.labels, use_masks=outputs.use_masks)
    )
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


def object_answers(table: MatchTable) -> tuple[FloatArray, BoolArray]:
    """Every answer's score, and whether it lies on a true object of its class; the weakest are left out."""
    parts = [(one.scores[one.scores >= _FAINT], one.hit[one.scores >= _FAINT]) for one in table.whole]
    return np.concatenate([one for one, _ in parts]), np.concatenate([one for _, one in parts])
