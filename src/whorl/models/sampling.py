"""How often each training sample is seen in a pass: once, classes alike, or rare labels more often. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.builtin.params import MISSED_WEIGHT, MOST_WEIGHT
from whorl.models.types import TrainingSample

AS_IS, CLASS_BALANCED, REPEAT_RARE = "as_is", "class_balanced", "repeat_rare"
SAMPLINGS = (AS_IS, CLASS_BALANCED, REPEAT_RARE)
DEFAULT_MISSED_WEIGHT = 2.0
RARE_SHARE = 0.1
MOST_REPEATS = MOST_WEIGHT


def apply_sampling(
    samples: Sequence[TrainingSample],
    name: str | None,
    *,
    seed: int = 0,
    missed_weight: float = DEFAULT_MISSED_WEIGHT,
) -> tuple[TrainingSample, ...]:
    """The samples with repeats, in a reproducible order: every sample first, then the repeats.

    Args:
        name: ``as_is``, ``class_balanced``, ``repeat_rare``, or None for as_is.
        missed_weight: How many times as often samples are seen on which a model missed something.

    Raises:
        InvalidInput: There is no such sampling, or the weight is not between 1 and 20.
    """
    repeats = count_repeats([sample.labels for sample in samples], name, seed=seed)
    repeats = weigh_missed(repeats, [sample.was_missed for sample in samples], weight=missed_weight, seed=seed)
    most = max(repeats, default=1)
    again = [samples[i] for times in range(1, most) for i, count in enumerate(repeats) if count > times]
    return (*samples, *again)


def count_repeats(labels: Sequence[Sequence[str]], name: str | None, *, seed: int = 0) -> list[int]:
    """How often each sample is seen in a pass, at least once and at most 20 times.

    Args:
        labels: Of each sample, one per class or object.

    Raises:
        InvalidInput: There is no such sampling.
    """
    if name in {None, AS_IS}:
        return [1] * len(labels)
    if name == CLASS_BALANCED:
        return class_balanced(labels, seed=seed)
    if name == REPEAT_RARE:
        return repeat_rare(labels, seed=seed)
    raise InvalidInput(f"no sampling {name!r}", hint=f"There are {', '.join(SAMPLINGS)}.")


def weigh_missed(repeats: Sequence[int], was_missed: Sequence[bool], *, weight: float, seed: int = 0) -> list[int]:
    """How often each sample is seen when those on which a model missed something count ``weight`` times.

    Raises:
        InvalidInput: The weight is not between 1 and 20.
    """
    if not 1 <= weight <= MOST_REPEATS:
        raise InvalidInput(f"{MISSED_WEIGHT} is {weight:g}; allowed: 1 to {MOST_REPEATS}", hint="1 sees all alike.")
    factors = [times * (weight if missed else 1.0) for times, missed in zip(repeats, was_missed, strict=True)]
    return _round(factors, seed=seed + 1)


def class_balanced(labels: Sequence[Sequence[str]], *, seed: int = 0) -> list[int]:
    """Repeat samples until every label is in about as many as the commonest one.

    A sample with several labels follows its rarest. Samples without a label are seen once.
    """
    counts = _images_per_label(labels)
    most = max(counts.values(), default=0)
    factors = [max((most / counts[label] for label in set(own)), default=1.0) for own in labels]
    return _round(factors, seed=seed)


def repeat_rare(labels: Sequence[Sequence[str]], *, rare_share: float = RARE_SHARE, seed: int = 0) -> list[int]:
    """Repeat samples that have a rare label, gently.

    Repeat factor sampling of Gupta, Dollár, Girshick, "LVIS: A Dataset for Large Vocabulary Instance Segmentation"
    (CVPR 2019): a label in the share f of the samples has the factor max(1, sqrt(t / f)), a sample the largest of its
    labels'.

    Args:
        rare_share: The share t of samples under which a label is rare.
    """
    counts = _images_per_label(labels)
    factor = {label: max(1.0, math.sqrt(rare_share * len(labels) / count)) for label, count in counts.items()}
    return _round([max((factor[label] for label in set(own)), default=1.0) for own in labels], seed=seed)


def _images_per_label(labels: Sequence[Sequence[str]]) -> Counter[str]:
    return Counter(label for own in labels for label in set(own))


def _round(factors: Sequence[float], *, seed: int) -> list[int]:
    # A factor of 1.5 repeats half of the samples: rounding up or down by lot keeps the mean.
    lots = np.random.default_rng(seed).random(len(factors))
    capped = [min(factor, float(MOST_REPEATS)) for factor in factors]
    return [
        math.floor(factor) + int(lot < factor - math.floor(factor)) for factor, lot in zip(capped, lots, strict=True)
    ]
