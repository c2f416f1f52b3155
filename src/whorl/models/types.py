"""What goes into a model and what comes out: tasks, predictions, training data. numpy only.

Boxes are float32 x0 y0 x1 y1 in pixels of the original upright image, (0, 0) the outer corner of the
first pixel. Images are uint8 RGB, height × width × 3.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, ModelError
from whorl.geometry.masks import Rle
from whorl.models.images import read_image

Image = NDArray[np.uint8]
FloatArray = NDArray[np.float32]


class Task(StrEnum):
    """What a model says about an image."""

    CLASSIFICATION = "classification"  # exactly one label
    MULTI_LABEL = "multi_label"  # any number of labels
    DETECTION = "detection"  # boxes
    INSTANCE_MASKS = "instance_masks"  # a mask per object
    SEMANTIC_MASKS = "semantic_masks"  # a label per pixel, or none

    @property
    def has_objects(self) -> bool:
        """Whether an answer lists objects, each with a box."""
        return self in {Task.DETECTION, Task.INSTANCE_MASKS}

    @property
    def has_masks(self) -> bool:
        """Whether truth and answers are made of masks."""
        return self in {Task.INSTANCE_MASKS, Task.SEMANTIC_MASKS}


def no_boxes() -> FloatArray:
    """An empty (0, 4) float32 array of boxes."""
    return np.zeros((0, 4), np.float32)


@dataclass(frozen=True)
class ClassProbabilities:
    """One image's class probabilities: float32 (c,), summing to 1, in the order of ``labels``."""

    labels: tuple[str, ...]
    probabilities: FloatArray

    @property
    def label(self) -> str:
        """The likeliest label; on a tie the first."""
        return self.labels[int(np.argmax(self.probabilities))]

    @property
    def confidence(self) -> float:
        """The likeliest label's probability."""
        return float(self.probabilities.max())


@dataclass(frozen=True)
class ClassScores:
    """Class probabilities of many images: float32 (n, c), rows summing to 1."""

    labels: tuple[str, ...]
    probabilities: FloatArray

    @classmethod
    def stack(cls, labels: Sequence[str], predictions: Sequence[ClassProbabilities]) -> ClassScores:
        """Put predictions over the same labels into one array, in the order given."""
        rows = [p.probabilities for p in predictions]
        return cls(tuple(labels), np.stack(rows) if rows else np.zeros((0, len(labels)), np.float32))


@dataclass(frozen=True)
class Detections:
    """One image's boxes, best first: boxes float32 (k, 4), scores float32 (k,) in [0, 1], a label per box."""

    boxes: FloatArray
    scores: FloatArray
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class LabelScores:
    """One image's labels, each by itself: float32 (c,) in [0, 1], in the order of ``labels``."""

    labels: tuple[str, ...]
    scores: FloatArray

    def chosen(self, threshold: float = 0.5) -> tuple[str, ...]:
        """The labels with at least this score, in the order of ``labels``; it may be none."""
        return tuple(
            label for label, score in zip(self.labels, self.scores.tolist(), strict=True) if score >= threshold
        )


@dataclass(frozen=True)
class Instances(Detections):
    """One image's objects with masks of the image's size, best first; boxes go around the masks."""

    masks: tuple[Rle, ...] = ()


@dataclass(frozen=True)
class Segmentation:
    """One image's pixels: uint8 (height, width), 0 for none and k for ``labels[k - 1]``.

    ``confidence`` is float32 (c,): the mean probability of the pixels that were given to each label, 0 for a label
    that has none.
    """

    labels: tuple[str, ...]
    classes: NDArray[np.uint8]
    confidence: FloatArray


Prediction = ClassProbabilities | LabelScores | Detections | Instances | Segmentation


@dataclass(frozen=True)
class TrainingSample:
    """One annotated image.

    Args:
        path: File with the image's bytes.
        labels: For classification exactly one label, for several labels any number; otherwise one per object.
        boxes: float32 (k, 4) pixels of the upright image; (0, 4) for classes or an empty image.
        masks: For masks one of the image's size per object; otherwise none.
        key: The content's SHA-256 when the caller knows it; the feature cache reads the file otherwise.
        item: Id of the item, carried along for the caller.
        group: Samples of one group are alike, such as frames of one video: never held out in part. Empty: alone.
        was_missed: An object or the class of it was missed by a model and added by a person: worth seeing more often.
    """

    path: Path
    labels: tuple[str, ...]
    boxes: FloatArray = field(default_factory=no_boxes)
    key: str = ""
    item: str = ""
    masks: tuple[Rle, ...] = ()
    group: str = ""
    was_missed: bool = False

    def image(self) -> Image:
        """Decode the image, upright, RGB."""
        return read_image(self.path)


