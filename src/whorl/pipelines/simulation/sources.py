"""Real images for a first look: the digits of scikit-learn, and scenes composed of them, written as files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SCENE_SIZE = 160
_CANVAS = 32


def write_digits(folder: Path) -> int:
    """Write the 1,797 handwritten digits as ``<digit>/<number>.png``, 32×32 greys, and give how many there are.

    Source: the test part of https://archive.ics.uci.edu/dataset/80, as it comes with scikit-learn (BSD); 8×8 pixels
    with 17 greys, enlarged with a cubic filter.
    """
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    for number, (pixels, target) in enumerate(zip(digits.images, digits.target, strict=True)):
        path = folder / str(int(target)) / f"{number:04d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(_grey(pixels)).resize((_CANVAS, _CANVAS), Image.Resampling.BICUBIC).save(path)
    return len(digits.target)


def write_scenes(folder: Path, *, count: int, seed: int = 0) -> int:
    """Write cluttered 160×160 scenes of one to six digits as images and one COCO file; gives how many scenes.

    Boxes fit the ink. A digit is 20 to 44 pixels high, dark on light or light on dark, on a noisy, shaded ground, and
    digits may touch but not cover each other by more than a tenth.
    """
    from PIL import Image
    from sklearn.datasets import load_digits

    digits = load_digits()
    rng = np.random.default_rng(seed)
    (folder / "images").mkdir(parents=True, exist_ok=True)
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for scene in range(count):
        pixels, boxes = _compose(digits.images, digits.target, rng)
        name = f"{scene:05d}.jpg"
        Image.fromarray(pixels).save(folder / "images" / name, quality=92)
        images.append({"id": scene, "file_name": name, "width": SCENE_SIZE, "height": SCENE_SIZE})
        for label, (x0, y0, x1, y1) in boxes:
            annotations.append(
                {
                    "id": len(annotations),
                    "image_id": scene,
                    "category_id": label,
                    "bbox": [x0, y0, x1 - x0, y1 - y0],
                    "area": (x1 - x0) * (y1 - y0),
                    "iscrowd": 0,
                }
            )
    body = {
        "images": images,
        "annotations": annotations,
        "categories": [{"id": digit, "name": str(digit)} for digit in range(10)],
    }
    (folder / "annotations.json").write_text(json.dumps(body), encoding="utf-8")
    return count


def _grey(pixels: NDArray[np.float64]) -> NDArray[np.uint8]:
    return np.asarray(np.clip(pixels / 16 * 255, 0, 255), np.uint8)


def _compose(
    glyphs: NDArray[np.float64], targets: NDArray[np.int64], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], list[tuple[int, tuple[int, int, int, int]]]]:
    size = SCENE_SIZE
    ramp = np.linspace(0, 1, size)
    ground = (
        90 + 80 * rng.random() + 40 * (rng.random() - 0.5) * ramp[None, :] + 40 * (rng.random() - 0.5) * ramp[:, None]
    )
    canvas = ground + rng.normal(0, 8, (size, size))
    boxes: list[tuple[int, tuple[int, int, int, int]]] = []
    for _ in range(int(rng.integers(1, 7))):
        which = int(rng.integers(len(targets)))
        ink = _enlarge(glyphs[which] / 16, int(rng.integers(20, 45)))
        place = _find_place(ink, [box for _, box in boxes], rng)
        if place is None:
            continue
        x, y, box = place
        tone = 235.0 if rng.random() < 0.5 else 15.0
        height, width = ink.shape
        part = canvas[y : y + height, x : x + width]
        part[:] = part * (1 - ink) + tone * ink
        boxes.append((int(targets[which]), box))
    grey = np.clip(canvas, 0, 255).astype(np.uint8)
    return np.stack([grey] * 3, axis=-1), boxes


def _enlarge(glyph: NDArray[np.float64], height: int) -> NDArray[np.float64]:
    from PIL import Image

    picture = Image.fromarray((glyph * 255).astype(np.uint8))
    grown = picture.resize((height, height), Image.Resampling.BICUBIC)
    return np.asarray(grown, np.float64) / 255


def _find_place(
    ink: NDArray[np.float64], taken: list[tuple[int, int, int, int]], rng: np.random.Generator
) -> tuple[int, int, tuple[int, int, int, int]] | None:
    rows, columns = np.nonzero(ink > 0.25)
    if rows.size == 0:
        return None
    for _ in range(20):
        x = int(rng.integers(0, SCENE_SIZE - ink.shape[1] + 1))
        y = int(rng.integers(0, SCENE_SIZE - ink.shape[0] + 1))
        box = (x + int(columns.min()), y + int(rows.min()), x + int(columns.max()) + 1, y + int(rows.max()) + 1)
        if all(_covered(box, other) <= 0.1 for other in taken):
            return x, y, box
    return None


def _covered(a: tuple[int, int, int, int], b: tuple[int, int, int, int]) -> float:
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    smaller = min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1]))
    return width * height / smaller
