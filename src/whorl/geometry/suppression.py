"""One box for each object where several were found: suppression and merging of boxes that overlap.

The three ways keep what SAHI keeps (Akyon et al., "Slicing Aided Hyper Inference", 2022;
https://github.com/obss/sahi): two boxes are one object when their overlap is at least the threshold. Boxes are looked
at best score first; equal scores by x0, y0, x1, y1, least first. Pairs are found through a grid, so the time grows with
the boxes that really meet, and no matrix of all pairs is made.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whorl.base.errors import InvalidInput, ShapeError
from whorl.geometry.boxes import FloatArray, IndexArray, as_boxes
from whorl.geometry.meeting import cross_pairs, self_pairs

Metric = Literal["iou", "ios"]
# float32 stays float32, so that overlaps at the very threshold round as they do elsewhere.
Coordinates = NDArray[np.floating[Any]]
BoolArray = NDArray[np.bool_]
# Where boxes crowd, one part in so many is settled first; what it drops is never compared with each other.
_SHARE = 8
_CROWDED = 6.0
_FEW = 4096
_MOST_ROUNDS = 50
_SHORT_GROUP = 64


@dataclass(frozen=True, slots=True)
class MergedGroups:
    """Boxes that took others in, best score first.

    Args:
        boxes: (K, 4) float64.
        scores: (K,) the best score of those merged.
        labels: (K,) label of the best; of equal scores, of the one taken in last.
        sources: (K,) index of the box that took the others.
        owners: (N,) for each box given, the index in ``boxes`` that it went to.
    """

    boxes: FloatArray
    scores: FloatArray
    labels: IndexArray
    sources: IndexArray
    owners: IndexArray


def nms(
    boxes: ArrayLike,
    scores: ArrayLike,
    *,
    threshold: float = 0.5,
    metric: Metric = "iou",
    labels: ArrayLike | None = None,
) -> IndexArray:
    """Indices of the boxes that are left when each, best first, drops those that overlap it; best first.

    Args:
        boxes: (N, 4) x0 y0 x1 y1.
        scores: (N,).
        threshold: Least overlap that drops, in (0, 1].
        metric: ``iou``, or ``ios``: the shared area over the smaller box's.
        labels: (N,) integers; boxes of different labels never meet. Without, all meet.

    Raises:
        InvalidInput: The threshold or metric is not allowed, or a number is not finite.
        ShapeError: Lengths differ, or boxes are not (n, 4).
    """
    ranked = _rank(boxes, scores, labels, threshold, metric)
    is_kept, _ = _settle(ranked, threshold, metric)
    return ranked.order[is_kept]


def greedy_nmm(
    boxes: ArrayLike,
    scores: ArrayLike,
    *,
    threshold: float = 0.5,
    metric: Metric = "iou",
    labels: ArrayLike | None = None,
) -> MergedGroups:
    """Boxes merged: each, best first, takes in those that overlap it, and grows to the box around them.

    As the box grows, one that overlaps it too little by then is dropped without growing it further. Arguments and
    errors are those of ``nms``.
    """
    ranked = _rank(boxes, scores, labels, threshold, metric)
    is_kept, owner = _settle(ranked, threshold, metric)
    keeper = np.where(is_kept, np.arange(len(is_kept)), owner)
    order = np.lexsort((np.arange(len(keeper)), keeper))
    return _merge(ranked, keeper, order, threshold, metric)


def nmm(
    boxes: ArrayLike,
    scores: ArrayLike,
    *,
    threshold: float = 0.5,
    metric: Metric = "iou",
    labels: ArrayLike | None = None,
) -> MergedGroups:
    """As ``greedy_nmm``, but one that was taken in takes in others too, for the one that took it.

    A box takes in those of a lower score, and its exact doubles; of equal scores neither takes the other. Arguments
    and errors are those of ``nms``.
    """
    ranked = _rank(boxes, scores, labels, threshold, metric)
    first, second = _matches(ranked, threshold, metric)
    takes = ranked.scores[first] > ranked.scores[second]
    equal = np.flatnonzero(~takes)
    takes[equal] = (ranked.boxes[first[equal]] == ranked.boxes[second[equal]]).all(axis=1)
    n = len(ranked.order)
    parent = np.arange(n)
    np.minimum.at(parent, second[takes], first[takes])
    keeper = parent
    while not np.array_equal(keeper, keeper[keeper]):
        keeper = keeper[keeper]
    # In the order in which they were taken: by the one that took them, then as they were given.
    order = np.lexsort((ranked.order, parent, np.arange(n) != keeper, keeper))
    return _merge(ranked, keeper, order, threshold, metric)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Boxes best first: (N,) the index each was given with, (N, 4) boxes, (N,) scores and labels."""

    order: IndexArray
    boxes: Coordinates
    scores: Coordinates
    labels: IndexArray


