"""What is compared: one test set and what both models said about it, one class for each task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray, PredictedObjects, TruthObjects


@dataclass(frozen=True, slots=True)
class ClassificationCase:
    """One test set and what both models said about it.

    Attributes:
        labels: (n,) int64 true classes, positions in ``class_names``.
        champion: (n, c) probabilities, or None when there is no champion yet.
        challenger: (n, c) probabilities.
    """

    labels: IntArray
    champion: FloatArray | None
    challenger: FloatArray
    class_names: Sequence[str]


@dataclass(frozen=True, slots=True)
class LabelsCase:
    """One test set of items with any number of labels each, and how sure both models are of each label.

    Attributes:
        truth: (n, c) bool, whether an item has a label.
        champion: (n, c) float64 scores, or None when there is no champion yet.
        challenger: (n, c) float64 scores.
    """

    truth: BoolArray
    champion: FloatArray | None
    challenger: FloatArray
    class_names: Sequence[str]


@dataclass(frozen=True, slots=True)
class DetectionCase:
    """One test set and what both detectors found; one entry per image, in the same order."""

    truth: Sequence[TruthObjects]
    champion: Sequence[PredictedObjects] | None
    challenger: Sequence[PredictedObjects]
    class_names: Sequence[str]
    use_masks: bool = False


@dataclass(frozen=True, slots=True)
class PixelsCase:
    """One test set whose pixels have labels: how many of each true label were taken for which.

    Attributes:
        champion: (n, c + 1, c + 1) int64 pixels by image, true label and predicted label, the last one standing for
            no label; None when there is no champion yet.
        challenger: The same of the challenger; both count the same true pixels.
    """

    champion: IntArray | None
    challenger: IntArray
    class_names: Sequence[str]


Case = ClassificationCase | LabelsCase | DetectionCase | PixelsCase


def check_scores(truth: BoolArray, scores: FloatArray, n_classes: int) -> None:
    """Refuse scores that no label's precision could be counted from.

    Raises:
        InvalidInput: Shapes disagree, there is no item, or a score is not a finite number.
    """
    if truth.shape != scores.shape or truth.ndim != 2 or truth.shape[1] != n_classes:
        raise InvalidInput(
            f"labels have shape {truth.shape}, scores {scores.shape}, {n_classes} class names",
            hint="Both are (items, classes).",
        )
    if not len(truth):
        raise InvalidInput("no labelled images", hint="Give the test subset labelled items.")
    if not np.isfinite(scores).all():
        raise InvalidInput("a score is not a finite number")


def check_pixels(counts: IntArray, n_classes: int) -> None:
    """Refuse counts of pixels that are no confusion of these labels.

    Raises:
        InvalidInput: The shape is another, there is no image, or a count is negative.
    """
    side = n_classes + 1
    if counts.ndim != 3 or counts.shape[1:] != (side, side):
        raise InvalidInput(f"counts of pixels have shape {counts.shape}; (images, {side}, {side}) is needed")
    if not len(counts):
        raise InvalidInput("no labelled images", hint="Give the test subset labelled items.")
    if (counts < 0).any():
        raise InvalidInput("a count of pixels is negative")
