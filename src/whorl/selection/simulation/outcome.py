"""From runs to curves, savings, forecasts and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.schemas.selecting import CostForecast, MarginalLabels, SimulatedCurve, SimulatedSaving
from whorl.selection.forecast import Forecast, forecast_labels, marginal_value
from whorl.selection.savings import pool_saving
from whorl.selection.simulation.plan import AUTO, RANDOM, Plan, Run
from whorl.selection.simulation.replay import finished_seeds
from whorl.selection.types import FloatArray, IntArray

SHARES = (0.9, 0.95)
LEAST_POOLS = 5
"""Fewer do not make a recommendation."""
TAIL = 0.025
_EXTRA = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a simulation found; its fields are those of ``schemas.selecting.Simulation``.

    Attributes:
        below_random: By strategy, the label counts at which it is significantly below random (paired over pools, two
            sides at 95 %, not corrected for the number of rounds); empty with one pool.
    """

    task: str
    metric_name: str
    n_pool: int
    n_test: int
    n_pools: int
    full_metric: float
    curves: list[SimulatedCurve]
    savings: list[SimulatedSaving]
    never_below_random: dict[str, bool]
    below_random: dict[str, list[int]]
    forecasts: list[CostForecast]
    marginal: list[MarginalLabels]
    recommendation: str
    notes: list[str]

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values."""
        plain: dict[str, JsonValue] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            is_models = isinstance(value, list) and value and not isinstance(value[0], str)
            plain[name] = [one.model_dump(mode="json") for one in value] if is_models else value
        return plain


@dataclass(frozen=True, slots=True)
class Arms:
    """The runs of all whole pools, one array a strategy.

    Attributes:
        labels: By strategy, (rounds,).
        metrics: By strategy, (pools, rounds).
        full: (pools,).
    """

    labels: dict[str, IntArray]
    metrics: dict[str, FloatArray]
    full: FloatArray


def summarise(
    runs: Sequence[Run],
    plan: Plan,
    *,
    task: str,
    metric_name: str,
    target: float | None = None,
    seconds_per_label: float | None = None,
) -> Outcome:
    """Compare the strategies on the pools that all of them finished.

    Args:
        target: Metric whose cost is forecast; 95 % of what the whole pool gives when left out.

    Raises:
        InvalidInput: No pool is finished, or the target is not in (0, 1].
    """
    if target is not None and not 0 < target <= 1:
        raise InvalidInput(f"target is {target:g}", hint="Give a metric above 0, and at most 1.")
    seeds = finished_seeds(runs, plan)
    if not seeds:
        raise InvalidInput("no pool was finished by all strategies", hint="Let it run longer; what is done is kept.")
    whole = [run for run in runs if run.seed in seeds]
    arms = collect(whole, plan, seeds)
    n_pool = round(float(np.mean([run.n_pool for run in whole])))
    full = float(arms.full.mean())
    wanted = SHARES[-1] * full if target is None else target
    curves = [_curve(arms, name) for name in plan.strategies]
    savings = [_saving(arms, name, share) for name in plan.strategies if name != RANDOM for share in SHARES]
    below = {name: _below_random(arms, name) for name in plan.strategies if name != RANDOM and len(seeds) > 1}
    forecasts = [_forecast(arms, name, wanted, n_pool, seconds_per_label) for name in plan.strategies]
    marginal = [_marginal(arms, name, plan) for name in plan.strategies]
    return Outcome(
        task=task,
        metric_name=metric_name,
        n_pool=n_pool,
        n_test=round(float(np.mean([run.n_test for run in whole]))),
        n_pools=len(seeds),
        full_metric=full,
        curves=curves,
        savings=savings,
        never_below_random={name: not counts for name, counts in below.items()},
        below_random=below,
        forecasts=forecasts,
        marginal=marginal,
        recommendation=recommend(savings, below, forecasts, marginal, n_pools=len(seeds)),
        notes=_notes(plan, len(seeds)),
    )


def collect(runs: Sequence[Run], plan: Plan, seeds: Sequence[int]) -> Arms:
    """Put runs side by side; rounds in which pools of unlike size differ are left out."""
    by_arm: Mapping[tuple[str, int], Run] = {(run.strategy, run.seed): run for run in runs}
    labels: dict[str, IntArray] = {}
    metrics: dict[str, FloatArray] = {}
    for name in plan.strategies:
        arm = [by_arm[name, seed] for seed in seeds]
        rounds = min(len(run.labels) for run in arm)
        while rounds > 1 and len({run.labels[:rounds] for run in arm}) > 1:
            rounds -= 1
        labels[name] = np.array(arm[0].labels[:rounds], dtype=np.int64)
        metrics[name] = np.array([run.metrics[:rounds] for run in arm], dtype=np.float64)
    return Arms(labels, metrics, np.array([by_arm[RANDOM, seed].full for seed in seeds]))


def recommend(
    savings: Sequence[SimulatedSaving],
    below: Mapping[str, Sequence[int]],
    forecasts: Sequence[CostForecast],
    marginal: Sequence[MarginalLabels],
    *,
    n_pools: int,
) -> str:
    """What to do, in sentences."""
    # The bootstrap of three pools knows ten resamples: its interval is no warrant.
    is_enough = n_pools >= LEAST_POOLS
    best = _best(savings, below) if is_enough else None
    sentences: list[str] = []
    if not is_enough:
        few = "One pool cannot" if n_pools == 1 else f"{n_pools} pools cannot"
        sentences.append(f"{few} tell a strategy from luck: simulate {LEAST_POOLS} or more.")
    elif best is None:
        sentences.append("No strategy is surely better than random here: label at random, or simulate more pools.")
    else:
        saved = f"{_percent(best.saving)} of the labels (95 % interval {_percent(best.low)} to {_percent(best.high)})"
        sentences.append(
            f"Choose with {best.strategy}: it reaches {_percent(best.at_share)} of what all labels give with "
            f"{best.n_strategy:.0f} labels in place of {best.n_random:.0f}, and so saves {saved}."
        )
    for name, counts in below.items():
        if counts:
            sentences.append(f"{name} fell significantly below random at {', '.join(map(str, counts))} labels.")
    chosen = RANDOM if best is None else best.strategy
    sentences += [
        f"For {one.target:.3f} with {one.strategy}: {one.message}" for one in forecasts if one.strategy == chosen
    ]
    sentences += [one.message for one in marginal if one.strategy == chosen]
    return " ".join(sentences)


def _best(savings: Sequence[SimulatedSaving], below: Mapping[str, Sequence[int]]) -> SimulatedSaving | None:
    """The surest saving at the highest share; the product's own choice where no other is better beyond doubt."""
    sure = [one for one in savings if one.low is not None and one.low > 0 and one.at_share == SHARES[-1]]
    sure = [one for one in sure if not below.get(one.strategy)] or sure
    if not sure:
        return None
    top = max(sure, key=lambda one: one.saving or 0.0)
    auto = next((one for one in sure if one.strategy == AUTO), None)
    is_like = auto is not None and top.low is not None and (auto.saving or 0.0) >= top.low
    return auto if is_like else top


