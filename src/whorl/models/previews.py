"""What augmentation makes of real images; runs in a worker process, which decodes strangers' bytes."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image as PilImage

from whorl.base.errors import UnreadableMedia
from whorl.geometry.masks import decode_mask
from whorl.geometry.rotated import corners_of
from whorl.models.builtin.augment import Warp, change_look, draw_warp, keep_seen
from whorl.models.images import letterbox, read_image
from whorl.models.types import FloatArray, Image
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Polygon, RotatedBox, Track
from whorl.schemas.training import Augment, AugmentedImage, PreviewShape

WEBP_QUALITY = 80
# An outline is cut to this many corners at most: it is looked at, not edited.
_CORNER_PX = 0.8


@dataclass(frozen=True)
class PreviewTask:
    """One image to be changed: a file, and what is drawn on it."""

    item_id: str
    path: str
    shapes: tuple[tuple[str, Geometry], ...]


def preview_body(tasks: Sequence[PreviewTask], augment: Augment, *, seed: int, size: int) -> list[AugmentedImage | str]:
    """Each image changed, or the id of an item whose image cannot be decoded.

    Args:
        seed: Each image has random numbers of its own, so that one more image changes no other.
        size: Longest side of the answers, in pixels.
    """
    found: list[AugmentedImage | str] = []
    for number, task in enumerate(tasks):
        try:
            found.append(_preview(task, augment, np.random.default_rng([seed, number]), size=size))
        except UnreadableMedia:
            found.append(task.item_id)
    return found


def _preview(task: PreviewTask, augment: Augment, rng: np.random.Generator, *, size: int) -> AugmentedImage:
    original = read_image(Path(task.path))
    scale = size / max(original.shape[:2])
    height, width = (max(8, round(side * scale)) for side in original.shape[:2])
    image, fitted = letterbox(original, height=height, width=width)
    warp = draw_warp(augment, rng, height=height, width=width)
    changed = change_look(warp.image(image), augment, rng)
    shapes = [
        PreviewShape(label=label, points=[(round(float(x), 1), round(float(y), 1)) for x, y in points])
        for label, geometry in task.shapes
        for points in _moved(geometry, warp, fitted)
    ]
    return AugmentedImage(item_id=task.item_id, image=_data_uri(changed), width=width, height=height, shapes=shapes)


def _moved(geometry: Geometry, warp: Warp, scale: float) -> Iterator[FloatArray]:
    """The outlines of a shape where they are still seen; a box stays a box, as the detector is taught."""
    if isinstance(geometry, Box):
        box = np.array([[geometry.x0, geometry.y0, geometry.x1, geometry.y1]], np.float32) * np.float32(scale)
        seen, _ = keep_seen(warp.boxes(box), width=warp.width, height=warp.height)
        for x0, y0, x1, y1 in seen:
            yield np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
        return
    for outline in _outlines(geometry):
        points = warp.points(outline * np.float32(scale))
        is_inside = (points >= 0).all(axis=1) & (points <= (warp.width, warp.height)).all(axis=1)
        if is_inside.any():
            yield points.clip(0, (warp.width, warp.height)).astype(np.float32)


def _outlines(geometry: Geometry) -> list[FloatArray]:
    if isinstance(geometry, ClassTag | Box | Track):
        return []
    if isinstance(geometry, RotatedBox):
        corners = corners_of(geometry.cx, geometry.cy, geometry.width, geometry.height, geometry.angle)
        return [np.array(corners, np.float32)]
    if isinstance(geometry, Polygon):
        return [np.array(ring, np.float32) for ring in geometry.rings]
    if isinstance(geometry, Mask):
        return _contours(geometry)
    return [np.array(geometry.points, np.float32)]


def _contours(mask: Mask) -> list[FloatArray]:
    import cv2

    pixels = decode_mask(mask.counts, width=mask.width, height=mask.height).astype(np.uint8)
    found, _ = cv2.findContours(pixels, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    thinned = [cv2.approxPolyDP(one, _CORNER_PX, closed=True)[:, 0].astype(np.float32) + 0.5 for one in found]
    return [one for one in thinned if len(one) >= 3]


def _data_uri(image: Image) -> str:
    out = io.BytesIO()
    PilImage.fromarray(image).save(out, "WEBP", quality=WEBP_QUALITY, method=2)
    return "data:image/webp;base64," + base64.b64encode(out.getvalue()).decode("ascii")
