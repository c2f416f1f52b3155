"""Items like given examples, and unlike counter-examples."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread, prepare, squared_distances
from whorl.selection.types import Float32Array, FloatArray, IntArray, Pool, Selection, check_budget

_BLOCK = 4096
_LEAST_CANDIDATES, _MOST_CANDIDATES = 200, 20_000


@dataclass(frozen=True, slots=True)
class Similarity:
    """The items most similar to any example, less so to any counter-example, and not all alike.

    Similarity is the cosine; an item's worth is the one to its nearest example, minus ``repulsion`` times the one to
    its nearest counter-example where that is above 0. Of the best ten times the budget (20,000 at most), items are
    picked one after another by (1 - diversity) worth - diversity closeness to what is picked already (maximal marginal
    relevance). Worth runs from 0 to 1 over these candidates, closeness from 0 to 1 by their own spread: plain cosines
    of items that are all like the example hardly differ.

    Attributes:
        diversity: In [0, 1); 0 ranks by worth alone.
        repulsion: At least 0.

    Source: J. Carbonell, J. Goldstein (SIGIR 1998).
    """

    diversity: float = 0.3
    repulsion: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.diversity < 1:
            raise InvalidInput(f"diversity is {self.diversity:g}", hint="Give at least 0 and less than 1.")
        if not 0 <= self.repulsion < np.inf:
            raise InvalidInput(f"repulsion is {self.repulsion:g}", hint="Give at least 0.")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs embeddings and examples, uses counter-examples. Ties: lower row."""
        budget = check_budget(pool.check(), budget)
        embeddings = pool.need_embeddings("similarity")
        if pool.examples is None or not len(pool.examples):
            raise InvalidInput(
                "strategy similarity needs examples", hint="Name items that the chosen ones should be like."
            )
        counter = pool.examples[:0] if pool.counter_examples is None else pool.counter_examples
        rows, given = prepare(embeddings, np.concatenate([pool.examples, counter]), is_reduced=pool.is_reduced)
        wanted, unwanted = given[: len(pool.examples)], given[len(pool.examples) :]
        like, nearest = _likeness(rows, wanted)
        unlike = np.maximum(_likeness(rows, unwanted)[0], 0) if len(unwanted) else np.zeros(len(rows))
        worth = like - self.repulsion * unlike
        size = min(len(rows), max(budget, min(max(10 * budget, _LEAST_CANDIDATES), _MOST_CANDIDATES)))
        candidates = np.lexsort((np.arange(len(rows)), -worth))[:size]
        chosen, scores = _spread(rows, candidates, worth, budget, self.diversity)
        reasons = [
            f"Similarity {one:.3f} to example {example + 1}."
            for one, example in zip(like[chosen].tolist(), nearest[chosen].tolist(), strict=True)
        ]
        facts: dict[str, IntArray | FloatArray] = {"similarity": like[chosen], "example": nearest[chosen]}
        if len(unwanted):
            facts["counter_similarity"] = unlike[chosen]
            pairs = zip(reasons, unlike[chosen].tolist(), strict=True)
            reasons = [f"{reason} {other:.3f} to a counter-example." for reason, other in pairs]
        return explained(pool, chosen, scores, reasons, facts)


def _likeness(rows: Float32Array, examples: Float32Array) -> tuple[FloatArray, IntArray]:
    """(n,) 1 - d^2 / 2 to the nearest example, which is the cosine of unit vectors, and (n,) which it is."""
    like = np.zeros(len(rows))
    nearest = np.zeros(len(rows), np.int64)
    for start in range(0, len(rows), _BLOCK):
        distances = squared_distances(rows[start : start + _BLOCK], examples)
        best = distances.argmin(axis=1)
        nearest[start : start + _BLOCK] = best
        like[start : start + _BLOCK] = 1 - distances[np.arange(len(best)), best].astype(np.float64) / 2
    return like, nearest


def _spread(
    rows: Float32Array, candidates: IntArray, worth: FloatArray, budget: int, diversity: float
) -> tuple[IntArray, FloatArray]:
    held = rows[candidates]
    value = worth[candidates] - worth[candidates].min(initial=np.inf)
    value /= max(float(value.max(initial=0.0)), 1e-12)
    spread = squared_distances(held, held.mean(axis=0, keepdims=True)).astype(np.float64) if len(held) else np.ones(1)
    width = max(float(np.median(spread)), 1e-9)
    closest = np.zeros(len(candidates))
    free = np.ones(len(candidates), np.bool_)
    chosen, scores = np.zeros(budget, np.int64), np.zeros(budget)
    for at in range(budget):
        score = (1 - diversity) * value - diversity * closest
        best = int(np.argmax(np.where(free, score, -np.inf)))
        chosen[at], scores[at] = candidates[best], score[best]
        free[best] = False
        if diversity:
            near = np.exp(-squared_distances(held, held[[best]]).ravel().astype(np.float64) / width)
            np.maximum(closest, near, out=closest)
    return chosen, scores
