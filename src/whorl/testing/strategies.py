"""The contract of a selection strategy, as a check that anybody can run on theirs."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.types import ImageBoxes, ImageRegions, LinearHead, Pool, Selection, Strategy

_CLASSES = 4
_DIMENSIONS = 16


def make_pool(n: int = 60, *, labelled: int = 24, seed: int = 0) -> Pool:
    """A pool in which everything is known: clusters, probabilities, uncertainty, labels, sources, boxes, regions."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(_CLASSES, _DIMENSIONS))
    labels = rng.integers(0, _CLASSES, n)
    labelled_labels = np.arange(labelled) % _CLASSES
    logits = rng.normal(size=(n, _CLASSES)) + 2 * np.eye(_CLASSES)[labels]
    powers = np.exp(logits)
    outside = np.exp(rng.normal(size=(labelled, _CLASSES)) + 2 * np.eye(_CLASSES)[labelled_labels])
    return Pool(
        size=n,
        embeddings=(centres[labels] + 0.3 * rng.normal(size=(n, _DIMENSIONS))).astype(np.float32),
        probabilities=powers / powers.sum(axis=1, keepdims=True),
        uncertainty=rng.random(n),
        labelled_embeddings=(centres[labelled_labels] + 0.3 * rng.normal(size=(labelled, _DIMENSIONS))).astype(
            np.float32
        ),
        labelled_labels=labelled_labels.astype(np.int64),
        labelled_probabilities=outside / outside.sum(axis=1, keepdims=True),
        groups=[f"camera {at}" for at in rng.integers(0, 3, n)],
        votes=rng.dirichlet(np.ones(_CLASSES), size=(5, n)),
        head=LinearHead(weights=centres, bias=np.zeros(_CLASSES)),
        boxes=[_make_boxes(rng) for _ in range(n)],
        regions=[_make_regions(rng) for _ in range(n)],
        examples=centres[:2].astype(np.float32),
        counter_examples=centres[3:].astype(np.float32),
        class_names=["ant", "bee", "cat", "dog"],
    )


def _make_boxes(rng: np.random.Generator) -> ImageBoxes:
    count = int(rng.integers(0, 5))
    features = rng.normal(size=(count, 8)).astype(np.float32)
    return ImageBoxes(rng.dirichlet(np.ones(_CLASSES), size=count), features)


def _make_regions(rng: np.random.Generator) -> ImageRegions:
    count = int(rng.integers(0, 6))
    return ImageRegions(rng.dirichlet(np.ones(_CLASSES), size=count), rng.random((count, 2)), rng.random(count) / 6)


def check_strategy(strategy: Strategy) -> None:
    """Run the contract; silent when it holds.

    Checked: a frozen dataclass; the same arguments give the same selection; unique rows inside the pool, as many as the
    budget and the pool allow, int64, with a finite float32 score, a reason and details that fit into JSON each; empty
    pools, pools of one, budgets of zero and beyond the pool, no labels yet, items that are all alike, vectors of zeros,
    half precision; NaN embeddings, an infinite uncertainty and negative budgets refused; the pool left as it was.

    Raises:
        AssertionError: A promise is broken; the message says which.
    """
    _check_is_frozen(strategy)
    pool = make_pool()
    for budget in (0, 1, 7, pool.size, pool.size + 10):
        _check_selection(strategy, pool, budget, f"budget {budget} of {pool.size} items")
    alike = replace(
        pool,
        embeddings=np.ones((pool.size, _DIMENSIONS), np.float32),
        probabilities=np.full((pool.size, _CLASSES), 1 / _CLASSES),
        uncertainty=np.zeros(pool.size),
    )
    assert pool.embeddings is not None
    assert pool.probabilities is not None
    half_zero = pool.embeddings.copy()
    half_zero[::2] = 0
    cases = {
        "vectors of zeros": replace(pool, embeddings=half_zero),
        "half precision": replace(pool, embeddings=pool.embeddings.astype(np.float16)),
        "items that are pending": replace(
            pool, pending_embeddings=pool.embeddings[:3], pending_probabilities=pool.probabilities[:3]
        ),
        "components instead of embeddings": replace(pool, is_reduced=True),
        "an empty pool": pool.take(np.zeros(0, np.int64)),
        "a pool of one": pool.take(np.array([3])),
        "items that are all alike": alike,
        "no labelled items": replace(pool, labelled_embeddings=None, labelled_labels=None, labelled_probabilities=None),
        "a labelled set without rows": make_pool(labelled=0),
        "many labelled items": replace(pool, n_labelled=100_000),
    }
    for name, case in cases.items():
        _check_selection(strategy, case, 5, name)
    _check_refuses(strategy, _with_nan(pool), 5, "NaN in the embeddings")
    _check_refuses(strategy, replace(pool, uncertainty=np.full(pool.size, np.inf)), 5, "an infinite uncertainty")
    _check_refuses(strategy, pool, -1, "a negative budget")


