"""The condition ``near``: read, written back, and refused."""

from __future__ import annotations

import pytest

from whorl.base.errors import QueryError
from whorl.datasets.dql import Query, compile_query, format_text, parse_query, parse_text, to_json
from whorl.datasets.dql.ast import NearKind, NearMatch, Not

ITEM = NearMatch(NearKind.ITEM, "itm_x")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("near:itm_x", ITEM),
        ("near:ann_x", NearMatch(NearKind.ANNOTATION, "ann_x")),
        ('near:"a red car"', NearMatch(NearKind.TEXT, "a red car")),
        ("-near:itm_x", Not(ITEM)),
        ("(near:itm_x space:clip limit:50)", NearMatch(NearKind.ITEM, "itm_x", "clip", 50)),
        ("-(near:itm_x limit:50)", Not(NearMatch(NearKind.ITEM, "itm_x", None, 50))),
    ],
)
def test_near__in_both_forms_and_back(text: str, where: object) -> None:
    query = parse_text(text)
    assert query.where == where
    assert format_text(query) == text
    assert parse_query(to_json(query)) == query


def test_near__json() -> None:
    found = parse_query({"near": {"item": "itm_x", "space": "clip", "limit": 7}})
    assert found == Query(where=NearMatch(NearKind.ITEM, "itm_x", "clip", 7))
    assert parse_query({"near": "itm_x"}).where == ITEM


def test_near__space_and_limit_are_metadata_elsewhere() -> None:
    assert parse_text("label:car near:itm_x limit:5 subset:train") == parse_text(
        "label:car (near:itm_x limit:5) subset:train"
    )
    assert "near" not in str(to_json(parse_text("space:mars limit:5")))


@pytest.mark.parametrize(
    "document",
    [
        {"near": 5},
        {"near": {}},
        {"near": {"item": "itm_x", "text": "y"}},
        {"near": {"item": ""}},
        {"near": {"item": ["itm_x"]}},
        {"near": {"text": "  "}},
        {"near": {"item": "itm_x", "limit": 0}},
        {"near": {"item": "itm_x", "limit": 1001}},
        {"near": {"item": "itm_x", "limit": True}},
        {"near": {"item": "itm_x", "space": 3}},
        {"near": {"item": "itm_x", "k": 3}},
        {"near": {"text": "\ud800"}},
    ],
)
def test_near__json_that_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(QueryError):
        parse_query(document)


@pytest.mark.parametrize("text", ["near:", "near>itm_x", "near:a|b", "near:itm_x limit:none", "near:itm_x limit:1001"])
def test_near__text_that_is_refused(text: str) -> None:
    with pytest.raises(QueryError):
        parse_text(text)


def test_near__is_not_answered_where_nobody_knows_vectors() -> None:
    with pytest.raises(QueryError, match="near cannot be asked here"):
        compile_query(parse_text("near:itm_x"), dataset_key=1)
