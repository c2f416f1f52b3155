"""Both models on one test set, ready to be resampled: a metric as a function of how often each image counts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from whorl.models.comparison.cases import (
    Case,
    ClassificationCase,
    DetectionCase,
    LabelsCase,
    PixelsCase,
    check_pixels,
    check_scores,
)
from whorl.models.comparison.result import ClassDelta
from whorl.models.comparison.rules import ComparisonRules, Metric, metrics_of
from whorl.models.evaluation.classification import check_probabilities
from whorl.models.evaluation.detection import match_objects, mean_over_classes
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray, PredictedObjects, check_class_names

Statistic = Callable[[FloatArray], FloatArray]
"""From (r, n) weights of the images to (r, 2) values, of champion and challenger."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Both models on one test set; the champion is the baseline when there is none.

    Attributes:
        statistic: The metric of both on each row of weights.
        by_class: From (r, n) weights to (r, 2, c) values: each class's own; NaN where there is none of the class.
        correct: For classes, on which images each model is right.
        shows: (n, c) 1 where an image truly shows a class.
        support: True examples of each class.
    """

    metric: Metric
    names: tuple[str, ...]
    n_images: int
    has_champion: bool
    champion: float | None
    challenger: float | None
    statistic: Statistic
    by_class: Callable[[FloatArray], FloatArray]
    correct: tuple[BoolArray, BoolArray] | None
    shows: FloatArray
    support: tuple[int, ...]

    @property
    def delta(self) -> float | None:
        """By how much the challenger is ahead, when both have a value."""
        return None if self.champion is None or self.challenger is None else self.challenger - self.champion


def make_pair(case: Case, rules: ComparisonRules) -> Pair:
    """Bring a case of any task to one form.

    Raises:
        InvalidInput: The case cannot be scored.
    """
    metric = rules.metric or metrics_of(case)[0]
    if isinstance(case, ClassificationCase):
        return _pair_of_classes(case, metric)
    if isinstance(case, LabelsCase):
        return _pair_of_labels(case, metric)
    if isinstance(case, PixelsCase):
        return _pair_of_pixels(case, metric)
    return _pair_of_objects(case, metric)


def class_table(pair: Pair, rules: ComparisonRules) -> tuple[ClassDelta, ...]:
    """Each class's own values, and whether it falls through its floor."""
    values = pair.by_class(np.ones((1, pair.n_images)))[0]
    rows = []
    for at, name in enumerate(pair.names):
        a, b = known(values[0, at]), known(values[1, at])
        n = pair.support[at]
        delta = None if a is None or b is None or not pair.has_champion else b - a
        floor = rules.class_floor_drop.get(name, rules.floor_drop)
        floor = floor if pair.has_champion and n >= rules.min_support else None
        # A whisker of slack: 0.9 - 0.8 is more than 0.1 in floating point.
        breached = floor is not None and delta is not None and delta < -floor - 1e-9
        rows.append(ClassDelta(name, a if pair.has_champion else None, b, delta, n, floor, breached))
    return tuple(rows)


def known(value: float) -> float | None:
    """A value without its last bits, or None for NaN."""
    return round(float(value), 12) if math.isfinite(value) else None


def _pair_of_classes(case: ClassificationCase, metric: Metric) -> Pair:
    names = check_class_names(case.class_names)
    check_probabilities(case.labels, case.challenger, len(names))
    guess_b = case.challenger.argmax(axis=1)
    if case.champion is None:
        # No champion: the challenger must beat the model that always says the commonest class.
        guess_a = np.full_like(case.labels, np.bincount(case.labels).argmax())
    else:
        check_probabilities(case.labels, case.champion, len(names))
        guess_a = case.champion.argmax(axis=1)
    correct = (guess_a == case.labels, guess_b == case.labels)
    stacked = np.stack(correct, axis=1).astype(np.float64)
    members = np.eye(len(names))[case.labels]
    hits = [members * one[:, None] for one in correct]

    def statistic(weights: FloatArray) -> FloatArray:
        return _share(weights @ stacked, weights.sum(axis=1, keepdims=True))

    def by_class(weights: FloatArray) -> FloatArray:
        there = weights @ members
        return np.stack([_share(weights @ one, there) for one in hits], axis=1)

    return Pair(
        metric=metric,
        names=names,
        n_images=int(case.labels.size),
        has_champion=case.champion is not None,
        champion=float(correct[0].mean()),
        challenger=float(correct[1].mean()),
        statistic=statistic,
        by_class=by_class,
        correct=correct,
        shows=members,
        support=tuple(np.bincount(case.labels, minlength=len(names)).tolist()),
    )


