"""The part of a selection that runs in a worker process: predictions in, chosen rows out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.models.types import ClassProbabilities, Detections, Prediction
from whorl.selection import Pool, Selection, get_strategy, select
from whorl.selection.strategies.detection import image_uncertainty


def choose_body(
    strategy: str,
    pool_rows: NDArray[np.float32],
    labelled_rows: NDArray[np.float32],
    predictions: Sequence[Prediction] | None,
    groups: Sequence[str],
    budget: int,
    random_share: float,
    seed: int,
) -> Selection:
    """Choose rows of the pool.

    Args:
        pool_rows: (n, d) embeddings of the pool.
        labelled_rows: (m, d) embeddings of what is labelled already.
        predictions: One per pool row, or None before the first model.
        groups: The source of each pool row; all empty when unknown.
        budget: Most rows to choose.
    """
    probabilities, uncertainty = _doubts(predictions)
    pool = Pool(
        size=len(pool_rows),
        embeddings=pool_rows,
        probabilities=probabilities,
        uncertainty=uncertainty,
        labelled_embeddings=labelled_rows,
        groups=list(groups) if any(groups) else None,
    )
    return select(pool, get_strategy(strategy), budget, random_share=random_share, seed=seed)


def _doubts(
    predictions: Sequence[Prediction] | None,
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64] | None]:
    if not predictions:
        return None, None
    classes = [one for one in predictions if isinstance(one, ClassProbabilities)]
    if len(classes) == len(predictions):
        rows = np.stack([np.asarray(one.probabilities, np.float64) for one in classes])
        return rows / rows.sum(axis=1, keepdims=True), None
    boxes = [one for one in predictions if isinstance(one, Detections)]
    return None, image_uncertainty([np.asarray(one.scores, np.float64) for one in boxes])
