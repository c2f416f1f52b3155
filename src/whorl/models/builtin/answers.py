"""What a linear head is to say: one label of many, or each by itself. Rating, fit, calibration, notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.models.builtin.logistic import (
    C_GRID,
    Array,
    Targets,
    cross_validate,
    fit_logistic,
    fit_several,
    fit_temperature,
    log_sigmoid,
    log_softmax,
    stratified_folds,
)
from whorl.models.types import TrainingSample

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Rated:
    """How well features do, by rows that no fit had seen.

    Args:
        gains: (n,) log likelihood of each row.
        quality: By name, the share that is right.
        c: Inverse of the penalty, one or one for each label; ``temperature`` likewise divides the logits.
    """

    gains: Array
    quality: Mapping[str, float]
    c: Array
    temperature: Array

    @property
    def loss(self) -> float:
        """Mean negative log likelihood."""
        return float(-self.gains.mean())


class Answers(Protocol):
    """The right answers of the training samples."""

    activation: str

    def rate(self, x: Array, *, seed: int) -> Rated:
        """Cross-validate on rows (n, k)."""

    def fit(self, x: Array, rated: Rated) -> tuple[Array, Array]:
        """Weights (k, c) and bias (c,), temperature included."""

    def check(self, logits: Array, samples: Sequence[TrainingSample]) -> dict[str, float]:
        """Figures of other samples' logits (n, c)."""

    def notes(self) -> tuple[str, ...]:
        """Sentences for people."""

    def calibration(self, rated: Rated) -> dict[str, JsonValue]:
        """What the card says of it."""


