"""What "better" means, and what the challenger costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from whorl.base.errors import InvalidInput
from whorl.models.comparison.cases import Case, ClassificationCase, LabelsCase, PixelsCase
from whorl.models.evaluation.types import BoolArray

Metric = Literal["accuracy", "map", "ap50", "ap", "mask_ap50", "mask_ap", "miou"]


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What one prediction of the challenger costs, where it was measured."""

    latency_ms: float | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the test set that is protected: the challenger must be shown not to fall there by ``floor_drop``.

    Attributes:
        images: (n,) bool, which images are in it; None takes all, as for a slice that is a class.
        class_name: Measure this class only; None measures what the comparison measures.
        floor_drop: The margin, in units of the metric.
    """

    name: str
    images: BoolArray | None = None
    class_name: str | None = None
    floor_drop: float = 0.05


@dataclass(frozen=True, slots=True)
class ComparisonRules:
    """What "better" means here.

    Attributes:
        metric: None takes accuracy for classes, mean average precision for several labels, AP50 for objects (of masks
            where there are masks) and mean IoU for pixels.
        min_delta: Smallest gain, in units of the metric, that is worth a change.
        alpha: Share of comparisons of equal models that may promote, for a fresh test set.
        floor_drop: How far any class may fall below the champion; None sets no floor.
        class_floor_drop: Other values for single classes, by name.
        min_support: Classes with fewer true examples have no floor: their values are mostly luck.
        max_latency_ms: Slowest challenger allowed; None sets no limit.
        max_size_bytes: Largest challenger allowed; None sets no limit.
        resamples: At least this many bootstrap samples; more are drawn when wear asks for a finer tail.
    """

    metric: Metric | None = None
    min_delta: float = 0.0
    alpha: float = 0.05
    floor_drop: float | None = 0.10
    class_floor_drop: Mapping[str, float] = field(default_factory=dict)
    min_support: int = 20
    max_latency_ms: float | None = None
    max_size_bytes: int | None = None
    resamples: int = 2000


def metrics_of(case: Case) -> tuple[Metric, ...]:
    """The metrics that fit a case, the usual one first."""
    if isinstance(case, ClassificationCase):
        return ("accuracy",)
    if isinstance(case, LabelsCase):
        return ("map",)
    if isinstance(case, PixelsCase):
        return ("miou",)
    return ("mask_ap50", "mask_ap") if case.use_masks else ("ap50", "ap")


def check_rules(
    rules: ComparisonRules, case: Case, cost: ModelCost | None, slices: Sequence[Slice], *, n_images: int
) -> None:
    """Refuse rules that do not fit what is compared.

    Raises:
        InvalidInput: The metric is of another task, a limit has no measurement, or a floor or slice names what is not
            there.
    """
    allowed = metrics_of(case)
    if rules.metric is not None and rules.metric not in allowed:
        raise InvalidInput(f"metric {rules.metric} does not fit this task", hint=f"Use {' or '.join(allowed)}.")
    if not 0 < rules.alpha < 1 or rules.resamples < 1:
        raise InvalidInput(
            f"alpha {rules.alpha:g} and {rules.resamples} resamples", hint="0 < alpha < 1, resamples > 0."
        )
    cost = cost or ModelCost()
    for limit, measured, name in (
        (rules.max_latency_ms, cost.latency_ms, "latency"),
        (rules.max_size_bytes, cost.size_bytes, "size"),
    ):
        if limit is not None and measured is None:
            raise InvalidInput(
                f"a limit on {name} is set, but the challenger's {name} was not measured",
                hint="It is measured at the end of a training here; leave the limit out for models from elsewhere.",
            )
    unknown = sorted(set(rules.class_floor_drop) - set(case.class_names))
    if unknown:
        raise InvalidInput(f"floors are set for unknown classes: {', '.join(unknown)}")
    _check_slices(slices, case, n_images)


def _check_slices(slices: Sequence[Slice], case: Case, n_images: int) -> None:
    names = [one.name for one in slices]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(f"slices of one name: {', '.join(twice)}", hint="Give each slice its own name.")
    for one in slices:
        if not one.floor_drop > 0:
            raise InvalidInput(
                f"slice {one.name!r}: a fall of {one.floor_drop:g} at most",
                hint="Allow a fall above 0: no test set can show that nothing at all is lost.",
            )
        if one.class_name is not None and one.class_name not in case.class_names:
            raise InvalidInput(f"slice {one.name!r}: unknown class {one.class_name!r}")
        if one.images is not None and one.images.shape != (n_images,):
            raise InvalidInput(f"slice {one.name!r} tells {np.size(one.images)} images apart; there are {n_images}")
