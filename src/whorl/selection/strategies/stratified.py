"""The same number from every source."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from whorl.selection.explaining import explained
from whorl.selection.types import Pool, Selection, check_budget


@dataclass(frozen=True, slots=True)
class Stratified:
    """Takes one random item of each group in turn, until the budget or the groups are used up.

    Small groups are seen as often as large ones, so rare cameras are not drowned. Without groups it is random.
    """

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs groups to differ from random."""
        budget = check_budget(pool.check(), budget)
        rng = np.random.default_rng(seed)
        members: dict[str, list[int]] = defaultdict(list)
        for row in rng.permutation(pool.size).tolist():
            members["" if pool.groups is None else pool.groups[row]].append(row)
        # The order of groups is drawn too: a budget below their number must not favour one.
        turns = [(turn, place, row) for place, rows in enumerate(members.values()) for turn, row in enumerate(rows)]
        chosen = [row for _, _, row in sorted(turns)[:budget]]
        reasons = ["Drawn at random." if pool.groups is None else f"Drawn from {pool.groups[row]}." for row in chosen]
        return explained(pool, chosen, np.zeros(len(chosen)), reasons)
