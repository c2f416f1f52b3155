"""What evaluation takes (arrays per image) and gives (frozen tables that JSON can hold)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, JsonValue
from whorl.geometry.masks import Rle

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TruthObjects:
    """The true objects of one image.

    Attributes:
        boxes: (n, 4) float64, x0 y0 x1 y1 in pixels.
        labels: (n,) int64, positions in the list of class names.
        crowd: (n,) bool; a crowd region excuses predictions and is never missed. None: no crowds.
        area: (n,) float64 pixels, for the small, medium and large columns. None: area of the box.
        masks: One mask per object, or None when there are boxes only.
    """

    boxes: FloatArray
    labels: IntArray
    crowd: BoolArray | None = None
    area: FloatArray | None = None
    masks: Sequence[Rle] | None = None


@dataclass(frozen=True, slots=True)
class PredictedObjects:
    """The predicted objects of one image.

    Attributes:
        boxes: (n, 4) float64, x0 y0 x1 y1 in pixels.
        scores: (n,) float64, higher is surer.
        labels: (n,) int64, positions in the list of class names; others are counted as unknown.
        masks: One mask per object, or None when there are boxes only.
    """

    boxes: FloatArray
    scores: FloatArray
    labels: IntArray
    masks: Sequence[Rle] | None = None


@dataclass(frozen=True, slots=True)
class ClassDetection:
    """One class's row; ``ap`` is None when the class has no true object in the test set."""

    name: str
    ap: float | None
    ap50: float | None
    n_truth: int
    n_predicted: int


@dataclass(frozen=True, slots=True)
class DetectionMetrics:
    """The COCO summary; a column is None when no true object falls into it."""

    ap: float | None
    ap50: float | None
    ap75: float | None
    ap_small: float | None
    ap_medium: float | None
    ap_large: float | None
    ar1: float | None
    ar10: float | None
    ar100: float | None
    ar_small: float | None
    ar_medium: float | None
    ar_large: float | None
    n_images: int
    n_truth: int
    n_predicted: int
    n_unknown: int
    per_class: tuple[ClassDetection, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval; ``level`` is its coverage, such as 0.95."""

    low: float
    high: float
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class ClassClassification:
    """One class's row; a value is None when its denominator is zero."""

    name: str
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    n_predicted: int


@dataclass(frozen=True, slots=True)
class ClassificationMetrics:
    """Accuracy, F1 and calibration of one classifier on one test set."""

    accuracy: float
    accuracy_interval: Interval
    macro_f1: float
    macro_f1_interval: Interval
    ece: float
    brier: float
    nll: float
    n_images: int
    n_groups: int
    confusion: tuple[tuple[int, ...], ...]
    per_class: tuple[ClassClassification, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        return plain(asdict(self))


@dataclass(frozen=True, slots=True)
class ImageErrors:
    """How one image went: ``image`` is its position in the input."""

    image: int
    matched: int
    confused: int
    missed: int
    spurious: int


@dataclass(frozen=True, slots=True)
class Confusion:
    """Who was taken for whom.

    ``matrix[t][p]`` counts objects of true class t predicted as p. The last column holds missed objects, the last
    row spurious predictions; their corner is always zero.
    """

    names: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    images: tuple[ImageErrors, ...] = field(default=())

    def worst(self, limit: int = 20) -> tuple[ImageErrors, ...]:
        """The images with most errors first; ties keep input order, clean images are left out."""
        wrong = [row for row in self.images if row.confused + row.missed + row.spurious]
        wrong.sort(key=lambda row: -(row.confused + row.missed + row.spurious))
        return tuple(wrong[:limit])

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        return plain(asdict(self))


def plain(values: Mapping[str, object]) -> dict[str, JsonValue]:
    """Tuples as lists, so that a JSON column or a reply can hold them."""
    written: dict[str, JsonValue] = json.loads(json.dumps(values, allow_nan=False))
    return written


def check_class_names(class_names: Sequence[str]) -> tuple[str, ...]:
    """The names as a tuple.

    Raises:
        InvalidInput: There is none, or a name occurs twice.
    """
    names = tuple(class_names)
    if not names:
        raise InvalidInput("no class names given", hint="Give at least one class name.")
    twice = sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []
    if twice:
        raise InvalidInput(
            f"class names occur more than once: {', '.join(twice)}",
            hint="Give each class one name; rename or merge the copies in the ontology.",
        )
    return names


def check_truth(truth: Sequence[TruthObjects], class_count: int) -> None:
    """Refuse truth that no metric could score.

    Raises:
        InvalidInput: Shapes disagree, a number is not finite, or a label is outside the classes.
    """
    for image, found in enumerate(truth):
        _check_objects(image, found.boxes, found.labels, "true")
        n = len(found.labels)
        _check_length(image, "crowd", n, found.crowd)
        _check_length(image, "area", n, found.area)
        _check_length(image, "masks", n, found.masks)
        if n and (found.labels.min() < 0 or found.labels.max() >= class_count):
            raise InvalidInput(
                f"image {image}: true label {int(found.labels.max())} is outside 0 to {class_count - 1}",
                hint="True labels are positions in the list of class names.",
            )


def check_predicted(predicted: Sequence[PredictedObjects], n_images: int) -> None:
    """Refuse predictions that no metric could score.

    Raises:
        InvalidInput: There is not one entry per image, shapes disagree, or a number is not finite.
    """
    if len(predicted) != n_images:
        raise InvalidInput(
            f"{len(predicted)} images predicted, {n_images} images of truth",
            hint="Give one entry per image, empty where nothing was found.",
        )
    for image, found in enumerate(predicted):
        _check_objects(image, found.boxes, found.labels, "predicted")
        _check_length(image, "scores", len(found.labels), found.scores)
        _check_length(image, "masks", len(found.labels), found.masks)
        if not np.isfinite(found.scores).all():
            raise InvalidInput(f"image {image}: a predicted score is not a finite number")


def _check_objects(image: int, boxes: FloatArray, labels: IntArray, kind: str) -> None:
    if boxes.ndim != 2 or boxes.shape[1] != 4 or labels.shape != (len(boxes),):
        raise InvalidInput(
            f"image {image}: {kind} boxes have shape {boxes.shape} and labels {labels.shape}",
            hint="Boxes are (n, 4), labels (n,).",
        )
    if not np.isfinite(boxes).all():
        raise InvalidInput(f"image {image}: a {kind} box holds a number that is not finite")


def _check_length(image: int, name: str, n: int, values: Sequence[object] | NDArray[np.generic] | None) -> None:
    if values is not None and len(values) != n:
        raise InvalidInput(f"image {image}: {len(values)} {name} for {n} objects")
