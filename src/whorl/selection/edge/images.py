"""Images on a device: what kind the bytes are, whether they are whole, arrays as PNG, and cheap descriptors.

All of this is numpy and the standard library. Only to look into JPEG bytes is a decoder needed: one that the caller
gives, else Pillow or OpenCV where they are installed.
"""

from __future__ import annotations

import importlib
import struct
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, UnreadableMedia

Array = NDArray[np.generic]
Vector = NDArray[np.float32]
Decoder = Callable[[bytes], Array]
GRID = 8
DESCRIPTOR_SIZE = GRID * GRID * 4
_SAMPLES = 6
_MAX_SIDE = 32_768
_PNG = b"\x89PNG\r\n\x1a\n"
_MAGIC = (
    (b"\xff\xd8\xff", ".jpg"),
    (_PNG, ".png"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
    (b"BM", ".bmp"),
    (b"II*\0", ".tiff"),
    (b"MM\0*", ".tiff"),
)
_ENDS = {".jpg": b"\xff\xd9", ".png": b"IEND\xaeB`\x82", ".gif": b"\x3b"}
MEDIA_TYPES = {
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".gif": "image/gif",
    ".bmp": "image/bmp",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
}


def find_suffix(content: bytes) -> str | None:
    """The file suffix of the kind of image that bytes begin as; None when they are no image that Whorl takes."""
    for magic, suffix in _MAGIC:
        if content.startswith(magic):
            return suffix
    return ".webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def is_whole(content: bytes) -> bool:
    """Whether the bytes end as an image of their kind does; a half-written file does not."""
    suffix = find_suffix(content)
    if suffix is None:
        return False
    if suffix == ".webp":
        return len(content) >= 8 + int.from_bytes(content[4:8], "little")
    if suffix == ".bmp":
        return len(content) >= int.from_bytes(content[2:6], "little")
    end = _ENDS.get(suffix)
    # Some cameras pad the end of a file.
    return end is None or end in content[-4096:]


def check_array(image: Array) -> NDArray[np.uint8]:
    """Check that an array is an image: uint8, (height, width), (height, width, 1), (…, 3) RGB or (…, 4) RGBA.

    Raises:
        InvalidInput: It is not; a float image must be scaled by the caller, who knows its range.
    """
    is_grey = image.ndim == 2
    is_fit = image.dtype == np.uint8 and (is_grey or (image.ndim == 3 and image.shape[2] in (1, 3, 4)))
    if not is_fit or not min(image.shape[:2]) >= 1 or max(image.shape[:2]) > _MAX_SIDE:
        raise InvalidInput(
            f"an array of {image.dtype} with the shape {image.shape}",
            hint="Give uint8 of (height, width) or (height, width, 3), red first.",
        )
    return image.astype(np.uint8, copy=False)


def encode_png(image: Array) -> bytes:
    """An image array as PNG bytes. Raises as ``check_array``."""
    pixels = check_array(image)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[..., 0]
    height, width = pixels.shape[:2]
    kind = 0 if pixels.ndim == 2 else {3: 2, 4: 6}[pixels.shape[2]]
    rows = np.ascontiguousarray(pixels).reshape(height, -1)
    # Filter 2, the difference to the row above, halves the size of photographs for little time.
    filtered = rows.copy()
    filtered[1:] -= rows[:-1]
    lines = np.concatenate([np.full((height, 1), 2, np.uint8), filtered], axis=1)
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    body = zlib.compress(lines.tobytes(), 1)
    return _PNG + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def describe(image: Array) -> Vector:
    """What an image looks like from afar: colour and gradient on an 8 x 8 grid, (256,) float32.

    The distance of two descriptors is the root mean square of their differences, about 0 to 1; frames of a scene that
    stands still lie below 0.02. Cheap: it looks at about 2,300 pixels whatever the size. Raises as ``check_array``.
    """
    pixels = check_array(image)
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if pixels.shape[2] != 3:
        pixels = np.repeat(pixels[..., :1], 3, axis=2) if pixels.shape[2] == 1 else pixels[..., :3]
    side = GRID * _SAMPLES
    rows = (np.arange(side) * pixels.shape[0]) // side
    columns = (np.arange(side) * pixels.shape[1]) // side
    seen = pixels[rows[:, None], columns].astype(np.float32) / 255.0
    grey = seen.mean(axis=2)
    gradient = np.zeros_like(grey)
    gradient[:, 1:] += np.abs(np.diff(grey, axis=1))
    gradient[1:] += np.abs(np.diff(grey, axis=0))
    # Gradients are small numbers; doubled they weigh about as much as a colour.
    stacked = np.concatenate([seen, 2.0 * gradient[..., None]], axis=2)
    cells = stacked.reshape(GRID, _SAMPLES, GRID, _SAMPLES, 4).mean(axis=(1, 3))
    return np.ascontiguousarray(cells.reshape(-1), dtype=np.float32)


def check_vector(vector: Array) -> Vector:
    """Check a descriptor that the caller gives: one row of finite numbers.

    Raises:
        InvalidInput: It is not.
    """
    array = np.asarray(vector)
    if array.ndim != 1 or not 1 <= array.size <= 4096 or array.dtype.kind not in "fiu":
        raise InvalidInput(
            f"a descriptor of {array.dtype} with the shape {array.shape}", hint="Give up to 4,096 numbers in one row."
        )
    found = array.astype(np.float32)
    if not np.isfinite(found).all():
        raise InvalidInput("a descriptor with NaN or infinity", hint="Check what computes it.")
    return found


def find_decoder() -> Decoder | None:
    """A decoder of this machine: OpenCV, else Pillow, else None."""
    for module, decoder in (("cv2", _decode_opencv), ("PIL.Image", _decode_pillow)):
        try:
            importlib.import_module(module)
        except ImportError:
            continue
        return decoder
    return None


def decode(content: bytes, decoder: Decoder) -> Array:
    """The array of an image's bytes.

    Raises:
        UnreadableMedia: The decoder failed, whatever it raised.
    """
    try:
        return check_array(np.asarray(decoder(content)))
    except Exception as error:  # noqa: BLE001 - a stranger's decoder, fed with a camera's bytes
        raise UnreadableMedia(f"an image that does not decode: {type(error).__name__}: {error!s:.120}") from error


def _decode_opencv(content: bytes) -> Array:
    # Any: the libraries are optional, and looked up by name so that nothing here depends on them.
    cv2: Any = importlib.import_module("cv2")
    # A quarter of the size decodes several times faster, and is plenty for a descriptor.
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_COLOR_4)
    if found is None:
        raise UnreadableMedia("OpenCV does not read it")
    return np.ascontiguousarray(found[..., ::-1])


def _decode_pillow(content: bytes) -> Array:
    io: Any = importlib.import_module("io")
    pillow: Any = importlib.import_module("PIL.Image")
    with pillow.open(io.BytesIO(content)) as image:
        image.draft("RGB", (160, 120))
        return np.asarray(image.convert("RGB"))
