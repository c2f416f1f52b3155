"""How many labels a strategy saved against the random arm, with an interval.

Both arms are scored on one test set. The saving is read where both arms arrive: at the lower of their final metrics.
What the interval covers is part of the result; see docs/reference/strategies.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, Self

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.evaluation.bootstrap import group_codes, weight_blocks
from whorl.models.evaluation.detection import MatchTable, mean_over_classes
from whorl.selection.types import FloatArray, IntArray

_GRID = 5
_CLOSE = 1e-9
"""Metrics nearer than this are equal: the same mean summed in another order."""


@dataclass(frozen=True, slots=True, eq=False)
class LearningCurve:
    """The metric of one arm after each round.

    Attributes:
        labels: (rounds,) int64, labels spent so far; rising, at least 1.
        n_images: Test images.
        statistic: From (r, n_images) weights to (r, rounds) metrics; ones give the metric on the test set itself.
    """

    labels: IntArray
    n_images: int
    statistic: Callable[[FloatArray], FloatArray]

    @classmethod
    def of_correct(cls, labels: Sequence[int] | IntArray, correct: FloatArray) -> Self:
        """An accuracy curve.

        Args:
            correct: (rounds, n_images), 1 where the model of the round was right; any score per image will do.
        """
        values = np.asarray(correct, dtype=np.float64)
        if values.ndim != 2 or not np.isfinite(values).all():
            raise InvalidInput(f"correct has shape {values.shape}", hint="One row per round, one column per image.")

        def statistic(weights: FloatArray) -> FloatArray:
            means: FloatArray = (weights @ values.T) / weights.sum(axis=1, keepdims=True)
            return means

        return cls(_checked_labels(labels, len(values)), values.shape[1], statistic)

    @classmethod
    def of_matches(cls, labels: Sequence[int] | IntArray, tables: Sequence[MatchTable]) -> Self:
        """An AP curve from the matches of each round's detector."""
        checked = _checked_labels(labels, len(tables))

        def statistic(weights: FloatArray) -> FloatArray:
            return np.stack([mean_over_classes(table.average_precision(weights)) for table in tables], axis=1)

        return cls(checked, tables[0].n_images, statistic)


