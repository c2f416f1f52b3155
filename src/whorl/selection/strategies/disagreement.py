"""Items on which the model contradicts itself when parts of what it sees are taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import k_means_centres, nearest_index, one_blas_thread, prepare_pool
from whorl.selection.strategies.margin import margin_uncertainty
from whorl.selection.types import Float32Array, FloatArray, IntArray, LinearHead, Pool, Selection, check_budget

_BLOCK = 8192
_MOST_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One item from each cluster of those on which most votes differ from the plain prediction.

    Votes come with the pool (an ensemble, weak augmentations, dropout), or are made here from the head: each time, a
    share of the features is dropped. Items with more than half of the votes against take part (at least as many as the
    budget), k-means makes as many clusters as the budget, and the item next to each centre is chosen.

    Attributes:
        dropout: Share of features dropped, in (0, 1).
        votes: How many votes to make, at least 3.

    Source: S. Gupte et al., https://arxiv.org/abs/2401.14555 (DropQuery).
    """

    dropout: float = 0.75
    votes: int = 5

    def __post_init__(self) -> None:
        if not 0 < self.dropout < 1:
            raise InvalidInput(f"dropout is {self.dropout:g}", hint="Give a share between 0 and 1.")
        if self.votes < 3:
            raise InvalidInput(f"votes is {self.votes}", hint="Give at least 3.")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings, and votes or a head."""
        budget = check_budget(pool.check(), budget)
        rows, _ = prepare_pool(pool, "disagreement")
        rate = self.rates(pool, seed)
        if not budget:
            return explained(pool, [], np.zeros(0), [])
        tie = np.zeros(pool.size) if pool.probabilities is None else margin_uncertainty(pool.probabilities)
        mixed = np.random.default_rng(seed).permutation(pool.size)
        order = mixed[np.lexsort((-tie[mixed], -rate[mixed]))]
        size = min(max(int((rate > 0.5).sum()), budget), max(budget, _MOST_CANDIDATES * budget))
        candidates = order[:size]
        chosen, cluster, cluster_size = _central(rows[candidates], budget, seed)
        picked = candidates[chosen]
        best = np.lexsort((chosen, -cluster_size, -rate[picked]))
        picked, cluster, cluster_size = picked[best], cluster[best], cluster_size[best]
        reasons = [
            f"{share:.0%} of the votes contradict the prediction; it stands for {held} such items."
            for share, held in zip(rate[picked].tolist(), cluster_size.tolist(), strict=True)
        ]
        facts = {"disagreement": rate[picked], "cluster": cluster, "cluster_size": cluster_size}
        return explained(pool, picked, rate[picked], reasons, facts)

    def rates(self, pool: Pool, seed: int) -> FloatArray:
        """(n,) share of the votes that name another class than the plain prediction.

        Raises:
            InvalidInput: The pool has neither votes nor a head, or the head has another width.
        """
        if pool.votes is not None:
            plain = pool.votes.mean(axis=0) if pool.probabilities is None else pool.probabilities
            if not pool.votes.size:
                return np.zeros(pool.size)
            against: FloatArray = (pool.votes.argmax(axis=2) != plain.argmax(axis=1)).mean(axis=0).astype(np.float64)
            return against
        if pool.head is None:
            raise InvalidInput(
                "strategy disagreement needs votes or the head of a classifier",
                hint="Predict several times with dropout or augmentation, or use margin.",
            )
        return _dropped(pool.need_embeddings("disagreement"), pool.head, self.dropout, self.votes, seed)


def _dropped(embeddings: Float32Array, head: LinearHead, dropout: float, votes: int, seed: int) -> FloatArray:
    weights, bias = np.asarray(head.weights, np.float32), np.asarray(head.bias, np.float32)
    if weights.ndim != 2 or weights.shape[1] != embeddings.shape[1] or bias.shape != weights.shape[:1]:
        raise InvalidInput(
            f"a head of shape {weights.shape} with bias {bias.shape} for embeddings of {embeddings.shape[1]} columns"
        )
    against = np.zeros(len(embeddings))
    for start in range(0, len(embeddings), _BLOCK):
        block = np.asarray(embeddings[start : start + _BLOCK], np.float32)
        plain = (block @ weights.T + bias).argmax(axis=1)
        for vote in range(votes):
            kept = np.random.default_rng([seed, vote, start]).random(block.shape, dtype=np.float32) >= dropout
            voted = ((block * kept) @ weights.T / np.float32(1 - dropout) + bias).argmax(axis=1)
            against[start : start + _BLOCK] += voted != plain
    return against / votes


def _central(rows: Float32Array, budget: int, seed: int) -> tuple[IntArray, IntArray, IntArray]:
    """(k,) the row nearest to each of ``budget`` centres, its cluster and the cluster's size; earliest rows fill up."""
    centres = k_means_centres(rows, budget, seed=seed)
    cluster = nearest_index(rows, centres)
    distance = ((rows - centres[cluster]) ** 2).sum(axis=1)
    order = np.lexsort((distance, cluster))
    first = order[np.unique(cluster[order], return_index=True)[1]]
    # A cluster may be empty when rows are alike.
    rest = np.setdiff1d(np.arange(len(rows)), first)[: budget - len(first)]
    chosen = np.concatenate([first, rest]).astype(np.int64)
    return chosen, cluster[chosen], np.bincount(cluster, minlength=budget)[cluster[chosen]]
