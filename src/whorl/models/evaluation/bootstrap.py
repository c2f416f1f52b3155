"""Resampling test images: weights instead of copies.

A bootstrap sample of n images is the count of how often each was drawn. Metrics that are sums over images are then
matrix products, and a sample needs no second evaluation.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.types import FloatArray, IntArray, Interval

_BLOCK_ELEMENTS = 4_000_000
"""Weights held at once: 32 MB."""


def group_codes(groups: Sequence[Hashable] | None, n: int) -> IntArray:
    """A number from 0 for each image's group, in order of first appearance; each image its own when None.

    Raises:
        InvalidInput: There is not one group per image.
    """
    if groups is None:
        return np.arange(n, dtype=np.int64)
    if len(groups) != n:
        raise InvalidInput(f"{len(groups)} groups for {n} images", hint="Give one group per image, or None.")
    codes: dict[Hashable, int] = {}
    return np.array([codes.setdefault(group, len(codes)) for group in groups], dtype=np.int64)


def weight_blocks(codes: IntArray, *, resamples: int, seed: int) -> Iterator[FloatArray]:
    """How often each image was drawn, in blocks of resamples.

    Args:
        codes: (n,) int64, each image's group; whole groups are drawn with replacement.
        resamples: Rows over all blocks.
        seed: The same seed gives the same rows, whatever the size of the blocks.

    Yields:
        (r, n) float64 counts.
    """
    n_groups = int(codes.max()) + 1 if codes.size else 0
    rng = np.random.default_rng(seed)
    rows = max(1, _BLOCK_ELEMENTS // max(1, codes.size))
    for start in range(0, resamples, rows):
        r = min(rows, resamples - start)
        if n_groups == 0:
            yield np.zeros((r, 0))
            continue
        counts = rng.multinomial(n_groups, np.full(n_groups, 1.0 / n_groups), size=r)
        yield counts[:, codes].astype(np.float64)


def bootstrap(
    statistic: Callable[[FloatArray], FloatArray], codes: IntArray, *, resamples: int, seed: int
) -> FloatArray:
    """The statistic on each resample.

    Args:
        statistic: From (r, n) weights to (r, ...) values.

    Returns:
        (resamples, ...) float64; NaN where a resample left nothing to measure.
    """
    return np.concatenate([statistic(w) for w in weight_blocks(codes, resamples=resamples, seed=seed)])


def percentile_interval(values: NDArray[np.floating], *, level: float = 0.95) -> Interval:
    """The central interval of the resampled values; NaN values are left out.

    Source: B. Efron, R. Tibshirani, An Introduction to the Bootstrap (1993), chapter 13.

    Raises:
        InvalidInput: No value is finite.
    """
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        raise InvalidInput("no resample has a value", hint="The test set is too small for an interval.")
    low, high = np.quantile(finite, [(1 - level) / 2, (1 + level) / 2])
    return Interval(low=float(low), high=float(high), level=level)
