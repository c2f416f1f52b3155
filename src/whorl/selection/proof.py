"""What choosing saved, measured on the labels of a selection itself: its chosen part against its random slice.

Both parts train the same head on the same vectors, with equal numbers of labels on top of what was labelled before.
Both are tested on the same images: the test subset where it is labelled, else the random slice, of which nobody trains
on what it is tested on. Pure numpy; some seconds.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.builtin.logistic import cross_validate, fit_logistic
from whorl.models.evaluation.bootstrap import group_codes
from whorl.schemas.selecting import SelectionProof
from whorl.selection.forecast import marginal_value
from whorl.selection.savings import labels_to_reach, rising
from whorl.selection.types import BoolArray, Float32Array, FloatArray, IntArray

LEAST = 20
"""Labelled items that each part needs before anything is said."""
LEAST_TEST = 30
"""Labelled test items from which the test subset is believed rather than the random slice."""
_FOLDS = 4
_ORDERS = 5
_ROUNDS = 6
_RESAMPLES = 40
_STEPS = 50
_DIMENSIONS = 64


@dataclass(frozen=True, slots=True, eq=False)
class ProofRows:
    """Labelled items by part, in one space of vectors.

    Attributes:
        rows: float32 (n, d).
        targets: (n,) classes, 0 to c - 1.
        chosen: Rows of the chosen part, best first.
        drawn: Rows of the random slice.
        before: Rows that were labelled before.
        test: Rows of the test subset; empty where there is none.
        groups: What test images are resampled together, n entries.
        space: Name of the space.
    """

    rows: Float32Array
    targets: IntArray
    chosen: IntArray
    drawn: IntArray
    before: IntArray
    test: IntArray
    groups: Sequence[Hashable]
    space: str


def measure_proof(part: ProofRows, *, seed: int = 0) -> SelectionProof:
    """Measure the saving of the chosen part against the random slice, with its interval. Runs in a worker process.

    The interval is that of resampled labels and test images together: both parts' items are drawn again with
    replacement, since another day's choice and another day's chance would have given others.

    Raises:
        InvalidInput: A part is smaller than ``LEAST``.
    """
    if min(len(part.chosen), len(part.drawn)) < LEAST:
        raise InvalidInput(f"{len(part.chosen)} chosen and {len(part.drawn)} drawn items: {LEAST} of each are needed")
    has_test = len(part.test) >= LEAST_TEST
    bench = _Bench(part, part.test if has_test else part.drawn, is_inside=not has_test)
    sizes = _sizes(part)
    rng = np.random.default_rng(seed)
    by_choice = bench.curve(part.chosen, sizes).mean(axis=1)
    by_chance = np.mean([bench.curve(rng.permutation(part.drawn), sizes).mean(axis=1) for _ in range(_ORDERS)], axis=0)
    savings = _resampled(bench, sizes, rng)
    saving = _saving(by_choice, by_chance, sizes)
    low, high = (float(one) for one in np.quantile([*savings, saving.value], [0.025, 0.975]))
    saving = replace(saving, low=min(low, saving.value), high=max(high, saving.value))
    next_hundred = marginal_value(sizes, by_choice, seed=seed).value
    return SelectionProof(
        status="ready",
        message=_message(part, saving, int(sizes[-1]), len(bench.tested), has_test=has_test),
        metric_name="accuracy",
        n_chosen=len(part.chosen),
        n_random=len(part.drawn),
        n_test=len(bench.tested),
        chosen=_points(sizes, by_choice),
        random=_points(sizes, by_chance),
        saving=saving.value,
        low=saving.low,
        high=saving.high,
        next_hundred=next_hundred,
        advice=_advice(saving, next_hundred),
    )


@dataclass(frozen=True, slots=True)
class _Saving:
    """One minus labels of the choice divided by labels of chance, at the lower of their last accuracies."""

    value: float
    target: float
    n_choice: float
    n_chance: float
    low: float = float("nan")
    high: float = float("nan")


class _Bench:
    """Trains heads on some of a proof's rows, and says where they are right."""

    def __init__(self, part: ProofRows, tested: IntArray, *, is_inside: bool) -> None:
        self.part = part
        self.tested = tested
        self._rows = _standard(part.rows)
        self._folds = np.arange(len(tested)) % _FOLDS if is_inside else np.zeros(len(tested), np.int64)
        self._is_inside = is_inside
        everything = np.concatenate([part.before, part.chosen, part.drawn])
        codes = np.unique(part.targets[everything], return_inverse=True)[1].astype(np.int64)
        x = self._rows[everything].astype(np.float64)
        self._c = cross_validate(x, codes, classes=int(codes.max()) + 1, folds=3, seed=0).c if codes.max() else 1.0

    def curve(self, learned: IntArray, sizes: IntArray, rng: np.random.Generator | None = None) -> FloatArray:
        """(rounds, tested) 1 where right, after the first so many of these rows.

        Where the slice tests itself, what is tested is left out of what is learned.

        Args:
            rng: Draws each round's rows again, with replacement.
        """
        found = np.zeros((len(sizes), len(self.tested)))
        leaves_out = self._is_inside and bool(np.isin(learned, self.tested).any())
        for fold in np.unique(self._folds).tolist() if leaves_out else [None]:
            here = np.ones(len(self.tested), np.bool_) if fold is None else self._folds == fold
            free = learned if fold is None else learned[~np.isin(learned, self.tested[here])]
            for at, size in enumerate(sizes.tolist()):
                some = free[:size]
                some = some if rng is None else rng.choice(some, len(some))
                found[at, here] = self._right(some, self.tested[here])
        return found

    def _right(self, learned: IntArray, tested: IntArray) -> BoolArray:
        targets = self.part.targets
        seen = np.concatenate([self.part.before, learned])
        classes = np.unique(targets[seen])
        if len(classes) < 2:
            return np.asarray(targets[tested] == classes[0])
        codes = np.searchsorted(classes, targets[seen])
        x = self._rows[seen].astype(np.float64)
        head = fit_logistic(x, codes, classes=len(classes), c=self._c, iterations=_STEPS)
        said = classes[head.logits(self._rows[tested].astype(np.float64)).argmax(axis=1)]
        return np.asarray(said == targets[tested])


