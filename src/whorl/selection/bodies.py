"""The part of a selection that runs in a worker process: what is known of a pool in, chosen rows out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.datasets.alike import group_alike
from whorl.selection.budgets import Budget
from whorl.selection.heads import with_head
from whorl.selection.kernels import nearest_squared
from whorl.selection.mixing import select
from whorl.selection.quotas import Quota
from whorl.selection.registry import get_strategy
from whorl.selection.types import BoolArray, Float32Array, IntArray, Pool, Selection

_SAMPLE = 2_000
_HASH_COSINE = 0.9
_BITS = 8
_ALONE_COSINE = 0.97
_ALONE_ROWS = 20_000
"""Up to so many rows embeddings alone tell near copies: in crowds of alike ones every pair is looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """What tells near copies: of what is labelled first, then of the pool.

    Attributes:
        contents: SHA-256 of m + n images.
        hashes: uint64 (m + n,) perceptual hashes, 0 where there is none.
        n_known: m; a copy of what is labelled is not chosen.
    """

    contents: Sequence[str]
    hashes: NDArray[np.uint64]
    n_known: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """What to choose.

    Attributes:
        quotas: On keys of ``Pool.fields``.
        learns: Fit a head on what is labelled, where no model has said anything of the pool.
        looks: Choose one at most of each group of near copies, and none of what is labelled; None looks at none.
    """

    strategy: str
    budget: Budget
    quotas: Sequence[Quota] = ()
    params: Mapping[str, JsonValue] = field(default_factory=dict)
    random_share: float = 0.1
    seed: int = 0
    looks: Looks | None = None
    learns: bool = False


@dataclass(frozen=True, slots=True)
class Coverage:
    """Share of the pool that has something labelled or chosen near by.

    Near is as near as the nearest of as many drawn at random lies from half of the pool: a draw covers one half.
    """

    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows of the pool as it was given, how many copies it holds, and what the choice covers."""

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
    if request.learns:
        pool = with_head(pool, seed=request.seed)
    keep, n_copies = np.arange(pool.size), 0
    if request.looks is not None:
        group, is_known = find_copies(pool, request.looks)
        keep = np.flatnonzero(~is_known)
        pool_groups = group[keep]
        n_copies = pool.size - len(keep) + int((pool_groups >= 0).sum()) - len(np.unique(pool_groups[pool_groups >= 0]))
        pool = replace(pool, duplicates=group)
    rest = pool if len(keep) == pool.size else pool.take(keep)
    strategy = get_strategy(request.strategy, **request.params)
    found = select(
        rest, strategy, request.budget, random_share=request.random_share, quotas=request.quotas, seed=request.seed
    )
    found = replace(found, indices=keep[found.indices])
    return Chosen(found, n_copies, cover(pool, found.indices, seed=request.seed))


def name_details(details: Mapping[str, JsonValue], labelled_ids: Sequence[str]) -> dict[str, JsonValue]:
    """What a reason rests on, with items by id instead of by row."""
    named = dict(details)
    nearest = named.get("nearest_labelled")
    if isinstance(nearest, int) and not isinstance(nearest, bool):
        named.pop("nearest_labelled")
        if 0 <= nearest < len(labelled_ids):
            named["nearest_labelled"] = labelled_ids[nearest]
    return named


def find_copies(pool: Pool, looks: Looks) -> tuple[IntArray, BoolArray]:
    """(n,) the group of near copies that each row is in, -1 where it is alone, and (n,) if it copies what is known.

    Near are images whose perceptual hashes and embeddings both say so. Where no image was hashed: embeddings that point
    the same way as seen from the middle of the pool, if they are few; else only equal bytes are copies.
    """
    vectors = _centred(pool, looks.n_known)
    is_hashed = bool(looks.hashes.any())
    hashes, cosine = looks.hashes, _HASH_COSINE
    if not is_hashed and vectors is not None and len(vectors) <= _ALONE_ROWS:
        hashes, cosine = _sides(vectors), _ALONE_COSINE
    alike = group_alike(
        hashes,
        exact_ids=list(looks.contents),
        vectors=vectors,
        hash_distance=_BITS,
        similarity=None if vectors is None else cosine,
    )
    kept = alike.kept[looks.n_known :]
    return alike.group[looks.n_known :], kept < looks.n_known


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


def _centred(pool: Pool, n_known: int) -> Float32Array | None:
    """Embeddings of what is labelled, then of the pool, around the middle of the pool."""
    if pool.embeddings is None:
        return None
    rows = np.asarray(pool.embeddings, np.float32)
    known = pool.labelled_embeddings
    if n_known:
        if known is None or len(known) != n_known:
            return None
        rows = np.concatenate([np.asarray(known, np.float32), rows])
    middle = rows[n_known:].mean(axis=0, dtype=np.float64).astype(np.float32)
    return np.asarray(rows - middle, np.float32)


def _sides(rows: Float32Array) -> NDArray[np.uint64]:
    """64 bits of each row: on which side of 64 planes through the middle it lies."""
    planes = np.random.default_rng(64).standard_normal((rows.shape[1], 64)).astype(np.float32)
    bits = np.packbits(rows @ planes > 0, axis=1)
    return np.ascontiguousarray(bits).view(np.uint64)[:, 0]
