"""Layouts as whole numbers: what is stored, sent to browsers and compared with rings in queries."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import UnreadableMedia

Points = NDArray[np.float64]
Keys = NDArray[np.int64]
Places = NDArray[np.int16]

REACH: Final = 32_767
HALF: Final = 24_000
"""How far from its middle a new map reaches; the rest is room to grow without moving what is there."""
_MAGIC, _VERSION = b"WMAP", 1
_HEADER = struct.Struct("<4sIII")


@dataclass(frozen=True)
class Frame:
    """How a layout became places: ``(point - centre) * per_unit``, rounded.

    Args:
        per_unit: Whole numbers for one unit of the layout; above 0.
    """

    x: float
    y: float
    per_unit: float

    def to_points(self, places: Places) -> Points:
        """float64 (n, 2): the layout again, to half a step."""
        return places.astype(np.float64) / self.per_unit + (self.x, self.y)


def frame_of(points: Points) -> Frame:
    """The frame that holds a layout (n, 2) with room around it; a layout without extent is its own middle."""
    low, high = points.min(axis=0), points.max(axis=0)
    extent = float((high - low).max()) / 2
    middle = (low + high) / 2
    return Frame(float(middle[0]), float(middle[1]), HALF / extent if extent > 0 else 1.0)


def to_places(points: Points, frame: Frame | None = None) -> tuple[Places, Frame]:
    """int16 (n, 2) and the frame: the one given when everything fits into it, else one that holds everything."""
    for one in (frame, frame_of(points)):
        if one is not None:
            numbers = np.rint((points - (one.x, one.y)) * one.per_unit)
            if not len(numbers) or np.abs(numbers).max() <= REACH:
                return numbers.astype(np.int16), one
    raise AssertionError("a new frame holds its layout")


def encode_places(keys: Keys, places: Places) -> bytes:
    """The blob of a map: magic, version, count and 0 as 4-byte numbers, int64 item keys, int16 x and y, little-endian.

    Args:
        keys: (n,), rising.
        places: (n, 2).
    """
    head = _HEADER.pack(_MAGIC, _VERSION, len(keys), 0)
    return head + np.ascontiguousarray(keys, "<i8").tobytes() + np.ascontiguousarray(places, "<i2").tobytes()


def decode_places(data: bytes) -> tuple[Keys, Places]:
    """Item keys and places of a blob.

    Raises:
        UnreadableMedia: It is damaged, or no map.
    """
    if len(data) < _HEADER.size:
        raise _damaged("it is shorter than its header")
    magic, version, count, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != _VERSION:
        raise _damaged("it does not start as one")
    if len(data) != _HEADER.size + count * 12:
        raise _damaged("it has another length than it says")
    keys = np.frombuffer(data, "<i8", count, _HEADER.size)
    places = np.frombuffer(data, "<i2", 2 * count, _HEADER.size + 8 * count).reshape(count, 2)
    return keys.astype(np.int64), places.astype(np.int16)


def _damaged(why: str) -> UnreadableMedia:
    return UnreadableMedia(f"a stored map cannot be read: {why}", hint="Compute the map again.")
