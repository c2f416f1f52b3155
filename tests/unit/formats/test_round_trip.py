"""Reading what was written gives the same items, whatever they are."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from whorl.formats import Found, get_format
from whorl.geometry.masks import encode_mask
from whorl.geometry.rotated import corners_of
from whorl.schemas.annotations import Box, ClassTag, Geometry, Mask, Polygon, RotatedBox
from whorl.schemas.records import AnnotationRecord, ItemRecord, Subset

WIDTH, HEIGHT = 64, 48
words = st.text("abcdefghij éß&<>\"'", min_size=1, max_size=8).map(str.strip).filter(bool)
# Whole 64ths are exact in binary, so sums and differences of coordinates are too.
across = st.integers(0, WIDTH * 64).map(lambda n: n / 64)
down = st.integers(0, HEIGHT * 64).map(lambda n: n / 64)


@st.composite
def drawn_boxes(draw: st.DrawFn) -> Box:
    x0, x1 = sorted(draw(st.lists(across, min_size=2, max_size=2, unique=True)))
    y0, y1 = sorted(draw(st.lists(down, min_size=2, max_size=2, unique=True)))
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


@st.composite
def drawn_polygons(draw: st.DrawFn, max_rings: int = 2) -> Polygon:
    rings = []
    for _ in range(draw(st.integers(1, max_rings))):
        box = draw(drawn_boxes())
        corners = [(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)]
        rings.append(corners[: draw(st.integers(3, 4))])
    return Polygon(rings=rings)


@st.composite
def drawn_masks(draw: st.DrawFn) -> Mask:
    picture = np.zeros((HEIGHT, WIDTH), dtype=bool)
    top, left = draw(st.integers(0, HEIGHT - 1)), draw(st.integers(0, WIDTH - 1))
    picture[top : top + draw(st.integers(1, 20)), left : left + draw(st.integers(1, 20))] = True
    return Mask(width=WIDTH, height=HEIGHT, counts=encode_mask(picture))


@st.composite
def drawn_rotated_boxes(draw: st.DrawFn) -> RotatedBox:
    width, height = draw(st.integers(1, 40 * 64)) / 64, draw(st.integers(1, 40 * 64)) / 64
    angle = draw(st.one_of(st.sampled_from([0.0, 90.0, -180.0, 45.0]), st.floats(-180, 179.99)))
    return RotatedBox(cx=draw(across), cy=draw(down), width=width, height=height, angle=angle)


def drawn_items(
    shapes: st.SearchStrategy[Geometry], *, attributes: bool, metadata: bool
) -> st.SearchStrategy[list[ItemRecord]]:
    values = st.one_of(st.booleans(), st.integers(-5, 5), words)
    annotation = st.builds(
        AnnotationRecord,
        label=words,
        geometry=shapes,
        attributes=st.dictionaries(words, values, max_size=2) if attributes else st.just({}),
    )
    item = st.builds(
        ItemRecord,
        name=st.tuples(st.sampled_from(["", "day 1/", "train/"]), st.integers(0, 99)).map(
            lambda p: f"{p[0]}{p[1]:02}.png"
        ),
        width=st.just(WIDTH),
        height=st.just(HEIGHT),
        subset=st.sampled_from([None, *Subset]),
        metadata=st.dictionaries(words, values, max_size=2) if metadata else st.just({}),
        annotations=st.lists(annotation, max_size=4).map(tuple),
    )
    return st.lists(item, min_size=1, max_size=5, unique_by=lambda one: one.name)


def written_and_read(name: str, items: list[ItemRecord]) -> tuple[list[ItemRecord], list[ItemRecord], list[Found]]:
    """Give the items as written, the items read back (both without files and source ids, by name), and the rest."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source.png")
        Image.new("RGB", (WIDTH, HEIGHT)).save(source)
        report = get_format(name).write([dataclasses.replace(item, file=source) for item in items], Path(folder, "out"))
        assert report.skipped == ()
        assert (report.items, report.annotations) == (len(items), sum(len(item.annotations) for item in items))
        found = list(get_format(name).read(Path(folder, "out")))
    read = [plain(one) for one in found if isinstance(one, ItemRecord)]
    rest = [one for one in found if not isinstance(one, ItemRecord)]
    return sorted(map(plain, items), key=by_name), sorted(read, key=by_name), rest


def by_name(item: ItemRecord) -> str:
    return item.name


def plain(item: ItemRecord) -> ItemRecord:
    annotations = tuple(dataclasses.replace(a, source_id=None) for a in item.annotations)
    return dataclasses.replace(item, file=None, annotations=annotations)


