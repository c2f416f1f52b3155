"""One look at image bytes."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from whorl.base.errors import UnreadableMedia
from whorl.datasets.imageheader import read_header
from whorl.datasets.media import inspect, open_upright, probe, thumbnail


def encoded(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: object) -> bytes:
    noise = np.random.default_rng(1).integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
    picture = Image.fromarray(noise).resize(size).convert(mode)
    stream = io.BytesIO()
    picture.save(stream, kind, **options)
    return stream.getvalue()


def with_orientation(orientation: int, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return encoded(kind, exif=exif)


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


@pytest.mark.parametrize(
    ("kind", "media_type"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("BMP", "image/bmp"),
        ("WEBP", "image/webp"),
        ("TIFF", "image/tiff"),
    ],
)
def test_probe__type_and_size_from_the_content(kind: str, media_type: str) -> None:
    data = encoded(kind)
    info = probe(data)
    assert (info.media_type, info.width, info.height, info.byte_count) == (media_type, 640, 480, len(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("size", [(640, 480), (100, 80)])
def test_inspect__red_stays_red(kind: str, size: tuple[int, int]) -> None:
    stream = io.BytesIO()
    Image.new("RGB", size, (255, 0, 0)).save(stream, kind)
    looked = inspect(stream.getvalue())
    red, green, blue = np.asarray(Image.open(io.BytesIO(looked.thumbnail)).convert("RGB"))[40, 40].tolist()
    assert red > 250
    assert green < 5
    assert blue < 5
    # Grey is 0.299 of red; of blue it would be 29.
    assert abs(looked.health.brightness - 76) <= 1
    assert looked.health.sharpness == 0


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"hello, this is a text file called .png", "not an image"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>', "SVG is refused"),
        (b"  <svg></svg>", "SVG is refused"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "cut off"),
        (png_header(30_000, 30_000), "900,000,000 pixels; 250,000,000 are allowed"),
        (png_header(0, 10), "0 x 10"),
    ],
)
def test_probe__refuses(data: bytes, reason: str) -> None:
    with pytest.raises(UnreadableMedia, match=reason):
        probe(data)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.8])
def test_probe__truncated(kind: str, share: float) -> None:
    data = encoded(kind)
    with pytest.raises(UnreadableMedia, match=r"decode|cut off|size"):
        probe(data[: int(len(data) * share)])


def test_inspect__thumbnail_is_upright_and_bare() -> None:
    seen = inspect(with_orientation(6))
    assert (seen.info.width, seen.info.height, seen.info.exif_orientation) == (480, 640, 6)
    small = Image.open(io.BytesIO(seen.thumbnail))
    assert small.size == (192, 256)
    assert not small.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_open_upright__as_pillow_does(kind: str, orientation: int) -> None:
    data = with_orientation(orientation, kind)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB")
    ours = open_upright(data)
    assert ours.size == expected.size == read_header(data).upright_size
    assert np.array_equal(np.asarray(ours), np.asarray(expected))


def test_inspect__small_jpeg_is_its_own_thumbnail_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    data = encoded(size=(120, 80), exif=exif)
    small = inspect(data).thumbnail
    assert b"secret" in data
    assert b"secret" not in small
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(small))), np.asarray(Image.open(io.BytesIO(data))))


def test_inspect__health_tells_dark_and_blurred_apart() -> None:
    flat = Image.new("RGB", (300, 300), (10, 10, 10))
    stream = io.BytesIO()
    flat.save(stream, "PNG")
    dark, noisy = inspect(stream.getvalue()).health, inspect(encoded("PNG")).health
    assert (dark.brightness, dark.contrast, dark.sharpness) == (10.0, 0.0, 0.0)
    assert noisy.sharpness > 10


def test_open_upright__sixteen_bits_keep_their_upper_half() -> None:
    stream = io.BytesIO()
    Image.fromarray(np.full((4, 4), 0x80FF, dtype=np.uint16)).save(stream, "PNG")
    assert open_upright(stream.getvalue()).getpixel((0, 0)) == (128, 128, 128)


def test_open_upright__transparent_pixels_lie_on_white() -> None:
    stream = io.BytesIO()
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(stream, "PNG")
    assert open_upright(stream.getvalue()).getpixel((0, 0)) == (255, 255, 255)


def test_probe__animation_is_its_first_frame_with_a_note() -> None:
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    for kind in ("PNG", "WEBP", "GIF"):
        stream = io.BytesIO()
        frames[0].save(stream, kind, save_all=True, append_images=frames[1:])
        assert probe(stream.getvalue()).notes == ("animated: the first frame is taken",)


def test_thumbnail__never_enlarges() -> None:
    assert Image.open(io.BytesIO(thumbnail(encoded(size=(64, 32)), 256))).size == (64, 32)


@pytest.mark.shared
@pytest.mark.parametrize("kind", ["landscape", "portrait"])
def test_open_upright__real_orientations(shared_dir: Path, kind: str) -> None:
    folder = shared_dir / "cases/exif_samples/jpg/orientation"
    pictures = [open_upright((folder / f"{kind}_{n}.jpg").read_bytes()) for n in range(1, 9)]
    assert {p.size for p in pictures} == {(600, 450) if kind == "landscape" else (450, 600)}
    second = np.asarray(pictures[1], dtype=float)
    for picture in pictures[2:]:
        # The files are separate JPEG encodings with a digit drawn in: equal on average, not pixel by pixel.
        difference = np.asarray(picture, dtype=float) - second
        assert abs(difference.mean()) <= 1
        assert np.median(np.abs(difference)) <= 2


@pytest.mark.shared
def test_inspect__broken_exif_is_no_obstacle(shared_dir: Path) -> None:
    files = sorted((shared_dir / "cases/exif_samples/jpg/invalid").glob("*.jpg"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [inspect(path.read_bytes()).info.media_type for path in files] == ["image/jpeg"] * 7


@pytest.mark.shared
def test_inspect__gps_is_seen_and_not_passed_on(shared_dir: Path) -> None:
    for path in sorted((shared_dir / "cases/exif_samples/jpg/gps").glob("*.jpg")):
        seen = inspect(path.read_bytes())
        assert seen.info.has_gps
        assert not Image.open(io.BytesIO(seen.thumbnail)).getexif()


@pytest.mark.shared
def test_inspect__pngs_named_jpg(shared_dir: Path) -> None:
    types = [
        inspect(path.read_bytes()).info.media_type
        for path in sorted((shared_dir / "data/dataloop_fruit/items").rglob("*.jpg"))
    ]
    assert (len(types), types.count("image/png")) == (299, 37)


@pytest.mark.shared
def test_inspect__corrupt_file_among_good_ones(shared_dir: Path) -> None:
    good, bad = [], []
    for path in sorted((shared_dir / "cases/imagededup/mixed_images").iterdir()):
        try:
            inspect(path.read_bytes())
            good.append(path.name)
        except UnreadableMedia:
            bad.append(path.name)
    assert (len(good), bad) == (5, ["ukbench09268_corrupt.jpg"])
