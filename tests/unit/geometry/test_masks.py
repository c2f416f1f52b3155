"""Masks and polygons, with pycocotools as the oracle."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from whorl.base.errors import MaskError
from whorl.geometry.masks import (
    Rle,
    compress_runs,
    decode_mask,
    encode_mask,
    expand_runs,
    mask_area,
    mask_bounds,
    mask_from_runs,
    paint_masks,
    place_part,
    run_lengths,
)
from whorl.geometry.polygons import polygon_area, polygon_bounds, polygon_to_mask, ring_area

masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=40))
SQUARE = [(1.0, 1.0), (4.0, 1.0), (4.0, 3.0), (1.0, 3.0)]


@given(masks)
def test_encode_mask__decodes_to_the_same(mask: np.ndarray) -> None:
    counts = encode_mask(mask)
    assert np.array_equal(decode_mask(counts, width=mask.shape[1], height=mask.shape[0]), mask)
    assert mask_area(counts) == int(mask.sum())


@given(masks)
def test_encode_mask__equals_pycocotools(mask: np.ndarray) -> None:
    oracle = pytest.importorskip("pycocotools.mask")
    expected = oracle.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert encode_mask(mask) == expected["counts"].decode("ascii")


@given(st.lists(st.integers(0, 10**7), max_size=30))
def test_compress_runs__expands_to_the_same(runs: list[int]) -> None:
    assert expand_runs(compress_runs(runs)) == runs


def test_run_lengths__start_with_zeros() -> None:
    assert run_lengths(np.array([[True, False], [True, True]])) == [0, 2, 1, 1]


def test_mask_from_runs__wrong_sum() -> None:
    with pytest.raises(MaskError, match="add up to 5, the mask has 2 x 2 = 4"):
        mask_from_runs([2, 3], width=2, height=2)


def test_mask_from_runs__negative() -> None:
    with pytest.raises(MaskError, match="must not be negative"):
        mask_from_runs([5, -1], width=2, height=2)


@pytest.mark.parametrize("counts", ["\x00", "é", "P", "ooooooooooooooooooooooooooo"])
def test_expand_runs__malformed(counts: str) -> None:
    with pytest.raises(MaskError):
        expand_runs(counts)


def test_mask_bounds__around_the_set_pixels() -> None:
    mask = np.zeros((5, 6), dtype=bool)
    mask[1:3, 2:5] = True
    assert mask_bounds(mask) == (2, 1, 5, 3)
    assert mask_bounds(np.zeros((2, 2), dtype=bool)) is None


def test_ring_area__either_direction() -> None:
    assert ring_area(SQUARE) == ring_area(SQUARE[::-1]) == 6.0


def test_polygon_bounds__of_all_rings() -> None:
    assert polygon_bounds([SQUARE, [(10.0, 0.0), (11.0, 5.0), (9.0, 2.0)]]) == (1.0, 0.0, 11.0, 5.0)


def test_polygon_area__sums_parts() -> None:
    assert polygon_area([SQUARE, SQUARE]) == 12.0


def test_polygon_to_mask__a_box_covers_its_pixels() -> None:
    mask = polygon_to_mask([SQUARE], width=6, height=5)
    assert mask_bounds(mask) == (1, 1, 4, 3)
    assert int(mask.sum()) == 6


def test_polygon_to_mask__a_hole_is_empty() -> None:
    outer = [(0.0, 0.0), (6.0, 0.0), (6.0, 6.0), (0.0, 6.0)]
    hole = [(2.0, 2.0), (4.0, 2.0), (4.0, 4.0), (2.0, 4.0)]
    assert int(polygon_to_mask([outer, hole], width=6, height=6).sum()) == 32


def test_polygon_to_mask__partly_outside() -> None:
    ring = [(-5.0, -5.0), (2.0, -5.0), (2.0, 9.0), (-5.0, 9.0)]
    assert polygon_to_mask([ring], width=3, height=3).tolist() == [[True, True, False]] * 3


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=3, max_size=8), st.integers(1, 39))
def test_polygon_to_mask__halves_share_no_pixel(points: list[tuple[int, int]], cut: int) -> None:
    ring = [(float(x), float(y)) for x, y in points]
    left = [(0.0, 0.0), (float(cut), 0.0), (float(cut), 40.0), (0.0, 40.0)]
    right = [(float(cut), 0.0), (40.0, 0.0), (40.0, 40.0), (float(cut), 40.0)]
    both = polygon_to_mask([left], width=40, height=40).astype(int) + polygon_to_mask([right], width=40, height=40)
    assert (both == 1).all()
    # Pixel centres miss at most a band along the edges.
    length = sum(np.hypot(a[0] - b[0], a[1] - b[1]) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
    if len(set(ring)) == len(ring) == 3:
        assert abs(int(polygon_to_mask([ring], width=40, height=40).sum()) - ring_area(ring)) <= length + 1


@given(st.lists(arrays(np.bool_, (7, 9)), max_size=4))
def test_paint_masks__later_ones_lie_on_top(some: list[np.ndarray]) -> None:
    expected = np.zeros((7, 9), np.int32)
    for number, mask in enumerate(some, start=1):
        expected[mask] = number
    rles = [Rle(7, 9, encode_mask(mask)) for mask in some]
    assert np.array_equal(paint_masks(rles, width=9, height=7), expected)


def test_paint_masks__another_size_is_refused() -> None:
    with pytest.raises(MaskError, match="9 x 7 pixels lies in an image of 7 x 9"):
        paint_masks([Rle(7, 9, encode_mask(np.ones((7, 9), bool)))], width=7, height=9)


def test_place_part__is_the_whole_mask() -> None:
    part = np.array([[1, 0], [1, 1], [0, 1]], bool)
    whole = np.zeros((8, 9), bool)
    whole[4:7, 3:5] = part
    assert place_part(part, x=3, y=4, width=9, height=8) == Rle(8, 9, encode_mask(whole))
