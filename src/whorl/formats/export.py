"""What the writers share: safe file placement, counting, and the list of what could not be written."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from whorl.base.errors import StorageFull
from whorl.formats.contract import WriteReport
from whorl.formats.places import safe_name
from whorl.geometry.rotated import corners_of
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox, Track
from whorl.schemas.records import ImportIssue, ItemRecord


@dataclass
class Tally:
    """Running account of one export."""

    items: int = 0
    annotations: int = 0
    skipped: list[ImportIssue] = field(default_factory=list)
    _names: set[str] = field(default_factory=set)

    def report(self) -> WriteReport:
        """Give the account as it stands."""
        return WriteReport(self.items, self.annotations, tuple(self.skipped))

    def skip(self, where: str, code: str, reason: str, hint: str = "") -> None:
        """Note something that is not in the output."""
        self.skipped.append(ImportIssue(where, code, reason, hint))

    def take_name(self, item: ItemRecord, *, key: str | None = None) -> str | None:
        """Reserve an item's name below the output; None (and a note) when it is taken or unusable."""
        name = safe_name(item.name)
        wanted = key if key is not None else name
        if not name or wanted in self._names:
            reason = "another item writes to the same file" if name else "the name is empty"
            self.skip(item.name, "duplicate_name", reason, "Rename the item, or export in two parts.")
            return None
        self._names.add(wanted)
        self.items += 1
        return name

    def unsupported(self, item: ItemRecord, geometry: Geometry, format_name: str) -> None:
        """Note an annotation whose kind of shape the format cannot hold."""
        kind = shape_word(geometry)
        hint = (
            "Export it as MOT; of tracks it holds those of boxes."
            if isinstance(geometry, Track)
            else "Export it as COCO."
        )
        self.skip(item.name, "geometry_not_supported", f"{format_name} holds no {kind}", hint)

    def simplified(self, item: ItemRecord, format_name: str) -> None:
        """Note a rotated box of which only the enclosing upright box was written."""
        reason = f"{format_name} holds no rotated box; the upright box around it was written, its angle is lost"
        self.skip(item.name, "rotation_lost", reason, "Export it as COCO or Dataloop.")

    def copy_file(self, item: ItemRecord, target: Path) -> None:
        """Copy an item's file into place, when it has one."""
        if item.file is None:
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(item.file, target)
        except FileNotFoundError:
            self.skip(item.name, "image_missing", "the item's file is gone; only its annotations were written")
        except shutil.SameFileError:
            return


def shape_word(geometry: Geometry) -> str:
    """Name a geometry as people do."""
    match geometry:
        case ClassTag():
            return "class of the whole image"
        case Box():
            return "box"
        case RotatedBox():
            return "rotated box"
        case Polygon():
            return "polygon"
        case Polyline():
            return "polyline"
        case Points():
            return "points"
        case Mask():
            return "mask"
        case Track():
            return "track"


def enclosing_box(box: RotatedBox, item: ItemRecord) -> Box | None:
    """The upright box around a rotated one, cut at the edges of the item's image; None when nothing is left."""
    xs, ys = zip(*corners_of(box.cx, box.cy, box.width, box.height, box.angle), strict=True)
    x0, y0, x1, y1 = max(0.0, min(xs)), max(0.0, min(ys)), max(xs), max(ys)
    x1, y1 = min(x1, item.width or x1), min(y1, item.height or y1)
    return Box(x0=x0, y0=y0, x1=x1, y1=y1) if x1 > x0 and y1 > y0 else None


@contextmanager
def full_disk_named(out: Path) -> Iterator[None]:
    """Turn "no space left" into an error that says what to do.

    Raises:
        StorageFull: The disk of ``out`` is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull(
                f"the disk is full while writing {out.name!r}", hint="Free some space and export again."
            ) from error
        raise
