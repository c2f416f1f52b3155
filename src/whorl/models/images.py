"""Decode images for models: upright, RGB, uint8; letterbox and resize with known geometry."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PilImage
from PIL import ImageOps

from whorl.base.errors import UnreadableMedia

Image = NDArray[np.uint8]
GRAY = 114


def read_image(source: Path | bytes) -> Image:
    """Decode a file or its bytes to uint8 RGB (height, width, 3), EXIF orientation applied.

    16-bit gray is scaled to 8 bits; alpha is dropped.

    Raises:
        UnreadableMedia: The bytes are not a readable image.
    """
    name = source.name if isinstance(source, Path) else f"{len(source)} bytes"
    try:
        with PilImage.open(io.BytesIO(source) if isinstance(source, bytes) else source) as opened:
            image = ImageOps.exif_transpose(opened)
            if image.mode.startswith("I;16"):
                gray = (np.asarray(image, np.uint16) >> 8).astype(np.uint8)
                return np.repeat(gray[:, :, None], 3, axis=2)
            if image.mode == "P" and "transparency" in image.info:
                # Straight to RGB, Pillow warns about every such file.
                image = image.convert("RGBA")
            return np.array(image.convert("RGB"), np.uint8)
    except (OSError, ValueError, SyntaxError, PilImage.DecompressionBombError) as error:
        raise UnreadableMedia(
            f"{name} cannot be decoded: {error}", hint="Check the file, or discard the item."
        ) from error


def resize(image: Image, *, width: int, height: int) -> Image:
    """Resize with an area-aware bilinear filter; the aspect ratio is not kept."""
    if image.shape[:2] == (height, width):
        return image
    pil = PilImage.fromarray(image)
    return np.array(pil.resize((width, height), PilImage.Resampling.BILINEAR), np.uint8)


def letterbox(image: Image, *, height: int, width: int) -> tuple[Image, float]:
    """Fit an image into the top left of a gray canvas, keeping its aspect ratio.

    Returns:
        The canvas, and the scale: canvas pixels = image pixels × scale.
    """
    scale = min(height / image.shape[0], width / image.shape[1])
    inner_h, inner_w = max(1, round(image.shape[0] * scale)), max(1, round(image.shape[1] * scale))
    canvas = np.full((height, width, 3), GRAY, np.uint8)
    canvas[:inner_h, :inner_w] = resize(image, width=min(inner_w, width), height=min(inner_h, height))
    return canvas, scale
