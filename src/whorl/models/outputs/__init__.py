"""A model's predictions on a test set beside the truth, as arrays, and as bytes that can be kept.

Key words: *outputs* are what a task's metric is computed from, and no more: for pixels it is how many were taken for
which, not the pixels. Invariant: what ``load_outputs`` reads scores as what ``dump_outputs`` wrote.
"""

from whorl.models.outputs.collecting import collect_outputs, join_outputs, label_names, take_outputs
from whorl.models.outputs.measuring import measure_outputs
from whorl.models.outputs.pairing import pair_outputs
from whorl.models.outputs.scores import Score, score_outputs
from whorl.models.outputs.storing import dump_outputs, load_outputs
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs

__all__ = [
    "ClassOutputs",
    "LabelOutputs",
    "ObjectOutputs",
    "Outputs",
    "PixelOutputs",
    "Score",
    "collect_outputs",
    "dump_outputs",
    "join_outputs",
    "label_names",
    "load_outputs",
    "measure_outputs",
    "pair_outputs",
    "score_outputs",
    "take_outputs",
]
