"""Outputs as a measure: the metric as a function of how often each item counts."""

from __future__ import annotations

from typing import assert_never

import numpy as np

from whorl.models.evaluation.labels import check_labels, rank_labels
from whorl.models.evaluation.matches import match_objects
from whorl.models.evaluation.measures import ClassMeasure, LabelMeasure, Measure, ObjectMeasure, PixelMeasure
from whorl.models.evaluation.pixels import check_confusion, shared_and_union
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs


def measure_outputs(outputs: Outputs) -> Measure:
    """What intervals and slices are computed from.

    Raises:
        InvalidInput: The outputs cannot be scored.
    """
    match outputs:
        case ClassOutputs():
            said = outputs.probabilities.argmax(axis=1) if outputs.items else np.zeros(0, np.int64)
            return ClassMeasure(outputs.labels, outputs.truth, said == outputs.truth)
        case LabelOutputs():
            check_labels(outputs.truth, outputs.scores, len(outputs.labels))
            return LabelMeasure(outputs.labels, rank_labels(outputs.truth, outputs.scores))
        case ObjectOutputs():
            table = match_objects(outputs.truth, outputs.predicted, outputs.labels, use_masks=outputs.use_masks)
            return ObjectMeasure(table)
        case PixelOutputs():
            check_confusion(outputs.confusion, len(outputs.labels))
            return PixelMeasure(outputs.labels, *shared_and_union(outputs.confusion))
        case _:
            assert_never(outputs)
