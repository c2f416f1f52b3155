"""Read what the head of an image file says: type, stored size, orientation, GPS. No decoding, no Pillow.

Own parsing rather than ``PIL.Image.open`` because the size must be known before anything is decoded, and
because Pillow reports oddities through :mod:`warnings`, whose filters are global to the process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from whorl.base.errors import UnreadableMedia

HEAD_BYTES = 256 * 1024
_ORIENTATION, _GPS = 0x0112, 0x8825
_ANIMATED = ("animated: the first frame is taken",)


_IMAGE_BRANDS = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis"})


@dataclass(frozen=True, slots=True)
class ImageHeader:
    """What the head of a file says; ``stored_width`` and ``stored_height`` are before EXIF orientation."""

    media_type: str
    stored_width: int
    stored_height: int
    orientation: int = 1
    has_gps: bool = False
    notes: tuple[str, ...] = field(default=())

    @property
    def upright_size(self) -> tuple[int, int]:
        """Width and height after EXIF orientation."""
        if self.orientation >= 5:
            return self.stored_height, self.stored_width
        return self.stored_width, self.stored_height


def sniff_type(head: bytes) -> str | None:
    """Name the image type that the first bytes show, or None; ``image/svg+xml`` is recognised to be refused."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return "image/gif"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[:4] in (b"II*\0", b"MM\0*"):
        return "image/tiff"
    if (
        head.startswith(b"BM")
        and len(head) >= 26
        and struct.unpack("<I", head[14:18])[0] in (12, 40, 52, 56, 64, 108, 124)
    ):
        return "image/bmp"
    if head[4:8] == b"ftyp" and head[8:12] in _IMAGE_BRANDS:
        return "image/heif"
    start = head[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"<svg") or (
        start.startswith((b"<?xml", b"<!--", b"<!doctype svg")) and b"<svg" in head[:4096].lower()
    ):
        return "image/svg+xml"
    return None


def sniff_video(head: bytes) -> str | None:
    """The media type of a video by its first 64 bytes, or None."""
    if head[4:8] == b"ftyp" and head[8:12] not in _IMAGE_BRANDS:
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    return "video/x-msvideo" if head[:4] == b"RIFF" and head[8:12] == b"AVI " else None


def read_header(source: bytes | Path) -> ImageHeader:
    """Read the header of an image from its bytes, or from the first bytes of a file.

    Raises:
        UnreadableMedia: Empty, not an image, of a type that is refused, or cut off inside its header.
    """
    if isinstance(source, bytes):
        return parse_header(source)
    with source.open("rb") as file:
        head = file.read(HEAD_BYTES)
        try:
            return parse_header(head)
        except UnreadableMedia:
            # Large embedded profiles and previews can push a JPEG's size beyond the first bytes.
            rest = file.read()
    return parse_header(head + rest)


def parse_header(data: bytes) -> ImageHeader:
    """Read the header of an image from its bytes.

    Raises:
        UnreadableMedia: Empty, not an image, of a type that is refused, or cut off inside its header.
    """
    if not data:
        raise UnreadableMedia("the file is empty (0 bytes)", hint="Copy the file again from its source.")
    media_type = sniff_type(data[:4096])
    if media_type is None:
        raise UnreadableMedia(
            f"not an image: the content starts with {data[:12]!r}",
            hint="JPEG, PNG, GIF, BMP, WebP and TIFF are read; the type is taken from the content, not the name.",
        )
    if media_type == "image/svg+xml":
        raise UnreadableMedia("SVG is refused: it can carry scripts", hint="Export it as PNG.")
    if media_type == "image/heif":
        raise UnreadableMedia("HEIC and AVIF are not read", hint="Convert it to JPEG or PNG.")
    try:
        header = _PARSERS[media_type](data)
    except (struct.error, IndexError) as error:
        raise UnreadableMedia(
            f"{media_type} is cut off inside its header", hint="Copy the file again from its source."
        ) from error
    if header.stored_width < 1 or header.stored_height < 1:
        raise UnreadableMedia(f"the size is {header.stored_width} x {header.stored_height} pixels")
    return header


def _png(data: bytes) -> ImageHeader:
    width, height = struct.unpack(">II", data[16:24])
    header = ImageHeader("image/png", width, height)
    position = 8
    while position + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[position : position + 8])
        if kind in (b"IDAT", b"IEND"):
            break
        body = data[position + 8 : position + 8 + size]
        if kind == b"eXIf":
            header = _with_exif(header, body)
        elif kind == b"acTL":
            header = replace(header, notes=_ANIMATED)
        position += 12 + size
    return header


