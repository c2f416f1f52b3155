"""Score many short codes against a few queries, block by block."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.models.embeddings.reducing import Codes

FloatArray = NDArray[np.float32]
IndexArray = NDArray[np.int64]
# 2 MiB of single precision at 64 numbers: stays in a core's cache.
_BLOCK = 8192


def score_codes(codes: Codes, queries: FloatArray, rows: IndexArray | None = None) -> FloatArray:
    """float32 (q, n): the products of float32 (q, r) queries with int8 (n, r) codes, or with these rows of them."""
    count = len(codes) if rows is None else len(rows)
    scores = np.empty((len(queries), count), np.float32)
    wide = np.empty((_BLOCK, codes.shape[1]), np.float32)
    for start in range(0, count, _BLOCK):
        stop = min(start + _BLOCK, count)
        block = wide[: stop - start]
        block[...] = codes[start:stop] if rows is None else codes[rows[start:stop]]
        np.matmul(queries, block.T, out=scores[:, start:stop])
    return scores


def best_of(scores: FloatArray, count: int) -> IndexArray:
    """Positions of the ``count`` greatest scores, in no order."""
    if count >= len(scores):
        return np.arange(len(scores), dtype=np.int64)
    return np.argpartition(scores, len(scores) - count)[len(scores) - count :].astype(np.int64)
