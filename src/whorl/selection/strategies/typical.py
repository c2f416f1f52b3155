"""Cold start: one typical item from each part of the pool."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import k_means_centres, nearest_index, one_blas_thread, prepare_pool, squared_distances
from whorl.selection.types import Float32Array, IntArray, Pool, Selection, check_budget

_WHOLE, _MOST_OTHERS = 2048, 512


@dataclass(frozen=True, slots=True)
class Typical:
    """Clusters pool and labelled items, and takes the most typical item of each cluster that has no label yet.

    Clusters with fewest labels come first, then the largest. Typical is near to its ``neighbours`` nearest of the
    cluster. Made for the first labels; from a few labels per class on, herding is better.

    Attributes:
        neighbours: At least 1.
        most_clusters: More labels than this share clusters.

    Source: G. Hacohen, A. Dekel, D. Weinshall, https://arxiv.org/abs/2202.02794 (TypiClust).
    """

    neighbours: int = 20
    most_clusters: int = 500

    def __post_init__(self) -> None:
        if self.neighbours < 1 or self.most_clusters < 1:
            raise InvalidInput(
                f"neighbours {self.neighbours} and most_clusters {self.most_clusters} must be at least 1"
            )

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings."""
        budget = check_budget(pool.check(), budget)
        rows, known = prepare_pool(pool, "typical")
        if not budget:
            return explained(pool, [], np.zeros(0), [])
        k = min(len(known) + budget, self.most_clusters, len(rows) + len(known))
        centres = k_means_centres(np.concatenate([rows, known]) if len(known) else rows, k, seed=seed)
        clusters = nearest_index(rows, centres)
        labels = np.bincount(nearest_index(known, centres), minlength=k)
        order = np.argsort(clusters, kind="stable")
        sizes = np.bincount(clusters, minlength=k)
        queues: dict[int, Iterator[tuple[int, float]]] = {}
        turns: list[tuple[int, int, int]] = []
        for cluster, members in zip(range(k), np.split(order, np.cumsum(sizes)[:-1]), strict=True):
            if len(members):
                queues[cluster] = iter(self._by_typicality(rows, members))
                turns.append((int(labels[cluster]), -len(members), cluster))
        heapq.heapify(turns)
        chosen: list[int] = []
        scores: list[float] = []
        picked_from: list[int] = []
        while len(chosen) < budget:
            count, negative_left, cluster = heapq.heappop(turns)
            row, typicality = next(queues[cluster])
            chosen.append(row)
            scores.append(typicality)
            picked_from.append(cluster)
            if negative_left + 1 < 0:
                heapq.heappush(turns, (count + 1, negative_left + 1, cluster))
        held = sizes[picked_from]
        reasons = [f"Typical of about {size} similar items without enough labels." for size in held.tolist()]
        facts = {"cluster": picked_from, "cluster_size": held, "typicality": scores}
        return explained(pool, chosen, np.array(scores), reasons, facts)

    def _by_typicality(self, rows: Float32Array, members: IntArray) -> list[tuple[int, float]]:
        # Against a sample of a huge cluster: near to k of n is about near to k s / n of s.
        others = members if len(members) <= _WHOLE else members[:: -(-len(members) // _MOST_OTHERS)]
        k = min(max(1, round(self.neighbours * len(others) / len(members))), len(others) - 1)
        if k < 1:
            return [(int(row), 0.0) for row in members]
        typicality = np.empty(len(members))
        for start in range(0, len(members), 512):
            distances = np.sqrt(squared_distances(rows[members[start : start + 512]], rows[others]))
            # The nearest is the item itself, at distance 0, where it is in the sample.
            near = np.partition(distances, k, axis=1)[:, : k + 1].sum(axis=1) / k
            typicality[start : start + 512] = 1.0 / (near + 1e-6)
        order = np.argsort(-typicality, kind="stable")
        return list(zip(members[order].tolist(), typicality[order].tolist(), strict=True))
