"""The part of a selection that runs in a worker process: what is known of a pool in, chosen rows out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.datasets.alike import group_alike
from whorl.selection.kernels import nearest_squared
from whorl.selection.mixing import select
from whorl.selection.registry import get_strategy
from whorl.selection.types import BoolArray, Float32Array, IntArray, Pool, Selection

_SAMPLE = 2_000
_NEAR_BITS = 8
_NEAR_COSINE = 0.97


@dataclass(frozen=True, slots=True)
class Request:
    """What to choose.

    Attributes:
        count: Most rows.
        without_duplicates: At most one of each group of near copies, and none of what is labelled already.
    """

    strategy: str
    count: int
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    random_share: float = 0.1
    seed: int = 0
    without_duplicates: bool = True


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of the pool that has something labelled or chosen near by.

    Near is as near as the nearest of as many drawn at random lies from half of the pool: a draw covers one half.
    """

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows of the pool as it was given, the copies that were left out, and what the choice covers."""

    selection: Selection
    n_duplicates: int = 0
    coverage: Coverage | None = None


def choose_body(pool: Pool, request: Request) -> Chosen:
    """Choose rows of a pool.

    Raises:
        InvalidInput: As the strategy; or the pool is not sound.
        NotFound: No strategy has this name.
    """
    pool.check()
    keep = np.arange(pool.size)
    if request.without_duplicates:
        keep = np.flatnonzero(first_of_each(pool))
    rest = pool if len(keep) == pool.size else pool.take(keep)
    strategy = get_strategy(request.strategy, **request.params)
    found = select(rest, strategy, request.count, random_share=request.random_share, seed=request.seed)
    found = replace(found, indices=keep[found.indices])
    return Chosen(found, pool.size - len(keep), cover(pool, found.indices, seed=request.seed))


def first_of_each(pool: Pool) -> BoolArray:
    """(n,) which rows are no near copy of an earlier one: by the groups that are given, and by their embeddings.

    Two embeddings are near when they point the same way seen from the middle of the pool.
    """
    is_first = np.ones(pool.size, dtype=np.bool_)
    if pool.duplicates is not None:
        grouped = np.flatnonzero(pool.duplicates >= 0)
        _, firsts = np.unique(pool.duplicates[grouped], return_index=True)
        is_first[grouped] = False
        is_first[grouped[firsts]] = True
    if pool.embeddings is None or pool.size < 2:
        return is_first
    rows = np.flatnonzero(is_first)
    centred, codes = _codes(np.asarray(pool.embeddings[rows], np.float32))
    alike = group_alike(codes, vectors=centred, hash_distance=_NEAR_BITS, similarity=_NEAR_COSINE)
    is_first[rows[~alike.is_kept]] = False
    return is_first


def cover(pool: Pool, chosen: IntArray, *, seed: int) -> Coverage | None:
    """What is covered before and after the choice; None without embeddings or without a choice."""
    if pool.embeddings is None or not len(chosen) or pool.size <= len(chosen):
        return None
    rng = np.random.default_rng([seed, 7])
    sample = np.sort(rng.permutation(pool.size)[:_SAMPLE])
    drawn = rng.permutation(pool.size)[: len(chosen)]
    at = np.asarray(pool.embeddings[sample], np.float32)
    known = pool.known_embeddings
    before = np.full(len(sample), np.inf) if known is None else _nearest(at, np.asarray(known, np.float32))
    reach = np.median(_nearest(at, np.asarray(pool.embeddings[drawn], np.float32)))
    after = np.minimum(before, _nearest(at, np.asarray(pool.embeddings[chosen], np.float32)))
    return Coverage(float((before <= reach).mean()), float((after <= reach).mean()))


def _nearest(rows: Float32Array, seen: Float32Array) -> Float32Array:
    found: Float32Array = nearest_squared(rows, seen)
    return found


def _codes(rows: Float32Array) -> tuple[Float32Array, NDArray[np.uint64]]:
    """The rows around their middle, and 64 bits of each: on which side of 64 planes through the middle it lies."""
    centred = rows - rows.mean(axis=0, dtype=np.float64).astype(np.float32)
    planes = np.random.default_rng(64).standard_normal((rows.shape[1], 64)).astype(np.float32)
    bits = np.packbits(centred @ planes > 0, axis=1)
    return centred, np.ascontiguousarray(bits).view(np.uint64)[:, 0]
