"""Write YOLO folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import yaml

from whorl.formats.contract import WriteReport
from whorl.formats.export import Tally, full_disk_named
from whorl.formats.places import safe_name
from whorl.formats.yolo_layout import NO_SUBSET, OBB
from whorl.geometry.rotated import corners_of
from whorl.schemas.annotations import Box, Polygon, RotatedBox
from whorl.schemas.records import AnnotationRecord, ItemRecord, Subset

_FOLDERS = {Subset.TRAIN: "train", Subset.VALIDATION: "val", Subset.TEST: "test", None: NO_SUBSET}


def write_yolo(items: Iterable[ItemRecord], out: Path, *, copy_images: bool) -> WriteReport:
    """Write items as YOLO: boxes as 5 (with a confidence 6) columns, polygons of one ring as points.

    A rotated box is its four corners, and the data file then says that the task is ``obb``. Shares have nine decimals:
    a thousandth of a pixel in an image of a million. Attributes are not written.

    Raises:
        StorageFull: The disk is full.
    """
    tally = Tally()
    classes: dict[str, int] = {}
    used: set[Subset | None] = set()
    has_turned = False
    with full_disk_named(out):
        out.mkdir(parents=True, exist_ok=True)
        for item in items:
            folder = _FOLDERS[item.subset]
            stem = PurePosixPath(safe_name(item.name) or "_").with_suffix("").as_posix()
            name = tally.take_name(item, key=f"{folder}/{stem}")
            if name is None:
                continue
            used.add(item.subset)
            target = (out / "labels" / folder / name).with_suffix(".txt")
            target.parent.mkdir(parents=True, exist_ok=True)
            has_turned = has_turned or any(isinstance(one.geometry, RotatedBox) for one in item.annotations)
            target.write_text("".join(_lines(item, classes, tally)), "utf-8")
            if copy_images:
                tally.copy_file(item, out / "images" / folder / name)
        places = {_FOLDERS[subset]: f"images/{_FOLDERS[subset]}" for subset in Subset if subset in used}
        task = {"task": OBB} if has_turned else {}
        data = {
            "path": ".",
            **task,
            **places,
            "nc": len(classes),
            "names": {number: name for name, number in classes.items()},
        }
        text = yaml.safe_dump(data, sort_keys=False, allow_unicode=True)
        (out / "data.yaml").write_text(text, "utf-8")
    return tally.report()


def _lines(item: ItemRecord, classes: dict[str, int], tally: Tally) -> list[str]:
    lines: list[str] = []
    for annotation in item.annotations:
        if not item.width or not item.height:
            tally.skip(item.name, "size_unknown", "YOLO needs the image's size, which is not known")
            continue
        shares = _shares(annotation, item.width, item.height)
        if shares is None:
            tally.unsupported(item, annotation.geometry, "YOLO")
            continue
        number = classes.setdefault(annotation.label, len(classes))
        lines.append(f"{number} {' '.join(f'{share:.9f}' for share in shares)}\n")
        tally.annotations += 1
    return lines


def _shares(annotation: AnnotationRecord, width: int, height: int) -> list[float] | None:
    shape = annotation.geometry
    if isinstance(shape, Box):
        shares = [
            (shape.x0 + shape.x1) / 2 / width,
            (shape.y0 + shape.y1) / 2 / height,
            (shape.x1 - shape.x0) / width,
            (shape.y1 - shape.y0) / height,
        ]
        return shares if annotation.confidence is None else [*shares, annotation.confidence]
    if isinstance(shape, RotatedBox):
        corners = corners_of(shape.cx, shape.cy, shape.width, shape.height, shape.angle)
        return [value for x, y in corners for value in (x / width, y / height)]
    if isinstance(shape, Polygon) and len(shape.rings) == 1:
        return [value for x, y in shape.rings[0] for value in (x / width, y / height)]
    return None
