"""Toward a wished share of each class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread, prepare_pool
from whorl.selection.kernels_cover import share_out
from whorl.selection.kernels_far import farthest_first
from whorl.selection.types import Float32Array, FloatArray, IntArray, Pool, Selection, check_budget

# Times the wanted number: likeliest items of a class among which the picks are spread.
_SPREAD = 2


@dataclass(frozen=True, slots=True)
class ClassBalance:
    """Items of the classes of which there are too few labels, by what the model predicts.

    What each class lacks is counted from the labels (and the expected classes of pending items); the budget goes to the
    classes in proportion. Of a class, the likeliest items are taken, spread over what they look like. The model may
    be wrong about a class it hardly knows: expect less than the target there, and ask again after a round.

    Attributes:
        target: Wished share of each class, by name or number; classes left out get equal parts of what is left.
            None: equal shares of all.
    """

    target: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        shares = list((self.target or {}).values())
        if any(not math.isfinite(share) or share < 0 for share in shares) or sum(shares) > 1 + 1e-6:
            raise InvalidInput(f"target shares are {shares}", hint="Give shares of at least 0, 1 altogether at most.")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs probabilities, uses embeddings and labels. Ties: lower row."""
        budget = check_budget(pool.check(), budget)
        probabilities = pool.need_probabilities("class_balance")
        shares = self._shares(pool, probabilities.shape[1])
        if not budget:
            return explained(pool, [], np.zeros(0), [])
        have = _have(pool, probabilities.shape[1])
        lacking = np.maximum(shares * (have.sum() + budget) - have, 0)
        wanted = share_out(lacking, np.where(lacking > 0, pool.size, 0), budget, floor=None)
        rows = None if pool.embeddings is None else prepare_pool(pool, "class_balance")[0]
        chosen, classes = _pick(probabilities, wanted, rows, budget)
        found = np.asarray(probabilities[chosen, classes], np.float64)
        now = have / max(float(have.sum()), 1.0)
        reasons = [
            f"Likely {pool.class_name(number)} ({likely:.2f}), which has {now[number]:.0%} of the labels"
            f" and should have {shares[number]:.0%}."
            for number, likely in zip(classes.tolist(), found.tolist(), strict=True)
        ]
        facts = {
            "wanted_class": [pool.class_name(number) for number in classes.tolist()],
            "wanted_probability": found,
            "share": now[classes],
            "target": shares[classes],
        }
        return explained(pool, chosen, found, reasons, facts)

    def _shares(self, pool: Pool, n_classes: int) -> FloatArray:
        known = {pool.class_name(number): number for number in range(n_classes)}
        known.update({str(number): number for number in range(n_classes) if str(number) not in known})
        shares = np.full(n_classes, np.nan)
        for name, share in (self.target or {}).items():
            if name not in known:
                names = ", ".join(pool.class_name(number) for number in range(min(n_classes, 20)))
                raise InvalidInput(f"no class is called {name}; known: {names}")
            shares[known[name]] = share
        open_ = np.isnan(shares)
        if open_.any():
            shares[open_] = max(1 - float(np.nansum(shares)), 0.0) / int(open_.sum())
        total = float(shares.sum())
        return shares / total if total > 0 else np.full(n_classes, 1 / max(n_classes, 1))


def _have(pool: Pool, n_classes: int) -> FloatArray:
    have = np.zeros(n_classes)
    if pool.labelled_labels is not None:
        labels = pool.labelled_labels
        have += np.bincount(labels[(labels >= 0) & (labels < n_classes)], minlength=n_classes)
    if pool.pending_probabilities is not None and pool.pending_probabilities.shape[1:] == (n_classes,):
        have += pool.pending_probabilities.sum(axis=0)
    return have


def _pick(
    probabilities: FloatArray, wanted: IntArray, rows: Float32Array | None, budget: int
) -> tuple[IntArray, IntArray]:
    """(k,) rows and (k,) the class each is taken for, the classes in turn, those that want most first."""
    free = np.ones(len(probabilities), np.bool_)
    queues: list[tuple[float, int, int]] = []
    # The class with the fewest likely items chooses first: others have more to choose from.
    supply = probabilities.sum(axis=0)
    for number in np.argsort(supply, kind="stable").tolist():
        count = int(wanted[number])
        if not count:
            continue
        left = np.flatnonzero(free)
        size = min(len(left), _SPREAD * count)
        likely = probabilities[left, number]
        top = left[np.argpartition(-likely, size - 1)[:size]]
        top = top[np.lexsort((top, -probabilities[top, number]))]
        sure = top[probabilities[top, number] >= 0.5 * probabilities[top[0], number]]
        top = sure if len(sure) >= count else top[:count]
        if rows is not None and len(top) > count:
            top = top[np.sort(farthest_first(rows[top], rows[:0], count)[0])]
        free[top[:count]] = False
        queues += [((at + 0.5) / count, row, number) for at, row in enumerate(top[:count].tolist())]
    queues.sort()
    return (
        np.array([row for _, row, _ in queues[:budget]], np.int64),
        np.array([number for _, _, number in queues[:budget]], np.int64),
    )
