"""Predictions on tiles as predictions on the image: boxes joined, all other shapes moved, doubles dropped."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.base.errors import MaskError
from whorl.geometry.converting import mask_to_rings
from whorl.geometry.masks import decode_mask, encode_mask, mask_area, place_mask
from whorl.geometry.merging import MergeRule, Way
from whorl.geometry.polygons import filled_area, polygon_to_mask
from whorl.geometry.suppression import Metric
from whorl.models.tiling import TilePredictions, cut_records, merge_predictions, move_geometry
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline, RotatedBox
from whorl.schemas.records import AnnotationRecord

# Two tiles of 60 x 50 in an image of 100 x 50; both see x 40 to 60.
LEFT, RIGHT = (0, 0, 60, 50), (40, 0, 100, 50)
RULES: tuple[tuple[Way, Metric], ...] = (("nms", "ios"), ("greedy_nmm", "ios"), ("nmm", "ios"))


def _merge(left: list[AnnotationRecord], right: list[AnnotationRecord]) -> list[AnnotationRecord]:
    tiles = [TilePredictions(LEFT, left), TilePredictions(RIGHT, right)]
    return merge_predictions(tiles, width=100, height=50)


def _square(x0: float, y0: float, side: float = 10) -> Polygon:
    return Polygon(rings=[[(x0, y0), (x0 + side, y0), (x0 + side, y0 + side), (x0, y0 + side)]])


def _mask(x0: int, y0: int, x1: int, y1: int) -> Mask:
    pixels = np.zeros((50, 60), dtype=bool)
    pixels[y0:y1, x0:x1] = True
    return Mask(height=50, width=60, counts=encode_mask(pixels))


def test_merge_predictions__parts_of_a_box_take_the_surer_one_s_attributes() -> None:
    left = [AnnotationRecord("car", Box(x0=30, y0=10, x1=60, y1=30), 0.6, {"seen": "left"}, "ann_1")]
    right = [AnnotationRecord("car", Box(x0=0, y0=10, x1=35, y1=30), 0.9, {"seen": "right"}, "ann_2")]
    assert _merge(left, right) == [
        AnnotationRecord("car", Box(x0=30, y0=10, x1=75, y1=30), 0.9, {"seen": "right"}, None)
    ]


def test_merge_predictions__other_shapes_are_moved_and_doubles_dropped() -> None:
    left = [AnnotationRecord("leaf", _square(45, 20), 0.7), AnnotationRecord("leaf", _square(5, 5), 0.5)]
    right = [AnnotationRecord("leaf", _square(5, 20), 0.8), AnnotationRecord("leaf", _square(40, 20), 0.6)]
    assert _merge(left, right) == [
        AnnotationRecord("leaf", _square(45, 20), 0.8),
        AnnotationRecord("leaf", _square(80, 20), 0.6),
        AnnotationRecord("leaf", _square(5, 5), 0.5),
    ]


def test_merge_predictions__masks_lie_where_the_tile_lies() -> None:
    (found,) = _merge([], [AnnotationRecord("cell", _mask(20, 10, 30, 15), 0.5)])
    assert isinstance(found.geometry, Mask)
    expected = np.zeros((50, 100), dtype=bool)
    expected[10:15, 60:70] = True
    assert np.array_equal(decode_mask(found.geometry.counts, width=100, height=50), expected)


def _ring(x0: int, x1: int) -> Mask:
    """What a tile shows of a frame that reaches from 20 to 80 in x, in the tile's pixels."""
    whole = np.zeros((50, 100), dtype=bool)
    whole[10:40, 20:80] = True
    whole[18:32, 30:70] = False
    return Mask(height=50, width=60, counts=encode_mask(whole[:, x0:x1]))


def test_merge_predictions__a_mask_cut_by_a_border_is_whole_again() -> None:
    (found,) = _merge([AnnotationRecord("o", _ring(0, 60), 0.5)], [AnnotationRecord("o", _ring(40, 100), 0.9)])
    assert isinstance(found.geometry, Mask)
    pixels = decode_mask(found.geometry.counts, width=100, height=50)
    assert (found.confidence, int(pixels.sum())) == (0.9, 60 * 30 - 40 * 14)
    assert not pixels[20:30, 35:65].any()


