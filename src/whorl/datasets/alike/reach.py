"""Pairs of 64-bit hashes that differ in few bits, among many, without comparing all with all.

Hashes that differ in at most r bits agree in at least b - r of b blocks. For every choice of m = b - r blocks, hashes
are put in buckets by those blocks, and only those that share a bucket are compared; a pair that agrees in more blocks
counts where its first m are chosen. For small sets, and for large r, comparing all is cheaper: ``_plan`` estimates
both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from whorl.datasets.alike.perceptual import count_bits

Pairs = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]

_BITS = 64
_MOST_BUCKET_BITS = 22
_MOST_CHOICES = 1000
# Candidates compared at once, and side of a tile when all are compared: what fits the processor's cache.
_CANDIDATES = 1 << 21
_TILE_ROWS, _TILE_COLUMNS = 32, 8192
# Nanoseconds, measured: comparing in a tile, comparing a candidate of a bucket, filing a hash under one choice.
_TILE_NS, _CANDIDATE_NS, _FILE_NS = 1.5, 12.0, 60.0


class TooManyPairs(Exception):
    """More pairs than were asked for; the caller goes on with fewer hashes."""


def pairs_between(
    first: NDArray[np.uint64], second: NDArray[np.uint64], reach: int, *, most: int | None = None
) -> Iterator[Pairs]:
    """Yield the pairs (row of first, row of second, bits that differ) within ``reach``, each once, in no set order.

    Args:
        most: Raise as soon as there are more pairs than this.

    Raises:
        TooManyPairs: There are more than ``most``.
    """
    yield from _limited(_pairs(first, second, reach, is_self=False), most)


def pairs_within(hashes: NDArray[np.uint64], reach: int, *, most: int | None = None) -> Iterator[Pairs]:
    """Yield the pairs (smaller row, larger row, bits that differ) within ``reach``, each once, in no set order.

    Raises:
        TooManyPairs: There are more than ``most``.
    """
    for left, right, bits in _limited(_pairs(hashes, hashes, reach, is_self=True), most):
        yield np.minimum(left, right), np.maximum(left, right), bits


def _limited(chunks: Iterator[Pairs], most: int | None) -> Iterator[Pairs]:
    found = 0
    for chunk in chunks:
        found += len(chunk[0])
        if most is not None and found > most:
            raise TooManyPairs
        if len(chunk[0]):
            yield chunk


def _pairs(first: NDArray[np.uint64], second: NDArray[np.uint64], reach: int, *, is_self: bool) -> Iterator[Pairs]:
    if not len(first) or not len(second):
        return iter(())
    plan = _plan(len(first), len(second), reach)
    if plan is None:
        return _compare_all(first, second, reach, is_self=is_self)
    return _compare_buckets(first, second, reach, plan, is_self=is_self)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Into how many blocks to cut, and how many of them two hashes within reach surely share."""

    blocks: int
    shared: int


def _plan(n_first: int, n_second: int, reach: int) -> _Plan | None:
    """The cheapest way; None to compare all with all."""
    best: tuple[float, _Plan | None] = (n_first * n_second * _TILE_NS, None)
    for blocks in range(reach + 1, min(reach + 8, _BITS) + 1):
        shared = blocks - reach
        bits = min(_BITS * shared / blocks, _MOST_BUCKET_BITS)
        choices = math.comb(blocks, shared)
        if choices > _MOST_CHOICES:
            break
        # Hashes of real pictures are far from uniform; their buckets hold several times what chance would put there.
        candidates = 4 * n_first * n_second / 2**bits
        cost = choices * ((n_first + n_second) * _FILE_NS + 2**bits + candidates * _CANDIDATE_NS)
        if cost < best[0]:
            best = cost, _Plan(blocks, shared)
    return best[1]


def _compare_all(
    first: NDArray[np.uint64], second: NDArray[np.uint64], reach: int, *, is_self: bool
) -> Iterator[Pairs]:
    for top in range(0, len(first), _TILE_ROWS):
        rows = first[top : top + _TILE_ROWS, None]
        for left in range(top if is_self else 0, len(second), _TILE_COLUMNS):
            bits = count_bits(rows ^ second[None, left : left + _TILE_COLUMNS])
            row, column = np.nonzero(bits <= reach)
            if not len(row):
                continue
            found = bits[row, column].astype(np.int64)
            row, column = row + top, column + left
            if is_self:
                later = column > row
                row, column, found = row[later], column[later], found[later]
            yield row, column, found


