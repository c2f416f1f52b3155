"""What a model says about the pool, gathered batch by batch into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.types import (
    ClassProbabilities,
    Detections,
    Instances,
    LabelScores,
    Prediction,
)
from whorl.selection.strategies.detection import image_uncertainty
from whorl.selection.types import FloatArray


@dataclass
class Doubts:
    """The growing answer of one model: class probabilities, or one uncertainty per image.

    Attributes:
        names: The classes of the probabilities' columns.
    """

    names: tuple[str, ...] = ()
    _probabilities: list[FloatArray] = field(default_factory=list)
    _uncertainty: list[FloatArray] = field(default_factory=list)

    def add(self, predictions: Sequence[Prediction]) -> None:
        """Take in the next images' predictions, in order.

        Raises:
            InvalidInput: The model says nothing that a doubt could be read from.
        """
        classes = [one for one in predictions if isinstance(one, ClassProbabilities)]
        if classes and len(classes) == len(predictions):
            self.names = classes[0].labels
            rows = np.stack([np.asarray(one.probabilities, np.float64) for one in classes])
            self._probabilities.append(rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-12))
            return
        scores = [_scores(one) for one in predictions]
        self._uncertainty.append(image_uncertainty(scores))

    @property
    def probabilities(self) -> FloatArray | None:
        """(n, c), or None where the model gives none."""
        return np.concatenate(self._probabilities) if self._probabilities else None

    @property
    def uncertainty(self) -> FloatArray | None:
        """(n,) of a model without class probabilities, or None."""
        return np.concatenate(self._uncertainty) if self._uncertainty else None


def _scores(one: Prediction) -> FloatArray:
    if isinstance(one, Detections | Instances):
        return np.asarray(one.scores, np.float64)
    if isinstance(one, LabelScores):
        return np.asarray(one.scores, np.float64)
    raise InvalidInput(
        "the model gives neither class probabilities nor objects with a confidence",
        hint="Choose without a model: k_center, typical, stratified or random.",
    )
