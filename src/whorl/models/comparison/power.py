"""What a test set is able to tell: the smallest true gain that it would find most of the time."""

from __future__ import annotations

import math

import numpy as np

from whorl.models.comparison.pairs import Pair
from whorl.models.comparison.result import Power
from whorl.models.evaluation.types import FloatArray

POWER = 0.8
_STEPS = 40


def find_power(
    pair: Pair, spread: FloatArray, *, alpha: float, is_exact: bool, min_delta: float = 0.0, power: float = POWER
) -> Power:
    """What comparisons like this one are able to tell.

    For classes without groups, the exact McNemar test is computed over all outcomes: the models differ on as many
    images as they did here. Else the resampled gains are taken to be normal, with the spread they have here.

    Args:
        spread: (resamples,) gains on the resampled images.
        alpha: Two-sided, as the decision uses it.
        is_exact: McNemar has a say.
    """
    finite = spread[np.isfinite(spread)]
    n = pair.n_images
    if not finite.size or pair.delta is None or not n:
        return Power(power, None, None, "Nothing was measured, so nothing can be told.")
    if is_exact and pair.correct is not None:
        differ = int((pair.correct[0] != pair.correct[1]).sum())
        gain = smallest_gain_of_classes(n, differ / n, alpha=alpha, power=power)
    else:
        gain = smallest_gain_of_spread(float(finite.std(ddof=1)) if finite.size > 1 else 0.0, alpha=alpha, power=power)
    # A gain below the smallest that is wanted is promoted at most every second time, however large the test set is.
    found = None if gain is None else max(gain, min_delta)
    images = None
    if found is not None and pair.delta > 0:
        images = math.ceil(n * (found / pair.delta) ** 2)
    return Power(power, found, images, _message(found, images, pair, power))


def smallest_gain_of_classes(n: int, differing: float, *, alpha: float, power: float = POWER) -> float | None:
    """The smallest true gain in accuracy that the exact McNemar test finds with this power; None when none is large
    enough.

    Args:
        differing: Share of images on which only one of the two is right. A gain cannot be larger, so for larger
            gains the models are taken to differ by just the gain.
    """
    if power_of_classes(n, 1.0, 1.0, alpha=alpha) < power:
        return None
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if power_of_classes(n, middle, max(differing, middle), alpha=alpha) < power:
            low = middle
        else:
            high = middle
    return high


def power_of_classes(n: int, gain: float, differing: float, *, alpha: float) -> float:
    """How often n images promote a challenger that is truly better by ``gain``, by the exact McNemar test.

    Args:
        differing: Share of images on which only one of the two is right, at least ``gain``.
    """
    from scipy.stats import binom

    if differing <= 0:
        return 0.0
    counts = np.arange(n + 1)
    chance = binom.pmf(counts, n, min(1.0, differing))
    kept = chance > 1e-12
    counts, chance = counts[kept], chance[kept]
    # The champion may win so many of k at most, that twice the tail is within alpha.
    most_lost = binom.ppf(alpha / 2, counts, 0.5)
    most_lost = np.where(2 * binom.cdf(most_lost, counts, 0.5) <= alpha, most_lost, most_lost - 1)
    lost = (differing - gain) / (2 * differing)
    found = np.where(most_lost >= 0, binom.cdf(most_lost, counts, max(0.0, lost)), 0.0)
    return float((chance * np.nan_to_num(found)).sum())


def smallest_gain_of_spread(deviation: float, *, alpha: float, power: float = POWER) -> float | None:
    """The smallest true gain whose interval lies above 0 with this power; None where nothing varies.

    Args:
        deviation: Standard deviation of the gain over test sets like this one.
    """
    from scipy.special import ndtri

    return float((ndtri(1 - alpha / 2) + ndtri(power)) * deviation) if deviation > 0 else None


def power_of_spread(gain: float, deviation: float, *, alpha: float) -> float:
    """How often the interval of a challenger that is truly better by ``gain`` lies above 0."""
    from scipy.special import ndtr, ndtri

    return float(ndtr(gain / deviation - ndtri(1 - alpha / 2))) if deviation > 0 else 0.0


def _message(gain: float | None, images: int | None, pair: Pair, power: float) -> str:
    if gain is None:
        return f"No true gain would be found by these {pair.n_images} images in {power:.0%} of comparisons."
    found = f"A true gain of {gain:.3f} would be found in {power:.0%} of comparisons with these {pair.n_images} images."
    if images is None or pair.delta is None or images <= pair.n_images:
        return found
    return f"{found} A gain of {pair.delta:.3f}, as measured here, takes about {images:,} images."
