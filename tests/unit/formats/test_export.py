"""Writers: what they cannot hold, where files go, how much memory they take."""

from __future__ import annotations

import dataclasses
import errno
import json
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from whorl.base.errors import StorageFull
from whorl.formats import get_format
from whorl.formats.coco import CocoFormat
from whorl.schemas.annotations import Box, ClassTag, Points, Polygon, Polyline, RotatedBox
from whorl.schemas.records import AnnotationRecord, ItemRecord, Subset

MakeImage = Callable[..., Path]
SHAPES = {
    "class": ClassTag(),
    "box": Box(x0=1, y0=2, x1=3, y1=4),
    "polygon": Polygon(rings=[[(0, 0), (4, 0), (4, 4)], [(5, 5), (6, 5), (6, 6)]]),
    "polyline": Polyline(points=[(0, 0), (4, 4)]),
    "points": Points(points=[(0, 0), (4, 4)]),
}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("coco", {"class", "box", "polygon"}),
        ("voc", {"box"}),
        ("yolo", {"box"}),
        ("dataloop", {"class", "box", "polygon", "polyline"}),
        ("folder", set()),
        ("folder_classes", {"class"}),
    ],
)
def test_write__lists_what_the_format_cannot_hold(tmp_path: Path, name: str, kept: set[str]) -> None:
    annotations = tuple(AnnotationRecord("cat", shape) for shape in SHAPES.values())
    report = get_format(name).write([ItemRecord("a.png", None, 10, 10, annotations=annotations)], tmp_path)
    assert report.annotations == len(kept)
    assert [issue.code for issue in report.skipped] == ["geometry_not_supported"] * (len(SHAPES) - len(kept))


def test_voc__keeps_the_box_around_a_rotated_one_and_says_what_is_lost(tmp_path: Path) -> None:
    turned = AnnotationRecord("ship", RotatedBox(cx=5, cy=5, width=8, height=2, angle=90))
    over_the_edge = AnnotationRecord("ship", RotatedBox(cx=0, cy=5, width=8, height=2, angle=0))
    item = ItemRecord("a.png", None, 10, 10, annotations=(turned, over_the_edge))
    report = get_format("voc").write([item], tmp_path)
    assert (report.annotations, [issue.code for issue in report.skipped]) == (2, ["rotation_lost"] * 2)
    (read,) = [one for one in get_format("voc").read(tmp_path) if isinstance(one, ItemRecord)]
    assert [one.geometry for one in read.annotations] == [Box(x0=4, y0=1, x1=6, y1=9), Box(x0=0, y0=4, x1=4, y1=6)]


def test_folder_classes__round_trip(tmp_path: Path, image: MakeImage) -> None:
    item = ItemRecord(
        "7.png", image("7.png"), subset=Subset.TRAIN, annotations=(AnnotationRecord("seven", ClassTag()),)
    )
    get_format("folder_classes").write([item], tmp_path / "out")
    (read,) = get_format("folder_classes").read(tmp_path / "out")
    assert isinstance(read, ItemRecord)
    assert (read.name, read.subset, read.annotations) == ("train/seven/7.png", Subset.TRAIN, item.annotations)


@pytest.mark.parametrize("name", ["coco", "voc", "yolo", "dataloop", "folder"])
def test_write__names_stay_below_the_output(tmp_path: Path, image: MakeImage, name: str) -> None:
    source = image("source.png")
    items = [ItemRecord("../../up.png", source, 100, 80), ItemRecord("up.png", source, 100, 80)]
    report = get_format(name).write(items, tmp_path / "out/here")
    assert [issue.code for issue in report.skipped] == ["duplicate_name"]
    assert not (tmp_path / "up.png").exists()
    assert len(list((tmp_path / "out/here").rglob("up.png"))) == 1


