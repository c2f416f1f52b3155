"""Cold start: one typical item from each part of the pool."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.kernels import k_means, prepare, squared_distances
from whorl.selection.types import Float32Array, IntArray, Pool, Selection, check_budget


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

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings."""
        budget = check_budget(pool.check(), budget)
        rows, seen = prepare(pool.need_embeddings("typical"), pool.labelled_embeddings)
        if not budget:
            return Selection.of([], np.zeros(0), [])
        k = min(len(seen) + budget, self.most_clusters, len(rows) + len(seen))
        clusters = k_means(np.concatenate([rows, seen]), k, seed=seed)
        queues = {
            cluster: self._by_typicality(rows, np.flatnonzero(clusters[: len(rows)] == cluster))
            for cluster in np.unique(clusters[: len(rows)]).tolist()
        }
        labels = Counter(clusters[len(rows) :].tolist())
        chosen: list[int] = []
        scores: list[float] = []
        while len(chosen) < budget:
            cluster = min(queues, key=lambda c: (labels[c], -len(queues[c]), c))
            row, typicality = queues[cluster].pop(0)
            chosen.append(row)
            scores.append(typicality)
            labels[cluster] += 1
            if not queues[cluster]:
                del queues[cluster]
        return Selection.of(chosen, np.array(scores), ["Typical of a part without enough labels."] * budget)

    def _by_typicality(self, rows: Float32Array, members: IntArray) -> list[tuple[int, float]]:
        k = min(self.neighbours, len(members) - 1)
        if k < 1:
            return [(int(row), 0.0) for row in members]
        typicality = np.empty(len(members))
        for start in range(0, len(members), 512):
            distances = np.sqrt(squared_distances(rows[members[start : start + 512]], rows[members]))
            # The nearest is the item itself, at distance 0.
            near = np.partition(distances, k, axis=1)[:, : k + 1].sum(axis=1) / k
            typicality[start : start + 512] = 1.0 / (near + 1e-6)
        order = np.argsort(-typicality, kind="stable")
        return [(int(members[at]), float(typicality[at])) for at in order]
