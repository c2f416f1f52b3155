"""The outputs of each task."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.models.evaluation.types import PredictedObjects, TruthObjects


@dataclass(frozen=True)
class ClassOutputs:
    """(n,) int64 truth as positions in ``labels`` and (n, c) float64 probabilities."""

    labels: tuple[str, ...]
    items: tuple[str, ...]
    truth: NDArray[np.int64]
    probabilities: NDArray[np.float64]


@dataclass(frozen=True)
class LabelOutputs:
    """(n, c) bool truth and (n, c) float64 scores: any number of labels an item."""

    labels: tuple[str, ...]
    items: tuple[str, ...]
    truth: NDArray[np.bool_]
    scores: NDArray[np.float64]


@dataclass(frozen=True)
class ObjectOutputs:
    """True and predicted objects, one entry per item; with ``use_masks`` each has a mask, and masks are matched."""

    labels: tuple[str, ...]
    items: tuple[str, ...]
    truth: tuple[TruthObjects, ...]
    predicted: tuple[PredictedObjects, ...]
    use_masks: bool = False


@dataclass(frozen=True)
class PixelOutputs:
    """(n, c + 1, c + 1) int64 pixels by item, true label and predicted label; the last one stands for no label."""

    labels: tuple[str, ...]
    items: tuple[str, ...]
    confusion: NDArray[np.int64]


Outputs = ClassOutputs | LabelOutputs | ObjectOutputs | PixelOutputs
