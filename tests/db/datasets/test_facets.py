"""Each bucket of each facet counts exactly the items that its own term finds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
from tests.db.conftest import ANNA, box_draft

from whorl.annotations.actions import add_predictions
from whorl.base.errors import JsonValue
from whorl.datasets.actions import update_items
from whorl.datasets.dql import compile_query, parse_text, read_keys
from whorl.datasets.facet_reads import read_facets
from whorl.datasets.listings import Listings
from whorl.datasets.query_fields import list_query_fields
from whorl.datasets.revisions import load_dataset
from whorl.datasets.sources import list_sources
from whorl.schemas.annotations import Box
from whorl.schemas.datasets import ItemPatch
from whorl.schemas.explorer import Facet
from whorl.schemas.records import AnnotationRecord

ODD: list[JsonValue] = [
    None, True, False, 0, 1, 1.0, -2.5, 1e300, 10**400, "", "1", "true", "null", "none", 'a "quote"', "back\\slash",
    "two words", "(paren", "star*", "a|b", "é", "line\nbreak", [], [1], {}, {"deep": {"er": "x"}}, {"deep": 3},
    "x" * 300,
]  # fmt: skip
KEYS = ["camera", "label", "two words", 'quo"te', "dot.ted", "-minus", "frame"]


@pytest.fixture
def listings(house: Any) -> Iterator[Listings]:
    opened = Listings(house.db)
    yield opened
    opened.close()


def _fill(house: Any, seed: int, items: int = 30) -> None:
    """Items with odd metadata and health, truth of two labels with attributes, predictions, subsets and groups."""
    rng = random.Random(seed)
    for number in range(items):
        metadata: dict[str, JsonValue] = {key: rng.choice(ODD) for key in KEYS if rng.random() < 0.6}
        metadata["number"] = rng.choice([rng.uniform(-1e3, 1e3), rng.randrange(100), "none"])
        (item,) = house.add(
            f"{number}",
            metadata=metadata,
            width=rng.choice([100, 200, 300 + number]),
            bytes=rng.randrange(10 ** rng.randrange(1, 9)),
            subset=rng.choice([None, "train", "test"]),
            group_key=rng.choice([None, "g 1", "g2"]),
            health={"sharpness": rng.uniform(0, 900)} if rng.random() < 0.8 else {},
        )
        attributes = [{}, {"is_occluded": True}, {"note": rng.choice(ODD[:15])}]
        drafts = [
            box_draft(rng.choice(["car", "truck"]), attributes=rng.choice(attributes)) for _ in range(rng.randrange(4))
        ]
        if drafts:
            house.save(item, *drafts)
        elif rng.random() < 0.5:
            patch = {item.id: ItemPatch(is_checked_empty=True)}
            house.db.write(
                lambda conn, patch=patch: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now())
            )
        sure = [0.0, 0.1, 0.3, 1.0, None]
        said = [
            AnnotationRecord(rng.choice(["car", "bus stop"]), Box(x0=1, y0=1, x1=9, y1=9), rng.choice(sure))
            for _ in range(rng.randrange(3))
        ]
        model = rng.choice(["mdl_1", "mdl_2"])
        house.db.write(
            lambda conn, one={item.id: said}, model=model: add_predictions(
                conn, house.dataset_id, one, model_id=model, actor_id=model, now=house.now()
            )
        )


def _facets(house: Any, listings: Listings, query: str, **options: Any) -> list[Facet]:
    listing = listings.open(house.dataset_id, parse_text(query) if query else None)
    listing.wait(None, timeout_s=20)
    with house.db.read() as conn:
        return read_facets(conn, listing, query_text=query, **options).facets


def _count(house: Any, query: str) -> int:
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        return len(read_keys(conn, compile_query(parse_text(query), dataset_key=row.key)))


@pytest.mark.parametrize(
    ("seed", "query"),
    [(1, ""), (2, "label:car"), (3, "confidence:null"), (4, "-label:car width>=100"), (5, "sort:-name subset:train"),
     (6, "model:mdl_1"), (7, "label:truck attributes.is_occluded:true")],
)  # fmt: skip
def test_facets__each_term_finds_as_many_items_as_its_bucket_says(
    house: Any, listings: Listings, seed: int, query: str
) -> None:
    _fill(house, seed)
    wrong, empty = [], []
    for facet in _facets(house, listings, query):
        for bucket in facet.buckets:
            if not bucket.chip:
                empty.append((facet.field, bucket.value))
            elif (found := _count(house, f"{query} {bucket.chip}")) != bucket.count:
                wrong.append((facet.field, bucket, found))
    assert wrong == []
    assert empty == []


def test_facets__nothing_is_left_out_of_a_range(house: Any, listings: Listings) -> None:
    _fill(house, 11)
    by_name = {facet.field: facet for facet in _facets(house, listings, "")}
    number = by_name["metadata.number"]
    assert number.kind == "range"
    assert sum(bucket.count for bucket in number.buckets) == _count(house, "metadata.number<1e9")
    sharpness = by_name["health.sharpness"].buckets
    assert sum(bucket.count for bucket in sharpness) == 30


def test_facets__values_that_differ_by_type_are_told_apart(house: Any, listings: Listings) -> None:
    for number, value in enumerate([1, 1.0, True, "1", "true", None, [1]]):
        house.add(f"{number}", metadata={"odd": value})
    house.add("absent")
    (facet,) = _facets(house, listings, "", names=["metadata.odd"])
    found = {(type(one.value).__name__, str(one.value)): (one.count, one.chip) for one in facet.buckets}
    assert found == {
        ("float", "1.0"): (2, "metadata.odd:1"),
        ("bool", "True"): (1, "metadata.odd:true"),
        ("str", "1"): (1, 'metadata.odd:"1"'),
        ("str", "true"): (1, 'metadata.odd:"true"'),
        ("NoneType", "None"): (2, "metadata.odd:null"),
    }


def test_facets__a_term_does_not_join_the_last_annotation_of_the_query(house: Any, listings: Listings) -> None:
    one, two = house.add("1", "2")
    house.save(one, box_draft("car", confidence=0.2), box_draft("truck", x0=30, confidence=0.9))
    house.save(two, box_draft("car", confidence=0.2))
    (facet,) = _facets(house, listings, "confidence<0.5", names=["label"])
    assert [(one.value, one.count, one.chip) for one in facet.buckets] == [
        ("car", 2, "(label:car)"),
        ("truck", 1, "(label:truck)"),
    ]
    (plain,) = _facets(house, listings, "", names=["label"])
    assert [one.chip for one in plain.buckets] == ["label:car", "label:truck"]


def test_facets__of_an_earlier_revision(house: Any, listings: Listings) -> None:
    (item,) = house.add("1")
    house.save(item, box_draft("car"))
    house.add("2")
    listing = listings.open(house.dataset_id, as_of=1)
    with house.db.read() as conn:
        facets = {one.field: one for one in read_facets(conn, listing).facets}
    assert [(one.value, one.count) for one in facets["annotated"].buckets] == [(False, 1)]


def test_facets__of_many_items_are_drawn_and_rare_labels_are_seen(house: Any, listings: Listings) -> None:
    items = house.add(*(f"{number:03}" for number in range(400)), subset="train")
    for number, one in enumerate(items[:61]):
        house.save(one, box_draft("truck" if number == 60 else "car"))
    listing = listings.open(house.dataset_id)
    with house.db.read() as conn:
        read = read_facets(conn, listing, exact_up_to=100, sample=80)
        again = read_facets(conn, listing, exact_up_to=100, sample=80)
    assert (read.is_sampled, read) == (True, again)
    facets = {one.field: one for one in read.facets}
    assert [(one.value, one.count) for one in facets["subset"].buckets] == [("train", 400)]
    assert {one.value for one in facets["label"].buckets} == {"car", "truck"}
    assert sum(one.count for one in facets["annotated"].buckets) == 400


def test_fields__names_and_values_as_they_are_written(house: Any, listings: Listings) -> None:
    house.add("1", metadata={"camera": "north side", "width": 3, "frame": 7}, subset="train")
    with house.db.read() as conn:
        fields = {one.name: one for one in list_query_fields(conn, house.dataset_id)}
    assert fields["label"].values == ["car", "truck"]
    assert fields["subset"].values == ["train", "validation", "test", "none"]
    assert (fields["camera"].type, fields["camera"].values) == ("text", ['"north side"'])
    # A metadata key that another field is named like keeps its prefix.
    assert (fields["metadata.width"].type, fields["frame"].type) == ("number", "number")
    for name, one in fields.items():
        for value in one.values or []:
            assert parse_text(f"{name}:{value}" if name != "has" else f"has:{value}") is not None


def test_sources__who_annotated_what(house: Any, listings: Listings) -> None:
    one, two = house.add("1", "2")
    house.save(one, box_draft("car"), box_draft("car", x0=30))
    said = {item.id: [AnnotationRecord("car", Box(x0=1, y0=1, x1=9, y1=9), 0.5)] for item in (one, two)}
    house.db.write(
        lambda conn: add_predictions(conn, house.dataset_id, said, model_id="mdl_1", actor_id="mdl_1", now=house.now())
    )
    whole = listings.open(house.dataset_id)
    with house.db.read() as conn:
        found = [(s.layer, s.author_kind, s.author_id, s.annotations, s.items) for s in list_sources(conn, whole)]
    assert found == [("prediction", "model", "mdl_1", 2, 2), ("truth", "person", "per_anna", 2, 1)]
