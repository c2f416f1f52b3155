"""Tile pyramids of large images, as in Deep Zoom: half the size at each level down, cut into squares.

All tiles of a few levels are made at once and kept in one *pack*: a table of places and lengths, then JPEGs. The *low*
pack holds the levels of up to 4,096 pixels, which a JPEG gives up cheaply at a fraction of its size; the *full* pack
holds the rest and is made when somebody comes that near.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from whorl.base.errors import NotFound
from whorl.datasets.media import MAX_PIXELS, decode_reduced, encode_jpeg, read_size

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TILE_SIZE = 512
OVERLAP = 1
LOW_SIDE = 4096
ENTRY = struct.Struct(">QI")
"""One row of a pack's table: where a tile begins and how many bytes it has."""
_QUALITY = 88


class Part(StrEnum):
    """Which levels of a pyramid a pack holds."""

    LOW = "low"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The shape of an image's pyramid; level ``levels - 1`` is the upright image, level 0 one pixel."""

    width: int
    height: int

    @property
    def levels(self) -> int:
        """How many levels there are."""
        return (max(self.width, self.height) - 1).bit_length() + 1

    @property
    def top_low_level(self) -> int:
        """The largest level of the low pack."""
        top = self.levels - 1
        while max(self.size(top)) > LOW_SIDE:
            top -= 1
        return top

    def size(self, level: int) -> tuple[int, int]:
        """Width and height of a level in pixels."""
        shift = self.levels - 1 - level
        return -(-self.width >> shift) or 1, -(-self.height >> shift) or 1

    def grid(self, level: int) -> tuple[int, int]:
        """Columns and rows of a level's tiles."""
        width, height = self.size(level)
        return -(-width // TILE_SIZE), -(-height // TILE_SIZE)

    def part_levels(self, part: Part) -> range:
        """The levels a pack holds, largest first."""
        if part is Part.LOW:
            return range(self.top_low_level, -1, -1)
        return range(self.levels - 1, self.top_low_level, -1)

    def find(self, level: int, column: int, row: int) -> tuple[Part, int]:
        """The pack that holds a tile, and its place in the pack's table.

        Raises:
            NotFound: There is no such tile.
        """
        if not 0 <= level < self.levels:
            raise NotFound(f"no level {level}; there are 0 to {self.levels - 1}")
        columns, rows = self.grid(level)
        if not (0 <= column < columns and 0 <= row < rows):
            raise NotFound(f"no tile {column}, {row} at level {level}; there are {columns} x {rows}")
        part = Part.LOW if level <= self.top_low_level else Part.FULL
        before = 0
        for larger in self.part_levels(part):
            if larger == level:
                break
            across, down = self.grid(larger)
            before += across * down
        return part, before + row * columns + column


def tile_box(column: int, row: int, *, width: int, height: int) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of a tile in pixels of its level: a square, and one pixel of each neighbour."""
    x0, y0 = max(0, column * TILE_SIZE - OVERLAP), max(0, row * TILE_SIZE - OVERLAP)
    return x0, y0, min(width, (column + 1) * TILE_SIZE + OVERLAP), min(height, (row + 1) * TILE_SIZE + OVERLAP)


def build_pack(data: bytes, part: Part, *, max_pixels: int = MAX_PIXELS) -> bytes:
    """Decode an image and make all tiles of some of its levels.

    Takes some six bytes of memory for each pixel of the largest level, more for a turned or transparent image.

    Raises:
        UnreadableMedia: The bytes are not an image that decodes within ``max_pixels``.
    """
    pyramid = Pyramid(*read_size(data, max_pixels=max_pixels))
    levels = pyramid.part_levels(part)
    halvings = pyramid.levels - 1 - levels[0] if levels else 0
    pixels = decode_reduced(data, reduce=min(8, 1 << halvings), max_pixels=max_pixels)
    tiles = list(_tiles(pixels, pyramid, levels))
    table, place = bytearray(), ENTRY.size * len(tiles)
    for tile in tiles:
        table += ENTRY.pack(place, len(tile))
        place += len(tile)
    return b"".join([bytes(table), *tiles])


def _tiles(pixels: NDArray[np.uint8], pyramid: Pyramid, levels: range) -> Iterator[bytes]:
    """The JPEGs of the levels, largest level first, row by row."""
    import cv2
    import numpy as np

    for level in levels:
        width, height = pyramid.size(level)
        if pixels.shape[:2] != (height, width):
            pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)
        columns, rows = pyramid.grid(level)
        for row in range(rows):
            for column in range(columns):
                x0, y0, x1, y1 = tile_box(column, row, width=width, height=height)
                yield encode_jpeg(pixels[y0:y1, x0:x1], quality=_QUALITY)
