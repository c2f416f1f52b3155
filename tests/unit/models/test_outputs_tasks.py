"""Truth of every shape beside the predictions of every task, and what cannot be scored."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from whorl.base.errors import InvalidInput, ModelError
from whorl.geometry.masks import Rle, decode_mask, encode_mask
from whorl.models.comparison import DetectionCase, LabelsCase, PixelsCase
from whorl.models.outputs import (
    LabelOutputs,
    ObjectOutputs,
    Outputs,
    PixelOutputs,
    collect_outputs,
    dump_outputs,
    join_outputs,
    load_outputs,
    measure_outputs,
    pair_outputs,
    score_outputs,
    take_outputs,
)
from whorl.models.types import ClassProbabilities, Detections, Instances, LabelScores, Segmentation, Task
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Polygon, RotatedBox
from whorl.schemas.records import AnnotationRecord

SIZE = (12, 10)
"""Width and height."""


def record(label: str, geometry: Geometry, *, crowd: bool = False) -> AnnotationRecord:
    return AnnotationRecord(label, geometry, attributes={"iscrowd": True} if crowd else {})


def square(x: int, y: int, side: int = 4) -> np.ndarray:
    mask = np.zeros((SIZE[1], SIZE[0]), bool)
    mask[y : y + side, x : x + side] = True
    return mask


def as_mask(pixels: np.ndarray) -> Mask:
    return Mask(height=SIZE[1], width=SIZE[0], counts=encode_mask(pixels))


def instances(*found: tuple[np.ndarray, float, str]) -> Instances:
    masks = tuple(Rle(*pixels.shape, encode_mask(pixels)) for pixels, _, _ in found)
    boxes = np.zeros((len(found), 4), np.float32)
    scores = np.array([score for _, score, _ in found], np.float32)
    return Instances(boxes, scores, tuple(label for _, _, label in found), masks)


def segmentation(classes: np.ndarray, labels: tuple[str, ...] = ("cell",)) -> Segmentation:
    return Segmentation(labels, classes.astype(np.uint8), np.ones(len(labels), np.float32))


SHAPES: list[Geometry] = [
    as_mask(square(2, 3)),
    Polygon(rings=[[(2, 3), (6, 3), (6, 7), (2, 7)]]),
    RotatedBox(cx=4, cy=5, width=4, height=4, angle=90),
    Box(x0=2, y0=3, x1=6, y1=7),
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.type)
def test_collect_outputs__instances_whatever_the_truth_is_drawn_as(shape: Geometry) -> None:
    found = collect_outputs(
        Task.INSTANCE_MASKS,
        ["cell"],
        ["a"],
        [[record("cell", shape)]],
        [instances((square(2, 3), 0.9, "cell"))],
        sizes=[SIZE],
    )
    assert isinstance(found, ObjectOutputs)
    (true,) = found.truth
    assert true.masks is not None
    assert decode_mask(true.masks[0].counts, width=SIZE[0], height=SIZE[1]).tolist() == square(2, 3).tolist()
    assert (true.boxes.tolist(), true.area) == ([[2.0, 3.0, 6.0, 7.0]], pytest.approx([16.0]))
    score = score_outputs(found)
    assert (score.metric_name, score.metric, score.metrics["instance_f1"]) == ("mask_ap50", 1.0, 1.0)


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.type)
def test_collect_outputs__pixels_whatever_the_truth_is_drawn_as(shape: Geometry) -> None:
    found = collect_outputs(
        Task.SEMANTIC_MASKS, ["cell"], ["a"], [[record("cell", shape)]], [segmentation(square(2, 3))], sizes=[SIZE]
    )
    assert isinstance(found, PixelOutputs)
    assert found.confusion.tolist() == [[[16, 0], [0, 104]]]
    score = score_outputs(found)
    assert (score.metric_name, score.metric) == ("miou", 1.0)


def test_collect_outputs__a_box_around_an_outline_of_its_label_is_no_second_object() -> None:
    shapes = [record("cell", SHAPES[3]), record("cell", SHAPES[0]), record("dust", SHAPES[3])]
    found = collect_outputs(Task.INSTANCE_MASKS, ["cell"], ["a"], [shapes], [instances()], sizes=[SIZE])
    assert isinstance(found, ObjectOutputs)
    assert [found.labels[at] for at in found.truth[0].labels] == ["cell", "dust"]


def test_collect_outputs__where_pixels_overlap_the_later_object_lies_on_top() -> None:
    shapes = [record("cell", as_mask(square(0, 0, 8))), record("dust", as_mask(square(0, 0, 4)))]
    found = collect_outputs(
        Task.SEMANTIC_MASKS, ["cell", "dust"], ["a"], [shapes], [segmentation(square(0, 0, 8), ("cell",))], sizes=[SIZE]
    )
    assert isinstance(found, PixelOutputs)
    # 48 pixels of cell are right, 16 of dust are taken for cell.
    assert found.confusion[0].tolist() == [[48, 0, 0], [16, 0, 0], [0, 0, 56]]


def test_collect_outputs__labels_of_an_item_that_nobody_looked_at_are_left_out() -> None:
    guess = LabelScores(("red", "blue"), np.array([0.9, 0.2], np.float32))
    tags = [record("red", ClassTag()), record("green", ClassTag())]
    found = collect_outputs(
        Task.MULTI_LABEL,
        ["red", "blue"],
        ["both", "unseen", "empty"],
        [tags, [], []],
        [guess] * 3,
        is_checked_empty=[False, False, True],
    )
    assert isinstance(found, LabelOutputs)
    assert (found.labels, found.items) == (("red", "blue", "green"), ("both", "empty"))
    assert found.truth.tolist() == [[True, False, True], [False, False, False]]
    # A label that the model does not know is never said.
    assert found.scores[:, 2].tolist() == [0.0, 0.0]


def every_kind() -> list[Outputs]:
    """Outputs of two items for each task but classes and boxes."""
    drawn = [[record("cell", SHAPES[0]), record("dust", as_mask(square(7, 1)), crowd=True)], []]
    found = [instances((square(2, 3), 0.9, "cell"), (square(7, 5), 0.3, "dust")), instances()]
    pixels = [segmentation(square(2, 3)), segmentation(np.zeros((10, 12)))]
    tags = [[record("cell", ClassTag())], [record("dust", ClassTag())]]
    scores = [LabelScores(("cell", "dust"), np.array([0.75, 0.25], np.float32))] * 2
    labels, items, sizes = ["cell", "dust"], ["a", "b"], [SIZE, SIZE]
    return [
        collect_outputs(Task.INSTANCE_MASKS, labels, items, drawn, found, sizes=sizes),
        collect_outputs(Task.SEMANTIC_MASKS, labels, items, drawn, pixels, sizes=sizes),
        collect_outputs(Task.MULTI_LABEL, labels, items, tags, scores),
    ]


@pytest.mark.parametrize("outputs", every_kind(), ids=lambda one: type(one).__name__)
def test_load_outputs__scores_as_what_was_kept(outputs: Outputs) -> None:
    again = load_outputs(dump_outputs(outputs))
    assert (type(again), again.labels, again.items) == (type(outputs), outputs.labels, outputs.items)
    assert score_outputs(again) == score_outputs(outputs)
    assert dump_outputs(again) == dump_outputs(outputs)


@pytest.mark.parametrize("outputs", every_kind(), ids=lambda one: type(one).__name__)
def test_join_outputs__of_what_was_taken_apart(outputs: Outputs) -> None:
    parts = [take_outputs(outputs, [0]), take_outputs(outputs, [1])]
    assert dump_outputs(join_outputs(parts)) == dump_outputs(outputs)


@pytest.mark.parametrize("outputs", every_kind(), ids=lambda one: type(one).__name__)
def test_measure_outputs__taking_images_is_giving_the_others_no_weight(outputs: Outputs) -> None:
    measure = measure_outputs(outputs)
    some = measure.take(np.array([1])).values(np.ones((1, 1)))
    np.testing.assert_allclose(some, measure.values(np.array([[0.0, 1.0]])))


def test_pair_outputs__of_the_three_tasks() -> None:
    masks, pixels, labels = every_kind()
    objects = pair_outputs(masks, masks)
    assert isinstance(objects, DetectionCase)
    assert objects.use_masks
    assert isinstance(labels, LabelOutputs)
    turned = dataclasses.replace(labels, labels=("dust", "cell"), scores=labels.scores[:, ::-1])
    of_labels = pair_outputs(turned, labels)
    assert isinstance(of_labels, LabelsCase)
    assert of_labels.champion is not None
    assert of_labels.champion.tolist() == labels.scores.tolist()
    assert isinstance(pixels, PixelOutputs)
    more = PixelOutputs(("new", "cell"), pixels.items, np.zeros((2, 3, 3), np.int64))
    of_pixels = pair_outputs(more, pixels)
    assert isinstance(of_pixels, PixelsCase)
    assert list(of_pixels.class_names) == ["cell", "dust", "new"]
    assert of_pixels.challenger.sum() == pixels.confusion.sum()
    with pytest.raises(InvalidInput, match="a segmenter of objects and a segmenter of pixels cannot"):
        pair_outputs(masks, pixels)


WRONG_SIZE = np.zeros((5, 5), bool)
BAD = [
    (Task.CLASSIFICATION, ClassProbabilities(("cell",), np.array([np.nan])), "a probability .* not a finite number"),
    (Task.CLASSIFICATION, ClassProbabilities(("cat",), np.array([1.0])), "says 'cat', which is none of its labels"),
    (Task.CLASSIFICATION, LabelScores(("cell",), np.array([1.0])), "LabelScores cannot be scored as one class"),
    (Task.MULTI_LABEL, LabelScores(("cell",), np.array([np.inf])), "a score .* not a finite number"),
    (Task.MULTI_LABEL, ClassProbabilities(("cell",), np.array([1.0])), "cannot be scored as several labels"),
    (Task.DETECTION, Detections(np.zeros((1, 4)), np.array([np.nan]), ("cell",)), "a score .* not a finite number"),
    (Task.DETECTION, Detections(np.full((1, 4), np.nan), np.ones(1), ("cell",)), "a box .* not a finite number"),
    (Task.DETECTION, segmentation(WRONG_SIZE), "Segmentation cannot be scored as boxes"),
    (Task.INSTANCE_MASKS, instances((WRONG_SIZE, 1, "cell")), "predicted mask is 5 x 5, the image 12 x 10"),
    (Task.INSTANCE_MASKS, Detections(np.zeros((0, 4)), np.zeros(0), ()), "cannot be scored as masks of objects"),
    (Task.SEMANTIC_MASKS, segmentation(WRONG_SIZE), "predicted pixels are 5 x 5, the image 12 x 10"),
    (Task.SEMANTIC_MASKS, segmentation(np.full((10, 12), 7)), "has the class 7, the model has 1 labels"),
    (Task.SEMANTIC_MASKS, instances(), "cannot be scored as pixels"),
]


@pytest.mark.parametrize(("task", "prediction", "message"), BAD)
def test_collect_outputs__says_which_item_has_a_prediction_that_is_none(
    task: Task, prediction: ClassProbabilities, message: str
) -> None:
    shape = ClassTag() if task in {Task.CLASSIFICATION, Task.MULTI_LABEL} else SHAPES[3]
    with pytest.raises(ModelError, match=f"item itm_7: .*{message}"):
        collect_outputs(task, ["cell"], ["itm_7"], [[record("cell", shape)]], [prediction], sizes=[SIZE])


def test_collect_outputs__a_true_mask_of_another_size_is_named() -> None:
    small = Mask(height=5, width=5, counts=encode_mask(np.ones((5, 5), bool)))
    with pytest.raises(ModelError, match="item a: a true mask has 5 x 5 pixels, its image 12 x 10"):
        collect_outputs(
            Task.SEMANTIC_MASKS, ["cell"], ["a"], [[record("cell", small)]], [segmentation(square(0, 0))], sizes=[SIZE]
        )


def test_collect_outputs__masks_need_the_sizes_of_their_images() -> None:
    with pytest.raises(ModelError, match="sizes of 1 images are needed"):
        collect_outputs(Task.INSTANCE_MASKS, ["cell"], ["a"], [[]], [instances()])


def test_collect_outputs__a_model_of_other_labels_is_told_which_may_be_meant() -> None:
    guess = ClassProbabilities(("Car", "bus"), np.array([0.5, 0.5]))
    with pytest.raises(ModelError, match="it has Car, bus, they have car") as caught:
        collect_outputs(Task.CLASSIFICATION, ["Car", "bus"], ["a"], [[record("car", ClassTag())]], [guess])
    assert "Car as car" in caught.value.hint


def test_score_outputs__no_items_at_all() -> None:
    empty = collect_outputs(Task.MULTI_LABEL, ["red"], [], [], [])
    with pytest.raises(InvalidInput, match="no labelled images"):
        score_outputs(empty)
    with pytest.raises(InvalidInput, match="no labelled images"):
        score_outputs(collect_outputs(Task.SEMANTIC_MASKS, ["red"], [], [], [], sizes=[]))
    assert score_outputs(collect_outputs(Task.INSTANCE_MASKS, ["red"], [], [], [], sizes=[])).metric is None


def test_score_outputs__one_class_only_and_a_class_that_the_test_lacks() -> None:
    tag = [[record("red", ClassTag())]] * 4
    one = [ClassProbabilities(("red",), np.array([1.0]))] * 4
    score = score_outputs(collect_outputs(Task.CLASSIFICATION, ["red"], list("abcd"), tag, one))
    # Four of four right: a model that is right in 40 of 100 would manage that in 1 of 40 test sets.
    interval = {"low": pytest.approx(0.025 ** (1 / 4)), "high": 1.0, "level": 0.95}
    assert (score.metric, score.metrics["accuracy_interval"]) == (1.0, interval)
    two = [ClassProbabilities(("red", "blue"), np.array([0.9, 0.1]))] * 4
    rows = score_outputs(collect_outputs(Task.CLASSIFICATION, ["red", "blue"], list("abcd"), tag, two)).metrics
    per_class = rows["per_class"]
    assert isinstance(per_class, list)
    assert [row["recall"] for row in per_class if isinstance(row, dict)] == [1.0, None]


def test_score_outputs__objects_without_any_truth_or_any_answer() -> None:
    found = [instances((square(2, 3), 0.9, "cell"))]
    no_truth = collect_outputs(Task.INSTANCE_MASKS, ["cell"], ["a"], [[]], found, sizes=[SIZE])
    assert (score_outputs(no_truth).metric, score_outputs(no_truth).metrics["mask_ap50_interval"]) == (None, None)
    drawn = [[record("cell", SHAPES[0])]]
    no_answer = collect_outputs(Task.INSTANCE_MASKS, ["cell"], ["a"], drawn, [instances()], sizes=[SIZE])
    assert (score_outputs(no_answer).metric, score_outputs(no_answer).metrics["instance_f1"]) == (0.0, 0.0)
