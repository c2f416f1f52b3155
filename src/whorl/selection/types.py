"""What a strategy takes and gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import InvalidInput, JsonValue

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class ImageBoxes:
    """What a detector found in one image.

    Attributes:
        probabilities: (k, c) of each box's classes; what a row lacks to 1 is the probability of nothing.
        features: (k, f) float32, what each box looks like; None where the detector gives none.
    """

    probabilities: FloatArray
    features: Float32Array | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ImageRegions:
    """Regions of one image (superpixels, or masks of a segmenter), and what a model says about each.

    Attributes:
        probabilities: (k, c) mean class probabilities of the pixels; rows sum to 1.
        centres: (k, 2) x and y as shares of width and height; None where unknown.
        areas: (k,) share of the image; None: all alike.
        numbers: (k,) int64, what the caller calls the regions; None: 0 to k - 1.
    """

    probabilities: FloatArray
    centres: FloatArray | None = None
    areas: FloatArray | None = None
    numbers: IntArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LinearHead:
    """The last layer of a classifier: logits are ``embeddings @ weights.T + bias``.

    Attributes:
        weights: (c, d).
        bias: (c,).
    """

    weights: FloatArray
    bias: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """What is known about n unlabelled items (rows in one order) and about the labelled ones.

    Attributes:
        size: n.
        embeddings: (n, d) float32, or float16, memory-mapped if they are many: strategies read them in blocks.
        probabilities: (n, c), the model's class probabilities; rows sum to 1.
        uncertainty: (n,), at least 0, higher is less sure; for models without class probabilities.
        labelled_embeddings: (m, d) float32, of the items labelled already.
        labelled_labels: (m,) int64, their classes.
        labelled_probabilities: (m, c), what models that did not train on the item said about it (out of fold); used to
            find out how far the probabilities can be trusted. None: the probabilities are taken at their word.
        n_labelled: How many items are labelled. None: as many as there are labelled embeddings.
        groups: The source of each pool item (a camera, a video), n entries.
        pending_embeddings: (p, d) float32, of items chosen already whose labels are still to come.
        pending_probabilities: (p, c) of the same items.
        is_reduced: The embeddings are principal components already (``SpaceVectors.reduced``), those of labelled,
            pending and examples too: distances are taken as they are. Otherwise rows get unit length first.
        votes: (s, n, c), s predictions of class probabilities by dropout, augmentation or an ensemble.
        head: The classifier's last layer, on the embeddings; ``disagreement`` makes votes with it.
        boxes: What a detector found in each item, n entries.
        class_difficulty: (c,) in [0, 1], how badly the detector does on each class; None: estimated from the boxes.
        regions: Regions of each item, n entries, for masks.
        examples: (e, d) float32, items to look alike.
        counter_examples: (e, d) float32, items not to look alike.
        class_names: c names, for sentences; None: class 0, class 1, …
        item_bytes: (n,) int64, for budgets in bytes.
        item_seconds: (n,) labelling time of each item, for budgets in seconds.
        duplicates: (n,) int64, the number of the group of near duplicates that the item is in, or -1.
        fields: For quotas: n values by name of the field.
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
    pending_embeddings: Float32Array | None = None
    pending_probabilities: FloatArray | None = None
    is_reduced: bool = False
    votes: FloatArray | None = None
    head: LinearHead | None = None
    boxes: Sequence[ImageBoxes] | None = None
    class_difficulty: FloatArray | None = None
    regions: Sequence[ImageRegions] | None = None
    examples: Float32Array | None = None
    counter_examples: Float32Array | None = None
    class_names: Sequence[str] | None = None
    item_bytes: IntArray | None = None
    item_seconds: FloatArray | None = None
    duplicates: IntArray | None = None
    fields: Mapping[str, Sequence[str]] | None = None

    @property
    def labelled_count(self) -> int:
        """How many items are labelled already."""
        if self.n_labelled is not None:
            return self.n_labelled
        return 0 if self.labelled_embeddings is None else len(self.labelled_embeddings)

    @property
    def known_embeddings(self) -> Float32Array | None:
        """(m + p, d) of what is labelled, then of what is pending; None where there is neither."""
        parts = [part for part in (self.labelled_embeddings, self.pending_embeddings) if part is not None and len(part)]
        if not parts:
            return None
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def check(self) -> Self:
        """The pool itself, when it is sound.

        Raises:
            InvalidInput: Lengths or widths disagree, a number is not finite, or one is below 0 that may not be.
        """
        for name in _ROWS:
            value = getattr(self, name)
            if value is not None and len(value) != self.size:
                raise InvalidInput(f"{len(value)} {name} for a pool of {self.size} items")
        if self.votes is not None and (self.votes.ndim != 3 or self.votes.shape[1] != self.size):
            raise InvalidInput(f"votes of shape {self.votes.shape} for a pool of {self.size} items")
        for field_name, values in (self.fields or {}).items():
            if len(values) != self.size:
                raise InvalidInput(f"{len(values)} values of field {field_name} for a pool of {self.size} items")
        for name in _FINITE:
            _check_finite(name, getattr(self, name))
        for name in ("uncertainty", "item_bytes", "item_seconds"):
            value = getattr(self, name)
            if value is not None and value.size and value.min() < 0:
                raise InvalidInput(f"{name}: row {int(value.argmin())} is below 0")
        self._check_widths()
        return self

    def _check_widths(self) -> None:
        if self.embeddings is not None:
            if self.embeddings.ndim != 2:
                raise InvalidInput(f"embeddings of shape {self.embeddings.shape}", hint="Give one row per item.")
            width = self.embeddings.shape[1]
            for name in ("labelled_embeddings", "pending_embeddings", "examples", "counter_examples"):
                other = getattr(self, name)
                if other is not None and len(other) and other.shape[1] != width:
                    kind = name.removesuffix("_embeddings")
                    raise InvalidInput(
                        f"pool embeddings have {width} columns, {kind} ones {other.shape[1]}",
                        hint="Embed both with the same model.",
                    )
        if self.labelled_labels is not None and self.labelled_embeddings is not None:
            a, b = len(self.labelled_labels), len(self.labelled_embeddings)
            if a != b:
                raise InvalidInput(f"{a} labelled_labels for {b} labelled_embeddings")
        if self.probabilities is not None and self.probabilities.ndim != 2:
            raise InvalidInput(f"probabilities of shape {self.probabilities.shape}", hint="Give one row per item.")

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

    def class_name(self, number: int) -> str:
        """The name of class ``number``, for sentences."""
        names = self.class_names
        return names[number] if names is not None and 0 <= number < len(names) else f"class {number}"

    def take(self, rows: IntArray) -> Pool:
        """The pool of these rows alone; what is no row of the pool (labelled, examples, head) stays."""
        taken = {name: _take(getattr(self, name), rows) for name in _ROWS}
        return replace(
            self,
            size=len(rows),
            votes=None if self.votes is None else self.votes[:, rows],
            fields=None if self.fields is None else {key: _take(found, rows) for key, found in self.fields.items()},
            **taken,
        )


