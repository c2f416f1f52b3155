"""A label's answers, surest first: what average precision, curves and thresholds are read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from whorl.models.evaluation.types import BoolArray, FloatArray, IntArray

_RECALLS = np.linspace(0.0, 1.0, 101)
_RESAMPLE_BLOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Ranking:
    """Answers of one label, surest first; equal scores keep the order of images.

    Attributes:
        image: (d,) int64, each answer's image.
        scores: (d,) float64, falling.
        hit: (d,) bool, whether the answer is right.
        n_truth: (n images,) float64, what could have been found.
    """

    image: IntArray
    scores: FloatArray
    hit: BoolArray
    n_truth: FloatArray

    @property
    def n_images(self) -> int:
        """How many images were asked about."""
        return len(self.n_truth)

    def take(self, images: IntArray) -> Ranking:
        """The same on some of the images, each once; they get new numbers in the order given."""
        place = np.full(self.n_images, -1, np.int64)
        place[images] = np.arange(len(images))
        kept = place[self.image] >= 0
        return Ranking(place[self.image][kept], self.scores[kept], self.hit[kept], self.n_truth[images])


def rank(image: IntArray, scores: FloatArray, hit: BoolArray, n_truth: FloatArray) -> Ranking:
    """Sort answers by score, surest first; equal scores keep the order given."""
    order = np.argsort(-scores, kind="stable")
    return Ranking(image[order].astype(np.int64), scores[order], hit[order], n_truth)


def pool(rankings: Sequence[Ranking]) -> Ranking:
    """All labels' answers in one ranking. There must be one ranking at least."""
    return rank(
        np.concatenate([one.image for one in rankings]),
        np.concatenate([one.scores for one in rankings]),
        np.concatenate([one.hit for one in rankings]),
        np.sum([one.n_truth for one in rankings], axis=0),
    )


def interpolated_ap(ranking: Ranking, drawn: FloatArray) -> FloatArray:
    """COCO's 101-point average precision on resamples.

    Args:
        drawn: (n images, r) whole numbers, how often each image stands in each resample. float64 gives COCO's
            number to the last digits; float32 is twice as fast and right to 1e-6.

    Returns:
        (r,) float64; NaN where nothing could have been found.
    """
    n_truth = ranking.n_truth.astype(drawn.dtype) @ drawn
    ap = np.where(n_truth > 0, 0.0, np.nan)
    if not ranking.hit.any():
        return ap
    # Of the tail after the last hit nothing is seen; images without an answer before it are left out.
    last = int(np.flatnonzero(ranking.hit)[-1])
    images, image = np.unique(ranking.image[: last + 1], return_inverse=True)
    hits = np.flatnonzero(ranking.hit)
    step = max(1, _RESAMPLE_BLOCK // hits.size)
    for start in range(0, drawn.shape[1], step):
        part = slice(start, start + step)
        ap[part] = _interpolated_block(hits, image, drawn[images, part], n_truth[part])
    return ap


def stepwise_ap(ranking: Ranking, drawn: FloatArray) -> FloatArray:
    """Average precision without interpolation: the precision at each right answer, averaged.

    Equal scores are one step, so that the order of images does not matter. The same number as scikit-learn's
    ``average_precision_score`` with sample weights.

    Args:
        drawn: (n images, r), as for ``interpolated_ap``.

    Returns:
        (r,) float64; NaN where nothing could have been found.
    """
    n_truth = ranking.n_truth.astype(drawn.dtype) @ drawn
    ap = np.where(n_truth > 0, 0.0, np.nan)
    if not ranking.hit.any():
        return ap
    ends = np.append(np.flatnonzero(np.diff(ranking.scores)), len(ranking.scores) - 1)
    step = max(1, _RESAMPLE_BLOCK // len(ranking.scores))
    for start in range(0, drawn.shape[1], step):
        part = slice(start, start + step)
        rows = drawn[ranking.image, part]
        given = np.cumsum(rows, axis=0)[ends]
        right = np.cumsum(rows * ranking.hit[:, None], axis=0, dtype=rows.dtype)[ends]
        precision = np.divide(right, given, out=np.zeros_like(right), where=given > 0)
        gained = np.diff(right, axis=0, prepend=np.zeros((1, rows.shape[1]), rows.dtype))
        total = n_truth[part]
        sums = np.einsum("ij,ij->j", precision, gained, dtype=np.float64)
        ap[part] = np.where(total > 0, sums / np.where(total > 0, total, 1.0), np.nan)
    return ap


def _interpolated_block(hits: IntArray, image: IntArray, drawn: FloatArray, n_truth: FloatArray) -> FloatArray:
    # Precision peaks at hits, so only the hits are ranked: the misses between two hits are summed by image
    # in a sparse matrix, and the cost does not grow with the tail of unsure predictions.
    from scipy.sparse import csr_matrix

    is_hit = np.zeros(len(image), np.bool_)
    is_hit[hits] = True
    missed = np.flatnonzero(~is_hit)
    before = np.searchsorted(hits, missed, side="left")
    steps = csr_matrix((np.ones(missed.size, drawn.dtype), (before, image[missed])), (hits.size, len(drawn)))
    true_positive = np.cumsum(drawn[image[hits]], axis=0)
    found = np.cumsum(steps @ drawn, axis=0)
    found += true_positive
    envelope = np.divide(true_positive, found, out=np.zeros_like(found), where=found > 0)
    envelope = np.maximum.accumulate(envelope[::-1], axis=0, out=envelope[::-1])[::-1]
    reached = _recalls_reached(true_positive, n_truth)
    gained = np.diff(reached, axis=0, prepend=np.int16(0))
    ap: FloatArray = np.einsum("ij,ij->j", envelope, gained, dtype=np.float64) / _RECALLS.size
    return np.where(n_truth > 0, ap, np.nan)


def _recalls_reached(true_positive: FloatArray, n_truth: FloatArray) -> NDArray[np.int16]:
    """(hits, r) how many of the 101 recalls are reached; read from one table per number of true objects."""
    counts, which = np.unique(n_truth.astype(np.int64), return_inverse=True)
    tables = [_recall_table(n) for n in counts.tolist()]
    starts = np.concatenate([[0], np.cumsum([len(one) for one in tables])[:-1]])
    joined = np.concatenate(tables)
    return joined[true_positive.astype(np.int32) + starts[which].astype(np.int32)]


@lru_cache(maxsize=2000)
def _recall_table(n_truth: int) -> NDArray[np.int16]:
    """(n + 1,) how many recalls are reached with so many hits."""
    return np.searchsorted(_RECALLS, np.arange(n_truth + 1) / max(n_truth, 1), side="right").astype(np.int16)
