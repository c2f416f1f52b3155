"""Look at image bytes: what they are, whether they decode, a thumbnail, and simple health measures.

The type comes from the content, never from the name. "Upright" means EXIF orientation applied. Transparent
pixels are laid on white. Every failure is :class:`~whorl.base.errors.UnreadableMedia` with the exact reason.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whorl.base.errors import UnreadableMedia
from whorl.datasets.imageheader import ImageHeader, jpeg_segments, parse_header, sniff_video

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

MAX_PIXELS = 250_000_000
THUMBNAIL_SIZE = 256
_THUMBNAIL_QUALITY = 82
# A small picture is its own thumbnail, without its metadata, when it weighs no more than this.
_OWN_THUMBNAIL_BYTES = 48 * 1024


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What an image is; ``width`` and ``height`` are upright pixels, ``sha256`` is of the bytes as given."""

    media_type: str
    width: int
    height: int
    exif_orientation: int
    byte_count: int
    sha256: str
    has_gps: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageHealth:
    """Grey-level measures of the thumbnail, levels 0 to 255.

    ``brightness`` is the mean, ``contrast`` the standard deviation, ``sharpness`` the variance of the
    Laplacian: low when the picture is blurred (or plain). Compare it between pictures of one camera only.
    """

    brightness: float
    contrast: float
    sharpness: float


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that ingest wants to know of an image, from one decode."""

    info: MediaInfo
    thumbnail: bytes
    health: ImageHealth
    picture_hash: int
    """Of the upright picture at the size of its thumbnail; 0 when it is plain (:mod:`whorl.datasets.alike`)."""


def probe(data: bytes, *, max_pixels: int = MAX_PIXELS) -> MediaInfo:
    """Say what image the bytes are, after checking that they decode to the end.

    Raises:
        UnreadableMedia: Not an image, a refused type, broken, truncated, or larger than ``max_pixels``.
    """
    header = _checked_header(data, max_pixels)
    _decode_small(data, header, THUMBNAIL_SIZE)
    return _info(data, header)


def read_size(data: bytes, *, max_pixels: int = MAX_PIXELS) -> tuple[int, int]:
    """Width and height of the upright image, from its header alone.

    Raises:
        UnreadableMedia: Not an image, a refused type, or larger than ``max_pixels``.
    """
    return _checked_header(data, max_pixels).upright_size


def inspect(data: bytes, *, max_pixels: int = MAX_PIXELS, thumbnail_size: int = THUMBNAIL_SIZE) -> Inspection:
    """Probe, make the thumbnail and measure health, decoding once; of a video, the first frame.

    The thumbnail is a JPEG, upright, without metadata, its longer side at most ``thumbnail_size`` pixels.

    Raises:
        UnreadableMedia: Not an image or video, a refused type, broken, truncated, or larger than ``max_pixels``.
    """
    video = sniff_video(data[:64])
    if video is not None:
        from whorl.datasets.video.looking import inspect_video

        return inspect_video(data, video, max_pixels=max_pixels)
    header = _checked_header(data, max_pixels)
    own = _own_thumbnail(data, header, thumbnail_size)
    small = _decode_small(data, header, thumbnail_size, grey=own is not None)
    health, picture_hash = look_closer(small)
    return Inspection(_info(data, header), own or encode_jpeg(small), health, picture_hash)


def survey(data: bytes, *, max_pixels: int = MAX_PIXELS) -> tuple[MediaInfo, ImageHealth, int]:
    """What ``inspect`` says of an image or video, without making the thumbnail.

    Returns:
        What it is, its health and its perceptual hash.

    Raises:
        UnreadableMedia: As ``inspect``.
    """
    if sniff_video(data[:64]) is not None:
        looked = inspect(data, max_pixels=max_pixels)
        return looked.info, looked.health, looked.picture_hash
    header = _checked_header(data, max_pixels)
    own = _own_thumbnail(data, header, THUMBNAIL_SIZE)
    health, picture_hash = look_closer(_decode_small(data, header, THUMBNAIL_SIZE, grey=own is not None))
    return _info(data, header), health, picture_hash


def thumbnail(data: bytes, size: int = THUMBNAIL_SIZE, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """Make a JPEG of at most ``size`` pixels on its longer side: upright and without metadata.

    Raises:
        UnreadableMedia: The bytes are not an image that decodes within ``max_pixels``.
    """
    header = _checked_header(data, max_pixels)
    return encode_jpeg(_decode_small(data, header, size))


def open_upright(data: bytes, *, max_pixels: int = MAX_PIXELS) -> Image.Image:
    """Decode in full to an upright RGB picture; of an animation, the first frame.

    Raises:
        UnreadableMedia: The bytes are not an image that decodes within ``max_pixels``.
    """
    from PIL import Image

    header = _checked_header(data, max_pixels)
    return Image.fromarray(_decode_pillow(data, header))


def decode_reduced(data: bytes, *, reduce: int = 1, max_pixels: int = MAX_PIXELS) -> NDArray[np.uint8]:
    """Decode to an upright BGR array of shape (H, W, 3), at a whole fraction of the size, sides rounded up.

    A JPEG is decoded at the fraction, which takes a fraction of the memory: three bytes for each pixel that is left.

    Args:
        reduce: 1, 2, 4 or 8.

    Raises:
        UnreadableMedia: The bytes are not an image that decodes within ``max_pixels``.
    """
    import cv2
    import numpy as np

    header = _checked_header(data, max_pixels)
    flag = {
        1: cv2.IMREAD_COLOR,
        2: cv2.IMREAD_REDUCED_COLOR_2,
        4: cv2.IMREAD_REDUCED_COLOR_4,
        8: cv2.IMREAD_REDUCED_COLOR_8,
    }[reduce]
    is_jpeg = header.media_type == "image/jpeg" and data.rstrip(b"\0").endswith(b"\xff\xd9")
    if is_jpeg or (header.media_type == "image/png" and reduce == 1 and _is_plain_png(data)):
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flag | cv2.IMREAD_IGNORE_ORIENTATION)
        if pixels is not None:
            return _turn(np.asarray(pixels, dtype=np.uint8), header.orientation)
    upright = _decode_pillow(data, header)[:, :, ::-1]
    if reduce == 1:
        return np.ascontiguousarray(upright)
    height, width = upright.shape[:2]
    target = (-(-width // reduce), -(-height // reduce))
    return np.asarray(cv2.resize(upright, target, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def cut_out(data: bytes, box: tuple[float, float, float, float], *, size: int, max_pixels: int = MAX_PIXELS) -> bytes:
    """Cut a box out of an image, as a JPEG whose longer side is at most ``size`` pixels; never enlarged.

    Args:
        box: x0, y0, x1, y1 in pixels of the upright image; what lies outside is left out.

    Raises:
        UnreadableMedia: The bytes are not an image that decodes within ``max_pixels``.
    """
    import cv2

    whole = read_size(data, max_pixels=max_pixels)
    x0, x1 = (min(max(edge, 0.0), float(whole[0])) for edge in (box[0], box[2]))
    y0, y1 = (min(max(edge, 0.0), float(whole[1])) for edge in (box[1], box[3]))
    longer = max(x1 - x0, y1 - y0, 1.0)
    reduce = next((one for one in (8, 4, 2) if longer >= one * size), 1)
    pixels = decode_reduced(data, reduce=reduce, max_pixels=max_pixels)
    height, width = pixels.shape[:2]
    left, top = min(max(int(x0 / reduce), 0), width - 1), min(max(int(y0 / reduce), 0), height - 1)
    right = min(max(round(x1 / reduce), left + 1), width)
    bottom = min(max(round(y1 / reduce), top + 1), height)
    part = pixels[top:bottom, left:right]
    scale = size / max(part.shape[:2])
    if scale < 1:
        target = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
        part = cv2.resize(part, target, interpolation=cv2.INTER_AREA)
    return encode_jpeg(part)


def measure_health(pixels: NDArray[np.uint8]) -> ImageHealth:
    """Measure brightness, contrast and sharpness of a grey (H, W) or BGR (H, W, 3) picture."""
    import cv2

    grey = _grey(pixels)
    mean, deviation = cv2.meanStdDev(grey)
    edges = cv2.Laplacian(grey, cv2.CV_16S)
    # Variance by its two sums: on 16-bit values OpenCV's meanStdDev takes several times as long.
    variance = cv2.norm(edges, cv2.NORM_L2SQR) / edges.size - (cv2.sumElems(edges)[0] / edges.size) ** 2
    return ImageHealth(round(mean.item(), 3), round(deviation.item(), 3), round(max(variance, 0.0), 3))


def look_closer(pixels: NDArray[np.uint8]) -> tuple[ImageHealth, int]:
    """Health and perceptual hash of a grey (H, W) or BGR (H, W, 3) picture.

    Ingest does both to the small picture that it has decoded for the thumbnail. Measured, the hash adds 40 microseconds
    of a core to an image, as much as health does: 1 % of what ingest takes of a core for 1280 x 960 pixels, and it is
    within two bits of the hash of the whole picture.
    """
    # Late: needs numpy.
    from whorl.datasets.alike.perceptual import hash_picture

    grey = _grey(pixels)
    return measure_health(grey), hash_picture(grey)


def _grey(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    return pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), dtype=np.uint8)


def _checked_header(data: bytes, max_pixels: int) -> ImageHeader:
    header = parse_header(data)
    pixels = header.stored_width * header.stored_height
    if pixels > max_pixels:
        raise UnreadableMedia(
            f"{header.stored_width} x {header.stored_height} is {pixels:,} pixels; {max_pixels:,} are allowed",
            hint="Cut the image into tiles, or raise WHORL_MAX_PIXELS.",
            details={"pixels": pixels, "max_pixels": max_pixels},
        )
    return header


def _info(data: bytes, header: ImageHeader) -> MediaInfo:
    width, height = header.upright_size
    return MediaInfo(
        media_type=header.media_type,
        width=width,
        height=height,
        exif_orientation=header.orientation,
        byte_count=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        has_gps=header.has_gps,
        notes=header.notes,
    )


def _bare_jpeg(data: bytes) -> bytes:
    """Drop metadata segments (EXIF, XMP, comments, previews); keep JFIF, the colour profile and Adobe's colour flag."""
    kept = [data[:2]]
    scan = len(data)
    for marker, start, end in jpeg_segments(data):
        is_profile = marker == 0xE2 and data[start + 4 : start + 15] == b"ICC_PROFILE"
        if marker == 0xDA:
            scan = start
            break
        if marker in (0xE0, 0xEE) or is_profile or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[start:end])
    return b"".join([*kept, data[scan:]])


