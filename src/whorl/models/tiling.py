"""Predictions on the tiles of an image as predictions on the image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from whorl.annotations.rules import find_bounds
from whorl.geometry.masks import place_mask
from whorl.geometry.tiling import merge_tile_boxes
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox, Track
from whorl.schemas.records import AnnotationRecord

Corner = tuple[int, int, int, int]
# More than any overlap of two boxes: shapes other than boxes are never joined.
_NEVER = 2.0


@dataclass(frozen=True, slots=True)
class TilePredictions:
    """What a model said about one tile, in the tile's pixels, and where the tile lies in the image."""

    place: Corner
    records: Sequence[AnnotationRecord]


def merge_predictions(
    tiles: Sequence[TilePredictions], *, width: int, height: int, edge_px: float, iou: float, part_share: float
) -> list[AnnotationRecord]:
    """What the model says about the whole image, in its pixels, best first.

    Parts of boxes are joined; polygons, masks and all others are moved, and of two that cover the same place the better
    stays. Classes of tiles say nothing about the image and are left out. ``iou`` is the overlap from which two boxes
    are one.
    """
    merged: list[AnnotationRecord] = []
    for is_box in (True, False):
        records, where, bounds = [], [], []
        for index, tile in enumerate(tiles):
            for record in tile.records:
                found = find_bounds(record.geometry)
                if found is not None and isinstance(record.geometry, Box) is is_box:
                    records.append(record)
                    where.append(index)
                    bounds.append(found)
        if not records:
            continue
        names = sorted({record.label for record in records})
        number = {name: at for at, name in enumerate(names)}
        kept = merge_tile_boxes(
            bounds,
            [1.0 if record.confidence is None else record.confidence for record in records],
            [number[record.label] for record in records],
            where,
            [tile.place for tile in tiles],
            edge_px=edge_px,
            join_iou=iou if is_box else _NEVER,
            nms_iou=iou,
            part_share=part_share,
        )
        limits = np.array([width, height, width, height], np.float64)
        for box, source in zip(np.clip(kept.boxes, 0, limits).tolist(), kept.sources.tolist(), strict=True):
            record, place = records[source], tiles[where[source]].place
            shape: Geometry
            if is_box:
                shape = Box(x0=box[0], y0=box[1], x1=box[2], y1=box[3])
            else:
                shape = move_geometry(record.geometry, place, width=width, height=height)
            merged.append(replace(record, geometry=shape, source_id=None))
    return sorted(merged, key=lambda record: -(record.confidence or 0.0))


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
