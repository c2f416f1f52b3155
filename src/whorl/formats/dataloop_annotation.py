"""One Dataloop annotation to a record."""

from __future__ import annotations

import base64
import binascii
import io

from whorl.base.errors import JsonValue
from whorl.formats.shapes import Canvas, Issues, Point, clean_box, clean_mask, clean_polygon, clean_rotated_box
from whorl.geometry.masks import run_lengths
from whorl.schemas.annotations import ClassTag, Geometry, Points, Polyline
from whorl.schemas.records import AnnotationRecord, ImportIssue

_PNG_PREFIX = "data:image/png;base64,"
_MAX_MASK_PIXELS = 250_000_000


def as_object(value: JsonValue) -> dict[str, JsonValue]:
    """Give a JSON object, or an empty one when the value is something else."""
    return value if isinstance(value, dict) else {}


def read_dataloop_annotation(
    entry: JsonValue, canvas: Canvas, *, where: str, issues: Issues
) -> AnnotationRecord | None:
    """Turn one entry of ``annotations`` into a record, or add the reason why not."""
    given = as_object(entry)
    label = given.get("label")
    if not isinstance(label, str) or not label.strip():
        issues.append(ImportIssue(where, "bad_annotation", "it has no label"))
        return None
    geometry = _geometry(given, canvas, f"{where} ({label})", issues)
    if geometry is None:
        return None
    identity = given.get("id")
    return AnnotationRecord(
        label=label,
        geometry=geometry,
        confidence=_confidence(given, where, issues),
        attributes=_attributes(given),
        source_id=str(identity) if identity else None,
    )


def _geometry(given: dict[str, JsonValue], canvas: Canvas, where: str, issues: Issues) -> Geometry | None:
    kind, coordinates = given.get("type"), given.get("coordinates")
    match kind:
        case "class":
            return ClassTag()
        case "box":
            return _box(coordinates, canvas, where, issues)
        case "segment":
            rings = _rings(coordinates)
            if rings is None:
                issues.append(_misshapen(kind, where))
                return None
            return clean_polygon(rings, canvas, where=where, issues=issues)
        case "polyline" | "point":
            points = _points(coordinates if isinstance(coordinates, list) else [coordinates])
            if not points or (kind == "polyline" and len(points) < 2):
                issues.append(_misshapen(kind, where))
                return None
            turned = [canvas.upright(*point) for point in points]
            return Polyline(points=turned) if kind == "polyline" else Points(points=turned)
        case "binary":
            return _mask(coordinates, canvas, where, issues)
        case _:
            issues.append(ImportIssue(where, "unsupported_annotation", f"annotations of type {kind!r} are not read"))
            return None


def _misshapen(kind: object, where: str) -> ImportIssue:
    return ImportIssue(where, "bad_annotation", f"its coordinates are not those of a {kind}")


def _box(coordinates: JsonValue, canvas: Canvas, where: str, issues: Issues) -> Geometry | None:
    given = coordinates if isinstance(coordinates, list) else []
    # A turned box: two corners as they lie before the turn about the middle, and the angle.
    last = given[2] if len(given) == 3 else None
    angle = last if isinstance(last, (int, float)) and not isinstance(last, bool) else None
    points = _points(given[:2] if angle is not None else given)
    if points is None or len(points) < 2:
        issues.append(ImportIssue(where, "bad_annotation", "a box needs two corners"))
        return None
    if angle is not None:
        (x0, y0), (x1, y1) = points
        turned = ((x0 + x1) / 2, (y0 + y1) / 2, abs(x1 - x0), abs(y1 - y0), float(angle))
        return clean_rotated_box(turned, canvas, where=where, issues=issues)
    # Any two opposite corners, in any order; four corners are a turned box's.
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return clean_box((min(xs), min(ys), max(xs), max(ys)), canvas, where=where, issues=issues)


def _points(coordinates: list[JsonValue]) -> list[Point] | None:
    points: list[Point] = []
    for corner in coordinates:
        x, y = as_object(corner).get("x"), as_object(corner).get("y")
        if not isinstance(x, (int, float)) or not isinstance(y, (int, float)):
            return None
        points.append((float(x), float(y)))
    return points


def _rings(coordinates: JsonValue) -> list[list[Point]] | None:
    if not isinstance(coordinates, list) or not coordinates:
        return None
    nested = coordinates if isinstance(coordinates[0], list) else [coordinates]
    rings = [_points(ring) if isinstance(ring, list) else None for ring in nested]
    return [ring for ring in rings if ring is not None] if None not in rings else None


def _mask(coordinates: JsonValue, canvas: Canvas, where: str, issues: Issues) -> Geometry | None:
    text = as_object(coordinates).get("data") if isinstance(coordinates, dict) else coordinates
    try:
        if not isinstance(text, str):
            raise ValueError("it holds no PNG")
        data = base64.b64decode(text.removeprefix(_PNG_PREFIX), validate=True)
        runs, size = _png_runs(data)
    except (ValueError, OSError, SyntaxError, binascii.Error) as error:
        issues.append(ImportIssue(where, "bad_mask", f"its picture cannot be read: {error}", "Export it again."))
        return None
    return clean_mask(runs, size, canvas, where=where, issues=issues)


def _png_runs(data: bytes) -> tuple[list[int], tuple[int, int]]:
    import numpy as np
    from PIL import PngImagePlugin

    picture = PngImagePlugin.PngImageFile(io.BytesIO(data))
    if picture.width * picture.height > _MAX_MASK_PIXELS:
        raise ValueError(f"{picture.width} x {picture.height} is too large")
    # Dataloop's masks carry the shape in the alpha channel.
    channel = picture.getchannel("A") if picture.mode in ("RGBA", "LA") else picture.convert("L")
    return run_lengths(np.asarray(channel) > 0), picture.size


def _attributes(given: dict[str, JsonValue]) -> dict[str, JsonValue]:
    system = as_object(as_object(given.get("metadata")).get("system"))
    attributes = dict(as_object(system.get("attributes")))
    flat = given.get("attributes")
    if isinstance(flat, dict):
        attributes.update(flat)
    elif isinstance(flat, list):
        # The first version of the ontology kept attributes as a list of words that hold.
        attributes.update({str(word): True for word in flat})
    return attributes


def _confidence(given: dict[str, JsonValue], where: str, issues: Issues) -> float | None:
    model = as_object(as_object(as_object(given.get("metadata")).get("user")).get("model"))
    value = model.get("confidence")
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    issues.append(
        ImportIssue(where, "bad_score", f"the score {value!r} is not a number from 0 to 1", "Kept without it.")
    )
    return None
