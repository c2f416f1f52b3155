from pathlib import Path

import numpy as np
import pytest

from whorl.base.errors import ShapeError
from whorl.datasets.alike.perceptual import (
    NO_HASH,
    count_bits,
    count_bits_portably,
    hash_distances,
    hash_picture,
)


def _scene(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width])[:, None, None]
    return (127 + 90 * np.sin(5 * x + 2) * np.cos(4 * y) + 30 * np.cos(11 * x * y)).clip(0, 255).astype(np.uint8)


def _grey(path: Path) -> np.ndarray:
    from PIL import Image

    with Image.open(path) as picture:
        return np.asarray(picture.convert("L"))


@pytest.mark.shared
def test_hash_picture__is_the_documented_value_for_the_pictures_as_they_are_stored(shared_dir: Path) -> None:
    folder = shared_dir / "cases/imagededup/mixed_images"
    names = ["ukbench00120", "ukbench00120_resize", "ukbench00120_hflip", "ukbench00120_rotation", "ukbench09268"]

    assert {name: f"{hash_picture(_grey(folder / f'{name}.jpg')):016x}" for name in names} == {
        "ukbench00120": "9fee256239984d71",
        "ukbench00120_resize": "9fee256239984d71",
        "ukbench00120_hflip": "cabb7237e8cd3824",
        "ukbench00120_rotation": "850d513c4fdcbb72",
        "ukbench09268": "c73c36c2da2f29c9",
    }


def test_hash_picture__hardly_changes_with_size() -> None:
    hashes = np.array([hash_picture(_scene(h, w)) for h, w in [(480, 640), (192, 256), (31, 40)]], dtype=np.uint64)

    assert hash_distances(hashes[0], hashes).max() <= 4


def test_hash_picture__sets_half_of_the_bits() -> None:
    assert bin(hash_picture(_scene(200, 300))).count("1") in (32, 33)


@pytest.mark.parametrize("level", [0, 1, 128, 255])
def test_hash_picture__of_a_plain_picture_there_is_none(level: int) -> None:
    assert hash_picture(np.full((60, 80), level, dtype=np.uint8)) == NO_HASH


def test_hash_picture__of_noise_around_one_level_there_is_none() -> None:
    noise = np.random.default_rng(3).integers(126, 130, (200, 200), dtype=np.uint8)

    assert hash_picture(noise) == NO_HASH


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 3)])
def test_hash_picture__takes_the_smallest_sizes(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)

    assert 0 <= hash_picture(picture) < 2**64


@pytest.mark.parametrize("shape", [(0, 5), (4, 4, 3), (7,)])
def test_hash_picture__refuses_what_is_no_grey_picture(shape: tuple[int, ...]) -> None:
    with pytest.raises(ShapeError, match="shape"):
        hash_picture(np.zeros(shape, dtype=np.uint8))


def test_count_bits__is_the_same_without_the_function_of_new_numpy() -> None:
    values = np.array([0, 1, 2**64 - 1, 0x8000000000000001, 0x9FEE256239984D71], dtype=np.uint64)

    assert count_bits(values).tolist() == count_bits_portably(values).tolist() == [0, 1, 64, 2, 33]
