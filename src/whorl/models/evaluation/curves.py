"""Precision over recall, read off a ranking."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.models.evaluation.rankings import Ranking
from whorl.models.evaluation.types import FloatArray


@dataclass(frozen=True, slots=True)
class PrCurve:
    """(k,) float64 each, from the surest answer down; recall rises."""

    threshold: FloatArray
    precision: FloatArray
    recall: FloatArray


def pr_curve(ranking: Ranking, *, points: int = 200) -> PrCurve:
    """The curve, thinned to at most ``points`` that are evenly spread over recall; empty without a right answer.

    Equal scores are one point, since no threshold tells them apart.
    """
    n_truth = float(ranking.n_truth.sum())
    if not ranking.hit.any() or n_truth <= 0:
        return PrCurve(np.zeros(0), np.zeros(0), np.zeros(0))
    ends = np.append(np.flatnonzero(np.diff(ranking.scores)), len(ranking.scores) - 1)
    right = np.cumsum(ranking.hit)[ends]
    precision, recall = right / (ends + 1), right / n_truth
    # The first point that reaches a recall is the one with the best precision there.
    kept = np.unique(np.searchsorted(recall, np.linspace(recall[0], recall[-1], points), side="left"))
    return PrCurve(ranking.scores[ends[kept]], precision[kept], recall[kept])
