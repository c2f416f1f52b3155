"""Tiles of a large image, and what was found in tiles put together again.

Tiles are int64 x0 y0 x1 y1 in pixels of the whole image, shape (T, 4). An object that reaches over the border of a tile
is seen in parts; the tile beyond that border sees it too, so the parts are joined where both tiles look.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.geometry.boxes import FloatArray, IndexArray, as_boxes, box_area
from whorl.geometry.meeting import self_pairs

MAX_TILES = 10_000
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class MergedBoxes:
    """What is left of the boxes of all tiles.

    Args:
        boxes: (K, 4) in pixels of the whole image, best score first.
        scores: (K,) the best score of each one's parts.
        labels: (K,) as given.
        sources: (K,) index of the part with the best score.
        owners: (N,) for each box given, the index in ``boxes`` that it went into; -1 when it was dropped.
    """

    boxes: FloatArray
    scores: FloatArray
    labels: IndexArray
    sources: IndexArray
    owners: IndexArray


def plan_tiles(width: int, height: int, *, size: int, overlap: float = 0.2) -> IndexArray:
    """Tiles that cover an image, row by row: of one size, evenly spread, none reaching outside.

    Args:
        size: Side of a tile; an image that is smaller is one tile with that side of its own.
        overlap: Least share of a tile's side that two neighbours both see, in [0, 0.9].

    Raises:
        InvalidInput: A number is out of range, or there would be more than 10,000 tiles.
    """
    if min(width, height, size) < 1 or not 0 <= overlap <= 0.9:
        raise InvalidInput(f"no tiles of {size} px with overlap {overlap} for an image of {width} x {height} px")
    across, down = _starts(width, size, overlap), _starts(height, size, overlap)
    if len(across) * len(down) > MAX_TILES:
        raise InvalidInput(
            f"{len(across) * len(down):,} tiles of {size} px for an image of {width} x {height} px; "
            f"at most {MAX_TILES:,}",
            hint="Choose larger tiles or less overlap.",
        )
    x0, y0 = np.tile(across, len(down)), np.repeat(down, len(across))
    return np.column_stack([x0, y0, x0 + min(size, width), y0 + min(size, height)]).astype(np.int64)


def merge_tile_boxes(
    boxes: ArrayLike,
    scores: ArrayLike,
    labels: ArrayLike,
    tile_index: ArrayLike,
    tiles: ArrayLike,
    *,
    edge_px: float = 2.0,
    join_iou: float = 0.5,
    nms_iou: float = 0.5,
    part_share: float = 0.7,
) -> MergedBoxes:
    """Put the boxes found in tiles together: parts are joined, doubles dropped; boxes of one tile never touch another.

    Two boxes of one label, from tiles that overlap or meet, are parts of one object when one of them ends at a border
    inside the whole image, beyond which the other's tile goes on, and both look alike where both tiles see: each box
    has at most one such partner in a tile, the most alike, and must be that one's. Joined parts become the box around
    them. Of two boxes of different tiles that overlap by more than ``nms_iou`` the better one stays; a part that found
    no partner goes when it lies in a box of another tile by ``part_share``. Equal scores: lower index first.

    Args:
        boxes: (N, 4) in pixels of their tile.
        scores: (N,).
        labels: (N,) integers; boxes of different labels never meet.
        tile_index: (N,) which tile each was found in.
        tiles: (T, 4) where the tiles lie.
        edge_px: A box that ends this close to its tile's border may go on beyond.
        join_iou: Least overlap of two parts, within what both tiles see.

    Raises:
        ShapeError: The lengths differ, or a tile index is out of range.
    """
    local, where = as_boxes(boxes), as_boxes(tiles)
    score, label = np.asarray(scores, np.float64).reshape(-1), np.asarray(labels, np.int64).reshape(-1)
    tile = np.asarray(tile_index, np.int64).reshape(-1)
    n = len(local)
    if not n == len(score) == len(label) == len(tile):
        raise ShapeError(f"as many boxes, scores, labels and tiles: {n}, {len(score)}, {len(label)}, {len(tile)}")
    if n and not 0 <= int(tile.min()) <= int(tile.max()) < len(where):
        raise ShapeError(f"tile indices {tile.min()} to {tile.max()} for {len(where)} tiles")
    if not n:
        empty = np.zeros(0, np.int64)
        return MergedBoxes(np.zeros((0, 4)), np.zeros(0), empty, empty, empty)
    placed = local + where[tile][:, [0, 1, 0, 1]]
    ends = _find_open_ends(placed, where[tile], where, edge_px)
    pairs = _list_pairs(placed, label, tile, where, edge_px)
    joined = _join(placed, ends, tile, where, pairs, edge_px=edge_px, least=join_iou)
    group = _components(n, joined)
    return _suppress(_group(placed, score, label, group), ends, tile, pairs, nms_iou=nms_iou, part_share=part_share)


def _starts(length: int, size: int, overlap: float) -> IndexArray:
    if length <= size:
        return np.zeros(1, np.int64)
    step = max(size - int(np.ceil(size * overlap)), 1)
    count = -(-(length - size) // step) + 1
    # Rounded down each, two neighbours are never further apart than the step.
    return np.asarray(np.arange(count, dtype=np.int64) * (length - size) // (count - 1), np.int64)


def _find_open_ends(placed: FloatArray, own: FloatArray, tiles: FloatArray, edge_px: float) -> BoolArray:
    """(N, 4) whether a side lies at a border of its tile that is not the whole image's border."""
    low, high = tiles[:, :2].min(axis=0), tiles[:, 2:].max(axis=0)
    return np.concatenate(
        [
            (placed[:, :2] <= own[:, :2] + edge_px) & (own[:, :2] > low),
            (placed[:, 2:] >= own[:, 2:] - edge_px) & (own[:, 2:] < high),
        ],
        axis=1,
    )


