"""Whatever a user's function gives back is an answer, or refused in words."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.base.errors import InvalidInput, JsonValue
from whorl.pipelines.sandbox.results import Answer, read_answer
from whorl.schemas.annotations import Box, ClassTag
from whorl.schemas.records import AnnotationRecord

PORTS = ("item", "dark", "failed")
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)
BOX = {"type": "box", "x0": 1, "y0": 2, "x1": 300, "y1": 4}


def read(value: JsonValue) -> Answer:
    return read_answer(value, ports=PORTS, width=100, height=80)


@given(
    st.fixed_dictionaries({}, optional={"port": VALUES, "metadata": VALUES, "annotations": VALUES})
    | VALUES
    | st.builds(lambda inner: {"annotations": [{"label": "a", "geometry": inner}]}, VALUES)
)
def test_read_answer__never_raises_anything_else(value: JsonValue) -> None:
    with suppress(InvalidInput):
        assert read(value).port in PORTS


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (None, Answer("item")),
        ({}, Answer("item")),
        ("dark", Answer("dark")),
        ({"port": None, "metadata": None, "annotations": None}, Answer("item")),
        ({"port": "failed", "metadata": {"a": None}}, Answer("failed", {"a": None})),
        ({"annotations": []}, Answer("item", {}, ())),
        (
            {
                "annotations": [
                    {"label": "a", "geometry": {"type": "class"}, "confidence": 1},
                    {"label": "b", "geometry": BOX},
                ]
            },
            Answer(
                "item",
                {},
                (AnnotationRecord("a", ClassTag(), 1.0), AnnotationRecord("b", Box(x0=1, y0=2, x1=300, y1=4))),
            ),
        ),
    ],
)
def test_read_answer__reads(value: JsonValue, answer: Answer) -> None:
    assert read(value) == answer


def _nested(depth: int) -> JsonValue:
    value: JsonValue = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"metadata": {"a": _nested(5000)}},
        {"annotations": [{"label": "a", "geometry": {"type": "class"}, "attributes": {"a": _nested(5000)}}]},
        {"annotations": _nested(5000)},
        {"annotations": [{"label": "a", "geometry": {"type": "class"}}] * 10_001},
        {"annotations": [{"label": "a" * 201, "geometry": {"type": "class"}}]},
        {"annotations": [{"label": "a", "geometry": {"type": "class"}, "confidence": 1.5}]},
        {"annotations": [{"label": "a", "geometry": {"type": "class"}, "is_truth": True}]},
        {"annotations": [{"label": "a", "geometry": {"type": "box", "x0": 200, "y0": 0, "x1": 300, "y1": 9}}]},
        {"annotations": [{"label": "\ud800", "geometry": {"type": "class"}}]},
        {"metadata": []},
        {"port": ["item"]},
        {"port": "nowhere"},
        {"truth": []},
        True,
        [],
    ],
)
def test_read_answer__refuses_in_words(value: JsonValue) -> None:
    with pytest.raises(InvalidInput):
        read(value)