def _own_thumbnail(data: bytes, header: ImageHeader, size: int) -> bytes | None:
    fits = max(header.stored_width, header.stored_height) <= size and len(data) <= _OWN_THUMBNAIL_BYTES
    is_plain = header.media_type == "image/jpeg" and header.orientation == 1 and not header.notes
    # Bytes after the end marker could hide anything; such a file gets a fresh thumbnail.
    return _bare_jpeg(data) if fits and is_plain and data.endswith(b"\xff\xd9") else None


def _decode_small(data: bytes, header: ImageHeader, size: int, *, grey: bool = False) -> NDArray[np.uint8]:
    """Decode to the end and give an upright BGR (or grey) array with the longer side at most ``size``.

    BGR is what OpenCV decodes to and encodes from: every call of it costs other threads a wait for Python's lock.
    """
    import cv2
    import numpy as np

    reduced = None
    if header.media_type == "image/jpeg" and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        reduced = _decode_jpeg_reduced(data, header, size, grey=grey)
    pixels = _decode_pillow(data, header) if reduced is None else reduced
    height, width = pixels.shape[:2]
    scale = size / max(height, width)
    if scale < 1:
        target = (max(1, round(width * scale)), max(1, round(height * scale)))
        # Linear is exact enough below a factor of two, and several times faster than averaging areas.
        pixels = cv2.resize(pixels, target, interpolation=cv2.INTER_LINEAR if scale > 0.5 else cv2.INTER_AREA)
    # Pillow's are turned already, and red first.
    return np.ascontiguousarray(pixels[:, :, ::-1]) if reduced is None else _turn(pixels, header.orientation)


