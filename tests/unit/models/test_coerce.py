"""Return values of strangers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from whorl.base.errors import ModelError
from whorl.models.coerce import coerce_prediction
from whorl.models.types import ClassProbabilities, Detections, Task

LABELS = ("cat", "dog")


def classify(result: object) -> list[float]:
    got = coerce_prediction(result, labels=LABELS, task=Task.CLASSIFICATION, size=(10, 20))
    assert isinstance(got, ClassProbabilities)
    return [round(float(p), 4) for p in got.probabilities]


def detect(result: object) -> Detections:
    got = coerce_prediction(result, labels=LABELS, task=Task.DETECTION, size=(10, 20), adapter="mine")
    assert isinstance(got, Detections)
    return got


class FakeTensor:
    """Has the three methods by which tensors become numpy."""

    def __init__(self, values: object) -> None:
        self.values = values

    def detach(self) -> FakeTensor:
        return self

    def cpu(self) -> FakeTensor:
        return self

    def numpy(self) -> np.ndarray:
        return np.asarray(self.values)


@pytest.mark.parametrize(
    "result",
    [
        {"cat": 0.8, "dog": 0.2},
        {"dog": 0.2, "cat": 0.8},
        [0.8, 0.2],
        np.array([[0.8, 0.2]]),
        FakeTensor([0.8, 0.2]),
        [{"label": "dog", "score": 0.2}, {"label": "cat", "score": 0.8}],
        SimpleNamespace(probs=SimpleNamespace(data=FakeTensor([0.2, 0.8])), names={0: "dog", 1: "cat"}),
        ClassProbabilities(("dog", "cat"), np.array([0.2, 0.8], np.float32)),
    ],
)
def test_coerce_prediction__classification_shapes(result: object) -> None:
    assert classify(result) == [0.8, 0.2]


def test_coerce_prediction__missing_labels_are_zero() -> None:
    assert classify({"dog": 0.5}) == [0.0, 1.0]


@pytest.mark.parametrize(
    "result",
    [
        {"boxes": [[1, 2, 5, 6]], "scores": [0.9], "labels": ["dog"]},
        {"boxes": FakeTensor([[1, 2, 5, 6]]), "scores": FakeTensor([0.9]), "labels": FakeTensor([1])},
        ([[1, 2, 5, 6]], [0.9], [1]),
        [{"box": [1, 2, 5, 6], "score": 0.9, "label": "dog"}],
        [{"box": {"xmin": 1, "ymin": 2, "xmax": 5, "ymax": 6}, "score": 0.9, "label": "dog"}],
        SimpleNamespace(
            boxes=SimpleNamespace(xyxy=FakeTensor([[1, 2, 5, 6]]), conf=FakeTensor([0.9]), cls=FakeTensor([7.0])),
            names={7: "dog"},
        ),
        SimpleNamespace(xyxy=np.array([[1, 2, 5, 6]]), confidence=np.array([0.9]), class_id=np.array([1]), data={}),
        SimpleNamespace(
            xyxy=np.array([[1, 2, 5, 6]]),
            confidence=np.array([0.9]),
            class_id=np.array([9]),
            data={"class_name": np.array(["dog"])},
        ),
    ],
)
def test_coerce_prediction__detection_shapes(result: object) -> None:
    got = detect(result)
    assert got.boxes.tolist() == [[1, 2, 5, 6]]
    assert got.labels == ("dog",)
    assert got.scores.tolist() == [np.float32(0.9)]


def test_coerce_prediction__boxes_are_clipped_sorted_and_empty_ones_dropped() -> None:
    got = detect(([[-5, -5, 50, 50], [30, 1, 40, 5], [1, 1, 4, 4]], [0.3, 0.8, 0.6], ["cat", "cat", "dog"]))
    assert got.boxes.tolist() == [[1, 1, 4, 4], [0, 0, 20, 10]]
    assert got.labels == ("dog", "cat")


@pytest.mark.parametrize("nothing", [[], {"boxes": [], "scores": [], "labels": []}, ([], [], [])])
def test_coerce_prediction__no_objects(nothing: object) -> None:
    got = detect(nothing)
    assert (got.boxes.shape, got.scores.shape, got.labels) == ((0, 4), (0,), ())


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (None, "NoneType"),
        ("cat", "str"),
        ([0.1, 0.2, 0.7], "2 labels need 2 probabilities"),
        ([float("nan"), 1.0], "not finite"),
        ([3.0, -1.0], "must lie in"),
        ({"cow": 1.0}, "unknown label 'cow'"),
        ({}, "empty"),
    ],
)
def test_coerce_prediction__classification_refusals(result: object, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        classify(result)
    assert "probability vector" in caught.value.hint


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (3, "mine returned int"),
        ({"boxes": []}, "no 'scores'"),
        (([[1, 2, 3]], [1], [0]), r"boxes must be \(k, 4\)"),
        (([[1, 2, 3, 4]], [1, 1], [0]), "1 boxes, 2 scores and 1 labels"),
        (([[1, 2, 3, float("nan")]], [1], [0]), "not finite"),
        (([[1, 2, 3, 4]], [7], [0]), r"\[0, 1\]"),
        (([[1, 2, 3, 4]], [1], [5]), "unknown label 5"),
        ([{"box": [1, 2, 3, 4], "score": 1}], "no 'label'"),
    ],
)
def test_coerce_prediction__detection_refusals(result: object, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        detect(result)
    assert "Return" in caught.value.hint
