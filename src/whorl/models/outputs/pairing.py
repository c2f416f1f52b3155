"""Two models' outputs on the same items, brought to one order of labels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput
from whorl.models.comparison.cases import Case, ClassificationCase, DetectionCase, LabelsCase, PixelsCase
from whorl.models.evaluation.types import PredictedObjects
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs


def pair_outputs(champion: Outputs | None, challenger: Outputs) -> Case:
    """Bring two models' outputs on the same items to one order of labels.

    Raises:
        InvalidInput: The items or the tasks differ, so that the two cannot be compared.
    """
    if champion is not None:
        _check_alike(champion, challenger)
    match challenger:
        case ClassOutputs():
            base = champion if isinstance(champion, ClassOutputs) else None
            rows = None if base is None else _reorder(base, challenger.labels)
            return ClassificationCase(challenger.truth, rows, challenger.probabilities, challenger.labels)
        case LabelOutputs():
            scores = champion if isinstance(champion, LabelOutputs) else None
            columns = None if scores is None else _columns(scores.scores, scores.labels, challenger.labels)
            return LabelsCase(challenger.truth, columns, challenger.scores, challenger.labels)
        case ObjectOutputs():
            objects = champion if isinstance(champion, ObjectOutputs) else None
            found = None if objects is None else [_relabel(one, objects, challenger) for one in objects.predicted]
            return DetectionCase(
                challenger.truth, found, challenger.predicted, challenger.labels, use_masks=challenger.use_masks
            )
        case PixelOutputs():
            pixels = champion if isinstance(champion, PixelOutputs) else None
            if pixels is None:
                return PixelsCase(None, challenger.confusion, challenger.labels)
            names = (*challenger.labels, *(name for name in pixels.labels if name not in challenger.labels))
            return PixelsCase(_counts(pixels, names), _counts(challenger, names), names)
        case _:
            assert_never(challenger)


def _check_alike(champion: Outputs, challenger: Outputs) -> None:
    if champion.items != challenger.items:
        raise InvalidInput(
            f"the models were evaluated on different items: {len(champion.items)} and {len(challenger.items)}",
            hint="Evaluate both on one snapshot's test subset.",
        )
    if _kind(champion) != _kind(challenger):
        raise InvalidInput(f"a {_kind(champion)} and a {_kind(challenger)} cannot be compared")


def _kind(outputs: Outputs) -> str:
    match outputs:
        case ClassOutputs():
            return "classifier"
        case LabelOutputs():
            return "model of several labels"
        case ObjectOutputs():
            return "segmenter of objects" if outputs.use_masks else "detector"
        case PixelOutputs():
            return "segmenter of pixels"
        case _:
            assert_never(outputs)


def _columns(
    rows: NDArray[np.float64], given: Sequence[str], wanted: Sequence[str], empty: float = 0.0
) -> NDArray[np.float64]:
    result = np.full((len(rows), len(wanted)), empty)
    for at, name in enumerate(wanted):
        if name in given:
            result[:, at] = rows[:, given.index(name)]
    return result


def _reorder(outputs: ClassOutputs, labels: Sequence[str]) -> NDArray[np.float64]:
    result = _columns(outputs.probabilities, outputs.labels, labels)
    # A label that the challenger's list lacks keeps its share: it counts as a wrong answer, spread evenly.
    # Never below zero: a sum may be a rounding error above 1.
    result += np.maximum(1 - result.sum(axis=1, keepdims=True), 0) / len(labels)
    return np.asarray(result / result.sum(axis=1, keepdims=True), np.float64)


def _relabel(one: PredictedObjects, champion: ObjectOutputs, challenger: ObjectOutputs) -> PredictedObjects:
    position = {name: at for at, name in enumerate(challenger.labels)}
    table = np.array([position.get(name, -1) for name in champion.labels] + [-1], np.int64)
    return PredictedObjects(one.boxes, one.scores, table[one.labels], one.masks)


def _counts(outputs: PixelOutputs, names: Sequence[str]) -> NDArray[np.int64]:
    """The same counts in another order of labels, which must hold all of them."""
    at = np.array([*(names.index(name) for name in outputs.labels), len(names)])
    result = np.zeros((len(outputs.items), len(names) + 1, len(names) + 1), np.int64)
    result[:, at[:, None], at[None]] = outputs.confusion
    return result
