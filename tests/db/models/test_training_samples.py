"""What the ground truth becomes for training: several labels, instances and pixels."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection
from tests.db.conftest import ANNA, House, new_item

from whorl.annotations.actions import save_annotations
from whorl.base.errors import ModelError
from whorl.datasets.actions import add_items, update_items
from whorl.datasets.revisions import load_dataset
from whorl.formats.actions import export_dataset
from whorl.geometry.masks import encode_mask, mask_area
from whorl.geometry.polygons import polygon_to_mask
from whorl.models import actions, queries
from whorl.models.queries import get_model
from whorl.models.training_set import read_training_set
from whorl.models.types import Task, TrainingData
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag, Geometry, Mask, Polygon, RotatedBox
from whorl.schemas.datasets import Item, ItemPatch
from whorl.schemas.records import Subset
from whorl.store.blobs import BlobStore, open_blobs, put_content

SQUARE = polygon_to_mask([[(2, 3), (8, 3), (8, 9), (2, 9)]], width=100, height=80)


@pytest.fixture
def blobs() -> BlobStore:
    return open_blobs("memory://")


def add(house: House, blobs: BlobStore, name: str, *, is_empty: bool = False) -> Item:
    new = new_item(name, subset=Subset.TRAIN).model_copy(update={"sha256": put_content(blobs, name.encode())})
    item = house.db.write(lambda conn: add_items(conn, house.dataset_id, [new], actor_id=ANNA, now=house.now()))[0]
    if is_empty:
        patch = {item.id: ItemPatch(is_checked_empty=True)}
        house.db.write(lambda conn: update_items(conn, house.dataset_id, patch, actor_id=ANNA, now=house.now()))
    return item


def draft(label: str, geometry: Geometry) -> AnnotationDraft:
    return AnnotationDraft(label=label, geometry=geometry)


def read(house: House, blobs: BlobStore, task: Task, files: Path) -> TrainingData:
    def work(conn: Connection) -> str:
        row = load_dataset(conn, house.dataset_id)
        new = actions.NewModel(
            name="m",
            task=task.value,
            architecture="builtin:tinyunet",
            labels=["car", "truck"],
            params={},
            dataset_key=row.key,
            revision=row.revision,
            query={"subsets": ["train", "validation"]},
        )
        return actions.create_model(conn, new, project_id=house.project_id, actor_id=ANNA, now=house.now())

    model_id = house.db.write(work)
    with house.db.read() as conn:
        return read_training_set(conn, get_model(conn, model_id), blobs=blobs, files=files).data


def test_several_labels__all_tags_and_the_checked_empty(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    both = add(house, blobs, "both")
    house.save(both, draft("truck", ClassTag()), draft("car", ClassTag()))
    house.save(add(house, blobs, "one"), draft("car", ClassTag()))
    add(house, blobs, "empty", is_empty=True)
    add(house, blobs, "not looked at")
    data = read(house, blobs, Task.MULTI_LABEL, tmp_path)
    assert sorted(sample.labels for sample in data) == [(), ("car",), ("car", "truck")]
    with house.db.read() as conn:
        assert queries.share_of_several_classes(conn, house.dataset_id) == 0.5


def test_masks__of_masks_polygons_and_turned_boxes(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    drawn = add(house, blobs, "drawn")
    ring = [(2.0, 3.0), (8.0, 3.0), (8.0, 9.0), (2.0, 9.0)]
    house.save(
        drawn,
        draft("car", Mask(height=80, width=100, counts=encode_mask(SQUARE))),
        draft("car", Polygon(rings=[ring])),
        draft("truck", RotatedBox(cx=5, cy=6, width=6, height=6, angle=0)),
        draft("car", Box(x0=2, y0=3, x1=8, y1=9)),
    )
    add(house, blobs, "empty", is_empty=True)
    add(house, blobs, "not looked at")
    half = add(house, blobs, "half known")
    house.save(half, draft("car", Polygon(rings=[ring])), draft("car", Box(x0=40, y0=40, x1=75, y1=75)))
    for task in (Task.INSTANCE_MASKS, Task.SEMANTIC_MASKS):
        data = read(house, blobs, task, tmp_path)
        assert sorted(sample.labels for sample in data) == [(), ("car", "car", "truck")]
        sample = next(sample for sample in data if sample.labels)
        assert [mask.counts for mask in sample.masks] == [encode_mask(SQUARE)] * 3
        assert sample.boxes.tolist() == [[2, 3, 8, 9]] * 3
        assert TrainingData.load(_saved(data, tmp_path)).train[0].masks == data.train[0].masks
    with house.db.read() as conn:
        assert not queries.is_one_outline_each(conn, house.dataset_id)


def _saved(data: TrainingData, folder: Path) -> Path:
    data.save(folder / "data.json")
    return folder / "data.json"


def test_masks__a_turned_box_that_sticks_out_is_cut(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    house.save(add(house, blobs, "a"), draft("car", RotatedBox(cx=0, cy=0, width=20, height=10, angle=0)))
    sample = read(house, blobs, Task.INSTANCE_MASKS, tmp_path).train[0]
    assert mask_area(sample.masks[0].counts) == 10 * 5
    assert sample.boxes.tolist() == [[0, 0, 10, 5]]
    with house.db.read() as conn:
        assert queries.is_one_outline_each(conn, house.dataset_id)


def test_masks__boxes_only_are_refused_with_what_to_do(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    house.save(add(house, blobs, "a"), draft("car", Box(x0=1, y0=1, x1=9, y1=9)))
    with pytest.raises(ModelError, match="instance_masks needs outlines; the ground truth has 1 boxes") as refused:
        read(house, blobs, Task.INSTANCE_MASKS, tmp_path)
    assert "builtin:tinydet" in str(refused.value.hint)


def test_what_a_model_missed__is_known_to_the_training(house: House, blobs: BlobStore, tmp_path: Path) -> None:
    box = draft("car", Box(x0=1, y0=1, x1=9, y1=9))
    house.save(add(house, blobs, "seen"), box)
    hard = add(house, blobs, "hard")
    revision = house.revision()
    house.db.write(
        lambda conn: save_annotations(
            conn,
            hard.id,
            drafts=[box],
            base_revision=revision,
            missed_by="mdl_x",
            actor_id=ANNA,
            now=house.now(),
        )
    )
    data = read(house, blobs, Task.DETECTION, tmp_path)
    assert {sample.item == hard.id: sample.was_missed for sample in data.train} == {True: True, False: False}
    kept = TrainingData.load(_saved(data, tmp_path)).train
    assert [one.was_missed for one in kept] == [one.was_missed for one in data.train]
    out = tmp_path / "out"
    export_dataset(house.db, blobs, dataset_id=house.dataset_id, format="coco", out=out)
    (told,) = [path.read_text() for path in out.rglob("*.json") if "mdl_x" in path.read_text()]
    assert told.count('"missed_by"') == 1
