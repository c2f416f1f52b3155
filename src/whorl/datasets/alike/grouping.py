"""Groups of pictures that are alike, from their hashes and, where there are, their embeddings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.datasets.alike.perceptual import NO_HASH, hash_distances
from whorl.datasets.alike.reach import Pairs, TooManyPairs, pairs_between, pairs_within

ReadVectors = Callable[[NDArray[np.int64]], NDArray[np.float32]]
"""Gives vectors (m, d) of rows (m,)."""
MAX_HASH_DISTANCE = 32
_FIRST_HEAD = 2048
_MOST_PAIRS = 1 << 24
_PAIRS_AT_ONCE = 1 << 13


class Tie(IntEnum):
    """How a row is tied to the one its group keeps."""

    NONE = 0
    """It is alone, or is the one that is kept."""
    EXACT = 1
    NEAR = 2
    VIDEO = 3


@dataclass(frozen=True, slots=True)
class Alike:
    """Groups of alike rows; every array has one entry per row.

    ``group`` numbers groups from 0, the largest first (as large: the one whose kept row is preferred), -1 where a row
    is alone. ``kept`` is the row that the group keeps; a row that is alone keeps itself. ``tie`` holds values of
    :class:`Tie`. ``distance`` is the number of bits in which the hash differs from the kept row's, 0 for exact copies,
    and 64 where a link ties rows of which one has no hash.
    """

    group: NDArray[np.int64]
    kept: NDArray[np.int64]
    tie: NDArray[np.int8]
    distance: NDArray[np.int64]

    @property
    def n_groups(self) -> int:
        """How many groups of two and more there are."""
        return int(self.group.max(initial=-1)) + 1

    @property
    def is_kept(self) -> NDArray[np.bool_]:
        """Which rows remain when every group is reduced to the one it keeps."""
        return np.asarray(self.kept == np.arange(len(self.kept)))


def group_alike(
    hashes: NDArray[np.uint64],
    *,
    exact_ids: Sequence[str] | None = None,
    vectors: NDArray[np.float32] | ReadVectors | None = None,
    links: NDArray[np.int64] | None = None,
    rank: NDArray[np.float64] | NDArray[np.int64] | None = None,
    hash_distance: int | None = 8,
    similarity: float | None = 0.9,
) -> Alike:
    """Put rows that are alike into groups around the one that is kept.

    Rows are taken from the most preferred to the least: a row within reach of one that is kept already joins it (of
    several, the most preferred), any other is kept. So no row is farther from what its group keeps than the limits say,
    however long a chain of small steps the rows make, and kept rows are never within reach of each other.

    Exact copies are one row to begin with. Near are two rows whose hashes both exist and differ in at most
    ``hash_distance`` bits and, where both have a vector, whose vectors have at least the cosine ``similarity``.

    A million hashes of a varied collection at distance 8 take half a minute of one core and 0.5 GB, twice that where
    half of them are one restless scene; above distance 11 time grows with the square of the rows that are kept.

    Args:
        hashes: uint64 (n,), from ``hash_picture``; ``NO_HASH`` is near to nothing.
        exact_ids: What two rows share when they are copies, as the SHA-256 of their bytes; no copies when left out.
        vectors: float32 (n, d) of any length above 0, or what reads those of some rows, when all are too many to
            hold; rows of zeros or NaN count as missing.
        links: int64 (m, 2) pairs of rows that are tied whatever their hashes: neighbouring frames of a video.
        rank: (n,) the smallest is kept; equal ranks, and without it: the earlier row.
        hash_distance: 0 to 32; None finds exact copies and links alone.
        similarity: -1 to 1; None looks at hashes alone.

    Raises:
        ShapeError: Lengths differ.
        InvalidInput: A limit is out of range, a rank is not a number, or a link names no row.
    """
    _check(hashes, exact_ids, vectors, links, rank, hash_distance, similarity)
    n = len(hashes)
    order = np.argsort(rank, kind="stable") if rank is not None else np.arange(n)
    leader_of = _copies(exact_ids, order)
    # Only the preferred of exact copies goes on; rows of `units` are in order of preference.
    units = order[leader_of[order] == order]
    found = _Stars(
        hashes=np.ascontiguousarray(hashes[units], dtype=np.uint64),
        reach=hash_distance,
        rows=units,
        vectors=None if similarity is None else vectors,
        similarity=similarity if similarity is not None else -1.0,
        links=_unit_links(links, leader_of, units),
    )
    owner, tie = found.settle()
    return _read_out(hashes, leader_of, units, owner, tie, order)


@dataclass(slots=True)
class _Stars:
    """Rows in order of preference, and which of them are kept."""

    hashes: NDArray[np.uint64]
    reach: int | None
    rows: NDArray[np.int64]
    vectors: NDArray[np.float32] | ReadVectors | None
    similarity: float
    links: NDArray[np.int64]

    def settle(self) -> tuple[NDArray[np.int64], NDArray[np.int8]]:
        """The kept row that each row joins (itself, when it is kept), and how it is tied to it."""
        n = len(self.hashes)
        owner = np.arange(n)
        tie = np.full(n, Tie.NONE, dtype=np.int8)
        open_rows = np.arange(n)
        size = _FIRST_HEAD
        while len(open_rows):
            head, rest = open_rows[:size], open_rows[size:]
            try:
                kept = self._settle_head(head, owner, tie)
            except TooManyPairs:
                # Crowded: fewer at a time, so that those who are kept clear the crowd first.
                size = max(_FIRST_HEAD, size // 8)
                continue
            self._join(kept, rest, owner, tie)
            open_rows = rest[owner[rest] == rest]
            size = min(size * 8, n)
        return owner, tie

    def _settle_head(
        self, head: NDArray[np.int64], owner: NDArray[np.int64], tie: NDArray[np.int8]
    ) -> NDArray[np.int64]:
        """Decide the rows of ``head`` among themselves; gives those that are kept."""
        # A small head is taken however crowded it is, or there would be no end.
        most = _MOST_PAIRS if len(head) > _FIRST_HEAD else None
        pairs = [
            (head[left], head[right], np.full(len(left), Tie.NEAR, dtype=np.int8))
            for left, right, _ in self._near(head, head, most=most)
        ]
        linked = self.links[np.isin(self.links, head).all(axis=1)]
        pairs.append((linked[:, 0], linked[:, 1], np.full(len(linked), Tie.VIDEO, dtype=np.int8)))
        left, right, how = (np.concatenate(part) for part in zip(*pairs, strict=True))
        by_row = np.lexsort((how, right, left))
        left, right, how = left[by_row], right[by_row], how[by_row]
        firsts, starts = np.unique(left, return_index=True)
        stops = np.append(starts, len(left))[1:]
        for row, start, stop in zip(firsts.tolist(), starts.tolist(), stops.tolist(), strict=True):
            if owner[row] != row:
                continue
            free = owner[right[start:stop]] == right[start:stop]
            # Near goes before video when both tie the same row: written last.
            joining, ties = right[start:stop][free][::-1], how[start:stop][free][::-1]
            owner[joining] = row
            tie[joining] = ties
        kept: NDArray[np.int64] = head[owner[head] == head]
        return kept

    def _join(
        self, kept: NDArray[np.int64], rest: NDArray[np.int64], owner: NDArray[np.int64], tie: NDArray[np.int8]
    ) -> None:
        """Let rows join the most preferred of ``kept`` within reach."""
        n = len(self.hashes)
        best = np.full(n, n)
        for left, right, _ in self._near(kept, rest):
            np.minimum.at(best, rest[right], kept[left])
        is_kept = np.zeros(n, dtype=np.bool_)
        is_kept[kept] = True
        is_rest = np.zeros(n, dtype=np.bool_)
        is_rest[rest] = True
        linked = self.links[is_kept[self.links[:, 0]] & is_rest[self.links[:, 1]]]
        by_link = np.full(n, n)
        np.minimum.at(by_link, linked[:, 1], linked[:, 0])
        joined = np.nonzero(np.minimum(best, by_link) < n)[0]
        owner[joined] = np.minimum(best, by_link)[joined]
        tie[joined] = np.where(best[joined] <= by_link[joined], Tie.NEAR, Tie.VIDEO)

    def _near(self, first: NDArray[np.int64], second: NDArray[np.int64], *, most: int | None = None) -> Iterator[Pairs]:
        """Pairs of positions in ``first`` and ``second`` that are near; with the same array twice, each pair once."""
        if self.reach is None:
            return
        one = np.nonzero(self.hashes[first] != NO_HASH)[0]
        if first is second:
            other = one
            chunks = pairs_within(self.hashes[first[one]], self.reach, most=most)
        else:
            other = np.nonzero(self.hashes[second] != NO_HASH)[0]
            chunks = pairs_between(self.hashes[first[one]], self.hashes[second[other]], self.reach, most=most)
        for left, right, bits in chunks:
            left, right = one[left], other[right]
            similar = self._are_similar(first[left], second[right])
            yield left[similar], right[similar], bits[similar]

    def _are_similar(self, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.bool_]:
        similar = np.ones(len(first), dtype=np.bool_)
        if self.vectors is None:
            return similar
        for start in range(0, len(first), _PAIRS_AT_ONCE):
            some = slice(start, start + _PAIRS_AT_ONCE)
            cosine = np.einsum("ij,ij->i", self._read(first[some]), self._read(second[some]))
            # Comparing with NaN is false: a vector that is missing forbids nothing.
            similar[some] = ~(cosine < self.similarity - 1e-6)
        return similar

    def _read(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        assert self.vectors is not None
        rows = self.rows[places]
        return _unit_length(self.vectors(rows) if callable(self.vectors) else self.vectors[rows])


def _copies(exact_ids: Sequence[str] | None, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """The preferred row among the copies of each row."""
    if exact_ids is None:
        return np.arange(len(order))
    leader: dict[str, int] = {}
    for row in order.tolist():
        leader.setdefault(exact_ids[row], row)
    return np.array([leader[one] for one in exact_ids], dtype=np.int64)


def _unit_length(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors of length 1; NaN throughout where one is missing."""
    length = np.linalg.norm(vectors, axis=1)
    usable = np.isfinite(length) & (length > 0)
    unit = vectors / np.where(usable, length, 1.0)[:, None].astype(np.float32)
    unit[~usable] = np.nan
    return np.asarray(unit, dtype=np.float32)


