"""What auto stands for, what a model's answers become, and choosing with near copies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whorl.base.errors import InvalidInput
from whorl.models.types import ClassProbabilities, Detections, Segmentation
from whorl.selection.bodies import Looks, Request, choose_body, name_details
from whorl.selection.budgets import Budget
from whorl.selection.choosing import Facts, choose_strategy
from whorl.selection.doubts import Doubts
from whorl.selection.types import Pool

COLD = Facts(n_pool=1000, budget=100)
WARM = replace(COLD, n_labelled=300, task="classes")


@pytest.mark.parametrize(
    ("facts", "name"),
    [
        (COLD, "herding"),
        (replace(COLD, budget=20), "herding"),
        (replace(COLD, has_vectors=False), "random"),
        (replace(COLD, has_vectors=False, has_groups=True), "stratified"),
        (replace(COLD, has_probabilities=True, is_foreign_model=True), "margin"),
        (replace(COLD, has_boxes=True), "detection"),
        (replace(COLD, n_labelled=40, task="objects"), "detection"),
        (replace(COLD, n_labelled=900, task="objects"), "herding"),
        (replace(COLD, n_labelled=900, task="objects", has_boxes=True), "detection"),
        (WARM, "herding"),
        (replace(WARM, has_probabilities=True), "herding"),
        (replace(WARM, has_probabilities=True, is_foreign_model=True), "margin"),
        (replace(WARM, has_probabilities=True, n_pool=1_000_000, budget=10_000), "cluster_margin"),
        (replace(WARM, n_pool=1_000_000, budget=10_000), "herding"),
        (replace(WARM, has_examples=True), "similarity"),
        (replace(WARM, has_target=True, has_probabilities=True), "class_balance"),
    ],
)
def test_choose_strategy__suits_what_is_known_and_says_why(facts: Facts, name: str) -> None:
    found = choose_strategy(facts)
    assert found.name == name
    assert found.why.endswith(".")


def test_doubts__of_a_classifier_are_rows_that_sum_to_one() -> None:
    doubts = Doubts()
    doubts.add([ClassProbabilities(("a", "b"), np.array([0.2, 0.6], np.float32))])
    doubts.add([ClassProbabilities(("a", "b"), np.array([1.0, 0.0], np.float32))])
    assert doubts.probabilities is not None
    assert doubts.probabilities.round(3).tolist() == [[0.25, 0.75], [1, 0]]
    assert (doubts.names, doubts.uncertainty, doubts.boxes) == (("a", "b"), None, None)
    wider = doubts.over(["a", "b", "new"])
    assert wider is not None
    assert wider.round(3).tolist() == [[0.25, 0.75, 0], [1, 0, 0]]


def test_doubts__of_a_detector_are_boxes_and_one_number() -> None:
    corners = np.zeros((2, 4), np.float32)
    doubts = Doubts()
    doubts.add(
        [
            Detections(corners, np.array([0.5, 0.9], np.float32), ("dog", "cat")),
            Detections(corners[:0], np.zeros(0, np.float32), ()),
        ]
    )
    assert doubts.probabilities is None
    assert doubts.uncertainty is not None
    assert doubts.uncertainty.round(3).tolist() == [1.2, 0]
    boxes = doubts.boxes
    assert boxes is not None
    assert [one.probabilities.round(3).tolist() for one in boxes] == [[[0, 0.5], [0.9, 0]], []]


def test_doubts__of_a_model_that_says_neither_are_refused() -> None:
    said = Segmentation(("sky",), np.zeros((2, 2), np.uint8), np.ones(1, np.float32))
    with pytest.raises(InvalidInput, match="neither class probabilities nor objects"):
        Doubts().add([said])


def pool_of(rows: np.ndarray) -> Pool:
    return Pool(size=len(rows), embeddings=rows.astype(np.float32))


def looks_of(contents: list[str], *, n_known: int = 0) -> Looks:
    return Looks(contents, np.zeros(len(contents), np.uint64), n_known)


def test_choose_body__takes_one_of_each_near_copy_and_none_of_what_is_labelled() -> None:
    rng = np.random.default_rng(0)
    scenes = rng.standard_normal((12, 16))
    rows = np.concatenate([scenes, scenes[:4] + 0.001])
    pool = replace(pool_of(rows), labelled_embeddings=scenes[11:].astype(np.float32))
    looks = looks_of(["seen", *map(str, range(16))], n_known=1)
    found = choose_body(pool, Request("k_center", Budget(count=16), random_share=0, looks=looks))
    scenes_chosen = [row % 12 for row in found.selection.indices.tolist()]
    assert sorted(scenes_chosen) == list(range(11))
    assert found.n_duplicates == 5


def test_choose_body__where_all_are_copies_nothing_is_left() -> None:
    rows = np.tile(np.random.default_rng(1).standard_normal(8), (6, 1))
    pool = replace(pool_of(rows), labelled_embeddings=rows[:1].astype(np.float32))
    looks = looks_of(["same"] * 7, n_known=1)
    found = choose_body(pool, Request("herding", Budget(count=3), looks=looks))
    assert (len(found.selection.indices), found.n_duplicates) == (0, 6)


def test_choose_body__vectors_of_another_model_and_missing_doubts_are_told() -> None:
    pool = pool_of(np.eye(4))
    with pytest.raises(InvalidInput, match="pool embeddings have 4 columns, labelled ones 3"):
        choose_body(replace(pool, labelled_embeddings=np.eye(3, dtype=np.float32)), Request("herding", Budget(count=2)))
    with pytest.raises(InvalidInput, match="margin needs class probabilities"):
        choose_body(replace(pool, uncertainty=np.ones(4)), Request("margin", Budget(count=2)))


def test_name_details__gives_items_by_id() -> None:
    assert name_details({"nearest_labelled": 1, "distance": 0.5}, ["itm_a", "itm_b"]) == {
        "nearest_labelled": "itm_b",
        "distance": 0.5,
    }
