from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.selection.simulation.outcome import Outcome, summarise
from whorl.selection.simulation.plan import Run, make_plan

BUDGETS = (20, 40, 80, 160)
PLAN = make_plan(["auto"], n_items=400, seeds=6, budgets=BUDGETS)


def make_runs(gain: float, *, seeds: int = 6, noise: float = 0.002) -> list[Run]:
    """Random climbs with the square root of its labels; auto does as if it had ``gain`` times as many."""
    rng = np.random.default_rng(3)
    runs: list[Run] = []
    for seed in range(seeds):
        for name, factor in (("auto", gain), ("random", 1.0)):
            labels = PLAN.budgets_of(name)
            metrics = [0.95 - 2 / np.sqrt(n * factor + 20) + rng.normal(0, noise) for n in labels]
            runs.append(Run(name, seed, labels, tuple(map(float, metrics)), 0.82, 280, 120))
    return runs


def told(runs: list[Run], **given: float) -> Outcome:
    return summarise(runs, PLAN, task="classification", metric_name="accuracy", **given)


def test_summarise__a_strategy_worth_twice_its_labels_saves_about_half() -> None:
    found = told(make_runs(2.0))
    saving = {one.at_share: one for one in found.savings}[0.95]
    assert saving.saving == pytest.approx(0.5, abs=0.06)
    assert saving.low is not None
    assert saving.high is not None
    assert saving.low < saving.saving < saving.high
    assert found.never_below_random == {"auto": True}
    assert found.recommendation.startswith("Choose with auto: it reaches 95 % of what all labels give with ")


def test_summarise__a_strategy_worse_than_chance_is_found_out() -> None:
    found = told(make_runs(0.5))
    assert found.never_below_random == {"auto": False}
    assert found.below_random == {"auto": list(BUDGETS)}
    assert "No strategy is surely better than random here" in found.recommendation
    assert "auto fell significantly below random at 20, 40, 80, 160 labels." in found.recommendation


def test_summarise__equals_are_not_told_apart() -> None:
    found = told(make_runs(1.0, noise=0.01))
    assert found.never_below_random == {"auto": True}
    assert "Choose with" not in found.recommendation


def test_summarise__one_pool_has_curves_without_intervals_and_says_so() -> None:
    plan = make_plan(["auto"], n_items=400, seeds=1, budgets=BUDGETS)
    found = summarise(make_runs(2.0, seeds=1), plan, task="classification", metric_name="accuracy")
    assert [(one.low, one.high) for one in found.curves] == [([], []), ([], [])]
    assert all(one.low is None and one.high is None for one in found.savings)
    assert found.never_below_random == {}
    assert found.notes == ["One pool has no interval, and cannot show that a strategy is below random."]
    assert "One pool cannot tell a strategy from luck" in found.recommendation


def test_summarise__few_pools_recommend_nothing() -> None:
    plan = make_plan(["auto"], n_items=400, seeds=3, budgets=BUDGETS)
    found = summarise(make_runs(2.0, seeds=3), plan, task="classification", metric_name="accuracy")
    assert found.recommendation.startswith("3 pools cannot tell a strategy from luck: simulate 5 or more.")


def test_summarise__a_target_nobody_reaches_is_said() -> None:
    found = told(make_runs(2.0), target=0.99)
    assert {one.strategy: one.labels for one in found.forecasts} == {"auto": None, "random": None}
    assert "levels off" in found.forecasts[0].message


def test_summarise__a_forecast_costs_seconds_when_a_label_does() -> None:
    found = told(make_runs(2.0), target=0.75, seconds_per_label=3.0)
    assert found.forecasts[0].labels is not None
    assert found.forecasts[0].seconds == pytest.approx(3 * found.forecasts[0].labels)


def test_summarise__marginal_values_are_asked_at_the_same_place() -> None:
    assert [one.labels for one in told(make_runs(2.0)).marginal] == [160, 160]


def test_summarise__no_finished_pool_is_an_error() -> None:
    with pytest.raises(InvalidInput, match="no pool was finished"):
        told(make_runs(2.0)[:1])
    with pytest.raises(InvalidInput, match="target is 2"):
        told(make_runs(2.0), target=2.0)


def test_outcome__is_plain_json() -> None:
    plain = told(make_runs(2.0)).to_json()
    assert plain["n_pools"] == 6
    assert isinstance(plain["curves"], list)
    assert isinstance(plain["curves"][0], dict)
