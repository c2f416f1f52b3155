"""Items whose two likeliest classes are nearly as likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.selection.types import FloatArray, Pool, Selection, best_first, check_budget


@dataclass(frozen=True, slots=True)
class Margin:
    """Smallest gap between the two highest probabilities first; ties in an order drawn from the seed."""

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs probabilities."""
        budget = check_budget(pool.check(), budget)
        unsure = margin_uncertainty(pool.need_probabilities("margin"))
        chosen = best_first(unsure, budget, seed)
        reasons = [f"Two classes {1 - unsure[row]:.3f} apart." for row in chosen]
        return Selection.of(chosen, unsure[chosen], reasons)


def margin_uncertainty(probabilities: FloatArray) -> FloatArray:
    """(n,) 1 minus the gap between the two highest probabilities; 0 where there is one class only."""
    if probabilities.shape[1] < 2:
        return np.zeros(len(probabilities))
    top = np.partition(probabilities, -2, axis=1)[:, -2:]
    unsure: FloatArray = 1.0 - np.abs(top[:, 1] - top[:, 0]).astype(np.float64)
    return unsure
