"""Coverage of huge pools in two levels: a quota for each part of the pool, then greedy coverage inside the parts.

A graph of each item's k nearest neighbours is no short cut: it cannot say what is covered when k times the budget is
below the size of the pool, and silently picks dense points. Parts around centres found by farthest-first traversal do
reach the tail, and each part is small enough to be measured whole.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from whorl.selection.kernels import greedy_coverage, one_blas_thread, reference_rows, squared_distances
from whorl.selection.kernels_far import farthest_first, nearest_centre, thread_count
from whorl.selection.types import Float32Array, FloatArray, IntArray

_MOST_PARTS = 8192
# Of the budget, for parts of their own: the tail's share when every part gets one.
_PARTS_SHARE = 0.6
_MOST_REFERENCE = 100_000
_MOST_KNOWN = 50_000
# Of one part: candidates beside its quota, and points to cover.
_PART_CANDIDATES = 512
_PART_REFERENCE = 512
# A part gets its one item for certain with so much of the mean part's weight.
_FLOOR = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Covering:
    """Rows picked, best first.

    Attributes:
        rows: (k,) int64.
        gains: (k,) how much uncertainty each covered, as a share of the part's.
        parts: (k,) int64, the number of the part.
        part_sizes: (k,) int64, about how many items of the pool the part has.
    """

    rows: IntArray
    gains: FloatArray
    parts: IntArray
    part_sizes: IntArray


def cover_in_parts(
    rows: Float32Array,
    known: Float32Array,
    unsure: FloatArray | None,
    budget: int,
    radius: float,
    *,
    candidates: int,
    seed: int,
) -> Covering:
    """Pick rows that cover uncertainty, in time and memory linear in n.

    The most uncertain ``candidates`` times the budget, the parts' centres (the tail's share) and a uniform sample are
    candidates; a part's quota grows with the square root of its uncertainty.

    Args:
        rows: (n, d).
        known: (m, d) covered already.
        unsure: (n,) at least 0, or None: all alike.
        budget: From 1 to n.
        radius: Of the kernel; narrowed to half of the distance between centres.
    """
    n = len(rows)
    weights = np.ones(n) if unsure is None or not unsure.any() else unsure
    parts = _find_parts(rows, weights, budget, candidates, seed)
    quota = share_out(np.sqrt(parts.mass), np.diff(parts.starts), budget)
    reach = max(min(radius, parts.spacing / 2), 1e-3)
    known = known[-_MOST_KNOWN:]
    with one_blas_thread(), ThreadPoolExecutor(thread_count()) as threads:
        known_part, _ = nearest_centre(known, rows[parts.centres], threads)
        by_part = np.argsort(known_part, kind="stable")
        known_starts = np.searchsorted(known_part[by_part], np.arange(len(quota) + 1))

        def cover(at: int) -> tuple[IntArray, FloatArray]:
            members = parts.members[parts.starts[at] : parts.starts[at + 1]]
            near = known[by_part[known_starts[at] : known_starts[at + 1]]]
            picked, shares = _cover_part(rows, members, near, weights, int(quota[at]), reach)
            return picked, shares * parts.mass[at]

        used = np.flatnonzero(quota)
        found = list(threads.map(cover, used.tolist()))
    picked, gains = (np.concatenate([one[side] for one in found]) for side in (0, 1))
    at = np.repeat(used, quota[used])
    order = np.argsort(-gains, kind="stable")
    sizes = np.maximum(np.round(parts.sizes[at]), 1).astype(np.int64)
    return Covering(picked[order].astype(np.int64), gains[order], at[order].astype(np.int64), sizes[order])


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    centres: IntArray  # (g,) rows
    spacing: float  # between the last centre found and the nearest other
    members: IntArray  # candidates and sample, sorted by part
    starts: IntArray  # (g + 1,) where each part's members start
    sizes: FloatArray  # (g,) items of the pool, estimated
    mass: FloatArray  # (g,) their uncertainty, estimated


def _find_parts(rows: Float32Array, weights: FloatArray, budget: int, candidates: int, seed: int) -> _Parts:
    n = len(rows)
    count = int(np.clip(budget * _PARTS_SHARE, 1, min(_MOST_PARTS, n)))
    centres, distances = farthest_first(rows, np.zeros((0, rows.shape[1]), np.float32), count, exact=False)
    sample = reference_rows(n, _MOST_REFERENCE, seed)
    chosen = np.unique(np.concatenate([_candidates(weights, min(n, candidates * budget), seed), centres, sample]))
    with one_blas_thread(), ThreadPoolExecutor(thread_count()) as threads:
        part, _ = nearest_centre(rows[chosen], rows[centres], threads)
    is_sample = np.isin(chosen, sample, assume_unique=True)
    scale = n / len(sample)
    mass = np.bincount(part[is_sample], weights[chosen[is_sample]], minlength=count) * scale
    order = np.argsort(part, kind="stable")
    return _Parts(
        centres=centres,
        spacing=float(distances[-1]),
        members=chosen[order],
        starts=np.searchsorted(part[order], np.arange(count + 1)).astype(np.int64),
        sizes=np.bincount(part[is_sample], minlength=count).astype(np.float64) * scale,
        # A part too small for the sample counts by its centre.
        mass=np.maximum(mass, weights[centres]),
    )


def _candidates(weights: FloatArray, count: int, seed: int) -> IntArray:
    """The ``count`` heaviest rows; among rows as heavy as the last, chance decides."""
    mixed = np.random.default_rng(seed).permutation(len(weights))
    top = np.argpartition(-weights[mixed], count - 1)[:count]
    return np.asarray(mixed[top], np.int64)


def _cover_part(
    rows: Float32Array, members: IntArray, known: Float32Array, weights: FloatArray, quota: int, radius: float
) -> tuple[IntArray, FloatArray]:
    """(k,) rows picked from one part's members, and the share of the part's uncertainty that each covered."""
    heavy = members[np.argsort(-weights[members], kind="stable")]
    candidates = heavy[: quota + _PART_CANDIDATES]
    reference = members[:: -(-len(members) // _PART_REFERENCE)]
    mass = weights[reference] if weights[reference].any() else np.ones(len(reference))
    covered = np.zeros(len(reference))
    if len(known):
        nearest = squared_distances(rows[reference], known[:: -(-len(known) // _PART_REFERENCE)]).min(axis=1)
        covered = np.exp(-nearest.astype(np.float64) / radius**2)
    # Once all is covered, the heaviest candidates are left, in order.
    picked, gains = greedy_coverage(
        rows[candidates], rows[reference], mass / mass.sum(), covered, radius, quota, least_gain=1e-6
    )
    return candidates[picked], gains


def share_out(weights: FloatArray, most: IntArray, total: int, *, floor: float | None = _FLOOR) -> IntArray:
    """Whole numbers in proportion to weights, at most ``most`` each, ``total`` altogether (or all there is).

    One for each with ``floor`` times the mean weight, as long as that takes no more than the total (None: no such
    promise); the rest by weight, and fractions by size. Ties: lower position.
    """
    most = np.asarray(most, np.int64)
    total = min(total, int(most.sum()))
    weights = np.maximum(weights, 1e-9 * max(float(weights.max(initial=0.0)), 1e-300))
    least = np.zeros_like(most)
    if floor is not None and weights.size:
        least = np.minimum(most, (weights >= floor * weights.mean()).astype(np.int64))
    if least.sum() > total:
        least = np.zeros_like(most)
    low, high = 0.0, (total + 1) / float(weights.min()) if weights.size else 0.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(middle * weights, least, most).sum() < total else (low, middle)
    wished = np.clip(high * weights, least, most)
    shares = np.floor(wished + 1e-9).astype(np.int64)
    while shares.sum() > total:
        shares[int(np.argmax(shares - least))] -= 1
    missing = total - int(shares.sum())
    while missing > 0:
        open_ = np.flatnonzero(shares < most)
        order = open_[np.argsort(-(wished - shares)[open_], kind="stable")][:missing]
        shares[order] += 1
        missing -= len(order)
    return shares