def _unit_links(
    links: NDArray[np.int64] | None, leader_of: NDArray[np.int64], units: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Links between positions in ``units``, the preferred first, each once."""
    if links is None or not len(links):
        return np.empty((0, 2), dtype=np.int64)
    place = np.full(len(leader_of), -1, dtype=np.int64)
    place[units] = np.arange(len(units))
    moved = np.sort(place[leader_of[links]], axis=1)
    return np.unique(moved[moved[:, 0] != moved[:, 1]], axis=0)


def _read_out(
    hashes: NDArray[np.uint64],
    leader_of: NDArray[np.int64],
    units: NDArray[np.int64],
    owner: NDArray[np.int64],
    unit_tie: NDArray[np.int8],
    order: NDArray[np.int64],
) -> Alike:
    n = len(hashes)
    kept = np.arange(n)
    tie = np.full(n, Tie.NONE, dtype=np.int8)
    kept[units] = units[owner]
    tie[units] = unit_tie
    kept, tie = kept[leader_of], tie[leader_of]
    is_copy = (leader_of != np.arange(n)) & (tie == Tie.NONE)
    tie[is_copy] = Tie.EXACT
    both = (hashes != NO_HASH) & (hashes[kept] != NO_HASH)
    distance = np.where(both, hash_distances(hashes, hashes[kept]), 64)
    distance[(tie == Tie.NONE) | (tie == Tie.EXACT)] = 0
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    heads, sizes = np.unique(kept, return_counts=True)
    heads, sizes = heads[sizes > 1], sizes[sizes > 1]
    number = np.full(n, -1, dtype=np.int64)
    number[heads[np.lexsort((place[heads], -sizes))]] = np.arange(len(heads))
    return Alike(group=number[kept], kept=kept, tie=tie, distance=distance)


def _check(
    hashes: NDArray[np.uint64],
    exact_ids: Sequence[str] | None,
    vectors: NDArray[np.float32] | ReadVectors | None,
    links: NDArray[np.int64] | None,
    rank: NDArray[np.float64] | NDArray[np.int64] | None,
    hash_distance: int | None,
    similarity: float | None,
) -> None:
    if hashes.ndim != 1:
        raise ShapeError(f"hashes have shape (n,): {hashes.shape}")
    n = len(hashes)
    for name, count in (
        ("exact_ids", n if exact_ids is None else len(exact_ids)),
        ("rank", n if rank is None else len(rank)),
        ("vectors", n if vectors is None or callable(vectors) else len(vectors)),
    ):
        if count != n:
            raise ShapeError(f"{count} {name} for {n} hashes", hint=f"Give one entry of {name} per hash.")
    if vectors is not None and not callable(vectors) and vectors.ndim != 2:
        raise ShapeError(f"vectors have shape (n, d): {vectors.shape}")
    if hash_distance is not None and not 0 <= hash_distance <= MAX_HASH_DISTANCE:
        raise InvalidInput(
            f"hash_distance: {hash_distance}; 0 to {MAX_HASH_DISTANCE} are allowed",
            hint="8 finds resized, compressed and slightly retouched pictures.",
        )
    if similarity is not None and not -1 <= similarity <= 1:
        raise InvalidInput(f"similarity: {similarity}; -1 to 1 are allowed", hint="It is a cosine.")
    if rank is not None and not np.isfinite(rank).all():
        raise InvalidInput("rank holds a value that is not a number", hint="Give every row a finite rank.")
    if links is not None and len(links):
        if links.ndim != 2 or links.shape[1] != 2:
            raise ShapeError(f"links have shape (m, 2): {links.shape}")
        if links.min() < 0 or links.max() >= n:
            raise InvalidInput(f"links name rows from 0 to {n - 1}: {links.min()} to {links.max()}")
