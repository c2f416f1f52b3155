"""Huge batches: the least certain items, taken in turn from clusters of the pool."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread, prepare_pool
from whorl.selection.kernels_far import farthest_first, nearest_centre, thread_count
from whorl.selection.strategies.herding import calibrated_uncertainty
from whorl.selection.types import Float32Array, IntArray, Pool, Selection, best_first, check_budget

# Of rows: hierarchical clustering holds a distance for each pair.
_MOST_HIERARCHICAL = 4000
_MOST_CLUSTERS = 8192


@dataclass(frozen=True, slots=True)
class ClusterMargin:
    """The items with the smallest margins, one from each cluster in turn, small clusters first.

    Made for batches of thousands: plain margin fills such a batch with near copies. The pool is clustered without
    looking at the model, so clusters stay the same from round to round: by average linkage up to 4,000 items, beyond
    that around centres found by farthest-first traversal.

    Attributes:
        candidates: The ``candidates`` times budget least certain items take part; at least 1.
        clusters: How many; None: as many as the budget, at most 8,192.

    Source: G. Citovsky et al., https://arxiv.org/abs/2107.14263; it draws at random inside a cluster, this takes the
    least certain item.
    """

    candidates: int = 10
    clusters: int | None = None

    def __post_init__(self) -> None:
        if self.candidates < 1 or (self.clusters is not None and self.clusters < 1):
            raise InvalidInput(f"candidates {self.candidates} and clusters {self.clusters} must be at least 1")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings, and probabilities or uncertainty."""
        budget = check_budget(pool.check(), budget)
        rows, _ = prepare_pool(pool, "cluster_margin")
        unsure = calibrated_uncertainty(pool)
        if unsure is None:
            pool.need_probabilities("cluster_margin")
        if not budget or unsure is None:
            return explained(pool, [], np.zeros(0), [])
        candidates = best_first(unsure, min(len(rows), self.candidates * budget), seed)
        count = min(self.clusters or min(max(budget, 1), _MOST_CLUSTERS), len(rows))
        cluster = cluster_rows(rows, candidates, count)
        sizes = np.bincount(cluster, minlength=int(cluster.max()) + 1)
        # Candidates come least certain first, so their turn in their cluster is their rank there.
        by_cluster = np.argsort(cluster, kind="stable")
        starts = np.cumsum(sizes) - sizes
        turn = np.empty(len(candidates), np.int64)
        turn[by_cluster] = np.arange(len(candidates)) - starts[cluster[by_cluster]]
        order = np.lexsort((cluster, sizes[cluster], turn))[:budget]
        chosen, held = candidates[order], sizes[cluster[order]]
        reasons = [
            f"Uncertainty {doubt:.3f}, the {_rank(place)} of {size} uncertain items that are alike."
            for doubt, place, size in zip(unsure[chosen].tolist(), turn[order].tolist(), held.tolist(), strict=True)
        ]
        facts = {"uncertainty": unsure[chosen], "cluster": cluster[order], "cluster_size": held}
        return explained(pool, chosen, unsure[chosen], reasons, facts)


def cluster_rows(rows: Float32Array, wanted: IntArray, count: int) -> IntArray:
    """(k,) the cluster of each wanted row, when all rows are put into ``count`` clusters at most."""
    if len(rows) <= _MOST_HIERARCHICAL and len(rows) > 1:
        # Takes half a second to import, and no server needs it.
        from scipy.cluster.hierarchy import fcluster, linkage

        tree = linkage(rows.astype(np.float64), method="average")
        clusters: IntArray = fcluster(tree, t=count, criterion="maxclust").astype(np.int64) - 1
        return clusters[wanted]
    centres, _ = farthest_first(rows, np.zeros((0, rows.shape[1]), np.float32), count, exact=False)
    with one_blas_thread(), ThreadPoolExecutor(thread_count()) as threads:
        return nearest_centre(rows[wanted], rows[centres], threads)[0]


def _rank(place: int) -> str:
    return "most doubtful" if place == 0 else f"doubtful no. {place + 1}"
