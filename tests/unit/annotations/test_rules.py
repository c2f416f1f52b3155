"""Decisions about annotations."""

from __future__ import annotations

import numpy as np
import pytest

from whorl.annotations.rules import check_inside, clip_box, find_bounds, import_author_id, statement_digest
from whorl.base.errors import InvalidInput
from whorl.geometry.masks import encode_mask
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Points, Polygon, Polyline


def _mask(set_pixels: bool = True) -> Mask:
    pixels = np.zeros((6, 8), dtype=bool)
    if set_pixels:
        pixels[2:4, 1:7] = True
    return Mask(height=6, width=8, counts=encode_mask(pixels))


@pytest.mark.parametrize(
    ("geometry", "expected"),
    [
        (ClassTag(), None),
        (Box(x0=1, y0=2, x1=3, y1=4), (1, 2, 3, 4)),
        (Polygon(rings=[[(1, 1), (5, 1), (5, 5)], [(7, 0), (8, 0), (8, 1)]]), (1, 0, 8, 5)),
        (Polyline(points=[(3, 4), (1, 9)]), (1, 4, 3, 9)),
        (Points(points=[(3, 4)]), (3, 4, 3, 4)),
        (_mask(), (1, 2, 7, 4)),
        (_mask(set_pixels=False), None),
    ],
)
def test_find_bounds(geometry: Geometry, expected: tuple[float, ...] | None) -> None:
    assert find_bounds(geometry) == expected


@pytest.mark.parametrize(
    "geometry",
    [ClassTag(), Box(x0=0, y0=0, x1=8, y1=6), Box(x0=-0.005, y0=0, x1=8.005, y1=6), Points(points=[(8, 6)]), _mask()],
)
def test_check_inside__fits(geometry: Geometry) -> None:
    check_inside(geometry, width=8, height=6, where="item 'a'")


@pytest.mark.parametrize(
    "geometry",
    [
        Box(x0=-1, y0=0, x1=8, y1=6),
        Box(x0=0, y0=0, x1=8.5, y1=6),
        Polygon(rings=[[(1, 1), (5, 1), (5, 7)]]),
        Polyline(points=[(0, 0), (9, 0)]),
        Points(points=[(0, -3)]),
    ],
)
def test_check_inside__sticks_out(geometry: Geometry) -> None:
    with pytest.raises(InvalidInput, match=r"item 'a': .* is outside the image of 8 x 6 pixels"):
        check_inside(geometry, width=8, height=6, where="item 'a'")


def test_check_inside__mask() -> None:
    with pytest.raises(InvalidInput, match="the mask is 8 x 6, the image 6 x 8"):
        check_inside(_mask(), width=6, height=8, where="item 'a'")
    with pytest.raises(InvalidInput):
        check_inside(Mask(height=6, width=8, counts="11"), width=8, height=6, where="item 'a'")


def test_clip_box() -> None:
    assert clip_box(Box(x0=-2, y0=1, x1=20, y1=3), width=8, height=6) == Box(x0=0, y0=1, x1=8, y1=3)
    assert clip_box(Box(x0=9, y0=1, x1=20, y1=3), width=8, height=6) is None
    whole = Box(x0=0, y0=0, x1=8, y1=6)
    assert clip_box(whole, width=8, height=6) is whole


def test_statement_digest__equal_statements_only() -> None:
    box = Box(x0=1, y0=2, x1=3, y1=4)
    base = statement_digest("car", box, confidence=None, attributes={"a": 1, "b": 2})
    assert base == statement_digest("car", box.model_copy(), confidence=None, attributes={"b": 2, "a": 1})
    others = [
        statement_digest("bus", box, confidence=None, attributes={"a": 1, "b": 2}),
        statement_digest("car", box, confidence=0.5, attributes={"a": 1, "b": 2}),
        statement_digest("car", box, confidence=None, attributes={"a": 1}),
        statement_digest("car", Box(x0=1, y0=2, x1=3, y1=5), confidence=None, attributes={"a": 1, "b": 2}),
    ]
    assert len({base, *others}) == 5


def test_import_author_id__fits_its_column_and_tells_sources_apart() -> None:
    assert import_author_id("yolo:0123") == "imp_yolo:0123"
    long = {import_author_id("x" * 100), import_author_id("x" * 101)}
    assert {len(one) for one in long} == {40}
