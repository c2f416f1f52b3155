"""The part of a selection that runs in a worker process: predictions in, chosen rows out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whorl.models.types import ClassProbabilities, Detections, Prediction
from whorl.selection import Pool, Selection, get_strategy, select


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


def image_uncertainty(found: Detections) -> float:
    """How unsure a detector is of an image, in [0, 1]: the mean of 1 - |2s - 1| over its boxes of score s.

    An image without any box gets 0.5: either it is empty, or everything in it was missed.
    """
    if len(found) == 0:
        return 0.5
    return float(np.mean(1 - np.abs(2 * np.asarray(found.scores, np.float64) - 1)))


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
    return None, np.array([image_uncertainty(one) for one in boxes], np.float64)
