"""Score many short codes, or fewer whole vectors, against a few queries, block by block.

Every product is small enough for BLAS to do it on the calling thread: its threads wait for each other by spinning, and
beside other work on two cores that took seventy times as long.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whorl.models.embeddings.halves import widen
from whorl.models.embeddings.reducing import Codes
from whorl.models.embeddings.segments import Halves

FloatArray = NDArray[np.float32]
IndexArray = NDArray[np.int64]
# Numbers per product: a megabyte of single precision stays in a core's cache, and BLAS starts no threads for it.
_BLOCK = 2**18


def score_codes(codes: Codes, queries: FloatArray, rows: IndexArray | None = None) -> FloatArray:
    """float32 (q, n): the products of float32 (q, r) queries with int8 (n, r) codes, or with these rows of them."""
    count = len(codes) if rows is None else len(rows)
    step = max(1, _BLOCK // max(codes.shape[1], 1))
    scores = np.empty((len(queries), count), np.float32)
    wide = np.empty((step, codes.shape[1]), np.float32)
    for start in range(0, count, step):
        stop = min(start + step, count)
        block = wide[: stop - start]
        block[...] = codes[start:stop] if rows is None else codes[rows[start:stop]]
        for query, line in zip(queries, scores, strict=True):
            np.dot(block, query, out=line[start:stop])
    return scores


def cosines_of(vectors: Halves, rows: IndexArray, query: FloatArray) -> FloatArray:
    """float32 (n,): cosines of float32 (d,), of unit length, with these rows of float16 (m, d) vectors."""
    step = max(1, _BLOCK // max(vectors.shape[1], 1))
    found = np.empty(len(rows), np.float32)
    for start in range(0, len(rows), step):
        block = widen(vectors[rows[start : start + step]])
        # Half precision moves a length by a thousandth, which would decide between near copies.
        lengths = np.sqrt(np.einsum("nd,nd->n", block, block))
        found[start : start + step] = np.dot(block, query) / lengths
    return found


def best_of(scores: FloatArray, count: int) -> IndexArray:
    """Positions of the ``count`` greatest scores, ascending."""
    if count >= len(scores):
        return np.arange(len(scores), dtype=np.int64)
    found = np.argpartition(scores, len(scores) - count)[len(scores) - count :]
    return np.sort(found).astype(np.int64)
