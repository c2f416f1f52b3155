"""From a file's numbers to shapes on the upright image; what does not fit becomes an issue.

A shape may stick out of its image by one pixel: tools round differently, so that much is cut off silently.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from whorl.base.errors import MaskError, UnreadableMedia
from whorl.datasets.imageheader import read_header
from whorl.geometry.masks import compress_runs, decode_mask, encode_mask, expand_runs
from whorl.geometry.polygons import polygon_bounds, ring_area
from whorl.geometry.rotated import corners_of, find_rotated_box, normal_angle
from whorl.schemas.annotations import Box, Mask, Polygon, RotatedBox
from whorl.schemas.records import ImportIssue

TOLERANCE_PX = 1.0
Point = tuple[float, float]
Issues = list[ImportIssue]


@dataclass(frozen=True, slots=True)
class Canvas:
    """The upright image that shapes lie in. ``turn`` is the EXIF orientation that the file's shapes still need."""

    width: int | None = None
    height: int | None = None
    turn: int = 1

    def upright(self, x: float, y: float) -> Point:
        """Move a point of the stored image to the upright one."""
        if self.turn == 1 or self.width is None or self.height is None:
            return x, y
        if self.turn >= 5:
            x, y = y, x
        if self.turn in (2, 3, 6, 7):
            x = self.width - x
        if self.turn in (3, 4, 7, 8):
            y = self.height - y
        return x, y


def canvas_of(file: Path | None, declared: tuple[int, int] | None, *, where: str, issues: Issues) -> Canvas | None:
    """Decide the canvas of an image from its file and from the size that the annotation file declares.

    A declared size that equals the stored size, where EXIF swaps the sides, means that the shapes were drawn on
    the stored pixels: they are turned with the image. Where orientation does not change the size (2, 3, 4, or a
    square) this cannot be told, and shapes are taken as drawn on the upright image, which is what viewers show.

    Returns:
        None when the image cannot be read and no size was declared; the issue is added.
    """
    known = declared if declared and declared[0] > 0 and declared[1] > 0 else None
    if file is None:
        return Canvas(*known) if known else Canvas()
    try:
        header = read_header(file)
    except (UnreadableMedia, OSError) as error:
        if known:
            return Canvas(*known)
        issues.append(ImportIssue(where, "image_unreadable", f"its size is needed, and {error}", "Repair the image."))
        return None
    upright = header.upright_size
    if known is None or known == upright:
        return Canvas(*upright)
    if known == (header.stored_width, header.stored_height):
        return Canvas(*upright, turn=header.orientation)
    issues.append(
        ImportIssue(
            where,
            "size_mismatch",
            f"declared {known[0]} x {known[1]}, the image is {upright[0]} x {upright[1]} pixels",
            "Check that the annotations belong to this image; they were kept in pixels as written.",
        )
    )
    return Canvas(*upright)


def clean_box(corners: Sequence[float], canvas: Canvas, *, where: str, issues: Issues) -> Box | None:
    """Make a box of x0 y0 x1 y1 in pixels of the file's image, or add the reason why not."""
    if not all(map(math.isfinite, corners)):
        issues.append(ImportIssue(where, "not_finite", f"coordinates {_listed(corners)} are not finite numbers"))
        return None
    x0, y0, x1, y1 = corners
    if x1 <= x0 or y1 <= y0:
        issues.append(
            ImportIssue(
                where, "zero_area_box", f"the box {_listed(corners)} has no area", "Draw it again or delete it."
            )
        )
        return None
    (ax, ay), (bx, by) = canvas.upright(x0, y0), canvas.upright(x1, y1)
    x0, y0, x1, y1 = min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)
    if canvas.width is None or canvas.height is None:
        return Box(x0=x0, y0=y0, x1=x1, y1=y1)
    size = f"the image of {canvas.width} x {canvas.height}"
    if x1 <= 0 or y1 <= 0 or x0 >= canvas.width or y0 >= canvas.height:
        issues.append(
            ImportIssue(where, "box_outside_image", f"the box {_listed(corners)} lies outside {size}", "Left out.")
        )
        return None
    if _overhang((x0, y0, x1, y1), canvas) > TOLERANCE_PX:
        issues.append(
            ImportIssue(where, "box_clipped", f"the box {_listed(corners)} sticks out of {size}", "Cut at the edge.")
        )
    return Box(x0=max(x0, 0.0), y0=max(y0, 0.0), x1=min(x1, canvas.width), y1=min(y1, canvas.height))


