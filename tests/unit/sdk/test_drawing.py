"""Shapes written in Python become the wire's annotations, or an error that names the field."""

from __future__ import annotations

import numpy as np
import pytest

import whorl
from whorl.base.errors import InvalidInput
from whorl.schemas.annotations import AnnotationDraft


def test_box__positional_order_is_left_top_right_bottom() -> None:
    assert whorl.Box(1, 2, 30, 40, "car").to_draft().model_dump(exclude_defaults=True) == {
        "label": "car",
        "geometry": {"x0": 1.0, "y0": 2.0, "x1": 30.0, "y1": 40.0},
    }


def test_box__both_ways_of_naming_the_sides_are_the_same() -> None:
    by_side = whorl.Box(top=2, left=1, bottom=40, right=30, label="car", attributes={"wet": True}, confidence=0.5)
    by_corner = whorl.Box(x0=1, y0=2, x1=30, y1=40, label="car", attributes={"wet": True}, confidence=0.5)
    assert by_side.to_draft() == by_corner.to_draft()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"left": 1, "top": 2, "right": 3, "label": "car"}, "a side of the box is missing: bottom or y1"),
        ({"left": 1, "x0": 1, "top": 2, "right": 3, "bottom": 4, "label": "a"}, "is given twice: left or x0"),
        ({"left": 1, "top": 2, "right": 1, "bottom": 4, "label": "a"}, "box has no area"),
        ({"left": float("nan"), "top": 2, "right": 1, "bottom": 4, "label": "a"}, "x0: .*finite"),
        ({"left": 1, "top": 2, "right": 3, "bottom": 4}, "a box without a label"),
    ],
)
def test_box__wrong_input_is_named(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        whorl.Box(**arguments)  # type: ignore[arg-type]


def test_polygon__one_ring_many_rings_and_arrays() -> None:
    ring = [[0, 0], [4, 0], [4, 4]]
    one = whorl.Polygon(ring, "a").to_draft()
    assert whorl.Polygon([ring], "a").to_draft() == one
    assert whorl.Polygon(np.array(ring), "a").to_draft() == one
    assert one.geometry.model_dump() == {"type": "polygon", "rings": [[(0.0, 0.0), (4.0, 0.0), (4.0, 4.0)]]}


@pytest.mark.parametrize("geo", [[], [[0, 0], [1, 1]], [[[0, 0], [1, 1]]], [[0, 0], [1, 1], ["x", 2]]])
def test_polygon__too_few_points_or_no_numbers_are_refused(geo: list[list[float]]) -> None:
    with pytest.raises(InvalidInput):
        whorl.Polygon(geo, "a")


def test_other_shapes__become_their_geometry() -> None:
    drawings = [
        whorl.Classification("a"),
        whorl.Point(1, 2, "a"),
        whorl.Polyline([[0, 0], [1, 1]], "a"),
        whorl.Mask("PPYo1", 2, 3, "a"),
    ]
    assert [drawing.to_draft().geometry.model_dump() for drawing in drawings] == [
        {"type": "class"},
        {"type": "points", "points": [(1.0, 2.0)]},
        {"type": "polyline", "points": [(0.0, 0.0), (1.0, 1.0)]},
        {"type": "mask", "height": 2, "width": 3, "counts": "PPYo1"},
    ]


def test_builder__collects_in_order_and_adds_attributes_and_confidence() -> None:
    builder = whorl.AnnotationBuilder()
    builder.add(whorl.Classification("a")).add(
        annotation_definition=whorl.Classification("b", {"x": 1}), attributes={"y": 2}, model_info={"confidence": 0.25}
    )
    assert list(builder) == [
        AnnotationDraft.model_validate({"label": "a", "geometry": {"type": "class"}}),
        AnnotationDraft.model_validate(
            {"label": "b", "geometry": {"type": "class"}, "attributes": {"x": 1, "y": 2}, "confidence": 0.25}
        ),
    ]


def test_builder__a_confidence_above_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="confidence"):
        whorl.AnnotationBuilder().add(whorl.Classification("b"), model_info={"confidence": 1.5})
