"""How good a model is on one frozen test set.

Key words: truth and predictions come in as arrays per image; metrics go out as frozen tables. Detection metrics are
COCO's, computed by hotcoco (docs/decisions/0003-coco-metrics.md). Intervals come from a bootstrap over images, or over
groups when images of a group are alike.

Invariants: a value that does not exist (a class absent from the test set) is None, never -1 or NaN; the same input and
seed give the same output; nothing is printed.
"""

from whorl.geometry.masks import Rle
from whorl.models.evaluation.classification import evaluate_classification
from whorl.models.evaluation.confusion import confusion_of_objects
from whorl.models.evaluation.detection import evaluate_detection
from whorl.models.evaluation.types import (
    ClassificationMetrics,
    Confusion,
    DetectionMetrics,
    PredictedObjects,
    TruthObjects,
)

__all__ = [
    "ClassificationMetrics",
    "Confusion",
    "DetectionMetrics",
    "PredictedObjects",
    "Rle",
    "TruthObjects",
    "confusion_of_objects",
    "evaluate_classification",
    "evaluate_detection",
]
