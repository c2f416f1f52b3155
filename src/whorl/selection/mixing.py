"""A strategy's choice within budget and quotas, without near copies, and with a random slice mixed in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput
from whorl.selection.budgets import Budget, Purse
from whorl.selection.explaining import explained
from whorl.selection.kernels import reduce_pool
from whorl.selection.quotas import Allowances, Quota
from whorl.selection.types import BoolArray, IntArray, Pool, Selection, Strategy, check_budget

# Numbers of a pool's embeddings beyond which they are reduced before rows are taken out: a copy would be a gigabyte.
_MOST_COPIED = 100_000_000
# Rounds in which the strategy chooses freely; then each value offers only as many items as it may still give.
_FREE_ROUNDS = 3
_MOST_ROUNDS = 12


def select(
    pool: Pool,
    strategy: Strategy,
    budget: int | Budget,
    *,
    random_share: float = 0.1,
    quotas: Sequence[Quota] = (),
    seed: int = 0,
) -> Selection:
    """Choose items to label, and keep part of the budget for chance.

    The random slice is drawn from the whole pool before the strategy sees it, so it is a fair sample whatever the
    strategy likes; it is marked in ``is_random`` and spread evenly through the selection, so that a half-finished batch
    holds its part. Quotas and ``Pool.duplicates`` do not bind the slice, which would be no fair sample then, but what
    it took counts. Its size is fixed before it is drawn, small enough to fit whichever items it hits; only items that
    alone cost more than the whole budget are out of reach.

    Quotas are kept while choosing: what they refuse is made up for by the strategy's next best, with what is chosen
    already as ``pending``. Of a group of near duplicates, at most one is chosen. The choice ends when a limit of the
    budget is reached and nothing left in the pool fits.

    Args:
        budget: A number of items, or several limits.
        random_share: Part of the budget in [0, 1], rounded up to whole items; with limits in bytes or seconds, part of
            the items of average cost that the budget pays for.

    Raises:
        InvalidInput: The share is outside [0, 1], a quota or budget is not sound, or as the strategy.
    """
    if not 0 <= random_share <= 1:
        raise InvalidInput(f"random_share is {random_share:g}", hint="Give a share between 0 and 1.")
    pool.check()
    limits = budget if isinstance(budget, Budget) else Budget(count=check_budget(pool, budget))
    purse = Purse(pool, limits)
    payable = np.flatnonzero(purse.can_pay(np.arange(pool.size)))
    expected = purse.expected(payable)
    # A whisker less, because 0.1 * 30 is a bit more than 3.
    n_random = min(math.ceil(expected * random_share - 1e-9), purse.certain(payable))
    mixed = np.random.default_rng([seed, 1]).permutation(pool.size)
    drawn = mixed[np.isin(mixed, payable)][:n_random] if len(payable) < pool.size else mixed[:n_random]
    round_ = _Round(pool, purse, Allowances(pool.fields, quotas, size=expected), payable)
    for row in drawn.tolist():
        round_.take(row)
    reason = ["Random slice: stands for the pool."] * len(drawn)
    random = explained(pool, drawn, np.zeros(len(drawn)), reason, random=True)
    chosen = _choose(round_, strategy, seed) if random_share < 1 else explained(pool, [], np.zeros(0), [])
    return _interleave(chosen, random)


class _Round:
    """What may still be chosen from a pool."""

    def __init__(self, pool: Pool, purse: Purse, allowances: Allowances, payable: IntArray) -> None:
        self.pool = pool
        self.purse = purse
        self._allowances = allowances
        self._open: BoolArray = np.zeros(pool.size, np.bool_)
        self._open[payable] = True
        self._groups = pool.duplicates
        self._by_group = np.zeros(0, np.int64) if self._groups is None else np.argsort(self._groups, kind="stable")

    def take(self, row: int) -> None:
        self.purse.pay(row)
        self._allowances.take(row)
        self._open[row] = False
        if self._groups is not None and self._groups[row] >= 0:
            number = self._groups[row]
            sides = [np.searchsorted(self._groups, number, side, sorter=self._by_group) for side in ("left", "right")]
            self._open[self._by_group[sides[0] : sides[1]]] = False

    def may_take(self, row: int) -> bool:
        only = np.array([row])
        return bool(self._open[row] and self.purse.can_pay(only)[0] and self._allowances.admit(only)[0])

    def rows(self) -> IntArray:
        """What may be chosen now, in order; of each group of near duplicates its first."""
        rows = np.flatnonzero(self._open)
        rows = rows[self.purse.can_pay(rows) & self._allowances.admit(rows)]
        if self._groups is not None and len(rows):
            groups = self._groups[rows]
            grouped = np.flatnonzero(groups >= 0)
            first = grouped[np.unique(groups[grouped], return_index=True)[1]]
            rows = np.sort(np.concatenate([rows[groups < 0], rows[first]]))
        return rows

    def thinned(self, rows: IntArray, seed: int) -> IntArray:
        """As many rows of each value as its quota still allows: the most uncertain, or at random."""
        mixed = np.random.default_rng([seed, 2]).permutation(rows)
        unsure = self.pool.uncertainty
        order = mixed if unsure is None else mixed[np.argsort(-unsure[mixed], kind="stable")]
        return np.sort(self._allowances.thin(order))


def _choose(round_: _Round, strategy: Strategy, seed: int) -> Selection:
    source = _lean(round_.pool)
    parts: list[Selection] = []
    taken: list[int] = []
    for number in range(_MOST_ROUNDS):
        rows = round_.rows()
        if number >= _FREE_ROUNDS:
            rows = round_.thinned(rows, seed)
        if not len(rows):
            break
        found = strategy(_with_pending(source, rows, taken), round_.purse.expected(rows), seed)
        kept: list[int] = []
        for at, row in enumerate(rows[found.indices].tolist()):
            if round_.may_take(row):
                round_.take(row)
                kept.append(at)
        part = _taken(replace(found, indices=rows[found.indices]), np.asarray(kept, np.int64))
        parts.append(part)
        taken += part.indices.tolist()
        if round_.purse.is_empty():
            break
    return _joined(parts)


def _lean(pool: Pool) -> Pool:
    """Without what only quotas need; huge embeddings by their principal components."""
    lean = replace(pool, fields=None, duplicates=None, item_bytes=None, item_seconds=None)
    big = pool.embeddings is not None and pool.embeddings.size > _MOST_COPIED and pool.head is None
    return reduce_pool(lean) if big else lean


def _with_pending(pool: Pool, rows: IntArray, taken: list[int]) -> Pool:
    part = pool if len(rows) == pool.size else pool.take(rows)
    if not taken:
        return part
    return replace(
        part,
        pending_embeddings=_more(pool.pending_embeddings, pool.embeddings, taken),
        pending_probabilities=_more(pool.pending_probabilities, pool.probabilities, taken),
    )


# Any: float32 embeddings and float64 probabilities.
def _more(pending: NDArray[Any] | None, rows: NDArray[Any] | None, taken: list[int]) -> NDArray[Any] | None:
    if rows is None:
        return pending
    return rows[taken] if pending is None or not len(pending) else np.concatenate([pending, rows[taken]])


def _taken(found: Selection, order: IntArray) -> Selection:
    return Selection(
        indices=found.indices[order],
        scores=found.scores[order],
        reasons=[found.reasons[at] for at in order.tolist()],
        is_random=found.is_random[order],
        details=[found.details[at] for at in order.tolist()],
    )


def _joined(parts: Sequence[Selection]) -> Selection:
    if not parts:
        return Selection.of([], np.zeros(0), [])
    return Selection(
        indices=np.concatenate([part.indices for part in parts]),
        scores=np.concatenate([part.scores for part in parts]),
        reasons=[reason for part in parts for reason in part.reasons],
        is_random=np.concatenate([part.is_random for part in parts]),
        details=[detail for part in parts for detail in part.details],
    )


def _interleave(chosen: Selection, random: Selection) -> Selection:
    n, k = chosen.indices.size, random.indices.size
    places = np.concatenate([(np.arange(n) + 0.5) / max(n, 1), (np.arange(k) + 0.5) / max(k, 1)])
    return _taken(_joined([chosen, random]), np.argsort(places, kind="stable"))
