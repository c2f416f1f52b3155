"""The published contract of model adapters, as one call, and small fakes that keep it.

    def test_my_model():
        check_adapter(lambda: MyModel(), task=Task.DETECTION, labels=("cell",), folder=Path("weights"))

Whorl's own models and fakes run through the same check.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

from whorl.base.errors import JsonValue
from whorl.models.adapters import Adapter
from whorl.models.types import (
    ClassProbabilities,
    Detections,
    FloatArray,
    Image,
    Instances,
    LabelScores,
    Prediction,
    Segmentation,
    Task,
    TrainingData,
)


def check_adapter(
    factory: Callable[[], object],
    *,
    task: Task,
    labels: Sequence[str],
    folder: Path | None = None,
    images: Sequence[Image] = (),
    tolerance: float = 1e-4,
) -> None:
    """Check what Whorl relies on, in the order in which it would break.

    No images give no predictions; one prediction per image, in the images' order, whatever the batch;
    the same answer twice, from a fresh object too; the images are left as they were; labels are known,
    scores finite, boxes inside the image (the last three by the coercion); embeddings (n, d) and finite;
    what is saved and loaded predicts the same.

    Args:
        factory: Makes the adapter: an object or a plain function.
        folder: Files to ``load`` first.
        images: uint8 RGB images to try; seeded noise of three sizes when empty.
        tolerance: Largest difference between two answers that should be equal.

    Raises:
        AssertionError: The contract is broken; the message says how.
        ModelError: The adapter raised, or returned something not understood.
    """
    tried = list(images) or noise_images(seed=0)
    names = tuple(labels)
    adapter = _ready(factory, folder)
    assert adapter.capabilities, "it has none of load, predict, embed, embed_text, train and save, and is not callable"
    if "predict" in adapter.capabilities:
        _check_predict(adapter, _ready(factory, folder), tried, names, task, tolerance)
    if "embed" in adapter.capabilities:
        _check_embed(adapter, tried, tolerance)
    if {"save", "load", "predict"} <= adapter.capabilities:
        _check_save(adapter, factory, tried, names, task, tolerance)


def noise_images(*, seed: int) -> list[Image]:
    """Three seeded images of different sizes: noise, a gradient and one plain colour."""
    rng = np.random.default_rng(seed)
    gradient = np.broadcast_to(np.linspace(0, 255, 40)[:, None, None], (40, 56, 3))
    return [
        rng.integers(0, 256, (48, 64, 3), dtype=np.uint8),
        np.ascontiguousarray(gradient, np.uint8),
        np.full((33, 31, 3), 90, np.uint8),
    ]


class FakeClassifier:
    """Tells images apart by their mean brightness; the first label is darkest. Learns nothing, remembers ``shift``."""

    def __init__(self, labels: Sequence[str] = ("dark", "bright")) -> None:
        self.labels = tuple(labels)
        self.shift = 0.0

    def predict(self, images: Sequence[Image]) -> list[dict[str, float]]:
        """Softmax of the distance between brightness and each label's place on the scale."""
        places = np.linspace(0, 1, len(self.labels))
        answers = []
        for image in images:
            scores = np.exp(-8 * np.abs(image.mean() / 255 + self.shift - places))
            answers.append(dict(zip(self.labels, (scores / scores.sum()).tolist(), strict=True)))
        return answers

    def embed(self, images: Sequence[Image]) -> FloatArray:
        """Mean colour: (n, 3)."""
        rows = [image.mean(axis=(0, 1)) / 255 for image in images]
        return np.asarray(rows, np.float32).reshape(-1, 3)

    def train(
        self,
        data: TrainingData,
        out: Path,
        *,
        params: Mapping[str, JsonValue],
        report: Callable[[Mapping[str, float]], None],
        should_stop: Callable[[], bool],
    ) -> dict[str, float]:
        """Take the labels; report three steps."""
        self.labels = data.labels
        for step in range(3):
            report({"step": step, "loss": 1.0 / (step + 1)})
        return {"loss": 1 / 3}

    def save(self, folder: Path) -> None:
        """One text file: a label per line, after the shift."""
        (folder / "fake.txt").write_text("\n".join([str(self.shift), *self.labels]), encoding="utf-8")

    def load(self, folder: Path) -> None:
        """Read what ``save`` wrote."""
        shift, *labels = (folder / "fake.txt").read_text(encoding="utf-8").splitlines()
        self.shift, self.labels = float(shift), tuple(labels)