_ROWS = (
    "embeddings",
    "probabilities",
    "uncertainty",
    "groups",
    "boxes",
    "regions",
    "item_bytes",
    "item_seconds",
    "duplicates",
)
_FINITE = (
    "embeddings",
    "probabilities",
    "uncertainty",
    "labelled_embeddings",
    "labelled_probabilities",
    "pending_embeddings",
    "pending_probabilities",
    "votes",
    "class_difficulty",
    "examples",
    "counter_examples",
    "item_seconds",
)
# Of one block of rows while numbers are checked.
_CHECKED_NUMBERS = 1 << 22


# Any: a row is a number, a vector, a string or a list of boxes; each field keeps its own type.
def _take(values: Any, rows: IntArray) -> Any:
    if values is None or isinstance(values, np.ndarray):
        return None if values is None else values[rows]
    return [values[row] for row in rows.tolist()]


def _check_finite(name: str, value: NDArray[np.floating] | None) -> None:
    if value is None or not value.size:
        return
    # In blocks: a million rows of 384 in one go are 400 MB of answers.
    block = max(1, _CHECKED_NUMBERS * len(value) // value.size)
    for start in range(0, len(value), block):
        bad = ~np.isfinite(value[start : start + block])
        if bad.any():
            row = start + int(np.argwhere(bad)[0][0])
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
        details: k objects with what the reason rests on; empty where a strategy says nothing. Known words:
            ``uncertainty``, ``gain``, ``distance`` and ``nearest_labelled`` (row of the labelled embeddings) or
            ``nearest_pending``, ``cluster`` and ``cluster_size``, ``predicted_class`` and ``probability``.
    """

    indices: IntArray
    scores: Float32Array
    reasons: list[str]
    is_random: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    details: list[dict[str, JsonValue]] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.is_random.size:
            object.__setattr__(self, "is_random", np.zeros(len(self.indices), dtype=np.bool_))
        if not self.details:
            object.__setattr__(self, "details", [{} for _ in range(len(self.indices))])

    @classmethod
    def of(
        cls,
        indices: Sequence[int] | IntArray,
        scores: NDArray[np.floating],
        reasons: list[str],
        *,
        random: bool = False,
        details: list[dict[str, JsonValue]] | None = None,
    ) -> Self:
        """A selection with the right dtypes."""
        chosen = np.asarray(indices, dtype=np.int64)
        is_random = np.full(chosen.size, random, dtype=np.bool_)
        return cls(chosen, np.asarray(scores, dtype=np.float32), reasons, is_random, details or [])


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
