"""A decision and every number it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from pydantic import TypeAdapter

from whorl.base.errors import JsonValue
from whorl.models.comparison.rules import Metric, ModelCost


class Decision(StrEnum):
    """What to do with the challenger; ``tie`` keeps the champion and takes the discard path."""

    PROMOTE = "promote"
    KEEP = "keep"
    TIE = "tie"


class WearLevel(StrEnum):
    """How often a test set was used to choose, against how many images it has."""

    FRESH = "fresh"
    WORN = "worn"
    WORN_OUT = "worn_out"


class SliceVerdict(StrEnum):
    """What the test set says about a protected slice."""

    SAFE = "safe"  # shown not to fall by the margin
    UNSURE = "unsure"  # may fall by the margin: too little evidence
    FALLEN = "fallen"  # measured to fall by more than the margin


@dataclass(frozen=True, slots=True)
class ClassDelta:
    """One class's row: recall for classes, AP for labels and objects, IoU for pixels; None without any of the class."""

    name: str
    champion: float | None
    challenger: float | None
    delta: float | None
    support: int
    floor_drop: float | None
    is_breached: bool


@dataclass(frozen=True, slots=True)
class SliceDelta:
    """One protected slice.

    Attributes:
        p_value: One-sided: how easily a slice that truly falls by ``floor_drop`` would look this good.
        needed: What Holm's correction asks the p-value to be at most.
    """

    name: str
    champion: float | None
    challenger: float | None
    delta: float | None
    low: float | None
    n_images: int
    floor_drop: float
    p_value: float | None
    needed: float | None
    verdict: SliceVerdict


@dataclass(frozen=True, slots=True)
class Wear:
    """How much choosing a test set has seen, and what follows from it.

    Attributes:
        alpha_share: Factor on alpha for the next comparison.
        luck: By how much the best of as many equal models would look better than it is, as a share.
    """

    times_compared: int
    n_test: int
    level: WearLevel
    alpha_share: float
    luck: float
    message: str


@dataclass(frozen=True, slots=True)
class Power:
    """What this test set is able to tell.

    Attributes:
        smallest_gain: The smallest true gain that would be promoted in ``power`` of comparisons; None when no gain
            would be, or nothing was measured.
        images_for_delta: About how many test images it takes to tell a true gain as large as the one measured here;
            None when the challenger is not ahead.
    """

    power: float
    smallest_gain: float | None
    images_for_delta: int | None
    message: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A decision and every number it rests on.

    ``low`` and ``high`` bound the delta at ``level``; ``p_value`` is the bootstrap's (one-sided: no better),
    ``mcnemar_p`` the exact test's (two-sided; None for objects and for grouped images). ``champion`` is None when
    there was none; the delta is then against guessing the commonest class, or against finding nothing.
    """

    decision: Decision
    reasons: tuple[str, ...]
    metric: Metric
    champion: float | None
    challenger: float | None
    delta: float | None
    low: float | None
    high: float | None
    level: float
    p_value: float | None
    mcnemar_p: float | None
    n_images: int
    n_groups: int
    resamples: int
    seed: int
    wear: Wear
    per_class: tuple[ClassDelta, ...]
    slices: tuple[SliceDelta, ...] = ()
    power: Power | None = None
    min_delta: float = 0.0
    cost: ModelCost | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        plain: dict[str, JsonValue] = TypeAdapter(Comparison).dump_python(self, mode="json")
        return plain

    @classmethod
    def from_json(cls, values: Mapping[str, JsonValue]) -> Self:
        """The comparison that ``to_json`` wrote; of one kept before there were slices, without them."""
        return TypeAdapter(cls).validate_python(dict(values))
