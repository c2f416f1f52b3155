"""Composed clips: an object of one texture moves over another, and where it is in each frame is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whorl.schemas.annotations import Box, Polygon

Case = Literal["turning", "deforming", "camera", "light", "occluder", "all"]
CASES: tuple[Case, ...] = ("turning", "deforming", "camera", "light", "occluder", "all")
SIZE = (480, 360)
_OCCLUDED_FROM = 12


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """Frames, RGB of shape (H, W, 3), and the object's outline and upright box in each, by their places."""

    frames: list[NDArray[np.uint8]]
    outlines: list[Polygon]
    boxes: list[Box]


def make_clip(
    case: Case, *, seed: int, count: int = 90, photos: tuple[NDArray[np.uint8], NDArray[np.uint8]] | None = None
) -> Clip:
    """A clip of 480 x 360 pixels.

    ``turning``: the object moves, turns and grows. ``deforming``: its outline swells and shrinks, too. ``camera``: the
    background moves as well. ``light``: brightness wanders, and there is noise. ``occluder``: from frame 12
    on, something passes before it for ten frames. ``all``: all of it.

    Args:
        photos: Background and object, RGB; textures of noise when left out.
    """
    import cv2

    rng = np.random.default_rng(seed)
    ground, skin = photos or (_texture(rng), _texture(rng))
    ground = np.asarray(
        cv2.resize(ground, (SIZE[0] * 3 // 2, SIZE[1] * 3 // 2), interpolation=cv2.INTER_AREA), np.uint8
    )
    skin = np.asarray(cv2.resize(skin, (240, 240), interpolation=cv2.INTER_AREA), np.uint8)
    ring = _blob(rng)
    path = _path(rng, count)
    frames, outlines, boxes = [], [], []
    for at in range(count):
        swell = 0.08 * math.sin(at / 9) if case in ("deforming", "all") else 0.0
        shape = ring * (1 + swell * np.cos(2 * np.arctan2(ring[:, 1], ring[:, 0])))[:, None]
        matrix = path[at]
        pixels = _view(ground, at if case in ("camera", "all") else 0)
        pixels = _paste(pixels, skin, matrix, shape, swell)
        if case in ("occluder", "all"):
            _occlude(pixels, ground, matrix[:, 2], at - _OCCLUDED_FROM)
        if case in ("light", "all"):
            pixels = _light(pixels, rng, at)
        frames.append(pixels)
        points = shape @ matrix[:, :2].T + matrix[:, 2]
        outlines.append(Polygon(rings=[[(float(x), float(y)) for x, y in points]]))
        (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        boxes.append(Box(x0=x0, y0=y0, x1=x1, y1=y1))
    return Clip(frames, outlines, boxes)


def _texture(rng: np.random.Generator) -> NDArray[np.uint8]:
    """Noise of several sizes, in one mood of colour."""
    import cv2

    mood = rng.uniform(40, 215, 3)
    made = np.zeros((800, 1000, 3), np.float32) + mood.astype(np.float32)
    for cells in (8, 30, 120):
        grain = rng.normal(0, 22, (cells * 4 // 5, cells, 3)).astype(np.float32)
        made += cv2.resize(grain, (1000, 800), interpolation=cv2.INTER_CUBIC)
    return np.clip(made, 0, 255).astype(np.uint8)


def _blob(rng: np.random.Generator) -> NDArray[np.float64]:
    """(40, 2) outline about the origin, of a radius of about 45 pixels."""
    angles = np.linspace(0, 2 * math.pi, 40, endpoint=False)
    radius = 45 + sum(rng.uniform(2, 7) * np.sin(k * angles + rng.uniform(0, 6)) for k in (2, 3, 5))
    return np.stack([radius * np.cos(angles) * 1.2, radius * np.sin(angles)], axis=1)


def _path(rng: np.random.Generator, count: int) -> list[NDArray[np.float64]]:
    """Where the object is in each frame, as (2, 3) similarities that stay within the picture."""
    phase, turn, grow = rng.uniform(0, 6, 3), rng.uniform(-0.6, 0.6), rng.uniform(0.1, 0.25)
    made = []
    for at in range(count):
        time = at / 90
        angle = turn * math.sin(2.2 * time + phase[2])
        scale = 1 + grow * math.sin(3 * time + phase[0])
        x = SIZE[0] / 2 + 120 * math.sin(2.5 * time + phase[0])
        y = SIZE[1] / 2 + 70 * math.sin(3.5 * time + phase[1])
        cosine, sine = scale * math.cos(angle), scale * math.sin(angle)
        made.append(np.array([[cosine, -sine, x], [sine, cosine, y]]))
    return made


def _view(ground: NDArray[np.uint8], at: int) -> NDArray[np.uint8]:
    """What the camera sees of the background."""
    right = round((SIZE[0] / 4 - 1) * (1 + math.sin(at / 20)))
    down = round((SIZE[1] / 4 - 1) * (1 + math.cos(at / 27)))
    return np.asarray(ground[down : down + SIZE[1], right : right + SIZE[0]], np.uint8).copy()


def _paste(
    pixels: NDArray[np.uint8],
    skin: NDArray[np.uint8],
    matrix: NDArray[np.float64],
    ring: NDArray[np.float64],
    swell: float,
) -> NDArray[np.uint8]:
    import cv2

    height, width = skin.shape[:2]
    # The texture swells with the outline.
    stretch = np.diag([1 + swell, 1 - swell])
    linear = matrix[:, :2] @ stretch
    middle = matrix[:, 2] - linear @ np.array([width / 2, height / 2])
    warped = cv2.warpAffine(skin, np.column_stack([linear, middle]), SIZE, flags=cv2.INTER_LINEAR)
    mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    points = ring @ matrix[:, :2].T + matrix[:, 2]
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    share = cv2.GaussianBlur(mask, (3, 3), 0)[:, :, None] / 255.0
    return np.asarray(pixels * (1 - share) + warped * share, np.uint8)


def _occlude(pixels: NDArray[np.uint8], ground: NDArray[np.uint8], centre: NDArray[np.float64], since: int) -> None:
    """A bar of another part of the background, 40 pixels wide, that passes over the object in ten frames."""
    if not 0 <= since < 10:
        return
    left = int(centre[0] - 90 + since * 16)
    left, right = max(left, 0), min(max(left + 40, 0), SIZE[0])
    pixels[:, left:right] = ground[: SIZE[1], : max(right - left, 0)][:, ::-1]


def _light(pixels: NDArray[np.uint8], rng: np.random.Generator, at: int) -> NDArray[np.uint8]:
    gain, offset = 1 + 0.2 * math.sin(at / 11), 12 * math.sin(at / 7)
    noisy = pixels * gain + offset + rng.normal(0, 5, pixels.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
