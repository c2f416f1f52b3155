"""A detector that finds again exactly what it was shown, wherever it lies: for tests of what people do with a model.

It remembers the pixels of each object it trained on and looks for the same pixels, so that it works on tiles too, takes
milliseconds, and misses what it was not shown.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ALIKE = 0.93


class PatchFinder:
    """Boxes of patches that it knows, with how alike they are as confidence."""

    def __init__(self) -> None:
        self.patches: list[tuple[str, Any]] = []

    # Any: arrays and training data.
    def predict(self, images: Sequence[Any]) -> list[dict[str, object]]:
        """Where each known patch lies in each image."""
        return [self._find(np.ascontiguousarray(np.asarray(image)[..., :3])) for image in images]

    def _find(self, image: Any) -> dict[str, object]:
        boxes, scores, labels = [], [], []
        for label, patch in self.patches:
            height, width = patch.shape[:2]
            if height > image.shape[0] or width > image.shape[1]:
                continue
            alike = cv2.matchTemplate(image, patch, cv2.TM_CCOEFF_NORMED)
            _, best, _, (x, y) = cv2.minMaxLoc(alike)
            if best < ALIKE:
                continue
            boxes.append([float(x), float(y), float(x + width), float(y + height)])
            scores.append(float(min(best, 1.0)))
            labels.append(label)
        return {"boxes": boxes, "scores": scores, "labels": labels}

    def train(
        self,
        data: Any,
        out: Path,
        *,
        params: Mapping[str, object],
        report: Callable[[Mapping[str, float]], None],
        should_stop: Callable[[], bool],
    ) -> dict[str, float]:
        """Cut out what is to be found."""
        for sample in (*data.train, *data.validation):
            image = np.asarray(sample.image())[..., :3]
            for label, (x0, y0, x1, y1) in zip(sample.labels, sample.boxes.round().astype(int).tolist(), strict=True):
                self.patches.append((label, np.ascontiguousarray(image[y0:y1, x0:x1])))
        report({"step": 0, "loss": 0.0})
        return {"n_patches": float(len(self.patches))}

    def save(self, folder: Path) -> None:
        """The patches as they are."""
        names = [label for label, _ in self.patches]
        (folder / "labels.json").write_text(json.dumps(names), encoding="utf-8")
        np.savez(folder / "patches.npz", *[patch for _, patch in self.patches])

    def load(self, folder: Path) -> None:
        """Read them."""
        names = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        with np.load(folder / "patches.npz") as stored:
            self.patches = [(name, stored[key]) for name, key in zip(names, stored.files, strict=True)]