def _pair_of_labels(case: LabelsCase, metric: Metric) -> Pair:
    names = check_class_names(case.class_names)
    check_scores(case.truth, case.challenger, len(names))
    # No champion: all labels equally likely on every item, which finds each as often as it occurs.
    base = np.zeros(case.truth.shape) if case.champion is None else case.champion
    check_scores(case.truth, base, len(names))
    ranked = [
        [_Ranked.of(case.truth[:, at], scores[:, at]) for at in range(len(names))] for scores in (base, case.challenger)
    ]
    shows = case.truth.astype(np.float64)

    def by_class(weights: FloatArray) -> FloatArray:
        return np.stack([np.stack([one.precision(weights) for one in model], axis=1) for model in ranked], axis=1)

    return _averaged(
        by_class, shows, metric=metric, names=names, has_champion=case.champion is not None, support=shows.sum(axis=0)
    )


def _pair_of_objects(case: DetectionCase, metric: Metric) -> Pair:
    names = check_class_names(case.class_names)
    # No champion: finding nothing.
    nothing = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64), [] if case.use_masks else None)
    base = [nothing] * len(case.truth) if case.champion is None else case.champion
    tables = [
        match_objects(case.truth, found, names, all_ious=metric in ("ap", "mask_ap"), use_masks=case.use_masks)
        for found in (base, case.challenger)
    ]

    def by_class(weights: FloatArray) -> FloatArray:
        return np.stack([table.average_precision(weights) for table in tables], axis=1)

    counts = np.stack([rows[0].n_truth for rows in tables[0].rows], axis=1)
    return _averaged(
        by_class,
        (counts > 0).astype(np.float64),
        metric=metric,
        names=names,
        has_champion=case.champion is not None,
        support=counts.sum(axis=0),
    )


def _pair_of_pixels(case: PixelsCase, metric: Metric) -> Pair:
    names = check_class_names(case.class_names)
    check_pixels(case.challenger, len(names))
    if case.champion is None:
        # No champion: the model that says the commonest true label everywhere.
        base = np.zeros_like(case.challenger)
        base[:, :, case.challenger.sum(axis=(0, 2)).argmax()] = case.challenger.sum(axis=2)
    else:
        check_pixels(case.champion, len(names))
        base = case.champion
    parts = [_pixel_sums(one) for one in (base, case.challenger)]

    def by_class(weights: FloatArray) -> FloatArray:
        values = []
        for hit, true, said in parts:
            both, there = weights @ hit, weights @ true
            values.append(np.where(there > 0, _share(both, there + weights @ said - both), np.nan))
        return np.stack(values, axis=1)

    # Pixels of one image are not examples of their own: a label is as well supported as the images that show it.
    shows = (case.challenger.sum(axis=2)[:, :-1] > 0).astype(np.float64)
    return _averaged(
        by_class, shows, metric=metric, names=names, has_champion=case.champion is not None, support=shows.sum(axis=0)
    )


def _averaged(
    by_class: Callable[[FloatArray], FloatArray],
    shows: FloatArray,
    *,
    metric: Metric,
    names: tuple[str, ...],
    has_champion: bool,
    support: FloatArray,
) -> Pair:
    """A pair whose metric is the mean over classes."""

    def statistic(weights: FloatArray) -> FloatArray:
        values = by_class(weights)
        return np.stack([mean_over_classes(values[:, 0]), mean_over_classes(values[:, 1])], axis=1)

    n_images = len(shows)
    overall = statistic(np.ones((1, n_images)))[0]
    return Pair(
        metric=metric,
        names=names,
        n_images=n_images,
        has_champion=has_champion,
        champion=known(overall[0]),
        challenger=known(overall[1]),
        statistic=statistic,
        by_class=by_class,
        correct=None,
        shows=shows,
        support=tuple(int(n) for n in support),
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One label's items, surest first; items of equal score count together."""

    order: IntArray
    is_true: FloatArray
    last: IntArray

    @classmethod
    def of(cls, truth: BoolArray, scores: FloatArray) -> _Ranked:
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        # The last place of each run of equal scores.
        last = np.searchsorted(-ranked, -ranked, side="right") - 1
        return cls(order, truth[order].astype(np.float64), last)

    def precision(self, weights: FloatArray) -> FloatArray:
        """(r,) average precision, as scikit-learn's with sample weights; NaN without a true item."""
        mine = weights[:, self.order]
        true = mine * self.is_true
        found = np.cumsum(true, axis=1)
        precision = _share(found, np.cumsum(mine, axis=1))[:, self.last]
        n_true = found[:, -1]
        summed: FloatArray = np.where(true > 0, true * precision, 0.0).sum(axis=1)
        return np.where(n_true > 0, _share(summed, n_true), np.nan)


def _pixel_sums(counts: IntArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(n, c) pixels that are right, that are truly of the label, and that are said to be."""
    right = np.diagonal(counts, axis1=1, axis2=2)[:, :-1].astype(np.float64)
    return right, counts.sum(axis=2)[:, :-1].astype(np.float64), counts.sum(axis=1)[:, :-1].astype(np.float64)


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    """A quotient that is NaN where there is nothing to divide by."""
    whole = np.broadcast_to(whole, part.shape)
    quotient: FloatArray = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return quotient
