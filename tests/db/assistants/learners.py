"""Architectures for tests: one that learns colours, one that learns nothing, and one that breaks."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from whorl.models.types import Detections, Image, TrainingData


class Squares:
    """Says a box at the same place on each image: "car" on red ones, "truck" on green ones."""

    wrong = False
    score = 0.9

    def train(self, data: TrainingData, out: Path, *, params: Mapping[str, Any], report: Any, should_stop: Any) -> Any:
        (out / "learnt.json").write_text(json.dumps({"n": len(data.train)}))
        return None

    def load(self, folder: Path) -> None:
        self.n = int(json.loads((folder / "learnt.json").read_text())["n"])

    def predict(self, images: Sequence[Image]) -> list[Detections]:
        return [self._one(image) for image in images]

    def _one(self, image: Image) -> Detections:
        is_red = bool(image[..., 0].mean() > image[..., 1].mean())
        label = "car" if is_red != self.wrong else "truck"
        shift = 0.0 if not self.wrong else 30.0
        boxes = np.array([[5 + shift, 5, 25 + shift, 25]], np.float32)
        return Detections(boxes, np.array([self.score], np.float32), (label,))


class Blind(Squares):
    """Learns nothing: every box is elsewhere."""

    wrong = True


class Fading(Squares):
    """Right while it has learnt from twenty images at most."""

    def load(self, folder: Path) -> None:
        super().load(folder)
        self.wrong = self.n > 20


class Broken(Squares):
    """Breaks in the training."""

    def train(self, data: TrainingData, out: Path, *, params: Mapping[str, Any], report: Any, should_stop: Any) -> Any:
        raise ValueError("no luck")
