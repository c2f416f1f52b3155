"""Budgets by count, bytes and labelling seconds: the first limit that is reached ends the choice."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.types import BoolArray, FloatArray, IntArray, Pool


@dataclass(frozen=True, slots=True)
class Budget:
    """How much may be chosen.

    Attributes:
        count: Items.
        bytes: Of all items together; needs ``Pool.item_bytes``.
        seconds: Labelling time of all items together; needs ``Pool.item_seconds`` or ``seconds_per_item``.
        seconds_per_item: Labelling time of an item, where the pool does not know better.
    """

    count: int | None = None
    bytes: int | None = None
    seconds: float | None = None
    seconds_per_item: float | None = None

    def check(self) -> Self:
        """The budget itself, when it is sound.

        Raises:
            InvalidInput: It has no limit, or a number is negative or not finite.
        """
        limits = {"count": self.count, "bytes": self.bytes, "seconds": self.seconds}
        if all(limit is None for limit in limits.values()):
            raise InvalidInput("the budget has no limit", hint="Give count, bytes or seconds.")
        for name, limit in limits.items():
            if limit is not None and not (math.isfinite(limit) and limit >= 0):
                raise InvalidInput(f"the budget's {name} is {limit:g}", hint="Give at least 0.")
        if self.seconds_per_item is not None and not (
            math.isfinite(self.seconds_per_item) and self.seconds_per_item > 0
        ):
            raise InvalidInput(f"seconds_per_item is {self.seconds_per_item:g}", hint="Give more than 0.")
        return self


class Purse:
    """What is left of a budget while items of one pool are taken."""

    def __init__(self, pool: Pool, budget: Budget) -> None:
        """Start with the whole budget.

        Raises:
            InvalidInput: The budget is not sound, or the pool does not know what its items cost.
        """
        budget.check()
        self._costs: list[FloatArray] = []
        self._left: list[float] = []
        if budget.count is not None:
            self._add(np.ones(pool.size), budget.count)
        if budget.bytes is not None:
            if pool.item_bytes is None:
                raise InvalidInput("a budget in bytes needs the size of each item")
            self._add(np.asarray(pool.item_bytes, np.float64), budget.bytes)
        if budget.seconds is not None:
            self._add(_seconds(pool, budget), budget.seconds)

    def _add(self, costs: FloatArray, limit: float) -> None:
        self._costs.append(costs)
        self._left.append(float(limit))

    def can_pay(self, rows: IntArray) -> BoolArray:
        """(k,) whether each of these rows alone fits into what is left."""
        fits = np.ones(len(rows), np.bool_)
        for costs, left in zip(self._costs, self._left, strict=True):
            fits &= costs[rows] <= left + 1e-9
        return fits

    def expected(self, rows: IntArray) -> int:
        """How many of these rows fit, if they cost what they cost on average; at least 1 where there is any."""
        found = float(len(rows))
        for costs, left in zip(self._costs, self._left, strict=True):
            mean = float(costs[rows].mean()) if len(rows) else 0.0
            found = min(found, left / mean + 1e-9) if mean > 0 else found
        return max(int(found), 1) if len(rows) else 0

    def certain(self, rows: IntArray) -> int:
        """How many of these rows fit, whichever they are."""
        found = len(rows)
        for costs, left in zip(self._costs, self._left, strict=True):
            dearest_first = np.cumsum(-np.sort(-costs[rows]))
            found = min(found, int(np.searchsorted(dearest_first, left + 1e-9, side="right")))
        return found

    def is_empty(self) -> bool:
        """Whether a limit is reached to the last bit."""
        return any(left <= 1e-9 for left in self._left)

    def pay(self, row: int) -> None:
        """Take the row's cost away."""
        for at, costs in enumerate(self._costs):
            self._left[at] -= float(costs[row])


def _seconds(pool: Pool, budget: Budget) -> FloatArray:
    if pool.item_seconds is not None:
        return np.asarray(pool.item_seconds, np.float64)
    if budget.seconds_per_item is None:
        raise InvalidInput(
            "a budget in seconds needs the labelling time of an item", hint="Give seconds_per_item of the budget."
        )
    return np.full(pool.size, budget.seconds_per_item)
