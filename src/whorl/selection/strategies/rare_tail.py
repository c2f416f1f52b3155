"""Rare kinds of items, before common ones."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread, prepare_pool, reference_rows, squared_distances
from whorl.selection.kernels_far import farthest_first, nearest_centre, thread_count
from whorl.selection.types import Float32Array, FloatArray, IntArray, Pool, Selection, check_budget

_MOST_CLUSTERS = 8192
_MOST_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class RareTail:
    """One item from each small cluster in turn, the smallest first, those without a label before the others.

    Clusters lie around centres found by farthest-first traversal, so a rare kind is a cluster of its own. A cluster
    with fewer than ``least`` items is more likely a broken image than a kind, and comes last. With class
    probabilities and labels, clusters of classes that have few labels count as smaller.

    Attributes:
        clusters: Times the budget, at least 1; 8,192 clusters at most.
        least: Items that make a kind.
    """

    clusters: int = 4
    least: int = 3

    def __post_init__(self) -> None:
        if self.clusters < 1 or self.least < 1:
            raise InvalidInput(f"clusters {self.clusters} and least {self.least} must be at least 1")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings, uses probabilities and labels."""
        budget = check_budget(pool.check(), budget)
        rows, known = prepare_pool(pool, "rare_tail")
        if not budget:
            return explained(pool, [], np.zeros(0), [])
        count = int(np.clip(len(rows) // (2 * self.least), 1, min(self.clusters * budget, _MOST_CLUSTERS)))
        centres, _ = farthest_first(rows, rows[:0], count, exact=False)
        sample = reference_rows(len(rows), max(_MOST_ROWS, 4 * budget), seed)
        looked = np.union1d(sample, centres)
        with one_blas_thread(), ThreadPoolExecutor(thread_count()) as threads:
            cluster, _ = nearest_centre(rows[looked], rows[centres], threads)
            labelled, _ = nearest_centre(known, rows[centres], threads)
        sizes = np.bincount(cluster, minlength=count) * (len(rows) / len(looked))
        order, turn = _central_first(rows, looked, cluster, count)
        of = cluster[order]
        weight = sizes[of] * _labelled_share(pool, looked[order])
        has_label = np.bincount(labelled, minlength=count)[of] > 0
        best = np.lexsort((looked[order], of, weight, has_label, sizes[of] < self.least, turn))[:budget]
        chosen, of = looked[order[best]], of[best]
        held = np.maximum(np.round(sizes[of]), 1).astype(np.int64)
        rarity = 1.0 / np.maximum(sizes[of], 1.0)
        reasons = [f"Of a rare kind: about {n} of {pool.size} items are like it." for n in held.tolist()]
        return explained(pool, chosen, rarity, reasons, {"cluster": of, "cluster_size": held})


def _central_first(rows: Float32Array, looked: IntArray, cluster: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Positions in ``looked`` by cluster, the item nearest to the cluster's mean first, and its turn in the cluster."""
    order = np.argsort(cluster, kind="stable")
    starts = np.searchsorted(cluster[order], np.arange(count + 1))
    turn = np.zeros(len(order), np.int64)
    for at in range(count):
        members = order[starts[at] : starts[at + 1]]
        held = rows[looked[members]]
        far = squared_distances(held, held.mean(axis=0, keepdims=True)).ravel() if len(held) else np.zeros(0)
        order[starts[at] : starts[at + 1]] = members[np.argsort(far, kind="stable")]
        turn[starts[at] : starts[at + 1]] = np.arange(len(members))
    return order, turn


def _labelled_share(pool: Pool, rows: IntArray) -> FloatArray:
    """(k,) share of the labels that the expected class of each row has, times the number of classes; 1 if unknown."""
    if pool.probabilities is None or pool.labelled_labels is None or not len(pool.labelled_labels):
        return np.ones(len(rows))
    n_classes = pool.probabilities.shape[1]
    inside = pool.labelled_labels[(pool.labelled_labels >= 0) & (pool.labelled_labels < n_classes)]
    # One more of each, so that a class without labels is rare and not nothing.
    counts = np.bincount(inside, minlength=n_classes) + 1.0
    share: FloatArray = np.asarray(pool.probabilities[rows], np.float64) @ (counts / counts.sum() * n_classes)
    return share
