"""Protected slices: the challenger is to be shown not to fall there, by all of them at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from whorl.models.comparison.pairs import Pair, Statistic, known
from whorl.models.comparison.result import SliceDelta, SliceVerdict
from whorl.models.comparison.rules import Slice
from whorl.models.evaluation.bootstrap import bootstrap
from whorl.models.evaluation.types import FloatArray, IntArray


def judge_slices(
    pair: Pair, slices: Sequence[Slice], codes: IntArray, *, alpha: float, resamples: int, seed: int
) -> tuple[SliceDelta, ...]:
    """Test for each slice that the challenger does not fall by its margin, with Holm's correction over the slices.

    The null hypothesis is a fall of ``floor_drop`` or more; a slice is safe when it is refused. Its p-value is the
    share of resamples with such a fall, but never less than the chance that a change which breaks ``floor_drop`` of
    the slice's groups touched none of those that are in it: few images prove little, however well they went.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scand. J. Statistics 6 (1979).

    Args:
        codes: (n,) int64, each image's group; whole groups are resampled.
        alpha: Share of comparisons in which some slice that truly falls by its margin may be called safe.
    """
    if not slices or not pair.has_champion:
        return ()
    statistics = [_statistic(pair, one) for one in slices]

    def all_slices(weights: FloatArray) -> FloatArray:
        return np.stack([one(weights) for one in statistics], axis=2)

    spreads = bootstrap(all_slices, codes, resamples=resamples, seed=seed)
    once = all_slices(np.ones((1, pair.n_images)))[0]
    measured = [
        _measure(pair, one, codes, once[:, at], spreads[:, 1, at] - spreads[:, 0, at], alpha=alpha)
        for at, one in enumerate(slices)
    ]
    return holm(measured, alpha=alpha)


def holm(measured: Sequence[SliceDelta], *, alpha: float) -> tuple[SliceDelta, ...]:
    """Decide over all slices at once; what is measured to fall stays fallen, what has no value stays unsure."""
    order = sorted(range(len(measured)), key=lambda at: _p(measured[at]))
    judged = list(measured)
    is_open = True
    for rank, at in enumerate(order):
        needed = alpha / (len(measured) - rank)
        # Once one is not refused, none that comes later is.
        is_open = is_open and _p(measured[at]) <= needed
        held = measured[at].verdict
        verdict = SliceVerdict.SAFE if is_open and held is not SliceVerdict.FALLEN else held
        judged[at] = replace(measured[at], needed=needed, verdict=verdict)
    return tuple(judged)


def _p(one: SliceDelta) -> float:
    return 1.0 if one.p_value is None else one.p_value


def _measure(
    pair: Pair, one: Slice, codes: IntArray, values: FloatArray, spread: FloatArray, *, alpha: float
) -> SliceDelta:
    images = _images(pair, one)
    n_images = int(images.sum())
    a, b = known(values[0]), known(values[1])
    delta = None if a is None or b is None else b - a
    low = p_value = None
    if delta is not None:
        spread = spread[np.isfinite(spread)]
        fell = float((1 + (spread <= -one.floor_drop).sum()) / (1 + spread.size))
        n_groups = len(np.unique(codes[images > 0]))
        p_value = max(fell, max(0.0, 1 - one.floor_drop) ** n_groups)
        low = float(np.quantile(spread, alpha)) if spread.size else None
    fallen = delta is not None and delta < -one.floor_drop - 1e-9
    return SliceDelta(
        name=one.name,
        champion=a,
        challenger=b,
        delta=delta,
        low=low,
        n_images=n_images,
        floor_drop=one.floor_drop,
        p_value=p_value,
        needed=None,
        verdict=SliceVerdict.FALLEN if fallen else SliceVerdict.UNSURE,
    )


def _statistic(pair: Pair, one: Slice) -> Statistic:
    images = None if one.images is None else one.images.astype(np.float64)

    def weighed(weights: FloatArray) -> FloatArray:
        return weights if images is None else weights * images

    if one.class_name is None:
        return lambda weights: pair.statistic(weighed(weights))
    at = pair.names.index(one.class_name)
    return lambda weights: pair.by_class(weighed(weights))[:, :, at]


def _images(pair: Pair, one: Slice) -> FloatArray:
    """(n,) 1 where an image is in the slice: for a class, where it is truly there."""
    images = np.ones(pair.n_images) if one.images is None else one.images.astype(np.float64)
    if one.class_name is not None:
        images = images * pair.shows[:, pair.names.index(one.class_name)]
    return images
