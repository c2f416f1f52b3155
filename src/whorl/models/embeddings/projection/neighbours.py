"""Place new points among their nearest that have a place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from whorl.models.embeddings.nearest import find_nearest

FloatArray = NDArray[np.float32]
Points = NDArray[np.float64]
_NEAREST = 3
_HAIR = 1e-3


def place_among(
    vectors: FloatArray, points: Points, *, seed: int, report: Callable[[float], bool] = lambda done: True
) -> Points:
    """(n, 2): points with a place keep it; each other comes to the weighted middle of its three nearest that have one.

    A hair of noise by the seed parts points that would fall on each other.

    Args:
        vectors: (n, d).
        points: (n, 2), NaN where there is no place; at least one has one.

    Raises:
        Cancelled: ``report`` said no.
    """
    known = np.flatnonzero(np.isfinite(points).all(axis=1))
    fresh = np.flatnonzero(~np.isfinite(points).all(axis=1))
    placed = points.copy()
    if not len(fresh):
        return placed
    found, distances = find_nearest(vectors[fresh], vectors[known], k=min(_NEAREST, len(known)), report=report)
    weights = 1.0 / (distances.astype(np.float64) + 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    placed[fresh] = (points[known][found] * weights[:, :, None]).sum(axis=1)
    spread = float(np.ptp(points[known], axis=0).max()) or 1.0
    placed[fresh] += np.random.default_rng(seed).normal(scale=_HAIR * spread, size=(len(fresh), 2))
    return placed
