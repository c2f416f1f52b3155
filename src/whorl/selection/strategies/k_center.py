"""Items far from everything seen so far."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.selection.kernels import nearest_squared, prepare, squared_distances
from whorl.selection.types import Pool, Selection, check_budget


@dataclass(frozen=True, slots=True)
class KCenter:
    """Farthest point first, from the labelled items on; the first of all is the one nearest to the mean.

    Reaches the tail, garbage included: screen bad images out first.

    Source: T. Gonzalez (1985); O. Sener, S. Savarese, https://arxiv.org/abs/1708.00489.
    """

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings. Distances are between unit vectors; ties: lower row."""
        budget = check_budget(pool.check(), budget)
        rows, seen = prepare(pool.need_embeddings("k_center"), pool.labelled_embeddings)
        nearest = nearest_squared(rows, seen)
        chosen: list[int] = []
        scores: list[float] = []
        for _ in range(budget):
            if np.isinf(nearest).any() and not chosen:
                far = int(np.argmin(squared_distances(rows, rows.mean(axis=0, keepdims=True))))
                scores.append(2.0)
            else:
                far = int(np.argmax(nearest))
                scores.append(float(np.sqrt(max(nearest[far], 0.0))))
            chosen.append(far)
            nearest = np.minimum(nearest, squared_distances(rows, rows[[far]]).ravel())
            # Never twice, not even when all items are alike.
            nearest[chosen] = -1.0
        return Selection.of(chosen, np.array(scores), [f"Distance {s:.3f} from what was seen." for s in scores])
