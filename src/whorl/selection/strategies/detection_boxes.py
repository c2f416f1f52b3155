"""Boxes of many images as one table: how hard they are, and how alike the images are object by object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.kernels import unit_rows
from whorl.selection.strategies.entropy import entropy
from whorl.selection.types import Float32Array, FloatArray, ImageBoxes, IntArray

# How fast and how far the weight of a class grows with its difficulty, as in the paper.
_ALPHA, _BETA = 0.3, 0.2
# Boxes of average difficulty that each class starts from, so that one odd box does not make a class hard.
_PRIOR_BOXES = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class BoxTable:
    """All boxes, image after image.

    Attributes:
        n_images: How many images, those without boxes too.
        image: (m,) int64, rising.
        probabilities: (m, c).
        number: (m,) int64, the likeliest class.
        features: (m, f) unit rows, or None when an image with boxes has none.
    """

    n_images: int
    image: IntArray
    probabilities: FloatArray
    number: IntArray
    features: Float32Array | None


def box_table(boxes: Sequence[ImageBoxes]) -> BoxTable:
    """The boxes of all images.

    Raises:
        InvalidInput: Images differ in classes or width of features, or a probability is negative or not finite.
    """
    counts = [len(found.probabilities) for found in boxes]
    image = np.repeat(np.arange(len(boxes), dtype=np.int64), counts)
    with_boxes = [found for found, count in zip(boxes, counts, strict=True) if count]
    if not with_boxes:
        return BoxTable(len(boxes), image, np.zeros((0, 1)), image, None)
    try:
        rows = np.concatenate([np.asarray(found.probabilities, np.float64) for found in with_boxes])
        kept = [found.features for found in with_boxes if found.features is not None]
        features = unit_rows(np.concatenate(kept)) if len(kept) == len(with_boxes) else None
    except ValueError as error:
        raise InvalidInput("boxes of the pool differ in the number of classes or the width of features") from error
    if rows.ndim != 2 or not np.isfinite(rows).all() or (rows < 0).any():
        raise InvalidInput("probabilities of a box are negative or not finite")
    if features is not None and (len(features) != len(rows) or not np.isfinite(features).all()):
        raise InvalidInput("features of boxes are not finite, or not one row for each box")
    return BoxTable(len(boxes), image, rows, rows.argmax(axis=1).astype(np.int64), features)


def estimated_difficulty(table: BoxTable) -> FloatArray:
    """(c,) in [0, 1]: 1 minus the mean probability of the boxes predicted as each class, drawn to the mean of all."""
    n_classes = table.probabilities.shape[1]
    doubt = 1 - np.minimum(table.probabilities[np.arange(len(table.number)), table.number], 1.0)
    mean = float(doubt.mean()) if doubt.size else 0.0
    total = np.bincount(table.number, doubt, minlength=n_classes) + _PRIOR_BOXES * mean
    difficulty: FloatArray = total / (np.bincount(table.number, minlength=n_classes) + _PRIOR_BOXES)
    return difficulty


def class_weights(difficulty: FloatArray) -> FloatArray:
    """(c,) from 1 for a class without difficulty to 1.2 for difficulty 1."""
    gamma = np.exp(1 / _ALPHA) - 1
    weights: FloatArray = 1 + _ALPHA * _BETA * np.log(1 + gamma * np.clip(difficulty, 0, 1))
    return weights


def _box_difficulty(table: BoxTable, difficulty: FloatArray | None) -> FloatArray:
    if difficulty is not None and len(difficulty) != table.probabilities.shape[1] and len(table.number):
        raise InvalidInput(f"{len(difficulty)} class_difficulty for {table.probabilities.shape[1]} classes of boxes")
    weights = class_weights(estimated_difficulty(table) if difficulty is None else difficulty)
    nothing = np.maximum(1 - table.probabilities.sum(axis=1, keepdims=True), 0)
    nats = entropy(np.concatenate([table.probabilities, nothing], axis=1))
    return nats * weights[table.number] if len(nats) else nats


def image_difficulty(table: BoxTable, difficulty: FloatArray | None) -> FloatArray:
    """(n,) sum over an image's boxes of entropy times the weight of the class; 0 without boxes."""
    return np.bincount(table.image, _box_difficulty(table, difficulty), minlength=table.n_images).astype(np.float64)


def hardest_class(table: BoxTable, difficulty: FloatArray | None, n: int) -> IntArray:
    """(n,) the class of each image's hardest box, -1 without boxes."""
    hardest = np.full(n, -1, np.int64)
    order = np.argsort(_box_difficulty(table, difficulty), kind="stable")
    hardest[table.image[order]] = table.number[order]
    return hardest


def spread_images(
    table: BoxTable, candidates: IntArray, worth: FloatArray, budget: int, seed: int
) -> tuple[IntArray, FloatArray]:
    """k-means++ among candidates by how unlike their objects are, from the first candidate on.

    Args:
        worth: (n,) of each image of the table, at least 0: an image is drawn in proportion to it.

    Returns:
        (k,) images, and (k,) how unlike each was to the ones before it, 0 to 1.
    """
    if not budget:
        return candidates[:0], np.zeros(0)
    part = _Part(table, candidates)
    rng = np.random.default_rng([seed, 3])
    picked = [0]
    far = [1.0]
    unlike = 1 - part.similarity(0)
    while len(picked) < budget:
        unlike[picked] = 0
        squares = unlike**2 * worth[candidates]
        total = float(squares.sum())
        if total > 0:
            at = int(rng.choice(len(candidates), p=squares / total))
        else:
            # All alike: in the order of difficulty.
            at = int(np.setdiff1d(np.arange(len(candidates)), picked)[0])
        picked.append(at)
        far.append(float(unlike[at]))
        unlike = np.minimum(unlike, 1 - part.similarity(at))
    return candidates[picked], np.array(far)


class _Part:
    """Boxes of some images, for similarities between one of them and all."""

    def __init__(self, table: BoxTable, images: IntArray) -> None:
        place = np.full(table.n_images, -1, np.int64)
        place[images] = np.arange(len(images))
        rows = np.flatnonzero(place[table.image] >= 0)
        rows = rows[np.argsort(place[table.image[rows]], kind="stable")]
        features = table.features
        self._image = place[table.image[rows]]
        self._number = table.number[rows]
        self._features = np.zeros((len(rows), 1), np.float32) if features is None else features[rows]
        self._weight = table.probabilities[rows, self._number]
        self._n = len(images)
        self._starts = np.searchsorted(self._image, np.arange(self._n + 1))
        self._total = np.bincount(self._image, self._weight, minlength=self._n)

    def similarity(self, at: int) -> FloatArray:
        """(n,) in [0, 1]: mean over the objects of both images of the cosine to the other's likest of the class."""
        mine = slice(int(self._starts[at]), int(self._starts[at + 1]))
        found = np.zeros(self._n)
        if mine.start == mine.stop or not self._total[at] > 0:
            return found
        alike = np.maximum(self._features @ self._features[mine].T, 0).astype(np.float64)
        alike[self._number[:, None] != self._number[mine][None]] = 0
        theirs = np.bincount(self._image, alike.max(axis=1) * self._weight, minlength=self._n)
        held = np.flatnonzero(np.diff(self._starts))
        best = np.maximum.reduceat(alike, self._starts[held], axis=0)
        found[held] = (best @ self._weight[mine]) / self._total[at] / 2
        found += theirs / np.maximum(self._total, 1e-12) / 2
        return np.clip(found, 0, 1)
