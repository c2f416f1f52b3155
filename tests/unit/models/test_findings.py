"""What is found on an item, for each task, and how much two answers about it differ."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, ModelError
from whorl.geometry.masks import Rle, compress_runs, run_lengths
from whorl.models.disagreements import answer_difference
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.findings import dump_findings, find_findings, load_findings
from whorl.models.outputs.types import ClassOutputs, LabelOutputs, ObjectOutputs, Outputs, PixelOutputs
from whorl.models.types import ClassProbabilities, Detections, LabelScores, Prediction, Segmentation

BOX = np.array([[10, 10, 30, 30.0]])


def told(outputs: Outputs) -> list[tuple[Any, ...]]:
    """Item, type, truth, predicted, confidence and IoU of each finding, after a journey through bytes."""
    again = load_findings(dump_findings(find_findings(outputs)))
    return [(outputs.items[row.at], *row[1:6]) for row in again.rows()]


def test_find_findings__of_classes() -> None:
    outputs = ClassOutputs(("a", "b"), ("x", "y"), np.array([0, 0]), np.array([[0.9, 0.1], [0.25, 0.75]]))
    assert told(outputs) == [("x", "correct", "a", "a", 0.9, None), ("y", "confused", "a", "b", 0.75, None)]


def test_find_findings__of_several_labels() -> None:
    truth = np.array([[True, True, False], [False, False, False]])
    scores = np.array([[0.9, 0.2, 0.5], [0.1, 0.49, 0.3]])
    assert told(LabelOutputs(("a", "b", "c"), ("x", "y"), truth, scores)) == [
        ("x", "correct", "a", "a", 0.9, None),
        ("x", "missed", "b", None, 0.2, None),
        ("x", "spurious", None, "c", 0.5, None),
        ("y", "empty", None, None, None, None),
    ]


def test_find_findings__of_objects_with_a_crowd() -> None:
    truth = TruthObjects(
        np.concatenate([BOX, BOX + 100, BOX + 200]), np.array([0, 1, 1]), np.array([False, False, True])
    )
    boxes = np.concatenate([BOX, BOX + 201, BOX + 300, BOX + 100, BOX + 400])
    found = PredictedObjects(boxes, np.array([0.9, 0.9, 0.3, 0.2, 0.9]), np.array([1, 1, 0, 1, -1]))
    nothing = TruthObjects(np.zeros((0, 4)), np.zeros(0, np.int64))
    silent = PredictedObjects(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64))
    outputs = ObjectOutputs(("a", "b"), ("x", "y"), (truth, nothing), (found, silent))
    # The crowd excuses the second box; the fourth is too weak, the last of no known label.
    assert told(outputs) == [
        ("x", "confused", "a", "b", 0.9, 1.0),
        ("x", "missed", "b", None, None, None),
        ("x", "spurious", None, "a", 0.3, None),
        ("y", "empty", None, None, None, None),
    ]
    rows = list(find_findings(outputs).rows())
    assert [row.bounds for row in rows] == [[10, 10, 30, 30], [110, 110, 130, 130], [310, 310, 330, 330], None]
    with pytest.raises(ModelError, match="findings cannot be read"):
        load_findings(b"PK no")


def test_find_findings__of_masks_goes_by_the_masks() -> None:
    def mask(columns: slice) -> Rle:
        pixels = np.zeros((20, 20), bool)
        pixels[:, columns] = True
        return Rle(20, 20, compress_runs(run_lengths(pixels)))

    whole = np.array([[0, 0, 20, 20.0]])
    truth = TruthObjects(whole, np.array([0]), masks=[mask(slice(0, 4))])
    found = PredictedObjects(whole, np.array([0.8]), np.array([0]), masks=[mask(slice(10, 20))])
    by_box = ObjectOutputs(("a",), ("x",), (truth,), (found,))
    by_mask = ObjectOutputs(("a",), ("x",), (truth,), (found,), use_masks=True)
    assert [row[1] for row in told(by_box)] == ["correct"]
    assert [row[1] for row in told(by_mask)] == ["missed", "spurious"]


def test_find_findings__of_pixels_from_one_percent_on() -> None:
    counts = np.zeros((3, 3, 3), np.int64)
    counts[0] = [[500, 20, 5], [0, 0, 0], [30, 0, 445]]
    counts[1, 2, 2] = 1000
    counts[2, 0, 1], counts[2, 2, 2] = 3, 997
    rows = told(PixelOutputs(("a", "b"), ("x", "empty", "tiny"), counts))
    assert [row[:4] for row in rows] == [
        ("x", "correct", "a", "a"),
        ("x", "confused", "a", "b"),
        ("x", "spurious", None, "a"),
        ("empty", "empty", None, None),
        ("tiny", "confused", "a", "b"),
    ]
    assert rows[0][5] == pytest.approx(500 / 555, abs=1e-6)


def test_answer_difference__is_what_only_one_of_them_says() -> None:
    def probabilities(*values: float, labels: tuple[str, ...] = ("a", "b")) -> ClassProbabilities:
        return ClassProbabilities(labels, np.array(values, np.float32))

    def detections(boxes: Any, scores: Any, *labels: str) -> Detections:
        return Detections(np.array(boxes, np.float32).reshape(-1, 4), np.array(scores, np.float32), labels)

    def pixels(*values: int, labels: tuple[str, ...] = ("a", "b")) -> Segmentation:
        return Segmentation(labels, np.array([values], np.uint8), np.ones((1, len(values)), np.float32))

    def scores(*values: float) -> LabelScores:
        return LabelScores(("a", "b"), np.array(values, np.float32))

    cases: list[tuple[Prediction, Prediction, float]] = [
        (probabilities(0.9, 0.1), probabilities(0.6, 0.4), 0.0),
        (probabilities(0.9, 0.1), probabilities(0.2, 0.8), 0.7),
        (probabilities(0.9, 0.1), probabilities(0.1, 0.9, labels=("b", "c")), 0.9),
        (scores(0.9, 0.1), scores(0.6, 0.4), 0.0),
        (scores(0.9, 0.1), scores(0.4, 0.1), 0.5),
        (detections(BOX, [0.9], "a"), detections(BOX + 1, [0.3], "a"), 0.0),
        (detections(BOX, [0.9], "a"), detections(BOX, [0.3], "b"), 1.2),
        (detections(BOX, [0.9], "a"), detections([], []), 0.9),
        (detections(BOX, [0.2], "a"), detections([], []), 0.0),
        (pixels(0, 1, 2, 2), pixels(0, 1, 1, 1), 0.5),
        (pixels(0, 1, 2, 2), pixels(0, 2, 1, 1, labels=("b", "a")), 0.0),
        (pixels(0, 1), pixels(0, 1, 1), 1.0),
    ]
    for one, other, expected in cases:
        assert answer_difference(one, other) == pytest.approx(expected, abs=1e-6)
        assert answer_difference(other, one) == pytest.approx(expected, abs=1e-6)
    with pytest.raises(InvalidInput, match="different tasks"):
        answer_difference(scores(0.1, 0.2), pixels(0, 1))
