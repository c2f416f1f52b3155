"""A task's metric as a function of how often each image counts: what bootstrap and slices are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from whorl.models.evaluation.matches import MatchTable, mean_over_classes
from whorl.models.evaluation.rankings import Ranking, stepwise_ap
from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray


class Measure(Protocol):
    """One model's outputs on a test set, reduced to what its metric needs."""

    @property
    def names(self) -> tuple[str, ...]:
        """The c labels."""

    @property
    def n_images(self) -> int:
        """How many test images there are."""

    @property
    def n_answers(self) -> int:
        """How much there is to sum up; it decides how long a resample takes."""

    def values(self, weights: FloatArray) -> FloatArray:
        """(r, n images) weights to (r, 1 + c): the metric, then each label's own; NaN where there is none."""

    def metric(self, weights: FloatArray) -> FloatArray:
        """(r, n images) weights to (r,): the first column of ``values``."""

    def trials(self, codes: IntArray) -> list[int]:
        """How many groups the metric and each label speak of.

        Args:
            codes: (n,) int64, each image's group.
        """

    def take(self, images: IntArray) -> Measure:
        """The same on some of the images, each once; they get new numbers in the order given."""


@dataclass(frozen=True, slots=True)
class ClassMeasure:
    """Accuracy, and each class's recall; ``truth`` is (n,) int64, ``correct`` (n,) bool."""

    names: tuple[str, ...]
    truth: IntArray
    correct: BoolArray

    @property
    def n_images(self) -> int:
        """How many test images there are."""
        return len(self.truth)

    @property
    def n_answers(self) -> int:
        """One an image."""
        return len(self.truth)

    def metric(self, weights: FloatArray) -> FloatArray:
        """Accuracy."""
        return _share(weights @ self.correct.astype(weights.dtype), weights.sum(axis=1))

    def values(self, weights: FloatArray) -> FloatArray:
        """Accuracy, then recall by class."""
        of_class = (self.truth[:, None] == np.arange(len(self.names))).astype(weights.dtype)
        recall = _share(weights @ (of_class * self.correct[:, None]), weights @ of_class)
        return np.concatenate([self.metric(weights)[:, None], recall], axis=1)

    def trials(self, codes: IntArray) -> list[int]:
        """Groups, and groups that hold each class."""
        return _holding(codes, self.truth[:, None] == np.arange(len(self.names)))

    def take(self, images: IntArray) -> ClassMeasure:
        """Some of the images."""
        return ClassMeasure(self.names, self.truth[images], self.correct[images])


@dataclass(frozen=True, slots=True)
class LabelMeasure:
    """Mean over labels of average precision; one ranking a label."""

    names: tuple[str, ...]
    rankings: tuple[Ranking, ...]

    @property
    def n_images(self) -> int:
        """How many test images there are."""
        return self.rankings[0].n_images

    @property
    def n_answers(self) -> int:
        """One per image and label."""
        return sum(len(one.scores) for one in self.rankings)

    def metric(self, weights: FloatArray) -> FloatArray:
        """Mean average precision over the labels that there are."""
        return self.values(weights)[:, 0]

    def values(self, weights: FloatArray) -> FloatArray:
        """The mean, then average precision by label."""
        drawn = np.ascontiguousarray(weights.T)
        return _with_mean(np.stack([stepwise_ap(one, drawn) for one in self.rankings], axis=1))

    def trials(self, codes: IntArray) -> list[int]:
        """Groups with a label, and with each."""
        return _holding(codes, np.stack([one.n_truth > 0 for one in self.rankings], axis=1))

    def take(self, images: IntArray) -> LabelMeasure:
        """Some of the images."""
        return LabelMeasure(self.names, tuple(one.take(images) for one in self.rankings))


@dataclass(frozen=True, slots=True)
class ObjectMeasure:
    """Mean over classes of COCO's average precision."""

    table: MatchTable

    @property
    def names(self) -> tuple[str, ...]:
        """The classes."""
        return self.table.names

    @property
    def n_images(self) -> int:
        """How many test images there are."""
        return self.table.n_images

    @property
    def n_answers(self) -> int:
        """One per predicted object."""
        return sum(len(row.scores) for rows in self.table.rows for row in rows)

    def metric(self, weights: FloatArray) -> FloatArray:
        """Mean average precision over the classes that there are."""
        return self.values(weights)[:, 0]

    def values(self, weights: FloatArray) -> FloatArray:
        """The mean, then average precision by class."""
        return _with_mean(self.table.average_precision(weights))

    def trials(self, codes: IntArray) -> list[int]:
        """Groups with a label, and with each."""
        return _holding(codes, np.stack([one.n_truth > 0 for one in self.table.whole], axis=1))

    def take(self, images: IntArray) -> ObjectMeasure:
        """Some of the images."""
        return ObjectMeasure(self.table.take(images))


@dataclass(frozen=True, slots=True)
class PixelMeasure:
    """Mean over labels of IoU; arrays are (n, c) float64 pixels of each image."""

    names: tuple[str, ...]
    shared: FloatArray
    union: FloatArray

    @property
    def n_images(self) -> int:
        """How many test images there are."""
        return len(self.shared)

    @property
    def n_answers(self) -> int:
        """One per image and label."""
        return self.shared.size

    def metric(self, weights: FloatArray) -> FloatArray:
        """Mean IoU over the labels that are in the truth or in the answers."""
        return self.values(weights)[:, 0]

    def values(self, weights: FloatArray) -> FloatArray:
        """The mean, then IoU by label."""
        # Sums of pixels outgrow single precision.
        weights = weights.astype(np.float64)
        return _with_mean(_share(weights @ self.shared, weights @ self.union))

    def trials(self, codes: IntArray) -> list[int]:
        """Groups with a label, and with each."""
        return _holding(codes, self.union > 0)

    def take(self, images: IntArray) -> PixelMeasure:
        """Some of the images."""
        return PixelMeasure(self.names, self.shared[images], self.union[images])


def _holding(codes: IntArray, shows: BoolArray) -> list[int]:
    """(n, c) whether an image shows a label: how many groups show any, and each."""
    return [len(np.unique(codes[one])) for one in (shows.any(axis=1), *shows.T)]


def _share(part: FloatArray, whole: FloatArray) -> FloatArray:
    values: FloatArray = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return values


def _with_mean(per_class: FloatArray) -> FloatArray:
    return np.concatenate([mean_over_classes(per_class)[:, None], per_class], axis=1)
