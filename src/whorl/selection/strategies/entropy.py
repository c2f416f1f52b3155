"""Items about which the model says least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.selection.explaining import explained
from whorl.selection.strategies.margin import torn
from whorl.selection.types import FloatArray, Pool, Selection, best_first, check_budget

_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Entropy:
    """Highest entropy first; ties in an order drawn from the seed. Weak with few labels: prefer herding."""

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs probabilities."""
        budget = check_budget(pool.check(), budget)
        unsure = entropy(pool.need_probabilities("entropy"))
        chosen = best_first(unsure, budget, seed)
        reasons = [f"Entropy {unsure[row]:.3f} nats. {torn(pool, row)}" for row in chosen.tolist()]
        return explained(pool, chosen, unsure[chosen], reasons, {"entropy": unsure[chosen]})


def entropy(probabilities: FloatArray) -> FloatArray:
    """(n,) nats; 0 log 0 is 0."""
    nats = np.zeros(len(probabilities))
    for start in range(0, len(probabilities), _BLOCK):
        some = np.asarray(probabilities[start : start + _BLOCK], np.float64)
        logs = np.log(some, out=np.zeros_like(some), where=some > 0)
        nats[start : start + _BLOCK] = -(some * logs).sum(axis=1)
    return nats
