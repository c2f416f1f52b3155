"""Write Pascal VOC folders."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO
from xml.sax.saxutils import escape

from whorl.formats.contract import WriteReport
from whorl.formats.export import Tally, enclosing_box, full_disk_named
from whorl.schemas.annotations import Box, RotatedBox
from whorl.schemas.records import AnnotationRecord, ItemRecord, Subset

FLAGS = ("difficult", "truncated", "occluded")
_LISTS = {Subset.TRAIN: "train.txt", Subset.VALIDATION: "val.txt", Subset.TEST: "test.txt", None: "unassigned.txt"}
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def write_voc(items: Iterable[ItemRecord], out: Path, *, one_based: bool, copy_images: bool) -> WriteReport:
    """Write items as VOC; shapes other than boxes are listed as skipped.

    Raises:
        StorageFull: The disk is full.
    """
    tally = Tally()
    with full_disk_named(out), ExitStack() as stack:
        lists: dict[Subset | None, IO[str]] = {}
        stems: set[str] = set()
        (out / "ImageSets" / "Main").mkdir(parents=True, exist_ok=True)
        for item in items:
            name = tally.take_name(item)
            if name is None:
                continue
            stem = PurePosixPath(name).with_suffix("").as_posix()
            # Two images that differ only in their suffix need two annotation files.
            stem = name if stem in stems else stem
            stems.add(stem)
            target = out / "Annotations" / f"{stem}.xml"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(_document(item, name, one_based, tally), "utf-8")
            if item.subset not in lists:
                path = out / "ImageSets" / "Main" / _LISTS[item.subset]
                lists[item.subset] = stack.enter_context(path.open("w", encoding="utf-8"))
            lists[item.subset].write(f"{stem}\n")
            if copy_images:
                tally.copy_file(item, out / "JPEGImages" / name)
    return tally.report()


def _document(item: ItemRecord, name: str, one_based: bool, tally: Tally) -> str:
    lines = ["<annotation>", f"  <filename>{escape(PurePosixPath(name).name)}</filename>"]
    if item.width is not None and item.height is not None:
        size = f"<width>{item.width}</width><height>{item.height}</height><depth>3</depth>"
        lines.append(f"  <size>{size}</size>")
    lines.append("  <segmented>0</segmented>")
    for annotation in item.annotations:
        box = annotation.geometry
        if isinstance(box, RotatedBox) and (around := enclosing_box(box, item)) is not None:
            tally.simplified(item, "Pascal VOC")
            box = around
        if not isinstance(box, Box):
            tally.unsupported(item, annotation.geometry, "Pascal VOC")
        elif _NOT_XML.search(annotation.label):
            tally.skip(item.name, "label_not_writable", f"XML cannot hold the label {annotation.label!r}", "Rename it.")
        else:
            lines += _object(annotation, box, one_based)
            tally.annotations += 1
    return "\n".join([*lines, "</annotation>", ""])


def _object(annotation: AnnotationRecord, box: Box, one_based: bool) -> list[str]:
    shift = 1 if one_based else 0
    attributes = dict(annotation.attributes)
    lines = ["  <object>", f"    <name>{escape(annotation.label)}</name>"]
    pose = attributes.get("pose")
    if isinstance(pose, str) and pose.strip() == pose != "Unspecified" and pose and not _NOT_XML.search(pose):
        lines.append(f"    <pose>{escape(str(attributes.pop('pose')))}</pose>")
    for flag in FLAGS:
        if isinstance(attributes.get(flag), bool):
            lines.append(f"    <{flag}>{int(bool(attributes.pop(flag)))}</{flag}>")
    corners = {"xmin": box.x0 + shift, "ymin": box.y0 + shift, "xmax": box.x1, "ymax": box.y1}
    lines.append("    <bndbox>" + "".join(f"<{tag}>{_number(v)}</{tag}>" for tag, v in corners.items()) + "</bndbox>")
    if annotation.confidence is not None:
        lines.append(f"    <confidence>{annotation.confidence!r}</confidence>")
    if attributes:
        pairs = ((escape(name), escape(json.dumps(value))) for name, value in attributes.items())
        listed = "".join(f"<attribute><name>{n}</name><value>{v}</value></attribute>" for n, v in pairs)
        lines.append(f"    <attributes>{listed}</attributes>")
    return [*lines, "  </object>"]


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))
