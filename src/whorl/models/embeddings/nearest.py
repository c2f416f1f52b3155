"""Exact nearest neighbours by distance, block by block."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import Cancelled

FloatArray = NDArray[np.float32]
IndexArray = NDArray[np.int64]
_BLOCK_BYTES = 64 * 2**20


def find_nearest(
    queries: FloatArray,
    known: FloatArray,
    *,
    k: int = 1,
    skip_self: bool = False,
    report: Callable[[float], bool] = lambda done: True,
) -> tuple[IndexArray, FloatArray]:
    """The k nearest rows of ``known`` for each query, nearest first, by Euclidean distance.

    All are compared: exact up to single precision, n x m x d multiplications, 64 MiB of memory beside the arrays.

    Args:
        queries: (n, d).
        known: (m, d), m >= k.
        skip_self: ``queries`` is ``known``, and a row is no neighbour of its own; k < m.
        report: Told the share done after each block; an answer of no ends the work.

    Returns:
        Rows int64 (n, k) and distances float32 (n, k).

    Raises:
        Cancelled: ``report`` said no.
    """
    rows = np.empty((len(queries), k), np.int64)
    distances = np.empty((len(queries), k), np.float32)
    lengths = np.einsum("ij,ij->i", known, known)
    step = max(1, _BLOCK_BYTES // max(4, 4 * len(known)))
    for begin in range(0, len(queries), step):
        block = queries[begin : begin + step]
        # The query's own length is the same for all of its row, so it may come later.
        near = lengths[None, :] - 2.0 * (block @ known.T)
        if skip_self:
            near[np.arange(len(block)), begin + np.arange(len(block))] = np.inf
        best = np.argpartition(near, k - 1, axis=1)[:, :k] if k < near.shape[1] else _all(near)
        order = np.argsort(np.take_along_axis(near, best, axis=1), axis=1, kind="stable")
        best = np.take_along_axis(best, order, axis=1)[:, :k]
        rows[begin : begin + len(block)] = best
        # Differences are exact where the short form loses digits: near neighbours.
        gaps = known[best] - block[:, None, :]
        distances[begin : begin + len(block)] = np.sqrt(np.einsum("ijk,ijk->ij", gaps, gaps))
        if not report((begin + len(block)) / len(queries)):
            raise Cancelled("the search was stopped")
    return rows, distances


def _all(near: FloatArray) -> IndexArray:
    return np.broadcast_to(np.arange(near.shape[1]), near.shape)
