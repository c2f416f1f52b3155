"""Accuracy, F1 and calibration of a classifier."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.bootstrap import bootstrap, group_codes, percentile_interval
from whorl.models.evaluation.calibration import brier_score, expected_calibration_error, negative_log_likelihood
from whorl.models.evaluation.types import (
    ClassClassification,
    ClassificationMetrics,
    FloatArray,
    IntArray,
    check_class_names,
)


def evaluate_classification(
    labels: IntArray,
    probabilities: FloatArray,
    class_names: Sequence[str],
    *,
    groups: Sequence[Hashable] | None = None,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> ClassificationMetrics:
    """Score a classifier on a test set.

    Args:
        labels: (n,) int64 true classes, positions in ``class_names``.
        probabilities: (n, c) float64, rows sum to 1. Equal probabilities: lower class wins.
        class_names: c names.
        groups: What images to resample together; None resamples single images.
        level: Coverage of the intervals.

    Returns:
        Metrics; precision and recall are None where nothing was predicted or nothing was there. ``macro_f1`` is the
        mean over classes that are in the truth or in the predictions.

    Raises:
        InvalidInput: No images, shapes disagree, a label is outside the classes, or rows are not probabilities.
    """
    names = check_class_names(class_names)
    check_probabilities(labels, probabilities, len(names))
    predicted = probabilities.argmax(axis=1)
    codes = group_codes(groups, labels.size)
    correct = predicted == labels
    counts = confusion_counts(labels, predicted, len(names))
    cells = labels * len(names) + predicted

    def resampled(weights: FloatArray) -> FloatArray:
        tables = np.stack([np.bincount(cells, weights=row, minlength=counts.size) for row in weights])
        f1 = macro_f1(np.asarray(tables.reshape(-1, len(names), len(names)), dtype=np.float64))
        return np.stack([(weights @ correct) / weights.sum(axis=1), f1], axis=1)

    values = bootstrap(resampled, codes, resamples=resamples, seed=seed)
    return ClassificationMetrics(
        accuracy=float(correct.mean()),
        accuracy_interval=percentile_interval(values[:, 0], level=level),
        macro_f1=float(macro_f1(counts[None].astype(np.float64))[0]),
        macro_f1_interval=percentile_interval(values[:, 1], level=level),
        ece=expected_calibration_error(probabilities.max(axis=1), correct),
        brier=brier_score(probabilities, labels),
        nll=negative_log_likelihood(probabilities, labels),
        n_images=int(labels.size),
        n_groups=int(codes.max()) + 1,
        confusion=tuple(tuple(int(cell) for cell in row) for row in counts),
        per_class=tuple(_class_row(name, counts, at) for at, name in enumerate(names)),
    )


def check_probabilities(labels: IntArray, probabilities: FloatArray, class_count: int) -> None:
    """Refuse input that cannot be scored.

    Raises:
        InvalidInput: No images, shapes disagree, a label is outside the classes, or rows are not probabilities.
    """
    if labels.ndim != 1 or labels.size == 0:
        raise InvalidInput("no labelled images to evaluate on", hint="Put items into the test subset first.")
    if probabilities.shape != (labels.size, class_count):
        raise InvalidInput(
            f"probabilities have shape {probabilities.shape}, expected {(labels.size, class_count)}",
            hint="One row per image, one column per class name.",
        )
    if labels.min() < 0 or labels.max() >= class_count:
        wrong = int(labels.min()) if labels.min() < 0 else int(labels.max())
        raise InvalidInput(f"true label {wrong} is outside 0 to {class_count - 1}")
    sums = probabilities.sum(axis=1)
    if not np.isfinite(sums).all() or probabilities.min() < 0 or np.abs(sums - 1).max() > 1e-3:
        row = int(np.argmax(~np.isfinite(sums) | (np.abs(sums - 1) > 1e-3) | (probabilities.min(axis=1) < 0)))
        raise InvalidInput(
            f"row {row} is not a probability vector: sum {sums[row]:g}",
            hint="Give softmax outputs, not logits; a row is at least 0 everywhere and sums to 1.",
        )


def confusion_counts(labels: IntArray, predicted: IntArray, class_count: int) -> IntArray:
    """(c, c) int64; row is the true class, column the predicted one."""
    cells = np.bincount(labels * class_count + predicted, minlength=class_count * class_count)
    return cells.reshape(class_count, class_count).astype(np.int64)


def macro_f1(tables: FloatArray) -> FloatArray:
    """Mean F1 of (r, c, c) confusion tables over the classes that occur, as truth or prediction, in each."""
    hits = np.diagonal(tables, axis1=1, axis2=2)
    touched = tables.sum(axis=1) + tables.sum(axis=2)
    f1 = np.divide(2 * hits, touched, out=np.zeros_like(touched), where=touched > 0)
    mean: FloatArray = f1.sum(axis=1) / np.maximum((touched > 0).sum(axis=1), 1)
    return mean


def _class_row(name: str, counts: IntArray, at: int) -> ClassClassification:
    hits, support, n_predicted = int(counts[at, at]), int(counts[at].sum()), int(counts[:, at].sum())
    return ClassClassification(
        name=name,
        precision=hits / n_predicted if n_predicted else None,
        recall=hits / support if support else None,
        f1=2 * hits / (support + n_predicted) if support + n_predicted else None,
        support=support,
        n_predicted=n_predicted,
    )
