"""Where a model goes wrong, told from an evaluation's outputs."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.geometry.masks import Rle, encode_mask
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.examining import examine_outputs, find_disagreements, reliability
from whorl.models.outputs import ClassOutputs, LabelOutputs, ObjectOutputs, PixelOutputs
from whorl.schemas.models import Disagreement, ReliabilityBin, WorstItem


def test_examine_outputs__names_the_surest_wrong_answers_first() -> None:
    outputs = ClassOutputs(
        ("cat", "dog"),
        ("itm_a", "itm_b", "itm_c", "itm_d"),
        np.array([0, 0, 1, 1]),
        np.array([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8], [0.95, 0.05]]),
    )
    found = examine_outputs(outputs, evaluation_id="evl_x", worst=5)
    assert (found.labels, found.matrix, found.has_nothing) == (["cat", "dog"], [[1, 1], [1, 1]], False)
    assert found.worst == [
        WorstItem(item_id="itm_d", truth="dog", predicted="cat", confidence=0.95),
        WorstItem(item_id="itm_b", truth="cat", predicted="dog", confidence=0.6),
    ]


def test_examine_outputs__counts_missed_and_spurious_boxes() -> None:
    true = TruthObjects(np.array([[0.0, 0, 10, 10], [20, 20, 30, 30]]), np.array([0, 1]))
    found = PredictedObjects(np.array([[0.0, 0, 10, 10], [50, 50, 60, 60]]), np.array([0.9, 0.4]), np.array([1, 0]))
    nothing = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    outputs = ObjectOutputs(
        ("a", "b"),
        ("itm_x", "itm_y"),
        (true, TruthObjects(np.zeros((0, 4)), np.zeros(0, np.int64))),
        (found, nothing),
    )
    told = examine_outputs(outputs, evaluation_id="evl_x")
    # Rows are the truth, the last one nothing; columns are the prediction, the last one missed.
    assert told.matrix == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert told.worst == [WorstItem(item_id="itm_x", confused=1, missed=1, spurious=1)]
    assert [(one.confidence, one.accuracy) for one in told.reliability] == [(0.4, 0.0), (0.9, 0.0)]


def test_examine_outputs__a_box_on_its_object_is_a_right_answer() -> None:
    box = np.array([[0.0, 0, 10, 10]])
    outputs = ObjectOutputs(
        ("a",),
        ("itm_x",),
        (TruthObjects(box, np.array([0])),),
        (PredictedObjects(box, np.array([0.7]), np.array([0])),),
    )
    told = examine_outputs(outputs, evaluation_id="evl_x")
    assert told.reliability == [ReliabilityBin(low=0.7, high=0.8, confidence=0.7, accuracy=1.0, count=1)]
    assert told.worst == []


def test_examine_outputs__no_items() -> None:
    empty = ClassOutputs(("a",), (), np.zeros(0, np.int64), np.zeros((0, 1)))
    told = examine_outputs(empty, evaluation_id="evl_x")
    assert (told.matrix, told.reliability, told.worst) == ([[0]], [], [])


def test_reliability__a_full_confidence_falls_into_the_last_bin() -> None:
    told = reliability(np.array([1.0, 0.95]), np.array([True, False]))
    assert told == [ReliabilityBin(low=0.9, high=1.0, confidence=0.975, accuracy=0.5, count=2)]


def _classes(labels: tuple[str, ...], said: list[int], truth: list[int]) -> ClassOutputs:
    rows = np.eye(len(labels))[said]
    return ClassOutputs(labels, tuple(f"itm_{at}" for at in range(len(said))), np.array(truth), rows)


def test_find_disagreements__counts_who_is_right_where_they_differ() -> None:
    truth = ["cat", "cat", "dog", "dog", "dog"]
    champion = _classes(("cat", "dog"), [0, 1, 1, 0, 0], [0, 0, 1, 1, 1])
    # The order of its labels is its own.
    challenger = _classes(("dog", "cat"), [1, 1, 1, 1, 0], [1, 1, 0, 0, 0])
    told = find_disagreements(champion, challenger)
    assert (told.won, told.lost, told.both_right, told.both_wrong) == (2, 1, 1, 1)
    assert told.items == [
        Disagreement(item_id="itm_2", is_won=False, truth=truth[2], champion="dog", challenger="cat"),
        Disagreement(item_id="itm_1", is_won=True, truth=truth[1], champion="dog", challenger="cat"),
        Disagreement(item_id="itm_4", is_won=True, truth=truth[4], champion="cat", challenger="dog"),
    ]


def test_find_disagreements__fewer_errors_on_an_image_win() -> None:
    box = np.array([[0.0, 0, 10, 10]])
    truth = (TruthObjects(box, np.array([0])),)
    hit = (PredictedObjects(box, np.array([0.9]), np.array([0])),)
    miss = (PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64)),)
    champion, challenger = (ObjectOutputs(("a",), ("itm_x",), truth, found) for found in (miss, hit))
    told = find_disagreements(champion, challenger)
    assert told.items == [Disagreement(item_id="itm_x", is_won=True, champion_errors=1, challenger_errors=0)]
    assert (told.won, told.lost, told.both_right, told.both_wrong) == (1, 0, 0, 0)


def test_find_disagreements__names_both_sides_however_many_are_lost() -> None:
    champion = _classes(("a", "b"), [0, 0, 0, 1], [0, 0, 0, 0])
    challenger = _classes(("a", "b"), [1, 1, 1, 0], [0, 0, 0, 0])
    told = find_disagreements(champion, challenger, limit=1)
    assert (told.won, told.lost) == (1, 3)
    assert [(one.item_id, one.is_won) for one in told.items] == [("itm_0", False), ("itm_3", True)]


def test_find_disagreements__other_items_are_refused() -> None:
    one, two = _classes(("a",), [0], [0]), _classes(("a",), [0, 0], [0, 0])
    with pytest.raises(InvalidInput, match="different items"):
        find_disagreements(one, two)


def labels() -> LabelOutputs:
    """Red is right on the first and missed on the second item; blue is imagined on the second."""
    return LabelOutputs(
        ("red", "blue"),
        ("itm_a", "itm_b"),
        np.array([[True, False], [True, False]]),
        np.array([[0.9, 0.1], [0.3, 0.8]]),
    )


def test_examine_outputs__several_labels_are_missed_or_spurious_never_confused() -> None:
    told = examine_outputs(labels(), evaluation_id="evl_x")
    assert (told.matrix, told.has_nothing, told.score_threshold) == ([[1, 0, 1], [0, 0, 0], [0, 1, 0]], True, 0.5)
    assert told.worst == [WorstItem(item_id="itm_b", missed=1, spurious=1)]
    assert sum(one.count for one in told.reliability) == 4


def pixels() -> PixelOutputs:
    """Rows the truth, columns the answer; the last one of each is no label."""
    tables = [[[8, 0, 0], [0, 0, 0], [0, 0, 2]], [[1, 4, 2], [0, 0, 0], [1, 0, 2]]]
    return PixelOutputs(("cell", "dust"), ("itm_a", "itm_b"), np.array(tables))


def test_examine_outputs__pixels_are_counted() -> None:
    told = examine_outputs(pixels(), evaluation_id="evl_x")
    assert (told.matrix, told.reliability) == ([[9, 4, 2], [0, 0, 0], [1, 0, 4]], [])
    assert told.worst == [WorstItem(item_id="itm_b", matched=1, confused=4, missed=2, spurious=1)]


def test_examine_outputs__objects_with_masks_are_matched_by_them() -> None:
    # One box, two halves of it: the answer covers what is not the object.
    left = np.zeros((10, 10), bool)
    left[:, :5] = True
    box = np.array([[0.0, 0, 10, 10]])
    outputs = ObjectOutputs(
        ("cell",),
        ("itm_a",),
        (TruthObjects(box, np.array([0]), masks=[Rle(10, 10, encode_mask(left))]),),
        (PredictedObjects(box, np.array([0.9]), np.array([0]), [Rle(10, 10, encode_mask(~left))]),),
        use_masks=True,
    )
    told = examine_outputs(outputs, evaluation_id="evl_x")
    assert told.worst == [WorstItem(item_id="itm_a", missed=1, spurious=1)]
    assert told.reliability == [ReliabilityBin(low=0.9, high=1.0, confidence=0.9, accuracy=0.0, count=1)]


def test_find_disagreements__counts_wrong_labels_and_wrong_pixels() -> None:
    right = LabelOutputs(("red", "blue"), ("itm_a", "itm_b"), labels().truth, labels().truth.astype(np.float64))
    found = find_disagreements(labels(), right)
    assert (found.won, found.lost, found.both_right) == (1, 0, 1)
    assert found.items == [Disagreement(item_id="itm_b", is_won=True, champion_errors=2, challenger_errors=0)]
    # Wrong pixels: 10 and 5 in the first place, 0 and 7 in the second.
    turned = PixelOutputs(pixels().labels, pixels().items, np.roll(pixels().confusion, 1, axis=1))
    counted = find_disagreements(turned, pixels()).items
    assert [(one.item_id, one.champion_errors, one.challenger_errors) for one in counted] == [
        ("itm_b", 5, 7),
        ("itm_a", 10, 0),
    ]
    with pytest.raises(InvalidInput, match="different items"):
        find_disagreements(labels(), pixels())
