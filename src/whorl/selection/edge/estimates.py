"""Estimates of the whole stream from its uniform share, without bias."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whorl.base.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its standard error."""

    value: float
    standard_error: float


def estimate_total(values: Sequence[float], probabilities: Sequence[float]) -> Estimate:
    """The sum of a value over the whole stream (Horvitz and Thompson 1952); with ones, how many images there were.

    Args:
        values: Of the images of the uniform share.
        probabilities: Their ``inclusion_probability``, in (0, 1].

    Raises:
        InvalidInput: Different lengths, or numbers that are no probabilities.
    """
    y, p = _check(values, probabilities)
    return Estimate(float((y / p).sum()), float(np.sqrt(((1 - p) * (y / p) ** 2).sum())))


def estimate_mean(values: Sequence[float], probabilities: Sequence[float]) -> Estimate:
    """The mean of a value over the whole stream (Hájek 1971); of zeros and ones it is a share.

    Raises:
        InvalidInput: As ``estimate_total``, or no image at all.
    """
    y, p = _check(values, probabilities)
    if not y.size:
        raise InvalidInput("no images to estimate from", hint="Take those whose edge.is_uniform is true.")
    total = (1 / p).sum()
    mean = float((y / p).sum() / total)
    return Estimate(mean, float(np.sqrt(((1 - p) * ((y - mean) / p) ** 2).sum()) / total))


def _check(
    values: Sequence[float], probabilities: Sequence[float]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.float64]], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    y, p = np.asarray(values, np.float64).reshape(-1), np.asarray(probabilities, np.float64).reshape(-1)
    if y.size != p.size or not np.isfinite(y).all() or not ((p > 0) & (p <= 1)).all():
        raise InvalidInput(
            f"{y.size} values and {p.size} probabilities",
            hint="Give one probability above 0, at most 1, for each value.",
        )
    return y, p
