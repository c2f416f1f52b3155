"""Two dimensions of many: t-SNE by a library, principal directions where there is too little or no library for it."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import Cancelled, InvalidInput, ShapeError
from whorl.models.embeddings.projection.aligning import align
from whorl.models.embeddings.projection.neighbours import place_among

FloatArray = NDArray[np.float32]
Points = NDArray[np.float64]
Method = Literal["tsne", "pca"]
Report = Callable[[float], bool]
"""Told the share done, 0 to 1; answers whether to go on."""

METHODS: Final[tuple[Method, ...]] = ("tsne", "pca")
FEWEST_FOR_TSNE = 30
MOST_FOR_SKLEARN = 5_000
MOST_AT_ONCE = 120_000
_PERPLEXITY = 15
_EARLY, _LATE, _AGAIN = 200, 300, 150
_EXAGGERATION = 12.0
_FFT_FROM = 3_000
_REPORT_EVERY = 10
_MOST_JOBS = 8


@dataclass(frozen=True)
class Layout:
    """Points float64 (n, 2), what made them, and why it was not what was asked for (empty when it was)."""

    points: Points
    method: Method
    note: str = ""


def lay_out(
    vectors: FloatArray,
    *,
    method: str | None = None,
    seed: int = 0,
    start: Points | None = None,
    report: Report = lambda done: True,
) -> Layout:
    """Lay vectors out in two dimensions; the same arguments on the same machine give the same points.

    More than 120,000 vectors: a sample of them drawn by the seed is laid out, and the rest placed among their three
    nearest of the sample.

    Args:
        vectors: (n, d), finite. 64 principal directions are plenty.
        method: ``tsne`` or ``pca``; left out, the first from 30 vectors on.
        start: (n, 2), where the points were on the map before; NaN for those that are new. Old points stay near there,
            and exactly there when nothing is new.

    Raises:
        InvalidInput: No such method.
        ShapeError: No vectors, or some that are not finite.
        Cancelled: ``report`` said no.
    """
    if method is not None and method not in METHODS:
        raise InvalidInput(f"no such method: {method[:40]!a}", hint=f"Allowed: {', '.join(METHODS)}; or leave it out.")
    if vectors.ndim != 2 or not len(vectors):
        raise ShapeError(f"vectors of shape {vectors.shape}; at least one row is needed", hint="Embed the items first.")
    if not np.isfinite(vectors).all():
        raise ShapeError("some vectors are not finite", hint="Embed the items again.")
    old = None if start is None else np.isfinite(start).all(axis=1)
    if start is not None and old is not None and old.all():
        return Layout(np.asarray(start, np.float64), _named(method, len(vectors))[0])
    if old is None or not old.any():
        start = None
    wanted, note = _named(method, len(vectors))
    if wanted == "pca":
        points = _principal(vectors)
        return Layout(points if start is None else align(points, start, reflect=True), "pca", note)
    if len(vectors) > MOST_AT_ONCE:
        return Layout(_by_sample(vectors, seed, start, report), "tsne", note)
    return Layout(_tsne(vectors, seed, start, report), "tsne", note)


def _named(method: str | None, count: int) -> tuple[Method, str]:
    if method == "pca":
        return "pca", ""
    if count < FEWEST_FOR_TSNE:
        return "pca", "" if method is None else f"fewer than {FEWEST_FOR_TSNE} points: principal directions"
    if not has_opentsne() and count > MOST_FOR_SKLEARN:
        return "pca", f"openTSNE is not installed: principal directions for more than {MOST_FOR_SKLEARN:,} points"
    return "tsne", ""


def choose_method(method: str | None, count: int) -> Method:
    """What ``lay_out`` uses for this many vectors."""
    return _named(method, count)[0]


def has_opentsne() -> bool:
    """Whether the library for large maps is installed."""
    return importlib.util.find_spec("openTSNE") is not None


def _principal(vectors: FloatArray) -> Points:
    """The first two principal directions; the largest share of each is positive, so that a run repeats."""
    centred = vectors.astype(np.float64) - vectors.mean(axis=0, dtype=np.float64)
    _, directions = np.linalg.eigh(centred.T @ centred)
    chosen = directions[:, ::-1][:, :2]
    signs = np.sign(chosen[np.abs(chosen).argmax(axis=0), np.arange(chosen.shape[1])])
    points = np.zeros((len(vectors), 2))
    points[:, : chosen.shape[1]] = centred @ (chosen * np.where(signs == 0, 1.0, signs))
    return points


def _tsne(vectors: FloatArray, seed: int, start: Points | None, report: Report) -> Points:
    if start is None:
        begin = _scaled(_principal(vectors), seed)
    else:
        begin = place_among(vectors, start, seed=seed)
    if has_opentsne():
        points = _by_opentsne(vectors, begin, seed, start is not None, report)
    else:
        points = _by_sklearn(vectors, begin, seed, is_again=start is not None)
    return points if start is None else align(points, start, reflect=False)


def _scaled(points: Points, seed: int) -> Points:
    """Small, as t-SNE wants to begin; equal vectors are parted by a hair, since equal points can never part."""
    spread = float(points[:, 0].std()) or 1.0
    return points / spread * 1e-4 + np.random.default_rng(seed).normal(scale=1e-7, size=points.shape)


def _by_opentsne(vectors: FloatArray, begin: Points, seed: int, is_again: bool, report: Report) -> Points:
    from openTSNE import TSNEEmbedding
    from openTSNE.affinity import PerplexityBasedNN

    count = len(vectors)
    jobs = min(_MOST_JOBS, max(1, (os.cpu_count() or 1) - 1))
    _go_on(report(0.01))
    affinities = PerplexityBasedNN(
        vectors,
        perplexity=min(_PERPLEXITY, (count - 1) / 3),
        metric="euclidean",
        method="annoy" if count > _FFT_FROM else "exact",
        n_jobs=jobs,
        random_state=seed,
    )
    _go_on(report(0.25))
    phases = [(_AGAIN, None)] if is_again else [(_EARLY, _EXAGGERATION), (_LATE, None)]
    done, total = 0, sum(steps for steps, _ in phases)
    points = TSNEEmbedding(
        begin,
        affinities,
        negative_gradient_method="fft" if count >= _FFT_FROM else "bh",
        # Twice as wide intervals halve the grid of the far forces: a third of the time, and the same map to the eye.
        ints_in_interval=2,
        n_jobs=jobs,
        random_state=seed,
    )
    for steps, exaggeration in phases:

        def look(step: int, error: float, now: object, *, before: int = done) -> bool:
            del error, now
            return not report(0.25 + 0.75 * (before + step) / total)

        points = points.optimize(
            n_iter=steps,
            exaggeration=exaggeration,
            momentum=0.8,
            callbacks=[look],
            callbacks_every_iters=_REPORT_EVERY,
        )
        done += steps
        _go_on(report(0.25 + 0.75 * done / total))
    return np.asarray(points, np.float64)


def _by_sklearn(vectors: FloatArray, begin: Points, seed: int, *, is_again: bool) -> Points:
    from sklearn.manifold import TSNE

    method = TSNE(
        perplexity=min(_PERPLEXITY, (len(vectors) - 1) / 3),
        init=begin.astype(np.float32),
        early_exaggeration=1.0 if is_again else _EXAGGERATION,
        random_state=seed,
    )
    return np.asarray(method.fit_transform(vectors), np.float64)


def _by_sample(vectors: FloatArray, seed: int, start: Points | None, report: Report) -> Points:
    """Lay out a sample, old points first where there are some, and place the rest among it."""
    rng = np.random.default_rng(seed)
    chance = rng.random(len(vectors))
    if start is not None:
        # Enough new ones that what they are about can part from the old.
        chance[np.isfinite(start).all(axis=1)] *= 0.5
    sample = np.sort(np.argpartition(chance, MOST_AT_ONCE)[:MOST_AT_ONCE])
    some = None if start is None else start[sample]
    if some is not None and not np.isfinite(some).any():
        some = None
    laid = _tsne(vectors[sample], seed, some, lambda done: report(0.8 * done))
    points = np.full((len(vectors), 2), np.nan)
    if start is not None:
        points[:] = start
    points[sample] = laid
    return place_among(vectors, points, seed=seed, report=lambda done: report(0.8 + 0.2 * done))


def _go_on(may: bool) -> None:
    if not may:
        raise Cancelled("the map was stopped")
