"""A metric with its interval, in all, by label and by slice, from one set of resamples.

Intervals are percentiles of the resamples, moved by their bias (Efron and Tibshirani, An Introduction to the Bootstrap,
1993, chapters 10 and 13). A model that is right, or wrong, in all of them has no spread in resamples: its interval is
that of a share of the groups (C. Clopper, E. Pearson, Biometrika 26, 1934).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.models.evaluation.bootstrap import percentile_interval, weight_blocks
from whorl.models.evaluation.measures import Measure
from whorl.models.evaluation.types import FloatArray, IntArray, Interval

_RESAMPLES, _FEWER = 1000, 300
_MANY_ANSWERS = 30_000
_TAIL = 0.025


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and its interval; both are None where nothing can be measured."""

    value: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class SliceEstimate:
    """The metric on some images, on the rest, and the difference."""

    inside: Estimate
    rest: float | None
    delta: Estimate


@dataclass(frozen=True, slots=True)
class Estimates:
    """A metric in all, by label in the measure's order, and by slice in the order given."""

    metric: Estimate
    per_class: tuple[Estimate, ...]
    slices: tuple[SliceEstimate, ...]
    resamples: int


def estimate(
    measure: Measure,
    codes: IntArray,
    *,
    slices: Sequence[IntArray] = (),
    seed: int = 0,
    resamples: int | None = None,
) -> Estimates:
    """Measure with intervals by bootstrap.

    Args:
        codes: (n,) int64, each image's group; whole groups are resampled.
        slices: Each the positions of its images.
        resamples: 1,000, or 300 where there are more than 30,000 answers, when None.
    """
    count = resamples or (_RESAMPLES if measure.n_answers <= _MANY_ANSWERS else _FEWER)
    everything = np.arange(measure.n_images)
    parts = [(images, np.setdiff1d(everything, images)) for images in slices]
    measures = [(measure.take(images), measure.take(rest)) for images, rest in parts]

    def values(weights: FloatArray) -> FloatArray:
        columns = [measure.values(weights)]
        for (images, rest), (inside, outside) in zip(parts, measures, strict=True):
            columns += [inside.metric(weights[:, images])[:, None], outside.metric(weights[:, rest])[:, None]]
        return np.concatenate(columns, axis=1)

    point = values(np.ones((1, measure.n_images)))[0] if measure.n_images else np.full(1 + len(measure.names), np.nan)
    drawn = [values(block.astype(np.float32)) for block in weight_blocks(codes, resamples=count, seed=seed)]
    spread = np.concatenate(drawn) if measure.n_images else np.full((1, len(point)), np.nan)
    own = 1 + len(measure.names)
    trials = measure.trials(codes)
    found = [_estimate(point[at], spread[:, at], trials=trials[at]) for at in range(own)]
    inside = [part.trials(codes[images])[0] for (part, _), (images, _) in zip(measures, parts, strict=True)]
    return Estimates(
        metric=found[0],
        per_class=tuple(found[1:]),
        slices=tuple(
            SliceEstimate(
                inside=_estimate(point[at], spread[:, at], trials=inside[number]),
                rest=_value(point[at + 1]),
                delta=_estimate(point[at] - point[at + 1], spread[:, at] - spread[:, at + 1], low=-1.0),
            )
            for number, at in enumerate(range(own, own + 2 * len(parts), 2))
        ),
        resamples=count,
    )


def _estimate(point: float, values: FloatArray, *, low: float = 0.0, trials: int | None = None) -> Estimate:
    value = _value(point)
    finite = values[np.isfinite(values)]
    if value is None or not finite.size:
        return Estimate(value, None)
    if trials and value in {0.0, 1.0}:
        # All is right, or nothing: every resample says so too, and the exact bound of a share takes its place.
        least = _TAIL ** (1 / trials)
        return Estimate(value, Interval(least, 1.0) if value == 1.0 else Interval(0.0, 1 - least))
    # Copies of an image lift average precision: resamples lie higher than the value by their bias, which is taken off.
    found = percentile_interval(finite - (finite.mean(dtype=np.float64) - value))
    return Estimate(value, Interval(max(found.low, low), min(found.high, 1.0), found.level))


def _value(point: float) -> float | None:
    # Rounding takes away the last bits of a sum, so that a perfect model shows 1.
    return round(float(point), 12) if np.isfinite(point) else None