def _compare_buckets(
    first: NDArray[np.uint64], second: NDArray[np.uint64], reach: int, plan: _Plan, *, is_self: bool
) -> Iterator[Pairs]:
    # Blocks need not cover all bits: a few wide ones would make more buckets than there are hashes.
    covered = min(_BITS, plan.blocks * (_MOST_BUCKET_BITS // plan.shared))
    edges = np.linspace(0, covered, plan.blocks + 1).round().astype(int)
    widths = np.diff(edges).tolist()
    mixed_first = _spread_bits(first, plan.blocks)
    mixed_second = mixed_first if is_self else _spread_bits(second, plan.blocks)
    first_blocks = _cut(mixed_first, edges)
    second_blocks = first_blocks if is_self else _cut(mixed_second, edges)
    for chosen in combinations(range(plan.blocks), plan.shared):
        shifts = [sum(widths[block] for block in chosen[at + 1 :]) for at in range(plan.shared)]
        n_buckets = 1 << sum(widths[block] for block in chosen)
        keys = _bucket_keys(first_blocks, chosen, shifts)
        # One sort of whole numbers: several times as fast as a sort that gives the order.
        filed = np.sort((keys.astype(np.uint64) << np.uint64(32)) | np.arange(len(keys), dtype=np.uint64))
        order = (filed & np.uint64(0xFFFFFFFF)).astype(np.int64)
        ends = np.cumsum(np.bincount(keys, minlength=n_buckets))
        if is_self:
            asking = order
            start, stop = np.arange(1, len(order) + 1), ends[keys[order]]
        else:
            asked = _bucket_keys(second_blocks, chosen, shifts)
            asking = np.arange(len(asked))
            stop = ends[asked]
            start = np.where(asked > 0, ends[asked - 1], 0)
        for one, other in _expand(start, stop):
            left, right = order[other], asking[one]
            apart = mixed_first[left] ^ mixed_second[right]
            bits = count_bits(apart)
            near = np.nonzero(bits <= reach)[0]
            near = near[_is_first_choice(apart[near], edges, chosen)]
            yield left[near], right[near], bits[near].astype(np.int64)


def _spread_bits(hashes: NDArray[np.uint64], blocks: int) -> NDArray[np.uint64]:
    """Deal the bits out to the blocks in turn: neighbouring frequencies go together, and so would whole blocks."""
    order = np.concatenate([np.arange(start, _BITS, blocks) for start in range(blocks)])
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, 8), axis=1)
    mixed = np.packbits(bits[:, order], axis=1)
    return np.ascontiguousarray(mixed).view(">u8").ravel().astype(np.uint64)


def _cut(hashes: NDArray[np.uint64], edges: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    return [
        ((hashes >> np.uint64(start)) & np.uint64((1 << int(stop - start)) - 1)).astype(np.int64)
        for start, stop in zip(edges[:-1], edges[1:], strict=True)
    ]


def _bucket_keys(blocks: list[NDArray[np.int64]], chosen: tuple[int, ...], shifts: list[int]) -> NDArray[np.int64]:
    keys = blocks[chosen[0]] << shifts[0]
    for block, shift in zip(chosen[1:], shifts[1:], strict=True):
        keys |= blocks[block] << shift
    return keys


def _expand(start: NDArray[np.int64], stop: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Yield (row, position) for every position from ``start`` to ``stop`` of each row, in pieces of bounded size."""
    rows = np.nonzero(stop > start)[0]
    counts = (stop - start)[rows]
    ends = np.cumsum(counts)
    at = 0
    while at < len(rows):
        before = int(ends[at - 1]) if at else 0
        # At least one row, however many positions it has.
        until = max(at + 1, int(np.searchsorted(ends, before + _CANDIDATES, side="right")))
        some, many = rows[at:until], counts[at:until]
        offsets = np.arange(int(ends[until - 1]) - before) - np.repeat(ends[at:until] - many - before, many)
        yield np.repeat(some, many), np.repeat(start[some], many) + offsets
        at = until


def _is_first_choice(apart: NDArray[np.uint64], edges: NDArray[np.int64], chosen: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether no earlier choice of blocks found this pair: no block before the last chosen is shared as well."""
    first = np.ones(len(apart), dtype=np.bool_)
    for block in range(chosen[-1]):
        if block not in chosen:
            mask = np.uint64(((1 << int(edges[block + 1] - edges[block])) - 1) << int(edges[block]))
            first &= (apart & mask) != 0
    return first