def _rank(boxes: ArrayLike, scores: ArrayLike, labels: ArrayLike | None, threshold: float, metric: str) -> _Ranked:
    if not 0 < threshold <= 1:
        raise InvalidInput(f"threshold must be in (0, 1], got {threshold}")
    if metric not in ("iou", "ios"):
        raise InvalidInput(f"metric {metric!r}", hint="Use iou, or ios: over the smaller box's area.")
    given = np.asarray(boxes)
    exact: Coordinates = given if given.dtype == np.float32 and given.ndim == 2 else as_boxes(given)
    if exact.shape[1] != 4:
        raise ShapeError(f"boxes must have shape (n, 4), got {exact.shape}")
    score = np.asarray(scores).reshape(-1)
    score = score if score.dtype == np.float32 else score.astype(np.float64)
    label = np.zeros(len(exact), np.int64) if labels is None else np.asarray(labels, np.int64).reshape(-1)
    if not len(exact) == len(score) == len(label):
        raise ShapeError(f"boxes, scores and labels must be as many: {len(exact)}, {len(score)}, {len(label)}")
    if not (np.isfinite(exact).all() and np.isfinite(score).all()):
        raise InvalidInput("a box or score is not a finite number")
    order = np.argsort(-score)
    ordered = score[order]
    tied = np.zeros(len(order), dtype=bool)
    tied[1:] = ordered[1:] == ordered[:-1]
    tied[:-1] |= tied[1:]
    if tied.any():
        # Few, mostly; sorting all by five keys takes longer than everything else.
        some = np.sort(order[tied])
        x0, y0, x1, y1 = exact[some].T
        order[tied] = some[np.lexsort((y1, x1, y0, x0, -score[some]))]
    return _Ranked(order, exact[order], score[order], label[order])


def _overlap(boxes: Coordinates, a: IndexArray, b: IndexArray, metric: str) -> Coordinates:
    x0, y0, x1, y1 = (np.ascontiguousarray(side) for side in boxes.T)
    area = (x1 - x0) * (y1 - y0)
    wide = np.minimum(x1[a], x1[b]) - np.maximum(x0[a], x0[b])
    tall = np.minimum(y1[a], y1[b]) - np.maximum(y0[a], y0[b])
    shared = np.maximum(wide, 0) * np.maximum(tall, 0)
    whole = np.minimum(area[a], area[b]) if metric == "ios" else area[a] + area[b] - shared
    return np.asarray(np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0))


def _matches(ranked: _Ranked, threshold: float, metric: str) -> tuple[IndexArray, IndexArray]:
    """Pairs of ranks that are one object, the better one first."""
    a, b = self_pairs(ranked.boxes, ranked.labels)
    return _better_first(*_matching(ranked.boxes, a, b, threshold, metric))


def _matching(
    boxes: Coordinates, a: IndexArray, b: IndexArray, threshold: float, metric: str
) -> tuple[IndexArray, IndexArray]:
    match = _overlap(boxes, a, b, metric) >= threshold
    return a[match], b[match]


def _better_first(a: IndexArray, b: IndexArray) -> tuple[IndexArray, IndexArray]:
    return np.minimum(a, b), np.maximum(a, b)


def _settle(ranked: _Ranked, threshold: float, metric: str) -> tuple[BoolArray, IndexArray]:
    """Which ranks stay, and for each that goes the best of those that drop it (-1 for those that stay)."""
    n = len(ranked.order)
    is_kept, owner = np.zeros(n, dtype=bool), np.full(n, -1, np.int64)
    waiting = np.arange(n)
    while len(waiting):
        head, first, second = _best_part(ranked, waiting, threshold, metric)
        rest = waiting[len(head) :]
        stays = _independent(first, second, len(head))
        drops = stays[first]
        best = np.full(len(head), n, np.int64)
        np.minimum.at(best, second[drops], first[drops])
        is_kept[head[stays]] = True
        owner[head[~stays]] = head[best[~stays]]
        a, b = _matching(ranked.boxes, *cross_pairs(ranked.boxes, ranked.labels, head[stays], rest), threshold, metric)
        taken = np.full(n, n, np.int64)
        np.minimum.at(taken, b, a)
        gone = taken[rest] < n
        owner[rest[gone]] = taken[rest[gone]]
        waiting = rest[~gone]
    return is_kept, owner


