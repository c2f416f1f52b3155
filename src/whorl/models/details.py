"""What each task's outputs say beyond the metric: tables, curves, calibration and thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

import numpy as np

from whorl.models.evaluation.calibration import (
    brier_score,
    expected_calibration_error,
    negative_log_likelihood,
)
from whorl.models.evaluation.classification import check_probabilities, confusion_counts, macro_f1
from whorl.models.evaluation.curves import pr_curve
from whorl.models.evaluation.detection import summarise_columns
from whorl.models.evaluation.labels import evaluate_labels
from whorl.models.evaluation.matches import MatchTable
from whorl.models.evaluation.measures import LabelMeasure, Measure, ObjectMeasure
from whorl.models.evaluation.pixels import evaluate_pixels
from whorl.models.evaluation.rankings import Ranking, interpolated_ap, pool, rank, stepwise_ap
from whorl.models.evaluation.thresholds import THRESHOLDS, Prices, count_by_threshold
from whorl.models.evaluation.types import BoolArray, DetectionMetrics, FloatArray, TruthObjects
from whorl.models.examining import LABEL_THRESHOLD, SCORE_THRESHOLD, object_answers, reliability
from whorl.models.outputs import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs
from whorl.schemas.evaluations import Calibration, ClassRow, Curve, SizeRow, ThresholdRow
from whorl.schemas.models import ReliabilityBin

_SIZES = (("small", 0.0, 32.0**2), ("medium", 32.0**2, 96.0**2), ("large", 96.0**2, None))
"""COCO's buckets, in px²."""


@dataclass(frozen=True, slots=True)
class Details:
    """The parts of a report that differ by task; ``per_class`` lacks the metric with its interval."""

    n_truth: int
    summary: dict[str, float | None]
    per_class: list[ClassRow]
    per_size: list[SizeRow] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)
    reliability: list[ReliabilityBin] = field(default_factory=list)
    calibration: Calibration | None = None
    thresholds: list[ThresholdRow] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rankings:
    """What thresholds are read from: all answers, and each label's; ``is_single`` when an item has one answer."""

    everything: Ranking
    per_class: tuple[Ranking, ...]
    is_single: bool = False


def metric_names(outputs: Outputs) -> tuple[str, str]:
    """The names of the metric and of what a label's row measures."""
    match outputs:
        case ClassOutputs():
            return "accuracy", "recall"
        case LabelOutputs():
            return "map", "ap"
        case ObjectOutputs():
            return ("mask_ap50", "mask_ap50") if outputs.use_masks else ("ap50", "ap50")
        case PixelOutputs():
            return "miou", "iou"
        case _:
            assert_never(outputs)


def rank_outputs(outputs: Outputs, measure: Measure) -> Rankings | None:
    """The answers in order of confidence; None where answers have none, as for pixels."""
    if isinstance(outputs, ClassOutputs):
        return _rank_classes(outputs)
    if isinstance(measure, LabelMeasure):
        return Rankings(pool(measure.rankings), measure.rankings)
    if isinstance(measure, ObjectMeasure):
        return Rankings(pool(measure.table.whole), measure.table.whole)
    return None


def detail_outputs(outputs: Outputs, measure: Measure) -> Details:
    """Everything but the metric's intervals and slices.

    Raises:
        InvalidInput: The outputs cannot be scored.
    """
    rankings = rank_outputs(outputs, measure)
    if isinstance(outputs, PixelOutputs) or rankings is None:
        assert isinstance(outputs, PixelOutputs)
        return _pixels(outputs)
    if isinstance(outputs, ClassOutputs):
        return _classes(outputs, rankings)
    if isinstance(outputs, LabelOutputs):
        return _labels(outputs, rankings)
    assert isinstance(measure, ObjectMeasure)
    return _objects(outputs, measure.table, rankings)


def _rank_classes(outputs: ClassOutputs) -> Rankings:
    said = outputs.probabilities.argmax(axis=1) if outputs.items else np.zeros(0, np.int64)
    images = np.arange(len(said), dtype=np.int64)
    confidence, correct = outputs.probabilities[images, said], said == outputs.truth
    # By predicted label: whoever sets a threshold for a label sees the answers that say so.
    per_class = [
        rank(images[mine], confidence[mine], correct[mine], mine.astype(np.float64))
        for mine in (said == at for at in range(len(outputs.labels)))
    ]
    return Rankings(rank(images, confidence, correct, np.ones(len(said))), tuple(per_class), is_single=True)


