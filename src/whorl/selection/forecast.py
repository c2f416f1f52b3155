"""How many labels a metric will cost, and what the next hundred are worth, from a learning curve.

The curve is an inverse power: metric = top - gap x labels^-power, with the metric in [0, 1]. It is fitted to what was
measured; beyond the last round it is a guess, and says so. Pure numpy: live projects ask for it in requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.savings import labels_to_reach, rising
from whorl.selection.types import FloatArray, IntArray

LEAST_ROUNDS = 3
_POWERS = np.geomspace(0.08, 2.5, 32)
_LEVEL = 0.95
_FARTHEST = 100
"""A fit that needs more than so many times the labels measured says no more than that it is far."""


@dataclass(frozen=True, slots=True)
class CurveFit:
    """metric = top - gap x labels^-power."""

    top: float
    gap: float
    power: float

    def at(self, labels: float) -> float:
        """The metric at a number of labels, at least 1."""
        return float(self.top - self.gap * max(labels, 1.0) ** -self.power)

    def labels_for(self, target: float) -> float | None:
        """Labels at which the curve reaches the target; None when it levels off below."""
        found = float(_labels_for(np.array([[self.top, self.gap, self.power]]), target)[0])
        return found if np.isfinite(found) else None


@dataclass(frozen=True, slots=True)
class Forecast:
    """Labels to reach a target.

    Attributes:
        labels: None when the curve levels off below the target, or too little was measured.
        low: Lower end of the 95 % interval; None where there is none.
        high: Upper end; None where there is none, or where it is open (see ``message``).
        is_extrapolated: Whether ``labels`` lies beyond what was measured.
    """

    target: float
    labels: float | None
    low: float | None
    high: float | None
    is_extrapolated: bool
    message: str


@dataclass(frozen=True, slots=True)
class MarginalValue:
    """What further labels add to the metric.

    Attributes:
        labels: Where the curve stands.
        extra: The further labels.
        value: Gain of the metric; None when too little was measured.
        low: Lower end of the 95 % interval; None where there is none.
        high: Upper end.
    """

    labels: int
    extra: int
    value: float | None
    low: float | None
    high: float | None
    message: str


def fit_curve(labels: Sequence[int] | IntArray, metrics: Sequence[float] | FloatArray) -> CurveFit:
    """The inverse power nearest to a curve by least squares; later rounds count more, by the root of their labels.

    Raises:
        InvalidInput: Fewer than three rounds, labels that do not rise, or a metric outside [0, 1].
    """
    counts, runs = _checked(labels, metrics)
    if len(counts) < LEAST_ROUNDS:
        raise InvalidInput(f"{len(counts)} rounds", hint=f"A curve needs at least {LEAST_ROUNDS}.")
    top, gap, power = _fit(counts, runs.mean(axis=0, keepdims=True))[0].tolist()
    return CurveFit(top, gap, power)


def forecast_labels(
    labels: Sequence[int] | IntArray,
    metrics: Sequence[float] | Sequence[Sequence[float]] | FloatArray,
    target: float,
    *,
    errors: Sequence[float] | FloatArray | None = None,
    most: int | None = None,
    resamples: int = 400,
    seed: int = 0,
) -> Forecast:
    """Forecast the labels that a target takes.

    Args:
        labels: (rounds,) rising.
        metrics: (rounds,), or (pools, rounds) of a simulation.
        errors: (rounds,) standard errors, for a single curve; several pools show their own.
        most: Items there are; more labels than that are said to be too many.

    Raises:
        InvalidInput: Lengths differ, labels do not rise, or a metric or the target is outside [0, 1].
    """
    if not 0 <= target <= 1:
        raise InvalidInput(f"target is {target:g}", hint="Give a metric between 0 and 1.")
    counts, runs = _checked(labels, metrics)
    mean = rising(runs.mean(axis=0, keepdims=True))
    reached = float(labels_to_reach(mean, counts, target)[0])
    is_extrapolated = not np.isfinite(reached)
    if is_extrapolated and len(counts) < LEAST_ROUNDS:
        return Forecast(
            target, None, None, None, True, f"Not reached in {len(counts)} rounds; a forecast needs {LEAST_ROUNDS}."
        )
    value = reached if not is_extrapolated else float(_labels_for(_fit(counts, mean), target)[0])
    value = value if value <= _FARTHEST * counts[-1] else np.inf
    low, high, note = _cost_interval(counts, _resampled(runs, errors, resamples, seed), target, value, seed)
    if not np.isfinite(value):
        top = float(_fit(counts, mean)[0, 0])
        return Forecast(
            target,
            None,
            low,
            None,
            True,
            f"Not expected to be reached: the curve levels off near {top:.3f}, after {mean[0, -1]:.3f} with "
            f"{counts[-1]} labels.",
        )
    message = f"{_round(value)} labels" + ("" if low is None else f" ({_range(low, high)})")
    message += f", an extrapolation beyond {counts[-1]} labels" if is_extrapolated else ""
    if most is not None and value > most:
        message += f"; more than the {most} items there are"
    return Forecast(target, value, low, high, is_extrapolated, f"{message}. {note}".strip())


def marginal_value(
    labels: Sequence[int] | IntArray,
    metrics: Sequence[float] | Sequence[Sequence[float]] | FloatArray,
    *,
    extra: int = 100,
    errors: Sequence[float] | FloatArray | None = None,
    resamples: int = 400,
    seed: int = 0,
) -> MarginalValue:
    """What the next labels are worth after the last round: the rule to stop by.

    Arguments are those of :func:`forecast_labels`.

    Raises:
        InvalidInput: As there, or ``extra`` is below 1.
    """
    counts, runs = _checked(labels, metrics)
    if extra < 1:
        raise InvalidInput(f"extra is {extra}", hint="Give at least 1.")
    now = int(counts[-1])
    if len(counts) < LEAST_ROUNDS:
        return MarginalValue(
            now, extra, None, None, None, f"{len(counts)} rounds measured; an estimate needs {LEAST_ROUNDS}."
        )
    value = float(_gain(_fit(counts, runs.mean(axis=0, keepdims=True)), now, extra)[0])
    drawn = _resampled(runs, errors, resamples, seed)
    if drawn is None:
        return MarginalValue(
            now, extra, value, None, None, f"The next {extra} labels add about {value:.4f}; one curve has no interval."
        )
    gains = _gain(_fit_windows(counts, drawn, seed), now, extra)
    low, high = (float(one) for one in np.quantile(gains, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]))
    low, high = min(low, value), max(high, value)
    message = f"The next {extra} labels after {now} add about {value:.4f} ({low:.4f} to {high:.4f})."
    return MarginalValue(now, extra, value, low, high, message)


def _checked(
    labels: Sequence[int] | IntArray, metrics: Sequence[float] | Sequence[Sequence[float]] | FloatArray
) -> tuple[IntArray, FloatArray]:
    counts = np.asarray(labels, dtype=np.int64)
    runs = np.atleast_2d(np.asarray(metrics, dtype=np.float64))
    if not counts.size or runs.shape[1] != counts.size:
        raise InvalidInput(f"{counts.size} label counts for metrics of shape {runs.shape}")
    if counts[0] < 1 or (np.diff(counts) <= 0).any():
        raise InvalidInput(f"labels must rise from at least 1: {counts.tolist()}")
    # NaN fails this comparison, too.
    if not ((runs >= 0) & (runs <= 1)).all():
        raise InvalidInput("a metric is outside 0 to 1", hint="Leave out rounds without a metric.")
    return counts, runs


def _fit(counts: IntArray, curves: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """(r, 3) top, gap, power of (r, rounds) curves; rounds of weight 0 are left out."""
    scale = np.sqrt(counts.astype(np.float64))
    w = np.broadcast_to(scale, curves.shape) if weights is None else weights * scale
    best = np.full((len(curves), 4), np.inf)
    total = w.sum(axis=1)
    for power in _POWERS:
        x = counts.astype(np.float64) ** -power
        x_mean, y_mean = (w @ x) / total, (w * curves).sum(axis=1) / total
        dx = x[None] - x_mean[:, None]
        gap = np.maximum(-(w * dx * (curves - y_mean[:, None])).sum(axis=1) / (w * dx * dx).sum(axis=1), 0)
        top = y_mean + gap * x_mean
        over = top > 1
        if over.any():
            pinned = (w * x * (1 - curves)).sum(axis=1) / (w @ (x * x))
            gap, top = np.where(over, pinned, gap), np.where(over, 1.0, top)
        left = (w * (curves - (top[:, None] - gap[:, None] * x)) ** 2).sum(axis=1)
        # Written so that a near tie keeps the smaller power, the slower and more careful curve.
        better = left < best[:, 3] * (1 - 1e-6)
        best[better] = np.stack([top, gap, np.full(len(curves), power), left], axis=1)[better]
    return best[:, :3]


def _fit_windows(counts: IntArray, curves: FloatArray, seed: int) -> FloatArray:
    """Fits of resampled curves, each without some of its first rounds: no curve is a power from its very start.

    So the interval holds doubts about the shape of the curve, too.
    """
    spare = max(0, (len(counts) - LEAST_ROUNDS - 1) // 2)
    skipped = np.random.default_rng([seed, 3]).integers(spare + 1, size=len(curves))
    return _fit(counts, curves, (np.arange(len(counts))[None] >= skipped[:, None]).astype(np.float64))


def _labels_for(fits: FloatArray, target: float) -> FloatArray:
    """(r,) labels, infinite where a fit levels off below the target."""
    top, gap, power = fits.T
    room = top - target
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        needed = np.where(room > 1e-9, (gap / np.maximum(room, 1e-12)) ** (1 / power), np.inf)
    return np.asarray(np.maximum(needed, 1.0))


def _gain(fits: FloatArray, labels: int, extra: int) -> FloatArray:
    top, gap, power = fits.T
    gained: FloatArray = gap * (float(labels) ** -power - float(labels + extra) ** -power)
    return gained


def _resampled(
    runs: FloatArray, errors: Sequence[float] | FloatArray | None, resamples: int, seed: int
) -> FloatArray | None:
    """(resamples, rounds) curves; None for one curve without errors."""
    rng = np.random.default_rng([seed, 2])
    k, rounds = runs.shape
    if k > 1:
        shares = rng.multinomial(k, np.full(k, 1 / k), size=resamples) / k
        return np.asarray(shares @ runs)
    if errors is None:
        return None
    deviations = np.asarray(errors, dtype=np.float64)
    if deviations.shape != (rounds,) or not (deviations >= 0).all():
        raise InvalidInput(f"errors of shape {deviations.shape} for {rounds} rounds", hint="Give one a round, above 0.")
    return np.clip(runs + rng.normal(size=(resamples, rounds)) * deviations, 0, 1)


def _cost_interval(
    counts: IntArray, drawn: FloatArray | None, target: float, value: float, seed: int
) -> tuple[float | None, float | None, str]:
    if drawn is None:
        return None, None, "One curve has no interval."
    costs = labels_to_reach(rising(drawn), counts, target)
    if len(counts) >= LEAST_ROUNDS:
        beyond = np.maximum(_labels_for(_fit_windows(counts, drawn, seed), target), float(counts[-1]))
        costs = np.where(np.isfinite(costs), costs, beyond)
    costs = np.where(np.isfinite(costs), costs, np.inf)
    low, high = (float(np.quantile(costs, q, method="nearest")) for q in ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    low = min(low, value)
    if not np.isfinite(low):
        return None, None, ""
    if not np.isfinite(high) or not np.isfinite(value):
        return low, None, "Some of the curves never get there, so the interval has no upper end."
    return low, max(high, value), ""


def _range(low: float, high: float | None) -> str:
    return f"at least {_round(low)}" if high is None else f"{_round(low)} to {_round(high)}"


def _round(labels: float) -> str:
    """Labels with no more figures than the forecast deserves."""
    step = 1 if labels < 100 else 10 ** max(0, int(np.floor(np.log10(labels))) - 1)
    return f"{int(round(labels / step)) * step:,}"
