"""Filters write queries that the server reads."""

from __future__ import annotations

import pytest

import whorl
from whorl.base.errors import QueryError


def test_prepare__nothing_is_every_item() -> None:
    assert whorl.Filters().prepare() == {"filter": {}}


def test_prepare__and_or_join_and_sort() -> None:
    filters = whorl.Filters("subset", "train")
    filters.add("metadata.camera", ["a", "b"])
    filters.add("width", 100, operator="gt")
    filters.add("name", "x*", method="or").add("name", "y*", method="or")
    filters.add_join("label", "car").add_join("confidence", 0.5, whorl.FiltersOperations.LESS_THAN)
    filters.sort_by("name", "descending")
    assert filters.prepare() == {
        "filter": {
            "$and": [{"subset": "train"}, {"metadata.camera": ["a", "b"]}, {"width": {"$gt": 100}}],
            "$or": [{"name": "x*"}, {"name": "y*"}],
        },
        "join": {
            "on": {"resource": "annotations"},
            "filter": {"$and": [{"label": "car"}, {"confidence": {"$lt": 0.5}}]},
        },
        "sort": {"name": "descending"},
    }


def test_add__an_unknown_operator_suggests_the_nearest() -> None:
    with pytest.raises(QueryError) as caught:
        whorl.Filters("width", 1, "gtt")
    assert caught.value.message == "unknown operator 'gtt'"
    assert caught.value.hint.startswith("Did you mean 'gt'?")


def test_add__an_unknown_method_is_refused() -> None:
    with pytest.raises(QueryError, match="unknown method 'nor'"):
        whorl.Filters().add("width", 1, method="nor")  # type: ignore[arg-type]


def test_prepare__gives_its_own_copy() -> None:
    filters = whorl.Filters("a", 1)
    filters.prepare()["filter"] = {}
    assert filters.prepare() == {"filter": {"$and": [{"a": 1}]}}
