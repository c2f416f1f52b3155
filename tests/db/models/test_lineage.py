"""A training is pinned by ids: whatever happens to its dataset later, running it again reads the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection
from tests.db.conftest import ANNA, House, new_item

from whorl.annotations.actions import add_predictions
from whorl.annotations.queries import list_annotations
from whorl.datasets.actions import add_items, delete_items, update_items
from whorl.datasets.dql import parse_text
from whorl.datasets.queries import list_items
from whorl.datasets.revisions import load_dataset
from whorl.models import actions
from whorl.models.queries import get_model
from whorl.models.training_set import TrainingSet, read_training_set
from whorl.schemas.annotations import AnnotationDraft, Box, Layer
from whorl.schemas.datasets import Item, ItemPatch
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.blobs import BlobStore, open_blobs, put_content

Sample = tuple[bytes, tuple[str, ...], list[list[float]]]


@pytest.fixture
def blobs() -> BlobStore:
    return open_blobs("memory://")


def add(house: House, blobs: BlobStore, name: str, content: bytes) -> Item:
    new = new_item(name, subset=Subset.TRAIN).model_copy(update={"sha256": put_content(blobs, content)})
    return house.db.write(lambda conn: add_items(conn, house.dataset_id, [new], actor_id=ANNA, now=house.now()))[0]


def box(label: str, x0: float = 1) -> AnnotationDraft:
    return AnnotationDraft(label=label, geometry=Box(x0=x0, y0=2, x1=x0 + 10, y1=12))


def make_model(house: House, name: str = "m") -> str:
    def work(conn: Connection) -> str:
        row = load_dataset(conn, house.dataset_id)
        new = actions.NewModel(
            name=name,
            task="detection",
            architecture="builtin:tinydet",
            labels=["car", "truck"],
            params={},
            dataset_key=row.key,
            revision=row.revision,
            query={"subsets": ["train", "validation"]},
        )
        return actions.create_model(conn, new, project_id=house.project_id, actor_id=ANNA, now=house.now())

    return house.db.write(work)


def read_set(house: House, blobs: BlobStore, model_id: str, files: Path) -> TrainingSet:
    with house.db.read() as conn:
        return read_training_set(conn, get_model(conn, model_id), blobs=blobs, files=files)


def samples(found: TrainingSet) -> list[Sample]:
    return [
        (one.path.read_bytes(), tuple(one.labels), np.asarray(one.boxes).round(3).tolist()) for one in found.data.train
    ]


def test_training_set__reads_the_same_after_everything_changed(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    first, second = add(house, blobs, "a.png", b"first bytes"), add(house, blobs, "b.png", b"second bytes")
    saved = house.save(first, box("car"))
    house.save(second, box("truck", 5))
    model_id = make_model(house)
    before = read_set(house, blobs, model_id, tmp_path / "before")
    expected: list[Sample] = [
        (b"first bytes", ("car",), [[1, 2, 11, 12]]),
        (b"second bytes", ("truck",), [[5, 2, 15, 12]]),
    ]
    assert samples(before) == expected

    house.save(first, box("truck", 30).model_copy(update={"id": saved.annotations[0].id}))
    house.save(second, removed=(house_truth(house, second),))
    patch = {second.id: ItemPatch(subset=Subset.VALIDATION)}
    house.db.write(lambda conn: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))
    house.db.write(lambda conn: delete_items(conn, house.dataset_id, [first.id], actor_id=ANNA, now=house.now()))
    # Another image under the name of the one that was deleted: names are no lineage.
    house.save(add(house, blobs, "a.png", b"namesake"), box("car"))

    again = read_set(house, blobs, model_id, tmp_path / "again")
    assert samples(again) == expected
    assert (again.items_digest, again.n_items) == (before.items_digest, before.n_items)
    now = read_set(house, blobs, make_model(house), tmp_path / "now")
    assert [sample[0] for sample in samples(now)] == [b"namesake"]
    assert now.items_digest != before.items_digest


def house_truth(house: House, item: Item) -> str:
    with house.db.read() as conn:
        return list_annotations(conn, [item.id])[0].id


def test_training_set__takes_no_prediction(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    item = add(house, blobs, "a.png", b"bytes")
    house.save(item, box("car"))
    guess = AnnotationRecord(label="truck", geometry=Box(x0=50, y0=20, x1=70, y1=40), confidence=0.99)
    model_id = make_model(house)
    house.db.write(
        lambda conn: add_predictions(
            conn, house.dataset_id, {item.id: [guess]}, model_id=model_id, actor_id=ANNA, now=house.now()
        )
    )
    found = read_set(house, blobs, make_model(house), tmp_path)
    assert samples(found) == [(b"bytes", ("car",), [[1, 2, 11, 12]])]
    with house.db.read() as conn:
        assert list_items(conn, house.dataset_id, query=parse_text("label:truck")).items == []


def test_predictions__of_two_models_with_one_name_stay_apart(house: House, blobs: BlobStore) -> None:
    item = add(house, blobs, "a.png", b"bytes")
    one, other = make_model(house, "same"), make_model(house, "same")
    for model_id, label in ((one, "car"), (other, "truck")):
        guess = AnnotationRecord(label=label, geometry=Box(x0=1, y0=1, x1=9, y1=9), confidence=0.5)
        house.db.write(
            lambda conn, model_id=model_id, guess=guess: add_predictions(  # type: ignore[misc]
                conn, house.dataset_id, {item.id: [guess]}, model_id=model_id, actor_id=ANNA, now=house.now()
            )
        )
    with house.db.read() as conn:
        said = {
            model_id: [a.label for a in list_annotations(conn, [item.id], layer=Layer.PREDICTION, model_id=model_id)]
            for model_id in (one, other)
        }
    assert said == {one: ["car"], other: ["truck"]}
