"""Outlines of masks and back, simpler outlines within their loss, and turned boxes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from whorl.geometry.converting import mask_to_rings, simplify_mask, simplify_rings, smallest_rotated_box
from whorl.geometry.polygons import polygon_to_mask, rings_iou
from whorl.geometry.rotated import corners_of

MASKS = arrays(bool, array_shapes(min_dims=2, max_dims=2, max_side=12))


def _disc(side: int, radius: float, hole: float = 0) -> np.ndarray:
    y, x = np.mgrid[:side, :side] + 0.5 - side / 2
    return np.asarray((np.hypot(x, y) <= radius) & (np.hypot(x, y) >= hole))


@given(mask=MASKS)
@settings(max_examples=150, deadline=None)
def test_mask_to_rings__fills_to_the_mask(mask: np.ndarray) -> None:
    height, width = mask.shape
    rings = mask_to_rings(mask)
    assert np.array_equal(polygon_to_mask(rings, width=width, height=height), mask)
    assert all(len(ring) >= 4 for ring in rings)


def test_mask_to_rings__a_hole_and_pixels_that_touch_at_a_corner() -> None:
    mask = np.ones((5, 5), dtype=bool)
    mask[2, 2] = False
    assert sorted(mask_to_rings(mask), key=len) == [
        [(0, 0), (5, 0), (5, 5), (0, 5)],
        [(2, 2), (3, 2), (3, 3), (2, 3)],
    ]
    for diagonal in (np.eye(2, dtype=bool), ~np.eye(2, dtype=bool)):
        assert [len(ring) for ring in mask_to_rings(diagonal, x=7, y=3)] == [4, 4]
    assert mask_to_rings(np.zeros((3, 3), dtype=bool)) == []


@given(mask=MASKS, loss=st.sampled_from([0.0, 0.01, 0.1, 0.3]))
@settings(max_examples=80, deadline=None)
def test_simplify_mask__loses_no_more_than_stated(mask: np.ndarray, loss: float) -> None:
    height, width = mask.shape
    found = simplify_mask(mask, max_iou_loss=loss)
    if not mask.any():
        assert found.rings == []
        return
    filled = polygon_to_mask(found.rings, width=width, height=height)
    assert (filled & mask).sum() / (filled | mask).sum() == pytest.approx(found.iou)
    assert found.iou >= 1 - loss


def test_simplify_mask__a_ring_keeps_its_hole_with_far_fewer_points() -> None:
    mask = _disc(200, 90, hole=40)
    exact = mask_to_rings(mask)
    found = simplify_mask(mask, max_iou_loss=0.02)
    assert len(found.rings) == 2
    assert sum(map(len, found.rings)) < 0.1 * sum(map(len, exact))
    assert found.iou >= 0.98


@given(
    points=st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100)), min_size=3, max_size=30, unique=True),
    loss=st.sampled_from([0.0, 0.02, 0.1]),
)
@settings(max_examples=60, deadline=None)
def test_simplify_rings__loses_no_more_than_stated(points: list[tuple[float, float]], loss: float) -> None:
    # Rings that cross themselves are shapes too, filled even-odd.
    found = simplify_rings([points], max_iou_loss=loss)
    if found.rings != [points]:
        assert rings_iou(found.rings, [points], cells=512) >= 1 - loss
    assert sum(map(len, found.rings)) <= len(points)


def test_simplify_rings__coarser_when_more_may_be_lost() -> None:
    circle = [(50 + 40 * math.cos(t / 50 * math.pi), 50 + 40 * math.sin(t / 50 * math.pi)) for t in range(100)]
    counts = [len(simplify_rings([circle], max_iou_loss=loss).rings[0]) for loss in (0.0, 0.002, 0.02, 0.2)]
    assert counts[0] == 100
    assert counts == sorted(counts, reverse=True)
    assert counts[2] < 25


@given(
    cx=st.floats(-50, 50),
    cy=st.floats(-50, 50),
    width=st.floats(1, 80),
    height=st.floats(1, 80),
    angle=st.floats(-180, 179.9),
)
@settings(max_examples=80, deadline=None)
def test_smallest_rotated_box__of_a_turned_box_is_that_box(
    cx: float, cy: float, width: float, height: float, angle: float
) -> None:
    corners = corners_of(cx, cy, width, height, angle)
    found = smallest_rotated_box(corners)
    assert found is not None
    assert -45 <= found[4] < 45
    assert found[2] * found[3] == pytest.approx(width * height, rel=1e-6)
    for corner in corners_of(*found):
        assert min(math.dist(corner, other) for other in corners) < 1e-4


def test_smallest_rotated_box__points_on_a_line_have_none() -> None:
    assert smallest_rotated_box([(0, 0), (1, 1), (2, 2)]) is None
    assert smallest_rotated_box([(0, 0)]) is None
