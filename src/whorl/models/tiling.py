"""Predictions on the tiles of an image as predictions on the image, and what of an image's truth a tile shows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from whorl.annotations.rules import find_bounds
from whorl.geometry.converting import simplify_mask
from whorl.geometry.masks import decode_mask, encode_mask, place_mask, place_part
from whorl.geometry.merging import MergeRule, Patch, merge_boxes, merge_patches, patch_of
from whorl.geometry.polygons import clip_ring, filled_area, polygon_bounds, polygon_to_mask, ring_area
from whorl.geometry.tiling import merge_tile_boxes
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox, Track
from whorl.schemas.records import AnnotationRecord

Corner = tuple[int, int, int, int]
# More than any overlap of two boxes: turned boxes, lines and points are never joined.
_NEVER = 2.0
EDGES = MergeRule()


@dataclass(frozen=True, slots=True)
class TilePredictions:
    """What a model said about one tile, in the tile's pixels, and where the tile lies in the image."""

    place: Corner
    records: Sequence[AnnotationRecord]


def merge_predictions(
    tiles: Sequence[TilePredictions], *, width: int, height: int, rule: MergeRule = EDGES
) -> list[AnnotationRecord]:
    """What the model says about the whole image, in its pixels, best first.

    Parts of boxes, of masks and of polygons are joined; a polygon of several parts is drawn anew around their pixels,
    with a loss of at most one hundredth. Turned boxes, lines and points are moved, and of two that cover the same place
    the better stays. Classes of tiles say nothing about the image and are left out.
    """
    found: dict[str, list[tuple[int, AnnotationRecord]]] = {"box": [], "shape": [], "other": []}
    for index, tile in enumerate(tiles):
        for record in tile.records:
            kind = {"box": "box", "mask": "shape", "polygon": "shape"}.get(record.geometry.type, "other")
            found[kind].append((index, record))
    merged = [
        *_merge_boxes(found["box"], tiles, rule, width=width, height=height),
        *_merge_shapes(found["shape"], tiles, rule, width=width, height=height),
        *_merge_others(found["other"], tiles, rule, width=width, height=height),
    ]
    return sorted(merged, key=lambda record: -(record.confidence or 0.0))


Placed = Sequence[tuple[int, AnnotationRecord]]


def _merge_boxes(
    found: Placed, tiles: Sequence[TilePredictions], rule: MergeRule, *, width: int, height: int
) -> list[AnnotationRecord]:
    boxes = [find_bounds(record.geometry) for _, record in found]
    kept = merge_boxes(*_columns(boxes, found), [tile.place for tile in tiles], rule)
    limits = np.array([width, height, width, height], np.float64)
    merged = []
    for box, source in zip(np.clip(kept.boxes, 0, limits).tolist(), kept.sources.tolist(), strict=True):
        shape = Box(x0=box[0], y0=box[1], x1=box[2], y1=box[3])
        merged.append(replace(found[source][1], geometry=shape, source_id=None))
    return merged


def _merge_others(
    found: Placed, tiles: Sequence[TilePredictions], rule: MergeRule, *, width: int, height: int
) -> list[AnnotationRecord]:
    some = [(index, record) for index, record in found if find_bounds(record.geometry) is not None]
    bounds = [find_bounds(record.geometry) for _, record in some]
    given = _columns(bounds, some)
    kept = merge_tile_boxes(
        *given,
        [tile.place for tile in tiles],
        edge_px=rule.edge_px,
        join_iou=_NEVER,
        nms_iou=rule.iou,
        part_share=rule.part_share,
    )
    merged = []
    for source in kept.sources.tolist():
        index, record = some[source]
        shape = move_geometry(record.geometry, tiles[index].place, width=width, height=height)
        merged.append(replace(record, geometry=shape, source_id=None))
    return merged


