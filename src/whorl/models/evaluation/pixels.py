"""A label per pixel: IoU and Dice by label, from how many pixels of each label were taken for which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.evaluation.types import FloatArray, IntArray, check_class_names, plain


@dataclass(frozen=True, slots=True)
class PixelRow:
    """One label; a value is None when its denominator is zero. Counts are pixels."""

    name: str
    iou: float | None
    dice: float | None
    precision: float | None
    recall: float | None
    support: int
    n_predicted: int


@dataclass(frozen=True, slots=True)
class PixelMetrics:
    """How well pixels are told.

    Attributes:
        miou: Mean IoU over the labels that are in the truth or in the answers; pixels of no label are none of them.
        mean_dice: The same of Dice.
        pixel_accuracy: Share of all pixels that are right, those of no label too.
    """

    miou: float | None
    mean_dice: float | None
    pixel_accuracy: float
    n_images: int
    n_pixels: int
    per_class: tuple[PixelRow, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        return plain(asdict(self))


def evaluate_pixels(confusion: IntArray, class_names: Sequence[str]) -> PixelMetrics:
    """Score a model that gives each pixel a label or none.

    Args:
        confusion: (n, c + 1, c + 1) int64 pixels by image, true label and predicted label; the last one is none.
        class_names: c names.

    Raises:
        InvalidInput: There is no image, the shape is another, or a count is negative.
    """
    names = check_class_names(class_names)
    check_confusion(confusion, len(names))
    total = confusion.sum(axis=0)
    rows = tuple(_row(name, total, at) for at, name in enumerate(names))
    ious = [row.iou for row in rows if row.iou is not None]
    dices = [row.dice for row in rows if row.dice is not None]
    n_pixels = int(total.sum())
    return PixelMetrics(
        miou=sum(ious) / len(ious) if ious else None,
        mean_dice=sum(dices) / len(dices) if dices else None,
        pixel_accuracy=float(np.trace(total)) / max(n_pixels, 1),
        n_images=len(confusion),
        n_pixels=n_pixels,
        per_class=rows,
    )


def shared_and_union(confusion: IntArray) -> tuple[FloatArray, FloatArray]:
    """(n, c) float64 each: by image and label the pixels that truth and answer share, and those of either."""
    shared = np.diagonal(confusion, axis1=1, axis2=2)
    union = confusion.sum(axis=2) + confusion.sum(axis=1) - shared
    return shared[:, :-1].astype(np.float64), union[:, :-1].astype(np.float64)


def check_confusion(confusion: IntArray, class_count: int) -> None:
    """Refuse counts that cannot be scored.

    Raises:
        InvalidInput: There is no image, the shape is another, or a count is negative.
    """
    side = class_count + 1
    if confusion.ndim != 3 or confusion.shape[1:] != (side, side):
        raise InvalidInput(f"counts of pixels have shape {confusion.shape}; (images, {side}, {side}) is needed")
    if not len(confusion):
        raise InvalidInput("no labelled images to evaluate on", hint="Put items into the test subset first.")
    if (confusion < 0).any():
        raise InvalidInput("a count of pixels is negative")


def _row(name: str, total: IntArray, at: int) -> PixelRow:
    shared, support, predicted = int(total[at, at]), int(total[at].sum()), int(total[:, at].sum())
    return PixelRow(
        name=name,
        iou=_ratio(shared, support + predicted - shared),
        dice=_ratio(2 * shared, support + predicted),
        precision=_ratio(shared, predicted),
        recall=_ratio(shared, support),
        support=support,
        n_predicted=predicted,
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
