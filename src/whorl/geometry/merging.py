"""What was found in the tiles of an image put together: boxes by four rules, and shapes of pixels with their unions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from whorl.geometry.boxes import FloatArray, IndexArray, as_boxes
from whorl.geometry.masks import mask_bounds
from whorl.geometry.meeting import self_pairs
from whorl.geometry.suppression import Metric, greedy_nmm, nmm, nms
from whorl.geometry.tiling import MergedBoxes, merge_tile_boxes

BoolImage = NDArray[np.bool_]
Way = Literal["edges", "nms", "greedy_nmm", "nmm"]
# More than any overlap or share.
_NEVER = 2.0


@dataclass(frozen=True, slots=True)
class MergeRule:
    """When two finds of neighbouring tiles are one object.

    Args:
        way: ``edges`` joins only what ends at a tile's border, and drops doubles of other tiles; ``nms`` drops whatever
            overlaps a better one; ``greedy_nmm`` and ``nmm`` merge it, as in ``whorl.geometry.suppression``.
        metric: Of the last three.
        iou: Overlap from which two are one object.
        part_share: For ``edges``: a cut-off part goes when so much of it lies in a larger find of another tile.
        edge_px: For ``edges``: what ends this close to its tile's border may go on beyond.
    """

    way: Way = "edges"
    metric: Metric = "iou"
    iou: float = 0.5
    part_share: float = 0.7
    edge_px: float = 2.0


@dataclass(frozen=True, slots=True)
class Patch:
    """A shape of pixels somewhere in an image: (height, width) bool, its first column at x and its first row at y."""

    x: int
    y: int
    pixels: BoolImage

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x0 y0 x1 y1 around the patch."""
        return self.x, self.y, self.x + self.pixels.shape[1], self.y + self.pixels.shape[0]


@dataclass(frozen=True, slots=True)
class MergedPatches:
    """What is left of the shapes of all tiles, best score first.

    Args:
        patches: In pixels of the whole image.
        sources: (K,) index of the part with the best score.
        parts: How many parts each is made of.
    """

    patches: tuple[Patch, ...]
    sources: IndexArray
    parts: IndexArray


def merge_boxes(
    boxes: ArrayLike, scores: ArrayLike, labels: ArrayLike, tile_index: ArrayLike, tiles: ArrayLike, rule: MergeRule
) -> MergedBoxes:
    """Boxes of tiles, in pixels of their tile, as boxes of the image; see ``merge_tile_boxes`` and ``MergeRule``."""
    if rule.way == "edges":
        return merge_tile_boxes(
            boxes,
            scores,
            labels,
            tile_index,
            tiles,
            edge_px=rule.edge_px,
            nms_iou=rule.iou,
            part_share=rule.part_share,
        )
    where = np.asarray(tile_index, np.int64).reshape(-1)
    placed = as_boxes(boxes) + as_boxes(tiles)[where][:, [0, 1, 0, 1]]
    return _merge_placed(placed, np.asarray(scores, np.float64), np.asarray(labels, np.int64), rule)


def merge_patches(
    patches: Sequence[Patch],
    scores: ArrayLike,
    labels: ArrayLike,
    tile_index: ArrayLike,
    tiles: ArrayLike,
    rule: MergeRule,
) -> MergedPatches:
    """Shapes of tiles as shapes of the image: parts of an object become their union, doubles are dropped.

    With ``edges`` parts are found by the boxes around them and have to agree pixel by pixel where both tiles look, and
    overlaps are counted in pixels. The other ways decide by boxes, as the reference does; the NMM kinds give unions.

    Args:
        patches: In pixels of the whole image, none empty.
        scores: (N,).
        labels: (N,) integers.
        tile_index: (N,) which tile each was found in.
        tiles: (T, 4).
    """
    score, label = np.asarray(scores, np.float64).reshape(-1), np.asarray(labels, np.int64).reshape(-1)
    where, place = np.asarray(tile_index, np.int64).reshape(-1), as_boxes(tiles)
    if not patches:
        return MergedPatches((), np.zeros(0, np.int64), np.zeros(0, np.int64))
    boxes = as_boxes([patch.box for patch in patches])
    if rule.way != "edges":
        merged = _merge_placed(boxes, score, label, rule)
        groups = [np.flatnonzero(merged.owners == index).tolist() for index in range(len(merged.boxes))]
    else:
        local = boxes - place[where][:, [0, 1, 0, 1]]
        loose = merge_tile_boxes(
            local, score, label, where, place, edge_px=rule.edge_px, nms_iou=_NEVER, part_share=_NEVER
        )
        groups = _agreeing(patches, where, place.astype(np.int64), loose.owners)
    groups = [sorted(group, key=lambda one: (-score[one], one)) for group in groups]
    whole = [join_patches([patches[one] for one in group]) for group in groups]
    best = np.array([group[0] for group in groups], np.int64)
    kept = np.arange(len(groups))
    if rule.way == "edges":
        is_cut = _reaches_border(boxes, place[where], place, rule.edge_px)
        is_part = np.array([len(group) == 1 and bool(is_cut[group[0]]) for group in groups])
        kept = _drop_doubles(whole, score[best], label[best], where[best], is_part, rule)
    kept = kept[np.argsort(-score[best][kept], kind="stable")]
    parts = np.array([len(groups[one]) for one in kept.tolist()], np.int64)
    return MergedPatches(tuple(whole[one] for one in kept.tolist()), best[kept], parts)


