"""What a test set is able to tell: the smallest true gain that it would find most of the time."""

from __future__ import annotations

import math

import numpy as np

from whorl.models.comparison.pairs import Pair
from whorl.models.comparison.result import Power
from whorl.models.evaluation.types import FloatArray

POWER = 0.8
_STEPS = 30
_NEGLIGIBLE = 1e-12


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
    lost = _most_lost(n, alpha)
    if _power(lost, 1.0, 1.0) < power:
        return None
    low, high = 0.0, 1.0
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if _power(lost, middle, max(differing, middle)) < power:
            low = middle
        else:
            high = middle
    return high


def power_of_classes(n: int, gain: float, differing: float, *, alpha: float) -> float:
    """How often n images promote a challenger that is truly better by ``gain``, by the exact McNemar test.

    Args:
        differing: Share of images on which only one of the two is right, at least ``gain``.
    """
    return _power(_most_lost(n, alpha), gain, differing)


def _most_lost(n: int, alpha: float) -> FloatArray:
    """(n + 1,) of k images on which the models differ, how many the challenger may lose and still win; -1 for none."""
    from scipy.special import bdtr, ndtri

    counts = np.arange(n + 1, dtype=np.float64)
    # A normal guess is off by a few at most; from there the exact tail is stepped to.
    most: FloatArray = np.floor((counts + float(ndtri(alpha / 2)) * np.sqrt(counts)) / 2) + 2
    most = np.clip(np.minimum(most, counts - 1), -1, None)
    while True:
        is_over = (most >= 0) & (2 * bdtr(np.maximum(most, 0), np.maximum(counts, 1).astype(np.int64), 0.5) > alpha)
        if not is_over.any():
            return most
        most = most - is_over


def _power(most_lost: FloatArray, gain: float, differing: float) -> float:
    from scipy.special import bdtr, gammaln

    n = len(most_lost) - 1
    if differing <= 0 or not n:
        return 0.0
    share = min(1.0, differing)
    counts = np.arange(n + 1, dtype=np.float64)
    chance = np.zeros(n + 1)
    if share == 1.0:
        chance[n] = 1.0
    else:
        ways = gammaln(n + 1) - gammaln(counts + 1) - gammaln(n - counts + 1)
        chance = np.exp(ways + counts * math.log(share) + (n - counts) * math.log1p(-share))
    seen = (most_lost >= 0) & (chance > _NEGLIGIBLE)
    lost = max(0.0, (differing - gain) / (2 * differing))
    return float((chance[seen] * bdtr(most_lost[seen], counts[seen].astype(np.int64), lost)).sum())


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