def _percent(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:.0f} %"


def _curve(arms: Arms, name: str) -> SimulatedCurve:
    metrics = arms.metrics[name]
    mean = metrics.mean(axis=0)
    half = None if len(metrics) < 2 else _half_width(metrics)
    return SimulatedCurve(
        strategy=name,
        labels=arms.labels[name].tolist(),
        mean=mean.tolist(),
        low=[] if half is None else np.clip(mean - half, 0, 1).tolist(),
        high=[] if half is None else np.clip(mean + half, 0, 1).tolist(),
        runs=metrics.tolist(),
    )


def _half_width(values: FloatArray) -> FloatArray:
    """Half of the 95 % interval of the mean over pools, by Student's t."""
    # scipy takes a quarter of a second to import, which the server must not wait for.
    from scipy.special import stdtrit

    k = len(values)
    half: FloatArray = stdtrit(k - 1, 1 - TAIL) * values.std(axis=0, ddof=1) / np.sqrt(k)
    return half


def _below_random(arms: Arms, name: str) -> list[int]:
    """Labels at which the mean difference to random lies below 0 with its whole interval."""
    shared, ours, randoms = np.intersect1d(arms.labels[name], arms.labels[RANDOM], return_indices=True)
    difference = arms.metrics[name][:, ours] - arms.metrics[RANDOM][:, randoms]
    upper = difference.mean(axis=0) + _half_width(difference)
    return [int(labels) for labels in shared[upper < 0]]


def _saving(arms: Arms, name: str, share: float) -> SimulatedSaving:
    found = pool_saving(
        (arms.labels[name], arms.metrics[name]), (arms.labels[RANDOM], arms.metrics[RANDOM]), arms.full, share=share
    )
    return SimulatedSaving(
        strategy=name,
        at_share=share,
        metric=found.metric,
        n_strategy=found.n_strategy,
        n_random=found.n_random,
        saving=found.value,
        low=found.low,
        high=found.high,
    )


def _forecast(arms: Arms, name: str, target: float, n_pool: int, seconds_per_label: float | None) -> CostForecast:
    found: Forecast = forecast_labels(arms.labels[name], arms.metrics[name], target, most=n_pool)
    is_priced = found.labels is not None and seconds_per_label is not None
    return CostForecast(
        strategy=name,
        target=target,
        labels=found.labels,
        low=found.low,
        high=found.high,
        seconds=(found.labels or 0.0) * (seconds_per_label or 0.0) if is_priced else None,
        is_extrapolated=found.is_extrapolated,
        message=found.message,
    )


def _marginal(arms: Arms, name: str, plan: Plan) -> MarginalLabels:
    # The random arm goes on beyond the others: all are asked at the same place.
    within = arms.labels[name] <= plan.budgets[-1]
    found = marginal_value(arms.labels[name][within], arms.metrics[name][:, within], extra=_EXTRA)
    return MarginalLabels(
        strategy=name,
        labels=found.labels,
        extra=found.extra,
        value=found.value,
        low=found.low,
        high=found.high,
        message=found.message,
    )


def _notes(plan: Plan, n_pools: int) -> list[str]:
    notes = [
        f"Intervals are over {n_pools} pools drawn from this one dataset, with their own test items: they say how far "
        "chance moves the figures, not how another dataset would do."
        if n_pools > 1
        else "One pool has no interval, and cannot show that a strategy is below random."
    ]
    if n_pools < plan.seeds:
        notes.append(f"{n_pools} of {plan.seeds} pools are finished; the rest is left out.")
    return notes