def patch_of(mask: BoolImage, *, x: int = 0, y: int = 0) -> Patch | None:
    """The set part of a mask whose first pixel lies at x, y; None when nothing is set."""
    bounds = mask_bounds(mask)
    if bounds is None:
        return None
    x0, y0, x1, y1 = bounds
    return Patch(x + x0, y + y0, mask[y0:y1, x0:x1])


def join_patches(patches: Sequence[Patch]) -> Patch:
    """The union of one or more shapes."""
    if len(patches) == 1:
        return patches[0]
    boxes = np.array([patch.box for patch in patches])
    (x0, y0), (x1, y1) = boxes[:, :2].min(axis=0).tolist(), boxes[:, 2:].max(axis=0).tolist()
    pixels: BoolImage = np.zeros((y1 - y0, x1 - x0), dtype=bool)
    for patch in patches:
        left, top, right, bottom = patch.box
        pixels[top - y0 : bottom - y0, left - x0 : right - x0] |= patch.pixels
    return Patch(x0, y0, pixels)


def shared_pixels(a: Patch, b: Patch) -> int:
    """How many pixels lie in both."""
    left, top = max(a.x, b.x), max(a.y, b.y)
    right, bottom = min(a.box[2], b.box[2]), min(a.box[3], b.box[3])
    if right <= left or bottom <= top:
        return 0
    return int((_window(a, left, top, right, bottom) & _window(b, left, top, right, bottom)).sum())


def _window(patch: Patch, x0: int, y0: int, x1: int, y1: int) -> BoolImage:
    """What of a patch lies in a box, as far as the patch reaches."""
    return patch.pixels[max(y0 - patch.y, 0) : max(y1 - patch.y, 0), max(x0 - patch.x, 0) : max(x1 - patch.x, 0)]


def _merge_placed(boxes: FloatArray, scores: FloatArray, labels: IndexArray, rule: MergeRule) -> MergedBoxes:
    if rule.way == "nms":
        kept = nms(boxes, scores, threshold=rule.iou, metric=rule.metric, labels=labels)
        owners = np.full(len(boxes), -1, np.int64)
        owners[kept] = np.arange(len(kept))
        return MergedBoxes(boxes[kept], scores[kept], labels[kept], kept, owners)
    way = greedy_nmm if rule.way == "greedy_nmm" else nmm
    found = way(boxes, scores, threshold=rule.iou, metric=rule.metric, labels=labels)
    return MergedBoxes(found.boxes, found.scores, found.labels, found.sources, found.owners)


def _agreeing(patches: Sequence[Patch], where: IndexArray, tiles: IndexArray, owners: IndexArray) -> list[list[int]]:
    """Groups whose parts show the same pixels where two of their tiles look; the others fall apart."""
    members: dict[int, list[int]] = {}
    for index, owner in enumerate(owners.tolist()):
        members.setdefault(owner, []).append(index)
    groups: list[list[int]] = []
    for group in members.values():
        heads = {one: one for one in group}
        for place, i in enumerate(group):
            for j in group[:place]:
                if heads[i] != heads[j] and _agrees(patches[i], patches[j], tiles[where[i]], tiles[where[j]]):
                    old, new = heads[i], heads[j]
                    heads = {one: new if head == old else head for one, head in heads.items()}
        groups += [[one for one in group if heads[one] == head] for head in dict.fromkeys(heads.values())]
    return groups


def _agrees(a: Patch, b: Patch, of_a: IndexArray, of_b: IndexArray) -> bool:
    x0, y0 = np.maximum(of_a[:2], of_b[:2]).tolist()
    x1, y1 = np.minimum(of_a[2:], of_b[2:]).tolist()
    if x1 <= x0 or y1 <= y0:
        # Tiles that only meet have no pixel in common to compare; the boxes have said enough.
        return True
    areas = [int(_window(patch, x0, y0, x1, y1).sum()) for patch in (a, b)]
    shared = shared_pixels(a, b)
    union = sum(areas) - shared
    return union == 0 or shared >= 0.5 * union


def _reaches_border(boxes: FloatArray, own: FloatArray, tiles: FloatArray, edge_px: float) -> NDArray[np.bool_]:
    low, high = tiles[:, :2].min(axis=0), tiles[:, 2:].max(axis=0)
    before = (boxes[:, :2] <= own[:, :2] + edge_px) & (own[:, :2] > low)
    after = (boxes[:, 2:] >= own[:, 2:] - edge_px) & (own[:, 2:] < high)
    return np.asarray((before | after).any(axis=1))


def _drop_doubles(
    patches: Sequence[Patch],
    scores: FloatArray,
    labels: IndexArray,
    tile: IndexArray,
    is_part: NDArray[np.bool_],
    rule: MergeRule,
) -> IndexArray:
    """Those that stay: the better of two, whole ones before lone parts, as ``merge_tile_boxes`` has it for boxes."""
    order = np.lexsort((np.arange(len(patches)), -scores, is_part))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    a, b = self_pairs(as_boxes([patch.box for patch in patches]), labels)
    first, second = np.minimum(rank[a], rank[b]), np.maximum(rank[a], rank[b])
    area = [int(patch.pixels.sum()) for patch in patches]
    stays = np.ones(len(patches), dtype=bool)
    for at in np.lexsort((second, first)).tolist():
        better, worse = int(order[first[at]]), int(order[second[at]])
        if not stays[better] or not stays[worse] or tile[better] == tile[worse]:
            continue
        shared = shared_pixels(patches[better], patches[worse])
        is_double = shared > rule.iou * (area[better] + area[worse] - shared)
        lies_within = shared >= rule.part_share * area[worse] and area[better] > area[worse]
        stays[worse] = not (is_double or (bool(is_part[worse]) and lies_within))
    return np.flatnonzero(stays)