def threshold_rows(rankings: Rankings, prices: Prices) -> list[ThresholdRow]:
    """What follows from each threshold, all labels together."""
    table = count_by_threshold(rankings.everything, is_single=rankings.is_single)
    counts = zip(table.right.tolist(), table.missed.tolist(), table.spurious.tolist(), strict=True)
    return [
        ThresholdRow(
            threshold=threshold,
            precision=_ratio(right, right + spurious),
            recall=_ratio(right, table.n_truth),
            f1=_ratio(2 * right, right + spurious + table.n_truth),
            n_correct=right,
            n_missed=missed,
            n_spurious=spurious,
            cost=cost,
        )
        for threshold, (right, missed, spurious), cost in zip(
            THRESHOLDS, counts, table.cost(prices).tolist(), strict=True
        )
    ]


def _classes(outputs: ClassOutputs, rankings: Rankings) -> Details:
    probabilities, truth, names = outputs.probabilities, outputs.truth, outputs.labels
    check_probabilities(truth, probabilities, len(names))
    said = probabilities.argmax(axis=1)
    confidence, correct = probabilities.max(axis=1), said == truth
    counts = confusion_counts(truth, said, len(names))
    images = np.arange(len(truth), dtype=np.int64)
    mine = [truth == at for at in range(len(names))]
    return Details(
        n_truth=len(truth),
        summary={
            "macro_f1": float(macro_f1(counts[None].astype(np.float64))[0]),
            "nll": negative_log_likelihood(probabilities, truth),
        },
        per_class=[
            _class_row(name, int(counts[at, at]), int(counts[at].sum()), int(counts[:, at].sum()))
            for at, name in enumerate(names)
        ],
        curves=[
            _stepwise_curve(name, rank(images, probabilities[:, at], own, own.astype(np.float64)))
            for at, (name, own) in enumerate(zip(names, mine, strict=True))
        ],
        reliability=reliability(confidence, correct),
        calibration=Calibration(
            ece=expected_calibration_error(confidence, correct),
            brier=brier_score(probabilities, truth),
            nll=negative_log_likelihood(probabilities, truth),
        ),
        thresholds=threshold_rows(rankings, Prices()),
    )


def _labels(outputs: LabelOutputs, rankings: Rankings) -> Details:
    found = evaluate_labels(outputs.truth, outputs.scores, outputs.labels, threshold=LABEL_THRESHOLD)
    named = zip(outputs.labels, rankings.per_class, strict=True)
    return Details(
        n_truth=found.n_truth,
        summary={
            "macro_f1": found.macro_f1,
            "micro_f1": found.micro_f1,
            "subset_accuracy": found.subset_accuracy,
            "hamming_loss": found.hamming_loss,
        },
        per_class=[
            ClassRow(
                label=row.name,
                metric=row.ap,
                n_truth=row.support,
                n_predicted=row.n_predicted,
                precision=row.precision,
                recall=row.recall,
                f1=row.f1,
                ap=row.ap,
            )
            for row in found.per_class
        ],
        curves=[_stepwise_curve(None, rankings.everything), *(_stepwise_curve(name, one) for name, one in named)],
        reliability=reliability(outputs.scores.reshape(-1), outputs.truth.reshape(-1)),
        calibration=_calibration(outputs.scores.reshape(-1), outputs.truth.reshape(-1)),
        thresholds=threshold_rows(rankings, Prices()),
    )


