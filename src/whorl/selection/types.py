"""What a strategy takes and gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """What is known about n unlabelled items (rows in one order) and about the labelled ones.

    Attributes:
        size: n.
        embeddings: (n, d) float32.
        probabilities: (n, c), the model's class probabilities; rows sum to 1.
        uncertainty: (n,), at least 0, higher is less sure; for models without class probabilities.
        labelled_embeddings: (m, d) float32, of the items labelled already.
        labelled_labels: (m,) int64, their classes.
        labelled_probabilities: (m, c), what models that did not train on the item said about it (out of fold); used to
            find out how far the probabilities can be trusted. None: the probabilities are taken at their word.
        n_labelled: How many items are labelled. None: as many as there are labelled embeddings.
        groups: The source of each pool item (a camera, a video), n entries.
    """

    size: int
    embeddings: Float32Array | None = None
    probabilities: FloatArray | None = None
    uncertainty: FloatArray | None = None
    labelled_embeddings: Float32Array | None = None
    labelled_labels: IntArray | None = None
    labelled_probabilities: FloatArray | None = None
    n_labelled: int | None = None
    groups: Sequence[str] | None = None

    @property
    def labelled_count(self) -> int:
        """How many items are labelled already."""
        if self.n_labelled is not None:
            return self.n_labelled
        return 0 if self.labelled_embeddings is None else len(self.labelled_embeddings)

    def check(self) -> Self:
        """The pool itself, when it is sound.

        Raises:
            InvalidInput: Lengths or widths disagree, a number is not finite, or an uncertainty is below 0.
        """
        for name in ("embeddings", "probabilities", "uncertainty", "groups"):
            value = getattr(self, name)
            if value is not None and len(value) != self.size:
                raise InvalidInput(f"{len(value)} {name} for a pool of {self.size} items")
        for name in ("embeddings", "probabilities", "uncertainty", "labelled_embeddings", "labelled_probabilities"):
            _check_finite(name, getattr(self, name))
        if self.uncertainty is not None and self.uncertainty.size and self.uncertainty.min() < 0:
            raise InvalidInput(f"uncertainty: row {int(self.uncertainty.argmin())} is below 0")
        known, labelled = self.embeddings, self.labelled_embeddings
        if known is not None and labelled is not None and len(labelled) and known.shape[1] != labelled.shape[1]:
            raise InvalidInput(
                f"pool embeddings have {known.shape[1]} columns, labelled ones {labelled.shape[1]}",
                hint="Embed both with the same model.",
            )
        return self

    def need_embeddings(self, strategy: str) -> Float32Array:
        """The embeddings.

        Raises:
            InvalidInput: There are none.
        """
        if self.embeddings is None:
            raise InvalidInput(f"strategy {strategy} needs embeddings", hint="Run an embed step first, or use random.")
        return self.embeddings

    def need_probabilities(self, strategy: str) -> FloatArray:
        """The class probabilities.

        Raises:
            InvalidInput: There are none.
        """
        if self.probabilities is None:
            raise InvalidInput(
                f"strategy {strategy} needs class probabilities",
                hint="Predict with a classifier first, or use typical for a cold start.",
            )
        return self.probabilities

    def take(self, rows: IntArray) -> Pool:
        """The pool of these rows alone; the labelled items stay."""
        return replace(
            self,
            size=len(rows),
            embeddings=None if self.embeddings is None else self.embeddings[rows],
            probabilities=None if self.probabilities is None else self.probabilities[rows],
            uncertainty=None if self.uncertainty is None else self.uncertainty[rows],
            groups=None if self.groups is None else [self.groups[row] for row in rows.tolist()],
        )


def _check_finite(name: str, value: NDArray[np.floating] | None) -> None:
    if value is None:
        return
    bad = ~np.isfinite(value)
    if bad.any():
        row = int(np.argwhere(bad)[0][0])
        raise InvalidInput(
            f"{name}: row {row} holds a number that is not finite", hint="Leave the item out, or embed it again."
        )


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The chosen rows of a pool, best first.

    Attributes:
        indices: (k,) int64, each once.
        scores: (k,) float32; what the strategy ranked by, comparable within one selection only.
        reasons: k sentences, why this item.
        is_random: (k,) bool, whether the item was drawn uniformly, and may stand for the pool in an estimate.
    """

    indices: IntArray
    scores: Float32Array
    reasons: list[str]
    is_random: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    @classmethod
    def of(
        cls,
        indices: Sequence[int] | IntArray,
        scores: NDArray[np.floating],
        reasons: list[str],
        *,
        random: bool = False,
    ) -> Self:
        """A selection with the right dtypes."""
        chosen = np.asarray(indices, dtype=np.int64)
        return cls(chosen, np.asarray(scores, dtype=np.float32), reasons, np.full(chosen.size, random, dtype=np.bool_))


@runtime_checkable
class Strategy(Protocol):
    """Chooses items; a frozen dataclass that stores parameters. Check yours with ``whorl.testing.strategies``."""

    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """The chosen rows, at most ``budget``, best first, the same for the same arguments.

        Raises:
            InvalidInput: The pool lacks something or holds numbers that are not finite, or the budget is negative.
        """
        ...


def check_budget(pool: Pool, budget: int) -> int:
    """The budget, at most the size of the pool.

    Raises:
        InvalidInput: It is negative.
    """
    if budget < 0:
        raise InvalidInput(f"budget is {budget}", hint="Give a budget of at least 0.")
    return min(budget, pool.size)


def best_first(scores: NDArray[np.floating], budget: int, seed: int) -> IntArray:
    """Positions of the highest scores; ties in an order drawn from the seed, so that no source is favoured."""
    shuffled = np.random.default_rng(seed).permutation(scores.size)
    chosen: IntArray = shuffled[np.argsort(-scores[shuffled], kind="stable")][:budget].astype(np.int64)
    return chosen
