"""The blob of a segment: some vectors and their keys, written once and never changed.

Little endian throughout: a header of 32 bytes (magic ``WHRLEMB1``, uint32 version 1, uint32 width, uint64 rows, uint32
CRC-32 of all that follows, uint32 zero), then rows x 32 bytes of keys, then rows x width half-precision numbers.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import ShapeError, UnreadableMedia
from whorl.models.embeddings.keys import KEY_BYTES

MAGIC, VERSION = b"WHRLEMB1", 1
_HEADER = struct.Struct("<8sIIQII")
_UNIT_WITHIN = 0.01

Keys = NDArray[np.uint8]
Halves = NDArray[np.float16]


def encode_segment(keys: Keys, vectors: NDArray[np.floating]) -> bytes:
    """The blob of uint8 (n, 32) keys and (n, d) vectors of unit length.

    Raises:
        ShapeError: The shapes do not belong together, or a vector is not finite or not of unit length.
    """
    if keys.ndim != 2 or keys.shape[1] != KEY_BYTES or vectors.ndim != 2 or len(keys) != len(vectors):
        raise ShapeError(f"keys {keys.shape} and vectors {vectors.shape}; (n, {KEY_BYTES}) and (n, d) are needed")
    halves = np.ascontiguousarray(vectors, "<f2")
    lengths = np.linalg.norm(halves.astype(np.float32), axis=1)
    if not (np.abs(lengths - 1) < _UNIT_WITHIN).all():
        raise ShapeError("a vector is not of unit length", hint="Divide each by its length; leave out zeros and NaN.")
    body = np.ascontiguousarray(keys, np.uint8).tobytes() + halves.tobytes()
    return _HEADER.pack(MAGIC, VERSION, vectors.shape[1], len(keys), zlib.crc32(body), 0) + body


def decode_segment(data: bytes) -> tuple[Keys, Halves]:
    """Keys and half-precision vectors of a blob.

    Raises:
        UnreadableMedia: It is damaged, or no segment.
    """
    try:
        magic, version, width, rows, checksum, _ = _HEADER.unpack_from(data)
    except struct.error:
        raise _damaged("it is shorter than its header") from None
    body = memoryview(data)[_HEADER.size :]
    if magic != MAGIC or version != VERSION:
        raise _damaged("it does not start as one")
    if len(body) != rows * (KEY_BYTES + 2 * width) or zlib.crc32(body) != checksum:
        raise _damaged("its bytes are not those that were written")
    keys = np.frombuffer(body, np.uint8, rows * KEY_BYTES).reshape(rows, KEY_BYTES)
    return keys, np.frombuffer(body, "<f2", rows * width, rows * KEY_BYTES).reshape(rows, width)


def _damaged(why: str) -> UnreadableMedia:
    return UnreadableMedia(
        f"a stored segment of vectors cannot be read: {why}", hint="Delete the space and embed again; items are whole."
    )
