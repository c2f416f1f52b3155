"""Slices of an evaluation's items by the values of a field."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import pytest
from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue, QueryError
from whorl.datasets.dql import parse_query
from whorl.models.slices import MAX_SLICES, read_slices
from whorl.schemas.datasets import Item
from whorl.schemas.records import Subset

NO_CONNECTION = cast("Connection", None)
"""Fields are read off the items; only queries ask the database."""


def items(*metadata: dict[str, JsonValue], **fields: object) -> dict[str, Item]:
    made = [
        Item(
            id=f"itm_{at}",
            dataset_id="dst_x",
            name=f"{at}.png",
            sha256="0" * 64,
            media_type="image/png",
            width=64,
            height=48,
            bytes=100,
            subset=Subset.TEST,
            metadata=one,
            born_rev=1,
            created_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        for at, one in enumerate(metadata)
    ]
    return {item.id: item.model_copy(update=fields) for item in made}


def by_field(name: str, found: dict[str, Item]) -> list[tuple[str, int, object]]:
    slices = read_slices(NO_CONNECTION, "dst_x", found, [f"field:{name}"], revision=1)
    for one in slices:
        assert isinstance(one.query, dict)
        parse_query(one.query)
    return [(one.name, len(one.items), one.value) for one in slices]


def test_read_slices__one_for_each_value_and_one_for_none() -> None:
    found = items({"camera": "front"}, {"camera": "front"}, {"camera": "rear"}, {}, {"camera": ["both"]})
    assert by_field("metadata.camera", found) == [
        ("metadata.camera: front", 2, "front"),
        ("metadata.camera: rear", 1, "rear"),
        ("metadata.camera: none", 1, None),
    ]


def test_read_slices__true_is_not_one() -> None:
    assert by_field("metadata.night", items({"night": True}, {"night": 1}, {"night": True})) == [
        ("metadata.night: true", 2, True),
        ("metadata.night: 1", 1, 1),
    ]


def test_read_slices__numbers_with_many_values_are_cut_into_four_parts() -> None:
    found = items(*({"lux": at} for at in range(40)), {})
    assert by_field("metadata.lux", found) == [
        ("metadata.lux: 0 to 9.75", 10, None),
        ("metadata.lux: 9.75 to 19.5", 10, None),
        ("metadata.lux: 19.5 to 29.25", 10, None),
        ("metadata.lux: 29.25 to 39", 10, None),
    ]


def test_read_slices__of_many_words_the_commonest() -> None:
    found = items(*({"place": f"place {at}"} for at in range(60)), {"place": "place 7"})
    slices = by_field("metadata.place", found)
    assert (len(slices), slices[0]) == (20, ("metadata.place: place 7", 2, "place 7"))


def test_read_slices__fields_of_items() -> None:
    found = items({}, {}, group_key="video 1", health={"brightness": 3.0})
    assert by_field("group", found) == [("group: video 1", 2, "video 1")]
    assert by_field("subset", found) == [("subset: test", 2, "test")]
    assert by_field("checked_empty", found) == [("checked_empty: false", 2, False)]
    assert by_field("health.brightness", found) == [("health.brightness: 3", 2, 3.0)]


@pytest.mark.parametrize(
    ("written", "kind", "message"),
    [
        ("weather", InvalidInput, "no slice: 'weather'"),
        ("field:", InvalidInput, "no slice"),
        ("query: ", InvalidInput, "no slice"),
        ("field:weather", QueryError, "unknown item field"),
        ("field:metadata", QueryError, "metadata needs a key"),
        ("field:name", InvalidInput, "name makes no slices"),
        ('field:metadata."', QueryError, "slices"),
        ("field:metadata.\x00", QueryError, "slices"),
    ],
)
def test_read_slices__refuses(written: str, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        read_slices(NO_CONNECTION, "dst_x", items({}), [written], revision=1)


def test_read_slices__not_without_end() -> None:
    found = items(*({"place": f"place {at}"} for at in range(20)))
    with pytest.raises(InvalidInput, match=f"more than {MAX_SLICES} slices"):
        read_slices(NO_CONNECTION, "dst_x", found, ["field:metadata.place"] * 6, revision=1)
