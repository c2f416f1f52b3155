"""What a simulation is to run, checked against the data before anything is trained; and what one run gives."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput, NotFound
from whorl.selection.registry import list_strategies
from whorl.selection.types import IntArray

AUTO, RANDOM = "auto", "random"
LEAST_ITEMS = 20
LEAST_TEST = 5
_FIRST_BUDGET = 10
_LAST_SHARE = 0.6
_FURTHER = 1.4


@dataclass(frozen=True, slots=True)
class Plan:
    """What to run.

    Attributes:
        strategies: Names, each once; random is among them.
        budgets: Labels after each round, rising.
        random_budgets: Of the random arm: the same and, beyond, up to the whole pool, so that a saving can be read.
        seeds: Pools to draw.
        test_share: Part of the items that tests and is never labelled.
        random_share: Part of each round that every strategy leaves to chance.
    """

    strategies: tuple[str, ...]
    budgets: tuple[int, ...]
    random_budgets: tuple[int, ...]
    seeds: int
    test_share: float = 0.3
    random_share: float = 0.1

    def budgets_of(self, strategy: str) -> tuple[int, ...]:
        """The budgets of an arm."""
        return self.random_budgets if strategy == RANDOM else self.budgets

    @property
    def arms(self) -> list[tuple[int, str]]:
        """All (seed, strategy), pool by pool, so that an interrupted simulation holds whole pools."""
        return [(seed, strategy) for seed in range(self.seeds) for strategy in self.strategies]


@dataclass(frozen=True, slots=True)
class Run:
    """One strategy on one pool.

    Attributes:
        metrics: After each of ``labels``.
        full: The metric with the whole pool labelled.
        n_pool: Items in the pool; ``n_test`` items tested.
        chosen: Strategy that chose each round; differs from ``strategy`` for ``auto``, and for a first round drawn at
            random because there was no model yet.
    """

    strategy: str
    seed: int
    labels: tuple[int, ...]
    metrics: tuple[float, ...]
    full: float
    n_pool: int
    n_test: int
    chosen: tuple[str, ...] = ()


def make_plan(
    strategies: Sequence[str],
    *,
    n_items: int,
    seeds: int,
    budgets: Sequence[int] | None = None,
    rounds: int = 8,
    test_share: float = 0.3,
    random_share: float = 0.1,
    classes: int = 1,
) -> Plan:
    """Check what was asked for.

    Args:
        budgets: Labels after each round; ``rounds`` of them, growing by a factor, when left out.

    Raises:
        InvalidInput: Too few items, budgets that do not rise or do not fit in the pool, or a count out of range.
        NotFound: No strategy has one of the names.
    """
    if not 0 < test_share < 1:
        raise InvalidInput(f"test_share is {test_share:g}", hint="Give a share between 0 and 1.")
    if not 0 <= random_share <= 1:
        raise InvalidInput(f"random_share is {random_share:g}", hint="Give a share between 0 and 1.")
    if seeds < 1 or rounds < 1:
        raise InvalidInput(f"{seeds} seeds and {rounds} rounds", hint="Give at least 1 of each.")
    n_test = round(n_items * test_share)
    if n_items < LEAST_ITEMS or n_test < LEAST_TEST or n_items - n_test < 2:
        raise InvalidInput(
            f"{n_items} labelled items, {n_test} of them to test",
            hint=f"A simulation needs at least {LEAST_ITEMS} items, {LEAST_TEST} of them to test.",
        )
    # Groups stay whole, so a pool may be some items smaller than its share.
    n_pool = n_items - n_test
    counts = _checked(budgets, n_pool) if budgets else default_budgets(n_pool, rounds=rounds, classes=classes)
    return Plan(check_strategies(strategies), counts, _random_budgets(counts, n_pool), seeds, test_share, random_share)


def default_budgets(n_pool: int, *, rounds: int, classes: int = 1) -> tuple[int, ...]:
    """Rising label counts, growing by a factor, from 10 (or two a class) to 60 % of the pool at most."""
    first = min(max(_FIRST_BUDGET, 2 * classes), max(1, n_pool // 2))
    last = max(first, int(n_pool * _LAST_SHARE))
    return tuple(sorted({int(round(one)) for one in np.geomspace(first, last, rounds)}))


def split_pool(groups: IntArray, *, test_share: float, seed: int) -> tuple[IntArray, IntArray]:
    """(pool, test) rows of one seed; a group is never cut.

    The pool is all that does not test, so two pools of the default share have about 70 % of their items in common.
    """
    rng = np.random.default_rng([seed, 7])
    codes, members = np.unique(groups, return_inverse=True)
    order = rng.permutation(len(codes))
    sizes = np.bincount(members, minlength=len(codes))[order]
    wanted = len(groups) * test_share
    # The group that crosses the share comes along, unless it is more over than under.
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    is_test = np.zeros(len(codes), dtype=np.bool_)
    is_test[order[before + sizes / 2 <= wanted]] = True
    rows = np.arange(len(groups), dtype=np.int64)
    pool, test = rows[~is_test[members]], rows[is_test[members]]
    if not len(pool) or not len(test):
        raise InvalidInput(
            f"{len(codes)} groups of items cannot be parted into pool and test",
            hint="Items of one group stay together; group them less, or add items.",
        )
    return rng.permutation(pool), test


def check_strategies(strategies: Sequence[str]) -> tuple[str, ...]:
    """The names, each once, and random at the end if it was not among them.

    Raises:
        InvalidInput: There is none.
        NotFound: No strategy has one of the names.
    """
    known = (AUTO, *list_strategies())
    for name in strategies:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else "Install a package that offers it as whorl.strategies."
            raise NotFound(f"no strategy is called {name[:60]}; known: {', '.join(known)}", hint=hint)
    if not strategies:
        raise InvalidInput("no strategy to simulate", hint=f"Name some of: {', '.join(known)}.")
    return tuple(dict.fromkeys((*strategies, RANDOM)))


def _checked(budgets: Sequence[int], n_pool: int) -> tuple[int, ...]:
    counts = tuple(budgets)
    if counts[0] < 1 or any(b <= a for a, b in zip(counts, counts[1:], strict=False)):
        raise InvalidInput(
            f"budgets are {', '.join(map(str, counts))}", hint="Labels after each round rise, from at least 1."
        )
    if counts[-1] > n_pool:
        raise InvalidInput(
            f"the budget {counts[-1]} is above the pool of {n_pool} items",
            hint="Ask for fewer labels, or give a smaller test share.",
        )
    return counts


def _random_budgets(budgets: tuple[int, ...], n_pool: int) -> tuple[int, ...]:
    counts = list(budgets)
    while int(counts[-1] * _FURTHER) < n_pool:
        counts.append(int(max(counts[-1] * _FURTHER, counts[-1] + 1)))
    return tuple(counts)