def _decode_jpeg_reduced(data: bytes, header: ImageHeader, size: int, *, grey: bool) -> NDArray[np.uint8] | None:
    """Decode at a half, a quarter or an eighth, not turned; None when OpenCV cannot."""
    # Reduced decoding still reads every bit of the stream, so it checks the file as a full decode does. OpenCV
    # fills up what a truncated file lacks without complaint: callers come here only when the end marker is there.
    import cv2
    import numpy as np

    longest = max(header.stored_width, header.stored_height)
    if grey:
        flag = cv2.IMREAD_GRAYSCALE
    elif longest >= 8 * size:
        flag = cv2.IMREAD_REDUCED_COLOR_8
    elif longest >= 4 * size:
        flag = cv2.IMREAD_REDUCED_COLOR_4
    elif longest >= 2 * size:
        flag = cv2.IMREAD_REDUCED_COLOR_2
    else:
        flag = cv2.IMREAD_COLOR
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flag | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        pixels = None
    if pixels is None:
        return None
    return np.asarray(pixels, dtype=np.uint8)


# Any: the plugins' constructors are untyped in Pillow.
def _plugin(media_type: str) -> Any:
    # The plugins are called directly: Image.open warns about large images through the global filters, and
    # the limit has been checked already.
    from PIL import BmpImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

    return {
        "image/jpeg": JpegImagePlugin.JpegImageFile,
        "image/png": PngImagePlugin.PngImageFile,
        "image/gif": GifImagePlugin.GifImageFile,
        "image/bmp": BmpImagePlugin.BmpImageFile,
        "image/webp": WebPImagePlugin.WebPImageFile,
        "image/tiff": TiffImagePlugin.TiffImageFile,
    }[media_type]


