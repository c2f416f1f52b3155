"""Distances, clusters and greedy coverage in blocks, so that memory grows with n alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whorl.selection.types import Float32Array, FloatArray, IntArray, Pool

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController

_BLOCK = 1024
_MOST_DIMENSIONS = 256
_KEPT_DIMENSIONS = 128
_DIRECTION_ROWS = 1024
# From so many rows on, 64 dimensions are kept: time and memory of everything that follows grow with them.
_MANY_ROWS = 100_000
_KEPT_OF_MANY = 64
_DIRECTION_ROWS_OF_MANY = 16_384


def prepare(
    embeddings: NDArray[Any], labelled: NDArray[Any] | None, *, is_reduced: bool = False
) -> tuple[Float32Array, Float32Array]:
    """Both sets on the unit sphere; wide ones as their principal components.

    More than 256 dimensions become 128; of 100,000 rows and more, more than 64 become 64. Rows are read in blocks, so a
    memory-mapped float16 pool costs what the answer does.

    Args:
        is_reduced: Both are principal components already, and stay as they are.

    Returns:
        (n, k) pool and (m, k) labelled rows. Rows of zeros are at the same distance from all others: they stay zeros
        before directions are taken.
    """
    n, width = embeddings.shape
    seen = labelled if labelled is not None and len(labelled) else np.zeros((0, width), np.float32)
    if is_reduced:
        return np.asarray(embeddings, np.float32), np.asarray(seen, np.float32)
    many = n >= _MANY_ROWS
    if width <= (_KEPT_OF_MANY if many else _MOST_DIMENSIONS) or not n:
        return unit_rows(embeddings), unit_rows(seen)
    # Some thousand rows spread over the pool are enough for the directions.
    sample = unit_rows(embeddings[:: max(1, n // (_DIRECTION_ROWS_OF_MANY if many else _DIRECTION_ROWS))])
    centre = sample.mean(axis=0, dtype=np.float64).astype(np.float32)
    directions = _principal((sample - centre).astype(np.float64), _KEPT_OF_MANY if many else _KEPT_DIMENSIONS)
    return _project(embeddings, centre, directions), _project(seen, centre, directions)


def prepare_pool(pool: Pool, strategy: str) -> tuple[Float32Array, Float32Array]:
    """The pool's rows and those known already (labelled, then pending), comparable.

    Raises:
        InvalidInput: The pool has no embeddings.
    """
    return prepare(pool.need_embeddings(strategy), pool.known_embeddings, is_reduced=pool.is_reduced)


def reduce_pool(pool: Pool) -> Pool:
    """The pool with principal components instead of embeddings; those of labelled, pending and examples with them.

    As it is where there are no embeddings, or they are reduced already. The head does not fit them any more.
    """
    if pool.embeddings is None or pool.is_reduced:
        return pool
    given = (pool.labelled_embeddings, pool.pending_embeddings, pool.examples, pool.counter_examples)
    sizes = [0 if found is None else len(found) for found in given]
    parts = [np.asarray(found, np.float32) for found in given if found is not None and len(found)]
    rows, seen = prepare(pool.embeddings, np.concatenate(parts) if parts else None)
    labelled, pending, examples, counter = np.split(seen, np.cumsum(sizes)[:-1])
    return replace(
        pool,
        embeddings=rows,
        labelled_embeddings=None if pool.labelled_embeddings is None else labelled,
        pending_embeddings=None if pool.pending_embeddings is None else pending,
        examples=None if pool.examples is None else examples,
        counter_examples=None if pool.counter_examples is None else counter,
        head=None,
        is_reduced=True,
    )


def _project(rows: NDArray[Any], centre: Float32Array, directions: Float32Array) -> Float32Array:
    shape = (len(rows), directions.shape[1])
    return np.concatenate(
        [(unit_rows(rows[s : s + 8 * _BLOCK]) - centre) @ directions for s in range(0, len(rows), 8 * _BLOCK)]
        or [np.zeros(shape, np.float32)]
    )


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


def unit_rows(rows: NDArray[Any]) -> Float32Array:
    """Rows of length 1, float32; rows of zeros stay zeros."""
    rows = np.ascontiguousarray(rows, dtype=np.float32)
    norms = np.sqrt((rows * rows).sum(axis=1, keepdims=True))
    return np.asarray(rows / np.where(norms > 0, norms, np.float32(1)), dtype=np.float32)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep matrix products to the thread that asks; where it pays, ours run side by side.

    The products here are small: threads of the library wait for each other longer than they compute, and on a busy
    machine ten times as long.
    """
    controller = _controller()
    with nullcontext() if controller is None else controller.limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController | None:
    # It comes with scikit-learn, before 1.5 perhaps too old; without it everything is slower, and the same.
    try:
        from threadpoolctl import ThreadpoolController
    except ImportError:
        return None
    # Looks through all loaded libraries, which takes milliseconds: once.
    return ThreadpoolController()


