"""Write COCO JSON as a stream: one file per subset, each item put to disk as it comes."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import orjson

from whorl.formats.coco_annotation import ROTATED_KEY, SHAPE_KEY, is_rectangle
from whorl.formats.contract import WriteReport
from whorl.formats.export import Tally, full_disk_named
from whorl.formats.jsonfile import Json
from whorl.geometry.masks import decode_mask, mask_area, mask_bounds
from whorl.geometry.polygons import polygon_area, polygon_bounds
from whorl.geometry.rotated import corners_of
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Polygon, RotatedBox
from whorl.schemas.records import AnnotationRecord, ItemRecord, Subset

_STEMS = {
    Subset.TRAIN: "instances_train",
    Subset.VALIDATION: "instances_val",
    Subset.TEST: "instances_test",
    None: "instances_default",
}


def write_coco(items: Iterable[ItemRecord], out: Path, *, copy_images: bool) -> WriteReport:
    """Write items to ``out/annotations`` and, when asked, their files to ``out/images``.

    Categories are shared by all subsets, in order of first appearance. A file gets its name only when complete.

    Raises:
        StorageFull: The disk is full.
    """
    tally = Tally()
    folder = out / "annotations"
    categories: dict[str, int] = {}
    with full_disk_named(out), ExitStack() as stack:
        folder.mkdir(parents=True, exist_ok=True)
        streams: dict[Subset | None, _Stream] = {}
        for item in items:
            name = tally.take_name(item)
            if name is None:
                continue
            if item.subset not in streams:
                streams[item.subset] = stack.enter_context(_Stream(folder / f"{_STEMS[item.subset]}.json"))
            _write_item(streams[item.subset], item, name, categories, tally)
            if copy_images:
                tally.copy_file(item, out / "images" / name)
        if not streams:
            streams[None] = stack.enter_context(_Stream(folder / f"{_STEMS[None]}.json"))
        for stream in streams.values():
            stream.finish(categories)
    return tally.report()


def _write_item(stream: _Stream, item: ItemRecord, name: str, categories: dict[str, int], tally: Tally) -> None:
    image: dict[str, Json] = {"id": stream.images + 1, "file_name": name, "width": item.width, "height": item.height}
    if item.metadata:
        image["metadata"] = dict(item.metadata)
    stream.add_image(image)
    for annotation in item.annotations:
        shape = coco_shape(annotation.geometry)
        if shape is None:
            tally.unsupported(item, annotation.geometry, "COCO")
            continue
        category = categories.setdefault(annotation.label, len(categories) + 1)
        stream.add_annotation(_entry(annotation, category, stream, shape))
        tally.annotations += 1


def _entry(annotation: AnnotationRecord, category: int, stream: _Stream, shape: dict[str, Json]) -> dict[str, Json]:
    attributes = dict(annotation.attributes)
    crowd = attributes.pop("iscrowd", False)
    entry: dict[str, Json] = {
        "id": stream.annotations + 1,
        "image_id": stream.images,
        "category_id": category,
        "iscrowd": int(bool(crowd)),
        **shape,
    }
    if annotation.confidence is not None:
        entry["score"] = annotation.confidence
    if attributes:
        entry["attributes"] = attributes
    return entry


def coco_shape(geometry: Geometry) -> dict[str, Json] | None:
    """Give COCO's ``bbox``, ``area`` and ``segmentation`` of a geometry; None when COCO has no such shape."""
    if isinstance(geometry, ClassTag):
        return {}
    if isinstance(geometry, Box):
        corners = (geometry.x0, geometry.y0, geometry.x1, geometry.y1)
        area = (geometry.x1 - geometry.x0) * (geometry.y1 - geometry.y0)
        return {"bbox": _bbox(corners), "area": area, "segmentation": []}
    if isinstance(geometry, RotatedBox):
        ring = corners_of(geometry.cx, geometry.cy, geometry.width, geometry.height, geometry.angle)
        outline: list[Json] = [value for point in ring for value in point]
        turned: list[Json] = [geometry.cx, geometry.cy, geometry.width, geometry.height, geometry.angle]
        area = geometry.width * geometry.height
        return {"bbox": _bbox(polygon_bounds([ring])), "area": area, "segmentation": [outline], ROTATED_KEY: turned}
    if isinstance(geometry, Polygon):
        bounds = polygon_bounds(geometry.rings)
        flat: list[Json] = [[value for point in ring for value in point] for ring in geometry.rings]
        shape: dict[str, Json] = {"bbox": _bbox(bounds), "area": polygon_area(geometry.rings), "segmentation": flat}
        if is_rectangle([list(ring) for ring in geometry.rings], bounds):
            shape[SHAPE_KEY] = "polygon"
        return shape
    if isinstance(geometry, Mask):
        size = (geometry.width, geometry.height)
        around = mask_bounds(decode_mask(geometry.counts, width=size[0], height=size[1])) or (0, 0, 0, 0)
        rle: Json = {"size": [size[1], size[0]], "counts": geometry.counts}
        return {"bbox": _bbox(around), "area": mask_area(geometry.counts), "segmentation": rle}
    return None


def _bbox(corners: tuple[float, float, float, float]) -> Json:
    x0, y0, x1, y1 = corners
    return [x0, y0, x1 - x0, y1 - y0]


@dataclass
class _Stream:
    """One annotation file while it is written: images go to it, annotations to a spill file beside it."""

    path: Path
    images: int = 0
    annotations: int = 0
    _file: IO[bytes] = field(init=False)
    _spill: IO[bytes] = field(init=False)

    def __enter__(self) -> _Stream:
        # Files that outlive this function; __exit__ closes them.
        self._file = self._part.open("wb")
        self._spill = self._spill_path.open("w+b")
        self._file.write(b'{"info": {"description": "Written by Whorl"}, "licenses": [],\n"images": [')
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._spill.close()
        self._part.unlink(missing_ok=True)
        self._spill_path.unlink(missing_ok=True)

    @property
    def _part(self) -> Path:
        return self.path.with_suffix(".json.part")

    @property
    def _spill_path(self) -> Path:
        return self.path.with_suffix(".json.spill")

    def add_image(self, entry: dict[str, Json]) -> None:
        self._file.write((b",\n" if self.images else b"\n") + orjson.dumps(entry))
        self.images += 1

    def add_annotation(self, entry: dict[str, Json]) -> None:
        self._spill.write((b",\n" if self.annotations else b"\n") + orjson.dumps(entry))
        self.annotations += 1

    def finish(self, categories: dict[str, int]) -> None:
        self._file.write(b'\n],\n"annotations": [')
        self._spill.seek(0)
        shutil.copyfileobj(self._spill, self._file, 1 << 20)
        listed = [{"id": number, "name": name, "supercategory": ""} for name, number in categories.items()]
        self._file.write(b'\n],\n"categories": ' + orjson.dumps(listed) + b"}\n")
        self._file.close()
        self._part.replace(self.path)