def _resampled(bench: _Bench, sizes: IntArray, rng: np.random.Generator) -> list[float]:
    """The saving of each of many draws of labels and test images."""
    part = bench.part
    codes = group_codes([part.groups[row] for row in bench.tested.tolist()], len(bench.tested))
    n_groups = int(codes.max()) + 1
    found: list[float] = []
    for _ in range(_RESAMPLES):
        weights = np.bincount(rng.integers(0, n_groups, n_groups), minlength=n_groups)[codes].astype(np.float64)
        if not weights.any():
            continue
        choice = bench.curve(part.chosen, sizes, rng) @ weights / weights.sum()
        chance = bench.curve(rng.permutation(part.drawn), sizes, rng) @ weights / weights.sum()
        value = _saving(choice, chance, sizes).value
        if np.isfinite(value):
            found.append(value)
    return found


def _saving(choice: FloatArray, chance: FloatArray, sizes: IntArray) -> _Saving:
    both = rising(np.stack([choice, chance]))
    target = float(both[:, -1].min())
    n_choice, n_chance = (float(labels_to_reach(one[None, :], sizes, target)[0]) for one in both)
    return _Saving(1 - n_choice / n_chance, target, n_choice, n_chance)


def _points(sizes: IntArray, curve: FloatArray) -> list[tuple[int, float]]:
    return [(int(size), round(float(value), 4)) for size, value in zip(sizes, curve, strict=True)]


def _sizes(part: ProofRows) -> IntArray:
    """Label counts at which both parts are compared: as far as the smaller of them goes."""
    held_out = 0 if len(part.test) >= LEAST_TEST else -(-len(part.drawn) // _FOLDS)
    most = min(len(part.chosen), len(part.drawn) - held_out)
    return np.unique(np.geomspace(min(5, most), most, _ROUNDS).round().astype(np.int64))


def _standard(rows: Float32Array) -> Float32Array:
    """Principal components of about unit scale: hundreds of heads are fitted on them."""
    centred = rows - rows.mean(axis=0)
    _, _, axes = np.linalg.svd(centred[:: max(1, len(rows) // 2048)], full_matrices=False)
    turned = centred @ axes[:_DIMENSIONS].T
    return np.asarray(turned / max(float(turned.std(axis=0).max()), 1e-9), np.float32)


def _message(part: ProofRows, saving: _Saving, most: int, n_test: int, *, has_test: bool) -> str:
    on = f"{n_test} items of the test subset" if has_test else f"the {n_test} items drawn at random, in turn"
    before = f" on top of {len(part.before):,} labelled before" if len(part.before) else ""
    return (
        f"Up to {most} labels{before}, a linear head on {part.space}, tested on {on}: the choice needs "
        f"{saving.n_choice:.0f} labels where chance needs {saving.n_chance:.0f} for an accuracy of "
        f"{saving.target:.3f}. The interval covers which items were chosen, drawn and tested on; nothing is said "
        "beyond so many labels."
    )


def _advice(saving: _Saving, next_hundred: float | None) -> str:
    parts = []
    if saving.low > 0:
        parts.append("It paid: the whole interval lies above no saving.")
    elif saving.high < 0:
        parts.append("Chance did better here: try another strategy, or another embedding space.")
    else:
        parts.append("Not proven either way: the interval includes no saving. More labelled random items narrow it.")
    if next_hundred is not None:
        parts.append(f"The next 100 labels promise {100 * next_hundred:+.1f} points of accuracy.")
    return " ".join(parts)
