"""Farthest-first traversal of millions of rows: batches, cells and the triangle inequality.

Plain traversal reads all rows once per pick. Here, the rows with the largest distances so far are candidates, and the
traversal runs among them alone for as long as its pick is farther than every row outside: those picks are the same as
the plain ones. Then all rows are brought up to date by one matrix product for the whole batch. Rows lie sorted in
cells; a cell that no pick of the batch can come near to (triangle inequality) is passed over.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.selection.kernels import move_centres, one_blas_thread, squared_distances
from whorl.selection.types import Float32Array, FloatArray, IntArray

# Beyond this many distances the batches pay.
_PLAIN_DISTANCES = 50_000_000
_CANDIDATES = 8192
_BATCH = 2048
_ROWS_PER_CELL = 1000
_MOST_CELLS = 4096
_ROUNDS = 4
_SAMPLE_PER_CELL = 24
_BLOCK = 8192
# Cells beside its own that a pick reaches when the search is not exact.
_NEIGHBOURS = 16
# Products in float32 are off by so much between unit vectors; cells are passed over by a wider margin.
_SLACK = np.float32(2e-3)


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Rows sorted into cells around centres.

    Attributes:
        rows: (n, d) sorted, of the dtype they came in.
        order: (n,) int64, which row of the input each is.
        starts: (g + 1,) int64, where each cell starts.
        centres: (g, d) float32.
        radii: (g,) float32, distance from the centre to the farthest row of the cell.
    """

    rows: NDArray[Any]
    order: IntArray
    starts: IntArray
    centres: Float32Array
    radii: Float32Array


def farthest_first(
    rows: NDArray[Any], known: Float32Array, budget: int, *, exact: bool = True
) -> tuple[IntArray, FloatArray]:
    """Rows farthest from everything known and picked before, one after another.

    Args:
        rows: (n, d), any dtype; converted in blocks.
        known: (m, d) float32.
        budget: At most n.
        exact: Otherwise a pick only pushes rows of the cells nearest to it: a little less even, and linear in n.

    Returns:
        Picked rows in order, and the distance of each when it was picked. Ties: lower row, as long as the plain search
        is used. With nothing known, the first is the row nearest to the mean, at distance 2.
    """
    if len(rows) * max(budget, 1) <= _PLAIN_DISTANCES:
        with one_blas_thread():
            return _plain(np.asarray(rows, np.float32), known, budget)
    with one_blas_thread(), ThreadPoolExecutor(thread_count()) as threads:
        cells = make_cells(rows, threads=threads)
        return _batched(cells, known, budget, exact, threads)


def _plain(rows: Float32Array, known: Float32Array, budget: int) -> tuple[IntArray, FloatArray]:
    nearest = np.full(len(rows), np.inf, np.float32)
    for start in range(0, len(known), _BLOCK):
        _lower(nearest, rows, known[start : start + _BLOCK])
    picked = np.zeros(budget, np.int64)
    distances = np.zeros(budget)
    squares = np.einsum("ij,ij->i", rows, rows)
    for at in range(budget):
        if at == 0 and not len(known):
            far, distances[at] = int(np.argmin(squared_distances(rows, rows.mean(axis=0, keepdims=True)))), 2.0
        else:
            far = int(np.argmax(nearest))
            distances[at] = np.sqrt(max(float(nearest[far]), 0.0))
        picked[at] = far
        np.minimum(nearest, _pushed(rows, squares, far), out=nearest)
        # Never twice, not even when all items are alike.
        nearest[picked[: at + 1]] = -1.0
    return picked, distances


def _lower(nearest: Float32Array, rows: Float32Array, points: Float32Array) -> None:
    for start in range(0, len(rows), _BLOCK):
        block = nearest[start : start + _BLOCK]
        np.minimum(block, squared_distances(rows[start : start + _BLOCK], points).min(axis=1), out=block)


def _batched(
    cells: Cells, known: Float32Array, budget: int, exact: bool, threads: ThreadPoolExecutor
) -> tuple[IntArray, FloatArray]:
    n = len(cells.rows)
    nearest = np.full(n, np.inf, np.float32)
    for start in range(0, len(known), _BATCH):
        _push(cells, nearest, known[start : start + _BATCH], True, threads)
    picked: list[int] = []
    distances: list[float] = []
    if not len(known) and budget:
        picked, distances = [_middle(cells)], [2.0]
        nearest[picked] = -1
        _push(cells, nearest, np.asarray(cells.rows[picked], np.float32), True, threads)
    while len(picked) < budget:
        rows, far = _run_of_picks(cells, nearest, min(budget - len(picked), _BATCH))
        picked += rows
        distances += far
        nearest[rows] = -1
        if len(picked) < budget:
            _push(cells, nearest, np.asarray(cells.rows[rows], np.float32), exact, threads)
    return cells.order[picked], np.asarray(distances)


def _run_of_picks(cells: Cells, nearest: Float32Array, limit: int) -> tuple[list[int], list[float]]:
    """Positions picked among the farthest rows, as long as no row outside is farther; at least one."""
    size = min(max(_CANDIDATES, 2 * limit), len(nearest))
    top = np.argpartition(nearest, len(nearest) - size)[len(nearest) - size :]
    # By the row of the input, so that ties go to the lower one as in the plain search.
    top = top[np.argsort(cells.order[top], kind="stable")]
    # Everything outside is at most as far as the nearest candidate.
    outside = float(nearest[top].min()) if size < len(nearest) else -np.inf
    rows = np.asarray(cells.rows[top], np.float32)
    squares = np.einsum("ij,ij->i", rows, rows)
    near = nearest[top].copy()
    picked: list[int] = []
    distances: list[float] = []
    while len(picked) < limit:
        at = int(near.argmax())
        far = float(near[at])
        if picked and far < outside:
            break
        picked.append(int(top[at]))
        distances.append(float(np.sqrt(max(far, 0.0))))
        np.minimum(near, _pushed(rows, squares, at), out=near)
        near[at] = -1
    return picked, distances


