"""Several labels an item, each by itself: average precision, F1, and how often all of an item's labels are right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.evaluation.matches import mean_over_classes
from whorl.models.evaluation.rankings import Ranking, rank, stepwise_ap
from whorl.models.evaluation.types import BoolArray, FloatArray, check_class_names, plain


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One label; a value is None when its denominator is zero."""

    name: str
    ap: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    n_predicted: int


@dataclass(frozen=True, slots=True)
class LabelMetrics:
    """How well labels are told; all but ``map`` at a score of ``threshold``.

    Attributes:
        map: Mean over labels of average precision, by labels that an item has at all.
        macro_f1: Mean of the labels' F1.
        micro_f1: F1 of all answers together.
        subset_accuracy: Share of items whose labels are exactly right.
        hamming_loss: Share of all answers, one per item and label, that are wrong.
    """

    map: float | None
    macro_f1: float | None
    micro_f1: float | None
    subset_accuracy: float
    hamming_loss: float
    threshold: float
    n_images: int
    n_truth: int
    per_class: tuple[LabelRow, ...]

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        return plain(asdict(self))


def evaluate_labels(
    truth: BoolArray, scores: FloatArray, class_names: Sequence[str], *, threshold: float = 0.5
) -> LabelMetrics:
    """Score a model that says any number of labels.

    Args:
        truth: (n, c) bool, whether an item has a label.
        scores: (n, c) float64 in [0, 1].
        class_names: c names.
        threshold: Smallest score that says a label.

    Raises:
        InvalidInput: There is no item, shapes disagree, or a score is not a number in [0, 1].
    """
    names = check_class_names(class_names)
    check_labels(truth, scores, len(names))
    said = scores >= threshold
    right, support, predicted = (truth & said).sum(axis=0), truth.sum(axis=0), said.sum(axis=0)
    ones = np.ones((len(truth), 1))
    ap = np.stack([stepwise_ap(one, ones) for one in rank_labels(truth, scores)], axis=1)
    rows = tuple(
        LabelRow(
            name=name,
            ap=_known(ap[0, at]),
            precision=_ratio(int(right[at]), int(predicted[at])),
            recall=_ratio(int(right[at]), int(support[at])),
            f1=_ratio(2 * int(right[at]), int(support[at] + predicted[at])),
            support=int(support[at]),
            n_predicted=int(predicted[at]),
        )
        for at, name in enumerate(names)
    )
    f1 = [row.f1 for row in rows if row.f1 is not None]
    return LabelMetrics(
        map=_known(mean_over_classes(ap)[0]),
        macro_f1=sum(f1) / len(f1) if f1 else None,
        micro_f1=_ratio(2 * int(right.sum()), int(support.sum() + predicted.sum())),
        subset_accuracy=float((truth == said).all(axis=1).mean()),
        hamming_loss=float((truth != said).mean()),
        threshold=threshold,
        n_images=len(truth),
        n_truth=int(truth.sum()),
        per_class=rows,
    )


def rank_labels(truth: BoolArray, scores: FloatArray) -> tuple[Ranking, ...]:
    """One ranking a column: every item is an answer, right where the item has the label."""
    images = np.arange(len(truth), dtype=np.int64)
    return tuple(
        rank(images, scores[:, at], truth[:, at], truth[:, at].astype(np.float64)) for at in range(truth.shape[1])
    )


def check_labels(truth: BoolArray, scores: FloatArray, class_count: int) -> None:
    """Refuse input that cannot be scored.

    Raises:
        InvalidInput: There is no item, shapes disagree, or a score is not a number in [0, 1].
    """
    if not len(truth):
        raise InvalidInput("no labelled images to evaluate on", hint="Put items into the test subset first.")
    if truth.shape != (len(truth), class_count) or scores.shape != truth.shape:
        raise InvalidInput(
            f"labels have shape {truth.shape} and scores {scores.shape}, expected {(len(truth), class_count)}",
            hint="One row per image, one column per class name.",
        )
    if not np.isfinite(scores).all() or scores.min() < 0 or scores.max() > 1:
        raise InvalidInput("a score is not a number in [0, 1]", hint="Give probabilities, not logits.")


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _known(value: float) -> float | None:
    return round(float(value), 12) if np.isfinite(value) else None