def _best_part(
    ranked: _Ranked, waiting: IndexArray, threshold: float, metric: str
) -> tuple[IndexArray, IndexArray, IndexArray]:
    """The best of those waiting, all of them unless they crowd, and the matching pairs of places among them."""
    for count in (max(len(waiting) // _SHARE, 1), len(waiting)):
        if count < len(waiting) <= _FEW:
            continue
        head = waiting[:count]
        boxes = ranked.boxes[head]
        a, b = self_pairs(boxes, ranked.labels[head])
        # A part in eight of the boxes makes a part in sixty-four of the pairs.
        if count == len(waiting) or len(a) * _SHARE > _CROWDED * count:
            break
    return head, *_better_first(*_matching(boxes, a, b, threshold, metric))


def _independent(first: IndexArray, second: IndexArray, n: int) -> BoolArray:
    """Which of n ranks stay when each that stays drops the worse ones it is paired with."""
    undecided, stays = np.ones(n, dtype=bool), np.zeros(n, dtype=bool)
    for _ in range(_MOST_ROUNDS):
        # Nobody better that may still stay: this one stays.
        free = undecided.copy()
        free[second] = False
        stays |= free
        undecided &= ~free
        undecided[second[free[first]]] = False
        open_pairs = undecided[first] & undecided[second]
        if not open_pairs.any():
            return stays | undecided
        first, second = first[open_pairs], second[open_pairs]
    stays |= undecided
    order = np.lexsort((second, first))
    # A long chain of boxes, each over the next: one after the other.
    for better, worse in zip(first[order].tolist(), second[order].tolist(), strict=True):
        if stays[better]:
            stays[worse] = False
    return stays


def _merge(ranked: _Ranked, keeper: IndexArray, order: IndexArray, threshold: float, metric: str) -> MergedGroups:
    """Grow keepers by what they took, one after the other.

    Args:
        keeper: (N,) rank of the one that each rank went to, its own for keepers.
        order: (N,) ranks by keeper, each keeper before what it took, in the order of taking.
    """
    heads, start, size = np.unique(keeper[order], return_index=True, return_counts=True)
    boxes, scores = ranked.boxes[heads].astype(np.float64), ranked.scores[heads].astype(np.float64)
    labels = ranked.labels[heads].copy()
    given, points = ranked.boxes.astype(np.float64), ranked.scores.astype(np.float64)
    at = np.arange(len(heads))
    for step in range(1, min(int(size.max(initial=0)), _SHORT_GROUP)):
        at = at[size[at] > step]
        taken = order[start[at] + step]
        _grow(boxes, scores, labels, at, given[taken], points[taken], ranked.labels[taken], threshold, metric)
    for group in np.flatnonzero(size > _SHORT_GROUP).tolist():
        one = np.array([group])
        for rank in order[start[group] + _SHORT_GROUP : start[group] + size[group]].tolist():
            taken = np.array([rank])
            _grow(boxes, scores, labels, one, given[taken], points[taken], ranked.labels[taken], threshold, metric)
    owners = np.empty(len(keeper), np.int64)
    owners[ranked.order] = np.searchsorted(heads, keeper)
    return MergedGroups(boxes, scores, labels, ranked.order[heads], owners)


def _grow(
    boxes: FloatArray,
    scores: FloatArray,
    labels: IndexArray,
    at: IndexArray,
    taken: FloatArray,
    points: FloatArray,
    kinds: IndexArray,
    threshold: float,
    metric: str,
) -> None:
    """Grow ``boxes[at]`` by one box each, in place, where they overlap enough."""
    pairs = np.concatenate([boxes[at], taken])
    count = np.arange(len(at))
    fits = _overlap(pairs, count, count + len(at), metric) >= threshold
    some = at[fits]
    boxes[some, :2] = np.minimum(boxes[some, :2], taken[fits, :2])
    boxes[some, 2:] = np.maximum(boxes[some, 2:], taken[fits, 2:])
    labels[some] = np.where(scores[some] > points[fits], labels[some], kinds[fits])
    scores[some] = np.maximum(scores[some], points[fits])
