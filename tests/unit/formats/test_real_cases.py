"""Reference sets of others: the counts that their owners publish."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from whorl.formats import detect_format, get_format
from whorl.formats.coco import CocoFormat, read_results
from whorl.schemas.annotations import Box
from whorl.schemas.records import ImportIssue, ItemRecord

pytestmark = pytest.mark.shared
Split = Callable[[object], tuple[list[ItemRecord], list[ImportIssue]]]
DATABASE = "cases/objdet_metrics_review/data/database"


def labels(items: list[ItemRecord]) -> Counter[str]:
    return Counter(a.label for item in items for a in item.annotations)


def corner_table(items: list[ItemRecord]) -> dict[str, list[tuple[str, list[int]]]]:
    table: dict[str, list[tuple[str, list[int]]]] = {}
    for item in items:
        boxes = [(a.label, a.geometry) for a in item.annotations]
        table[item.name] = sorted(
            (n, [round(v) for v in (b.x0, b.y0, b.x1, b.y1)]) for n, b in boxes if isinstance(b, Box)
        )
    return table


@pytest.mark.parametrize(
    ("name", "folder"),
    [("coco", "coco_format_v2"), ("voc", "pascalvoc_format"), ("voc", "imagenet_format"), ("yolo", "yolo_format")],
)
def test_read__same_boxes_from_every_format(shared_dir: Path, split: Split, name: str, folder: str) -> None:
    database = shared_dir / DATABASE
    expected, _ = split(get_format("coco").read(database / "gts/coco_format_v1", images=database / "images"))
    items, issues = split(get_format(name).read(database / "gts" / folder, images=database / "images"))
    assert issues == []
    assert (len(items), labels(items).total(), labels(items)["person"]) == (100, 273, 91)
    assert corner_table(items) == corner_table(expected)


def test_voc__bccd_reports_exactly_two_boxes(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("voc").read(shared_dir / "data/bccd"))
    assert labels(items) == {"RBC": 4153, "WBC": 372, "Platelets": 361}
    assert Counter(item.subset for item in items) == {"train": 205, "validation": 87, "test": 72}
    assert [(i.code, i.where) for i in issues] == [
        ("zero_area_box", "BCCD/Annotations/BloodImage_00338.xml: object 13 (RBC)"),
        ("zero_area_box", "BCCD/Annotations/BloodImage_00343.xml: object 4 (RBC)"),
    ]


def test_dataloop__fruit(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("dataloop").read(shared_dir / "data/dataloop_fruit"))
    assert issues == []
    assert labels(items) == {"banana": 208, "apple": 198, "orange": 181}
    assert Counter(item.subset for item in items) == {"train": 240, "validation": 59}
    assert all(item.file is not None for item in items)


def test_dataloop__sheepface(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("dataloop").read(shared_dir / "data/dataloop_sheepface"))
    assert issues == []
    assert labels(items) == {"Merino": 420, "Poll Dorset": 420, "Suffolk": 420, "White Suffolk": 420}


def test_yolo__aerial_cars(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("yolo").read(shared_dir / "data/aerial_cars"))
    assert issues == []
    assert len(items) == 94
    assert labels(items) == {"car": 2390, "truck": 5, "bus": 81, "minibus": 86}


@pytest.mark.parametrize(
    ("name", "folder", "images"),
    [("coco", "COCO", None), ("yolo", "YOLOv8", None), ("voc", "PascalVOC", "COCO/data")],
)
def test_read__labelformat_fixtures(shared_dir: Path, split: Split, name: str, folder: str, images: str | None) -> None:
    base = shared_dir / "cases/labelformat_fixtures/object_detection"
    items, issues = split(get_format(name).read(base / folder, images=base / images if images else None))
    assert issues == []
    assert labels(items) == {"snowboard": 6, "person": 5, "bench": 2, "bicycle with space": 2, "dog": 1}
    assert {item.name.rsplit("/", 1)[-1] for item in items} == {
        "a-weird Filename.asdf.jpg",
        "aNother-weird__ filename.with.many.characters.jpg",
    }


@pytest.mark.parametrize("folder", ["coco", "coco_instances", "coco_roboflow", "mmdet_coco", "coco_person_keypoints"])
def test_coco__datumaro_layouts(shared_dir: Path, split: Split, folder: str) -> None:
    items, issues = split(get_format("coco").read(shared_dir / "cases/datumaro_assets/coco_dataset" / folder))
    assert issues == []
    seen = [(i.name, str(i.subset), [(a.label, a.geometry.type) for a in i.annotations]) for i in items]
    assert sorted(seen) == [
        ("a.jpg", "train", [("b", "box")]),
        ("b.jpg", "validation", [("a", "box"), ("b", "mask")]),
    ]
    assert items[-1].annotations[1].attributes.get("iscrowd") is True


@pytest.mark.parametrize(
    "folder", ["yolo_dataset/strict", "yolo_dataset/annotations", "yolo_dataset/labels", "roboflow_dataset/yolo"]
)
def test_yolo__datumaro_layouts(shared_dir: Path, split: Split, folder: str) -> None:
    items, issues = split(get_format("yolo").read(shared_dir / "cases/datumaro_assets" / folder))
    assert {issue.code for issue in issues} <= {"duplicate_name"}
    assert labels(items).total() in (2, 4)


def test_voc__datumaro_set(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("voc").read(shared_dir / "cases/datumaro_assets/voc_dataset/voc_dataset1"))
    assert issues == []
    assert [(i.name, str(i.subset), i.width, i.height) for i in items] == [
        ("2007_000001.jpg", "train", 20, 10),
        ("2007_000002.jpg", "test", None, None),
    ]
    assert [a.label for a in items[0].annotations] == ["cat", "person"]
    assert items[0].annotations[0].attributes == {"truncated": True, "difficult": False}


def test_coco__terrain_without_its_third_image(shared_dir: Path, split: Split) -> None:
    folder = shared_dir / "cases/sahi/tests/data/coco_utils"
    items, issues = split(get_format("coco").read(folder / "terrain_all_coco.json"))
    assert [(i.name, i.file is not None) for i in items] == [
        ("terrain3.png", False),
        ("terrain2.png", True),
        ("terrain1.jpg", True),
    ]
    assert [(i.code, i.where) for i in issues] == [("image_missing", "terrain_all_coco.json: image 1 (terrain3.png)")]


def test_yolo__label_studio(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("yolo").read(shared_dir / "cases/labelstudio/test_import_yolo_data"))
    assert issues == []
    assert (len(items), labels(items)) == (7, {"closed_door": 10, "bus": 8, "number": 6, "opened_door": 1})


def test_coco__hundred_images_of_val2014(shared_dir: Path, split: Split) -> None:
    folder = shared_dir / "cases/coco_eval_val2014_100/cocoapi"
    items, issues = split(get_format("coco").read(folder / "instances_val2014_100.json"))
    crowds = [a for item in items for a in item.annotations if a.attributes.get("iscrowd")]
    assert (len(items), labels(items).total(), len(crowds)) == (100, 839, 9)
    assert {i.code for i in issues} == {"image_missing"}
    boxes, _ = split(CocoFormat(prefer="box").read(folder / "instances_val2014_100.json"))
    assert {a.geometry.type for item in boxes for a in item.annotations} == {"box"}


def test_read_results__have_scores(shared_dir: Path, split: Split) -> None:
    folder = shared_dir / "cases/coco_eval_val2014_100/cocoapi"
    found = read_results(
        folder / "instances_val2014_fakesegm100_results.json", truth=folder / "instances_val2014_100.json"
    )
    items, _ = split(found)
    scores = [a.confidence for item in items for a in item.annotations]
    assert len(items) == 100
    assert scores
    assert all(score is not None and 0 <= score <= 1 for score in scores)


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("data/bccd", "voc"),
        ("data/dataloop_fruit", "dataloop"),
        ("data/dataloop_sheepface", "dataloop"),
        ("data/aerial_cars", "yolo"),
        ("cases/labelformat_fixtures/object_detection/COCO", "coco"),
        ("cases/exif_samples", "folder"),
    ],
)
def test_detect_format__real_sets(shared_dir: Path, folder: str, name: str) -> None:
    assert detect_format(shared_dir / folder).name == name


def test_folder__reports_what_looks_like_an_image(shared_dir: Path, split: Split) -> None:
    items, issues = split(get_format("folder").read(shared_dir / "cases/imagededup/mixed_images"))
    assert len(items) == 5
    assert [(i.code, i.where) for i in issues] == [("not_an_image", "ukbench09268_corrupt.jpg")]
