"""One COCO annotation to a record."""

from __future__ import annotations

from typing import Literal

from whorl.formats.jsonfile import Json
from whorl.formats.shapes import Canvas, Issues, Point, clean_box, clean_mask, clean_polygon, clean_rotated_box
from whorl.schemas.annotations import ClassTag, Geometry
from whorl.schemas.records import AnnotationRecord, ImportIssue

# The writer's note that a polygon is meant as one although it is the rectangle of its box.
SHAPE_KEY = "whorl_shape"
# The writer's note that the segmentation is the corners of this: cx, cy, width, height, angle.
ROTATED_KEY = "rotated_box"


def read_annotation(
    entry: dict[str, Json],
    label: str,
    canvas: Canvas,
    *,
    prefer: Literal["segmentation", "box"],
    where: str,
    issues: Issues,
) -> AnnotationRecord | None:
    """Turn one entry of ``annotations`` (or of a result file) into a record, or add the reason why not."""
    geometry = _geometry(entry, canvas, prefer, where, issues)
    if geometry is None:
        return None
    return AnnotationRecord(
        label=label,
        geometry=geometry,
        confidence=read_score(entry.get("score"), where, issues),
        attributes=_attributes(entry),
        source_id=str(entry["id"]) if "id" in entry else None,
    )


def read_score(value: Json, where: str, issues: Issues) -> float | None:
    """Take a confidence in [0, 1]; anything else becomes an issue and None."""
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    issues.append(
        ImportIssue(where, "bad_score", f"the score {value!r} is not a number from 0 to 1", "Kept without it.")
    )
    return None


def _attributes(entry: dict[str, Json]) -> dict[str, Json]:
    given = entry.get("attributes")
    attributes = dict(given) if isinstance(given, dict) else {}
    if entry.get("iscrowd"):
        attributes["iscrowd"] = True
    return attributes


def _geometry(entry: dict[str, Json], canvas: Canvas, prefer: str, where: str, issues: Issues) -> Geometry | None:
    box, segmentation = entry.get("bbox"), entry.get("segmentation")
    if "caption" in entry or "segments_info" in entry:
        kind = "captions" if "caption" in entry else "panoptic segments"
        issues.append(ImportIssue(where, "unsupported_annotation", f"{kind} are not read"))
        return None
    turned = _numbers(entry.get(ROTATED_KEY))
    if turned is not None and len(turned) == 5 and prefer != "box":
        return clean_rotated_box(turned, canvas, where=where, issues=issues)
    if segmentation and not (prefer == "box" and box):
        shape = _segmentation(entry, segmentation, canvas, where, issues)
        if shape is not None or not box:
            return shape
    if box:
        corners = _corners(box)
        if corners is None:
            issues.append(ImportIssue(where, "bad_annotation", f"bbox is not four numbers: {box!r:.80}"))
            return None
        return clean_box(corners, canvas, where=where, issues=issues)
    return ClassTag()


def _corners(box: Json) -> tuple[float, float, float, float] | None:
    numbers = _numbers(box)
    if numbers is None or len(numbers) != 4:
        return None
    x, y, width, height = numbers
    return x, y, x + width, y + height


def _numbers(value: Json) -> list[float] | None:
    if not isinstance(value, list):
        return None
    numbers = [float(v) for v in value if isinstance(v, (int, float)) and not isinstance(v, bool)]
    return numbers if len(numbers) == len(value) else None


def _segmentation(
    entry: dict[str, Json], segmentation: Json, canvas: Canvas, where: str, issues: Issues
) -> Geometry | None:
    if isinstance(segmentation, dict):
        return _mask(segmentation, canvas, where, issues)
    rings: list[list[Point]] = []
    for flat in segmentation if isinstance(segmentation, list) else []:
        numbers = _numbers(flat)
        if numbers is None or len(numbers) % 2:
            issues.append(ImportIssue(where, "bad_polygon", "a ring is not an even list of numbers"))
            return None
        rings.append(list(zip(numbers[::2], numbers[1::2], strict=True)))
    corners = _corners(entry.get("bbox"))
    if corners is not None and entry.get(SHAPE_KEY) != "polygon" and is_rectangle(rings, corners):
        return clean_box(corners, canvas, where=where, issues=issues)
    return clean_polygon(rings, canvas, where=where, issues=issues)


def is_rectangle(rings: list[list[Point]], corners: tuple[float, float, float, float]) -> bool:
    """Tell whether a polygon is nothing but the four corners of the box (first corner repeated or not)."""
    if len(rings) != 1 or len(rings[0]) not in (4, 5):
        return False
    x0, y0, x1, y1 = corners
    ring = rings[0]
    return set(ring) == {(x0, y0), (x1, y0), (x1, y1), (x0, y1)} and all(
        a[0] == b[0] or a[1] == b[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)
    )


def _mask(segmentation: dict[str, Json], canvas: Canvas, where: str, issues: Issues) -> Geometry | None:
    size, counts = _numbers(segmentation.get("size")), segmentation.get("counts")
    if size is None or len(size) != 2 or min(size) < 1 or not isinstance(counts, (str, list)):
        issues.append(ImportIssue(where, "bad_mask", "a mask needs size [height, width] and counts"))
        return None
    if isinstance(counts, list):
        runs = _numbers(counts)
        if runs is None:
            issues.append(ImportIssue(where, "bad_mask", "counts is not a list of numbers"))
            return None
        return clean_mask([int(run) for run in runs], (int(size[1]), int(size[0])), canvas, where=where, issues=issues)
    return clean_mask(counts, (int(size[1]), int(size[0])), canvas, where=where, issues=issues)
