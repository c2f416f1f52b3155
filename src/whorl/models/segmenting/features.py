"""What a SAM encoder made of images, kept on disk: float16, the least recently used dropped first.

A file is four bytes `WHS1`, the length of a JSON header as a little-endian u32, the header (padded with blanks so that
what follows begins at a multiple of 8), then the tensors, little-endian float16, row by row. The header says family,
sizes, and of each tensor name, shape, where it starts (bytes from the first tensor) and how many bytes it has.
"""

from __future__ import annotations

import contextlib
import json
import os
import struct
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from whorl.base.errors import ModelError
from whorl.models.segmenting.pictures import read_whole
from whorl.models.segmenting.prompts import Image
from whorl.models.segmenting.sam import Pair, Seen, encode, header_of

MAGIC = b"WHS1"
_SUFFIX = ".features"
# The encoder sees 1024 x 1024.
_ENOUGH_PX = 8_000_000


def pack_seen(seen: Seen) -> bytes:
    """The bytes of a features file."""
    header = header_of(seen).encode()
    header += b" " * (-(len(header) + 8) % 8)
    tensors = [np.ascontiguousarray(tensor, "<f2").tobytes() for tensor in seen.tensors.values()]
    return b"".join([MAGIC, struct.pack("<I", len(header)), header, *tensors])


def unpack_seen(data: bytes) -> Seen:
    """What a features file says.

    Raises:
        ModelError: It is damaged.
    """
    try:
        magic, length = struct.unpack_from("<4sI", data)
        if magic != MAGIC:
            raise ValueError("it does not begin with WHS1")
        header = json.loads(data[8 : 8 + length])
        tensors = {}
        for entry in header["tensors"]:
            count = entry["bytes"] // 2
            flat = np.frombuffer(data, "<f2", count=count, offset=8 + length + entry["start"])
            tensors[str(entry["name"])] = flat.reshape(entry["shape"]).astype(np.float16, copy=False)
        return Seen(
            "sam1" if header["family"] == "sam1" else "sam2",
            int(header["width"]),
            int(header["height"]),
            int(header["seen_width"]),
            int(header["seen_height"]),
            tensors,
        )
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise ModelError(f"kept features are damaged: {error}", hint="They are made again.") from error


@dataclass(frozen=True, slots=True)
class FeatureCache:
    """Features on disk by (segmenter, image, frame).

    Args:
        folder: Where they lie; nothing else lies there.
        limit_bytes: All of them together, but the newest stays even when it alone is larger.
    """

    folder: Path
    limit_bytes: int

    def place(self, segmenter: str, sha256: str, frame: int | None) -> Path:
        """Where the features of an image are, or would be."""
        suffix = "" if frame is None else f"-{frame}"
        return self.folder / segmenter[:16] / f"{sha256}{suffix}{_SUFFIX}"

    def find(self, segmenter: str, sha256: str, frame: int | None) -> Path | None:
        """Where the features of an image are, noted as used just now; None when there are none."""
        path = self.place(segmenter, sha256, frame)
        try:
            os.utime(path)
        except OSError:
            return None
        return path

    def trim(self) -> int:
        """Drop the least recently used until the limit holds.

        Returns:
            How many were dropped.
        """
        kept = []
        for path in self.folder.glob(f"*/*{_SUFFIX}"):
            # Another process may drop it meanwhile.
            with contextlib.suppress(OSError):
                facts = path.stat()
                kept.append((facts.st_mtime_ns, facts.st_size, path))
        kept.sort(reverse=True)
        total, dropped = 0, 0
        for position, (_, size, path) in enumerate(kept):
            total += size
            if position and total > self.limit_bytes:
                path.unlink(missing_ok=True)
                dropped += 1
        return dropped


def write_features(pair: Pair, source: bytes | Image, target: str, *, max_pixels: int, niceness: int = 0) -> int:
    """Encode an image into a features file; the body of a background process.

    Args:
        source: The bytes of an image, or its upright pixels, uint8 (H, W, 3).
        target: The file; it is whole or absent.
        niceness: How far this process steps back for others; a process that has stepped back so far stays there.

    Returns:
        Its size in bytes.

    Raises:
        UnreadableMedia: The bytes do not decode within ``max_pixels``.
        ModelError: The pair is of another kind, or fails.
    """
    if niceness and os.nice(0) < niceness:
        os.nice(niceness - os.nice(0))
    if isinstance(source, bytes):
        picture = read_whole(source, most_px=_ENOUGH_PX, max_pixels=max_pixels)
        seen = replace(encode(pair, picture.rgb), width=picture.width, height=picture.height)
    else:
        seen = encode(pair, source)
    packed = pack_seen(seen)
    path = Path(target)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(packed)
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return len(packed)