def _pushed(rows: Float32Array, squares: Float32Array, at: int) -> Float32Array:
    """(n,) squared distances to row ``at``."""
    distances: Float32Array = rows @ rows[at]
    distances *= -2
    distances += squares
    distances += squares[at]
    return np.maximum(distances, 0, out=distances)


def _push(
    cells: Cells,
    nearest: Float32Array,
    points: Float32Array,
    exact: bool,
    threads: ThreadPoolExecutor,
) -> None:
    """Bring ``nearest`` up to date with new points; rows below 0, those picked, stay there."""
    squares = (points * points).sum(axis=1)
    # One column more, so that the product gives x.p - p^2/2 at once.
    wide = np.concatenate([points, -squares[:, None] / 2], axis=1)
    to_centre = np.sqrt(squared_distances(cells.centres, points))
    if not exact and len(cells.centres) > _NEIGHBOURS:
        limit = np.partition(to_centre, _NEIGHBOURS, axis=0)[_NEIGHBOURS]
        to_centre = np.where(to_centre <= limit, to_centre, np.inf)

    def push_cell(cell: int) -> None:
        start, end = cells.starts[cell], cells.starts[cell + 1]
        near = nearest[start:end]
        worst = np.sqrt(max(float(near.max(initial=0.0)), 0.0))
        reaching = np.flatnonzero(to_centre[cell] < cells.radii[cell] + worst + _SLACK)
        if reaching.size and worst > 0:
            np.minimum(near, _nearest_squared(cells.rows[start:end], wide[reaching]), out=near)

    def push_cells(numbers: range) -> None:
        for cell in numbers:
            push_cell(cell)

    step = max(1, len(cells.centres) // 64)
    _all(threads, push_cells, [range(s, min(s + step, len(cells.centres))) for s in range(0, len(cells.centres), step)])


def _nearest_squared(rows: NDArray[Any], wide: Float32Array) -> Float32Array:
    block = np.ones((len(rows), wide.shape[1]), np.float32)
    block[:, :-1] = rows
    squares = (block[:, :-1] ** 2).sum(axis=1)
    best = (wide @ block.T).max(axis=0)
    return np.asarray(np.maximum(squares - 2 * best, 0), np.float32)


def _middle(cells: Cells) -> int:
    mean = sum(np.asarray(block, np.float32).sum(axis=0, dtype=np.float64) for _, block in _blocks(cells.rows))
    centre = np.asarray(mean / len(cells.rows), np.float32)[None]
    distances = np.concatenate(
        [squared_distances(np.asarray(block, np.float32), centre).ravel() for _, block in _blocks(cells.rows)]
    )
    closest = np.flatnonzero(distances == distances.min())
    return int(closest[np.argmin(cells.order[closest])])


def make_cells(rows: NDArray[Any], *, threads: ThreadPoolExecutor, most: int = _MOST_CELLS) -> Cells:
    """Sort rows into at most ``most`` cells of about a thousand rows by k-means on a sample."""
    n = len(rows)
    count = int(np.clip(n // _ROWS_PER_CELL, 1, most))
    size = min(n, count * _SAMPLE_PER_CELL)
    sample = np.asarray(rows[np.linspace(0, n - 1, size).astype(np.int64)], np.float32)
    centres = np.ascontiguousarray(sample[np.linspace(0, size - 1, count).astype(np.int64)])
    for _ in range(_ROUNDS):
        centres = move_centres(sample, nearest_centre(sample, centres, threads)[0], centres)
    cell, distance = nearest_centre(rows, centres, threads)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(count + 1))
    radii = np.zeros(count, np.float32)
    np.maximum.at(radii, cell, np.sqrt(distance))
    return Cells(rows[order], order.astype(np.int64), starts.astype(np.int64), centres, radii)


def nearest_centre(
    rows: NDArray[Any], centres: Float32Array, threads: ThreadPoolExecutor
) -> tuple[IntArray, Float32Array]:
    """(n,) the nearest centre of each row, and (n,) its squared distance; ties: lower centre."""
    nearest = np.zeros(len(rows), np.int64)
    squared = np.zeros(len(rows), np.float32)
    half = (centres * centres).sum(axis=1) / 2

    def assign(start: int) -> None:
        block = np.asarray(rows[start : start + 1024], np.float32)
        products = block @ centres.T
        products -= half
        best = products.argmax(axis=1)
        nearest[start : start + 1024] = best
        close = products[np.arange(len(block)), best]
        squared[start : start + 1024] = np.maximum((block * block).sum(axis=1) - 2 * close, 0)

    _all(threads, assign, list(range(0, len(rows), 1024)))
    return nearest, squared


def _blocks(rows: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    for start in range(0, len(rows), _BLOCK):
        yield start, rows[start : start + _BLOCK]


def _all(threads: ThreadPoolExecutor, work: Callable[[Any], None], parts: list[Any]) -> None:
    for _ in threads.map(work, parts):
        pass


def thread_count() -> int:
    """How many threads to work with: one for each core that is ours, 8 at most."""
    return max(1, min(len(os.sched_getaffinity(0)), 8)) if hasattr(os, "sched_getaffinity") else 2
