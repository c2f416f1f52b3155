"""Whether a model's confidence means what it says."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray

_SMALLEST = 1e-12
"""Probabilities are kept above this in logarithms; a model that is surely wrong is charged 27.6 nats, not infinity."""


def expected_calibration_error(confidence: FloatArray, correct: BoolArray, *, bins: int = 15) -> float:
    """Mean gap between confidence and accuracy over bins that hold equally many images.

    Images are sorted by confidence and cut into ``bins`` runs whose lengths differ by one at most; the gaps are
    weighted by length. Equal confidences may fall on both sides of a cut, in input order. 0.0 for no images.

    Source: K. Nguyen, B. O'Connor, https://arxiv.org/abs/1508.05154 (equal-mass bins).
    """
    n = confidence.size
    if n == 0:
        return 0.0
    order = np.argsort(confidence, kind="stable")
    cuts = np.linspace(0, n, min(bins, n) + 1).round().astype(np.int64)[:-1]
    gaps = np.add.reduceat(confidence[order] - correct[order], cuts)
    return float(np.abs(gaps).sum() / n)


def brier_score(probabilities: FloatArray, labels: IntArray) -> float:
    """Mean squared distance from the one-hot truth, summed over classes: 0 is perfect, 2 the worst."""
    if not labels.size:
        return 0.0
    of_truth = probabilities[np.arange(labels.size), labels]
    return float(((probabilities**2).sum(axis=1) - 2 * of_truth + 1).mean())


def negative_log_likelihood(probabilities: FloatArray, labels: IntArray) -> float:
    """Mean natural logarithm lost on the true class; 0.0 for no images."""
    if not labels.size:
        return 0.0
    of_truth = probabilities[np.arange(labels.size), labels]
    return float(-np.log(np.maximum(of_truth, _SMALLEST)).mean())


def apply_temperature(probabilities: FloatArray, temperature: float) -> FloatArray:
    """Probabilities made softer (above 1) or sharper (below 1); rows still sum to 1.

    Working on probabilities is the same as working on logits: softmax forgets what is added to all of them.
    """
    logits = np.log(np.maximum(probabilities, _SMALLEST)) / temperature
    logits -= logits.max(axis=1, keepdims=True)
    powers = np.exp(logits)
    softened: FloatArray = powers / powers.sum(axis=1, keepdims=True)
    return softened


def fit_temperature(probabilities: FloatArray, labels: IntArray) -> float:
    """The temperature that makes the labels most likely, within 0.05 to 20.

    Fit it on images that the model was not trained on.

    Source: C. Guo et al., https://arxiv.org/abs/1706.04599.

    Raises:
        InvalidInput: No images, or a label outside the columns.
    """
    if labels.size == 0 or probabilities.shape[0] != labels.size:
        raise InvalidInput(f"{probabilities.shape[0]} predictions and {labels.size} labels to fit a temperature on")
    if labels.min() < 0 or labels.max() >= probabilities.shape[1]:
        raise InvalidInput(f"label {int(labels.max())} is outside the {probabilities.shape[1]} columns")

    def loss(log_temperature: float) -> float:
        return negative_log_likelihood(apply_temperature(probabilities, float(np.exp(log_temperature))), labels)

    return float(np.exp(_golden_section(loss, np.log(0.05), np.log(20.0))))


def _golden_section(loss: Callable[[float], float], low: float, high: float) -> float:
    # The likelihood is convex in 1/T, so it has a single valley in log T and the section search finds it.
    shrink = (np.sqrt(5.0) - 1) / 2
    a, b = low, high
    c, d = b - shrink * (b - a), a + shrink * (b - a)
    loss_c, loss_d = loss(c), loss(d)
    for _ in range(60):
        if loss_c <= loss_d:
            b, d, loss_d = d, c, loss_c
            c = b - shrink * (b - a)
            loss_c = loss(c)
        else:
            a, c, loss_c = c, d, loss_d
            d = a + shrink * (b - a)
            loss_d = loss(d)
    return float((a + b) / 2)
