"""Tile pyramids: every pixel of every level is in the tile that the shape says, whatever the image is."""

from __future__ import annotations

import io
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from whorl.base.errors import NotFound, UnreadableMedia
from whorl.datasets.media import cut_out, decode_reduced
from whorl.datasets.tiles import ENTRY, LOW_SIDE, Part, Pyramid, build_pack, tile_box


def picture(width: int, height: int, kind: str = "PNG", **options: Any) -> bytes:
    """A smooth slope in red and green, so that neighbours differ little and places can be told apart."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // max(width - 1, 1), y * 255 // max(height - 1, 1), np.full_like(x, 60)], axis=2)
    out = io.BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(out, kind, **options)
    return out.getvalue()


def decode(data: bytes) -> Any:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def tile_of(pack: bytes, place: int) -> Any:
    start, length = ENTRY.unpack_from(pack, place * ENTRY.size)
    return decode(pack[start : start + length])


def join(packs: dict[Part, bytes], pyramid: Pyramid, level: int) -> Any:
    """A level put together from its tiles."""
    width, height = pyramid.size(level)
    whole = np.zeros((height, width, 3), np.uint8)
    columns, rows = pyramid.grid(level)
    for row in range(rows):
        for column in range(columns):
            part, place = pyramid.find(level, column, row)
            x0, y0, x1, y1 = tile_box(column, row, width=width, height=height)
            tile = tile_of(packs[part], place)
            assert tile.shape == (y1 - y0, x1 - x0, 3)
            whole[y0:y1, x0:x1] = tile
    return whole


@given(st.integers(1, 300_000), st.integers(1, 300_000))
def test_pyramid__levels_halve_down_to_one_pixel(width: int, height: int) -> None:
    pyramid = Pyramid(width, height)
    top = pyramid.levels - 1
    assert (pyramid.size(top), pyramid.size(0)) == ((width, height), (1, 1))
    for level in range(1, pyramid.levels):
        larger, smaller = pyramid.size(level), pyramid.size(level - 1)
        assert smaller == tuple(-(-side // 2) for side in larger)
    assert max(pyramid.size(pyramid.top_low_level)) <= LOW_SIDE
    places = {part: sum(c * r for c, r in map(pyramid.grid, pyramid.part_levels(part))) for part in Part}
    last = pyramid.grid(0)
    assert pyramid.find(0, last[0] - 1, last[1] - 1) == (Part.LOW, places[Part.LOW] - 1)


@pytest.mark.parametrize(("level", "column", "row"), [(-1, 0, 0), (11, 0, 0), (10, 2, 0), (10, 0, 2), (0, -1, 0)])
def test_find__no_such_tile(level: int, column: int, row: int) -> None:
    with pytest.raises(NotFound):
        Pyramid(1000, 600).find(level, column, row)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_pack__tiles_put_together_are_the_image(kind: str) -> None:
    options = {} if kind == "PNG" else {"quality": 95}
    pyramid = Pyramid(1100, 700)
    packs = {Part.LOW: build_pack(picture(1100, 700, kind, **options), Part.LOW)}
    for level in (pyramid.levels - 1, pyramid.levels - 2, pyramid.levels - 4, 0):
        width, height = pyramid.size(level)
        expected = cv2.resize(decode(picture(1100, 700)), (width, height), interpolation=cv2.INTER_AREA)
        assert np.abs(join(packs, pyramid, level).astype(int) - expected).max() <= 12, level


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pack__is_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = picture(640, 400, "JPEG", quality=95, exif=exif)
    upright = decode_reduced(data)
    height, width = upright.shape[:2]
    assert (width, height) == ((640, 400) if orientation < 5 else (400, 640))
    packs = {Part.LOW: build_pack(data, Part.LOW)}
    pyramid = Pyramid(width, height)
    assert np.abs(join(packs, pyramid, pyramid.levels - 1).astype(int) - upright).max() <= 12
    with Image.open(io.BytesIO(data)) as opened:
        from PIL import ImageOps

        expected = np.asarray(ImageOps.exif_transpose(opened).convert("RGB"))[:, :, ::-1]
    assert np.abs(upright.astype(int) - expected).max() <= 6


def test_pack__above_the_limit_of_pixels() -> None:
    with pytest.raises(UnreadableMedia, match="60,000 pixels; 50,000 are allowed"):
        build_pack(picture(300, 200), Part.LOW, max_pixels=50_000)


@pytest.mark.parametrize("reduce", [1, 2, 4, 8])
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_decode_reduced__sides_are_rounded_up(reduce: int, kind: str) -> None:
    pixels = decode_reduced(picture(101, 67, kind), reduce=reduce)
    assert pixels.shape == (-(-67 // reduce), -(-101 // reduce), 3)


def test_decode_reduced__transparent_and_sixteen_bit_are_as_thumbnails_show_them() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (255, 0, 0, 0)).save(out, "PNG")
    assert decode_reduced(out.getvalue())[0, 0].tolist() == [255, 255, 255]
    deep = io.BytesIO()
    Image.fromarray(np.full((8, 8), 0x8000, np.uint16)).save(deep, "PNG")
    assert decode_reduced(deep.getvalue())[0, 0].tolist() == [128, 128, 128]


@pytest.mark.parametrize(("width", "height"), [(60, 40), (900, 600)])
def test_cut_out__is_the_part_and_no_larger_than_asked(width: int, height: int) -> None:
    data = picture(width, height, "JPEG", quality=95)
    part = decode(cut_out(data, (width / 2, 0, width, height / 2), size=100))
    longer = min(100, width // 2)
    assert (abs(part.shape[0] - longer * height / width) <= 1, part.shape[1]) == (True, longer)
    blue, green, red = part.reshape(-1, 3).mean(axis=0)
    assert (abs(blue - 60) < 8, abs(green - 64) < 8, abs(red - 191) < 8) == (True, True, True)


def test_cut_out__outside_gives_what_is_left() -> None:
    assert decode(cut_out(picture(20, 20), (15, 15, 400, 400), size=50)).shape == (5, 5, 3)
    assert decode(cut_out(picture(20, 20), (90, 90, 400, 400), size=50)).shape == (1, 1, 3)


@pytest.mark.slow
def test_pack__of_64_megapixels() -> None:
    coarse = np.random.default_rng(0).integers(0, 255, (500, 500, 3)).astype(np.uint8)
    original = cv2.resize(coarse, (8000, 8000), interpolation=cv2.INTER_LINEAR)
    data = bytes(cv2.imencode(".jpg", original)[1])
    pyramid = Pyramid(8000, 8000)
    packs = {part: build_pack(data, part) for part in Part}
    assert np.abs(join(packs, pyramid, pyramid.levels - 1)[::7].astype(int) - original[::7]).mean() < 3
    low = join(packs, pyramid, pyramid.top_low_level)
    expected = cv2.resize(original, (4000, 4000), interpolation=cv2.INTER_AREA)
    assert np.abs(low[::7].astype(int) - expected[::7]).mean() < 5
