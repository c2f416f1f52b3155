"""Return values of strangers."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image as PilImage

from whorl.base.errors import ModelError
from whorl.geometry.masks import Rle, encode_mask
from whorl.models.coerce import coerce_prediction
from whorl.models.types import ClassProbabilities, Detections, Instances, LabelScores, Segmentation, Task

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


HALF = np.zeros((10, 20), bool)
HALF[:, :8] = True


def see(result: object, task: Task) -> object:
    return coerce_prediction(result, labels=LABELS, task=task, size=(10, 20), adapter="mine")


@pytest.mark.parametrize(
    "result",
    [
        LabelScores(("dog", "cat"), np.array([0.2, 1.0], np.float32)),
        {"cat": 1.0, "dog": 0.2},
        FakeTensor([[1.0, 0.2]]),
        [{"label": "dog", "score": 0.2}, {"label": "cat", "score": 1}],
    ],
)
def test_coerce_prediction__several_labels(result: object) -> None:
    got = see(result, Task.MULTI_LABEL)
    assert isinstance(got, LabelScores)
    assert (got.labels, got.scores.round(4).tolist()) == (LABELS, [1.0, pytest.approx(0.2)])


@pytest.mark.parametrize(
    ("result", "expected"), [({}, [0, 0]), ([], [0, 0]), ({"dog"}, [0, 1]), (["cat", "dog"], [1, 1])]
)
def test_coerce_prediction__labels_that_hold(result: object, expected: list[float]) -> None:
    got = see(result, Task.MULTI_LABEL)
    assert isinstance(got, LabelScores)
    assert got.scores.tolist() == expected


@pytest.mark.parametrize(
    "result",
    [
        {"masks": HALF[None], "scores": [0.5], "labels": [1]},
        (FakeTensor(HALF[None, None].astype(np.float32)), FakeTensor([0.5]), FakeTensor([1])),
        [{"mask": HALF, "score": 0.5, "label": "dog"}],
        [{"mask": PilImage.fromarray(HALF.astype(np.uint8) * 255), "score": 0.5, "label": "dog"}],
        SimpleNamespace(
            masks=SimpleNamespace(xy=[[[0, 0], [8, 0], [8, 10], [0, 10]]]),
            boxes=SimpleNamespace(conf=FakeTensor([0.5]), cls=FakeTensor([1.0])),
        ),
        SimpleNamespace(mask=HALF[None], xyxy=np.zeros((1, 4)), confidence=np.array([0.5]), class_id=np.array([1])),
        {"masks": [Rle(10, 20, encode_mask(HALF)), Rle(10, 20, encode_mask(HALF & False))], "scores": [0.5, 0.9],
         "labels": [1, 0]},
    ],
)  # fmt: skip
def test_coerce_prediction__instances(result: object) -> None:
    got = see(result, Task.INSTANCE_MASKS)
    assert isinstance(got, Instances)
    assert (got.labels, got.scores.tolist(), got.boxes.tolist()) == (("dog",), [0.5], [[0, 0, 8, 10]])
    assert got.masks == (Rle(10, 20, encode_mask(HALF)),)


@pytest.mark.parametrize(
    "result",
    [
        HALF.astype(np.int64) * 2,
        np.stack([~HALF, HALF & False, HALF]).astype(np.float32),
        {"dog": HALF},
        [{"label": "dog", "mask": HALF, "score": None}],
        Segmentation(("dog",), HALF.astype(np.uint8), np.array([1], np.float32)),
    ],
)
def test_coerce_prediction__pixels(result: object) -> None:
    got = see(result, Task.SEMANTIC_MASKS)
    assert isinstance(got, Segmentation)
    assert np.array_equal(got.classes, HALF * 2)
    assert (got.labels, got.confidence.tolist()) == (LABELS, [0.0, 1.0])


@pytest.mark.parametrize(
    ("task", "result", "said"),
    [
        (Task.MULTI_LABEL, None, "mine returned NoneType for multi_label"),
        (Task.MULTI_LABEL, [0.1], "2 labels need 2 scores"),
        (Task.MULTI_LABEL, [0.1, 7], r"scores must lie in \[0, 1\]"),
        (Task.MULTI_LABEL, {"cow": 1.0}, "unknown label 'cow'"),
        (Task.MULTI_LABEL, [float("nan"), 0], "not finite"),
        (Task.INSTANCE_MASKS, 3, "mine returned int"),
        (Task.INSTANCE_MASKS, {"masks": [], "scores": []}, "no 'labels'"),
        (Task.INSTANCE_MASKS, (HALF[None, :5], [1], [0]), "not of the image's"),
        (Task.INSTANCE_MASKS, (HALF[None], [1, 1], [0]), "1 masks, 2 scores and 1 labels"),
        (Task.INSTANCE_MASKS, ([Rle(10, 20, "0")], [1], [0]), "add up to"),
        (Task.SEMANTIC_MASKS, "cat", "str"),
        (Task.SEMANTIC_MASKS, HALF[:4], "needs"),
        (Task.SEMANTIC_MASKS, HALF * 3, "label numbers must lie in 0 to 2"),
        (Task.SEMANTIC_MASKS, HALF * 0.5, "not whole"),
        (Task.SEMANTIC_MASKS, np.full((3, 10, 20), 4.0), r"lie in \[0, 1\]"),
        (Task.SEMANTIC_MASKS, {"cow": HALF}, "unknown label 'cow'"),
    ],
)
def test_coerce_prediction__masks_and_labels_that_are_refused(task: Task, result: object, said: str) -> None:
    with pytest.raises(ModelError, match=said) as caught:
        see(result, task)
    assert caught.value.hint.startswith("Return")