def snap(value: float) -> float:
    assert abs(value * 64 - round(value * 64)) < 1e-4
    return round(value * 64) / 64


def rounded(item: ItemRecord) -> ItemRecord:
    def shape(geometry: Geometry) -> Geometry:
        if isinstance(geometry, Box):
            return Box(x0=snap(geometry.x0), y0=snap(geometry.y0), x1=snap(geometry.x1), y1=snap(geometry.y1))
        if isinstance(geometry, Polygon):
            return Polygon(rings=[[(snap(x), snap(y)) for x, y in ring] for ring in geometry.rings])
        return geometry

    changed = tuple(dataclasses.replace(a, geometry=shape(a.geometry)) for a in item.annotations)
    return dataclasses.replace(item, annotations=changed)


relaxed = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
anything = st.one_of(st.builds(ClassTag), drawn_boxes(), drawn_rotated_boxes(), drawn_polygons(), drawn_masks())


@relaxed
@given(drawn_items(anything, attributes=True, metadata=True))
def test_coco__round_trip(items: list[ItemRecord]) -> None:
    written, read, rest = written_and_read("coco", items)
    assert rest == []
    assert read == written


@relaxed
@given(drawn_items(anything, attributes=True, metadata=True))
def test_dataloop__round_trip(items: list[ItemRecord]) -> None:
    # Dataloop's layout takes the subset from a folder's name when the item has no tag.
    kept = [item for item in items if item.subset is not None or not item.name.startswith("train/")]
    if kept:
        written, read, rest = written_and_read("dataloop", kept)
        assert rest == []
        assert read == written


@relaxed
@given(drawn_items(drawn_boxes(), attributes=True, metadata=False))
def test_voc__round_trip(items: list[ItemRecord]) -> None:
    written, read, rest = written_and_read("voc", items)
    assert rest == []
    assert read == written


@relaxed
@given(drawn_items(st.one_of(drawn_boxes(), drawn_polygons(max_rings=1)), attributes=False, metadata=False))
def test_yolo__round_trip(items: list[ItemRecord]) -> None:
    names = [(item.subset, item.name) for item in items]
    assert len(set(names)) == len(names)
    written, read, rest = written_and_read("yolo", items)
    assert [one for one in rest if getattr(one, "code", "") != "no_class_names"] == []
    assert [rounded(item) for item in read] == [rounded(item) for item in written]


@relaxed
@given(drawn_rotated_boxes())
def test_yolo__rotated_boxes_are_oriented_boxes(box: RotatedBox) -> None:
    item = ItemRecord("a.png", None, WIDTH, HEIGHT, annotations=(AnnotationRecord("ship", box),))
    _, (read,), _ = written_and_read("yolo", [item])
    found = read.annotations[0].geometry
    assert isinstance(found, RotatedBox)
    corners = [corners_of(one.cx, one.cy, one.width, one.height, one.angle) for one in (box, found)]
    assert [value for point in corners[1] for value in point] == pytest.approx(
        [value for point in corners[0] for value in point], abs=1e-5
    )


@pytest.mark.parametrize("name", ["coco", "voc", "dataloop", "yolo"])
def test_write__confidence_survives(name: str) -> None:
    box = AnnotationRecord("cat", Box(x0=8, y0=4, x1=16, y1=12), confidence=0.25)
    written, read, rest = written_and_read(name, [ItemRecord("a.png", None, WIDTH, HEIGHT, annotations=(box,))])
    assert rest == []
    assert [rounded(item) for item in read] == written


@pytest.mark.parametrize(("name", "annotations"), [("coco", 4886), ("voc", 4886), ("yolo", 4886), ("dataloop", 4886)])
@pytest.mark.shared
def test_write__a_real_set(shared_dir: Path, tmp_path: Path, name: str, annotations: int) -> None:
    source = [one for one in get_format("voc").read(shared_dir / "data/bccd") if isinstance(one, ItemRecord)]
    report = get_format(name).write(source, tmp_path)
    assert (report.items, report.annotations, report.skipped) == (364, annotations, ())
    read = [plain(one) for one in get_format(name).read(tmp_path) if isinstance(one, ItemRecord)]
    expected = sorted(map(plain, source), key=by_name)
    if name == "yolo":
        without = [
            dataclasses.replace(i, annotations=tuple(dataclasses.replace(a, attributes={}) for a in i.annotations))
            for i in expected
        ]
        expected = [rounded(item) for item in without]
        read = [rounded(item) for item in read]
    assert sorted(read, key=by_name) == expected
