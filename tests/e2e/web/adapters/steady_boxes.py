"""A detector that learns nothing and always sees the same: for tests of what people do with proposals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

BOXES = [[40.0, 40.0, 140.0, 140.0], [220.0, 60.0, 330.0, 180.0], [400.0, 240.0, 560.0, 400.0]]
SCORES = [0.95, 0.7, 0.3]


class SteadyBoxes:
    """Three boxes on every image, with scores 0.95, 0.7 and 0.3, of the first label."""

    def __init__(self) -> None:
        self.label = "apple"

    # Any: arrays and training data, which this fake does not look at.
    def predict(self, images: Sequence[Any]) -> list[dict[str, object]]:
        """The same answer for each."""
        return [{"boxes": BOXES, "scores": SCORES, "labels": [self.label] * 3} for _ in images]

    def train(
        self,
        data: Any,
        out: Path,
        *,
        params: Mapping[str, object],
        report: Callable[[Mapping[str, float]], None],
        should_stop: Callable[[], bool],
    ) -> dict[str, float]:
        """Remember the first label."""
        self.label = data.labels[0]
        report({"step": 0, "loss": 0.0})
        return {"loss": 0.0}

    def save(self, folder: Path) -> None:
        """One word in a file."""
        (folder / "label.txt").write_text(self.label, encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read it."""
        self.label = (folder / "label.txt").read_text(encoding="utf-8")
