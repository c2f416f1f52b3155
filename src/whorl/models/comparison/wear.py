"""What earlier choices on a test set cost the next one."""

from __future__ import annotations

import math

from whorl.models.comparison.result import Wear, WearLevel

REFRESH = "Refresh it: label new items drawn at random, then `whorl split --refresh-test` lets some of them in."


def wear_warning(times_compared: int, n_test: int) -> Wear:
    """What earlier comparisons on a test set cost the next one.

    The k-th comparison is made at alpha / k. So the expected number of wrong promotions in the first k comparisons is
    at most alpha * (1 + 1/2 + ... + 1/k), which grows like a logarithm, rather than alpha * k. The luck shown is the
    bound on the best of k equal models, 0.5 * sqrt(2 ln k / n). A set is worn out after one comparison per 20 images,
    but not before 3 and not after 20.

    Source: the growth of the error with k and n follows A. Blum, M. Hardt, https://arxiv.org/abs/1502.04585; the
    thresholds are house rules.
    """
    k = times_compared + 1
    limit = min(20, max(3, n_test // 20))
    luck = 0.5 * math.sqrt(2 * math.log(k) / n_test) if n_test else 0.0
    level = WearLevel.FRESH
    if times_compared >= limit:
        level = WearLevel.WORN_OUT
    elif times_compared >= max(2, limit // 2):
        level = WearLevel.WORN
    advice = {
        WearLevel.FRESH: "The test set is fresh.",
        WearLevel.WORN: "Plan a new test set.",
        WearLevel.WORN_OUT: f"Make a new test set before the next comparison. {REFRESH}",
    }[level]
    message = f"Test set of {n_test} images used for {times_compared} earlier comparisons. {advice}"
    return Wear(times_compared, n_test, level, 1 / k, luck, message)