def _merge_shapes(
    found: Placed, tiles: Sequence[TilePredictions], rule: MergeRule, *, width: int, height: int
) -> list[AnnotationRecord]:
    patches, some = [], []
    for index, record in found:
        patch = _patch(record.geometry, tiles[index].place)
        if patch is not None:
            patches.append(patch)
            some.append((index, record))
    _, scores, labels, where = _columns([patch.box for patch in patches], some)
    kept = merge_patches(patches, scores, labels, where, [tile.place for tile in tiles], rule)
    merged = []
    for patch, source, parts in zip(kept.patches, kept.sources.tolist(), kept.parts.tolist(), strict=True):
        index, record = some[source]
        shape = move_geometry(record.geometry, tiles[index].place, width=width, height=height)
        if parts > 1 and isinstance(shape, Polygon):
            shape = Polygon(rings=simplify_mask(patch.pixels, max_iou_loss=0.01, x=patch.x, y=patch.y).rings)
        elif parts > 1:
            rle = place_part(patch.pixels, x=patch.x, y=patch.y, width=width, height=height)
            shape = Mask(width=width, height=height, counts=rle.counts)
        merged.append(replace(record, geometry=shape, source_id=None))
    return merged


def _columns(bounds: Sequence[Any], found: Placed) -> tuple[list[Any], list[float], list[int], list[int]]:
    # Any: rows of four numbers, and numpy reads them.
    """What the merges take: boxes, scores, numbers of labels, and which tile."""
    number = {name: at for at, name in enumerate(sorted({record.label for _, record in found}))}
    return (
        list(bounds),
        [1.0 if record.confidence is None else record.confidence for _, record in found],
        [number[record.label] for _, record in found],
        [index for index, _ in found],
    )


def _patch(geometry: Geometry, place: Corner) -> Patch | None:
    """The pixels of a tile's mask or polygon in the whole image; None when there are none."""
    if isinstance(geometry, Mask):
        return patch_of(
            decode_mask(geometry.counts, width=geometry.width, height=geometry.height), x=place[0], y=place[1]
        )
    assert isinstance(geometry, Polygon)
    x0, y0, x1, y1 = polygon_bounds(geometry.rings)
    left, top = math.floor(x0), math.floor(y0)
    rings = [[(x - left, y - top) for x, y in ring] for ring in geometry.rings]
    pixels = polygon_to_mask(rings, width=max(math.ceil(x1) - left, 1), height=max(math.ceil(y1) - top, 1))
    return patch_of(pixels, x=place[0] + left, y=place[1] + top)


def move_geometry(geometry: Geometry, place: Corner, *, width: int, height: int) -> Geometry:
    """A shape in a tile's pixels as one in the image's pixels."""
    x, y = place[:2]
    match geometry:
        case ClassTag() | Track():
            # A track is of a video, which is not cut.
            return geometry
        case Box():
            return Box(x0=geometry.x0 + x, y0=geometry.y0 + y, x1=geometry.x1 + x, y1=geometry.y1 + y)
        case RotatedBox():
            return geometry.model_copy(update={"cx": geometry.cx + x, "cy": geometry.cy + y})
        case Polygon():
            return Polygon(rings=[[(px + x, py + y) for px, py in ring] for ring in geometry.rings])
        case Polyline():
            return Polyline(points=[(px + x, py + y) for px, py in geometry.points])
        case Points():
            return Points(points=[(px + x, py + y) for px, py in geometry.points])
        case Mask():
            counts = place_mask(
                geometry.counts,
                width=geometry.width,
                height=geometry.height,
                x=x,
                y=y,
                whole_width=width,
                whole_height=height,
            )
            return Mask(width=width, height=height, counts=counts)


