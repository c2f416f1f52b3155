"""Objects matched once, for thousands of resamples of the images.

Predictions are matched to truth as COCO does; a resample then only reweights the images.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.models.evaluation.coco import MAX_PER_IMAGE, Columns, read_columns
from whorl.models.evaluation.matching import EXCUSED, Pairs, find_pairs, match_pairs
from whorl.models.evaluation.rankings import Ranking, interpolated_ap, rank
from whorl.models.evaluation.types import FloatArray, IntArray, PredictedObjects, TruthObjects, check_class_names

_ALL_IOUS = np.linspace(0.5, 0.95, 10)


@dataclass(frozen=True, slots=True)
class MatchTable:
    """All that average precision needs.

    Attributes:
        rows: Per class and IoU threshold the answers that COCO counts: at most 100 an image.
        whole: Per class all answers at the first IoU threshold, as many as there are.
        columns: What was matched; None for some of the images only.
    """

    n_images: int
    names: tuple[str, ...]
    rows: tuple[tuple[Ranking, ...], ...]
    whole: tuple[Ranking, ...]
    columns: Columns | None = None

    def average_precision(self, weights: FloatArray) -> FloatArray:
        """Average precision per class, with each image counted as often as its weight says.

        The same as COCO's 101-point interpolation on a test set in which image i stands ``weights[r, i]`` times.

        Args:
            weights: (r, n images) float64, whole numbers.

        Returns:
            (r, classes) float64, the mean over IoU thresholds; NaN where the class has no true object.
        """
        drawn = np.ascontiguousarray(weights.T)
        per_class = [np.mean([interpolated_ap(row, drawn) for row in rows], axis=0) for rows in self.rows]
        return np.stack(per_class, axis=1)

    def take(self, images: IntArray) -> MatchTable:
        """The same on some of the images, each once; they get new numbers in the order given."""
        rows = tuple(tuple(row.take(images) for row in rows) for rows in self.rows)
        return MatchTable(len(images), self.names, rows, tuple(one.take(images) for one in self.whole))


def mean_over_classes(per_class: FloatArray) -> FloatArray:
    """(r, classes) to (r,): the mean over classes that have a value, NaN where none has."""
    there = np.isfinite(per_class)
    count = there.sum(axis=1)
    total = np.where(there, per_class, 0.0).sum(axis=1)
    means: FloatArray = np.divide(total, count, out=np.full(len(per_class), np.nan), where=count > 0)
    return means


def match_objects(
    truth: Sequence[TruthObjects],
    predicted: Sequence[PredictedObjects],
    class_names: Sequence[str],
    *,
    all_ious: bool = False,
    use_masks: bool = False,
) -> MatchTable:
    """Match once, for many resamples.

    Args:
        all_ious: Ten IoU thresholds from 0.5 to 0.95 (AP) rather than 0.5 alone (AP50).

    Raises:
        InvalidInput: As ``evaluate_detection``.
    """
    names = check_class_names(class_names)
    columns = read_columns(truth, predicted, len(names), use_masks=use_masks)
    pairs = find_pairs(columns, len(names), use_masks=use_masks)
    ious = _ALL_IOUS if all_ious else _ALL_IOUS[:1]
    found = [_rankings(columns, pairs, len(names), iou) for iou in ious]
    return MatchTable(
        n_images=columns.n_images,
        names=names,
        rows=tuple(zip(*(counted for counted, _ in found), strict=True)),
        whole=found[0][1],
        columns=columns,
    )


def _rankings(
    columns: Columns, pairs: Pairs, class_count: int, iou: float
) -> tuple[tuple[Ranking, ...], tuple[Ranking, ...]]:
    """Per class what COCO counts, and everything; answers excused by a crowd are in neither."""
    matched = match_pairs(pairs, columns, iou)
    is_hit, is_excused = matched >= 0, matched == EXCUSED
    whole, counted = [], []
    is_deep = pairs.place >= MAX_PER_IMAGE
    for at in range(class_count):
        true = columns.truth_image[(columns.truth_labels == at) & ~columns.truth_crowd]
        n_truth = np.bincount(true, minlength=columns.n_images).astype(np.float64)
        mine = np.flatnonzero((columns.labels == at) & ~is_excused)
        whole.append(rank(columns.image[mine], columns.scores[mine], is_hit[mine], n_truth))
        if is_deep[mine].any():
            mine = mine[~is_deep[mine]]
            counted.append(rank(columns.image[mine], columns.scores[mine], is_hit[mine], n_truth))
        else:
            counted.append(whole[-1])
    return tuple(counted), tuple(whole)
