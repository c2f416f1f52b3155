"""Pairs of boxes whose insides meet, found through grids of cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.geometry.boxes import IndexArray

Coordinates = NDArray[np.floating[Any]]
# A box that is wider or taller than this many middle ones gets a grid of its own size.
_MIDDLES = 2.0


def self_pairs(boxes: Coordinates, labels: IndexArray) -> tuple[IndexArray, IndexArray]:
    """(P,) and (P,): all pairs of boxes of one label whose insides meet, each pair once, in no order.

    Args:
        boxes: (N, 4) x0 y0 x1 y1, finite.
        labels: (N,).
    """
    if len(boxes) < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    found = []
    sides = _Sides(boxes, labels)
    for cell, mine, smaller in _levels(sides.longest):
        grid = _Grid(sides, mine, cell)
        found.append(sides.meeting(*grid.own_pairs()))
        if len(smaller):
            found.append(sides.meeting(*_Grid(sides, smaller, cell).pairs_with(mine)))
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


def cross_pairs(
    boxes: Coordinates, labels: IndexArray, some: IndexArray, others: IndexArray
) -> tuple[IndexArray, IndexArray]:
    """(P,) and (P,): all pairs of one of ``some`` with one of ``others`` of one label, whose insides meet.

    Args:
        boxes: (N, 4) x0 y0 x1 y1, finite.
        labels: (N,).
        some: Indices of boxes; none is among ``others``.
    """
    if not len(some) or not len(others):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    sides = _Sides(boxes, labels)
    both = np.concatenate([some, others])
    is_other = np.zeros(len(boxes), dtype=bool)
    is_other[others] = True
    found = []
    for cell, at, below in _levels(sides.longest[both]):
        mine, smaller = both[at], both[below]
        mine_is, smaller_is = is_other[mine], is_other[smaller]
        # Every pair is found where the larger of the two lives.
        asks, held = mine[~mine_is], np.concatenate([mine[mine_is], smaller[smaller_is]])
        if len(asks) and len(held):
            found.append(sides.meeting(*_Grid(sides, held, cell).pairs_with(asks)))
        asks, held = mine[mine_is], smaller[~smaller_is]
        if len(asks) and len(held):
            b, a = sides.meeting(*_Grid(sides, held, cell).pairs_with(asks))
            found.append((a, b))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([a for a, _ in found]), np.concatenate([b for _, b in found])


class _Sides:
    """The four sides of all boxes, each in a row of its own, and their labels as numbers from 0."""

    def __init__(self, boxes: Coordinates, labels: IndexArray) -> None:
        self.x0, self.y0, self.x1, self.y1 = (np.ascontiguousarray(side) for side in boxes.T)
        self.longest = np.maximum(self.x1 - self.x0, self.y1 - self.y0)
        low, high = int(labels.min()), int(labels.max())
        self.page = labels - low if high - low < len(labels) else np.unique(labels, return_inverse=True)[1]

    def meeting(self, a: IndexArray, b: IndexArray) -> tuple[IndexArray, IndexArray]:
        """Those of the pairs whose insides meet."""
        meets = np.minimum(self.x1[a], self.x1[b]) > np.maximum(self.x0[a], self.x0[b])
        a, b = a[meets], b[meets]
        meets = np.minimum(self.y1[a], self.y1[b]) > np.maximum(self.y0[a], self.y0[b])
        return a[meets], b[meets]


def _levels(longest: Coordinates) -> Iterator[tuple[float, IndexArray, IndexArray]]:
    """Boxes by size: the side of a cell that none of them exceeds, which they are, and all that are smaller."""
    most = float(longest.max())
    cell = max(min(most, _MIDDLES * float(np.median(longest))), 1e-3)
    done = np.zeros(len(longest), dtype=bool)
    while True:
        mine = np.flatnonzero(~done & (longest <= cell)) if cell < most else np.flatnonzero(~done)
        if len(mine):
            # A hair more, for middles are rounded.
            yield max(cell, float(longest[mine].max())) * 1.001, mine, np.flatnonzero(done)
            done[mine] = True
        if cell >= most:
            return
        cell *= 2 * _MIDDLES


class _Grid:
    """Boxes sorted by the cell in which their middle lies.

    Two boxes no larger than a cell that meet have their middles in one cell or in neighbours. Cells are numbered along
    rows, each row and each label with an empty margin, so three neighbours of a row are one stretch of numbers.
    """

    def __init__(self, sides: _Sides, held: IndexArray, cell: float) -> None:
        self._sides, self._cell = sides, cell
        self._left, self._top = float(sides.x0.min()), float(sides.y0.min())
        self._columns = int((float(sides.x1.max()) - self._left) / cell) + 3
        self._rows = int((float(sides.y1.max()) - self._top) / cell) + 3
        keys = self._keys(held)
        order = np.argsort(keys, kind="stable")
        self._held, self._numbers = held[order], keys[order]

    def own_pairs(self) -> tuple[IndexArray, IndexArray]:
        """Pairs of those held, each once."""
        end_of_row = np.searchsorted(self._numbers, self._numbers + 1, side="right")
        below = self._numbers + self._columns
        starts = np.searchsorted(self._numbers, below - 1, side="left")
        ends = np.searchsorted(self._numbers, below + 1, side="right")
        places = np.arange(len(self._numbers))
        a, b = _expand(np.concatenate([places + 1, starts]), np.concatenate([end_of_row, ends]))
        return self._held[a % len(places)], self._held[b]

    def pairs_with(self, asking: IndexArray) -> tuple[IndexArray, IndexArray]:
        """Pairs of one asking with one of those held."""
        numbers = self._keys(asking)
        rows = np.concatenate([numbers - self._columns, numbers, numbers + self._columns])
        starts = np.searchsorted(self._numbers, rows - 1, side="left")
        ends = np.searchsorted(self._numbers, rows + 1, side="right")
        a, b = _expand(starts, ends)
        return asking[a % len(asking)], self._held[b]

    def _keys(self, some: IndexArray) -> IndexArray:
        sides = self._sides
        column = ((sides.x0[some] + sides.x1[some]) / 2 - self._left) / self._cell
        row = ((sides.y0[some] + sides.y1[some]) / 2 - self._top) / self._cell
        page = sides.page[some] * self._rows + row.astype(np.int64) + 1
        return np.asarray(page * self._columns + column.astype(np.int64) + 1, np.int64)


def _expand(starts: IndexArray, ends: IndexArray) -> tuple[IndexArray, IndexArray]:
    """For ranges [start, end): the index of the range, and each place in it."""
    count = np.maximum(ends - starts, 0)
    which = np.repeat(np.arange(len(starts)), count)
    first = np.cumsum(count) - count
    return which, np.arange(len(which)) - np.repeat(first - starts, count)