def _decode_pillow(data: bytes, header: ImageHeader) -> NDArray[np.uint8]:
    """Decode in full to an upright RGB array of shape (H, W, 3)."""
    import numpy as np

    source = _bare_jpeg(data) if header.media_type == "image/jpeg" else data
    try:
        picture: Image.Image = _plugin(header.media_type)(io.BytesIO(source))
        picture.load()
        pixels = np.asarray(_rgb(picture))
        # Pillow turns TIFF itself while loading.
        return pixels if header.media_type == "image/tiff" else _turn(pixels, header.orientation)
    except MemoryError:
        raise
    # Pillow's plugins raise nearly anything on broken input, and warnings when these are errors.
    except Exception as error:
        raise UnreadableMedia(
            f"{header.media_type} does not decode: {error or type(error).__name__}",
            hint="The file is truncated or corrupt; copy it again from its source.",
        ) from error


def _rgb(picture: Image.Image) -> Image.Image:
    from PIL import Image

    if picture.mode.startswith("I;16") or picture.mode == "I":
        # Sixteen bits per sample: keep the upper eight. Pillow's own conversion clips instead.
        import numpy as np

        return Image.fromarray((np.asarray(picture).astype(np.int64).clip(0, 65535) >> 8).astype(np.uint8)).convert(
            "RGB"
        )
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    return picture if picture.mode == "RGB" else picture.convert("RGB")


def _turn(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply an EXIF orientation (1 to 8) to an image array."""
    import numpy as np

    if orientation >= 5:
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return np.ascontiguousarray(pixels)


def _is_plain_png(data: bytes) -> bool:
    """Eight bits of grey or colour, nothing transparent: what OpenCV decodes as Pillow does."""
    return data[24] == 8 and data[25] in (0, 2) and b"tRNS" not in data[: data.find(b"IDAT")]


def encode_jpeg(pixels: NDArray[np.uint8], *, quality: int = _THUMBNAIL_QUALITY) -> bytes:
    """Encode a grey (H, W) or BGR (H, W, 3) picture, without metadata."""
    import cv2

    done, encoded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise UnreadableMedia("the picture could not be encoded as JPEG")
    return bytes(encoded)
