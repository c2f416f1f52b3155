"""Distances, clusters and greedy coverage in blocks, so that memory grows with n alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.selection.types import Float32Array, FloatArray, IntArray

_BLOCK = 1024
_MOST_DIMENSIONS = 256
_KEPT_DIMENSIONS = 128
_DIRECTION_ROWS = 1024


def prepare(embeddings: Float32Array, labelled: Float32Array | None) -> tuple[Float32Array, Float32Array]:
    """Both sets on the unit sphere; more than 256 dimensions become the 128 principal ones.

    Returns:
        (n, k) pool and (m, k) labelled rows. Rows of zeros stay zeros.
    """
    pool = _unit(embeddings)
    seen = _unit(labelled) if labelled is not None and len(labelled) else np.zeros((0, pool.shape[1]), np.float32)
    if pool.shape[1] <= _MOST_DIMENSIONS or not len(pool):
        return pool, seen
    # A thousand rows spread over the pool are enough for the directions.
    sample = pool[:: max(1, len(pool) // _DIRECTION_ROWS)].astype(np.float64)
    centre = sample.mean(axis=0).astype(np.float32)
    directions = _principal(sample - centre, _KEPT_DIMENSIONS)
    return (pool - centre) @ directions, (seen - centre) @ directions


def _principal(centred: FloatArray, k: int) -> Float32Array:
    """(d, k) directions of most variance; columns of zeros where there are fewer.

    Decomposes whichever of the two Gram matrices is smaller: features are wide, and a 3,000 x 3,000 decomposition
    takes seconds where a 1,000 x 1,000 one takes a tenth.
    """
    if centred.shape[0] >= centred.shape[1]:
        # Not np.cov, which divides by zero for a pool of one.
        return np.asarray(np.linalg.eigh(centred.T @ centred)[1][:, -k:], np.float32)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    values, vectors = values[-k:], vectors[:, -k:]
    kept = values > 1e-10 * max(float(values[-1]), 1e-300)
    directions = np.zeros((centred.shape[1], k), np.float32)
    directions[:, : int(kept.sum())] = centred.T @ (vectors[:, kept] / np.sqrt(values[kept]))
    return directions


def _unit(rows: Float32Array) -> Float32Array:
    rows = np.ascontiguousarray(rows, dtype=np.float32)
    norms = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(norms > 0, norms, np.float32(1)), dtype=np.float32)


def squared_distances(a: Float32Array, b: Float32Array) -> Float32Array:
    """(n, m) squared Euclidean distances, never below 0."""
    squares = (a * a).sum(axis=1)[:, None] + (b * b).sum(axis=1)[None]
    distances: Float32Array = np.maximum(squares - 2 * (a @ b.T), np.float32(0))
    return distances


def nearest_squared(a: Float32Array, b: Float32Array) -> Float32Array:
    """(n,) squared distance from each row of a to the nearest row of b; infinite where b is empty."""
    nearest = np.full(len(a), np.inf, dtype=np.float32)
    if len(b):
        for start in range(0, len(a), _BLOCK):
            nearest[start : start + _BLOCK] = squared_distances(a[start : start + _BLOCK], b).min(axis=1)
    return nearest


def k_means(rows: Float32Array, k: int, *, seed: int, rounds: int = 12) -> IntArray:
    """(n,) cluster of each row, 0 to k - 1; a cluster may be empty.

    Lloyd's iterations from k-means++ seeds.
    """
    rng = np.random.default_rng(seed)
    centres = rows[_plus_plus(rows, k, rng)]
    clusters = np.zeros(len(rows), dtype=np.int64)
    for _ in range(rounds):
        moved = _nearest_index(rows, centres)
        if (moved == clusters).all():
            break
        clusters = moved
        sums = np.zeros_like(centres, dtype=np.float64)
        np.add.at(sums, clusters, rows)
        counts = np.bincount(clusters, minlength=k)[:, None]
        centres = np.where(counts > 0, sums / np.maximum(counts, 1), centres).astype(np.float32)
    return clusters


def _plus_plus(rows: Float32Array, k: int, rng: np.random.Generator) -> IntArray:
    chosen = [int(rng.integers(len(rows)))]
    nearest = squared_distances(rows, rows[chosen]).ravel()
    while len(chosen) < k:
        total = float(nearest.sum(dtype=np.float64))
        share = nearest.astype(np.float64) / total if total > 0 else None
        chosen.append(int(rng.choice(len(rows), p=share)))
        nearest = np.minimum(nearest, squared_distances(rows, rows[chosen[-1:]]).ravel())
    return np.asarray(chosen, dtype=np.int64)


def _nearest_index(rows: Float32Array, centres: Float32Array) -> IntArray:
    parts = [squared_distances(rows[s : s + _BLOCK], centres).argmin(axis=1) for s in range(0, len(rows), _BLOCK)]
    return np.concatenate(parts).astype(np.int64)


def reference_rows(n: int, limit: int, seed: int) -> IntArray:
    """At most ``limit`` of n rows, drawn evenly; all of them, in order, when they fit."""
    if n <= limit:
        return np.arange(n, dtype=np.int64)
    return np.sort(np.random.default_rng(seed).choice(n, size=limit, replace=False)).astype(np.int64)


def greedy_coverage(
    rows: Float32Array,
    reference: Float32Array,
    weights: FloatArray,
    covered: FloatArray,
    radius: float,
    budget: int,
) -> tuple[IntArray, FloatArray]:
    """Pick rows that add most weighted coverage, one after another.

    Coverage of a reference point is the largest Gaussian similarity exp(-d^2 / radius^2) to anything picked. The gain
    of a row only falls as others are picked, so only the most promising rows are measured again (lazy greedy,
    M. Minoux 1978), and never more than 1,024 rows of similarities are held.

    Args:
        rows: (n, d) candidates.
        reference: (m, d) points to cover.
        weights: (m,) how much each point matters, at least 0.
        covered: (m,) coverage by what is labelled already, in [0, 1].
        radius: Above 0.

    Returns:
        Picked rows in order, and the gain of each; ties go to the lower row.
    """
    covered = covered.copy()
    gains = np.concatenate(
        [_gains(rows[s : s + _BLOCK], reference, weights, covered, radius) for s in range(0, len(rows), _BLOCK)]
        or [np.zeros(0)]
    )
    picked: list[int] = []
    won: list[float] = []
    while len(picked) < budget:
        best = _refresh_best(gains, rows, reference, weights, covered, radius)
        picked.append(best)
        won.append(float(gains[best]))
        np.maximum(covered, _similarity(rows[[best]], reference, radius)[0], out=covered)
        gains[best] = -np.inf
    return np.asarray(picked, dtype=np.int64), np.asarray(won, dtype=np.float64)


def _refresh_best(
    gains: FloatArray,
    rows: Float32Array,
    reference: Float32Array,
    weights: FloatArray,
    covered: FloatArray,
    radius: float,
) -> int:
    """Measure stale gains again from the top until the best one is fresh; ``gains`` is updated in place."""
    fresh = np.zeros(len(gains), dtype=np.bool_)
    step = 16
    while True:
        best = int(np.argmax(gains))
        if fresh[best] or gains[best] == -np.inf:
            return best
        top = np.argpartition(-gains, min(step, len(gains)) - 1)[:step]
        top = np.sort(top[~fresh[top] & (gains[top] > -np.inf)])
        if best not in top:
            top = np.append(top, best)
        gains[top] = _gains(rows[top], reference, weights, covered, radius)
        fresh[top] = True
        step = min(step * 2, _BLOCK)


def _similarity(rows: Float32Array, reference: Float32Array, radius: float) -> NDArray[np.floating]:
    similar: NDArray[np.floating] = np.exp(-squared_distances(rows, reference) / np.float32(radius * radius))
    return similar


def _gains(
    rows: Float32Array, reference: Float32Array, weights: FloatArray, covered: FloatArray, radius: float
) -> FloatArray:
    added = np.maximum(_similarity(rows, reference, radius) - covered.astype(np.float32), np.float32(0))
    gained: FloatArray = (added @ weights.astype(np.float32)).astype(np.float64)
    return gained
