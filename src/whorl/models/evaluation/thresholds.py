"""What a confidence threshold costs: each missed and each spurious object or label has its price."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.models.evaluation.bootstrap import percentile_interval
from whorl.models.evaluation.rankings import Ranking
from whorl.models.evaluation.types import FloatArray, IntArray, Interval

THRESHOLDS: tuple[float, ...] = (*(at / 100 for at in range(100)), 0.995, 0.999, 1.0)
"""Where costs are computed; an answer counts when its confidence is at least the threshold."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What an error costs, in any unit: only the ratio decides."""

    missed: float = 1.0
    spurious: float = 1.0


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """(t,) int64 counts at each of ``THRESHOLDS``.

    Attributes:
        right: Answers that are right.
        missed: What was to be found and is in no answer.
        spurious: Answers that are wrong.
        n_truth: What was to be found.
    """

    right: IntArray
    missed: IntArray
    spurious: IntArray
    n_truth: int

    def cost(self, prices: Prices) -> FloatArray:
        """(t,) float64."""
        return prices.missed * self.missed + prices.spurious * self.spurious


@dataclass(frozen=True, slots=True)
class Cheapest:
    """The threshold of least cost, and how sure that is; equal costs: the lowest threshold."""

    at: int
    threshold: float
    cost: float
    cost_interval: Interval | None
    threshold_interval: Interval | None


def count_by_threshold(ranking: Ranking, *, is_single: bool = False) -> ThresholdTable:
    """Right, missed and spurious at every threshold.

    Args:
        is_single: Every image has one answer, right or wrong; an image without an answer is unsure, so that a wrong
            answer is not a miss besides.
    """
    right, wrong = _at_least(ranking.scores[ranking.hit]), _at_least(ranking.scores[~ranking.hit])
    total = int(ranking.n_truth.sum())
    return ThresholdTable(right, total - right - (wrong if is_single else 0), wrong, total)


def find_cheapest(ranking: Ranking, prices: Prices, weights: FloatArray, *, is_single: bool = False) -> Cheapest:
    """The threshold that costs least, with intervals over resamples.

    Args:
        weights: (r, n images) float32, how often each image stands in each resample.
        is_single: As in ``count_by_threshold``.
    """
    total = count_by_threshold(ranking, is_single=is_single).cost(prices)
    best = int(np.argmin(total))
    # Images without an answer or anything to find cost nothing, whatever the threshold.
    images = np.union1d(ranking.image, np.flatnonzero(ranking.n_truth))
    interval = threshold_interval = None
    if images.size and len(weights):
        costs = weights[:, images] @ _costs_by_image(ranking.take(images), prices, is_single=is_single)
        interval = percentile_interval(costs[:, best])
        threshold_interval = percentile_interval(np.asarray(THRESHOLDS)[costs.argmin(axis=1)])
    return Cheapest(best, THRESHOLDS[best], float(total[best]), interval, threshold_interval)


def _at_least(scores: FloatArray) -> IntArray:
    """(t,) how many scores reach each threshold."""
    return (len(scores) - np.searchsorted(np.sort(scores), THRESHOLDS, side="left")).astype(np.int64)


def _costs_by_image(ranking: Ranking, prices: Prices, *, is_single: bool) -> FloatArray:
    """(n, t) float32: the sums over images are the costs of the table."""
    n, t = ranking.n_images, len(THRESHOLDS)
    reached = np.searchsorted(THRESHOLDS, ranking.scores, side="right")

    def counts(which: FloatArray | IntArray) -> FloatArray:
        cells = np.bincount(ranking.image[which] * (t + 1) + reached[which], minlength=n * (t + 1))
        # An answer that reaches k thresholds counts at the first k of them.
        rows = np.cumsum(cells.reshape(n, t + 1)[:, ::-1], axis=1)[:, ::-1]
        return np.asarray(rows[:, 1:], np.float32)

    right, wrong = counts(np.flatnonzero(ranking.hit)), counts(np.flatnonzero(~ranking.hit))
    missed = ranking.n_truth[:, None].astype(np.float32) - right - (wrong if is_single else 0)
    return np.asarray(prices.missed * missed + prices.spurious * wrong, np.float32)
