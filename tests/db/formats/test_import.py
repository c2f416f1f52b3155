"""Import and export of folders, on both kinds of database."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from whorl.annotations import queries as annotation_queries
from whorl.base.errors import Conflict, InvalidInput, StorageFull
from whorl.base.settings import Settings
from whorl.datasets import actions, queries
from whorl.datasets.dql import parse_query
from whorl.datasets.intake import MediaLimits
from whorl.datasets.revisions import load_dataset
from whorl.formats.actions import export_dataset, import_folder
from whorl.ontology.queries import current_draft
from whorl.schemas.annotations import AnnotationDraft, Box, ClassTag, Layer
from whorl.schemas.datasets import ImportReport
from whorl.schemas.records import AnnotationRecord, Subset
from whorl.store.blobs import BlobStore, Staged, open_blobs

ANNA = "per_anna"


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return open_blobs(f"file://{tmp_path / 'blobs'}")


def _image(path: Path, color: int = 0, size: tuple[int, int] = (40, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (color % 256, 80, 160)).save(path, format="PNG")
    return path


def _yolo(root: Path, lines: dict[str, list[str]]) -> Path:
    """A YOLO folder with the classes car and truck; 40 × 30 images, each of another colour."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "classes.txt").write_text("car\ntruck\n")
    for index, (stem, boxes) in enumerate(lines.items()):
        image = root / "images" / f"{stem}.png"
        if not image.exists():
            _image(image, index * 7 + sum(stem.encode()))
        label = root / "labels" / f"{stem}.txt"
        label.parent.mkdir(parents=True, exist_ok=True)
        label.write_text("".join(f"{line}\n" for line in boxes))
    return root


def _import(house: Any, blobs: BlobStore, root: Path, **more: Any) -> ImportReport:
    return import_folder(house.db, blobs, dataset_id=house.dataset_id, root=root, actor_id=ANNA, **more)


def _state(house: Any) -> list[tuple[Any, ...]]:
    """All that a dataset says, without ids: name, bytes, state and annotations of each item."""
    with house.db.read() as conn:
        row = load_dataset(conn, house.dataset_id)
        found = [pair for batch in queries.iter_item_batches(conn, house.dataset_id) for pair in batch]
        truth = annotation_queries.read_truth(conn, row.key, [key for key, _ in found])
    return sorted(
        (
            item.name,
            item.sha256,
            item.media_type,
            item.subset,
            str(item.metadata),
            sorted((r.label, str(r.geometry)) for r in truth[key]),
        )
        for key, item in found
    )


def _counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.added, report.replaced, report.relabelled, report.unchanged


