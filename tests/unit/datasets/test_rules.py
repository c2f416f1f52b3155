"""Decisions about datasets and items."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.datasets.rules import (
    check_dataset_name,
    check_json,
    check_subset_change,
    decode_cursor,
    encode_cursor,
    find_name_problem,
    merge_patch,
)
from whorl.schemas.records import Subset


# The examples of https://www.rfc-editor.org/rfc/rfc7396#appendix-A that start from an object.
@pytest.mark.parametrize(
    ("current", "patch", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patch(
    current: dict[str, JsonValue], patch: dict[str, JsonValue], expected: dict[str, JsonValue]
) -> None:
    before = repr(current)
    assert merge_patch(current, patch) == expected
    assert repr(current) == before


@given(st.integers(min_value=0, max_value=2**53))
def test_cursor__comes_back(key: int) -> None:
    assert decode_cursor(encode_cursor(key)) == key


@given(st.text())
def test_decode_cursor__anything_else_is_refused(text: str) -> None:
    try:
        key = decode_cursor(text)
    except InvalidInput:
        return
    assert key >= 0


@pytest.mark.parametrize("name", ["a.jpg", "sub dir/a b.jpg", "ü/漢字.png", "a..b", "...", "x" * 1000])
def test_find_name_problem__good(name: str) -> None:
    assert find_name_problem(name) is None


@pytest.mark.parametrize("name", ["", "/a", "a/", "a//b", "./a", "a/..", "a\\b", "a\tb", "a\udc80b", "x" * 1001])
def test_find_name_problem__bad(name: str) -> None:
    assert find_name_problem(name) is not None


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 201])
def test_check_dataset_name__bad(name: str) -> None:
    with pytest.raises(InvalidInput):
        check_dataset_name(name)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "a\0", "\ud800", {"a\0": 1}, [[{"x": float("nan")}]]])
def test_check_json__bad(value: JsonValue) -> None:
    with pytest.raises(InvalidInput, match="metadata"):
        check_json(value, where="metadata")


@pytest.mark.parametrize(
    ("current", "wanted", "is_allowed"),
    [
        (None, Subset.TRAIN, True),
        (Subset.TEST, Subset.TEST, True),
        (None, Subset.TEST, False),
        (Subset.TRAIN, Subset.TEST, False),
        (Subset.TEST, None, False),
        (Subset.TEST, Subset.VALIDATION, False),
    ],
)
def test_check_subset_change__frozen(current: Subset | None, wanted: Subset | None, is_allowed: bool) -> None:
    check_subset_change("a", current=current, wanted=wanted, frozen_reason=None)
    if is_allowed:
        check_subset_change("a", current=current, wanted=wanted, frozen_reason="compared")
    else:
        with pytest.raises(Conflict, match="'a' may not .* frozen: compared"):
            check_subset_change("a", current=current, wanted=wanted, frozen_reason="compared")
