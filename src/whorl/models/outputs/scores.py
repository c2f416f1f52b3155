"""The primary metric of each task, and all others beside it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import assert_never

from whorl.base.errors import JsonValue
from whorl.models.evaluation.bootstrap import group_codes
from whorl.models.evaluation.classification import evaluate_classification
from whorl.models.evaluation.detection import summarise_columns
from whorl.models.evaluation.instances import count_instances
from whorl.models.evaluation.intervals import estimate
from whorl.models.evaluation.labels import evaluate_labels
from whorl.models.evaluation.measures import Measure, ObjectMeasure
from whorl.models.evaluation.pixels import evaluate_pixels
from whorl.models.outputs.measuring import measure_outputs
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs


@dataclass(frozen=True)
class Score:
    """The primary metric and all others, ready for a JSON column."""

    metric_name: str
    metric: float | None
    metrics: dict[str, JsonValue]


def score_outputs(outputs: Outputs, groups: Sequence[Hashable] | None = None, *, seed: int = 0) -> Score:
    """Evaluate a model's outputs: accuracy, mean AP of labels, AP50 of boxes or masks, or mean IoU.

    The primary metric's interval is in ``metrics`` under the metric's name with ``_interval``.

    Args:
        groups: What items to resample together, one each; None resamples single items.

    Raises:
        InvalidInput: There is nothing to score, or an array is no output of the task.
    """
    measure = measure_outputs(outputs)
    name, metric, metrics = _score(outputs, measure, groups, seed)
    found = estimate(measure, group_codes(groups, len(outputs.items)), seed=seed).metric.interval
    interval: dict[str, JsonValue] | None = None if found is None else asdict(found)
    return Score(name, metric, metrics | {name: metric, f"{name}_interval": interval})


def _score(
    outputs: Outputs, measure: Measure, groups: Sequence[Hashable] | None, seed: int
) -> tuple[str, float | None, dict[str, JsonValue]]:
    match outputs:
        case ClassOutputs():
            given = (outputs.truth, outputs.probabilities, outputs.labels)
            classes = evaluate_classification(*given, groups=groups, seed=seed)
            return "accuracy", classes.accuracy, classes.to_json()
        case LabelOutputs():
            labels = evaluate_labels(outputs.truth, outputs.scores, outputs.labels)
            return "map", labels.map, labels.to_json()
        case PixelOutputs():
            pixels = evaluate_pixels(outputs.confusion, outputs.labels)
            return "miou", pixels.miou, pixels.to_json()
        case ObjectOutputs():
            assert isinstance(measure, ObjectMeasure)
            assert measure.table.columns is not None
            objects = summarise_columns(measure.table.columns, outputs.labels, use_masks=outputs.use_masks)
            if not outputs.use_masks:
                return "ap50", objects.ap50, objects.to_json()
            return "mask_ap50", objects.ap50, objects.to_json() | {"instance_f1": count_instances(measure.table).f1}
        case _:
            assert_never(outputs)
