"""Logistic regression by L-BFGS, multinomial and one against the rest, and its temperature. Pure numpy.

scikit-learn's takes two seconds to import, which is more than a whole fit here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Targets = NDArray[np.int64]
C_GRID = (0.001, 0.01, 0.1, 1.0)


@dataclass(frozen=True)
class Logistic:
    """A fitted model: logits = x @ weights + bias, weights (d, c), bias (c,)."""

    weights: Array
    bias: Array

    def logits(self, x: Array) -> Array:
        """(n, c) logits of (n, d) rows."""
        return np.asarray(x @ self.weights + self.bias)


@dataclass(frozen=True)
class CrossValidation:
    """Out-of-fold logits at the best C.

    Args:
        logits: (n, c); each row from a fit that never saw it.
        loss: Mean out-of-fold negative log likelihood after temperature.
    """

    c: float
    logits: Array
    temperature: float
    loss: float
    accuracy: float


def fit_logistic(
    x: Array, targets: Targets, *, classes: int, c: float, start: Logistic | None = None, iterations: int = 200
) -> Logistic:
    """Minimise mean cross-entropy + ‖weights‖² / (2 · c · n), so the penalty fades as 1/n.

    Args:
        x: float (n, d), centred features of about unit scale.
        targets: int (n,) class numbers below ``classes``; a class may have no rows.
        start: Where to begin, to walk along a grid of ``c`` cheaply.
    """
    count, width = x.shape
    penalty = 1.0 / (c * count)
    onehot = np.eye(classes)[targets]

    def cost(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[:-classes].reshape(width, classes), flat[-classes:]
        log_p = log_softmax(x @ weights + bias)
        error = (np.exp(log_p) - onehot) / count
        gradient = np.concatenate([(x.T @ error + penalty * weights).ravel(), error.sum(axis=0)])
        return float(-(onehot * log_p).sum() / count + penalty / 2 * (weights**2).sum()), gradient

    first = np.zeros(width * classes + classes)
    if start is not None:
        first = np.concatenate([start.weights.ravel(), start.bias])
    flat = _lbfgs(cost, first, iterations=iterations)
    return Logistic(flat[:-classes].reshape(width, classes), flat[-classes:])


def fit_several(
    x: Array,
    truth: NDArray[np.bool_],
    *,
    c: Array,
    start: tuple[Array, Array] | None = None,
    iterations: int = 200,
) -> tuple[Array, Array]:
    """Fit one yes-or-no question for each column of ``truth`` (n, c), each with its own inverse penalty ``c`` (c,).

    Args:
        start: Weights and bias to begin with.

    Returns:
        Weights (d, c) and bias (c,).
    """
    count, width = x.shape
    labels = truth.shape[1]
    penalty = 1.0 / (c * count)
    wanted = truth.astype(np.float64)
    sign = 1 - 2 * wanted

    def cost(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[:-labels].reshape(width, labels), flat[-labels:]
        logits = x @ weights + bias
        error = (np.exp(log_sigmoid(logits)) - wanted) / count
        gradient = np.concatenate([(x.T @ error + penalty * weights).ravel(), error.sum(axis=0)])
        loss = -log_sigmoid(-sign * logits).sum() / count + (penalty * (weights**2).sum(axis=0)).sum() / 2
        return float(loss), gradient

    first = np.zeros(width * labels + labels) if start is None else np.concatenate([start[0].ravel(), start[1]])
    flat = _lbfgs(cost, first, iterations=iterations)
    return flat[:-labels].reshape(width, labels), flat[-labels:]


def cross_validate(
    x: Array, targets: Targets, *, classes: int, folds: int, seed: int, grid: Sequence[float] = C_GRID
) -> CrossValidation:
    """Choose C by out-of-fold likelihood; ties go to the stronger penalty.

    Args:
        folds: Number of stratified folds, at least two.
    """
    fold_of = stratified_folds(targets, folds=folds, seed=seed)
    logits = {c: np.zeros((len(x), classes)) for c in grid}
    for fold in range(folds):
        inside, outside = fold_of != fold, fold_of == fold
        if not outside.any():
            continue
        start = None
        for c in sorted(grid):
            start = fit_logistic(x[inside], targets[inside], classes=classes, c=c, start=start, iterations=60)
            logits[c][outside] = start.logits(x[outside])
    best: CrossValidation | None = None
    for c in sorted(grid):
        temperature = fit_temperature(logits[c], targets)
        loss = _nll(logits[c] / temperature, targets)
        if best is None or loss < best.loss - 1e-9:
            hits = float((logits[c].argmax(axis=1) == targets).mean())
            best = CrossValidation(c, logits[c], temperature, loss, hits)
    assert best is not None
    return best


def stratified_folds(targets: Targets, *, folds: int, seed: int) -> Targets:
    """Fold number of each row; every class is dealt out evenly."""
    order = np.random.default_rng(seed).permutation(len(targets))
    grouped = order[np.argsort(targets[order], kind="stable")]
    fold_of = np.zeros(len(targets), np.int64)
    fold_of[grouped] = np.arange(len(targets)) % folds
    return fold_of


def fit_temperature(logits: Array, targets: Targets) -> float:
    """The divisor of the logits, in [0.05, 20], with the best likelihood (golden section on its log).

    A unit Gaussian prior on the log keeps a few separable rows from claiming certainty.
    """

    def cost(log_t: float) -> float:
        return _nll(logits / np.exp(log_t), targets) + log_t**2 / (2 * len(targets))

    ratio = (np.sqrt(5) - 1) / 2
    low, high = np.log(0.05), np.log(20.0)
    for _ in range(40):
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if cost(left) <= cost(right):
            high = right
        else:
            low = left
    return float(np.exp((low + high) / 2))


def log_sigmoid(logits: Array) -> Array:
    """Element-wise log of the logistic function, without overflow."""
    return np.asarray(-np.logaddexp(0.0, -logits))


def log_softmax(logits: Array) -> Array:
    """Row-wise log softmax."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True)))