def _list_pairs(
    placed: FloatArray, label: IndexArray, tile: IndexArray, tiles: FloatArray, edge_px: float
) -> IndexArray:
    """(P, 2) index pairs, the lower first, of boxes of one label and two tiles that overlap or nearly meet."""
    wide = placed + np.array([-edge_px, -edge_px, edge_px, edge_px])
    # Most boxes lie where only one tile looks; they meet nothing.
    seen = _count_intervals(wide[:, 0], wide[:, 2], tiles[:, [0, 2]]) * _count_intervals(
        wide[:, 1], wide[:, 3], tiles[:, [1, 3]]
    )
    some = np.flatnonzero(seen > 1)
    a, b = (some[side] for side in self_pairs(wide[some], label[some]))
    other = tile[a] != tile[b]
    # In order: of equal partners the first is taken.
    codes = np.sort(np.minimum(a, b)[other] * len(placed) + np.maximum(a, b)[other])
    return np.column_stack([codes // len(placed), codes % len(placed)])


def _count_intervals(low: FloatArray, high: FloatArray, intervals: FloatArray) -> IndexArray:
    """How many of the distinct intervals each range [low, high] meets."""
    distinct = np.unique(intervals, axis=0)
    begun = np.searchsorted(np.sort(distinct[:, 0]), high, side="left")
    return np.asarray(begun - np.searchsorted(np.sort(distinct[:, 1]), low, side="right"), np.int64)


def _join(
    placed: FloatArray,
    ends: BoolArray,
    tile: IndexArray,
    tiles: FloatArray,
    pairs: IndexArray,
    *,
    edge_px: float,
    least: float,
) -> IndexArray:
    """Those pairs that are parts of one object: alike where both tiles see, and each the other's best."""
    i, j = pairs[:, 0], pairs[:, 1]
    a, b = tiles[tile[i]], tiles[tile[j]]
    beyond = np.concatenate([b[:, :2] < a[:, :2], b[:, 2:] > a[:, 2:]], axis=1)
    beyond_back = np.concatenate([a[:, :2] < b[:, :2], a[:, 2:] > b[:, 2:]], axis=1)
    is_part = ((ends[i] & beyond) | (ends[j] & beyond_back)).any(axis=1)
    pairs, i, j, a, b = pairs[is_part], i[is_part], j[is_part], a[is_part], b[is_part]
    # Tiles that only meet have nothing in common to compare, so both look a little further; so does an open end.
    out = np.array([-edge_px, -edge_px, edge_px, edge_px])
    low = np.maximum(a[:, :2], b[:, :2]) - edge_px
    high = np.minimum(a[:, 2:], b[:, 2:]) + edge_px
    mine = np.where(ends[i], a + out, placed[i])
    theirs = np.where(ends[j], b + out, placed[j])
    alike = _iou_of_pairs(_cut(mine, low, high), _cut(theirs, low, high))
    close = alike >= least
    pairs, alike = pairs[close], alike[close]
    count = len(tiles)
    best = _is_best(pairs[:, 0] * count + tile[pairs[:, 1]], alike) & _is_best(
        pairs[:, 1] * count + tile[pairs[:, 0]], alike
    )
    return pairs[best]


def _cut(boxes: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
    return np.concatenate([np.clip(boxes[:, :2], low, high), np.clip(boxes[:, 2:], low, high)], axis=1)


def _iou_of_pairs(a: FloatArray, b: FloatArray) -> FloatArray:
    shared = _shared_area(a, b)
    union = box_area(a) + box_area(b) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def _shared_area(a: FloatArray, b: FloatArray) -> FloatArray:
    sides = np.maximum(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0)
    return np.asarray(sides[:, 0] * sides[:, 1])


def _is_best(key: IndexArray, value: FloatArray) -> BoolArray:
    """Whether each entry has the largest value of those with its key; of equals, the first."""
    order = np.lexsort((-value, key))
    best = np.zeros(len(key), dtype=bool)
    best[order] = np.concatenate([np.ones(min(len(key), 1), dtype=bool), key[order][1:] != key[order][:-1]])
    return best


def _components(n: int, joined: IndexArray) -> IndexArray:
    """(N,) the lowest index of the parts that each box hangs together with."""
    lowest = np.arange(n)
    while len(joined):
        small = np.minimum(lowest[joined[:, 0]], lowest[joined[:, 1]])
        before = lowest.copy()
        np.minimum.at(lowest, joined[:, 0], small)
        np.minimum.at(lowest, joined[:, 1], small)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            break
    return lowest


@dataclass(frozen=True, slots=True)
class _Groups:
    """Joined boxes: (G, 4) boxes, their best score, label and best part; (N,) the group of each part, (G,) parts."""

    boxes: FloatArray
    scores: FloatArray
    labels: IndexArray
    best: IndexArray
    of: IndexArray
    size: IndexArray


def _unique_pairs(pairs: IndexArray, n: int) -> IndexArray:
    """Each pair of two different numbers below n once, the lower first, in order."""
    ordered = np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1)
    # As single numbers: sorting rows takes ten times as long.
    codes = np.unique(ordered[:, 0] * n + ordered[:, 1])
    return np.column_stack([codes // n, codes % n])


def _group(placed: FloatArray, score: FloatArray, label: IndexArray, lowest: IndexArray) -> _Groups:
    heads, of, size = np.unique(lowest, return_inverse=True, return_counts=True)
    order = np.lexsort((-score, of))
    starts = np.cumsum(size) - size
    boxes = np.concatenate(
        [np.minimum.reduceat(placed[order, :2], starts), np.maximum.reduceat(placed[order, 2:], starts)], axis=1
    )
    best = order[starts]
    return _Groups(boxes, score[best], label[heads], best, of, size)


def _suppress(
    groups: _Groups, ends: BoolArray, tile: IndexArray, pairs: IndexArray, *, nms_iou: float, part_share: float
) -> MergedBoxes:
    """Drop doubles, the better first, and lone parts that lie in another box; whole ones come before lone parts."""
    is_part = (groups.size == 1) & ends[groups.best].any(axis=1)
    order = np.lexsort((-groups.scores, is_part))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    met = _unique_pairs(rank[groups.of[pairs]], len(order))
    first, second = order[met[:, 0]], order[met[:, 1]]
    other_tile = tile[groups.best[first]] != tile[groups.best[second]]
    a, b = groups.boxes[first], groups.boxes[second]
    within = _shared_area(a, b) >= part_share * np.maximum(box_area(b), 1e-9)
    drops = other_tile & ((_iou_of_pairs(a, b) > nms_iou) | (is_part[second] & within & (box_area(a) > box_area(b))))
    stays = np.ones(len(order), dtype=bool)
    for better, worse in zip(first[drops].tolist(), second[drops].tolist(), strict=True):
        # Sorted by the better one's rank: what has been dropped before drops nothing.
        if stays[better]:
            stays[worse] = False
    kept = np.flatnonzero(stays)
    kept = kept[np.argsort(-groups.scores[kept], kind="stable")]
    place = np.full(len(order), -1, np.int64)
    place[kept] = np.arange(len(kept))
    return MergedBoxes(
        groups.boxes[kept], groups.scores[kept], groups.labels[kept], groups.best[kept], place[groups.of]
    )