def squared_distances(a: Float32Array, b: Float32Array) -> Float32Array:
    """(n, m) squared Euclidean distances, never below 0."""
    distances: Float32Array = a @ b.T
    # In place: these are the largest arrays there are.
    distances *= -2
    distances += np.einsum("ij,ij->i", a, a)[:, None]
    distances += np.einsum("ij,ij->i", b, b)[None]
    return np.maximum(distances, 0, out=distances)


def nearest_squared(a: Float32Array, b: Float32Array) -> Float32Array:
    """(n,) squared distance from each row of a to the nearest row of b; infinite where b is empty."""
    nearest = np.full(len(a), np.inf, dtype=np.float32)
    if len(b):
        for start in range(0, len(a), _BLOCK):
            nearest[start : start + _BLOCK] = squared_distances(a[start : start + _BLOCK], b).min(axis=1)
    return nearest


def k_means(rows: Float32Array, k: int, *, seed: int, rounds: int = 12) -> IntArray:
    """(n,) cluster of each row, 0 to k - 1; a cluster may be empty.

    Lloyd's iterations from k-means++ seeds. Of many rows, a sample of 32 for each cluster (20,000 at least) finds the
    centres; beyond 512 clusters the seeds are drawn uniformly.
    """
    return nearest_index(rows, k_means_centres(rows, k, seed=seed, rounds=rounds))


def k_means_centres(rows: Float32Array, k: int, *, seed: int, rounds: int = 12) -> Float32Array:
    """(k, d) centres; see ``k_means``."""
    rng = np.random.default_rng(seed)
    sample = rows[reference_rows(len(rows), max(_MEANS_ROWS, 32 * k), seed)]
    seeds = _plus_plus(sample, k, rng) if k <= _MOST_SEEDED else rng.choice(len(sample), k, replace=k > len(sample))
    centres = sample[seeds]
    clusters = np.full(len(sample), -1, dtype=np.int64)
    for _ in range(rounds):
        moved = nearest_index(sample, centres)
        if (moved == clusters).all():
            break
        clusters = moved
        centres = move_centres(sample, clusters, centres)
    return centres


_MEANS_ROWS = 20_000
_MOST_SEEDED = 512


def move_centres(rows: Float32Array, cell: IntArray, centres: Float32Array) -> Float32Array:
    """(g, d) the mean of each cell's rows; an empty cell stays where it is."""
    order = np.argsort(cell, kind="stable")
    found, starts = np.unique(cell[order], return_index=True)
    sums = np.add.reduceat(rows[order], starts, axis=0, dtype=np.float64)
    moved = centres.copy()
    moved[found] = sums / np.diff(np.append(starts, len(rows)))[:, None]
    return moved


def _plus_plus(rows: Float32Array, k: int, rng: np.random.Generator) -> IntArray:
    """k rows far from each other: each is the best of a few drawn by squared distance (greedy k-means++)."""
    trials = 2 + int(np.log(k))
    chosen = [int(rng.integers(len(rows)))]
    nearest = squared_distances(rows, rows[chosen]).ravel()
    while len(chosen) < k:
        reach = np.cumsum(nearest, dtype=np.float64)
        if reach[-1] > 0:
            drawn = np.searchsorted(reach, rng.random(trials) * reach[-1], side="right")
        else:
            drawn = rng.integers(len(rows), size=1)
        drawn = np.minimum(drawn, len(rows) - 1)
        lowered = np.minimum(squared_distances(rows, rows[drawn]), nearest[:, None])
        best = int(np.argmin(lowered.sum(axis=0, dtype=np.float64)))
        chosen.append(int(drawn[best]))
        nearest = lowered[:, best]
    return np.asarray(chosen, dtype=np.int64)


def nearest_index(rows: Float32Array, centres: Float32Array) -> IntArray:
    """(n,) the nearest centre of each row; ties: lower centre."""
    half = (centres * centres).sum(axis=1) / 2
    parts = [(rows[s : s + _BLOCK] @ centres.T - half).argmax(axis=1) for s in range(0, len(rows), _BLOCK)]
    return np.concatenate(parts or [np.zeros(0, np.int64)]).astype(np.int64)


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
    *,
    least_gain: float = -1.0,
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
        least_gain: Once no row gains more, the rest of the budget goes to the rows left, in their order.

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
        if gains[best] <= least_gain:
            left = np.flatnonzero(gains > -np.inf)[: budget - len(picked)]
            return np.append(picked, left).astype(np.int64), np.append(won, np.zeros(len(left)))
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


def _similarity(rows: Float32Array, reference: Float32Array, radius: float) -> Float32Array:
    similar = squared_distances(rows, reference)
    similar *= np.float32(-1 / (radius * radius))
    return np.exp(similar, out=similar)


def _gains(
    rows: Float32Array, reference: Float32Array, weights: FloatArray, covered: FloatArray, radius: float
) -> FloatArray:
    added = _similarity(rows, reference, radius)
    added -= covered.astype(np.float32)
    np.maximum(added, 0, out=added)
    gained: FloatArray = (added @ weights.astype(np.float32)).astype(np.float64)
    return gained
