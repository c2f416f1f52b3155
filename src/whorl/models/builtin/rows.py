"""The linear head on feature rows that are there already: what ``builtin:linear`` does, without files or folders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput
from whorl.models.builtin.logistic import (
    Array,
    Logistic,
    Targets,
    cross_validate,
    fit_logistic,
    log_softmax,
)
from whorl.models.types import FloatArray

COMPONENTS = 256


@dataclass(frozen=True)
class Projection:
    """rows → (rows - mean) @ matrix, with matrix (d, k)."""

    mean: Array
    matrix: Array


def project(rows: FloatArray) -> Projection:
    """Standardise and rotate to at most 256 principal components; constant columns vanish."""
    mean, std = rows.mean(axis=0, dtype=np.float64), rows.std(axis=0, dtype=np.float64)
    scale = np.where(std > 1e-6, 1 / np.maximum(std, 1e-6), 0.0)
    z = (rows - mean) * scale
    if len(rows) < rows.shape[1]:
        values, left = np.linalg.eigh(z @ z.T)
        keep = np.argsort(-values)[: min(COMPONENTS, len(rows))]
        keep = keep[values[keep] > 1e-8 * max(float(values.max()), 1e-12)]
        axes = z.T @ left[:, keep] / np.sqrt(values[keep])
    else:
        values, vectors = np.linalg.eigh(z.T @ z)
        axes = vectors[:, np.argsort(-values)[:COMPONENTS]]
    if axes.shape[1] == 0:  # all images alike
        return Projection(mean, np.zeros((rows.shape[1], 1)))
    # eigh leaves the sign open; fix it so that the same rows give the same file on every machine.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    return Projection(mean, scale[:, None] * axes)


@dataclass(frozen=True)
class RowHead:
    """A fitted head, temperature included.

    Attributes:
        out_of_fold: (n, c) probabilities of the rows it learned from, each by a fit that never saw the row; None where
            too few rows, or a single class, left nothing to hold out.
    """

    projection: Projection
    weights: Array
    bias: Array
    out_of_fold: Array | None

    def probabilities(self, rows: FloatArray) -> Array:
        """(n, c) calibrated class probabilities of feature rows."""
        x = (rows - self.projection.mean) @ self.projection.matrix
        return np.exp(log_softmax(x @ self.weights + self.bias))


def fit_rows(rows: FloatArray, targets: NDArray[np.int64] | Sequence[int], *, classes: int, seed: int = 0) -> RowHead:
    """Fit a one-label head as ``builtin:linear`` does: same projection, penalty, folds and temperature.

    Args:
        rows: float32 (n, d) features.
        targets: (n,) class numbers below ``classes``.

    Raises:
        InvalidInput: No rows, or lengths that differ.
    """
    truth: Targets = np.asarray(targets, np.int64)
    if not len(rows) or len(rows) != len(truth):
        raise InvalidInput(f"{len(rows)} rows and {len(truth)} targets to fit on")
    projection = project(rows)
    x = (rows - projection.mean) @ projection.matrix
    counts = np.bincount(truth, minlength=classes)
    if (counts > 0).sum() < 2:
        bias = np.where(counts > 0, 0.0, -np.log(max(2.0, len(x) + 1.0)))
        return RowHead(projection, np.zeros((x.shape[1], classes)), bias, None)
    if len(x) < 4:
        fitted: Logistic = fit_logistic(x, truth, classes=classes, c=0.01)
        return RowHead(projection, fitted.weights, fitted.bias, None)
    found = cross_validate(x, truth, classes=classes, folds=5 if len(x) <= 1000 else 3, seed=seed)
    fitted = fit_logistic(x, truth, classes=classes, c=found.c)
    held_out = np.exp(log_softmax(found.logits / found.temperature))
    return RowHead(projection, fitted.weights / found.temperature, fitted.bias / found.temperature, held_out)