class OneLabel:
    """Exactly one label for each sample."""

    activation = "Softmax"

    def __init__(self, samples: Sequence[TrainingSample], labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._targets: Targets = np.array([self._labels.index(s.labels[0]) for s in samples], np.int64)
        self._counts = np.bincount(self._targets, minlength=len(labels))

    def rate(self, x: Array, *, seed: int) -> Rated:
        classes, rows = len(self._labels), np.arange(len(x))
        if len(x) < 4 or (self._counts > 0).sum() < 2:
            # Nothing can be held out: no choice, no calibration.
            return Rated(np.full(len(x), -np.log(classes)), {"accuracy": 0.0}, np.array(0.01), np.array(1.0))
        found = cross_validate(x, self._targets, classes=classes, folds=5 if len(x) <= 1000 else 3, seed=seed)
        gains = log_softmax(found.logits / found.temperature)[rows, self._targets]
        return Rated(gains, {"accuracy": found.accuracy}, np.array(found.c), np.array(found.temperature))

    def fit(self, x: Array, rated: Rated) -> tuple[Array, Array]:
        if (self._counts > 0).sum() < 2:
            bias = np.where(self._counts > 0, 0.0, -np.log(max(2.0, len(x) + 1.0)))
            return np.zeros((x.shape[1], len(self._labels))), bias
        fitted = fit_logistic(x, self._targets, classes=len(self._labels), c=float(rated.c))
        return fitted.weights / rated.temperature, fitted.bias / rated.temperature

    def check(self, logits: Array, samples: Sequence[TrainingSample]) -> dict[str, float]:
        truth = [self._labels.index(s.labels[0]) for s in samples]
        return {"accuracy": float((logits.argmax(axis=1) == truth).mean())}

    def notes(self) -> tuple[str, ...]:
        if (self._counts > 0).sum() < 2:
            return (f"One label only among the samples: always predicts {self._labels[int(self._counts.argmax())]}.",)
        return _absent(self._labels, self._counts)

    def calibration(self, rated: Rated) -> dict[str, JsonValue]:
        return {"temperature": float(rated.temperature), "c": float(rated.c), "applied": "in model.onnx"}


class SeveralLabels:
    """Any number of labels for each sample: as many yes-or-no questions, each with its own penalty and temperature."""

    activation = "Sigmoid"

    def __init__(self, samples: Sequence[TrainingSample], labels: Sequence[str]) -> None:
        self._labels = tuple(labels)
        self._truth = _truth(samples, self._labels)
        self._counts = self._truth.sum(axis=0)

    def rate(self, x: Array, *, seed: int) -> Rated:
        count = len(self._labels)
        prior = _prior_logits(self._counts, len(x))
        if len(x) < 4:
            gains = _likelihood(np.broadcast_to(prior, self._truth.shape), self._truth).sum(axis=1)
            return Rated(gains, {"f1": 0.0}, np.full(count, 0.01), np.ones(count))
        logits = self._held_out(x, prior, seed=seed)
        temperatures = np.array(
            [
                [
                    fit_temperature(np.stack([0 * z, z], axis=1), truth.astype(np.int64))
                    for z, truth in self._columns(one)
                ]
                for one in logits
            ]
        )
        scaled = logits / temperatures[:, None]
        likelihood = np.stack([_likelihood(one, self._truth) for one in scaled])
        best = likelihood.mean(axis=1).argmax(axis=0)
        at = (best, np.arange(count))
        chosen = np.stack([scaled[best[label], :, label] for label in range(count)], axis=1)
        gains = _likelihood(chosen, self._truth).sum(axis=1)
        return Rated(gains, {"f1": _f1(chosen > 0, self._truth)}, np.array(sorted(C_GRID))[best], temperatures[at])

    def fit(self, x: Array, rated: Rated) -> tuple[Array, Array]:
        weights, bias = fit_several(x, self._truth, c=rated.c)
        weights, bias = weights / rated.temperature, bias / rated.temperature
        # A label that all have, or none, cannot be told by features.
        known = (self._counts > 0) & (self._counts < len(x))
        return np.where(known, weights, 0.0), np.where(known, bias, _prior_logits(self._counts, len(x)))

    def check(self, logits: Array, samples: Sequence[TrainingSample]) -> dict[str, float]:
        return {"f1": _f1(logits > 0, _truth(samples, self._labels))}

    def notes(self) -> tuple[str, ...]:
        return _absent(self._labels, self._counts)

    def calibration(self, rated: Rated) -> dict[str, JsonValue]:
        return {
            "temperature": [float(one) for one in rated.temperature],
            "c": [float(one) for one in rated.c],
            "applied": "in model.onnx",
        }

    def _held_out(self, x: Array, prior: Array, *, seed: int) -> Array:
        """(grid, n, c) logits, each row from a fit that never saw it."""
        folds = 5 if len(x) <= 1000 else 3
        # Dealt out by the rarest label that a sample has, so that each fold has some of each.
        rarest = np.where(self._truth, self._counts, len(x) + 1).argmin(axis=1)
        groups = np.where(self._truth.any(axis=1), rarest, len(self._labels)).astype(np.int64)
        fold_of = stratified_folds(groups, folds=folds, seed=seed)
        logits = np.zeros((len(C_GRID), *self._truth.shape))
        for fold in range(folds):
            inside, outside = fold_of != fold, fold_of == fold
            if not outside.any():
                continue
            seen = self._truth[inside].sum(axis=0)
            start = None
            for position, c in enumerate(sorted(C_GRID)):
                start = fit_several(
                    x[inside], self._truth[inside], c=np.full(len(self._labels), c), start=start, iterations=60
                )
                told = (seen > 0) & (seen < inside.sum())
                logits[position, outside] = np.where(told, x[outside] @ start[0] + start[1], prior)
        return logits

    def _columns(self, logits: Array) -> list[tuple[Array, BoolArray]]:
        return [(logits[:, label], self._truth[:, label]) for label in range(len(self._labels))]


def _truth(samples: Sequence[TrainingSample], labels: tuple[str, ...]) -> BoolArray:
    return np.array([[label in s.labels for label in labels] for s in samples], bool).reshape(-1, len(labels))


def _prior_logits(counts: NDArray[np.int64], n: int) -> Array:
    return np.log((counts + 0.5) / (n - counts + 0.5))


def _likelihood(logits: Array, truth: BoolArray) -> Array:
    return log_sigmoid(np.where(truth, logits, -logits))


def _f1(said: BoolArray, truth: BoolArray) -> float:
    total = int(said.sum() + truth.sum())
    return 2 * int((said & truth).sum()) / total if total else 0.0


def _absent(labels: Sequence[str], counts: NDArray[np.int64]) -> tuple[str, ...]:
    absent = [label for label, count in zip(labels, counts.tolist(), strict=True) if not count]
    return (f"No samples of {', '.join(absent[:10])}: hardly ever predicted.",) if absent else ()
