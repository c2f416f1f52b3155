"""Items far from everything seen so far."""

from __future__ import annotations

from dataclasses import dataclass, replace

from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread, prepare_pool
from whorl.selection.kernels_far import farthest_first
from whorl.selection.types import Pool, Selection, check_budget

# Distances up to which the search is exact when nobody says otherwise: 50,000 of a million.
_MOST_EXACT = 50_000_000_000


@dataclass(frozen=True, slots=True)
class KCenter:
    """Farthest point first, from the labelled items on; the first of all is the one nearest to the mean.

    Reaches the tail, garbage included: screen bad images out first.

    Attributes:
        exact: Whether each pick is farthest for certain. False only pushes away rows of the cells nearest to a pick:
            much faster for huge budgets, a little less even. None is exact up to 50,000 of a million.

    Source: T. Gonzalez (1985); O. Sener, S. Savarese, https://arxiv.org/abs/1708.00489; pruning after C. Elkan (2003).
    """

    exact: bool | None = None

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings. Distances are between unit vectors; ties: lower row."""
        budget = check_budget(pool.check(), budget)
        embeddings = pool.need_embeddings("k_center")
        # Components of one byte each stay that: ten million of 64 as float32 are 2.5 GB.
        rows, known = prepare_pool(replace(pool, embeddings=embeddings[:0]) if pool.is_reduced else pool, "k_center")
        rows = embeddings if pool.is_reduced else rows
        exact = len(rows) * budget <= _MOST_EXACT if self.exact is None else self.exact
        chosen, distances = farthest_first(rows, known, budget, exact=exact)
        reasons = [f"Unlike everything known and picked: {far:.3f} away from the nearest." for far in distances]
        if budget and not len(known):
            reasons[0] = "In the middle of the pool, of which nothing is labelled yet."
        return explained(pool, chosen, distances, reasons, {"gain": distances})
