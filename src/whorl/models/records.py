"""A model's prediction as annotation records, ready for the prediction layer."""

from __future__ import annotations

import math

from whorl.annotations.rules import box_corners, find_bounds
from whorl.geometry.masks import Rle, encode_mask, mask_area, place_part
from whorl.geometry.polygons import polygon_to_mask
from whorl.models.types import ClassProbabilities, Detections, Instances, LabelScores, Prediction, Segmentation
from whorl.schemas.annotations import Box, ClassTag, Mask, Polygon, RotatedBox
from whorl.schemas.records import AnnotationRecord


def object_box(record: AnnotationRecord, *, width: int | None = None, height: int | None = None) -> Box | None:
    """The box of an object, for detection: its own, or the one around its turned box, polygon or mask; else None."""
    if isinstance(record.geometry, Box):
        return record.geometry
    if not isinstance(record.geometry, RotatedBox | Polygon | Mask):
        return None
    bounds = find_bounds(record.geometry)
    if bounds is None:
        return None
    # The corners of a turned box may stick out of the image.
    x0, y0 = max(0.0, bounds[0]), max(0.0, bounds[1])
    x1, y1 = min(bounds[2], width or math.inf), min(bounds[3], height or math.inf)
    return Box(x0=x0, y0=y0, x1=x1, y1=y1) if x1 > x0 and y1 > y0 else None


def object_mask(record: AnnotationRecord, *, width: int, height: int) -> Rle | None:
    """The pixels of an object as a mask of the image's size: of its mask, polygon or turned box; else None.

    None, too, for a shape that covers no pixel's centre, and for a mask of another size than the image.
    """
    shape = record.geometry
    if isinstance(shape, Mask):
        is_whole = (shape.width, shape.height) == (width, height) and mask_area(shape.counts) > 0
        return Rle(height, width, shape.counts) if is_whole else None
    if not isinstance(shape, RotatedBox | Polygon):
        return None
    rings = [box_corners(shape)] if isinstance(shape, RotatedBox) else shape.rings
    bounds = find_bounds(shape)
    assert bounds is not None
    # Filled within its bounds: a large image with a thousand small objects is not filled a thousand times.
    x0, y0 = max(0, math.floor(bounds[0])), max(0, math.floor(bounds[1]))
    x1, y1 = min(width, math.ceil(bounds[2])), min(height, math.ceil(bounds[3]))
    if x1 <= x0 or y1 <= y0:
        return None
    moved = [[(x - x0, y - y0) for x, y in ring] for ring in rings]
    part = polygon_to_mask(moved, width=x1 - x0, height=y1 - y0)
    return place_part(part, x=x0, y=y0, width=width, height=height) if part.any() else None


def prediction_records(
    prediction: Prediction, *, width: int, height: int, min_confidence: float = 0.0
) -> list[AnnotationRecord]:
    """Turn one image's prediction into records; boxes are clipped to the image, and those without area left out.

    Args:
        width: Of the upright image, in pixels.
        height: Of the upright image, in pixels.
        min_confidence: Objects and masks below it are left out; the one class of an image is always given, and of
            several labels those with at least 0.5.
    """
    if isinstance(prediction, ClassProbabilities):
        return [AnnotationRecord(prediction.label, ClassTag(), confidence=min(1.0, prediction.confidence))]
    if isinstance(prediction, LabelScores):
        scores = dict(zip(prediction.labels, prediction.scores.tolist(), strict=True))
        chosen = prediction.chosen(max(0.5, min_confidence))
        return [AnnotationRecord(label, ClassTag(), confidence=min(1.0, scores[label])) for label in chosen]
    if isinstance(prediction, Segmentation):
        return _pixel_records(prediction, min_confidence)
    if isinstance(prediction, Instances):
        return _mask_records(prediction, min_confidence)
    return _box_records(prediction, width, height, min_confidence)


def _box_records(found: Detections, width: int, height: int, min_confidence: float) -> list[AnnotationRecord]:
    records: list[AnnotationRecord] = []
    for box, score, label in zip(found.boxes, found.scores, found.labels, strict=True):
        x0, y0 = max(0.0, float(box[0])), max(0.0, float(box[1]))
        x1, y1 = min(float(width), float(box[2])), min(float(height), float(box[3]))
        if float(score) >= min_confidence and x1 > x0 and y1 > y0:
            records.append(AnnotationRecord(label, Box(x0=x0, y0=y0, x1=x1, y1=y1), confidence=min(1.0, float(score))))
    return records


def _mask_records(found: Instances, min_confidence: float) -> list[AnnotationRecord]:
    return [
        AnnotationRecord(
            label,
            Mask(height=mask.height, width=mask.width, counts=mask.counts),
            confidence=min(1.0, float(score)),
        )
        for mask, score, label in zip(found.masks, found.scores, found.labels, strict=True)
        if float(score) >= min_confidence and mask_area(mask.counts) > 0
    ]


def _pixel_records(found: Segmentation, min_confidence: float) -> list[AnnotationRecord]:
    """One mask per label that has a pixel."""
    height, width = found.classes.shape
    records: list[AnnotationRecord] = []
    for number, label in enumerate(found.labels, start=1):
        mask, confidence = found.classes == number, float(found.confidence[number - 1])
        if mask.any() and confidence >= min_confidence:
            geometry = Mask(height=height, width=width, counts=encode_mask(mask))
            records.append(AnnotationRecord(label, geometry, confidence=min(1.0, confidence)))
    return records
