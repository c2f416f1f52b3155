"""How far two answers are apart, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whorl.geometry.masks import encode_mask
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Polygon
from whorl.schemas.models import PredictedAnnotation
from whorl.serving.disagreement import disagreement


def said(label: str, confidence: float | None, geometry: Geometry | None = None) -> PredictedAnnotation:
    return PredictedAnnotation(label=label, geometry=geometry or ClassTag(), confidence=confidence)


def box(x0: float, y0: float, x1: float, y1: float) -> Box:
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def mask(x0: int, x1: int) -> Mask:
    pixels = np.zeros((4, 8), bool)
    pixels[:, x0:x1] = True
    return Mask(height=4, width=8, counts=encode_mask(pixels))


LEFT, RIGHT = box(0, 0, 10, 10), box(20, 0, 30, 10)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ([], [], 0.0),
        ([said("cat", 0.9)], [said("cat", 0.9)], 0.0),
        ([said("cat", 0.9)], [said("dog", 0.9)], 1.0),
        ([said("cat", 0.9)], [said("cat", 0.3)], 1 - 0.6 / 1.2),
        ([said("cat", 0.9)], [], 1.0),
        ([said("car", 1.0, LEFT)], [said("car", 1.0, box(0, 0, 10, 5))], 0.5),
        ([said("car", 1.0, LEFT)], [said("truck", 1.0, LEFT)], 1.0),
        # The second box, that only one of them hardly believes in, counts little.
        ([said("car", 0.9, LEFT), said("car", 0.1, RIGHT)], [said("car", 0.9, LEFT)], 1 - 1.8 / 1.9),
        # Two boxes over one: only one of them is its pair.
        ([said("car", 1.0, LEFT), said("car", 1.0, LEFT)], [said("car", 1.0, LEFT)], 1 - 2 / 3),
        # The same box around them, and half the pixels in common.
        ([said("leaf", 1.0, mask(0, 4))], [said("leaf", 1.0, mask(2, 4))], 0.5),
        ([said("leaf", None, Polygon(rings=[[(0, 0), (10, 0), (10, 10), (0, 10)]]))], [said("leaf", None, LEFT)], 0.0),
        ([said("cat", 0.0)], [said("dog", 0.0)], 0.0),
    ],
)
def test_disagreement__by_hand(
    one: list[PredictedAnnotation], other: list[PredictedAnnotation], distance: float
) -> None:
    assert disagreement(one, other) == pytest.approx(distance, abs=1e-9)


@st.composite
def answers(draw: st.DrawFn) -> list[PredictedAnnotation]:
    found = []
    for _ in range(draw(st.integers(0, 5))):
        x0, y0 = draw(st.integers(0, 20)), draw(st.integers(0, 20))
        width, height = draw(st.integers(1, 20)), draw(st.integers(1, 20))
        confidence = draw(st.floats(0.01, 1))
        found.append(said(draw(st.sampled_from("ab")), confidence, box(x0, y0, x0 + width, y0 + height)))
    return found


@settings(max_examples=50)
@given(answers(), answers())
def test_disagreement__a_distance(one: list[PredictedAnnotation], other: list[PredictedAnnotation]) -> None:
    assert 0 <= disagreement(one, other) <= 1
    assert disagreement(one, one) == pytest.approx(0, abs=1e-9)
    assert disagreement(one, other) == pytest.approx(disagreement(other, one), abs=1e-6)


def test_disagreement__a_thousand_boxes_are_no_trouble() -> None:
    many = [said("car", 0.5, box(n, 0, n + 5, 5)) for n in range(1000)]
    assert disagreement(many, many) == 0
