"""Edges of ranges: round, few, and every number in exactly one step."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from whorl.datasets.dql import parse_text
from whorl.datasets.facets import Chips, bin_of, nice_edges

numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(numbers, min_size=2, max_size=20))
@example([0.0, 5e-324])
@example([-1.7e308, 1.7e308])
@example([1e16, 1e16 + 2])
def test_nice_edges__hold_every_number_once(values: list[float]) -> None:
    edges = nice_edges(min(values), max(values))
    assert list(edges) == sorted(edges)
    assert all(math.isfinite(edge) for edge in edges)
    assert len(edges) <= 13
    for value in values:
        index = bin_of(value, edges)
        is_last = index == len(edges) - 2
        assert edges[index] <= value
        assert value < edges[index + 1] or (is_last and value <= edges[index + 1])


def test_nice_edges__are_round() -> None:
    assert nice_edges(0.03, 0.97) == (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
    assert nice_edges(-3, 12) == (-4.0, -2.0, 0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 12.0)


def test_nice_edges__of_whole_numbers_are_whole() -> None:
    assert nice_edges(0, 23, is_whole=True) == (0.0, 5.0, 10.0, 15.0, 20.0, 25.0)
    assert nice_edges(1, 4, is_whole=True) == (1.0, 2.0, 3.0, 4.0)


def test_bin_of__outside_is_in_none() -> None:
    assert [bin_of(value, (0, 1, 2)) for value in (-0.1, 0, 1, 2, 2.1)] == [-1, 0, 1, 1, -1]


def test_chips__stand_behind_a_query_in_json() -> None:
    is_train = parse_text("subset:train").where
    wide = '{"filter": {"$or": [{"width": {"$lt": 64}}, {"height": {"$lt": 64}}]}}'
    assert Chips(wide).write(is_train) == "subset:train"
    assert Chips("").write(is_train) == "subset:train"
