"""Change training images at random: place, light and quality; boxes, masks and outlines follow. Pure, seeded.

numpy and cv2 only. Coordinates are pixels with (0, 0) at the outer corner of the first pixel, so a mirrored box of a
canvas W wide goes from W - x1 to W - x0. Training and the preview both draw from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from whorl.models.images import GRAY
from whorl.models.types import FloatArray, Image
from whorl.schemas.training import Augment

Matrix = NDArray[np.float64]
Whole = TypeVar("Whole", np.uint8, np.uint16)
BEST_JPEG = 95
# OpenCV maps centres of pixels, we map corners: half a pixel there and back.
_TO_CORNER: Matrix = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]], np.float64)
_TO_CENTRE: Matrix = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]], np.float64)


@dataclass(frozen=True)
class Warp:
    """Where everything goes: an affine map of a canvas onto itself.

    Args:
        matrix: float64 (2, 3), from source to view pixels.
        height: Of the canvas, in pixels.
        width: As well.
    """

    matrix: Matrix
    height: int
    width: int

    def image(self, image: Image) -> Image:
        """The moved image, uint8 (height, width, 3); what comes from outside is gray."""
        moved = cv2.warpAffine(
            image,
            self._for_cv2(),
            (self.width, self.height),
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(GRAY, GRAY, GRAY),
        )
        return np.asarray(moved, np.uint8)

    def mask(self, mask: NDArray[Whole], *, outside: int = 0) -> NDArray[Whole]:
        """The moved mask or map of numbers, (height, width), uint8 or uint16; values are never mixed."""
        moved = cv2.warpAffine(
            mask,
            self._for_cv2(),
            (self.width, self.height),
            flags=cv2.INTER_NEAREST,
            borderMode=cv2.BORDER_CONSTANT,
            borderValue=(outside,),
        )
        return np.asarray(moved, mask.dtype)

    def points(self, points: FloatArray) -> FloatArray:
        """Moved points, float32 (n, 2); they may lie outside."""
        return (points @ self.matrix[:, :2].T + self.matrix[:, 2]).astype(np.float32)

    def boxes(self, boxes: FloatArray) -> FloatArray:
        """Boxes around the moved boxes' inscribed ellipses, float32 (n, 4); they may lie outside.

        Without a rotation these are the moved boxes. With one, the box around the four corners would grow far beyond
        the object; the ellipse is what most objects are closest to (Kalra et al. 2021, "Towards Rotation Invariance in
        Object Detection").
        """
        centres = self.points((boxes[:, :2] + boxes[:, 2:]) * np.float32(0.5))
        halves = (boxes[:, 2:] - boxes[:, :2]) / 2
        reach = np.sqrt((halves.astype(np.float64) ** 2) @ (self.matrix[:, :2].T ** 2))
        return np.concatenate([centres - reach, centres + reach], axis=1).astype(np.float32)

    def _for_cv2(self) -> Matrix:
        whole = np.vstack([self.matrix, [0.0, 0.0, 1.0]])
        return np.asarray((_TO_CENTRE @ whole @ _TO_CORNER)[:2], np.float64)


def draw_warp(augment: Augment, rng: np.random.Generator, *, height: int, width: int) -> Warp:
    """Where everything goes in one random view: mirrored, turned, scaled and moved on its canvas."""
    zoom = float(np.exp(rng.uniform(np.log(augment.scale_low), np.log(augment.scale_high))))
    size = np.array([width, height], np.float64)
    shift = rng.uniform(-augment.shift, augment.shift, 2) * size
    is_mirrored = augment.flip and bool(rng.random() < 0.5)
    is_flipped = augment.flip_vertical and bool(rng.random() < 0.5)
    angle = np.deg2rad(rng.uniform(-augment.rotate, augment.rotate)) if augment.rotate else 0.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    mirror = np.diag([-1.0 if is_mirrored else 1.0, -1.0 if is_flipped else 1.0])
    linear = zoom * turn @ mirror
    centre = size / 2
    return Warp(np.column_stack([linear, centre - linear @ centre + shift]), height, width)


def change_look(image: Image, augment: Augment, rng: np.random.Generator) -> Image:
    """The image in another light and quality; every pixel stays where it is."""
    changed = _relit(image, augment, rng)
    if augment.hue or augment.saturation:
        changed = _recoloured(changed, augment, rng)
    if augment.blur:
        sigma = float(rng.uniform(0, augment.blur))
        changed = cv2.GaussianBlur(changed, (0, 0), sigma) if sigma > 0.1 else changed
    if augment.noise:
        grain = rng.normal(0, rng.uniform(0, augment.noise), changed.shape)
        changed = np.clip(changed + grain, 0, 255).astype(np.uint8)
    if augment.jpeg:
        changed = _compressed(changed, int(rng.integers(min(augment.jpeg, BEST_JPEG), BEST_JPEG + 1)))
    return np.asarray(changed, np.uint8)


def keep_seen(
    boxes: FloatArray, *, width: int, height: int, least: float = 0.4
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Cut moved boxes at the canvas.

    Args:
        least: Smallest share of a box that must be seen; what has less, or a side under two pixels, goes.

    Returns:
        The boxes that stay, float32 (k, 4), and which of the given ones these are, bool (n,).
    """
    inside = np.clip(boxes, 0, np.array([width, height, width, height], np.float32))
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    sides = inside[:, 2:] - inside[:, :2]
    seen = (sides.prod(axis=1) >= least * np.maximum(area, 1e-6)) & (sides.min(axis=1, initial=np.inf) >= 2)
    return inside[seen], seen


def _relit(image: Image, augment: Augment, rng: np.random.Generator) -> Image:
    gain = rng.uniform(1 - augment.contrast, 1 + augment.contrast)
    lift = rng.uniform(-augment.brightness, augment.brightness)
    tint = rng.uniform(1 - augment.tint, 1 + augment.tint, 3)
    # (pixel - 127) * gain * tint + 127 + lift, which is one table of 256 values for each channel.
    levels = np.arange(256, dtype=np.float64)[:, None]
    table = np.clip((levels - 127) * gain * tint + 127 + lift, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(image, table[None]), np.uint8)


def _recoloured(image: Image, augment: Augment, rng: np.random.Generator) -> Image:
    turn = rng.uniform(-augment.hue, augment.hue)
    factor = rng.uniform(1 - augment.saturation, 1 + augment.saturation)
    hsv = cv2.cvtColor(image, cv2.COLOR_RGB2HSV)
    levels = np.arange(256, dtype=np.float64)
    # OpenCV's hue of 8 bits counts two degrees a step.
    hues = np.mod(levels + turn / 2, 180).astype(np.uint8)
    saturations = np.clip(levels * factor, 0, 255).astype(np.uint8)
    table = np.stack([hues, saturations, levels.astype(np.uint8)], axis=1)
    return np.asarray(cv2.cvtColor(cv2.LUT(hsv, table[None]), cv2.COLOR_HSV2RGB), np.uint8)


def _compressed(image: Image, quality: int) -> Image:
    is_ok, data = cv2.imencode(".jpg", image[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = cv2.imdecode(data, cv2.IMREAD_COLOR) if is_ok else None
    return image if decoded is None else np.ascontiguousarray(decoded[:, :, ::-1], np.uint8)
