"""``builtin:linear`` on feature rows: one label an item, or several."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.builtin.rows import RowHead, fit_rows
from whorl.selection.types import Float32Array, IntArray, Pool

_DIMENSIONS = 128
_SAMPLE = 1024


@dataclass(frozen=True, eq=False)
class LinearLearner:
    """A logistic head on frozen features; the metric is accuracy.

    Args:
        features: float32 (n, d), of the head and of the strategies.
        targets: (n,) class of each item.
        classes: Names in the order of the targets.
        groups: (n,) codes; None puts each item into a group of its own.
        sources: The camera, folder or video of each item, for strategies that spread over sources.
    """

    features: Float32Array
    targets: IntArray
    classes: tuple[str, ...]
    group_codes: IntArray | None = None
    sources: tuple[str, ...] | None = None
    task: str = field(default="classification", init=False)
    metric_name: str = field(default="accuracy", init=False)

    def __post_init__(self) -> None:
        _check_rows(self.features, len(self.targets))
        if len(np.unique(self.targets)) < 2:
            raise InvalidInput(
                "all items have one class: there is nothing to learn", hint="A simulation needs two classes or more."
            )

    @cached_property
    def embeddings(self) -> Float32Array:
        """(n, k) what strategies see: the features, rotated to at most 128 dimensions that keep their cosines.

        Done once for all rounds: strategies would do it again in each of a hundred.
        """
        return _rotated(self.features)

    @property
    def groups(self) -> IntArray:
        """See ``Learner``."""
        return np.arange(len(self.targets)) if self.group_codes is None else self.group_codes

    def fit(self, rows: IntArray, *, seed: int) -> LinearFit:
        """See ``Learner``."""
        head = fit_rows(self.features[rows], self.targets[rows], classes=len(self.classes), seed=seed)
        return LinearFit(self, head)

    def pool(self, fitted: LinearFit | None, unlabelled: IntArray, labelled: IntArray) -> Pool:
        """See ``Learner``: embeddings, calibrated probabilities, the labelled with out-of-fold probabilities."""
        held_out = None if fitted is None else fitted.head.out_of_fold
        return Pool(
            size=len(unlabelled),
            embeddings=self.embeddings[unlabelled],
            probabilities=None if fitted is None else fitted.head.probabilities(self.features[unlabelled]),
            labelled_embeddings=self.embeddings[labelled],
            labelled_labels=self.targets[labelled],
            labelled_probabilities=held_out,
            n_labelled=len(labelled),
            groups=None if self.sources is None else [self.sources[row] for row in unlabelled.tolist()],
        )


@dataclass(frozen=True, eq=False)
class LinearFit:
    """A fitted head."""

    learner: LinearLearner
    head: RowHead

    def score(self, test: IntArray) -> float:
        """Accuracy."""
        said = self.head.probabilities(self.learner.features[test]).argmax(axis=1)
        return float((said == self.learner.targets[test]).mean())


def _check_rows(features: Float32Array, n: int) -> None:
    if features.ndim != 2 or len(features) != n:
        raise InvalidInput(f"features of shape {features.shape} for {n} items")
    if not np.isfinite(features).all():
        raise InvalidInput("features hold a number that is not finite", hint="Embed these images again.")


def _rotated(features: Float32Array) -> Float32Array:
    """Unit rows along their principal axes about the origin, so that cosines stay what they are."""
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    unit = (features / np.where(norms > 0, norms, 1)).astype(np.float32)
    if unit.shape[1] <= _DIMENSIONS:
        return unit
    sample = unit[:: max(1, len(unit) // _SAMPLE)].astype(np.float64)
    if len(sample) < unit.shape[1]:
        values, left = np.linalg.eigh(sample @ sample.T)
        keep = np.argsort(-values)[:_DIMENSIONS]
        keep = keep[values[keep] > 1e-9 * max(float(values.max()), 1e-12)]
        axes = sample.T @ left[:, keep] / np.sqrt(values[keep])
    else:
        axes = np.linalg.eigh(sample.T @ sample)[1][:, -_DIMENSIONS:]
    return np.asarray(unit @ axes.astype(np.float32), np.float32)
