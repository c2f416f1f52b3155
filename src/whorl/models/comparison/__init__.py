"""Whether a challenger replaces the champion: one frozen test set, paired statistics, a decision with its numbers.

Both models are scored on the same images, and the images (or groups of them) are resampled together, so what the
models share cancels out. A challenger is promoted when it is better beyond chance, better by ``min_delta``, no class
falls through its floor and every protected slice is shown to be safe. A tie keeps the champion. See
docs/explain/promotion.md.

Key words: a *case* is one test set and what both models said of it; a *pair* is a case ready to be resampled; a *slice*
is a protected part of the test set; *wear* is what earlier choices on the test set cost; *power* is what it can tell.

Invariant: the same case, rules and seed give the same decision.
"""

from whorl.models.comparison.cases import Case, ClassificationCase, DetectionCase, LabelsCase, PixelsCase
from whorl.models.comparison.compare import compare_models, mcnemar_exact
from whorl.models.comparison.result import (
    ClassDelta,
    Comparison,
    Decision,
    Power,
    SliceDelta,
    SliceVerdict,
    Wear,
    WearLevel,
)
from whorl.models.comparison.rules import ComparisonRules, Metric, ModelCost, Slice
from whorl.models.comparison.wear import wear_warning

__all__ = [
    "Case",
    "ClassDelta",
    "ClassificationCase",
    "Comparison",
    "ComparisonRules",
    "Decision",
    "DetectionCase",
    "LabelsCase",
    "Metric",
    "ModelCost",
    "PixelsCase",
    "Power",
    "Slice",
    "SliceDelta",
    "SliceVerdict",
    "Wear",
    "WearLevel",
    "compare_models",
    "mcnemar_exact",
    "wear_warning",
]
