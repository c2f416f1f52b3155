"""Shapes follow the picture when EXIF turns it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from whorl.datasets.media import open_upright
from whorl.formats import get_format
from whorl.schemas.annotations import Box, Mask
from whorl.schemas.records import ImportIssue, ItemRecord

Split = Callable[[object], tuple[list[ItemRecord], list[ImportIssue]]]


def turned_set(folder: Path, orientation: int, *, size: tuple[int, int], segmentation: object = None) -> Path:
    """A picture stored 100 x 60 with a white patch at (10, 20, 30, 50) of the stored pixels."""
    pixels = np.zeros((60, 100, 3), dtype=np.uint8)
    pixels[20:50, 10:30] = 255
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(pixels).save(folder / "a.png", exif=exif)
    entry: dict[str, object] = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 20, 30]}
    if segmentation is not None:
        entry = {**entry, "segmentation": segmentation}
    content = {
        "images": [{"id": 1, "file_name": "a.png", "width": size[0], "height": size[1]}],
        "annotations": [entry],
        "categories": [{"id": 1, "name": "patch"}],
    }
    path = folder / "instances.json"
    path.write_text(json.dumps(content))
    return path


def white(path: Path) -> tuple[float, float, float, float]:
    seen = np.asarray(open_upright((path.parent / "a.png").read_bytes()))[:, :, 0] > 0
    columns, rows = np.flatnonzero(seen.any(axis=0)), np.flatnonzero(seen.any(axis=1))
    return columns[0], rows[0], columns[-1] + 1, rows[-1] + 1


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_read__boxes_on_stored_pixels_are_turned(tmp_path: Path, split: Split, orientation: int) -> None:
    path = turned_set(tmp_path, orientation, size=(100, 60))
    items, issues = split(get_format("coco").read(path))
    box = items[0].annotations[0].geometry
    assert issues == []
    assert (items[0].width, items[0].height) == (60, 100)
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1) == white(path)


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_read__masks_on_stored_pixels_are_turned(tmp_path: Path, split: Split, orientation: int) -> None:
    from whorl.geometry.masks import decode_mask, mask_bounds, run_lengths

    stored = np.zeros((60, 100), dtype=bool)
    stored[20:50, 10:30] = True
    path = turned_set(
        tmp_path, orientation, size=(100, 60), segmentation={"size": [60, 100], "counts": run_lengths(stored)}
    )
    items, issues = split(get_format("coco").read(path))
    mask = items[0].annotations[0].geometry
    assert issues == []
    assert isinstance(mask, Mask)
    assert mask_bounds(decode_mask(mask.counts, width=60, height=100)) == white(path)


@pytest.mark.parametrize("orientation", [1, 2, 3, 4, 5, 6, 7, 8])
def test_read__boxes_on_the_upright_image_stay(tmp_path: Path, split: Split, orientation: int) -> None:
    size = (60, 100) if orientation >= 5 else (100, 60)
    items, issues = split(get_format("coco").read(turned_set(tmp_path, orientation, size=size)))
    assert issues == []
    assert items[0].annotations[0].geometry == Box(x0=10, y0=20, x1=30, y1=50)


@pytest.mark.shared
def test_read__real_photographs(shared_dir: Path, tmp_path: Path, split: Split) -> None:
    folder = shared_dir / "cases/exif_samples/jpg/orientation"
    images = [
        {"id": n, "file_name": f"landscape_{n}.jpg", "width": 450 if n >= 5 else 600, "height": 600 if n >= 5 else 450}
        for n in range(1, 9)
    ]
    path = tmp_path / "instances.json"
    path.write_text(json.dumps({"images": images, "annotations": [], "categories": []}))
    items, issues = split(get_format("coco").read(path, images=folder))
    assert issues == []
    assert {(item.width, item.height) for item in items} == {(600, 450)}
