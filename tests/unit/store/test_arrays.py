"""Array literals hold what was put in."""

from __future__ import annotations

import pytest

from whorl.store.db.arrays import int_array, text_array


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], "{}"),
        ([""], '{""}'),
        (["a", "b"], '{"a","b"}'),
        (['{"v":1}', "NULL"], '{"{\\"v\\":1}","NULL"}'),
        (["back\\slash", "com,ma"], '{"back\\\\slash","com,ma"}'),
        (["\x1f", "x"], '{"\x1f","x"}'),
    ],
)
def test_text_array__quotes(values: list[str], text: str) -> None:
    assert text_array(values) == text


def test_int_array__is_plain() -> None:
    assert (int_array([]), int_array([5, -7, 2**62])) == ("{}", f"{{5,-7,{2**62}}}")
