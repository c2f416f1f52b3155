from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.geometry.masks import counts_iou, encode_mask
from whorl.geometry.polygons import polygon_to_mask, ring_area, rings_iou
from whorl.geometry.rotated import corners_of, find_rotated_box, normal_angle

_side = st.floats(1, 500)
_centre = st.floats(-1000, 1000)


def test_corners_of__a_quarter_turn_is_clockwise_on_screen() -> None:
    flat = corners_of(5, 5, 10, 4, 0)
    turned = corners_of(5, 5, 10, 4, 90)
    assert flat == [(0, 3), (10, 3), (10, 7), (0, 7)]
    # The top left corner goes to the top right.
    assert [(round(x, 9), round(y, 9)) for x, y in turned] == [(7, 0), (7, 10), (3, 10), (3, 0)]


@given(cx=_centre, cy=_centre, width=_side, height=_side, angle=st.floats(-180, 179.99))
def test_find_rotated_box__is_the_inverse_of_corners_of(
    cx: float, cy: float, width: float, height: float, angle: float
) -> None:
    corners = corners_of(cx, cy, width, height, angle)
    found = find_rotated_box(corners)
    assert found is not None
    assert found[:4] == pytest.approx((cx, cy, width, height), abs=1e-6)
    assert math.isclose(math.cos(math.radians(found[4] - angle)), 1, abs_tol=1e-9)
    assert ring_area(corners) == pytest.approx(width * height, rel=1e-6)


def test_find_rotated_box__drawn_the_other_way_round_is_the_same_box() -> None:
    first, second, third, fourth = corners_of(50, 40, 30, 20, 25)
    assert find_rotated_box([first, fourth, third, second]) == pytest.approx((50, 40, 30, 20, 25))


@pytest.mark.parametrize(
    "points", [[(0, 0), (10, 0), (12, 5), (0, 5)], [(0, 0), (1, 0), (1, 1)], [(0, 0), (0, 0), (5, 5), (5, 5)]]
)
def test_find_rotated_box__anything_else_is_none(points: list[tuple[float, float]]) -> None:
    assert find_rotated_box(points) is None


@pytest.mark.parametrize(("angle", "normal"), [(0, 0), (180, -180), (-180, -180), (270, -90), (-181, 179), (720, 0)])
def test_normal_angle(angle: float, normal: float) -> None:
    assert normal_angle(angle) == normal


def test_rings_iou__of_shifted_squares() -> None:
    square = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    shifted = [(x + 5, y) for x, y in square]
    assert rings_iou([square], [square]) == 1.0
    assert rings_iou([square], [shifted]) == pytest.approx(1 / 3, abs=0.01)
    assert rings_iou([square], [[(x + 50, y) for x, y in square]]) == 0.0


@given(
    ax=st.integers(0, 20), ay=st.integers(0, 15), aw=st.integers(1, 20), bx=st.integers(0, 20), bw=st.integers(1, 20)
)
def test_counts_iou__is_that_of_the_pixels(ax: int, ay: int, aw: int, bx: int, bw: int) -> None:
    masks = [
        polygon_to_mask([[(x, y), (x + w, y), (x + w, y + 8), (x, y + 8)]], width=40, height=30)
        for x, y, w in ((ax, ay, aw), (bx, 5, bw))
    ]
    wanted = (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()
    assert counts_iou(*(encode_mask(one) for one in masks)) == pytest.approx(wanted)
