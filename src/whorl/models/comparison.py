"""Whether a challenger replaces the champion: one frozen test set, paired statistics, a decision with its numbers.

Both models are scored on the same images, and the images (or groups of them) are resampled together, so what the
models share cancels out. A challenger is promoted when it is better beyond chance, better by ``min_delta``, and no
class falls through its floor. A tie keeps the champion. See docs/explain/promotion.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, Self

import numpy as np
from pydantic import TypeAdapter

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.evaluation.bootstrap import bootstrap, group_codes, percentile_interval
from whorl.models.evaluation.classification import check_probabilities, confusion_counts
from whorl.models.evaluation.detection import match_objects, mean_over_classes
from whorl.models.evaluation.types import (
    BoolArray,
    FloatArray,
    IntArray,
    PredictedObjects,
    TruthObjects,
    check_class_names,
)

Metric = Literal["accuracy", "ap50", "ap"]

_MOST_RESAMPLES = 20_000
_TAIL_RESAMPLES = 10
"""Resamples that must lie beyond each end of the interval, or the end is guesswork."""


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


@dataclass(frozen=True, slots=True)
class ClassificationCase:
    """One test set and what both models said about it.

    Attributes:
        labels: (n,) int64 true classes, positions in ``class_names``.
        champion: (n, c) probabilities, or None when there is no champion yet.
        challenger: (n, c) probabilities.
    """

    labels: IntArray
    champion: FloatArray | None
    challenger: FloatArray
    class_names: Sequence[str]


@dataclass(frozen=True, slots=True)
class DetectionCase:
    """One test set and what both detectors found; one entry per image, in the same order."""

    truth: Sequence[TruthObjects]
    champion: Sequence[PredictedObjects] | None
    challenger: Sequence[PredictedObjects]
    class_names: Sequence[str]
    use_masks: bool = False


@dataclass(frozen=True, slots=True)
class ModelCost:
    """What one prediction of the challenger costs, where it was measured."""

    latency_ms: float | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRules:
    """What "better" means here.

    Attributes:
        metric: None takes accuracy for classes and AP50 for objects.
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


@dataclass(frozen=True, slots=True)
class ClassDelta:
    """One class's row: recall for classes, AP for objects; None where the test set has none of the class."""

    name: str
    champion: float | None
    challenger: float | None
    delta: float | None
    support: int
    floor_drop: float | None
    is_breached: bool


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

    def to_json(self) -> dict[str, JsonValue]:
        """Plain values for a database column or a reply."""
        plain: dict[str, JsonValue] = TypeAdapter(Comparison).dump_python(self, mode="json")
        return plain

    @classmethod
    def from_json(cls, values: Mapping[str, JsonValue]) -> Self:
        """The comparison that ``to_json`` wrote."""
        return TypeAdapter(cls).validate_python(dict(values))


def compare_models(
    case: ClassificationCase | DetectionCase,
    *,
    rules: ComparisonRules | None = None,
    groups: Sequence[Hashable] | None = None,
    times_compared: int = 0,
    cost: ModelCost | None = None,
    seed: int = 0,
) -> Comparison:
    """Decide between champion and challenger.

    Args:
        groups: What images to resample together (a video, a camera); None takes single images.
        times_compared: Comparisons already made on this test snapshot; each one makes the next stricter.
        cost: The challenger's latency and size, for the limits in the rules.

    Raises:
        InvalidInput: As the evaluation, the metric does not fit the case, or a limit has no measurement.
    """
    rules = rules or ComparisonRules()
    _check_rules(rules, case, cost)
    pair = _pair_of_classes(case, rules) if isinstance(case, ClassificationCase) else _pair_of_objects(case, rules)
    codes = group_codes(groups, pair.n_images)
    wear = wear_warning(times_compared, pair.n_images)
    alpha = rules.alpha * wear.alpha_share
    resamples = min(_MOST_RESAMPLES, max(rules.resamples, math.ceil(_TAIL_RESAMPLES * 2 / alpha)))
    values = bootstrap(pair.statistic, codes, resamples=resamples, seed=seed)
    spread = values[:, 1] - values[:, 0]
    is_known = bool(np.isfinite(spread).any()) and pair.challenger is not None
    interval = percentile_interval(spread, level=1 - alpha) if is_known else None
    mcnemar_p = None if pair.correct is None or groups is not None else mcnemar_exact(*pair.correct)
    numbers = _Numbers(
        delta=pair.delta,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        alpha=alpha,
        mcnemar_p=mcnemar_p,
        has_champion=pair.has_champion,
    )
    decision, reasons = _decide(numbers, rules, pair.per_class, cost or ModelCost())
    return Comparison(
        decision=decision,
        reasons=(*reasons, wear.message) if wear.level is not WearLevel.FRESH else reasons,
        metric=pair.metric,
        champion=pair.champion if pair.has_champion else None,
        challenger=pair.challenger,
        delta=pair.delta,
        low=numbers.low,
        high=numbers.high,
        level=1 - alpha,
        p_value=_no_better(spread) if is_known else None,
        mcnemar_p=mcnemar_p,
        n_images=pair.n_images,
        n_groups=int(codes.max()) + 1 if codes.size else 0,
        resamples=resamples,
        seed=seed,
        wear=wear,
        per_class=pair.per_class,
    )


