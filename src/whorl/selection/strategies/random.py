"""Uniform chance: the arm that every other strategy must beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.selection.explaining import explained
from whorl.selection.types import Pool, Selection, check_budget


@dataclass(frozen=True, slots=True)
class Random:
    """Draws without replacement; every item is as likely as any other."""

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs nothing."""
        budget = check_budget(pool.check(), budget)
        chosen = np.random.default_rng(seed).permutation(pool.size)[:budget]
        return explained(pool, chosen, np.zeros(budget), ["Drawn at random."] * budget, random=True)
