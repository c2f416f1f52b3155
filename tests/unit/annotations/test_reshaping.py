"""Shapes as shapes of another kind: there and back within the stated loss, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from whorl.annotations import reshaping
from whorl.annotations.reshaping import Refused, Reshaped, reshape
from whorl.geometry.masks import decode_mask, encode_mask
from whorl.geometry.merging import Patch
from whorl.schemas.annotations import (
    Box,
    ClassTag,
    Geometry,
    Keyframe,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Track,
)
from whorl.schemas.converting import ConvertKind

WIDTH, HEIGHT = 24, 18
SQUARE = [(2.0, 2.0), (12.0, 2.0), (12.0, 12.0), (2.0, 12.0)]
HOLE = [(5.0, 5.0), (9.0, 5.0), (9.0, 9.0), (5.0, 9.0)]


def _mask(pixels: Any) -> Mask:
    filled = np.asarray(pixels, dtype=bool)
    return Mask(height=filled.shape[0], width=filled.shape[1], counts=encode_mask(filled))


def _pixels(shape: Geometry) -> Any:
    assert isinstance(shape, Mask)
    return decode_mask(shape.counts, width=shape.width, height=shape.height)


def _reshape(shape: Geometry, to: ConvertKind, **more: Any) -> Reshaped:
    return reshape(shape, to, width=WIDTH, height=HEIGHT, **more)


@given(pixels=arrays(bool, (HEIGHT, WIDTH)), loss=st.sampled_from([0.0, 0.01, 0.1]))
@settings(max_examples=80, deadline=None)
def test_mask_to_polygon_and_back__within_the_loss(pixels: Any, loss: float) -> None:
    assume(pixels.any())
    outline = _reshape(_mask(pixels), "polygon", max_iou_loss=loss)
    back = _pixels(_reshape(outline.geometry, "mask").geometry)
    iou = (back & pixels).sum() / (back | pixels).sum()
    assert outline.iou is not None
    assert iou >= 1 - loss
    assert iou == pytest.approx(outline.iou)


@given(x=st.integers(0, 15), y=st.integers(0, 10), w=st.integers(1, 8), h=st.integers(1, 7))
@settings(max_examples=40, deadline=None)
def test_a_box_of_whole_pixels_comes_back_from_everything(x: int, y: int, w: int, h: int) -> None:
    box = Box(x0=x, y0=y, x1=x + w, y1=y + h)
    for kind in ("polygon", "mask", "rotated_box"):
        made = _reshape(box, kind)
        assert made.iou == 1.0
        assert _reshape(made.geometry, "box") == Reshaped(box, 1.0)


def test_a_hole_stays_a_hole() -> None:
    ring = Polygon(rings=[SQUARE, HOLE])
    filled = _reshape(ring, "mask")
    assert int(_pixels(filled.geometry).sum()) == 100 - 16
    back = _reshape(filled.geometry, "polygon", max_iou_loss=0).geometry
    assert isinstance(back, Polygon)
    assert sorted(map(len, back.rings)) == [4, 4]


def test_a_ring_that_crosses_itself_is_filled_even_odd() -> None:
    bow = Polygon(rings=[[(2, 2), (12, 12), (12, 2), (2, 12)]])
    filled = _pixels(_reshape(bow, "mask").geometry)
    # Its two halves cancel in the shoelace formula, but not in pixels.
    assert 40 <= filled.sum() <= 60
    assert _reshape(bow, "box").geometry == Box(x0=2, y0=2, x1=12, y1=12)


def test_a_turned_box_that_sticks_out_is_cut_at_the_image() -> None:
    turned = RotatedBox(cx=2, cy=9, width=10, height=4, angle=45)
    made = _reshape(turned, "polygon")
    assert isinstance(made.geometry, Polygon)
    assert min(x for x, _ in made.geometry.rings[0]) == 0
    assert made.iou is not None
    assert 0.6 < made.iou < 1
    box = _reshape(turned, "box").geometry
    assert isinstance(box, Box)
    assert box.x0 == 0


def test_polygon_to_rotated_box() -> None:
    diamond = Polygon(rings=[[(10, 2), (17, 9), (10, 16), (3, 9)]])
    made = _reshape(diamond, "rotated_box")
    assert isinstance(made.geometry, RotatedBox)
    assert (made.geometry.cx, made.geometry.cy, abs(made.geometry.angle)) == pytest.approx((10, 9, 45))
    assert made.iou is not None
    assert made.iou > 0.97
    assert isinstance(_reshape(_mask(np.ones((HEIGHT, WIDTH))), "rotated_box").geometry, RotatedBox)


def test_a_polygon_to_a_polygon_has_fewer_points() -> None:
    wavy = [(2 + x * 0.2, 2.0 + (x % 2) * 0.02) for x in range(50)] + [(12.0, 12.0), (2.0, 12.0)]
    made = _reshape(Polygon(rings=[wavy]), "polygon", max_iou_loss=0.02).geometry
    assert isinstance(made, Polygon)
    assert len(made.rings[0]) <= 6


def test_everything_with_an_area_becomes_a_class() -> None:
    for shape in (Box(x0=0, y0=0, x1=1, y1=1), Polygon(rings=[SQUARE]), _mask(np.ones((HEIGHT, WIDTH)))):
        assert _reshape(shape, "class") == Reshaped(ClassTag(), None)


@pytest.mark.parametrize(
    ("shape", "to", "reason"),
    [
        (ClassTag(), "box", reshaping.NO_PLACE),
        (_mask(np.zeros((HEIGHT, WIDTH))), "polygon", reshaping.EMPTY_MASK),
        (_mask(np.ones((5, 5))), "box", reshaping.OTHER_SIZE),
        (Mask(height=HEIGHT, width=WIDTH, counts="0"), "polygon", reshaping.BAD_MASK),
        (Polygon(rings=[[(1, 1), (5, 5), (9, 9)]]), "mask", reshaping.NO_AREA),
        (Polygon(rings=[[(1.1, 1.1), (1.2, 1.1), (1.2, 1.2)]]), "mask", reshaping.NO_PIXEL),
        (Polyline(points=[(0, 0), (5, 5)]), "polygon", reshaping.A_LINE),
        (Points(points=[(1, 1)]), "box", reshaping.A_LINE),
        (Track(keyframes=[Keyframe(frame=0, shape=Box(x0=0, y0=0, x1=1, y1=1))]), "class", reshaping.A_TRACK),
    ],
)
def test_refused_with_the_reason(shape: Geometry, to: ConvertKind, reason: str) -> None:
    with pytest.raises(Refused, match=f"^{reason}$"):
        _reshape(shape, to)


def test_the_object_in_a_box_is_looked_for() -> None:
    asked = []

    def find(bounds: tuple[float, float, float, float]) -> Patch | None:
        asked.append(bounds)
        return Patch(3, 3, np.ones((4, 5), dtype=bool))

    made = _reshape(Box(x0=2, y0=2, x1=8, y1=8), "polygon", find=find)
    assert made == Reshaped(Polygon(rings=[[(3, 3), (8, 3), (8, 7), (3, 7)]]), pytest.approx(20 / 36))  # type: ignore[arg-type]
    assert int(_pixels(_reshape(Box(x0=2, y0=2, x1=8, y1=8), "mask", find=find).geometry).sum()) == 20
    assert asked == [(2, 2, 8, 8)] * 2
    with pytest.raises(Refused, match=reshaping.NOTHING_FOUND):
        _reshape(Box(x0=2, y0=2, x1=8, y1=8), "mask", find=lambda bounds: None)
    # A polygon has an outline already.
    assert _reshape(Polygon(rings=[SQUARE]), "mask", find=find).iou == 1.0
