"""A strategy's choice with a random slice mixed in."""

from __future__ import annotations

import math

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.types import IntArray, Pool, Selection, Strategy, check_budget


def select(pool: Pool, strategy: Strategy, budget: int, *, random_share: float = 0.1, seed: int = 0) -> Selection:
    """Choose items to label, and keep part of the budget for chance.

    The random slice is drawn from the whole pool before the strategy sees it, so it is a fair sample whatever the
    strategy likes; it is marked in ``is_random`` and spread evenly through the selection, so that a half-finished batch
    holds its part.

    Args:
        random_share: Part of the budget in [0, 1], rounded up to whole items.

    Raises:
        InvalidInput: The share is outside [0, 1], or as the strategy.
    """
    if not 0 <= random_share <= 1:
        raise InvalidInput(f"random_share is {random_share:g}", hint="Give a share between 0 and 1.")
    pool.check()
    budget = check_budget(pool, budget)
    # A whisker less, because 0.1 * 30 is a bit more than 3.
    n_random = math.ceil(budget * random_share - 1e-9)
    drawn = np.random.default_rng([seed, 1]).permutation(pool.size)[:n_random]
    rest = np.setdiff1d(np.arange(pool.size), drawn)
    chosen = strategy(pool.take(rest), budget - n_random, seed)
    random = Selection.of(drawn, np.zeros(n_random), ["Random slice: stands for the pool."] * n_random, random=True)
    return _interleave(rest[chosen.indices], chosen, random)


def _interleave(indices: IntArray, chosen: Selection, random: Selection) -> Selection:
    n, k = len(indices), random.indices.size
    places = np.concatenate([(np.arange(n) + 0.5) / max(n, 1), (np.arange(k) + 0.5) / max(k, 1)])
    order = np.argsort(places, kind="stable")
    reasons = [*chosen.reasons, *random.reasons]
    details = [*chosen.details, *random.details]
    return Selection(
        indices=np.concatenate([indices, random.indices])[order],
        scores=np.concatenate([chosen.scores, random.scores])[order],
        reasons=[reasons[at] for at in order.tolist()],
        is_random=np.concatenate([chosen.is_random, random.is_random])[order],
        details=[details[at] for at in order.tolist()],
    )
