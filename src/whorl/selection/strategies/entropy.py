"""Items about which the model says least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.selection.types import FloatArray, Pool, Selection, best_first, check_budget


@dataclass(frozen=True, slots=True)
class Entropy:
    """Highest entropy first; ties in an order drawn from the seed. Weak with few labels: prefer herding."""

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs probabilities."""
        budget = check_budget(pool.check(), budget)
        unsure = entropy(pool.need_probabilities("entropy"))
        chosen = best_first(unsure, budget, seed)
        return Selection.of(chosen, unsure[chosen], [f"Entropy {unsure[row]:.3f} nats." for row in chosen])


def entropy(probabilities: FloatArray) -> FloatArray:
    """(n,) nats; 0 log 0 is 0."""
    logs = np.log(probabilities, out=np.zeros_like(probabilities), where=probabilities > 0)
    nats: FloatArray = -(probabilities * logs).sum(axis=1).astype(np.float64)
    return nats