def clean_rotated_box(box: Sequence[float], canvas: Canvas, *, where: str, issues: Issues) -> RotatedBox | None:
    """Make a rotated box of cx, cy, width, height and angle in pixels of the file's image, or add the reason why not.

    Its corners may stick out of the image, its centre may not.
    """
    if not all(map(math.isfinite, box)):
        issues.append(ImportIssue(where, "not_finite", f"coordinates {_listed(box)} are not finite numbers"))
        return None
    cx, cy, width, height, angle = box
    if width <= 0 or height <= 0:
        issues.append(
            ImportIssue(where, "zero_area_box", f"the box {_listed(box)} has no area", "Draw it again or delete it.")
        )
        return None
    if canvas.turn != 1:
        turned = find_rotated_box([canvas.upright(*corner) for corner in corners_of(*box)])
        cx, cy, width, height, angle = turned or box
    if (
        canvas.width is not None
        and canvas.height is not None
        and not (0 <= cx <= canvas.width and 0 <= cy <= canvas.height)
    ):
        size = f"the image of {canvas.width} x {canvas.height}"
        issues.append(
            ImportIssue(where, "box_outside_image", f"the centre of {_listed(box)} lies outside {size}", "Left out.")
        )
        return None
    return RotatedBox(cx=cx, cy=cy, width=width, height=height, angle=normal_angle(angle))


def clean_polygon(rings: Sequence[Sequence[Point]], canvas: Canvas, *, where: str, issues: Issues) -> Polygon | None:
    """Make a polygon of rings in pixels of the file's image, or add the reason why not."""
    if not rings or any(len(ring) < 3 for ring in rings):
        issues.append(ImportIssue(where, "bad_polygon", "a ring of the polygon has fewer than three points"))
        return None
    if not all(math.isfinite(value) for ring in rings for point in ring for value in point):
        issues.append(ImportIssue(where, "not_finite", "a coordinate of the polygon is not a finite number"))
        return None
    turned = [[canvas.upright(*point) for point in ring] for ring in rings]
    if not any(ring_area(ring) > 0 for ring in turned):
        issues.append(ImportIssue(where, "zero_area_polygon", "the polygon has no area", "Draw it again or delete it."))
        return None
    if canvas.width is None or canvas.height is None:
        return Polygon(rings=turned)
    width, height = float(canvas.width), float(canvas.height)
    bounds = polygon_bounds(turned)
    if bounds[2] <= 0 or bounds[3] <= 0 or bounds[0] >= width or bounds[1] >= height:
        issues.append(
            ImportIssue(where, "polygon_outside_image", f"the polygon lies outside {width:g} x {height:g}", "Left out.")
        )
        return None
    overhang = _overhang(bounds, canvas)
    if overhang > TOLERANCE_PX:
        reason = f"the polygon sticks out of {width:g} x {height:g} by {overhang:g} pixels"
        issues.append(ImportIssue(where, "polygon_clipped", reason, "Its outer points were moved to the edge."))
    if overhang > 0:
        turned = [[(min(max(x, 0.0), width), min(max(y, 0.0), height)) for x, y in ring] for ring in turned]
    return Polygon(rings=turned)


def clean_mask(
    counts: str | Sequence[int], size: tuple[int, int], canvas: Canvas, *, where: str, issues: Issues
) -> Mask | None:
    """Make a mask of run lengths (compressed or not) of a (width, height) picture, or add the reason why not."""
    width, height = size
    try:
        runs = expand_runs(counts) if isinstance(counts, str) else [int(count) for count in counts]
        if any(run < 0 for run in runs) or sum(runs) != width * height:
            raise MaskError(f"run lengths add up to {sum(runs)}, {width} x {height} = {width * height} are needed")
    except (MaskError, TypeError, ValueError) as error:
        issues.append(ImportIssue(where, "bad_mask", str(error), "Export the mask again."))
        return None
    if not any(runs[1::2]):
        issues.append(ImportIssue(where, "empty_mask", "the mask covers no pixel"))
        return None
    packed = counts if isinstance(counts, str) else compress_runs(runs)
    if canvas.turn != 1:
        packed, (width, height) = _turn_mask(packed, size, canvas.turn)
    if canvas.width is not None and (width, height) != (canvas.width, canvas.height):
        reason = f"the mask is {width} x {height}, the image {canvas.width} x {canvas.height} pixels"
        issues.append(ImportIssue(where, "mask_size_mismatch", reason, "Export the mask at the image's size."))
        return None
    return Mask(width=width, height=height, counts=packed)


def _turn_mask(counts: str, size: tuple[int, int], turn: int) -> tuple[str, tuple[int, int]]:
    mask = decode_mask(counts, width=size[0], height=size[1])
    if turn >= 5:
        mask = mask.T
    if turn in (2, 3, 6, 7):
        mask = mask[:, ::-1]
    if turn in (3, 4, 7, 8):
        mask = mask[::-1]
    return encode_mask(mask), (mask.shape[1], mask.shape[0])


def _overhang(bounds: Sequence[float], canvas: Canvas) -> float:
    x0, y0, x1, y1 = bounds
    return max(-x0, -y0, x1 - (canvas.width or 0), y1 - (canvas.height or 0), 0.0)


def _listed(values: Sequence[float]) -> str:
    return "(" + ", ".join(f"{value:g}" for value in values) + ")"
