"""An evaluation in full: what its kept outputs say, as the API gives it. Pure: outputs in, report out."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.details import Rankings, detail_outputs, metric_names, rank_outputs, threshold_rows
from whorl.models.evaluation.bootstrap import group_codes, weight_blocks
from whorl.models.evaluation.intervals import SliceEstimate, estimate
from whorl.models.evaluation.rankings import Ranking
from whorl.models.evaluation.thresholds import Prices, find_cheapest
from whorl.models.evaluation.types import FloatArray, IntArray, Interval
from whorl.models.outputs import Outputs, measure_outputs
from whorl.schemas.evaluations import CheapestThreshold, EvaluationReport, Range, SliceRow, ThresholdReport
from whorl.schemas.models import Evaluation

SMALL_SLICE = 20
"""Fewer items than this are marked: what they show is mostly luck."""

_RESAMPLES = 300


@dataclass(frozen=True, slots=True)
class NamedSlice:
    """Some of an evaluation's items, and what makes them a slice."""

    name: str
    items: frozenset[str]
    query: str | dict[str, JsonValue] | None = None
    field: str | None = None
    value: str | float | bool | None = None


def build_report(
    evaluation: Evaluation,
    task: str,
    outputs: Outputs,
    *,
    groups: Sequence[Hashable] | None = None,
    slices: Sequence[NamedSlice] = (),
    seed: int = 0,
) -> EvaluationReport:
    """Everything that an evaluation says.

    Args:
        groups: What items to resample together, one for each of the outputs' items; None resamples single items.
        slices: Items that the outputs lack are left out of them.

    Raises:
        InvalidInput: The outputs cannot be scored.
    """
    measure = measure_outputs(outputs)
    codes = group_codes(groups, len(outputs.items))
    details = detail_outputs(outputs, measure)
    places = [_places(outputs, one) for one in slices]
    found = estimate(measure, codes, slices=places, seed=seed)
    name, class_name = metric_names(outputs)
    rows = zip(details.per_class, found.per_class, strict=True)
    return EvaluationReport(
        evaluation_id=evaluation.id,
        model_id=evaluation.model_id,
        dataset_id=evaluation.dataset_id,
        revision=evaluation.revision,
        task=task,
        metric_name=name,
        class_metric_name=class_name,
        metric=found.metric.value,
        interval=_range(found.metric.interval),
        resamples=found.resamples,
        n_items=len(outputs.items),
        n_groups=_count_groups(codes),
        n_truth=details.n_truth,
        summary=details.summary,
        per_class=[row.model_copy(update={"interval": _range(one.interval)}) for row, one in rows],
        per_size=details.per_size,
        slices=[
            _slice_row(one, at, codes, values) for one, at, values in zip(slices, places, found.slices, strict=True)
        ],
        curves=details.curves,
        reliability=details.reliability,
        calibration=details.calibration,
        thresholds=details.thresholds,
        is_stale=evaluation.is_stale,
    )


def build_thresholds(
    evaluation: Evaluation,
    outputs: Outputs,
    prices: Prices,
    *,
    groups: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> ThresholdReport:
    """Costs by confidence threshold, and the cheapest in all and for each label.

    Raises:
        InvalidInput: Answers have no confidence, a price is negative or not finite, or both are 0.
    """
    if not all(np.isfinite(price) and price >= 0 for price in (prices.missed, prices.spurious)):
        raise InvalidInput(f"prices {prices.missed:g} and {prices.spurious:g}; each must be 0 or more")
    if prices.missed == prices.spurious == 0:
        raise InvalidInput(
            "both prices are 0, so that every threshold costs the same", hint="Give one of them a price."
        )
    rankings = rank_outputs(outputs, measure_outputs(outputs))
    if rankings is None:
        raise InvalidInput(
            "pixels have no confidence threshold", hint="Thresholds are for classes, labels and objects."
        )
    weights = _draw(group_codes(groups, len(outputs.items)), seed)
    named = zip(outputs.labels, rankings.per_class, strict=True)
    return ThresholdReport(
        evaluation_id=evaluation.id,
        missed=prices.missed,
        spurious=prices.spurious,
        n_items=len(outputs.items),
        n_truth=int(rankings.everything.n_truth.sum()),
        cheapest=_cheapest(None, rankings.everything, rankings, prices, weights),
        per_class=[
            _cheapest(label, one, rankings, prices, weights)
            for label, one in named
            if one.n_truth.any() or len(one.scores)
        ],
        rows=threshold_rows(rankings, prices),
        is_stale=evaluation.is_stale,
    )


def _cheapest(
    label: str | None, ranking: Ranking, rankings: Rankings, prices: Prices, weights: FloatArray
) -> CheapestThreshold:
    found = find_cheapest(ranking, prices, weights, is_single=rankings.is_single)
    row = threshold_rows(Rankings(ranking, (), rankings.is_single), prices)[found.at]
    return CheapestThreshold(
        label=label,
        threshold=found.threshold,
        cost=found.cost,
        interval=_range(found.cost_interval),
        threshold_interval=_range(found.threshold_interval),
        precision=row.precision,
        recall=row.recall,
    )


def _draw(codes: IntArray, seed: int) -> FloatArray:
    blocks = [block.astype(np.float32) for block in weight_blocks(codes, resamples=_RESAMPLES, seed=seed)]
    return np.concatenate(blocks)


def _places(outputs: Outputs, one: NamedSlice) -> IntArray:
    return np.array([at for at, item in enumerate(outputs.items) if item in one.items], np.int64)


def _slice_row(one: NamedSlice, places: IntArray, codes: IntArray, found: SliceEstimate) -> SliceRow:
    return SliceRow(
        name=one.name,
        query=one.query,
        field=one.field,
        value=one.value,
        n_items=len(places),
        n_groups=len(np.unique(codes[places])),
        metric=found.inside.value,
        interval=_range(found.inside.interval),
        rest=found.rest,
        delta=found.delta.value,
        delta_interval=_range(found.delta.interval),
        is_small=len(places) < SMALL_SLICE,
    )


def _count_groups(codes: IntArray) -> int:
    return int(codes.max()) + 1 if codes.size else 0


def _range(interval: Interval | None) -> Range | None:
    return None if interval is None else Range(**asdict(interval))