def _gif(data: bytes) -> ImageHeader:
    width, height = struct.unpack("<HH", data[6:10])
    header = ImageHeader("image/gif", width, height)
    return replace(header, notes=_ANIMATED) if _gif_frames(data) > 1 else header


def _gif_frames(data: bytes) -> int:
    """Count the pictures of a GIF, up to two."""
    frames = 0
    position = 13 + _gif_table(data[10])
    while position + 1 < len(data) and frames < 2:
        kind = data[position]
        if kind == 0x2C and position + 9 < len(data):
            frames += 1
            position += 11 + _gif_table(data[position + 9])
        elif kind == 0x21:
            position += 2
        else:
            break
        while position < len(data) and data[position]:
            position += 1 + data[position]
        position += 1
    return frames


def _gif_table(flags: int) -> int:
    """Give the bytes of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _bmp(data: bytes) -> ImageHeader:
    if struct.unpack("<I", data[14:18])[0] == 12:
        width, height = struct.unpack("<HH", data[18:22])
    else:
        width, height = struct.unpack("<ii", data[18:26])
    # A negative height means that rows are stored from the top.
    return ImageHeader("image/bmp", width, abs(height))


def _webp(data: bytes) -> ImageHeader:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return ImageHeader("image/webp", width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L":
        (bits,) = struct.unpack("<I", data[21:25])
        return ImageHeader("image/webp", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1)
    width = int.from_bytes(data[24:27], "little") + 1
    height = int.from_bytes(data[27:30], "little") + 1
    header = ImageHeader("image/webp", width, height)
    if data[20] & 0x02:
        header = replace(header, notes=_ANIMATED)
    position = 12
    while data[20] & 0x08 and position + 8 <= len(data):
        kind, size = struct.unpack("<4sI", data[position : position + 8])
        if kind == b"EXIF":
            return _with_exif(header, data[position + 8 : position + 8 + size])
        position += 8 + size + (size & 1)
    return header


def _tiff(data: bytes) -> ImageHeader:
    tags = _tiff_tags(data)
    if 0x0100 not in tags or 0x0101 not in tags:
        # The directory may lie at the end of the file, beyond what was given.
        raise IndexError
    header = ImageHeader("image/tiff", tags[0x0100], tags[0x0101])
    return _with_exif(header, data)


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Walk a JPEG's header: (marker, start, end) of each segment up to and including the first scan's header.

    ``start`` is the position of the 0xFF, ``end`` that of the next segment.
    """
    position = 2
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            raise IndexError
        marker = data[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == 0x01 or 0xD0 <= marker <= 0xD8:
            position += 2
            continue
        end = position + 2 + ((data[position + 2] << 8) | data[position + 3])
        yield marker, position, end
        if marker == 0xDA:
            return
        position = end


def _jpeg(data: bytes) -> ImageHeader:
    exif = b""
    notes: tuple[str, ...] = ()
    for marker, start, end in jpeg_segments(data):
        if marker == 0xE1 and data[start + 4 : start + 10] == b"Exif\0\0":
            exif = exif or data[start + 10 : end]
        elif marker == 0xE2 and data[start + 4 : start + 8] == b"MPF\0":
            notes = ("several pictures in one file (MPO): the first is taken",)
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[start + 5 : start + 9])
            return _with_exif(ImageHeader("image/jpeg", width, height, notes=notes), exif)
    raise IndexError


_PARSERS = {
    "image/jpeg": _jpeg,
    "image/png": _png,
    "image/gif": _gif,
    "image/bmp": _bmp,
    "image/webp": _webp,
    "image/tiff": _tiff,
}


def _with_exif(header: ImageHeader, exif: bytes) -> ImageHeader:
    """Add orientation and GPS presence; broken EXIF counts as none, as in every viewer."""
    try:
        tags = _tiff_tags(exif.removeprefix(b"Exif\0\0"))
    except (struct.error, IndexError):
        return header
    orientation = tags.get(_ORIENTATION, 1)
    return replace(header, orientation=orientation if 1 <= orientation <= 8 else 1, has_gps=_GPS in tags)


def _tiff_tags(block: bytes) -> dict[int, int]:
    """Read the integer tags of a TIFF block's first directory; what cannot be read is left out."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return {}
    (offset,) = struct.unpack_from(order + "I", block, 4)
    (count,) = struct.unpack_from(order + "H", block, offset)
    tags: dict[int, int] = {}
    for index in range(count):
        at = offset + 2 + 12 * index
        if at + 12 > len(block):
            break
        tag, kind = struct.unpack_from(order + "HH", block, at)
        if kind == 3:
            (tags[tag],) = struct.unpack_from(order + "H", block, at + 8)
        elif kind in (4, 13):
            (tags[tag],) = struct.unpack_from(order + "I", block, at + 8)
    return tags
