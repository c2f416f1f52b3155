"""Decide between champion and challenger on one test set."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np

from whorl.models.comparison.cases import Case
from whorl.models.comparison.decide import Numbers, decide
from whorl.models.comparison.floors import judge_slices
from whorl.models.comparison.pairs import class_table, make_pair
from whorl.models.comparison.power import find_power
from whorl.models.comparison.result import Comparison, WearLevel
from whorl.models.comparison.rules import ComparisonRules, ModelCost, Slice, check_rules
from whorl.models.comparison.wear import wear_warning
from whorl.models.evaluation.bootstrap import bootstrap, group_codes, percentile_interval
from whorl.models.evaluation.types import BoolArray, FloatArray

_MOST_RESAMPLES = 20_000
_TAIL_RESAMPLES = 10
"""Resamples that must lie beyond each end of the interval, or the end is guesswork."""


def compare_models(
    case: Case,
    *,
    rules: ComparisonRules | None = None,
    groups: Sequence[Hashable] | None = None,
    slices: Sequence[Slice] = (),
    times_compared: int = 0,
    cost: ModelCost | None = None,
    seed: int = 0,
) -> Comparison:
    """Decide between champion and challenger.

    Args:
        groups: What images to resample together (a video, a camera); None takes single images.
        slices: Parts of the test set where the challenger must be shown not to fall.
        times_compared: Comparisons already made on this test snapshot; each one makes the next stricter.
        cost: The challenger's latency and size, for the limits in the rules.

    Raises:
        InvalidInput: As the evaluation, the metric does not fit the case, a limit has no measurement, or a slice does
            not fit the images.
    """
    rules = rules or ComparisonRules()
    pair = make_pair(case, rules)
    check_rules(rules, case, cost, slices, n_images=pair.n_images)
    codes = group_codes(groups, pair.n_images)
    wear = wear_warning(times_compared, pair.n_images)
    alpha = rules.alpha * wear.alpha_share
    resamples = min(_MOST_RESAMPLES, max(rules.resamples, math.ceil(_TAIL_RESAMPLES * 2 / alpha)))
    values = bootstrap(pair.statistic, codes, resamples=resamples, seed=seed)
    spread = values[:, 1] - values[:, 0]
    is_known = bool(np.isfinite(spread).any()) and pair.challenger is not None
    interval = percentile_interval(spread, level=1 - alpha) if is_known else None
    mcnemar_p = None if pair.correct is None or groups is not None else mcnemar_exact(*pair.correct)
    per_class = class_table(pair, rules)
    judged = judge_slices(pair, slices, codes, alpha=alpha, resamples=resamples, seed=seed)
    numbers = Numbers(
        delta=pair.delta,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        alpha=alpha,
        mcnemar_p=mcnemar_p,
        has_champion=pair.has_champion,
    )
    decision, reasons = decide(numbers, rules, per_class, judged, cost or ModelCost())
    is_exact = mcnemar_p is not None and pair.has_champion
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
        per_class=per_class,
        slices=judged,
        power=find_power(pair, spread, alpha=alpha, is_exact=is_exact, min_delta=rules.min_delta),
        min_delta=rules.min_delta,
        cost=cost,
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


def _no_better(spread: FloatArray) -> float:
    finite = spread[np.isfinite(spread)]
    return float((1 + (finite <= 0).sum()) / (1 + finite.size))
