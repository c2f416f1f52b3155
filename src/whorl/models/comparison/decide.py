"""From the numbers to the decision, and the sentences that say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whorl.models.comparison.result import ClassDelta, Decision, SliceDelta, SliceVerdict
from whorl.models.comparison.rules import ComparisonRules, ModelCost


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the decision rests on; ``low`` and ``high`` bound the delta."""

    delta: float | None
    low: float | None
    high: float | None
    alpha: float
    mcnemar_p: float | None
    has_champion: bool


def decide(
    numbers: Numbers,
    rules: ComparisonRules,
    per_class: Sequence[ClassDelta],
    slices: Sequence[SliceDelta],
    cost: ModelCost,
) -> tuple[Decision, tuple[str, ...]]:
    """Promote, keep or tie, and why."""
    delta, low, high = numbers.delta, numbers.low, numbers.high
    against = "the champion" if numbers.has_champion else "no model (no champion yet)"
    if delta is None or low is None or high is None:
        nothing = "The test set holds nothing to measure: no true object of any class."
        return (Decision.TIE if numbers.has_champion else Decision.KEEP), (nothing,)
    faults = (*_faults(per_class, rules, cost), *_fallen(slices))
    measured = f"{delta:+.4f} against {against}, interval {low:+.4f} to {high:+.4f}"
    if high < 0:
        return Decision.KEEP, (f"Worse: {measured}.", *faults)
    if faults:
        return Decision.KEEP, (f"Change: {measured}.", *faults)
    if not numbers.has_champion:
        if low > 0:
            return Decision.PROMOTE, (f"First model, better than chance: {measured}.",)
        return Decision.KEEP, (f"First model, no better than chance: {measured}.",)
    return _decide_ahead(numbers, rules, slices, measured)


def _decide_ahead(
    numbers: Numbers, rules: ComparisonRules, slices: Sequence[SliceDelta], measured: str
) -> tuple[Decision, tuple[str, ...]]:
    delta, low, high = numbers.delta or 0.0, numbers.low or 0.0, numbers.high or 0.0
    if delta == 0 and low == 0 and high == 0:
        return Decision.TIE, ("Both models do equally well on every resample of the test set.",)
    is_exact = numbers.mcnemar_p is None or numbers.mcnemar_p <= numbers.alpha
    if low <= 0 or not is_exact:
        doubt = "" if is_exact else f" (exact McNemar p {numbers.mcnemar_p:.3g} above {numbers.alpha:.3g})"
        return Decision.TIE, (f"No difference beyond chance: {measured}{doubt}.",)
    if delta < rules.min_delta:
        return Decision.TIE, (f"Better, but by less than {rules.min_delta:g}: {measured}.",)
    unsure = [one for one in slices if one.verdict is SliceVerdict.UNSURE]
    if unsure:
        return Decision.TIE, (f"Better: {measured}, but not shown to be safe where it must be.", *map(_doubt, unsure))
    return Decision.PROMOTE, (f"Better: {measured}.",)


def _doubt(one: SliceDelta) -> str:
    if one.p_value is None or one.needed is None:
        return f"Slice {one.name} has nothing to measure ({one.n_images} images)."
    return (
        f"Slice {one.name} may fall by {one.floor_drop:g} (p {one.p_value:.3g}, {one.needed:.3g} needed; "
        f"{one.n_images} images): label more of it."
    )


def _fallen(slices: Sequence[SliceDelta]) -> tuple[str, ...]:
    return tuple(
        f"Slice {one.name} falls by {-one.delta:.3f}, more than {one.floor_drop:g} ({one.n_images} images)."
        for one in slices
        if one.verdict is SliceVerdict.FALLEN and one.delta is not None
    )


def _faults(per_class: Sequence[ClassDelta], rules: ComparisonRules, cost: ModelCost) -> tuple[str, ...]:
    faults = [
        f"Class {row.name} falls by {-row.delta:.3f}, more than {row.floor_drop:g} ({row.support} examples)."
        for row in per_class
        if row.is_breached and row.delta is not None
    ]
    if rules.max_latency_ms is not None and cost.latency_ms is not None and cost.latency_ms > rules.max_latency_ms:
        faults.append(f"Too slow: {cost.latency_ms:g} ms, allowed {rules.max_latency_ms:g} ms.")
    if rules.max_size_bytes is not None and cost.size_bytes is not None and cost.size_bytes > rules.max_size_bytes:
        faults.append(f"Too large: {cost.size_bytes} bytes, allowed {rules.max_size_bytes} bytes.")
    return tuple(faults)