def test_merge_predictions__a_polygon_cut_by_a_border_is_drawn_anew() -> None:
    tall = [(20.0, 10.0), (60.0, 5.0), (60.0, 45.0), (20.0, 40.0)]
    wide = [(0.0, 5.2), (40.0, 10.0), (40.0, 40.0), (0.0, 44.8)]
    left, right = Polygon(rings=[tall]), Polygon(rings=[wide])
    (found,) = _merge([AnnotationRecord("o", left, 0.9)], [AnnotationRecord("o", right, 0.8)])
    assert isinstance(found.geometry, Polygon)
    union = polygon_to_mask([tall], width=100, height=50) | polygon_to_mask(
        [[(x + 40, y) for x, y in wide]], width=100, height=50
    )
    drawn = polygon_to_mask(found.geometry.rings, width=100, height=50)
    assert (drawn & union).sum() / (drawn | union).sum() >= 0.98
    assert sum(map(len, found.geometry.rings)) < sum(map(len, mask_to_rings(union))) * 0.7


def test_merge_predictions__masks_that_differ_where_both_tiles_look_stay_two() -> None:
    # Two bars that cross: the boxes around them agree, their pixels do not.
    y, x = np.mgrid[:50, :100]
    falling, rising = np.abs(y - x / 2) < 3, np.abs(y - (50 - x / 2)) < 3
    left = Mask(height=50, width=60, counts=encode_mask(falling[:, :60]))
    right = Mask(height=50, width=60, counts=encode_mask(rising[:, 40:]))
    found = _merge([AnnotationRecord("bar", left, 0.9)], [AnnotationRecord("bar", right, 0.8)])
    assert len(found) == 2


def test_merge_predictions__by_other_rules() -> None:
    left = [AnnotationRecord("car", Box(x0=30, y0=10, x1=60, y1=30), 0.6)]
    right = [AnnotationRecord("car", Box(x0=0, y0=10, x1=35, y1=30), 0.9)]
    tiles = [TilePredictions(LEFT, left), TilePredictions(RIGHT, right)]
    boxes = {
        way: [one.geometry for one in merge_predictions(tiles, width=100, height=50, rule=MergeRule(way, metric, 0.5))]
        for way, metric in RULES
    }
    assert boxes == {
        "nms": [Box(x0=40, y0=10, x1=75, y1=30)],
        "greedy_nmm": [Box(x0=30, y0=10, x1=75, y1=30)],
        "nmm": [Box(x0=30, y0=10, x1=75, y1=30)],
    }


def test_merge_predictions__masks_by_other_rules() -> None:
    tiles = [
        TilePredictions(LEFT, [AnnotationRecord("o", _ring(0, 60), 0.5)]),
        TilePredictions(RIGHT, [AnnotationRecord("o", _ring(40, 100), 0.9)]),
    ]
    areas = []
    for way, metric in RULES[:2]:
        (found,) = merge_predictions(tiles, width=100, height=50, rule=MergeRule(way, metric, 0.5))
        assert isinstance(found.geometry, Mask)
        areas.append(mask_area(found.geometry.counts))
    assert areas == [40 * 30 - 30 * 14, 60 * 30 - 40 * 14]


def test_merge_predictions__classes_of_tiles_and_empty_masks_say_nothing() -> None:
    left = [AnnotationRecord("road", ClassTag(), 0.9), AnnotationRecord("cell", _mask(0, 0, 0, 0), 0.9)]
    assert _merge(left, []) == []


def test_merge_predictions__boxes_and_polygons_do_not_drop_each_other() -> None:
    box = Box(x0=5, y0=5, x1=15, y1=15)
    found = _merge([AnnotationRecord("leaf", box, 0.5), AnnotationRecord("leaf", _square(5, 5), 0.9)], [])
    assert [one.geometry for one in found] == [_square(5, 5), box]


def test_merge_predictions__without_a_confidence() -> None:
    found = _merge([AnnotationRecord("car", Box(x0=1, y0=1, x1=9, y1=9))], [])
    assert [(one.confidence, one.geometry) for one in found] == [(None, Box(x0=1, y0=1, x1=9, y1=9))]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (ClassTag(), ClassTag()),
        (Box(x0=1, y0=2, x1=3, y1=4), Box(x0=41, y0=12, x1=43, y1=14)),
        (
            RotatedBox(cx=1, cy=2, width=3, height=4, angle=30),
            RotatedBox(cx=41, cy=12, width=3, height=4, angle=30),
        ),
        (Polyline(points=[(0, 0), (1, 1)]), Polyline(points=[(40, 10), (41, 11)])),
        (Points(points=[(5, 5)]), Points(points=[(45, 15)])),
        (_square(0, 0), _square(40, 10)),
    ],
)
def test_move_geometry(given: Geometry, expected: Geometry) -> None:
    assert move_geometry(given, (40, 10, 100, 60), width=100, height=60) == expected