@dataclass(frozen=True)
class TrainingData:
    """The samples of one training run; iterating gives the training samples."""

    task: Task
    labels: tuple[str, ...]
    train: tuple[TrainingSample, ...]
    validation: tuple[TrainingSample, ...] = ()

    def __post_init__(self) -> None:
        known = set(self.labels)
        if len(known) != len(self.labels):
            raise InvalidInput(f"labels repeat: {', '.join(self.labels)}", hint="Give each label once.")
        for sample in (*self.train, *self.validation):
            _check_sample(sample, self.task, known)

    def __iter__(self) -> Iterator[TrainingSample]:
        return iter(self.train)

    def __len__(self) -> int:
        return len(self.train)

    def save(self, path: Path) -> None:
        """Write the manifest: paths and annotations as JSON, no pixels."""
        body = {
            "task": self.task.value,
            "labels": list(self.labels),
            "train": [_to_json(s) for s in self.train],
            "validation": [_to_json(s) for s in self.validation],
        }
        path.write_text(json.dumps(body), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> TrainingData:
        """Read a manifest written by :meth:`save`.

        Raises:
            ModelError: The file is missing or is not a manifest.
        """
        try:
            body = json.loads(path.read_text(encoding="utf-8"))
            return cls(
                task=Task(body["task"]),
                labels=tuple(body["labels"]),
                train=tuple(_from_json(s) for s in body["train"]),
                validation=tuple(_from_json(s) for s in body["validation"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(
                f"training manifest {path.name} cannot be read: {error}", hint="Start the training again."
            ) from error


def _check_sample(sample: TrainingSample, task: Task, known: set[str]) -> None:
    unknown = sorted(set(sample.labels) - known)
    if unknown:
        raise InvalidInput(
            f"{sample.path.name} has the label {unknown[0]!r}, which is not among {', '.join(sorted(known))}",
            hint="Pass every label of the ontology to the training data.",
        )
    if task is Task.CLASSIFICATION and len(sample.labels) != 1:
        raise InvalidInput(
            f"{sample.path.name} has {len(sample.labels)} labels; classification needs exactly one",
            hint="Leave items without a label out of the training query.",
        )
    if task.has_masks and len(sample.masks) != len(sample.labels):
        raise InvalidInput(
            f"{sample.path.name} has {len(sample.labels)} labels and {len(sample.masks)} masks",
            hint="Give one mask of the image's size per label.",
        )
    if task.has_objects and sample.boxes.shape != (len(sample.labels), 4):
        raise InvalidInput(
            f"{sample.path.name} has {len(sample.labels)} labels and boxes of shape {sample.boxes.shape}",
            hint="Give boxes as (k, 4) and k labels.",
        )


def _to_json(sample: TrainingSample) -> dict[str, object]:
    return {
        "path": str(sample.path),
        "labels": list(sample.labels),
        "boxes": [[float(v) for v in box] for box in sample.boxes],
        "key": sample.key,
        "item": sample.item,
        "group": sample.group,
        "was_missed": sample.was_missed,
        "masks": [[mask.height, mask.width, mask.counts] for mask in sample.masks],
    }


def _from_json(row: dict[str, object]) -> TrainingSample:
    labels, boxes, masks = row["labels"], row["boxes"], row.get("masks", [])
    if not isinstance(labels, list) or not isinstance(boxes, list) or not isinstance(masks, list):
        raise TypeError("labels, boxes and masks must be lists")
    return TrainingSample(
        path=Path(str(row["path"])),
        labels=tuple(str(label) for label in labels),
        boxes=np.asarray(boxes, np.float32).reshape(-1, 4),
        key=str(row.get("key", "")),
        item=str(row.get("item", "")),
        group=str(row.get("group", "")),
        was_missed=row.get("was_missed") is True,
        masks=tuple(Rle(int(height), int(width), str(counts)) for height, width, counts in masks),
    )
