"""Splits: each promise has a test that tries to break it."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput
from whorl.datasets.splits import NO_LABEL, SubsetCounts, assign_subsets
from whorl.schemas.records import Subset

TRAIN, VALIDATION, TEST = Subset.TRAIN, Subset.VALIDATION, Subset.TEST
SHARES = {TRAIN: 0.7, VALIDATION: 0.1, TEST: 0.2}

fractions = st.sampled_from(
    [
        SHARES,
        {TRAIN: 0.8, VALIDATION: 0.1, TEST: 0.1},
        {TRAIN: 0.34, VALIDATION: 0.33, TEST: 0.33},
        {TRAIN: 0.5, TEST: 0.5},
        {TRAIN: 1.0},
        {TRAIN: 0.98, VALIDATION: 0.01, TEST: 0.01},
    ]
)
seeds = st.integers(0, 10)


def keys(n: int) -> list[str]:
    return [f"item-{at}" for at in range(n)]


def quotas(n: int, shares: dict[Subset, float]) -> dict[Subset, int]:
    exact = {subset: round(shares.get(subset, 0) * n, 9) for subset in Subset}
    counts = {subset: int(value) for subset, value in exact.items()}
    for subset in sorted(Subset, key=lambda s: counts[s] - exact[s])[: n - sum(counts.values())]:
        counts[subset] += 1
    return counts


@given(n=st.integers(0, 200), shares=fractions, seed=seeds, classes=st.integers(1, 5))
@settings(deadline=None, max_examples=60)
def test_assign_subsets__quotas_are_exact(n: int, shares: dict[Subset, float], seed: int, classes: int) -> None:
    labels = [[f"label {at * at % classes}"] for at in range(n)]
    counts = Counter(assign_subsets(keys(n), labels=labels, fractions=shares, seed=seed))
    expected = quotas(n, shares)
    if n >= len(shares) and 0 in [expected[subset] for subset in shares]:
        assert min(counts[subset] for subset in shares) == 1
    else:
        assert {subset: counts[subset] for subset in Subset} == expected


@given(data=st.data(), shares=fractions, seed=seeds)
@settings(deadline=None, max_examples=60)
def test_assign_subsets__order_of_input_does_not_matter(
    data: st.DataObject, shares: dict[Subset, float], seed: int
) -> None:
    n = data.draw(st.integers(0, 60))
    rows = [
        (
            key,
            data.draw(st.sampled_from([None, "g1", "g2", "g3", "item-1"])),
            data.draw(st.sets(st.sampled_from("abc"), max_size=2)),
            data.draw(st.sampled_from([None, None, None, TRAIN, TEST])),
        )
        for key in keys(n)
    ]
    shuffled = data.draw(st.permutations(rows))

    def split(given: list[tuple[str, str | None, set[str], Subset | None]]) -> dict[str, Subset | None]:
        columns = list(zip(*given, strict=True)) or [(), (), (), ()]
        result = assign_subsets(
            columns[0], group_keys=columns[1], labels=columns[2], existing=columns[3], fractions=shares, seed=seed
        )
        return dict(zip(columns[0], result, strict=True))

    assert split(rows) == split(list(shuffled))


@given(sizes=st.lists(st.integers(1, 9), max_size=30), shares=fractions, seed=seeds)
@settings(deadline=None, max_examples=80)
def test_assign_subsets__groups_stay_whole_and_quotas_near(
    sizes: list[int], shares: dict[Subset, float], seed: int
) -> None:
    groups = [f"group {at}" for at, size in enumerate(sizes) for _ in range(size)]
    result = assign_subsets(keys(len(groups)), group_keys=groups, fractions=shares, seed=seed)
    homes = defaultdict(set)
    for group, subset in zip(groups, result, strict=True):
        homes[group].add(subset)
    assert all(len(found) == 1 for found in homes.values())
    counts = Counter(result)
    if len(sizes) >= len(shares):
        assert all(counts[subset] for subset in shares)
    slack = (len(shares) - 1) * max(sizes, default=0)
    assert all(abs(counts[subset] - n) <= slack for subset, n in quotas(len(groups), shares).items())


@given(data=st.data(), seed=seeds, frozen=st.booleans())
@settings(deadline=None, max_examples=80)
def test_assign_subsets__nothing_moves_and_a_frozen_test_takes_nothing(
    data: st.DataObject, seed: int, frozen: bool
) -> None:
    n = data.draw(st.integers(1, 80))
    existing = data.draw(st.lists(st.sampled_from([None, TRAIN, VALIDATION, TEST]), min_size=n, max_size=n))
    groups = data.draw(st.lists(st.sampled_from([None, None, "g1", "g2", "g3"]), min_size=n, max_size=n))
    result = assign_subsets(
        keys(n), group_keys=groups, existing=existing, fractions=SHARES, seed=seed, frozen_test=frozen
    )
    for was, now, group in zip(existing, result, groups, strict=True):
        if was is not None:
            assert now is was
        elif frozen:
            assert now is not TEST
            in_test = group is not None and any(g == group and w is TEST for g, w in zip(groups, existing, strict=True))
            assert (now is None) == in_test
        else:
            assert now is not None


def test_assign_subsets__a_new_item_of_a_test_group_is_never_trained_on() -> None:
    result = assign_subsets(["a", "b"], group_keys=["video", "video"], existing=[TEST, None], frozen_test=True)
    assert result == [TEST, None]
    assert assign_subsets(["a", "b"], group_keys=["video", "video"], existing=[TEST, None]) == [TEST, TEST]


@given(
    counts=st.lists(st.integers(1, 60), min_size=1, max_size=8),
    seed=seeds,
    shares=st.sampled_from([SHARES, {TRAIN: 0.5, TEST: 0.5}]),
)
@settings(deadline=None, max_examples=80)
def test_assign_subsets__labels_are_balanced(counts: list[int], seed: int, shares: dict[Subset, float]) -> None:
    labels = [[f"label {at}"] for at, count in enumerate(counts) for _ in range(count)]
    result = assign_subsets(keys(len(labels)), labels=labels, fractions=shares, seed=seed)
    table = Counter(zip([label for (label,) in labels], result, strict=True))
    for at, count in enumerate(counts):
        for subset, share in shares.items():
            assert abs(table[f"label {at}", subset] - share * count) <= 2


def test_assign_subsets__several_labels_an_item() -> None:
    rng = random.Random(0)
    names = ["common", "usual", "rare"]
    labels = [{name for name, p in zip(names, (0.7, 0.3, 0.03), strict=True) if rng.random() < p} for _ in range(1000)]
    result = assign_subsets(keys(1000), labels=labels, fractions=SHARES, seed=1)
    for name in names:
        total = sum(name in found for found in labels)
        for subset, share in SHARES.items():
            held = sum(name in found for found, at in zip(labels, result, strict=True) if at is subset)
            assert abs(held - share * total) <= max(3, 0.03 * total)


def test_assign_subsets__growing_a_dataset_keeps_quotas_and_balance() -> None:
    rng = random.Random(0)
    names: list[str] = []
    labels: list[list[str]] = []
    subsets: list[Subset | None] = []
    for step in range(60):
        for at in range(7):
            names.append(f"{step}-{at}")
            labels.append([rng.choice("aaaab")])
            subsets.append(None)
        subsets = assign_subsets(names, labels=labels, existing=subsets, fractions=SHARES, seed=3)
        counts = Counter(subsets)
        if len(names) >= 14:
            assert all(abs(counts[s] - share * len(names)) <= 1 for s, share in SHARES.items())
    for label in "ab":
        total = sum(found == [label] for found in labels)
        for subset, share in SHARES.items():
            held = sum(found == [label] and at is subset for found, at in zip(labels, subsets, strict=True))
            assert abs(held - share * total) <= 3


def test_assign_subsets__seed_matters_and_repeats() -> None:
    first = assign_subsets(keys(100), seed=1)
    assert first == assign_subsets(keys(100), seed=1)
    assert first != assign_subsets(keys(100), seed=2)


def test_assign_subsets__is_the_same_on_every_machine() -> None:
    result = assign_subsets(keys(8), labels=[["a"]] * 4 + [["b"]] * 4, fractions={TRAIN: 0.5, TEST: 0.5}, seed=7)
    assert "".join("T" if subset is TEST else "." for subset in result) == ".TT.TT.."


def test_assign_subsets__a_group_found_late_follows_its_larger_part() -> None:
    existing = [TEST, TRAIN, TRAIN, None]
    assert assign_subsets(keys(4), group_keys=["g"] * 4, existing=existing)[3] is TRAIN


def test_assign_subsets__an_item_is_not_in_a_group_that_has_its_name() -> None:
    assert assign_subsets(["x", "y"], group_keys=[None, "x"], existing=[TEST, None], frozen_test=True)[1] is not None


def test_assign_subsets__existing_items_fill_the_quotas() -> None:
    existing = [TRAIN] * 90 + [None] * 10
    result = assign_subsets(keys(100), existing=existing, fractions=SHARES)
    assert Counter(result[90:]) == {TEST: 7, VALIDATION: 3}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ({"item_keys": ["a"], "labels": []}, "0 labels for 1 items"),
        ({"item_keys": ["a", "a"]}, "item key occurs more than once: a"),
        ({"item_keys": ["a"], "fractions": {TRAIN: 0.5}}, "sum to 1: train 0.5, validation 0, test 0"),
        ({"item_keys": ["a"], "fractions": {TRAIN: 1.5, TEST: -0.5}}, "at least 0"),
        ({"item_keys": ["a"], "fractions": {TEST: 1.0}, "frozen_test": True}, "every subset with a share is frozen"),
    ],
)
def test_assign_subsets__refuses(call: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        assign_subsets(**call)  # type: ignore[arg-type]


def test_assign_subsets__five_times_the_items_take_about_five_times_as_long() -> None:
    def seconds(n: int) -> float:
        labels = [[f"label {at % 20}"] for at in range(n)]
        started = time.process_time()
        result = assign_subsets(keys(n), labels=labels, fractions=SHARES)
        taken = time.process_time() - started
        assert Counter(result) == {TRAIN: n * 7 // 10, VALIDATION: n // 10, TEST: n // 5}
        return taken

    assert min(seconds(100_000) for _ in range(2)) < 15 * min(seconds(20_000) for _ in range(3))


@given(data=st.data(), shares=fractions, seed=seeds, frozen=st.booleans())
@settings(deadline=None, max_examples=100)
def test_assign_subsets__counts_stand_for_the_items_they_count(
    data: st.DataObject, shares: dict[Subset, float], seed: int, frozen: bool
) -> None:
    n = data.draw(st.integers(1, 60))
    groups = data.draw(st.lists(st.sampled_from([None, None, "g1", "g2", "g3"]), min_size=n, max_size=n))
    labels = data.draw(st.lists(st.sets(st.sampled_from("abc"), max_size=2), min_size=n, max_size=n))
    existing = data.draw(st.lists(st.sampled_from([None, TRAIN, VALIDATION, TEST]), min_size=n, max_size=n))
    is_counted = data.draw(st.lists(st.booleans(), min_size=n, max_size=n))
    more = {"fractions": shares, "seed": seed, "frozen_test": frozen}
    held = SubsetCounts()
    rest = []
    for at, subset in enumerate(existing):
        if subset is None or not is_counted[at]:
            rest.append(at)
            continue
        held.total[subset] += 1
        held.by_label.update((label, subset) for label in labels[at] or {NO_LABEL})
        if groups[at] is not None:
            held.by_group[str(groups[at]), subset] += 1
    whole = assign_subsets(keys(n), group_keys=groups, labels=labels, existing=existing, **more)
    parts = assign_subsets(
        [keys(n)[at] for at in rest],
        group_keys=[groups[at] for at in rest],
        labels=[labels[at] for at in rest],
        existing=[existing[at] for at in rest],
        held=held,
        **more,
    )
    assert parts == [whole[at] for at in rest]
