"""A head fitted on what is labelled stands in for a model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.selection.bodies import Request, choose_body
from whorl.selection.budgets import Budget
from whorl.selection.heads import LEAST_LABELLED, with_head
from whorl.selection.types import Pool
from whorl.testing.strategies import make_pool


def unasked(n: int = 200, *, labelled: int = 40) -> Pool:
    """A pool with vectors and labels, of which no model has said anything."""
    return replace(
        make_pool(n, labelled=labelled),
        probabilities=None,
        uncertainty=None,
        labelled_probabilities=None,
        head=None,
        boxes=None,
    )


def test_with_head__says_of_each_item_what_the_labelled_ones_teach() -> None:
    pool = unasked()
    known = with_head(pool)
    assert known.probabilities is not None
    assert known.head is not None
    assert known.labelled_probabilities is not None
    assert known.labelled_labels is not None
    assert pool.embeddings is not None
    np.testing.assert_allclose(known.probabilities.sum(axis=1), 1, atol=1e-9)
    # Out of fold, so that what is held out is told from its cluster and not by heart.
    assert (known.labelled_probabilities.argmax(axis=1) == known.labelled_labels).mean() > 0.9
    logits = pool.embeddings @ known.head.weights.T + known.head.bias
    assert (logits.argmax(axis=1) == known.probabilities.argmax(axis=1)).all()


@pytest.mark.parametrize(
    "pool",
    [
        make_pool(30),
        unasked(labelled=LEAST_LABELLED - 1),
        replace(unasked(), labelled_labels=np.zeros(40, np.int64)),
        replace(unasked(), labelled_labels=np.r_[-1, np.arange(39) % 2]),
        replace(unasked(), embeddings=None, labelled_embeddings=None),
        replace(unasked(), labelled_labels=None),
    ],
    ids=["a model was asked", "too few", "one class", "one without a class", "no vectors", "no labels"],
)
def test_with_head__leaves_other_pools_as_they_are(pool: Pool) -> None:
    assert with_head(pool) is pool


def test_choose_body__learns_when_it_is_told_to() -> None:
    request = Request("margin", Budget(count=10), random_share=0, learns=True)
    chosen = choose_body(unasked(), request).selection
    known = with_head(unasked())
    assert known.probabilities is not None
    top = np.sort(known.probabilities, axis=1)
    margins = top[:, -1] - top[:, -2]
    # Ties aside, the ten narrowest margins of the pool.
    assert margins[chosen.indices].max() <= np.sort(margins)[9] + 1e-12
