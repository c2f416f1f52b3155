"""Every defect is an issue with a code and a place, and the rest goes in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from whorl.base.errors import FormatError, UnknownFormat
from whorl.formats import detect_format, format_names, get_format
from whorl.schemas.annotations import Box
from whorl.schemas.records import AnnotationRecord, ImportIssue, ItemRecord, Subset

Split = Callable[[object], tuple[list[ItemRecord], list[ImportIssue]]]
MakeImage = Callable[..., Path]


def coco(folder: Path, annotations: list[object], **changes: object) -> Path:
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 80}],
        "annotations": annotations,
        "categories": [{"id": 1, "name": "cat"}],
        **changes,
    }
    path = folder / "instances.json"
    path.write_text(json.dumps(content), "utf-8")
    return path


def annotation(identity: int = 1, **changes: object) -> dict[str, object]:
    return {"id": identity, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 20], **changes}


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (annotation(bbox=[10, 10, 0, 5]), "zero_area_box"),
        (annotation(bbox=[10, 10, -4, 5]), "zero_area_box"),
        (annotation(bbox=[float("nan"), 10, 5, 5]), "not_finite"),
        (annotation(bbox=[10, 10, float("inf"), 5]), "not_finite"),
        (annotation(bbox=[200, 10, 5, 5]), "box_outside_image"),
        (annotation(bbox=[1, 2, 3]), "bad_annotation"),
        (annotation(bbox=["a", 2, 3, 4]), "bad_annotation"),
        (annotation(category_id=7), "unknown_category"),
        (annotation(image_id=7), "annotation_without_image"),
        ("text", "bad_annotation"),
        (annotation(bbox=[], segmentation=[[1, 2, 3, 4]]), "bad_polygon"),
        (annotation(bbox=[], segmentation=[[1, 2, 3]]), "bad_polygon"),
        (annotation(bbox=[], segmentation=[[1, 1, 2, 2, 3, 3]]), "zero_area_polygon"),
        (annotation(bbox=[], segmentation=[[200, 1, 220, 2, 230, 30]]), "polygon_outside_image"),
        (annotation(bbox=[], segmentation={"size": [80, 100], "counts": [1, 2]}), "bad_mask"),
        (annotation(bbox=[], segmentation={"size": [80, 100], "counts": "\u0001"}), "bad_mask"),
        (annotation(bbox=[], segmentation={"size": [80, 100], "counts": [8000]}), "empty_mask"),
        (annotation(bbox=[], segmentation={"size": [2, 2], "counts": [2, 2]}), "mask_size_mismatch"),
        (annotation(caption="a cat"), "unsupported_annotation"),
    ],
)
def test_coco__bad_annotation(tmp_path: Path, image: MakeImage, split: Split, entry: object, code: str) -> None:
    image("a.jpg")
    items, issues = split(get_format("coco").read(coco(tmp_path, [entry, annotation(99)])))
    assert [issue.code for issue in issues] == [code]
    assert issues[0].where.startswith("instances.json: annotation ")
    assert [a.source_id for a in items[0].annotations] == ["99"]


@pytest.mark.parametrize(
    ("bbox", "codes", "corners"),
    [
        ([90, 10, 10.9, 20], [], (90, 10, 100, 30)),
        ([-0.5, 10, 10, 20], [], (0, 10, 9.5, 30)),
        ([90, 10, 30, 20], ["box_clipped"], (90, 10, 100, 30)),
    ],
)
def test_coco__box_sticking_out(
    tmp_path: Path, image: MakeImage, split: Split, bbox: list[float], codes: list[str], corners: tuple[float, ...]
) -> None:
    image("a.jpg")
    items, issues = split(get_format("coco").read(coco(tmp_path, [annotation(bbox=bbox)])))
    assert [issue.code for issue in issues] == codes
    box = items[0].annotations[0].geometry
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1) == corners


def test_coco__polygon_sticking_out_is_moved_to_the_edge(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("a.jpg")
    items, issues = split(
        get_format("coco").read(coco(tmp_path, [annotation(segmentation=[[90, 10, 150, 10, 90, 40]])]))
    )
    assert [issue.code for issue in issues] == ["polygon_clipped"]
    assert items[0].annotations[0].geometry.model_dump() == {
        "type": "polygon",
        "rings": [[(90, 10), (100, 10), (90, 40)]],
    }


def test_coco__duplicate_ids(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("a.jpg")
    image("b.jpg")
    images = [{"id": 1, "file_name": name, "width": 100, "height": 80} for name in ("a.jpg", "b.jpg")]
    entries = [annotation(1), annotation(1), annotation(1, bbox=[1, 1, 9, 9])]
    items, issues = split(get_format("coco").read(coco(tmp_path, entries, images=images)))
    assert [(i.code, i.where) for i in issues] == [
        ("duplicate_id", "instances.json: image 1"),
        ("duplicate_id", "instances.json: annotation 1"),
        ("duplicate_id", "instances.json: annotation 1"),
    ]
    assert [(i.name, len(i.annotations)) for i in items] == [("a.jpg", 2)]


def test_coco__same_name_different_content(tmp_path: Path, split: Split) -> None:
    for subset, colour in (("train", "red"), ("valid", "blue")):
        folder = tmp_path / subset
        folder.mkdir()
        Image.new("RGB", (100, 80), colour).save(folder / "a.jpg")
        coco(folder, [annotation()]).rename(folder / "_annotations.coco.json")
    items, issues = split(get_format("coco").read(tmp_path))
    assert [i.code for i in issues] == ["duplicate_name"]
    assert [(i.name, str(i.subset)) for i in items] == [("a.jpg", "train"), ("valid/a.jpg", "validation")]
    assert items[0].file != items[1].file


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"images": [],\n "annotations": [}', "line 2, column 18: not valid JSON"),
        (b'{"images": [],\n "annotations": ["\xff"]}', "line 2: not UTF-8"),
        (b'{"images": 3, "annotations": []}', 'has no list "images"'),
        (b'[{"image_id": 1}]', "result file"),
        (b"[" * 100_000, r"not valid JSON|nested too deeply"),
    ],
)
def test_coco__whole_file_unusable(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "instances.json"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=message) as caught:
        get_format("coco").read(path)
    assert "instances.json" in caught.value.message
    assert caught.value.hint


def test_coco__one_broken_file_stops_before_the_first_item(tmp_path: Path, image: MakeImage) -> None:
    image("a.jpg")
    coco(tmp_path, [annotation()]).rename(tmp_path / "instances_train.json")
    (tmp_path / "instances_val.json").write_text('{"images": [], "annotations": [')
    with pytest.raises(FormatError, match=r"instances_val\.json, line 1"):
        get_format("coco").read(tmp_path)


@pytest.mark.parametrize("declared", ["../../secret.jpg", "/etc/secret.jpg", "C:\\secret.jpg"])
def test_coco__names_stay_below_the_root(tmp_path: Path, image: MakeImage, split: Split, declared: str) -> None:
    image("secret.jpg")
    root = tmp_path / "a/b"
    root.mkdir(parents=True)
    images = [{"id": 1, "file_name": declared, "width": 100, "height": 80}]
    items, issues = split(get_format("coco").read(coco(root, [], images=images)))
    assert [(i.name.rsplit("/", 1)[-1], i.file) for i in items] == [("secret.jpg", None)]
    assert ".." not in items[0].name
    assert [i.code for i in issues] == ["image_missing"]


def yolo(folder: Path, text: str | bytes, names: str | None = "cat\ndog\n") -> None:
    (folder / "labels").mkdir(exist_ok=True)
    (folder / "labels/a.txt").write_bytes(text if isinstance(text, bytes) else text.encode())
    if names is not None:
        (folder / "classes.txt").write_text(names)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("0 0.5 0.5 0.1", "wrong_columns"),
        ("0 0.5 0.5 0.1 0.1 0.2 0.3 0.4", "wrong_columns"),
        ("cat 0.5 0.5 0.1 0.1", "not_a_number"),
        ("2 0.5 0.5 0.1 0.1", "unknown_class"),
        ("-1 0.5 0.5 0.1 0.1", "unknown_class"),
        ("0.5 0.5 0.5 0.1 0.1", "unknown_class"),
        ("nan 0.5 0.5 0.1 0.1", "unknown_class"),
        ("0 nan 0.5 0.1 0.1", "not_finite"),
        ("0 0.5 0.5 0 0.1", "zero_area_box"),
        ("0 50 40 10 10", "box_outside_image"),
        ("0 0.5 0.5 0.1 0.1 7", "bad_score"),
    ],
)
def test_yolo__bad_line(tmp_path: Path, image: MakeImage, split: Split, line: str, code: str) -> None:
    image("images/a.jpg")
    yolo(tmp_path, f"1 0.5 0.5 0.2 0.2\n{line}\n")
    items, issues = split(get_format("yolo").read(tmp_path))
    assert [(i.code, i.where) for i in issues] == [(code, "labels/a.txt:2")]
    assert items[0].annotations[0].label == "dog"


def test_yolo__shapes_by_the_number_of_columns(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("images/a.jpg")
    yolo(tmp_path, "0 0.5 0.5 0.2 0.5\n0 0.5 0.5 0.2 0.5 0.75\n1 0 0 0.5 0 0.5 0.5 0 0.5\n1 0 0 1 0 1 1\n")
    items, issues = split(get_format("yolo").read(tmp_path))
    assert issues == []
    assert [(a.geometry.type, a.confidence) for a in items[0].annotations] == [
        ("box", None),
        ("box", 0.75),
        ("polygon", None),
        ("polygon", None),
    ]


def test_yolo__not_utf8_and_without_image(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("images/a.jpg")
    yolo(tmp_path, b"\xff\xfe0 0.5")
    (tmp_path / "labels/b.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    items, issues = split(get_format("yolo").read(tmp_path))
    assert [(i.code, i.where) for i in issues] == [("not_utf8", "labels/a.txt"), ("image_missing", "labels/b.txt")]
    assert [(i.name, i.annotations) for i in items] == [("a.jpg", ())]


def test_yolo__unreadable_image(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("images/a.jpg").write_bytes(b"text")
    yolo(tmp_path, "0 0.5 0.5 0.1 0.1\n")
    items, issues = split(get_format("yolo").read(tmp_path))
    assert (items, [(i.code, i.where) for i in issues]) == ([], [("image_unreadable", "images/a.jpg")])


def test_yolo__no_class_names(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("images/a.jpg")
    yolo(tmp_path, "3 0.5 0.5 0.1 0.1\n", names=None)
    items, issues = split(get_format("yolo").read(tmp_path))
    assert [i.code for i in issues] == ["no_class_names"]
    assert items[0].annotations[0].label == "class_3"


def test_yolo__broken_yaml(tmp_path: Path, image: MakeImage) -> None:
    image("images/a.jpg")
    yolo(tmp_path, "0 0.5 0.5 0.1 0.1\n")
    (tmp_path / "data.yaml").write_text("names: [a\nnc: 2")
    with pytest.raises(FormatError, match=r"data\.yaml, line 2: not valid YAML"):
        list(get_format("yolo").read(tmp_path))


OBJECT = "<object><name>{}</name><bndbox><xmin>{}</xmin><ymin>10</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object>"


def voc(folder: Path, body: str, name: str = "a.xml") -> None:
    (folder / "Annotations").mkdir(exist_ok=True)
    (folder / "Annotations" / name).write_text(f"<annotation><filename>a.jpg</filename>{body}</annotation>")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (OBJECT.format("", 10), "bad_annotation"),
        (OBJECT.format("cat", "ten"), "bad_annotation"),
        (OBJECT.format("cat", "nan"), "not_finite"),
        (OBJECT.format("cat", 30), "zero_area_box"),
        ("<object><name>cat</name></object>", "bad_annotation"),
    ],
)
def test_voc__bad_object(tmp_path: Path, image: MakeImage, split: Split, body: str, code: str) -> None:
    image("JPEGImages/a.jpg")
    voc(tmp_path, OBJECT.format("dog", 10) + body)
    items, issues = split(get_format("voc").read(tmp_path))
    assert [i.code for i in issues] == [code]
    assert issues[0].where.startswith("Annotations/a.xml: object 2")
    assert [a.label for a in items[0].annotations] == ["dog"]
    # The file declares no size: the image's own was taken.
    assert (items[0].width, items[0].height) == (100, 80)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<annotation>\n<object></annotation>", "malformed_xml"),
        (b"", "malformed_xml"),
        (b"<annotation>\xff\xfe</annotation>", "not_utf8"),
        (b"<svg/>", "not_an_annotation"),
        (b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><annotation>&y;</annotation>', "malformed_xml"),
        (
            '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "ha">]><annotation/>'.encode("utf-16"),
            "malformed_xml",
        ),
    ],
)
def test_voc__bad_file(tmp_path: Path, image: MakeImage, split: Split, content: bytes, code: str) -> None:
    image("JPEGImages/a.jpg")
    voc(tmp_path, "")
    (tmp_path / "Annotations/b.xml").write_bytes(content)
    items, issues = split(get_format("voc").read(tmp_path))
    assert [(i.code, i.where) for i in issues] == [(code, "Annotations/b.xml")]
    assert [i.name for i in items] == ["a.jpg"]


def test_voc__size_of_another_image(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("JPEGImages/a.jpg")
    voc(tmp_path, "<size><width>50</width><height>50</height></size>")
    _, issues = split(get_format("voc").read(tmp_path))
    assert [(i.code, i.where) for i in issues] == [("size_mismatch", "Annotations/a.xml")]


def test_voc__one_based(tmp_path: Path, image: MakeImage, split: Split) -> None:
    from whorl.formats.voc import VocFormat

    item = ItemRecord(
        "a.jpg", image("a.jpg"), 100, 80, annotations=(AnnotationRecord("cat", Box(x0=0, y0=0, x1=100, y1=80)),)
    )
    VocFormat(one_based=True).write([item], tmp_path / "out")
    text = (tmp_path / "out/Annotations/a.xml").read_text()
    assert "<xmin>1</xmin><ymin>1</ymin><xmax>100</xmax><ymax>80</ymax>" in text
    items, issues = split(VocFormat(one_based=True).read(tmp_path / "out"))
    assert issues == []
    assert items[0].annotations == item.annotations


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "malformed_json"),
        ("[]", "not_an_annotation"),
        ('{"filename": "/b.jpg", "annotations": []}', "image_missing"),
    ],
)
def test_dataloop__bad_file(tmp_path: Path, image: MakeImage, split: Split, content: str, code: str) -> None:
    image("items/a.jpg")
    (tmp_path / "json").mkdir()
    (tmp_path / "json/b.json").write_text(content)
    items, issues = split(get_format("dataloop").read(tmp_path))
    assert [(i.code, i.where) for i in issues] == [(code, "json/b.json")]
    assert "a.jpg" in [i.name for i in items]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"label": "x", "type": "box", "coordinates": [{"x": 1, "y": 1}]}, "bad_annotation"),
        ({"label": "x", "type": "box", "coordinates": [{"x": 1, "y": 1}, {"x": 1, "y": 5}]}, "zero_area_box"),
        ({"label": "", "type": "class"}, "bad_annotation"),
        ({"label": "x", "type": "cube"}, "unsupported_annotation"),
        ({"label": "x", "type": "segment", "coordinates": [{"x": 1}]}, "bad_annotation"),
        ({"label": "x", "type": "binary", "coordinates": "data:image/png;base64,AAAA"}, "bad_mask"),
    ],
)
def test_dataloop__bad_annotation(tmp_path: Path, image: MakeImage, split: Split, entry: object, code: str) -> None:
    image("items/a.jpg")
    (tmp_path / "json").mkdir()
    good = {"id": "g", "label": "x", "type": "box", "coordinates": [{"x": 30, "y": 40}, {"x": 10, "y": 20}]}
    system = {"tags": {"test": True}}
    content = {"filename": "/a.jpg", "annotations": [entry, good], "metadata": {"system": system}}
    (tmp_path / "json/a.json").write_text(json.dumps(content))
    items, issues = split(get_format("dataloop").read(tmp_path))
    assert [i.code for i in issues] == [code]
    assert [a.source_id for a in items[0].annotations] == ["g"]
    assert items[0].subset == "test"


def test_folder__what_is_not_an_image(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("train/cat/a.jpg")
    image("b.png").rename(tmp_path / "b.bin")
    image(".hidden/c.jpg")
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "drawing.svg").write_text("<svg></svg>")
    (tmp_path / "notes.md").write_text("notes")
    items, issues = split(get_format("folder_classes").read(tmp_path))
    assert [(i.name, i.subset, [a.label for a in i.annotations]) for i in items] == [
        ("b.bin", None, []),
        ("train/cat/a.jpg", "train", ["cat"]),
    ]
    assert [(i.code, i.where) for i in issues] == [
        ("refused_type", "drawing.svg"),
        ("empty_file", "empty.jpg"),
        ("not_an_image", "text.png"),
    ]


def test_get_format__unknown() -> None:
    with pytest.raises(UnknownFormat, match="unknown format 'cocoa'; known: coco, voc, dataloop, mot, yolo, folder"):
        get_format("cocoa")


def test_detect_format__nothing_there(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="holds no images"):
        detect_format(tmp_path)


@pytest.mark.parametrize("name", [name for name in format_names() if not name.startswith("folder")])
def test_read__empty_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="no ") as caught:
        get_format(name).read(tmp_path)
    assert caught.value.hint


def test_yolo__a_text_is_not_taken_for_another_folders_image(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("images/b/a.jpg")
    image("images/c/a.jpg")
    yolo(tmp_path, "")
    (tmp_path / "labels/a.txt").unlink()
    (tmp_path / "labels/c").mkdir()
    (tmp_path / "labels/c/a.txt").write_text("0 0.5 0.5 0.1 0.1\n")
    items, issues = split(get_format("yolo").read(tmp_path))
    assert issues == []
    assert [(i.name, len(i.annotations)) for i in items] == [("b/a.jpg", 0), ("c/a.jpg", 1)]


def test_coco__a_missing_image_is_not_replaced_by_its_namesake(tmp_path: Path, image: MakeImage, split: Split) -> None:
    image("c/a.jpg")
    images = [
        {"id": n, "file_name": f"{folder}/a.jpg", "width": 100, "height": 80} for n, folder in ((1, "b"), (2, "c"))
    ]
    items, issues = split(get_format("coco").read(coco(tmp_path, [annotation()], images=images)))
    assert [i.code for i in issues] == ["image_missing"]
    assert [(i.name, i.file is not None) for i in items] == [("b/a.jpg", False), ("c/a.jpg", True)]


@pytest.mark.parametrize("name", ["voc", "dataloop"])
def test_read__a_missing_image_is_not_replaced_by_its_namesake(
    tmp_path: Path, image: MakeImage, split: Split, name: str
) -> None:
    box = AnnotationRecord("cat", Box(x0=1, y0=2, x1=3, y1=4))
    source = image("a.jpg")
    items = [ItemRecord("b/a.jpg", None, 100, 80, annotations=(box,)), ItemRecord("c/a.jpg", source, 100, 80)]
    get_format(name).write(items, tmp_path / "out")
    read, issues = split(get_format(name).read(tmp_path / "out"))
    assert [i.code for i in issues] == ["image_missing"]
    assert [(i.name, i.file is not None, len(i.annotations)) for i in read] == [
        ("b/a.jpg", False, 1),
        ("c/a.jpg", True, 0),
    ]


def test_voc__a_subset_is_not_taken_from_another_folders_image(tmp_path: Path, image: MakeImage, split: Split) -> None:
    source = image("a.jpg")
    items = [ItemRecord("a.jpg", source, 100, 80, subset=Subset.TEST), ItemRecord("b/a.jpg", source, 100, 80)]
    get_format("voc").write(items, tmp_path / "out")
    read, _ = split(get_format("voc").read(tmp_path / "out"))
    assert [(i.name, i.subset) for i in read] == [("a.jpg", Subset.TEST), ("b/a.jpg", None)]