class FakeDetector:
    """Boxes the pixels brighter than 128 as one object."""

    def __init__(self, label: str = "thing") -> None:
        self.label = label

    def predict(self, images: Sequence[Image]) -> list[dict[str, object]]:
        """At most one box per image."""
        answers: list[dict[str, object]] = []
        for image in images:
            ys, xs = np.nonzero(image.mean(axis=2) > 128)
            box = [[xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]] if len(xs) else []
            answers.append({"boxes": box, "scores": [0.9] * len(box), "labels": [self.label] * len(box)})
        return answers


def _ready(factory: Callable[[], object], folder: Path | None) -> Adapter:
    made = factory()
    adapter = Adapter(getattr(made, "__name__", type(made).__name__), made)
    if folder is not None:
        adapter.load(folder)
    return adapter


def _check_predict(
    adapter: Adapter, fresh: Adapter, images: list[Image], labels: tuple[str, ...], task: Task, tolerance: float
) -> None:
    def predict(some: Sequence[Image], by: Adapter = adapter) -> list[Prediction]:
        return by.predict(some, labels=labels, task=task)

    assert predict([]) == [], "no images must give no predictions"
    before = [image.copy() for image in images]
    first = predict(images)
    for image, copy in zip(images, before, strict=True):
        assert np.array_equal(image, copy), "predict changed an image that it was given"
    _assert_equal(first, predict(images), tolerance, "the same images gave another answer the second time")
    _assert_equal(first, predict(images, fresh), tolerance, "a fresh object gave another answer")
    _assert_equal(first[::-1], predict(images[::-1]), tolerance, "the answers do not follow the images' order")
    single = [predict([image])[0] for image in images]
    _assert_equal(first, single, tolerance, "one image alone gave another answer than in a batch")


def _check_embed(adapter: Adapter, images: list[Image], tolerance: float) -> None:
    rows = adapter.embed(images)
    assert len(rows) == len(images)
    assert np.allclose(rows, adapter.embed(images), atol=tolerance), "embed gave another answer the second time"
    assert np.allclose(rows[::-1], adapter.embed(images[::-1]), atol=tolerance), (
        "the embeddings do not follow the images' order"
    )


def _check_save(
    adapter: Adapter,
    factory: Callable[[], object],
    images: list[Image],
    labels: tuple[str, ...],
    task: Task,
    tolerance: float,
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        adapter.save(Path(folder))
        again = _ready(factory, Path(folder))
        _assert_equal(
            adapter.predict(images, labels=labels, task=task),
            again.predict(images, labels=labels, task=task),
            tolerance,
            "the model gave another answer after save and load",
        )


def _assert_equal(left: Sequence[Prediction], right: Sequence[Prediction], tolerance: float, complaint: str) -> None:
    for a, b in zip(left, right, strict=True):
        assert _is_same(a, b, tolerance), complaint


def _is_same(a: Prediction, b: Prediction, tolerance: float) -> bool:
    if isinstance(a, ClassProbabilities) and isinstance(b, ClassProbabilities):
        return np.allclose(a.probabilities, b.probabilities, atol=tolerance)
    if isinstance(a, LabelScores) and isinstance(b, LabelScores):
        return np.allclose(a.scores, b.scores, atol=tolerance)
    if isinstance(a, Segmentation) and isinstance(b, Segmentation):
        return np.array_equal(a.classes, b.classes) and np.allclose(a.confidence, b.confidence, atol=tolerance)
    if not isinstance(a, Detections) or not isinstance(b, Detections):
        return False
    if isinstance(a, Instances) and isinstance(b, Instances) and a.masks != b.masks:
        return False
    return (
        a.labels == b.labels
        and np.allclose(a.boxes, b.boxes, atol=max(tolerance, 1e-2))
        and np.allclose(a.scores, b.scores, atol=tolerance)
    )