def cut_records(
    records: Sequence[AnnotationRecord], place: Corner, *, min_visible: float = 0.3
) -> list[AnnotationRecord]:
    """What of an image's annotations a tile shows, in the tile's pixels and in the order given.

    Boxes, polygons and masks are cut at the tile's border and kept when the tile shows at least ``min_visible`` of
    their area. Lines, points and turned boxes have no part that is of their kind: they stay whole, with all their
    points or the centre in the tile and, for turned boxes, that share of the box around them. Classes say nothing
    about a part.

    Args:
        place: x0 y0 x1 y1 of the tile in the image.
        min_visible: Share in [0, 1]; 0 keeps whatever shows at all.

    Raises:
        MaskError: The counts of a mask do not fit its size.
    """
    (shown,) = cut_shapes([record.geometry for record in records], [place], min_visible=min_visible)
    return [replace(records[index], geometry=part, source_id=None) for index, part in shown]


def cut_shapes(
    shapes: Sequence[Geometry], places: Sequence[Corner], *, min_visible: float = 0.3
) -> list[list[tuple[int, Geometry]]]:
    """For each tile the shapes it shows, as their index and what of them lies in the tile; see ``cut_records``.

    Raises:
        MaskError: The counts of a mask do not fit its size.
    """
    found = [(index, bounds) for index, shape in enumerate(shapes) if (bounds := find_bounds(shape)) is not None]
    numbers = np.array([index for index, _ in found], np.int64)
    around = np.array([bounds for _, bounds in found], np.float64).reshape(-1, 4)
    shown: list[list[tuple[int, Geometry]]] = []
    for place in places:
        x0, y0, x1, y1 = place
        meets = (around[:, 0] <= x1) & (around[:, 1] <= y1) & (around[:, 2] >= x0) & (around[:, 3] >= y0)
        parts = [(index, _cut(shapes[index], place, min_visible)) for index in numbers[meets].tolist()]
        shown.append([(index, part) for index, part in parts if part is not None])
    return shown


def _cut(geometry: Geometry, place: Corner, min_visible: float) -> Geometry | None:
    x0, y0, x1, y1 = place
    match geometry:
        case ClassTag() | Track():
            return None
        case Mask():
            return _cut_mask(geometry, place, min_visible)
        case Polygon():
            rings = [clip_ring(ring, (x0, y0, x1, y1)) for ring in geometry.rings]
            kept = [[(x - x0, y - y0) for x, y in ring] for ring in rings if len(ring) >= 3 and ring_area(ring) > 0]
            whole = filled_area(geometry.rings)
            is_shown = bool(kept) and whole > 0 and filled_area(kept) >= min_visible * whole
            return Polygon(rings=kept) if is_shown else None
        case Polyline() | Points():
            is_inside = all(x0 <= x <= x1 and y0 <= y <= y1 for x, y in geometry.points)
            return move_geometry(geometry, (-x0, -y0, 0, 0), width=x1 - x0, height=y1 - y0) if is_inside else None
        case Box() | RotatedBox():
            return _cut_box(geometry, place, min_visible)


def _cut_box(geometry: Box | RotatedBox, place: Corner, min_visible: float) -> Geometry | None:
    x0, y0, x1, y1 = place
    bounds = find_bounds(geometry)
    assert bounds is not None
    left, top, right, bottom = max(bounds[0], x0), max(bounds[1], y0), min(bounds[2], x1), min(bounds[3], y1)
    area = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    if right <= left or bottom <= top or (right - left) * (bottom - top) < min_visible * area:
        return None
    if isinstance(geometry, Box):
        return Box(x0=left - x0, y0=top - y0, x1=right - x0, y1=bottom - y0)
    if not (x0 <= geometry.cx <= x1 and y0 <= geometry.cy <= y1):
        return None
    return geometry.model_copy(update={"cx": geometry.cx - x0, "cy": geometry.cy - y0})


def _cut_mask(mask: Mask, place: Corner, min_visible: float) -> Mask | None:
    pixels = decode_mask(mask.counts, width=mask.width, height=mask.height)
    x0, y0, x1, y1 = place
    part = pixels[y0:y1, x0:x1]
    if not part.any() or part.sum() < min_visible * pixels.sum():
        return None
    return Mask(width=part.shape[1], height=part.shape[0], counts=encode_mask(part))