def mcnemar_exact(champion_correct: BoolArray, challenger_correct: BoolArray) -> float:
    """Two-sided p-value that both models are right equally often; images on which both agree do not count.

    Source: Q. McNemar, Psychometrika 12 (1947), with the binomial in place of the normal approximation.
    """
    from scipy.special import bdtr

    only_champion = int((champion_correct & ~challenger_correct).sum())
    only_challenger = int((challenger_correct & ~champion_correct).sum())
    n = only_champion + only_challenger
    return min(1.0, 2 * float(bdtr(min(only_champion, only_challenger), n, 0.5))) if n else 1.0


def wear_warning(times_compared: int, n_test: int) -> Wear:
    """What earlier comparisons on a test set cost the next one.

    The k-th comparison is made at alpha / k. So the expected number of wrong promotions in the first k comparisons is
    at most alpha * (1 + 1/2 + ... + 1/k), which grows like a logarithm, rather than alpha * k. The luck shown is the
    bound on the best of k equal models, 0.5 * sqrt(2 ln k / n). A set is worn out after one comparison per 20 images,
    but not before 3 and not after 20.

    Source: the growth of the error with k and n follows A. Blum, M. Hardt, https://arxiv.org/abs/1502.04585; the
    thresholds are house rules.
    """
    k = times_compared + 1
    limit = min(20, max(3, n_test // 20))
    luck = 0.5 * math.sqrt(2 * math.log(k) / n_test) if n_test else 0.0
    level = WearLevel.FRESH
    if times_compared >= limit:
        level = WearLevel.WORN_OUT
    elif times_compared >= max(2, limit // 2):
        level = WearLevel.WORN
    advice = {
        WearLevel.FRESH: "The test set is fresh.",
        WearLevel.WORN: "Plan a new test set.",
        WearLevel.WORN_OUT: "Make a new test set before the next comparison.",
    }[level]
    message = f"Test set of {n_test} images used for {times_compared} earlier comparisons. {advice}"
    return Wear(times_compared, n_test, level, 1 / k, luck, message)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Both models on one test set, ready to be resampled; the champion is the baseline when there is none."""

    metric: Metric
    n_images: int
    has_champion: bool
    champion: float | None
    challenger: float | None
    statistic: Callable[[FloatArray], FloatArray]
    correct: tuple[BoolArray, BoolArray] | None
    per_class: tuple[ClassDelta, ...]

    @property
    def delta(self) -> float | None:
        return None if self.champion is None or self.challenger is None else self.challenger - self.champion


@dataclass(frozen=True, slots=True)
class _Numbers:
    delta: float | None
    low: float | None
    high: float | None
    alpha: float
    mcnemar_p: float | None
    has_champion: bool


def _check_rules(rules: ComparisonRules, case: ClassificationCase | DetectionCase, cost: ModelCost | None) -> None:
    allowed = ("accuracy",) if isinstance(case, ClassificationCase) else ("ap50", "ap")
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
            raise InvalidInput(f"a limit on {name} is set, but the challenger's {name} was not measured")
    unknown = sorted(set(rules.class_floor_drop) - set(case.class_names))
    if unknown:
        raise InvalidInput(f"floors are set for unknown classes: {', '.join(unknown)}")


def _pair_of_classes(case: ClassificationCase, rules: ComparisonRules) -> _Pair:
    names = check_class_names(case.class_names)
    check_probabilities(case.labels, case.challenger, len(names))
    guess_b = case.challenger.argmax(axis=1)
    if case.champion is None:
        # No champion: the challenger must beat the model that always says the commonest class.
        guess_a = np.full_like(case.labels, np.bincount(case.labels).argmax())
    else:
        check_probabilities(case.labels, case.champion, len(names))
        guess_a = case.champion.argmax(axis=1)
    correct = (guess_a == case.labels, guess_b == case.labels)
    stacked = np.stack(correct, axis=1).astype(np.float64)
    support = np.bincount(case.labels, minlength=len(names))

    def statistic(weights: FloatArray) -> FloatArray:
        means: FloatArray = (weights @ stacked) / weights.sum(axis=1, keepdims=True)
        return means

    recall_a, recall_b = (
        [int(hits) / n if n else None for hits, n in zip(np.diagonal(counts), support.tolist(), strict=True)]
        for counts in (confusion_counts(case.labels, guess, len(names)) for guess in (guess_a, guess_b))
    )
    has_champion = case.champion is not None
    return _Pair(
        metric="accuracy",
        n_images=int(case.labels.size),
        has_champion=has_champion,
        champion=float(correct[0].mean()),
        challenger=float(correct[1].mean()),
        statistic=statistic,
        correct=correct,
        per_class=_class_table(names, recall_a, recall_b, support.tolist(), rules, has_champion=has_champion),
    )


def _pair_of_objects(case: DetectionCase, rules: ComparisonRules) -> _Pair:
    names = check_class_names(case.class_names)
    metric: Metric = rules.metric or "ap50"
    has_champion = case.champion is not None
    nothing = [PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64)) for _ in case.truth]
    tables = [
        match_objects(case.truth, found, names, all_ious=metric == "ap", use_masks=case.use_masks)
        for found in (case.champion if case.champion is not None else nothing, case.challenger)
    ]
    once = np.ones((1, len(case.truth)))
    full = [table.average_precision(once) for table in tables]
    overall = [_known(mean_over_classes(values)[0]) for values in full]

    def statistic(weights: FloatArray) -> FloatArray:
        return np.stack([mean_over_classes(table.average_precision(weights)) for table in tables], axis=1)

    support = [int(rows[0].n_truth.sum()) for rows in tables[0].rows]
    ap_a, ap_b = ([_known(value) for value in values[0]] for values in full)
    return _Pair(
        metric=metric,
        n_images=len(case.truth),
        has_champion=has_champion,
        champion=overall[0],
        challenger=overall[1],
        statistic=statistic,
        correct=None,
        per_class=_class_table(names, ap_a, ap_b, support, rules, has_champion=has_champion),
    )


def _known(value: float) -> float | None:
    return round(float(value), 12) if math.isfinite(value) else None


def _class_table(
    names: Sequence[str],
    champion: Sequence[float | None],
    challenger: Sequence[float | None],
    support: Sequence[int],
    rules: ComparisonRules,
    *,
    has_champion: bool,
) -> tuple[ClassDelta, ...]:
    rows = []
    for name, a, b, n in zip(names, champion, challenger, support, strict=True):
        delta = None if a is None or b is None or not has_champion else b - a
        floor = rules.class_floor_drop.get(name, rules.floor_drop)
        floor = floor if has_champion and n >= rules.min_support else None
        # A whisker of slack: 0.9 - 0.8 is more than 0.1 in floating point.
        breached = floor is not None and delta is not None and delta < -floor - 1e-9
        rows.append(ClassDelta(name, a if has_champion else None, b, delta, n, floor, breached))
    return tuple(rows)


def _no_better(spread: FloatArray) -> float:
    finite = spread[np.isfinite(spread)]
    return float((1 + (finite <= 0).sum()) / (1 + finite.size))


def _decide(
    numbers: _Numbers, rules: ComparisonRules, per_class: Sequence[ClassDelta], cost: ModelCost
) -> tuple[Decision, tuple[str, ...]]:
    delta, low, high = numbers.delta, numbers.low, numbers.high
    against = "the champion" if numbers.has_champion else "no model (no champion yet)"
    if delta is None or low is None or high is None:
        nothing = "The test set holds nothing to measure: no true object of any class."
        return (Decision.TIE if numbers.has_champion else Decision.KEEP), (nothing,)
    faults = _faults(per_class, rules, cost)
    measured = f"{delta:+.4f} against {against}, interval {low:+.4f} to {high:+.4f}"
    if high < 0:
        return Decision.KEEP, (f"Worse: {measured}.", *faults)
    if faults:
        return Decision.KEEP, (f"Change: {measured}.", *faults)
    if not numbers.has_champion:
        if low > 0:
            return Decision.PROMOTE, (f"First model, better than chance: {measured}.",)
        return Decision.KEEP, (f"First model, no better than chance: {measured}.",)
    if delta == 0 and low == 0 and high == 0:
        return Decision.TIE, ("Both models do equally well on every resample of the test set.",)
    is_exact = numbers.mcnemar_p is None or numbers.mcnemar_p <= numbers.alpha
    if low <= 0 or not is_exact:
        doubt = "" if is_exact else f" (exact McNemar p {numbers.mcnemar_p:.3g} above {numbers.alpha:.3g})"
        return Decision.TIE, (f"No difference beyond chance: {measured}{doubt}.",)
    if delta < rules.min_delta:
        return Decision.TIE, (f"Better, but by less than {rules.min_delta:g}: {measured}.",)
    return Decision.PROMOTE, (f"Better: {measured}.",)


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
