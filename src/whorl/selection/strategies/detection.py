"""Images for a detector: hard ones that differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.strategies.herding import Herding
from whorl.selection.strategies.stratified import Stratified
from whorl.selection.types import FloatArray, IntArray, Pool, Selection, best_first, check_budget


@dataclass(frozen=True, slots=True)
class Detection:
    """The most uncertain images, thinned by coverage.

    ``candidates`` times the budget of the most uncertain images are kept, and herding picks among them. Below
    ``min_labelled`` labelled images no published method reliably beats chance for detectors, so images are drawn evenly
    from the sources instead, and herding without a model picks among those; the reasons say so.

    Attributes:
        min_labelled: Labelled images from which uncertainty is believed.
        candidates: At least 1.

    Source: two stages after C. Yang et al., https://arxiv.org/abs/2211.11612 (PPAL); the threshold is a house rule.
    """

    min_labelled: int = 200
    candidates: int = 4

    def __post_init__(self) -> None:
        if self.candidates < 1:
            raise InvalidInput(f"candidates is {self.candidates}", hint="Give at least 1.")

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs uncertainty from ``min_labelled`` labels on, uses embeddings and groups."""
        budget = check_budget(pool.check(), budget)
        size = min(pool.size, self.candidates * budget)
        if pool.labelled_count < self.min_labelled:
            why = f"Fewer than {self.min_labelled} labelled images: spread over the sources, not by uncertainty."
            plain = replace(pool, uncertainty=None, probabilities=None)
            return _thin(plain, Stratified()(pool, size, seed).indices, budget, seed, why)
        if pool.uncertainty is None:
            raise InvalidInput(
                "strategy detection needs the uncertainty of each image",
                hint="Predict first and pass image_uncertainty of the scores.",
            )
        hard = best_first(np.asarray(pool.uncertainty, np.float64), size, seed)
        return _thin(pool, hard, budget, seed, "Uncertain boxes, unlike the others picked.")


def image_uncertainty(scores: Sequence[FloatArray], *, how: Literal["sum", "mean"] = "sum") -> FloatArray:
    """(n,) uncertainty of images from the scores of their boxes.

    A box counts 1 at score 0.5 and 0 at scores 0 and 1. ``sum`` likes crowded images, ``mean`` does not. An image
    without boxes counts 0.
    """
    doubts = [1.0 - np.abs(2.0 * np.asarray(found, dtype=np.float64) - 1.0) for found in scores]
    return np.array([(d.sum() if how == "sum" else d.mean()) if d.size else 0.0 for d in doubts], dtype=np.float64)


def _thin(pool: Pool, candidates: IntArray, budget: int, seed: int, why: str) -> Selection:
    if pool.embeddings is None:
        chosen = candidates[:budget]
        scores = np.zeros(len(chosen)) if pool.uncertainty is None else pool.uncertainty[chosen]
        return Selection.of(chosen, scores, [why] * len(chosen))
    rows = np.sort(candidates)
    # Boxes' uncertainty decides here, not class probabilities of the whole image.
    found = Herding()(replace(pool.take(rows), probabilities=None), budget, seed)
    return Selection.of(rows[found.indices], found.scores, [why] * len(found.indices))
