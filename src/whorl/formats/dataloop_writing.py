"""Write Dataloop's download layout."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import orjson

from whorl.base.errors import JsonValue
from whorl.formats.contract import WriteReport
from whorl.formats.export import Tally, full_disk_named
from whorl.geometry.masks import decode_mask
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox, Track
from whorl.schemas.records import AnnotationRecord, ItemRecord


def write_dataloop(items: Iterable[ItemRecord], out: Path, *, copy_images: bool) -> WriteReport:
    """Write ``json/`` and, when asked, ``items/``; the subset becomes a system tag.

    Raises:
        StorageFull: The disk is full.
    """
    tally = Tally()
    stems: set[str] = set()
    with full_disk_named(out):
        (out / "items").mkdir(parents=True, exist_ok=True)
        for item in items:
            name = tally.take_name(item)
            if name is None:
                continue
            stem = PurePosixPath(name).with_suffix("").as_posix()
            # Two images that differ only in their suffix need two JSON files.
            stem = name if stem in stems else stem
            stems.add(stem)
            target = out / "json" / f"{stem}.json"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(orjson.dumps(_document(item, name, tally), option=orjson.OPT_INDENT_2))
            if copy_images:
                tally.copy_file(item, out / "items" / name)
    return tally.report()


def _document(item: ItemRecord, name: str, tally: Tally) -> dict[str, JsonValue]:
    annotations: list[JsonValue] = []
    for annotation in item.annotations:
        shape = _shape(annotation.geometry)
        if shape is None:
            tally.unsupported(item, annotation.geometry, "Dataloop JSON")
            continue
        annotations.append(_entry(annotation, shape))
        tally.annotations += 1
    system: dict[str, JsonValue] = {"width": item.width, "height": item.height}
    if item.subset is not None:
        system["tags"] = {item.subset.value: True}
    metadata: dict[str, JsonValue] = {"system": system}
    if item.metadata:
        metadata["user"] = dict(item.metadata)
    return {"filename": f"/{name}", "annotations": annotations, "metadata": metadata}


def _entry(annotation: AnnotationRecord, shape: tuple[str, JsonValue]) -> dict[str, JsonValue]:
    metadata: dict[str, JsonValue] = {}
    if annotation.attributes:
        metadata["system"] = {"attributes": dict(annotation.attributes)}
    if annotation.confidence is not None:
        metadata["user"] = {"model": {"confidence": annotation.confidence}}
    return {"label": annotation.label, "type": shape[0], "coordinates": shape[1], "metadata": metadata}


def _shape(geometry: Geometry) -> tuple[str, JsonValue] | None:
    match geometry:
        case ClassTag():
            return "class", []
        case Box():
            return "box", [_xy(geometry.x0, geometry.y0), _xy(geometry.x1, geometry.y1)]
        case RotatedBox():
            half_width, half_height = geometry.width / 2, geometry.height / 2
            first = _xy(geometry.cx - half_width, geometry.cy - half_height)
            last = _xy(geometry.cx + half_width, geometry.cy + half_height)
            return "box", [first, last, geometry.angle]
        case Polygon():
            return "segment", [[_xy(*point) for point in ring] for ring in geometry.rings]
        case Polyline():
            return "polyline", [_xy(*point) for point in geometry.points]
        case Mask():
            return "binary", {"data": "data:image/png;base64," + _png(geometry)}
        case Points():
            return ("point", _xy(*geometry.points[0])) if len(geometry.points) == 1 else None
        case Track():
            return None


def _xy(x: float, y: float) -> JsonValue:
    return {"x": x, "y": y, "z": 0}


def _png(mask: Mask) -> str:
    import numpy as np
    from PIL import Image

    filled = decode_mask(mask.counts, width=mask.width, height=mask.height)
    layers = np.repeat(filled[:, :, None].astype(np.uint8) * 255, 4, axis=2)
    stream = io.BytesIO()
    Image.fromarray(layers).save(stream, "PNG")
    return base64.b64encode(stream.getvalue()).decode("ascii")
