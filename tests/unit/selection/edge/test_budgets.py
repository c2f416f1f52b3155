"""Budgets: never exceeded in any stretch, spread evenly, and the same after a restart."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput
from whorl.selection.edge.budgets import (
    Budget,
    Limit,
    default_window_s,
    parse_budget,
    parse_bytes,
    parse_seconds,
)

DAY = 86_400.0


def test_parse_budget__counts_and_bytes_in_any_period() -> None:
    assert parse_budget("500/day, 200MB/day,1.5 GiB / 2weeks,20/30min") == (
        Limit(500, "count", DAY),
        Limit(200e6, "bytes", DAY),
        Limit(1.5 * 2**30, "bytes", 14 * DAY),
        Limit(20, "count", 1800),
    )
    assert parse_budget("") == ()


@pytest.mark.parametrize("text", ["500", "0/day", "-1/day", "1/fortnight", "5XB/day", "1/day,2/day", "nan/day", "1/0h"])
def test_parse_budget__nonsense_says_what_is_allowed(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_budget(text)
    assert caught.value.hint


def test_parse_sizes_and_times() -> None:
    assert (parse_bytes("512MB"), parse_bytes("1KiB"), parse_bytes("7")) == (512_000_000, 1024, 7)
    assert (parse_seconds("10min"), parse_seconds("90"), parse_seconds("1h")) == (600, 90, 3600)
    for wrong in ("", "MB", "-1MB", "1XB"):
        with pytest.raises(InvalidInput):
            parse_bytes(wrong)
    for wrong in ("", "soon", "0s", "1XB"):
        with pytest.raises(InvalidInput):
            parse_seconds(wrong)


@given(st.integers(0, 10**6), st.booleans())
def test_budget__no_stretch_as_long_as_the_period_exceeds_it(seed: int, is_restarted: bool) -> None:
    chance = random.Random(seed)
    limits = (Limit(10, "count", 60), Limit(40, "count", 600), Limit(5000, "bytes", 60))
    budget, now, used = Budget(limits, now=0.0), 0.0, list[tuple[float, int]]()
    for _ in range(200):
        now += chance.choice([0.0, 0.1, 3.0, 31.0])
        if is_restarted and chance.random() < 0.1:
            budget = Budget(limits, now=now, saved=json.loads(json.dumps(budget.to_json())))
        size = chance.randint(1, 2000)
        if budget.allowance(now).allows(1, size):
            budget.charge(now, count=1, n_bytes=size)
            used.append((now, size))
    for limit in limits:
        for start, _ in used:
            inside = [size for at, size in used if start <= at < start + limit.period_s]
            assert (len(inside) if limit.of == "count" else sum(inside)) <= limit.amount


def test_budget__grows_evenly_and_keeps_what_a_quiet_time_left() -> None:
    budget = Budget([Limit(24, "count", DAY)], now=0.0)
    assert [budget.allowance(hour * 3600.0).count for hour in (0, 1, 5, 24, 48)] == [0, 1, 5, 24, 24]
    assert Budget([Limit(24, "count", DAY)], now=0.0, is_paced=False).allowance(0.0).count == 24


def test_budget__without_limits_allows_everything() -> None:
    assert Budget([], now=0.0).allowance(0.0).count == math.inf


def test_budget__junk_from_the_disk_counts_as_nothing_saved() -> None:
    saved = {"count/60": {"bins": {"1": "x"}, "credit": None, "credit_at": []}}
    assert Budget([Limit(6, "count", 60)], now=0.0, saved=saved).allowance(30.0).count == 3


def test_default_window__is_worth_about_twenty_images() -> None:
    assert default_window_s(parse_budget("500/day")) == pytest.approx(DAY / 25)
    assert default_window_s(parse_budget("10/day")) == DAY
    assert default_window_s(parse_budget("1000/min")) == 60
    assert default_window_s(parse_budget("200MB/day")) == 600
    assert default_window_s(()) == 600
