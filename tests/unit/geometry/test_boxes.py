"""Boxes: overlap, clipping, matching, suppression."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput, ShapeError
from whorl.geometry.boxes import box_area, box_iou, clip_boxes, match_boxes, nms

coordinate = st.floats(-1000, 1000, allow_nan=False, width=32)
box = st.tuples(coordinate, coordinate, coordinate, coordinate).map(
    lambda c: [min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3])]
)
boxes = st.lists(box, max_size=6)


def test_box_iou__known_overlaps() -> None:
    a = [[0, 0, 10, 10], [0, 0, 4, 4]]
    b = [[0, 0, 10, 10], [5, 0, 15, 10], [20, 20, 30, 30]]
    assert box_iou(a, b).tolist() == [[1.0, 1 / 3, 0.0], [0.16, 0.0, 0.0]]


def test_box_iou__no_boxes() -> None:
    assert box_iou([], [[0, 0, 1, 1]]).shape == (0, 1)


def test_box_iou__boxes_without_area() -> None:
    assert box_iou([[3, 3, 3, 3]], [[3, 3, 3, 3]]).tolist() == [[0.0]]


def test_box_iou__wrong_shape() -> None:
    with pytest.raises(ShapeError, match=r"\(n, 4\), got \(1, 3\)"):
        box_iou([[0, 0, 1]], [])


@given(boxes, boxes)
def test_box_iou__is_symmetric_and_a_share(a: list[list[float]], b: list[list[float]]) -> None:
    iou = box_iou(a, b)
    assert np.array_equal(iou, box_iou(b, a).T)
    assert ((iou >= 0) & (iou <= 1)).all()


@given(boxes)
def test_box_iou__equals_pycocotools(a: list[list[float]]) -> None:
    mask = pytest.importorskip("pycocotools.mask")
    solid = [[x0, y0, x1 + 1, y1 + 1] for x0, y0, x1, y1 in a]
    xywh = [[x0, y0, x1 - x0, y1 - y0] for x0, y0, x1, y1 in solid]
    if a:
        expected = mask.iou(np.array(xywh, dtype=np.float64), np.array(xywh, dtype=np.float64), [0] * len(a))
        np.testing.assert_allclose(box_iou(solid, solid), expected, atol=1e-9)


def test_box_area__negative_sides_have_none() -> None:
    assert box_area([[0, 0, 2, 3], [2, 0, 0, 3]]).tolist() == [6.0, 0.0]


def test_clip_boxes__cuts_at_the_edges() -> None:
    assert clip_boxes([[-5, 2, 20, 8]], width=10, height=6).tolist() == [[0, 2, 10, 6]]


def test_match_boxes__highest_overlap_first() -> None:
    truth = [[0, 0, 10, 10], [0, 0, 10, 8], [50, 50, 60, 60]]
    predicted = [[50, 50, 60, 59], [0, 0, 10, 10], [0, 0, 10, 8]]
    assert match_boxes(truth, predicted).tolist() == [[0, 1], [1, 2], [2, 0]]


def test_match_boxes__equal_overlaps_go_to_the_lower_index() -> None:
    same = [[0, 0, 10, 10], [0, 0, 10, 10]]
    assert match_boxes(same, same).tolist() == [[0, 0], [1, 1]]


def test_match_boxes__none_above_the_threshold() -> None:
    assert match_boxes([[0, 0, 10, 10]], [[9, 9, 20, 20]]).tolist() == []


def test_match_boxes__threshold_out_of_range() -> None:
    with pytest.raises(InvalidInput, match=r"\(0, 1\], got 0"):
        match_boxes([], [], iou_threshold=0)


def test_nms__keeps_the_best_of_each_pile() -> None:
    piles = [[0, 0, 10, 10], [0, 0, 10, 9], [30, 30, 40, 40]]
    assert nms(piles, [0.5, 0.9, 0.1]).tolist() == [1, 2]


def test_nms__classes_do_not_suppress_each_other() -> None:
    pile = [[0, 0, 10, 10], [0, 0, 10, 10]]
    assert nms(pile, [0.5, 0.9], classes=[1, 2]).tolist() == [1, 0]
