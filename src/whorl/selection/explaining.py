"""Why an item was chosen: facts that hold whatever the strategy, beside what the strategy itself says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import JsonValue
from whorl.selection.kernels import unit_rows
from whorl.selection.types import FloatArray, IntArray, Pool, Selection

# Beyond so many pairs the nearest labelled item is left out: the choice must not wait for its explanation.
_MOST_PAIRS = 200_000_000
_BLOCK = 1024


def explained(
    pool: Pool,
    indices: IntArray | list[int],
    scores: NDArray[np.floating],
    reasons: list[str],
    facts: Mapping[str, Any] | None = None,
    *,
    random: bool = False,
) -> Selection:
    """A selection with details: what the pool says about each item, and ``facts`` by name, k values each.

    Facts that are None or not finite are left out of that row's details.
    """
    chosen = np.asarray(indices, dtype=np.int64)
    details: list[dict[str, JsonValue]] = [{} for _ in range(chosen.size)]
    columns = {**_common_facts(pool, chosen), **(facts or {})}
    for name, values in columns.items():
        plain = values.tolist() if isinstance(values, np.ndarray) else values
        for row, value in zip(details, plain, strict=True):
            if value is not None and not (isinstance(value, float) and not math.isfinite(value)):
                row[name] = round(value, 6) if isinstance(value, float) else value
    return Selection.of(chosen, scores, reasons, random=random, details=details)


# Any: numbers, names and lists, by the fact.
def _common_facts(pool: Pool, chosen: IntArray) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if not chosen.size:
        return facts
    if pool.probabilities is not None and pool.probabilities.shape[1]:
        found = np.asarray(pool.probabilities[chosen], np.float64)
        best = found.argmax(axis=1)
        facts["predicted_class"] = [pool.class_name(number) for number in best.tolist()]
        facts["probability"] = found[np.arange(len(best)), best]
        if found.shape[1] > 1:
            top = np.partition(found, -2, axis=1)[:, -2:]
            facts["uncertainty"] = 1 - np.abs(top[:, 1] - top[:, 0])
    elif pool.uncertainty is not None:
        facts["uncertainty"] = np.asarray(pool.uncertainty[chosen], np.float64)
    if pool.groups is not None:
        facts["group"] = [pool.groups[row] or None for row in chosen.tolist()]
    near = nearest_labelled(pool, chosen)
    if near is not None:
        facts["nearest_labelled"], facts["distance"] = near
    return facts


def nearest_labelled(pool: Pool, chosen: IntArray) -> tuple[IntArray, FloatArray] | None:
    """(k,) row of the nearest labelled embedding, and (k,) distance between unit vectors, 0 to 2.

    None without labelled embeddings, or when there are too many pairs to look at.
    """
    labelled = pool.labelled_embeddings
    if pool.embeddings is None or labelled is None or not len(labelled) or len(labelled) * chosen.size > _MOST_PAIRS:
        return None
    rows = np.asarray(pool.embeddings[chosen], np.float32)
    seen = np.asarray(labelled, np.float32)
    if not pool.is_reduced:
        rows, seen = unit_rows(rows), unit_rows(seen)
    squares = (seen * seen).sum(axis=1)
    nearest = np.zeros(len(rows), np.int64)
    distance = np.zeros(len(rows))
    for start in range(0, len(rows), _BLOCK):
        block = rows[start : start + _BLOCK]
        found = squares - 2 * (block @ seen.T)
        best = found.argmin(axis=1)
        nearest[start : start + _BLOCK] = best
        # From the difference itself: the product loses the small distances of near copies.
        distance[start : start + _BLOCK] = np.sqrt(((block - seen[best]) ** 2).sum(axis=1))
    return nearest, distance