def test_import__folder_then_again_takes_nothing(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5"], "b": ["1 0.25 0.25 0.1 0.1"], "c": []})
    first = _import(house, blobs, root)
    at, before = house.revision(), _state(house)
    second = _import(house, blobs, root)
    assert (_counts(first), first.annotations_added, first.issues) == ((3, 0, 0, 0), 2, [])
    assert (_counts(second), second.bytes_read) == ((0, 0, 0, 3), 0)
    assert (house.revision(), _state(house)) == (at, before)


def test_import__touched_file_is_hashed_and_left(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": []})
    _import(house, blobs, root)
    os.utime(root / "images/a.png", (1, 1))
    second = _import(house, blobs, root)
    third = _import(house, blobs, root)
    assert (_counts(second), second.bytes_read > 0) == ((0, 0, 0, 1), True)
    assert (_counts(third), third.bytes_read) == ((0, 0, 0, 1), 0)


def test_import__changed_annotations_only(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5", "1 0.5 0.5 0.2 0.2"], "b": ["0 0.5 0.5 0.5 0.5"]})
    _import(house, blobs, root)
    _yolo(root, {"a": ["0 0.5 0.5 0.5 0.5", "1 0.5 0.5 0.4 0.4"]})
    again = _import(house, blobs, root)
    assert (_counts(again), again.annotations_added, again.annotations_removed) == ((0, 0, 1, 1), 1, 1)
    assert again.bytes_read == 0


def test_import__changed_bytes_make_another_item(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5"]})
    _import(house, blobs, root)
    [old] = _items(house)
    _image(root / "images/a.png", 200, (80, 60))
    again = _import(house, blobs, root)
    [new] = _items(house)
    assert _counts(again) == (0, 1, 0, 0)
    assert (new.name, new.width, new.id == old.id) == (old.name, 80, False)
    with house.db.read() as conn:
        assert [i.id for i in queries.list_items(conn, house.dataset_id, as_of=1).items] == [old.id]
    assert len(_state(house)[0][-1]) == 1


def _items(house: Any) -> list[Any]:
    with house.db.read() as conn:
        return queries.list_items(conn, house.dataset_id).items


def test_import__people_are_not_overruled(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    """A person moved one box and removed another; the folder then changes a third."""
    lines = ["0 0.2 0.2 0.1 0.1", "0 0.5 0.5 0.1 0.1", "0 0.8 0.8 0.1 0.1"]
    root = _yolo(tmp_path / "set", {"a": lines})
    _import(house, blobs, root)
    [item] = _items(house)
    with house.db.read() as conn:
        first, second, _ = annotation_queries.list_annotations(conn, [item.id])
    moved = AnnotationDraft(id=first.id, label="truck", geometry=Box(x0=1, y0=1, x1=5, y1=5))
    house.save(item, moved, removed=(second.id,))
    _yolo(root, {"a": [*lines[:2], "1 0.8 0.8 0.2 0.2"]})
    again = _import(house, blobs, root)
    with house.db.read() as conn:
        found = annotation_queries.list_annotations(conn, [item.id])
    assert sorted((one.label, one.author_kind) for one in found) == [("truck", "import"), ("truck", "person")]
    assert (again.annotations_added, again.annotations_removed) == (1, 1)


def test_import__deleted_item_stays_deleted(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": [], "b": []})
    _import(house, blobs, root)
    gone = _items(house)[0]
    house.db.write(lambda conn: actions.delete_items(conn, house.dataset_id, [gone.id], actor_id=ANNA, now=house.now()))
    assert _counts(_import(house, blobs, root)) == (0, 0, 0, 2)
    assert len(_items(house)) == 1


def test_import__same_bytes_twice_are_two_items_and_one_blob(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    _image(tmp_path / "set/a.png", 5)
    _image(tmp_path / "set/sub/b.png", 5)
    report = _import(house, blobs, tmp_path / "set", format="folder")
    assert report.added == 2
    assert len({one.sha256 for one in _items(house)}) == 1
    assert len(list(blobs.list("sha256"))) == 1
    assert len(list(blobs.list("thumbs"))) == 1


def test_import__bad_files_are_listed_and_the_rest_goes_in(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = tmp_path / "set"
    whole = _image(root / "good.png").read_bytes()
    (root / "cut.png").write_bytes(whole[: len(whole) // 2])
    (root / "empty.png").write_bytes(b"")
    (root / "text.png").write_text("hello")
    photo = io.BytesIO()
    Image.effect_noise((320, 240), 50).save(photo, "JPEG")
    (root / "cut.jpg").write_bytes(photo.getvalue()[:2000])
    header = b"IHDR" + struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    size, check = struct.pack(">I", 13), struct.pack(">I", zlib.crc32(header))
    (root / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + size + header + check)
    report = _import(house, blobs, root, format="folder")
    assert report.added == 1
    assert [one.name for one in _items(house)] == ["good.png"]
    assert all(one.reason and one.hint for one in report.issues)
    assert {one.where: one.code for one in report.issues} == {
        "bomb.png": "unreadable_media",
        "cut.jpg": "unreadable_media",
        "cut.png": "unreadable_media",
        "empty.png": "empty_file",
        "text.png": "not_an_image",
    }


def test_import__dry_run_writes_nothing(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5"], "b": []})
    (root / "classes.txt").write_text("bus\ntruck\n")
    report = _import(house, blobs, root, dry_run=True)
    assert (_counts(report), report.annotations_added, report.new_labels) == ((2, 0, 0, 0), 1, ["bus"])
    assert report.is_dry_run
    assert (_items(house), house.revision(), list(blobs.list())) == ([], 0, [])


def test_import__new_labels_are_added_or_refused(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5", "1 0.5 0.5 0.2 0.2"]})
    (root / "classes.txt").write_text("bus\ntruck\n")
    refused = _import(house, blobs, root)
    assert (refused.added, refused.annotations_added, refused.new_labels) == (1, 1, [])
    [issue] = refused.issues
    assert (issue.code, "'bus'" in issue.reason) == ("unknown_label", True)
    added = _import(house, blobs, root, new_labels="add")
    assert (_counts(added), added.annotations_added, added.new_labels) == ((0, 0, 1, 0), 1, ["bus"])
    with house.db.read() as conn:
        assert [label.name for label in current_draft(conn, house.project_id).labels] == ["car", "truck", "bus"]
    assert _counts(_import(house, blobs, root)) == (0, 0, 0, 1)
    with pytest.raises(InvalidInput, match="add, refuse"):
        _import(house, blobs, root, new_labels="perhaps")


def test_import__name_of_another_image(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    _image(tmp_path / "one/a.png", 1)
    _image(tmp_path / "two/a.png", 2)
    _import(house, blobs, tmp_path / "one", format="folder")
    report = _import(house, blobs, tmp_path / "two", format="folder")
    assert [(one.where, one.code) for one in report.issues] == [("a.png", "name_taken")]
    assert _counts(report) == (0, 0, 0, 0)


def test_import__the_same_set_from_elsewhere_doubles_nothing(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    lines = {"a": ["0 0.5 0.5 0.5 0.5"], "b": []}
    _import(house, blobs, _yolo(tmp_path / "one", lines))
    before = _state(house)
    report = _import(house, blobs, _yolo(tmp_path / "two", lines))
    assert (report.added, report.annotations_added) == (0, 0)
    assert _state(house) == before


def test_import__frozen_test_takes_nothing_in(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = tmp_path / "set"
    _image(root / "test/a.png", 1)
    _import(house, blobs, root, format="folder")
    house.db.write(
        lambda conn: actions.freeze_test(
            conn, house.dataset_id, reason="m1 was compared to m2", actor_id=ANNA, now=house.now()
        )
    )
    _image(root / "test/a.png", 2)
    _image(root / "test/b.png", 3)
    report = _import(house, blobs, root, format="folder")
    assert [(one.where, one.code) for one in report.issues] == [
        ("test/a.png", "test_frozen"),
        ("test/b.png", "test_frozen"),
    ]
    assert {one.name: one.subset for one in _items(house)} == {"test/a.png": Subset.TEST, "test/b.png": None}


class _Stop(Exception):
    pass


def _many(root: Path, count: int) -> Path:
    return _yolo(root, {f"i{n:04}": [f"{n % 2} 0.5 0.5 0.5 0.5"] for n in range(count)})


def test_import__stopped_half_way_then_completed(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _many(tmp_path / "set", 650)

    def stop(done: int) -> None:
        if done >= 400:
            raise _Stop

    with pytest.raises(_Stop):
        _import(house, blobs, root, progress=stop)
    assert len(_state(house)) == 400
    rest = _import(house, blobs, root)
    assert _counts(rest) == (250, 0, 0, 400)
    done = _state(house)
    assert (len(done), sum(len(one[-1]) for one in done)) == (650, 650)


class _FullBlobs:
    """A blob store that takes so many blobs and then is full."""

    def __init__(self, inner: BlobStore, room: int) -> None:
        self.inner, self.room = inner, room

    def stage(self, key: str, data: bytes) -> Staged:
        self.room -= 1
        if self.room < 0:
            raise StorageFull("the disk is full", hint="Free some space.")
        return self.inner.stage(key, data)

    def publish(self, staged: Sequence[Staged]) -> None:
        self.inner.publish(staged)

    def discard(self, staged: Sequence[Staged]) -> None:
        self.inner.discard(staged)


def test_import__full_disk_keeps_whole_batches_and_completes(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _many(tmp_path / "set", 450)
    with pytest.raises(StorageFull, match="full"):
        _import(house, _FullBlobs(blobs, 2 * 260), root)
    assert len(_state(house)) == 200
    # What was staged and not written is gone.
    assert [path.name for path in (tmp_path / "blobs").rglob("*#*")] == []
    assert _counts(_import(house, blobs, root)) == (250, 0, 0, 200)


@pytest.mark.parametrize("format", ["coco", "voc", "yolo", "dataloop"])
def test_export_then_import__is_the_same(house: Any, blobs: BlobStore, tmp_path: Path, format: str) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5", "1 0.25 0.5 0.25 0.2"], "b": ["1 0.5 0.5 1 1"]})
    _import(house, blobs, root)
    out = tmp_path / "out"
    report = export_dataset(house.db, blobs, dataset_id=house.dataset_id, format=format, out=out)
    assert (report.items, report.annotations, report.issues, report.revision) == (2, 3, [], 1)
    copy = house.db.write(
        lambda conn: actions.create_dataset(conn, house.project_id, name="copy", actor_id=ANNA, now=house.now())
    )
    import_folder(house.db, blobs, dataset_id=copy.id, root=out, format=format, actor_id=ANNA)
    before = _state(house)
    house.dataset_id = copy.id
    after = _state(house)
    assert [(one[1], one[-1]) for one in after] == [(one[1], one[-1]) for one in before]
    assert not list(tmp_path.glob(".whorl-export-*"))


def test_export__choices(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    root = _yolo(tmp_path / "set", {"a": ["0 0.5 0.5 0.5 0.5"], "b": ["1 0.5 0.5 1 1"]})
    _import(house, blobs, root)
    [a, _] = _items(house)
    house.db.write(lambda conn: annotation_predict(conn, house, a.id))

    def export(name: str, **more: Any) -> tuple[int, int]:
        report = export_dataset(
            house.db, blobs, dataset_id=house.dataset_id, format="coco", out=tmp_path / name, **more
        )
        return report.items, report.annotations

    assert export("truth") == (2, 2)
    assert export("predicted", layer=Layer.PREDICTION, model_id="mdl_1") == (2, 3)
    assert export("query", query=parse_query({"join": {"filter": {"label": "truck"}}})) == (1, 1)
    assert export("test", subset=Subset.TEST) == (0, 0)
    assert export("before", as_of=0) == (0, 0)
    with pytest.raises(Conflict, match="'truth' is not an empty folder"):
        export("truth")
    assert export("truth", overwrite=True) == (2, 2)
    with pytest.raises(InvalidInput, match="model id"):
        export("x", layer=Layer.PREDICTION)


def annotation_predict(conn: Any, house: Any, item_id: str) -> None:
    from whorl.annotations.actions import add_predictions

    records = [AnnotationRecord("car", Box(x0=n, y0=1, x1=n + 5, y1=9), 0.5) for n in range(3)]
    add_predictions(conn, house.dataset_id, {item_id: records}, model_id="mdl_1", actor_id="mdl_1", now=house.now())


def test_import__class_folders(house: Any, blobs: BlobStore, tmp_path: Path) -> None:
    _image(tmp_path / "set/train/car/1.png", 1)
    _image(tmp_path / "set/val/truck/2.png", 2)
    _import(house, blobs, tmp_path / "set", format="folder_classes")
    assert [(one[0], one[3], one[-1]) for one in _state(house)] == [
        ("train/car/1.png", Subset.TRAIN, [("car", str(ClassTag()))]),
        ("val/truck/2.png", Subset.VALIDATION, [("truck", str(ClassTag()))]),
    ]


def test_import__images_above_the_limits_are_listed_with_the_remedy(
    house: Any, blobs: BlobStore, tmp_path: Path
) -> None:
    root = tmp_path / "in"
    _image(root / "small.png")
    _image(root / "wide.png", size=(60, 30))
    (root / "heavy.png").write_bytes((root / "small.png").read_bytes() + b"\0" * 5000)
    report = _import(house, blobs, root, limits=MediaLimits(max_pixels=1500, max_bytes=4000))
    assert report.added == 1
    assert [(one.where, one.code, one.reason, one.hint) for one in report.issues] == [
        (
            "heavy.png",
            "file_too_large",
            f"the file has {(root / 'heavy.png').stat().st_size:,} bytes; 4,000 are allowed",
            "Cut the image into tiles, or raise WHORL_MAX_UPLOAD_BYTES.",
        ),
        (
            "wide.png",
            "unreadable_media",
            "60 x 30 is 1,800 pixels; 1,500 are allowed",
            "Cut the image into tiles, or raise WHORL_MAX_PIXELS.",
        ),
    ]
    # With a higher limit the second import completes what the first one left out.
    again = _import(house, blobs, root)
    assert (again.added, again.unchanged, again.issues) == (2, 1, [])


def test_limits__are_those_of_the_settings() -> None:
    assert MediaLimits.of(Settings(max_pixels=7, max_upload_bytes=9)) == MediaLimits(7, 9)
    assert MediaLimits.of(Settings()) == MediaLimits()