def _check_is_frozen(strategy: object) -> None:
    name = type(strategy).__name__
    _expect(is_dataclass(strategy), f"{name} is not a dataclass: its parameters cannot be stored")
    how = getattr(strategy, "__dataclass_params__", None)
    _expect(getattr(how, "frozen", False), f"{name} is not frozen: a call could change the next one")


def _check_selection(strategy: Strategy, pool: Pool, budget: int, name: str) -> None:
    before = _bytes(pool)
    found = strategy(pool, budget, 3)
    _expect(_bytes(pool) == before, f"{name}: the pool was changed")
    expected = min(budget, pool.size)
    _expect(found.indices.dtype == np.int64, f"{name}: indices are {found.indices.dtype}, not int64")
    _expect(found.scores.dtype == np.float32, f"{name}: scores are {found.scores.dtype}, not float32")
    _expect(len(found.indices) == expected, f"{name}: {len(found.indices)} rows chosen, {expected} possible")
    _expect(len(set(found.indices.tolist())) == expected, f"{name}: a row is chosen twice")
    inside = ((found.indices >= 0) & (found.indices < pool.size)).all()
    _expect(bool(inside), f"{name}: a row is outside the pool")
    lengths = (len(found.scores), len(found.reasons), len(found.is_random), len(found.details))
    _expect(lengths == (expected,) * 4, f"{name}: scores, reasons, is_random and details have lengths {lengths}")
    _expect(_is_json(found.details), f"{name}: details do not fit into JSON")
    _expect(bool(np.isfinite(found.scores).all()), f"{name}: a score is not finite")
    _expect(all(found.reasons), f"{name}: a reason is empty")
    again = strategy(pool, budget, 3)
    _expect(_same(found, again), f"{name}: the same arguments gave another selection")


# Any: JSON of any kind.
def _is_json(details: Any) -> bool:
    try:
        json.dumps(details, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _check_refuses(strategy: Strategy, pool: Pool, budget: int, name: str) -> None:
    try:
        strategy(pool, budget, 0)
    except InvalidInput:
        return
    raise AssertionError(f"{name} was not refused with InvalidInput")


def _with_nan(pool: Pool) -> Pool:
    embeddings = np.zeros((pool.size, _DIMENSIONS), np.float32)
    embeddings[2, 1] = np.nan
    return replace(pool, embeddings=embeddings)


def _bytes(pool: Pool) -> tuple[bytes | str, ...]:
    values = (getattr(pool, found.name) for found in fields(pool))
    return tuple(v.tobytes() if isinstance(v, np.ndarray) else repr(v) for v in values)


def _same(a: Selection, b: Selection) -> bool:
    return bool(np.array_equal(a.indices, b.indices) and np.array_equal(a.scores, b.scores) and a.reasons == b.reasons)


def _expect(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)
