"""Items whose two likeliest classes are nearly as likely."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from whorl.selection.explaining import explained
from whorl.selection.types import FloatArray, Pool, Selection, best_first, check_budget

_BLOCK = 65_536


@dataclass(frozen=True, slots=True)
class Margin:
    """Smallest gap between the two highest probabilities first; ties in an order drawn from the seed."""

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs probabilities."""
        budget = check_budget(pool.check(), budget)
        unsure = margin_uncertainty(pool.need_probabilities("margin"))
        chosen = best_first(unsure, budget, seed)
        return explained(pool, chosen, unsure[chosen], [torn(pool, row) for row in chosen.tolist()])


def margin_uncertainty(probabilities: FloatArray) -> FloatArray:
    """(n,) 1 minus the gap between the two highest probabilities; 0 where there is one class only."""
    unsure = np.zeros(len(probabilities))
    if probabilities.shape[1] < 2:
        return unsure
    # In blocks: a million rows of a thousand classes are 8 GB once more.
    for start in range(0, len(probabilities), _BLOCK):
        top = np.partition(probabilities[start : start + _BLOCK], -2, axis=1)[:, -2:]
        unsure[start : start + _BLOCK] = 1.0 - np.abs(top[:, 1] - top[:, 0]).astype(np.float64)
    return unsure


def torn(pool: Pool, row: int) -> str:
    """Between which classes the model is torn, as a sentence."""
    found = pool.need_probabilities("margin")[row]
    if len(found) < 2:
        return f"The model knows one class only: {pool.class_name(0)}."
    second, first = np.argsort(found, kind="stable")[-2:].tolist()
    likeliest, next_one = (f"{pool.class_name(number)} ({found[number]:.2f})" for number in (first, second))
    return f"Torn between {likeliest} and {next_one}."
