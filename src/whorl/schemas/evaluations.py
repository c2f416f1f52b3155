"""What an evaluation says in full: tables, curves, slices and thresholds, all from its kept outputs."""

from __future__ import annotations

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.models import ReliabilityBin
from whorl.schemas.wire import Wire


class Range(Wire):
    """A confidence interval; ``level`` is its coverage."""

    low: float
    high: float
    level: float = 0.95


class ClassRow(Wire):
    """One label; a value is null when its denominator is zero, as for a label that the test items lack."""

    label: str
    metric: float | None = Field(description="The label's share in the report's metric: see `class_metric_name`.")
    interval: Range | None = None
    n_truth: int = Field(description="Items, objects or pixels that truly are of the label.")
    n_predicted: int
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    ap: float | None = Field(default=None, description="Mean over IoU 0.5 to 0.95 for objects.")
    iou: float | None = None
    dice: float | None = None


class SizeRow(Wire):
    """True objects of about one size; areas are px² of the original image, of the mask where there is one."""

    name: str = Field(description="small, medium or large, with COCO's bounds.")
    min_area_px: float
    max_area_px: float | None = Field(description="Null for no bound.")
    n_truth: int
    ap: float | None = Field(description="Mean over labels and IoU 0.5 to 0.95.")
    recall: float | None = Field(description="Mean over labels and IoU 0.5 to 0.95, at most 100 objects an image.")


class SliceRow(Wire):
    """Some of the test items against the rest of them."""

    name: str
    query: str | dict[str, JsonValue] | None = Field(default=None, description="The slice's items as a query.")
    field: str | None = Field(default=None, description="The field whose value makes the slice, as `metadata.camera`.")
    value: str | float | bool | None = Field(default=None, description="Null: the items without one.")
    n_items: int
    n_groups: int
    metric: float | None
    interval: Range | None = None
    rest: float | None = Field(description="The metric on all other test items.")
    delta: float | None = Field(description="The slice's metric minus that of the rest.")
    delta_interval: Range | None = None
    is_small: bool = Field(description="Fewer than 20 items: mostly luck.")


class Curve(Wire):
    """Precision over recall, thinned to 200 points, from the surest answer down; the lists are of one length."""

    label: str | None = Field(description="Null: all labels together.")
    average_precision: float | None
    n_truth: int
    threshold: list[float]
    precision: list[float]
    recall: list[float]


class Calibration(Wire):
    """Whether confidence means what it says: 0 is perfect."""

    ece: float = Field(description="Mean gap between confidence and share correct, over bins of equal size.")
    brier: float | None = Field(default=None, description="Mean squared distance from the truth; for classes 0 to 2.")
    nll: float | None = Field(default=None, description="Mean natural logarithm lost on the true class.")


class ThresholdRow(Wire):
    """What follows from taking only answers with at least this confidence.

    For one class per item, precision is the share correct of the items that are answered, recall the share of all
    items that are answered correctly, ``n_missed`` how many are left unsure, ``n_spurious`` how many are wrong.
    """

    threshold: float
    precision: float | None
    recall: float | None
    f1: float | None
    n_correct: int
    n_missed: int
    n_spurious: int
    cost: float | None = None


class CheapestThreshold(Wire):
    """The confidence threshold that costs least on the test items; null stands for all labels together."""

    label: str | None
    threshold: float
    cost: float
    interval: Range | None = Field(default=None, description="Of the cost, over resampled items.")
    threshold_interval: Range | None = Field(default=None, description="Where the cheapest lies in resampled items.")
    precision: float | None
    recall: float | None


class ThresholdReport(Wire):
    """Costs by confidence threshold."""

    evaluation_id: str
    missed: float = Field(description="Cost of a missed object or label; for classes of an item left unsure.")
    spurious: float = Field(description="Cost of a spurious object or label; for classes of a wrong answer.")
    n_items: int
    n_truth: int
    cheapest: CheapestThreshold
    per_class: list[CheapestThreshold]
    rows: list[ThresholdRow]
    is_stale: bool


class EvaluationReport(Wire):
    """Everything that an evaluation says; each number is computed from its kept outputs and the pinned revision."""

    evaluation_id: str
    model_id: str
    dataset_id: str
    revision: int
    task: str
    metric_name: str = Field(description="accuracy, map, ap50, mask_ap50 or miou")
    class_metric_name: str = Field(description="What a label's row measures: recall, ap, ap50, mask_ap50 or iou")
    metric: float | None
    interval: Range | None
    resamples: int
    n_items: int
    n_groups: int = Field(description="What was resampled: groups of items where all alike are grouped, else items.")
    n_truth: int = Field(description="True classes, labels, objects or labelled pixels.")
    summary: dict[str, float | None] = Field(description="Further metrics by name, such as macro_f1 or ap75.")
    per_class: list[ClassRow]
    per_size: list[SizeRow]
    slices: list[SliceRow]
    curves: list[Curve]
    reliability: list[ReliabilityBin]
    calibration: Calibration | None
    thresholds: list[ThresholdRow]
    is_stale: bool