def _objects(outputs: ObjectOutputs, table: MatchTable, rankings: Rankings) -> Details:
    assert table.columns is not None
    found = summarise_columns(table.columns, outputs.labels, use_masks=outputs.use_masks)
    ap50 = [row.ap50 for row in found.per_class]
    confidence, correct = object_answers(table)
    at_threshold = [_sure(one) for one in table.whole]
    right, given = (sum(counts) for counts in zip(*at_threshold, strict=True))
    summary = {name: getattr(found, name) for name in ("ap", "ap75", "ar1", "ar10", "ar100")}
    f1 = _ratio(2 * right, given + found.n_truth)
    return Details(
        n_truth=found.n_truth,
        summary=summary | {"instance_f1" if outputs.use_masks else "f1": f1},
        per_class=[
            _class_row(row.name, right, row.n_truth, given).model_copy(update={"ap": row.ap, "metric": row.ap50})
            for row, (right, given) in zip(found.per_class, at_threshold, strict=True)
        ],
        per_size=_sizes(found, outputs.truth),
        curves=[
            _curve(None, rankings.everything, _last(interpolated_ap(rankings.everything, _ones(rankings.everything)))),
            *(_curve(name, one, value) for name, one, value in zip(outputs.labels, table.whole, ap50, strict=True)),
        ],
        reliability=reliability(confidence, correct),
        calibration=_calibration(confidence, correct),
        thresholds=threshold_rows(rankings, Prices()),
    )


def _pixels(outputs: PixelOutputs) -> Details:
    found = evaluate_pixels(outputs.confusion, outputs.labels)
    return Details(
        n_truth=sum(row.support for row in found.per_class),
        summary={"pixel_accuracy": found.pixel_accuracy, "mean_dice": found.mean_dice},
        per_class=[
            ClassRow(
                label=row.name,
                metric=row.iou,
                n_truth=row.support,
                n_predicted=row.n_predicted,
                precision=row.precision,
                recall=row.recall,
                f1=row.dice,
                iou=row.iou,
                dice=row.dice,
            )
            for row in found.per_class
        ],
    )


def _class_row(name: str, right: int, n_truth: int, n_predicted: int) -> ClassRow:
    recall = _ratio(right, n_truth)
    return ClassRow(
        label=name,
        metric=recall,
        n_truth=n_truth,
        n_predicted=n_predicted,
        precision=_ratio(right, n_predicted),
        recall=recall,
        f1=_ratio(2 * right, n_truth + n_predicted),
    )


def _sure(ranking: Ranking) -> tuple[int, int]:
    """How many answers are right, and how many there are, of those that the confusion counts."""
    sure = ranking.scores >= SCORE_THRESHOLD
    return int((ranking.hit & sure).sum()), int(sure.sum())


def _sizes(found: DetectionMetrics, truth: Sequence[TruthObjects]) -> list[SizeRow]:
    areas = np.concatenate([np.zeros(0), *(_areas(one) for one in truth)])
    values = (
        (found.ap_small, found.ar_small),
        (found.ap_medium, found.ar_medium),
        (found.ap_large, found.ar_large),
    )
    return [
        SizeRow(
            name=name,
            min_area_px=low,
            max_area_px=high,
            n_truth=int(((areas >= low) & (areas < (np.inf if high is None else high))).sum()),
            ap=ap,
            recall=recall,
        )
        for (name, low, high), (ap, recall) in zip(_SIZES, values, strict=True)
    ]


def _areas(true: TruthObjects) -> FloatArray:
    sides = true.boxes[:, 2:] - true.boxes[:, :2]
    area = sides[:, 0] * sides[:, 1] if true.area is None else true.area
    return area if true.crowd is None else area[~true.crowd]


def _calibration(confidence: FloatArray, correct: BoolArray) -> Calibration | None:
    if not len(confidence):
        return None
    brier = float(((confidence - correct) ** 2).mean())
    return Calibration(ece=expected_calibration_error(confidence, correct), brier=brier)


def _stepwise_curve(name: str | None, ranking: Ranking) -> Curve:
    return _curve(name, ranking, _last(stepwise_ap(ranking, _ones(ranking))))


def _curve(name: str | None, ranking: Ranking, average_precision: float | None) -> Curve:
    found = pr_curve(ranking)
    return Curve(
        label=name,
        average_precision=average_precision,
        n_truth=int(ranking.n_truth.sum()),
        threshold=found.threshold.tolist(),
        precision=found.precision.tolist(),
        recall=found.recall.tolist(),
    )


def _ones(ranking: Ranking) -> FloatArray:
    return np.ones((ranking.n_images, 1))


def _last(values: FloatArray) -> float | None:
    return round(float(values[-1]), 12) if np.isfinite(values[-1]) else None


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