def _nll(logits: Array, targets: Targets) -> float:
    return float(-log_softmax(logits)[np.arange(len(targets)), targets].mean())


# The callable gives a value and its gradient. Nocedal and Wright, Numerical Optimization (2006), algorithm 7.4,
# with backtracking; the cost is convex and smooth, so Armijo's condition and a curvature check suffice.
def _lbfgs(cost, x: Array, *, iterations: int, memory: int = 10) -> Array:  # type: ignore[no-untyped-def]
    value, gradient = cost(x)
    pairs: list[tuple[Array, Array, float]] = []
    for _ in range(iterations):
        if np.abs(gradient).max() < 1e-5:
            break
        direction = -_times_inverse_hessian(gradient, pairs)
        slope = float(direction @ gradient)
        step = 1.0 if pairs else min(1.0, 1.0 / float(np.abs(gradient).sum()))
        for _ in range(30):
            candidate = x + step * direction
            next_value, next_gradient = cost(candidate)
            if next_value <= value + 1e-4 * step * slope:
                break
            step *= 0.5
        else:
            break
        moved, turned = candidate - x, next_gradient - gradient
        curvature = float(moved @ turned)
        if curvature > 1e-12:
            pairs = [*pairs[-(memory - 1) :], (moved, turned, 1.0 / curvature)]
        settled = value - next_value < 1e-9 * max(1.0, abs(value))
        x, value, gradient = candidate, next_value, next_gradient
        if settled:
            break
    return x


def _times_inverse_hessian(gradient: Array, pairs: list[tuple[Array, Array, float]]) -> Array:
    q = gradient.copy()
    weights = []
    for moved, turned, inverse in reversed(pairs):
        weight = inverse * float(moved @ q)
        q -= weight * turned
        weights.append(weight)
    if pairs:
        moved, turned, inverse = pairs[-1]
        q *= 1.0 / (inverse * float(turned @ turned))
    for (moved, turned, inverse), weight in zip(pairs, reversed(weights), strict=True):
        q += (weight - inverse * float(turned @ q)) * moved
    return q
