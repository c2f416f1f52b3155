"""Budgets, quotas, near copies and the random slice, together."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput
from whorl.selection import Pool, get_strategy, select
from whorl.selection.budgets import Budget, Purse
from whorl.selection.quotas import Quota, apply_quotas
from whorl.testing.strategies import make_pool

CAMERAS = {"camera": ["a"] * 6 + ["b"] * 3 + [""] * 3}


def test_apply_quotas__passes_over_what_is_full() -> None:
    order = np.arange(12)
    assert apply_quotas(order, CAMERAS, [Quota("camera", most=2)], size=6).tolist() == [0, 1, 6, 7, 9, 10]
    assert apply_quotas(order, CAMERAS, [Quota("camera", share=0.5)], size=6).tolist() == [0, 1, 2, 6, 7, 8]
    assert apply_quotas(order, CAMERAS, [Quota("camera", most=2)], size=6, taken=[3, 4]).tolist() == [6, 7, 9, 10, 11]
    assert apply_quotas(order, CAMERAS, [], size=2).tolist() == [0, 1]
    both = {**CAMERAS, "day": ["1", "2"] * 6}
    assert apply_quotas(order, both, [Quota("camera", most=2), Quota("day", most=1)], size=6).tolist() == [0, 1]
    # A share below one item is one item.
    assert apply_quotas(order, CAMERAS, [Quota("camera", share=0.01)], size=3).tolist() == [0, 6, 9]


@pytest.mark.parametrize(
    ("quota", "message"),
    [
        (Quota("camera"), "the quota on camera has no limit"),
        (Quota("camera", most=0), "the quota on camera is at most 0"),
        (Quota("camera", share=0.0), "the quota on camera is a share of 0"),
        (Quota("camera", share=float("nan")), "the quota on camera is a share of nan"),
        (Quota("lens", most=1), "no field is called lens; known: camera"),
    ],
)
def test_apply_quotas__refuses(quota: Quota, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        apply_quotas(np.arange(3), CAMERAS, [quota], size=1)
    with pytest.raises(InvalidInput, match=message):
        select(replace(make_pool(12), fields=CAMERAS), get_strategy("random"), 3, quotas=[quota])


@pytest.mark.parametrize(
    ("budget", "message"),
    [
        (Budget(), "the budget has no limit"),
        (Budget(count=-1), "the budget's count is -1"),
        (Budget(bytes=-5), "the budget's bytes is -5"),
        (Budget(seconds=float("inf")), "the budget's seconds is inf"),
        (Budget(seconds=9, seconds_per_item=0), "seconds_per_item is 0"),
        (Budget(bytes=10), "a budget in bytes needs the size of each item"),
        (Budget(seconds=10), "a budget in seconds needs the labelling time"),
        (-1, "budget is -1"),
    ],
)
def test_select__refuses_budgets(budget: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        select(make_pool(12), get_strategy("random"), budget)


def costly_pool(n: int = 400) -> Pool:
    rng = np.random.default_rng(5)
    return replace(
        make_pool(n),
        item_bytes=np.round(np.exp(rng.normal(size=n) + 8)).astype(np.int64),
        item_seconds=rng.random(n) * 20,
        fields={"camera": [f"c{at}" for at in rng.integers(0, 5, n)], "day": [f"d{at % 30}" for at in range(n)]},
        duplicates=np.where(np.arange(n) < 100, np.arange(n) // 10, -1),
    )


@pytest.mark.parametrize("name", ["margin", "herding", "k_center", "random"])
@pytest.mark.parametrize(
    "budget",
    [
        Budget(count=60),
        Budget(bytes=200_000),
        Budget(seconds=300),
        Budget(count=50, bytes=400_000, seconds=450),
    ],
)
def test_select__never_beyond_the_budget_and_fills_it(name: str, budget: Budget) -> None:
    pool = costly_pool()
    assert pool.item_bytes is not None
    assert pool.item_seconds is not None
    found = select(pool, get_strategy(name), budget, quotas=[Quota("camera", share=0.3)], seed=4)
    rows = found.indices
    assert len(set(rows.tolist())) == len(rows)
    spent = {
        "count": (len(rows), budget.count),
        "bytes": (int(pool.item_bytes[rows].sum()), budget.bytes),
        "seconds": (float(pool.item_seconds[rows].sum()), budget.seconds),
    }
    used = [amount / limit for amount, limit in spent.values() if limit is not None]
    assert max(used) <= 1 + 1e-9
    assert max(used) > 0.97
    repeated = select(pool, get_strategy(name), budget, quotas=[Quota("camera", share=0.3)], seed=4)
    assert repeated.indices.tolist() == rows.tolist()
    chosen = rows[~found.is_random] if name != "random" else rows[found.scores < 0]
    assert pool.duplicates is not None
    groups = Counter(pool.duplicates[chosen].tolist())
    assert all(count == 1 for group, count in groups.items() if group >= 0)
    assert found.is_random.sum() > 0


def test_select__quotas_hold_and_the_budget_is_filled() -> None:
    pool = replace(make_pool(600), fields={"video": [f"v{at // 20}" for at in range(600)]})
    # The doubt sits in one video: plain margin would take it whole.
    assert pool.probabilities is not None
    doubt = np.arange(600) // 20 == 7
    pool = replace(pool, probabilities=np.where(doubt[:, None], 0.25, pool.probabilities**3))
    pool = replace(pool, probabilities=pool.probabilities / pool.probabilities.sum(axis=1, keepdims=True))
    found = select(pool, get_strategy("margin"), 60, quotas=[Quota("video", most=2)], random_share=0, seed=1)
    counts = Counter(np.array(pool.fields["video"])[found.indices].tolist())
    assert len(found.indices) == 60
    assert set(counts.values()) == {2}
    short = select(pool, get_strategy("margin"), 70, quotas=[Quota("video", most=2)], random_share=0, seed=1)
    assert len(short.indices) == 60


def test_select__one_value_after_another_runs_full() -> None:
    # 100 sources, each more doubtful than the next; margin alone would need a round for each.
    n = 3000
    source = np.arange(n) // 30
    pool = Pool(
        size=n,
        probabilities=np.stack([0.5 + source / 300, 0.5 - source / 300], axis=1),
        fields={"source": [str(at) for at in source]},
    )
    found = select(pool, get_strategy("margin"), 100, quotas=[Quota("source", most=1)], random_share=0)
    assert sorted(source[found.indices].tolist()) == list(range(100))


def test_select__later_rounds_know_what_is_chosen() -> None:
    # Two far corners; the quota lets the first round keep one item, and the second must not go back there.
    rows = np.array([[1, 0], [0.999, 0.04], [0, 1], [0.04, 0.999]], np.float32)
    pool = Pool(size=4, embeddings=rows, fields={"day": ["1", "1", "2", "2"]})
    found = select(pool, get_strategy("k_center"), 2, quotas=[Quota("day", most=1)], random_share=0)
    assert {int(row) // 2 for row in found.indices} == {0, 1}


@pytest.mark.parametrize(
    "budget", [Budget(count=12), Budget(bytes=90_000), Budget(seconds=120), Budget(count=14, bytes=120_000)]
)
def test_select__random_slice_stays_uniform(budget: Budget) -> None:
    """Whatever the strategy, the quotas and the budget: every item is as likely to be in the slice."""
    n, draws = 40, 600
    pool = replace(costly_pool(n), duplicates=np.where(np.arange(n) < 20, 0, -1))
    pool = replace(pool, fields={"camera": ["a"] * 30 + ["b"] * 10})
    assert pool.item_bytes is not None
    quotas = [Quota("camera", most=4)]
    counts = np.zeros(n)
    for seed in range(draws):
        found = select(pool, get_strategy("margin"), budget, quotas=quotas, random_share=0.25, seed=seed)
        counts[found.indices[found.is_random]] += 1
    expected = counts.sum() / n
    assert expected > 20
    # Chi-squared with 39 degrees of freedom; drawn without replacement it is smaller still. 1 in 10,000 is above 80.
    assert float(((counts - expected) ** 2 / expected).sum()) < 80
    # Nor does it depend on what an item costs.
    assert abs(np.corrcoef(counts, pool.item_bytes)[0, 1]) < 0.55


@given(st.integers(0, 30), st.integers(0, 5000), st.floats(0, 1), st.integers(1, 3), st.integers(0, 99))
@settings(deadline=None, max_examples=40)
def test_select__never_beyond_any_limit(count: int, size: int, share: float, most: int, seed: int) -> None:
    pool = costly_pool(50)
    assert pool.item_bytes is not None
    budget = Budget(count=count, bytes=size)
    found = select(
        pool, get_strategy("margin"), budget, random_share=share, quotas=[Quota("day", most=most)], seed=seed
    )
    assert len(found.indices) <= count
    assert pool.item_bytes[found.indices].sum() <= size
    assert len(set(found.indices.tolist())) == len(found.indices)
    assert len(found.details) == len(found.reasons) == len(found.indices)


def test_purse__what_certainly_fits() -> None:
    pool = Pool(size=4, item_bytes=np.array([1, 2, 3, 10]))
    purse = Purse(pool, Budget(bytes=12))
    every = np.arange(4)
    assert (purse.certain(every), purse.expected(every)) == (1, 3)
    purse.pay(3)
    assert purse.can_pay(every).tolist() == [True, True, False, False]
    assert not purse.is_empty()
    purse.pay(1)
    assert purse.is_empty()


def test_select__huge_pools_are_reduced_before_rows_are_taken_out(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    module = importlib.import_module("whorl.selection.mixing")
    monkeypatch.setattr(module, "_MOST_COPIED", 100)
    seen: list[Pool] = []

    def spy(pool: Pool, budget: int, seed: int) -> Any:
        seen.append(pool)
        return get_strategy("k_center")(pool, budget, seed)

    wide = np.random.default_rng(0).normal(size=(300, 400)).astype(np.float32)
    pool = Pool(size=300, embeddings=wide, labelled_embeddings=wide[:7], examples=wide[:2])
    assert len(select(pool, spy, 30).indices) == 30
    assert seen[0].is_reduced
    assert seen[0].embeddings is not None
    assert seen[0].embeddings.shape == (297, 128)
    assert seen[0].labelled_embeddings is not None
    assert seen[0].labelled_embeddings.shape == (7, 128)
    assert seen[0].examples is not None
    assert seen[0].examples.shape == (2, 128)