@pytest.mark.parametrize("name", ["coco", "voc", "dataloop"])
def test_write__images_that_differ_in_their_suffix(tmp_path: Path, image: MakeImage, name: str) -> None:
    box = AnnotationRecord("cat", SHAPES["box"])
    items = [
        ItemRecord("a.jpg", image("a.jpg"), 100, 80, annotations=(box,)),
        ItemRecord("a.png", image("a.png"), 100, 80),
    ]
    assert get_format(name).write(items, tmp_path / "out").skipped == ()
    read = [one for one in get_format(name).read(tmp_path / "out") if isinstance(one, ItemRecord)]
    assert sorted((one.name, len(one.annotations)) for one in read) == [("a.jpg", 1), ("a.png", 0)]


@pytest.mark.parametrize("given", ["", "/", ".."])
@pytest.mark.parametrize("name", ["coco", "voc", "yolo", "dataloop", "folder"])
def test_write__no_usable_name(tmp_path: Path, name: str, given: str) -> None:
    report = get_format(name).write([ItemRecord(given, None, 10, 10)], tmp_path)
    assert (report.items, [issue.code for issue in report.skipped]) == (0, ["duplicate_name"])


def test_write__file_gone_meanwhile(tmp_path: Path) -> None:
    report = get_format("coco").write([ItemRecord("a.png", tmp_path / "gone.png", 100, 80)], tmp_path / "out")
    assert [(i.code, i.where) for i in report.skipped] == [("image_missing", "a.png")]


def test_coco__nothing_to_write_is_a_valid_file(tmp_path: Path) -> None:
    get_format("coco").write([], tmp_path)
    content = json.loads((tmp_path / "annotations/instances_default.json").read_text())
    assert (content["images"], content["annotations"], content["categories"]) == ([], [], [])
    assert list(get_format("coco").read(tmp_path)) == []


def test_coco__an_interrupted_export_leaves_no_file(tmp_path: Path) -> None:
    def items() -> Iterator[ItemRecord]:
        yield ItemRecord("a.png", None, 10, 10)
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(StorageFull, match="disk is full"):
        get_format("coco").write(items(), tmp_path)
    assert list((tmp_path / "annotations").iterdir()) == []


def test_coco__memory_does_not_grow_with_the_items(tmp_path: Path) -> None:
    box = AnnotationRecord("cat", SHAPES["box"])

    def peak(count: int) -> int:
        item = ItemRecord("", None, 640, 480, annotations=(box,) * 5)
        tracemalloc.start()
        CocoFormat().write((dataclasses.replace(item, name=f"{n}.jpg") for n in range(count)), tmp_path / str(count))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    # What grows is the set of names that guards against overwriting: some 100 bytes an item.
    assert peak(4000) - peak(1000) < 3000 * 300


def test_coco__golden(tmp_path: Path) -> None:
    golden = Path(__file__).resolve().parents[2] / "golden/formats/coco_instances_train.json"
    annotations = (
        AnnotationRecord("cat", Box(x0=1.5, y0=2, x1=4, y1=8), confidence=0.5, attributes={"tail": "up"}),
        AnnotationRecord("dog", Polygon(rings=[[(0, 0), (4, 0), (4, 4)]]), attributes={"iscrowd": True}),
        AnnotationRecord("cat", ClassTag()),
    )
    item = ItemRecord("day 1/a.png", None, 10, 9, Subset.TRAIN, {"camera": 3}, annotations)
    get_format("coco").write([item], tmp_path)
    assert (tmp_path / "annotations/instances_train.json").read_bytes() == golden.read_bytes()


def test_coco__pycocotools_accepts_what_we_write(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    oracle = pytest.importorskip("pycocotools.coco")
    annotations = (AnnotationRecord("cat", SHAPES["box"]), AnnotationRecord("dog", SHAPES["polygon"]))
    get_format("coco").write([ItemRecord("a.png", None, 10, 9, annotations=annotations)], tmp_path)
    read = oracle.COCO(str(tmp_path / "annotations/instances_default.json"))
    capsys.readouterr()
    assert [a["bbox"] for a in read.anns.values()] == [[1.0, 2.0, 2.0, 2.0], [0.0, 0.0, 6.0, 6.0]]
    assert read.annToRLE(read.anns[2])["size"] == [9, 10]
