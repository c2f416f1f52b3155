"""Listings: every match once, in the query's order, at one revision, whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.db.conftest import ANNA, box_draft

from whorl.base.errors import InvalidInput, ListingGone, NotFound, QueryError
from whorl.datasets.actions import create_dataset, create_snapshot, delete_items
from whorl.datasets.dql import parse_text
from whorl.datasets.listings import KeyList, Listings
from whorl.datasets.queries import list_items_by_key


@pytest.fixture
def listings(house: Any) -> Iterator[Listings]:
    opened = Listings(house.db)
    yield opened
    opened.close()


def _names(house: Any, listing: KeyList, start: int = 0, stop: int = 1000) -> list[str]:
    listing.wait(None, timeout_s=20)
    keys = listing.at(start, stop)
    with house.db.read() as conn:
        found = list_items_by_key(conn, keys, as_of=listing.revision)
    return [found[key].name for key in keys]


def test_open__everything_in_order_of_arrival(house: Any, listings: Listings) -> None:
    house.add("b", "a", "c")
    listing = listings.open(house.dataset_id)
    assert (_names(house, listing), len(listing), listing.revision) == (["b", "a", "c"], 3, 1)
    assert _names(house, listing, 1, 2) == ["a"]
    assert _names(house, listing, 3, 9) == []


def test_open__a_dataset_with_gaps_between_its_keys(house: Any, listings: Listings) -> None:
    first = house.dataset_id
    house.add("1", "2")
    house.dataset_id = house.db.write(
        lambda conn: create_dataset(conn, house.project_id, name="other", actor_id=ANNA, now=house.now())
    ).id
    house.add("x")
    house.dataset_id = first
    house.add("3")
    listing = listings.open(first)
    assert _names(house, listing) == ["1", "2", "3"]


def test_open__an_empty_dataset(house: Any, listings: Listings) -> None:
    listing = listings.open(house.dataset_id)
    assert (listing.is_complete, len(listing), listing.at(0, 10)) == (True, 0, [])


def test_open__what_matches_in_the_order_asked_for(house: Any, listings: Listings) -> None:
    items = house.add("b", "a", "c", "d")
    for one in items[:3]:
        house.save(one, box_draft())
    found = listings.open(house.dataset_id, parse_text("label:car sort:-name"))
    assert _names(house, found) == ["c", "b", "a"]


def test_open__the_same_question_is_the_same_listing_until_something_is_written(house: Any, listings: Listings) -> None:
    house.add("1")
    first = listings.open(house.dataset_id, parse_text("name:1"))
    assert listings.open(house.dataset_id, parse_text("name:1")) is first
    house.add("2")
    second = listings.open(house.dataset_id, parse_text("name:1"))
    assert (second.id != first.id, second.revision) == (True, 2)
    assert listings.get(house.dataset_id, first.id) is first


def test_positions__do_not_shift_under_writes(house: Any, listings: Listings) -> None:
    items = house.add("1", "2", "3", "4")
    listing = listings.open(house.dataset_id)
    house.db.write(
        lambda conn: delete_items(conn, house.dataset_id, [items[0].id, items[2].id], actor_id=ANNA, now=house.now())
    )
    house.add("5")
    assert _names(house, listing) == ["1", "2", "3", "4"]
    assert _names(house, listings.open(house.dataset_id)) == ["2", "4", "5"]


def test_open__as_of_a_revision_and_of_a_snapshot(house: Any, listings: Listings) -> None:
    house.add("1")
    house.db.write(lambda conn: create_snapshot(conn, house.dataset_id, name="v1", actor_id=ANNA, now=house.now()))
    now = listings.open(house.dataset_id, parse_text("snapshot:v1"))
    assert (_names(house, now), now.revision) == (["1"], 1)
    house.add("2")
    then = listings.open(house.dataset_id, as_of=1)
    named = listings.open(house.dataset_id, parse_text("snapshot:v1"))
    assert [(_names(house, one), one.revision) for one in (then, named)] == [(["1"], 1), (["1"], 1)]


def test_open__what_cannot_be(house: Any, listings: Listings) -> None:
    with pytest.raises(InvalidInput, match="revision 9"):
        listings.open(house.dataset_id, as_of=9)
    with pytest.raises(NotFound):
        listings.open("dst_none")
    with pytest.raises(QueryError, match="no snapshot"):
        listings.open(house.dataset_id, parse_text("snapshot:v9"))


def test_get__of_another_dataset_or_unknown_is_gone(house: Any, listings: Listings) -> None:
    house.add("1")
    listing = listings.open(house.dataset_id)
    for dataset_id, listing_id in (("dst_other", listing.id), (house.dataset_id, "lst_none")):
        with pytest.raises(ListingGone, match="is held for this dataset"):
            listings.get(dataset_id, listing_id)


def test_memory__is_bounded_and_the_least_recently_used_goes_first(house: Any) -> None:
    house.add(*[f"{number:03}" for number in range(100)])
    small = Listings(house.db, max_bytes=2 * 100 * 8)
    queries = [parse_text(f"width>{number}") for number in range(3)]
    first, second = (small.open(house.dataset_id, one) for one in queries[:2])
    small.get(house.dataset_id, first.id)
    third = small.open(house.dataset_id, queries[2])
    assert (len(third), second.is_dropped) == (100, True)
    assert small.get(house.dataset_id, first.id) is first
    with pytest.raises(ListingGone):
        small.get(house.dataset_id, second.id)
    small.close()
