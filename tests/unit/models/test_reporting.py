"""An evaluation in full, from its outputs."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.evaluation.thresholds import Prices
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.outputs import ClassOutputs, LabelOutputs, ObjectOutputs, PixelOutputs
from whorl.models.reporting import NamedSlice, build_report, build_thresholds
from whorl.schemas.evaluations import Range, SizeRow
from whorl.schemas.models import Evaluation

EVALUATION = Evaluation(
    id="evl_x",
    model_id="mdl_x",
    dataset_id="dst_x",
    revision=3,
    items_digest="0" * 64,
    n_items=4,
    metric_name="accuracy",
    metric=None,
    metrics={},
    is_stale=True,
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
)


def _ids(n: int) -> tuple[str, ...]:
    return tuple(f"itm_{at}" for at in range(n))


def classes() -> ClassOutputs:
    """Forty items: the first thirty right, the last ten wrong and less sure."""
    truth = np.arange(40) % 2
    said = np.where(np.arange(40) < 30, truth, 1 - truth)
    sure = np.where(np.arange(40) < 30, 0.9, 0.6)
    rows = np.stack([np.where(said == at, sure, 1 - sure) for at in range(2)], axis=1)
    return ClassOutputs(("cat", "dog"), _ids(40), truth, rows)


def boxes() -> ObjectOutputs:
    """One small and one large car: the small one is found, the large one is missed, and a bus is imagined."""
    truth = TruthObjects(np.array([[0.0, 0, 10, 10], [100, 100, 300, 300]]), np.array([0, 0]))
    found = PredictedObjects(np.array([[0.0, 0, 10, 10], [50, 50, 60, 60]]), np.array([0.9, 0.4]), np.array([0, 1]))
    empty = TruthObjects(np.zeros((0, 4)), np.zeros(0, np.int64))
    nothing = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    return ObjectOutputs(("car", "bus"), _ids(2), (truth, empty), (found, nothing))


def test_build_report__of_classes() -> None:
    report = build_report(EVALUATION, "classification", classes())
    assert (report.metric_name, report.metric, report.n_items, report.n_truth) == ("accuracy", 0.75, 40, 40)
    assert report.interval is not None
    assert report.interval.low < 0.75 < report.interval.high
    rows = [(row.label, row.metric, row.n_truth, row.n_predicted, row.precision) for row in report.per_class]
    assert rows == [("cat", 0.75, 20, 20, 0.75), ("dog", 0.75, 20, 20, 0.75)]
    assert [(one.confidence, one.accuracy, one.count) for one in report.reliability] == [
        (pytest.approx(0.6), 0.0, 10),
        (pytest.approx(0.9), 1.0, 30),
    ]
    assert report.is_stale
    assert report.per_size == []


def test_build_report__a_slice_is_held_against_the_rest() -> None:
    slices = [NamedSlice("early", frozenset(_ids(30)), query="camera:a"), NamedSlice("late", frozenset(_ids(40)[30:]))]
    early, late = build_report(EVALUATION, "classification", classes(), slices=slices).slices
    assert (early.n_items, early.metric, early.rest, early.delta, early.is_small) == (30, 1.0, 0.0, 1.0, False)
    assert (late.n_items, late.metric, late.delta, late.is_small) == (10, 0.0, -1.0, True)


def test_build_report__an_empty_slice_has_no_metric() -> None:
    (row,) = build_report(
        EVALUATION, "classification", classes(), slices=[NamedSlice("x", frozenset({"itm_z"}))]
    ).slices
    assert (row.n_items, row.metric, row.interval, row.rest, row.delta) == (0, None, None, 0.75, None)


def test_build_report__groups_widen_the_interval() -> None:
    alone = build_report(EVALUATION, "classification", classes())
    grouped = build_report(EVALUATION, "classification", classes(), groups=[at // 10 for at in range(40)])
    assert (alone.n_groups, grouped.n_groups) == (40, 4)
    assert alone.interval is not None
    assert grouped.interval is not None
    assert grouped.interval.high - grouped.interval.low > 1.5 * (alone.interval.high - alone.interval.low)


def test_build_report__is_the_same_again() -> None:
    assert build_report(EVALUATION, "detection", boxes()) == build_report(EVALUATION, "detection", boxes())


def test_build_report__of_boxes_by_size() -> None:
    report = build_report(EVALUATION, "detection", boxes())
    # One of two cars is found, and nothing wrong is surer: precision 1 up to recall 0.5, which is 51 of 101 points.
    assert (report.metric_name, report.metric) == ("ap50", pytest.approx(51 / 101))
    assert report.per_size == [
        SizeRow(name="small", min_area_px=0.0, max_area_px=1024.0, n_truth=1, ap=1.0, recall=1.0),
        SizeRow(name="medium", min_area_px=1024.0, max_area_px=9216.0, n_truth=0, ap=None, recall=None),
        SizeRow(name="large", min_area_px=9216.0, max_area_px=None, n_truth=1, ap=0.0, recall=0.0),
    ]
    car, bus = report.per_class
    assert (car.recall, car.precision, bus.metric, bus.n_predicted) == (0.5, 1.0, None, 1)
    everything, of_cars, of_buses = report.curves
    assert (everything.label, of_cars.recall, of_cars.precision, of_cars.threshold) == (None, [0.5], [1.0], [0.9])
    assert (of_buses.average_precision, of_buses.recall) == (None, [])


def test_build_report__a_curve_has_200_points_at_most() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((1000, 1)) < 0.5
    outputs = LabelOutputs(("a",), _ids(1000), truth, np.clip(truth * 0.3 + rng.random((1000, 1)) * 0.7, 0, 1))
    curve = build_report(EVALUATION, "multi_label", outputs).curves[1]
    assert 150 < len(curve.recall) <= 200
    assert curve.recall == sorted(curve.recall)
    assert curve.threshold == sorted(curve.threshold, reverse=True)
    assert (curve.recall[-1], len(curve.precision), len(curve.threshold)) == (1.0, len(curve.recall), len(curve.recall))


def test_build_report__of_labels() -> None:
    outputs = LabelOutputs(
        ("red", "blue"),
        _ids(3),
        np.array([[1, 0], [1, 1], [0, 0]], bool),
        np.array([[0.9, 0.6], [0.2, 0.8], [0.1, 0.1]]),
    )
    report = build_report(EVALUATION, "multi_label", outputs)
    # Both labels rank every item that has them first.
    assert (report.metric_name, report.metric, report.n_truth) == ("map", 1.0, 3)
    # Two items have a label, and blue is on one of them: perfection on so few says little.
    assert report.interval == Range(low=0.025**0.5, high=1.0)
    assert report.per_class[1].interval == Range(low=0.025, high=1.0)
    assert report.summary == {
        "macro_f1": pytest.approx(2 / 3),
        "micro_f1": pytest.approx(2 / 3),
        "subset_accuracy": pytest.approx(1 / 3),
        "hamming_loss": pytest.approx(2 / 6),
    }


def test_build_report__of_pixels() -> None:
    # Four pixels a picture: rows the truth, columns the answer, the last one of each is no label.
    outputs = PixelOutputs(("cell",), _ids(2), np.array([[[2, 0], [1, 1]], [[1, 1], [0, 2]]]))
    report = build_report(EVALUATION, "semantic_masks", outputs)
    (row,) = report.per_class
    assert (report.metric_name, report.metric, row.iou, row.dice) == ("miou", pytest.approx(3 / 5), 3 / 5, 6 / 8)
    assert report.summary == {"pixel_accuracy": 6 / 8, "mean_dice": 6 / 8}
    assert (report.curves, report.thresholds, report.calibration) == ([], [], None)


def test_build_report__nothing_predicted() -> None:
    empty = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    outputs = ObjectOutputs(("car", "bus"), _ids(2), boxes().truth, (empty, empty))
    report = build_report(EVALUATION, "detection", outputs)
    assert (report.metric, report.calibration, report.reliability) == (0.0, None, [])
    assert report.thresholds[0].n_missed == 2
    assert build_thresholds(EVALUATION, outputs, Prices()).cheapest.cost == 2


def test_build_thresholds__dear_misses_lower_the_threshold() -> None:
    # Right answers at 0.3 and 0.9, a wrong one at 0.5.
    truth = TruthObjects(np.array([[0.0, 0, 9, 9], [20, 20, 29, 29]]), np.array([0, 0]))
    found = PredictedObjects(
        np.array([[0.0, 0, 9, 9], [20, 20, 29, 29], [50, 50, 59, 59]]), np.array([0.9, 0.3, 0.5]), np.array([0, 0, 0])
    )
    outputs = ObjectOutputs(("car",), _ids(1), (truth,), (found,))
    dear_miss = build_thresholds(EVALUATION, outputs, Prices(missed=10, spurious=1))
    dear_ghost = build_thresholds(EVALUATION, outputs, Prices(missed=1, spurious=10))
    assert (dear_miss.cheapest.threshold, dear_miss.cheapest.cost, dear_miss.cheapest.recall) == (0.0, 1.0, 1.0)
    assert (dear_ghost.cheapest.threshold, dear_ghost.cheapest.cost) == (0.51, 1.0)
    assert [one.label for one in dear_miss.per_class] == ["car"]
    by_threshold = {row.threshold: (row.n_correct, row.n_missed, row.n_spurious) for row in dear_miss.rows}
    assert (by_threshold[0.3], by_threshold[0.31], by_threshold[0.51]) == ((2, 0, 1), (1, 1, 1), (1, 1, 0))


def test_build_thresholds__an_unsure_item_is_cheaper_than_a_wrong_one() -> None:
    found = build_thresholds(EVALUATION, classes(), Prices(missed=1, spurious=4)).cheapest
    # The ten wrong answers are at 0.6: above it they are left unsure, one each.
    assert (found.threshold, found.cost, found.precision, found.recall) == (0.61, 10.0, 1.0, 0.75)
    assert found.interval is not None
    assert found.interval.low < 10 < found.interval.high


def test_build_thresholds__prices_that_decide_nothing() -> None:
    with pytest.raises(InvalidInput, match="both prices are 0"):
        build_thresholds(EVALUATION, classes(), Prices(0, 0))
    with pytest.raises(InvalidInput, match="0 or more"):
        build_thresholds(EVALUATION, classes(), Prices(float("nan"), 1))


def test_build_thresholds__pixels_have_none() -> None:
    outputs = PixelOutputs(("cell",), _ids(1), np.array([[[2, 0], [1, 1]]]))
    with pytest.raises(InvalidInput, match="pixels have no confidence threshold"):
        build_thresholds(EVALUATION, outputs, Prices())