@dataclass(frozen=True, slots=True)
class SavingAt:
    """The saving at one level of the metric; None where too few resamples reach it."""

    metric: float
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LabelSaving:
    """1 minus labels of the strategy divided by labels of random, at ``target``; below 0 when random was better.

    ``direction`` says whose end the target is. ``covers`` says in words what the interval allows for.
    """

    value: float
    low: float
    high: float
    level: float
    target: float
    n_strategy: float
    n_random: float
    direction: Literal["strategy_end", "random_end"]
    covers: str
    replicates: int
    resamples: int
    seed: int
    grid: tuple[SavingAt, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        plain: dict[str, JsonValue] = json.loads(json.dumps(asdict(self), allow_nan=False))
        return plain


def labels_saved(
    strategy: LearningCurve | Sequence[LearningCurve],
    random: LearningCurve | Sequence[LearningCurve],
    *,
    groups: Sequence[Hashable] | None = None,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> LabelSaving:
    """Compare two arms.

    Args:
        strategy: The arm's curve, or one per replicate (the same loop on resampled pools).
        random: The control arm's; as many replicates, in the same order, scored on the same test images.
        groups: What test images to resample together; None takes single images.

    Raises:
        InvalidInput: Replicates or test sets do not match, labels do not rise, or nothing can be measured.
    """
    arms = (_replicates(strategy), _replicates(random))
    n_images = _check_arms(*arms)
    labels = (arms[0][0].labels, arms[1][0].labels)
    whole = [_full_curve(arm, n_images) for arm in arms]
    if not all(np.isfinite(curve).all() for curve in whole):
        raise InvalidInput("a curve has no value at some round", hint="The test set holds nothing to measure.")
    target = min(whole[0][0, -1], whole[1][0, -1])
    n_strategy, n_random = (float(labels_to_reach(c, n, target)[0]) for c, n in zip(whole, labels, strict=True))
    levels = _grid_levels(whole, target)
    curves = _resampled(arms, groups, n_images, resamples, seed)
    targets = np.minimum(curves[0][:, -1], curves[1][:, -1])
    value = 1 - n_strategy / n_random
    low, high = _interval(_savings(curves, labels, targets), value, level)
    return LabelSaving(
        value=value,
        low=low,
        high=high,
        level=level,
        target=float(target),
        n_strategy=n_strategy,
        n_random=n_random,
        direction="strategy_end" if whole[0][0, -1] <= whole[1][0, -1] + _CLOSE else "random_end",
        covers=_covers(len(arms[0]), groups),
        replicates=len(arms[0]),
        resamples=resamples,
        seed=seed,
        grid=tuple(_saving_at(metric, whole, curves, labels, level) for metric in levels),
    )


@dataclass(frozen=True, slots=True)
class PoolSaving:
    """Labels of both arms at a share of the metric that the whole pool gives; None where an arm never gets there.

    ``low`` and ``high`` are None with one pool, or where too few resamples have a saving.
    """

    metric: float
    n_strategy: float | None
    n_random: float | None
    value: float | None
    low: float | None
    high: float | None


def pool_saving(
    strategy: tuple[IntArray, FloatArray],
    random: tuple[IntArray, FloatArray],
    full: FloatArray,
    *,
    share: float,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
) -> PoolSaving:
    """Compare two arms over pools: one minus labels of the strategy divided by those of random.

    Args:
        strategy: (rounds,) labels and (pools, rounds) metrics.
        random: Likewise of the control arm, the same pools in the same order; its rounds may be others.
        full: (pools,) metric with the whole pool labelled.
        share: Of the mean of ``full``, where the labels are read off the mean curves, made to rise.

    The interval draws pools with replacement, for both arms and ``full`` together.

    Raises:
        InvalidInput: Pools do not match.
    """
    k = len(full)
    if not k or len(strategy[1]) != k or len(random[1]) != k:
        raise InvalidInput(f"{len(strategy[1])} pools of the strategy, {len(random[1])} of random, {k} full metrics")

    def needed(weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        targets = share * (weights @ full)
        found = [labels_to_reach(rising(weights @ metrics), labels, targets) for labels, metrics in (strategy, random)]
        return found[0], found[1]

    whole = [float(one[0]) for one in needed(np.full((1, k), 1 / k))]
    n_strategy, n_random = (one if np.isfinite(one) else None for one in whole)
    value = None if n_strategy is None or n_random is None else 1 - n_strategy / n_random
    low: float | None = None
    high: float | None = None
    if value is not None and k > 1:
        rng = np.random.default_rng([seed, 4])
        drawn = needed(rng.multinomial(k, np.full(k, 1 / k), size=resamples) / k)
        savings = np.asarray(1 - drawn[0] / drawn[1])
        # As in _saving_at: an interval without those that never arrive would lie.
        if np.isfinite(savings).mean() >= level:
            low, high = _interval(savings, value, level)
    return PoolSaving(float(share * full.mean()), n_strategy, n_random, value, low, high)


def _checked_labels(labels: Sequence[int] | IntArray, rounds: int) -> IntArray:
    counts = np.asarray(labels, dtype=np.int64)
    if rounds == 0 or counts.shape != (rounds,):
        raise InvalidInput(f"{counts.size} label counts for {rounds} rounds")
    if counts[0] < 1 or (np.diff(counts) <= 0).any():
        raise InvalidInput(f"labels must rise from at least 1: {counts.tolist()}")
    return counts


def _replicates(arm: LearningCurve | Sequence[LearningCurve]) -> list[LearningCurve]:
    return [arm] if isinstance(arm, LearningCurve) else list(arm)


def _check_arms(strategy: Sequence[LearningCurve], random: Sequence[LearningCurve]) -> int:
    if not strategy or len(strategy) != len(random):
        raise InvalidInput(f"{len(strategy)} replicates of the strategy, {len(random)} of random")
    sizes = {curve.n_images for curve in (*strategy, *random)}
    if len(sizes) > 1 or 0 in sizes:
        raise InvalidInput(f"curves are on test sets of {sorted(sizes)} images", hint="Score all on one test set.")
    for arm in (strategy, random):
        if any(not np.array_equal(curve.labels, arm[0].labels) for curve in arm):
            raise InvalidInput("replicates of one arm have different label counts")
    return sizes.pop()


def _full_curve(arm: Sequence[LearningCurve], n_images: int) -> FloatArray:
    once = np.ones((1, n_images))
    return rising(np.mean([curve.statistic(once) for curve in arm], axis=0))


def _resampled(
    arms: tuple[Sequence[LearningCurve], Sequence[LearningCurve]],
    groups: Sequence[Hashable] | None,
    n_images: int,
    resamples: int,
    seed: int,
) -> tuple[FloatArray, FloatArray]:
    """Rising curves of both arms, (resamples, rounds) each, from the same images and the same replicates."""
    k = len(arms[0])
    rng = np.random.default_rng([seed, 1])
    parts: tuple[list[FloatArray], list[FloatArray]] = ([], [])
    for weights in weight_blocks(group_codes(groups, n_images), resamples=resamples, seed=seed):
        shares = rng.multinomial(k, np.full(k, 1 / k), size=len(weights)) / k
        for part, arm in zip(parts, arms, strict=True):
            each = np.stack([curve.statistic(weights) for curve in arm])
            part.append(rising(np.einsum("rk,krt->rt", shares, each)))
    return np.concatenate(parts[0]), np.concatenate(parts[1])


def rising(curves: FloatArray) -> FloatArray:
    """(r, rounds) curves that never fall, the nearest by least squares.

    Isotonic regression of each row: at round i the largest over j <= i of the smallest over k >= i mean of j..k.
    """
    rounds = curves.shape[1]
    sums = np.concatenate([np.zeros((len(curves), 1)), np.cumsum(curves, axis=1)], axis=1)
    lengths = np.arange(1, rounds + 1)[None, :] - np.arange(rounds)[:, None]
    means = (sums[:, None, 1:] - sums[:, :-1, None]) / np.where(lengths > 0, lengths, 1)
    means = np.where(lengths > 0, means, np.inf)
    smallest = np.minimum.accumulate(means[:, :, ::-1], axis=2)[:, :, ::-1]
    # Only starts j <= i count for round i.
    smallest = np.where(np.arange(rounds)[:, None] <= np.arange(rounds)[None, :], smallest, -np.inf)
    rising: FloatArray = smallest.max(axis=1)
    return rising


def labels_to_reach(curves: FloatArray, labels: IntArray, targets: FloatArray | float) -> FloatArray:
    """(r,) labels at which each rising curve first reaches its target, straight between rounds; NaN if never.

    A target below the first round gives the first round's labels: nothing is known before it.
    """
    wanted = np.broadcast_to(np.asarray(targets, dtype=np.float64), len(curves))[:, None]
    reached = curves >= wanted - _CLOSE
    at = reached.argmax(axis=1)
    rows = np.arange(len(curves))
    before = np.maximum(at - 1, 0)
    climb = curves[rows, at] - curves[rows, before]
    share = np.divide(wanted[:, 0] - curves[rows, before], climb, out=np.ones(len(curves)), where=climb > _CLOSE)
    needed = labels[before] + np.clip(share, 0, 1) * (labels[at] - labels[before])
    return np.where(reached.any(axis=1), needed, np.nan)


def _savings(
    curves: Sequence[FloatArray], labels: tuple[IntArray, IntArray], targets: FloatArray | float
) -> FloatArray:
    n_strategy, n_random = (labels_to_reach(c, n, targets) for c, n in zip(curves, labels, strict=True))
    return np.asarray(1 - n_strategy / n_random, dtype=np.float64)


def _interval(savings: FloatArray, value: float, level: float) -> tuple[float, float]:
    known = savings[np.isfinite(savings)]
    if not known.size:
        raise InvalidInput("no resample has a saving", hint="The test set is too small.")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    # The resamples may lie to one side of the value where curves are flat; the interval always holds it.
    return min(float(low), value), max(float(high), value)


def _grid_levels(whole: Sequence[FloatArray], target: float) -> FloatArray:
    start = max(curve[0, 0] for curve in whole)
    return np.linspace(start, target, _GRID + 1)[1:] if target > start + _CLOSE else np.zeros(0)


def _saving_at(
    metric: float,
    whole: Sequence[FloatArray],
    curves: Sequence[FloatArray],
    labels: tuple[IntArray, IntArray],
    level: float,
) -> SavingAt:
    value = float(_savings(whole, labels, metric)[0])
    savings = _savings(curves, labels, metric)
    # Resamples that never reach the level say only "more labels than were spent": an interval without them would lie.
    if np.isfinite(savings).mean() < level:
        return SavingAt(float(metric), value, None, None)
    return SavingAt(float(metric), value, *_interval(savings, value, level))


def _covers(replicates: int, groups: Sequence[Hashable] | None) -> str:
    drawn = "test images" if groups is None else "groups of test images"
    if replicates == 1:
        return f"the choice of {drawn}; not the choice of the pool, nor the start"
    return f"the choice of {drawn} and of {replicates} resampled pools"
