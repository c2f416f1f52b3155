"""COCO's summary of a detector: average precision and recall, in all, by class and by size."""

from __future__ import annotations

from collections.abc import Sequence

from whorl.models.evaluation.coco import Columns, read_columns, run_coco
from whorl.models.evaluation.matches import MatchTable, match_objects, mean_over_classes
from whorl.models.evaluation.types import (
    ClassDetection,
    DetectionMetrics,
    FloatArray,
    PredictedObjects,
    TruthObjects,
    check_class_names,
)

__all__ = ["MatchTable", "evaluate_detection", "match_objects", "mean_over_classes"]


def evaluate_detection(
    truth: Sequence[TruthObjects],
    predicted: Sequence[PredictedObjects],
    class_names: Sequence[str],
    *,
    use_masks: bool = False,
) -> DetectionMetrics:
    """Score a detector the way COCO does.

    Args:
        truth: One entry per image, empty where nothing is there.
        predicted: One entry per image, in the same order.
        class_names: Names of the classes; a prediction outside them is left out and counted in ``n_unknown``.
        use_masks: Match by masks rather than boxes; every object then needs one.

    Raises:
        InvalidInput: Shapes disagree, numbers are not finite, a name occurs twice, or a true label is unknown.
    """
    names = check_class_names(class_names)
    columns = read_columns(truth, predicted, len(names), use_masks=use_masks)
    return summarise_columns(columns, names, use_masks=use_masks)


def summarise_columns(columns: Columns, names: Sequence[str], *, use_masks: bool = False) -> DetectionMetrics:
    """The same of objects that were read and checked before, as those of a ``MatchTable``."""
    run = run_coco(columns, names, use_masks=use_masks)
    precision, recall = run.eval["precision"], run.eval["recall"]
    return DetectionMetrics(
        ap=_mean(precision[:, :, :, 0, 2]),
        ap50=_mean(precision[0, :, :, 0, 2]),
        ap75=_mean(precision[5, :, :, 0, 2]),
        ap_small=_mean(precision[:, :, :, 1, 2]),
        ap_medium=_mean(precision[:, :, :, 2, 2]),
        ap_large=_mean(precision[:, :, :, 3, 2]),
        ar1=_mean(recall[:, :, 0, 0]),
        ar10=_mean(recall[:, :, 0, 1]),
        ar100=_mean(recall[:, :, 0, 2]),
        ar_small=_mean(recall[:, :, 1, 2]),
        ar_medium=_mean(recall[:, :, 2, 2]),
        ar_large=_mean(recall[:, :, 3, 2]),
        n_images=columns.n_images,
        n_truth=int((~columns.truth_crowd).sum()),
        n_predicted=columns.scores.size,
        n_unknown=columns.n_unknown,
        per_class=tuple(_class_row(name, at, columns, precision) for at, name in enumerate(names)),
    )


def _mean(values: FloatArray) -> float | None:
    # COCO writes -1 where a class, size or threshold has no true object.
    there = values[values > -1]
    # Rounding takes away the last bits of a sum, so that a perfect model shows 1.
    return round(float(there.mean()), 12) if there.size else None


def _class_row(name: str, at: int, columns: Columns, precision: FloatArray) -> ClassDetection:
    return ClassDetection(
        name=name,
        ap=_mean(precision[:, :, at, 0, 2]),
        ap50=_mean(precision[0, :, at, 0, 2]),
        n_truth=int(((columns.truth_labels == at) & ~columns.truth_crowd).sum()),
        n_predicted=int((columns.labels == at).sum()),
    )
