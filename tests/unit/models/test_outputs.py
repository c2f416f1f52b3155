"""Outputs survive being kept, and two models' outputs are brought to one order of labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput, ModelError
from whorl.models.comparison import ClassificationCase, DetectionCase
from whorl.models.evaluation.types import PredictedObjects, TruthObjects
from whorl.models.outputs import (
    ClassOutputs,
    ObjectOutputs,
    collect_outputs,
    dump_outputs,
    load_outputs,
    pair_outputs,
)
from whorl.models.types import ClassProbabilities, Task
from whorl.schemas.annotations import ClassTag
from whorl.schemas.records import AnnotationRecord


@st.composite
def class_outputs(draw: st.DrawFn) -> ClassOutputs:
    n, c = draw(st.integers(0, 6)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = rng.random((n, c)) + 1e-3
    return ClassOutputs(
        tuple(f"label {i}" for i in range(c)),
        tuple(f"itm_{i}" for i in range(n)),
        rng.integers(0, c, n),
        rows / rows.sum(axis=1, keepdims=True),
    )


@st.composite
def object_outputs(draw: st.DrawFn) -> ObjectOutputs:
    n = draw(st.integers(0, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    counts = [(draw(st.integers(0, 3)), draw(st.integers(0, 3))) for _ in range(n)]
    return ObjectOutputs(
        ("a", "b"),
        tuple(f"itm_{i}" for i in range(n)),
        tuple(TruthObjects(rng.random((t, 4)), rng.integers(0, 2, t), rng.random(t) < 0.5) for t, _ in counts),
        tuple(PredictedObjects(rng.random((p, 4)), rng.random(p), rng.integers(-1, 2, p)) for _, p in counts),
    )


@settings(max_examples=40, deadline=None)
@given(class_outputs())
def test_load_outputs__gives_back_classes(outputs: ClassOutputs) -> None:
    again = load_outputs(dump_outputs(outputs))
    assert isinstance(again, ClassOutputs)
    assert (again.labels, again.items, again.truth.tolist()) == (outputs.labels, outputs.items, outputs.truth.tolist())
    # Kept in single precision.
    np.testing.assert_allclose(again.probabilities, outputs.probabilities, atol=1e-6)
    np.testing.assert_allclose(again.probabilities.sum(axis=1), 1.0, atol=1e-12)


@settings(max_examples=40, deadline=None)
@given(object_outputs())
def test_load_outputs__gives_back_objects_exactly(outputs: ObjectOutputs) -> None:
    again = load_outputs(dump_outputs(outputs))
    assert isinstance(again, ObjectOutputs)
    assert (again.labels, again.items) == (outputs.labels, outputs.items)
    assert _truth(again) == _truth(outputs)
    assert _predicted(again) == _predicted(outputs)


def _truth(outputs: ObjectOutputs) -> list[tuple[list[object], ...]]:
    return [(t.boxes.tolist(), t.labels.tolist(), [] if t.crowd is None else t.crowd.tolist()) for t in outputs.truth]


def _predicted(outputs: ObjectOutputs) -> list[tuple[list[object], ...]]:
    return [(p.boxes.tolist(), p.scores.tolist(), p.labels.tolist()) for p in outputs.predicted]


def _two_classes(labels: tuple[str, ...], rows: list[list[float]], items: tuple[str, ...] = ("i", "j")) -> ClassOutputs:
    return ClassOutputs(labels, items, np.array([0, 1]), np.array(rows))


def test_collect_outputs__item_without_exactly_one_class_is_left_out() -> None:
    tag = {label: AnnotationRecord(label, ClassTag()) for label in ("a", "b")}
    guess = ClassProbabilities(("a",), np.array([1.0]))
    found = collect_outputs(
        Task.CLASSIFICATION, ["a"], ["one", "none", "both"], [[tag["b"]], [], [tag["a"], tag["b"]]], [guess] * 3
    )
    assert isinstance(found, ClassOutputs)
    # The model does not know b: it gets a column that is never predicted.
    assert (found.labels, found.items, found.truth.tolist()) == (("a", "b"), ("one",), [1])
    assert found.probabilities.tolist() == [[1.0, 0.0]]


def test_load_outputs__truncated_or_foreign_bytes_are_named() -> None:
    whole = dump_outputs(_two_classes(("a", "b"), [[1, 0], [0, 1]]))
    for broken in (b"", b"PK", whole[: len(whole) // 2], whole[:-10], b"not a zip at all" * 20):
        with pytest.raises(ModelError, match="an evaluation's outputs cannot be read"):
            load_outputs(broken)


def test_pair_outputs__other_order_of_labels() -> None:
    champion = _two_classes(("b", "a"), [[0.25, 0.75], [0.5, 0.5]])
    case = pair_outputs(champion, _two_classes(("a", "b"), [[0.5, 0.5], [0.0, 1.0]]))
    assert isinstance(case, ClassificationCase)
    assert case.champion is not None
    assert case.champion.tolist() == [[0.75, 0.25], [0.5, 0.5]]


def test_pair_outputs__label_that_only_the_champion_knows_counts_as_wrong() -> None:
    champion = _two_classes(("a", "b", "c"), [[0.25, 0.25, 0.5], [0.0, 1.0, 0.0]])
    case = pair_outputs(champion, _two_classes(("a", "b"), [[0.5, 0.5], [0.0, 1.0]]))
    assert isinstance(case, ClassificationCase)
    assert case.champion is not None
    assert case.champion.tolist() == [[0.5, 0.5], [0.0, 1.0]]


def test_pair_outputs__objects_are_relabelled_and_unknown_ones_stay_unknown() -> None:
    boxes = np.array([[0, 0, 1, 1], [0, 0, 2, 2], [0, 0, 3, 3], [0, 0, 4, 4]], float)
    empty = TruthObjects(np.zeros((0, 4)), np.zeros(0, np.int64), None)
    predicted = PredictedObjects(boxes, np.array([0.9, 0.8, 0.7, 0.6]), np.array([0, 1, 2, -1]))
    champion = ObjectOutputs(("b", "a", "gone"), ("i",), (empty,), (predicted,))
    challenger = ObjectOutputs(("a", "b"), ("i",), (empty,), (predicted,))
    case = pair_outputs(champion, challenger)
    assert isinstance(case, DetectionCase)
    assert case.champion is not None
    assert case.champion[0].labels.tolist() == [1, 0, -1, -1]


def test_pair_outputs__different_items_are_refused() -> None:
    rows = [[1.0, 0.0], [0.0, 1.0]]
    with pytest.raises(InvalidInput, match="different items: 2 and 2"):
        pair_outputs(_two_classes(("a", "b"), rows), _two_classes(("a", "b"), rows, ("i", "k")))


def test_pair_outputs__classifier_and_detector_are_refused() -> None:
    detector = ObjectOutputs(("a",), ("i", "j"), (), ())
    with pytest.raises(InvalidInput, match="a detector and a classifier"):
        pair_outputs(detector, _two_classes(("a", "b"), [[1, 0], [0, 1]]))
