"""What a linear head says of a pool, fitted on the vectors of what is labelled: doubts without asking a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from whorl.models.builtin.rows import fit_rows
from whorl.selection.types import FloatArray, LinearHead, Pool

LEAST_LABELLED = 10
"""Labelled items, of two classes or more, from which a head is fitted."""
_BLOCK = 16_384


def with_head(pool: Pool, *, seed: int = 0) -> Pool:
    """The pool with class probabilities, those of the labelled items out of fold, and the head itself.

    The head is that of ``builtin:linear`` on the pool's own vectors, which is what simulations replay. A pool that has
    probabilities or boxes from a model already, no vectors, or too few labels of one class each, stays as it is.
    """
    rows, labels = pool.labelled_embeddings, pool.labelled_labels
    if pool.probabilities is not None or pool.boxes is not None or pool.embeddings is None:
        return pool
    if rows is None or labels is None or len(labels) < LEAST_LABELLED or labels.min() < 0:
        return pool
    if len(np.unique(labels)) < 2:
        return pool
    classes = max(int(labels.max()) + 1, len(pool.class_names or ()))
    head = fit_rows(np.asarray(rows, np.float32), labels, classes=classes, seed=seed)
    said = [np.zeros((0, classes))]
    for start in range(0, pool.size, _BLOCK):
        said.append(head.probabilities(np.asarray(pool.embeddings[start : start + _BLOCK], np.float32)))
    weights: FloatArray = head.projection.matrix @ head.weights
    return replace(
        pool,
        probabilities=np.concatenate(said),
        labelled_probabilities=head.out_of_fold,
        head=LinearHead(weights.T, head.bias - head.projection.mean @ weights),
    )
