"""An image as a network wants it, and boxes and masks of its answer back in the image's pixels. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.types import FloatArray, Image

Fit = Literal["letterbox", "stretch", "crop"]
FITS = ("letterbox", "stretch", "crop")
_MEANS = {"imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), "unit": ((0.0,) * 3, (1.0,) * 3)}
NORMALISATIONS = ("unit", "imagenet", "none")
_GREY = 114
Triple = tuple[float, ...]


@dataclass(frozen=True)
class Preparation:
    """How an image becomes a network's input.

    Args:
        width: Of the input, in pixels.
        height: Of the input, in pixels.
        fit: ``letterbox`` keeps the shape and pads with grey, ``stretch`` does not, ``crop`` cuts the middle out.
        scale: Pixels are multiplied by it first; then ``mean`` is taken off and the rest divided by ``std``.
        is_bgr: Blue comes first.
        channels: 3, or 1 for grey.
        is_nhwc: Channels come last.
        dtype: Of the input.
    """

    width: int
    height: int
    fit: Fit = "stretch"
    scale: float = 1 / 255
    mean: Triple = (0.0,)
    std: Triple = (1.0,)
    is_bgr: bool = False
    channels: int = 3
    is_nhwc: bool = False
    dtype: str = "float32"

    def prepare(self, image: Image) -> tuple[NDArray[np.generic], Frame]:
        """The input of one image with a batch axis of one, and the way back."""
        fitted, frame = fit_image(image, self.width, self.height, self.fit)
        pixels: FloatArray = np.asarray(fitted, np.float32)
        if self.channels == 1:
            pixels = np.round(pixels @ np.array([[0.299], [0.587], [0.114]], np.float32))
        elif self.is_bgr:
            pixels = pixels[..., ::-1]
        if self.dtype != "uint8":
            mean, std = np.asarray(self.mean[: self.channels], np.float32), np.asarray(self.std[: self.channels])
            pixels = np.asarray((pixels * self.scale - mean) / std, np.float32)
        moved = pixels if self.is_nhwc else pixels.transpose(2, 0, 1)
        return np.ascontiguousarray(moved[None]).astype(self.dtype), frame


@dataclass(frozen=True)
class Frame:
    """Where an image lies in a network's input: input = image x scale + shift, in pixels."""

    width: int
    height: int
    input_width: int
    input_height: int
    scale_x: float
    scale_y: float
    shift_x: float
    shift_y: float

    def boxes(self, corners: FloatArray) -> FloatArray:
        """(k, 4) corners in input pixels as corners in the image, clipped to it."""
        shift = np.array([self.shift_x, self.shift_y] * 2, np.float32)
        scale = np.array([self.scale_x, self.scale_y] * 2, np.float32)
        sides = np.array([self.width, self.height] * 2, np.float32)
        return np.asarray(np.clip((corners - shift) / scale, 0, sides), np.float32)

    def maps(self, values: FloatArray) -> FloatArray:
        """(c, h, w) values over the whole input, sampled at every pixel of the image: (c, height, width)."""
        import cv2

        _, rows, columns = values.shape
        xs = (np.arange(self.width) + 0.5) * self.scale_x + self.shift_x
        ys = (np.arange(self.height) + 0.5) * self.scale_y + self.shift_y
        xs = xs * columns / self.input_width - 0.5
        ys = ys * rows / self.input_height - 0.5
        grid_x, grid_y = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
        # A network's cut-off edges get the value at its border.
        kind, edge = cv2.INTER_LINEAR, cv2.BORDER_REPLICATE
        planes = [cv2.remap(np.float32(plane), grid_x, grid_y, kind, borderMode=edge) for plane in values]
        return np.stack(planes).astype(np.float32)


def fit_image(image: Image, width: int, height: int, fit: Fit) -> tuple[Image, Frame]:
    """The image at the input's size, and where it lies in it."""
    import cv2

    rows, columns = image.shape[:2]
    if fit == "stretch":
        fitted = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
        return fitted, Frame(columns, rows, width, height, width / columns, height / rows, 0, 0)
    choose = min if fit == "letterbox" else max
    ratio = choose(width / columns, height / rows)
    new_width, new_height = max(1, round(columns * ratio)), max(1, round(rows * ratio))
    resized = cv2.resize(image, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
    left, top = (width - new_width) // 2, (height - new_height) // 2
    canvas = np.full((height, width, 3), _GREY, np.uint8)
    # A negative margin cuts: the source begins there.
    part = resized[max(0, -top) : max(0, -top) + height, max(0, -left) : max(0, -left) + width]
    canvas[max(0, top) : max(0, top) + part.shape[0], max(0, left) : max(0, left) + part.shape[1]] = part
    return canvas, Frame(columns, rows, width, height, new_width / columns, new_height / rows, left, top)


def read_normalisation(given: JsonValue) -> tuple[float, Triple, Triple]:
    """Scale, mean and standard deviation of ``unit``, ``imagenet``, ``none`` or ``{"mean": [...], "std": [...]}``.

    Raises:
        InvalidInput: It is none of these.
    """
    if given == "none":
        return 1.0, (0.0,), (1.0,)
    if isinstance(given, str) and given in _MEANS:
        mean, std = _MEANS[given]
        return 1 / 255, mean, std
    if isinstance(given, Mapping):
        try:
            means, stds = _triple(given["mean"]), _triple(given["std"])
            scale = given.get("scale", 1 / 255)
            if isinstance(scale, int | float) and all(one > 0 for one in stds):
                return float(scale), means, stds
        except (KeyError, TypeError, ValueError):
            pass
    raise InvalidInput(
        f"normalise: {given!r}", hint=f"Use {', '.join(NORMALISATIONS)}, or mean and std of pixels from 0 to 1."
    )


def _triple(given: JsonValue) -> Triple:
    if not isinstance(given, list) or len(given) not in (1, 3):
        raise ValueError("one or three numbers")
    return tuple(float(str(one)) for one in given)
