"""Images for a detector: hard ones that differ from each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.selection.explaining import explained
from whorl.selection.kernels import one_blas_thread
from whorl.selection.strategies.detection_boxes import (
    BoxTable,
    box_table,
    hardest_class,
    image_difficulty,
    spread_images,
)
from whorl.selection.strategies.herding import Herding
from whorl.selection.strategies.stratified import Stratified
from whorl.selection.types import FloatArray, IntArray, Pool, Selection, best_first, check_budget

# Images that are compared box by box; more are compared by their embeddings.
_MOST_COMPARED = 8000


@dataclass(frozen=True, slots=True)
class Detection:
    """Images whose boxes are hardest, thinned to those whose objects look unlike each other.

    Two stages: ``candidates`` times the budget of the images with the hardest boxes, where a box counts by its entropy
    and by how hard its class is for the detector; then k-means++ among them, weighted by hardness, where two images are
    as similar as their objects of the same class. Without boxes, ``Pool.uncertainty`` ranks; without features of the
    boxes, embeddings and coverage thin.

    Below ``min_labelled`` labelled images, doubts of a detector have no proven use: the smallest training sets with a
    published gain hold 500 images (CALD), and naive uncertainty lost to chance. Coverage alone did gain from 200 on
    (MaxHerding), so images are drawn evenly from the sources, and herding without a model picks among those; the
    reasons say so.

    Attributes:
        min_labelled: Labelled images from which doubts are believed.
        candidates: At least 1.

    Source: C. Yang et al., https://arxiv.org/abs/2211.11612 (PPAL); the threshold is a house rule from the budgets in
    W. Yu et al., https://arxiv.org/abs/2103.10374 (CALD), and W. Bae et al., https://arxiv.org/abs/2407.12212.
    """

    min_labelled: int = 500
    candidates: int = 4

    def __post_init__(self) -> None:
        if self.candidates < 1:
            raise InvalidInput(f"candidates is {self.candidates}", hint="Give at least 1.")

    @one_blas_thread()
    def __call__(self, pool: Pool, budget: int, seed: int) -> Selection:
        """See ``Strategy``; needs boxes or uncertainty from ``min_labelled`` labels on, uses embeddings and groups."""
        budget = check_budget(pool.check(), budget)
        size = min(pool.size, self.candidates * budget)
        if pool.labelled_count < self.min_labelled:
            why = f"Fewer than {self.min_labelled} labelled images: spread over the sources, not by uncertainty."
            plain = replace(pool, uncertainty=None, probabilities=None)
            return _thin(plain, Stratified()(pool, size, seed).indices, budget, seed, why, {})
        if pool.boxes is not None:
            return _by_boxes(pool, box_table(pool.boxes), size, budget, seed)
        if pool.uncertainty is None:
            raise InvalidInput(
                "strategy detection needs the boxes or the uncertainty of each image",
                hint="Predict first, and pass the boxes, or image_uncertainty of their scores.",
            )
        hard = best_first(np.asarray(pool.uncertainty, np.float64), size, seed)
        return _thin(pool, hard, budget, seed, "Uncertain boxes, unlike the others picked.", {})


def image_uncertainty(scores: Sequence[FloatArray], *, how: Literal["sum", "mean"] = "sum") -> FloatArray:
    """(n,) uncertainty of images from the scores of their boxes.

    A box counts 1 at score 0.5 and 0 at scores 0 and 1. ``sum`` likes crowded images, ``mean`` does not. An image
    without boxes counts 0.
    """
    doubts = [1.0 - np.abs(2.0 * np.asarray(found, dtype=np.float64) - 1.0) for found in scores]
    return np.array([(d.sum() if how == "sum" else d.mean()) if d.size else 0.0 for d in doubts], dtype=np.float64)


def _by_boxes(pool: Pool, table: BoxTable, size: int, budget: int, seed: int) -> Selection:
    worth = image_difficulty(table, pool.class_difficulty)
    hard = best_first(worth, size, seed)
    counts = np.bincount(table.image, minlength=pool.size)
    hardest = hardest_class(table, pool.class_difficulty, pool.size)
    names = [pool.class_name(number) if number >= 0 else None for number in hardest.tolist()]
    columns = {"boxes": counts, "uncertainty": worth, "hardest_class": np.array(names, dtype=object)}
    if table.features is None or len(hard) > _MOST_COMPARED:
        why = "Uncertain boxes, unlike the others picked."
        return _thin(replace(pool, uncertainty=worth), hard, budget, seed, why, columns)
    chosen, far = spread_images(table, hard, worth, budget, seed)
    reasons = [
        _sentence(int(counts[row]), names[row], way) for row, way in zip(chosen.tolist(), far.tolist(), strict=True)
    ]
    return explained(pool, chosen, worth[chosen], reasons, {**_at(columns, chosen), "unlike": far})


def _sentence(count: int, name: str | None, unlike: float) -> str:
    if not count:
        return "No boxes were found in it."
    return f"{count} box{'' if count == 1 else 'es'}, the hardest of {name}; {unlike:.2f} unlike the others picked."


def _thin(pool: Pool, candidates: IntArray, budget: int, seed: int, why: str, columns: dict[str, Any]) -> Selection:
    if pool.embeddings is None:
        chosen = candidates[:budget]
        scores = np.zeros(len(chosen)) if pool.uncertainty is None else pool.uncertainty[chosen]
        return explained(pool, chosen, scores, [why] * len(chosen), _at(columns, chosen))
    rows = np.sort(candidates)
    # Boxes' uncertainty decides here, not class probabilities of the whole image.
    found = Herding()(replace(pool.take(rows), probabilities=None), budget, seed)
    chosen = rows[found.indices]
    gains = [one.get("gain") for one in found.details]
    return explained(pool, chosen, found.scores, [why] * len(chosen), {**_at(columns, chosen), "gain": gains})


# Any: numbers and names, by column.
def _at(columns: dict[str, Any], rows: IntArray) -> dict[str, Any]:
    return {name: values[rows] for name, values in columns.items()}
