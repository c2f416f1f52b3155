"""What a model says about the pool, gathered batch by batch into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.types import ClassProbabilities, Detections, LabelScores, Prediction
from whorl.selection.strategies.detection import image_uncertainty
from whorl.selection.types import FloatArray, ImageBoxes


@dataclass
class Doubts:
    """The growing answer of one model: class probabilities, boxes, or one uncertainty per image.

    Attributes:
        names: The classes of the probabilities' columns.
    """

    names: tuple[str, ...] = ()
    _probabilities: list[FloatArray] = field(default_factory=list)
    _uncertainty: list[FloatArray] = field(default_factory=list)
    _found: list[Detections] = field(default_factory=list)

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
        self._uncertainty.append(image_uncertainty([_scores(one) for one in predictions]))
        self._found += [one for one in predictions if isinstance(one, Detections)]

    @property
    def probabilities(self) -> FloatArray | None:
        """(n, c), or None where the model gives none."""
        return np.concatenate(self._probabilities) if self._probabilities else None

    def over(self, names: Sequence[str]) -> FloatArray | None:
        """(n, len(names)) over these classes, of which the model's own come first; 0 for the others."""
        known = self.probabilities
        return None if known is None else np.pad(known, ((0, 0), (0, len(names) - known.shape[1])))

    @property
    def uncertainty(self) -> FloatArray | None:
        """(n,) of a model without class probabilities, or None."""
        return np.concatenate(self._uncertainty) if self._uncertainty else None

    @property
    def box_names(self) -> list[str]:
        """The classes of the columns of ``boxes``."""
        return sorted({name for one in self._found for name in one.labels})

    @property
    def boxes(self) -> list[ImageBoxes] | None:
        """What a detector found in each image, or None."""
        if not self._found or len(self._found) < sum(len(one) for one in self._uncertainty):
            return None
        columns = {name: at for at, name in enumerate(self.box_names)}
        return [_boxes(one, columns) for one in self._found]


def _boxes(found: Detections, columns: dict[str, int]) -> ImageBoxes:
    rows = np.zeros((len(found), max(len(columns), 1)))
    rows[np.arange(len(found)), [columns[name] for name in found.labels]] = np.clip(found.scores, 0, 1)
    return ImageBoxes(rows)


def _scores(one: Prediction) -> FloatArray:
    if isinstance(one, Detections | LabelScores):
        return np.asarray(one.scores, np.float64)
    raise InvalidInput(
        "the model gives neither class probabilities nor objects with a confidence",
        hint="Choose without a model: k_center, typical, stratified or random.",
    )
