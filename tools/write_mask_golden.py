"""Write the masks that the canvas engine's codec is checked against, counted by pycocotools.

Run from the repository's root: ``python tools/write_mask_golden.py``. The file is the same on every machine.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco

TARGET = Path("web/src/canvas/masks/coco.golden.json")


def masks() -> dict[str, NDArray[np.uint8]]:
    """Masks by name: corners and borders of the format, and shapes that cross the engine's tiles of 256 pixels."""
    rng = np.random.default_rng(0)
    yy, xx = np.mgrid[0:700, 0:900]
    disc = ((xx - 256) ** 2 + (yy - 250) ** 2 < 180**2).astype(np.uint8)
    blobs = (np.sin(xx / 37) * np.cos(yy / 23) > 0.45).astype(np.uint8)
    stripes = np.zeros((40, 300), np.uint8)
    stripes[:, ::2] = 1
    corner = np.zeros((300, 300), np.uint8)
    corner[299, 299] = 1
    return {
        "empty": np.zeros((7, 5), np.uint8),
        "full": np.ones((7, 5), np.uint8),
        "one pixel": np.ones((1, 1), np.uint8),
        "first pixel": np.eye(1, 12, dtype=np.uint8).reshape(3, 4),
        "last pixel": corner,
        "full columns": stripes,
        "one row": rng.integers(0, 2, (1, 70), dtype=np.uint8),
        "one column": rng.integers(0, 2, (70, 1), dtype=np.uint8),
        "noise": rng.integers(0, 2, (33, 47), dtype=np.uint8),
        "sparse noise": (rng.random((260, 515)) < 0.002).astype(np.uint8),
        "disc over tiles": disc,
        "blobs over tiles": blobs,
        "large and full": np.ones((1000, 1500), np.uint8),
    }


def golden(name: str, mask: NDArray[np.uint8]) -> dict[str, object]:
    """One entry: the size, the runs down the columns, pycocotools' string, area and box (x, y, width, height)."""
    flat = mask.reshape(-1, order="F")
    changes = np.flatnonzero(np.diff(flat)) + 1
    runs = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    encoded = coco.encode(np.asfortranarray(mask))
    return {
        "name": name,
        "width": mask.shape[1],
        "height": mask.shape[0],
        "runs": [0, *runs] if flat[0] else runs,
        "counts": encoded["counts"].decode("ascii"),
        "area": int(coco.area(encoded)),
        "box": [float(value) for value in coco.toBbox(encoded)],
    }


def main() -> None:
    """Write the file, one mask to a line."""
    lines = [json.dumps(golden(name, mask)) for name, mask in masks().items()]
    TARGET.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
