"""Real sets from elsewhere go in whole."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from whorl.annotations.queries import read_truth
from whorl.datasets import queries
from whorl.datasets.revisions import load_dataset
from whorl.formats.actions import import_folder
from whorl.schemas.datasets import ImportReport
from whorl.store.blobs import open_blobs

pytestmark = pytest.mark.shared


def _import(house: Any, root: Path, blobs: Path, format: str) -> ImportReport:
    return import_folder(
        house.db,
        open_blobs(f"file://{blobs}"),
        dataset_id=house.dataset_id,
        root=root,
        format=format,
        actor_id="per_anna",
        new_labels="add",
    )


def _labels(house: Any) -> Counter[str]:
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        truth = read_truth(conn, row.key, queries.list_item_keys(conn, house.dataset_id))
    return Counter(one.label for records in truth.values() for one in records)


def test_bccd(house: Any, shared_dir: Path, tmp_path: Path) -> None:
    root = shared_dir / "data/bccd/BCCD"
    report = _import(house, root, tmp_path / "blobs", "voc")
    assert report.added == 364
    empty = [one for one in report.issues if one.code == "zero_area_box"]
    assert len(empty) == 2
    assert all("BloodImage_" in one.where for one in empty)
    assert report.annotations_added == sum(_labels(house).values())
    assert set(_labels(house)) == {"RBC", "WBC", "Platelets"}
    again = _import(house, root, tmp_path / "blobs", "voc")
    assert (again.added, again.unchanged, again.relabelled, again.bytes_read) == (0, 364, 0, 0)


@pytest.mark.slow
def test_dataloop_fruit(house: Any, shared_dir: Path, tmp_path: Path) -> None:
    report = _import(house, shared_dir / "data/dataloop_fruit", tmp_path / "blobs", "dataloop")
    with house.db.read() as conn:
        items = [item for batch in queries.iter_item_batches(conn, house.dataset_id) for _, item in batch]
    assert report.added == 299
    assert Counter(item.media_type for item in items)["image/png"] == 37
    assert report.annotations_added == sum(_labels(house).values()) > 0


@pytest.mark.slow
def test_dataloop_sheepface(sqlite_house: Any, shared_dir: Path, tmp_path: Path) -> None:
    root = shared_dir / "data/dataloop_sheepface"
    files = [path for path in (root / "items").rglob("*") if path.is_file()]
    report = _import(sqlite_house, root, tmp_path / "blobs", "dataloop")
    assert report.added == len(files)
    assert report.annotations_added == sum(_labels(sqlite_house).values()) > 0
