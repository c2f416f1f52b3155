"""Objects told apart: the share of instances that are found and right, at one overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whorl.models.evaluation.matches import MatchTable, match_objects
from whorl.models.evaluation.types import PredictedObjects, TruthObjects


@dataclass(frozen=True, slots=True)
class InstanceScore:
    """Counts over all images and classes; a value is None when its denominator is zero."""

    f1: float | None
    precision: float | None
    recall: float | None
    n_truth: int
    n_predicted: int


def instance_f1(
    truth: Sequence[TruthObjects],
    predicted: Sequence[PredictedObjects],
    class_names: Sequence[str],
    *,
    score_threshold: float = 0.25,
    use_masks: bool = True,
) -> InstanceScore:
    """F1 of instances at an IoU of 0.5: each true object is found once, by the surest answer of its class.

    Args:
        score_threshold: Smallest score that counts.
        use_masks: Overlap of masks rather than of boxes.

    Raises:
        InvalidInput: As ``evaluate_detection``.
    """
    return count_instances(match_objects(truth, predicted, class_names, use_masks=use_masks), score_threshold)


def count_instances(table: MatchTable, score_threshold: float = 0.25) -> InstanceScore:
    """The same of objects that were matched before."""
    right = sum(int((one.hit & (one.scores >= score_threshold)).sum()) for one in table.whole)
    given = sum(int((one.scores >= score_threshold).sum()) for one in table.whole)
    there = sum(int(one.n_truth.sum()) for one in table.whole)
    return InstanceScore(
        f1=2 * right / (there + given) if there + given else None,
        precision=right / given if given else None,
        recall=right / there if there else None,
        n_truth=there,
        n_predicted=given,
    )