@pytest.mark.parametrize(("x", "y"), [(0, 0), (3, 0), (0, 2), (7, 4), (4, 3), (9, 5)])
def test_place_mask__is_the_part_in_the_whole(x: int, y: int) -> None:
    rng = np.random.default_rng(x * 10 + y)
    for filled in (0.0, 0.3, 0.7, 1.0):
        part = rng.random((4, 5)) < filled
        counts = place_mask(encode_mask(part), width=5, height=4, x=x, y=y, whole_width=12, whole_height=8)
        expected = np.zeros((8, 12), dtype=bool)
        shown = expected[y : y + 4, x : x + 5]
        shown[:] = part[: shown.shape[0], : shown.shape[1]]
        assert np.array_equal(decode_mask(counts, width=12, height=8), expected)


def test_place_mask__outside_is_refused() -> None:
    counts = encode_mask(np.ones((4, 5), dtype=bool))
    with pytest.raises(MaskError, match="lies outside an image of 12 x 8"):
        place_mask(counts, width=5, height=4, x=12, y=0, whole_width=12, whole_height=8)
    with pytest.raises(MaskError):
        place_mask(counts, width=6, height=4, x=0, y=0, whole_width=12, whole_height=8)


def _records(*geometries: Geometry) -> list[AnnotationRecord]:
    return [AnnotationRecord(str(number), geometry, source_id="ann") for number, geometry in enumerate(geometries)]


def test_cut_records__boxes_are_cut_and_kept_by_the_share_that_shows() -> None:
    boxes = [Box(x0=90, y0=10, x1=110, y1=20), Box(x0=98, y0=10, x1=118, y1=20), Box(x0=200, y0=0, x1=210, y1=9)]
    found = cut_records(_records(*boxes), (50, 5, 100, 55), min_visible=0.3)
    assert found == [AnnotationRecord("0", Box(x0=40, y0=5, x1=50, y1=15))]
    assert [one.label for one in cut_records(_records(*boxes), (50, 5, 100, 55), min_visible=0)] == ["0", "1"]


def test_cut_records__an_object_that_only_touches_the_tile_is_not_in_it() -> None:
    triangle = Polygon(rings=[[(100, 0), (110, 0), (110, 9)]])
    touching: list[Geometry] = [Box(x0=100, y0=0, x1=110, y1=10), _square(100, 0), triangle]
    assert cut_records(_records(*touching), (0, 0, 100, 100), min_visible=0) == []


def test_cut_records__a_polygon_keeps_its_hole_and_what_is_left_of_it() -> None:
    ring = Polygon(rings=[[(0, 0), (40, 0), (40, 40), (0, 40)], [(10, 10), (30, 10), (30, 30), (10, 30)]])
    (found,) = cut_records(_records(ring), (20, 0, 60, 40), min_visible=0.5)
    assert isinstance(found.geometry, Polygon)
    whole = polygon_to_mask(ring.rings, width=60, height=40)[:, 20:]
    assert np.array_equal(polygon_to_mask(found.geometry.rings, width=40, height=40), whole)
    assert cut_records(_records(ring), (20, 0, 60, 40), min_visible=0.51) == []


def test_cut_records__other_kinds() -> None:
    line, points = Polyline(points=[(10, 10), (30, 30)]), Points(points=[(10, 10), (70, 10)])
    turned = RotatedBox(cx=45, cy=25, width=20, height=10, angle=0)
    given = _records(ClassTag(), line, points, turned, _mask(0, 0, 60, 10), _mask(50, 0, 60, 10))
    found = cut_records(given, (0, 0, 50, 50), min_visible=0.5)
    assert [(one.label, one.geometry.type) for one in found] == [("1", "polyline"), ("3", "rotated_box"), ("4", "mask")]
    mask = found[2].geometry
    assert isinstance(mask, Mask)
    assert decode_mask(mask.counts, width=50, height=50)[:10].all()


def test_filled_area__an_island_in_a_hole() -> None:
    rings = [[(x, x), (20 - x, x), (20 - x, 20 - x), (x, 20 - x)] for x in (0, 2, 5)]
    assert filled_area(rings) == 400 - 256 + 100
