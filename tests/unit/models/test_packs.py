"""A model's folder as blobs: out of one home, into another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whorl.base.errors import ModelError, NotFound
from whorl.models.packs import bring_folder, find_pack, pack_folder
from whorl.store.blobs import BlobStore, content_key, open_blobs, put_content


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    """A store in a folder."""
    return open_blobs(f"file://{tmp_path / 'blobs'}")


def folder_of(home: Path, files: dict[str, bytes]) -> Path:
    folder = home / "models" / "mdl_1"
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


FILES = {"model.yaml": b"architecture: x", "model.onnx": b"weights", "deep/er.bin": b"\x00\x01"}


def test_bring_folder__gives_the_same_files_on_another_machine(blobs: BlobStore, tmp_path: Path) -> None:
    pack = pack_folder(blobs, folder_of(tmp_path / "a", FILES))
    there = bring_folder(blobs, tmp_path / "b" / "models" / "mdl_1", pack)
    assert contents(there) == FILES
    assert sorted(path.name for path in there.parent.iterdir()) == [".mdl_1.pack", "mdl_1"]


def test_pack_folder__stores_a_shared_file_once(blobs: BlobStore, tmp_path: Path) -> None:
    first = pack_folder(blobs, folder_of(tmp_path / "a", FILES))
    second = pack_folder(blobs, folder_of(tmp_path / "b", {**FILES, "model.yaml": b"architecture: y"}))
    assert first != second
    # Three files, the other card, and two lists.
    assert len(list(blobs.list())) == 6


def test_bring_folder__leaves_a_folder_alone_that_is_the_packs(blobs: BlobStore, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, FILES)
    pack = pack_folder(blobs, folder)
    before = folder.stat().st_ino
    assert bring_folder(blobs, folder, pack).stat().st_ino == before


def test_bring_folder__replaces_an_attempt_that_did_not_count(blobs: BlobStore, tmp_path: Path) -> None:
    counted = pack_folder(blobs, folder_of(tmp_path / "a", FILES))
    late = folder_of(tmp_path / "b", {"model.onnx": b"late", "more": b""})
    pack_folder(blobs, late)
    assert contents(bring_folder(blobs, late, counted)) == FILES
    assert find_pack(late) == counted


def test_bring_folder__without_a_pack_needs_the_folder(blobs: BlobStore, tmp_path: Path) -> None:
    folder = folder_of(tmp_path, FILES)
    assert bring_folder(blobs, folder, None) == folder
    with pytest.raises(NotFound, match="not on this machine"):
        bring_folder(blobs, tmp_path / "elsewhere", None)


def test_bring_folder__a_lost_blob_leaves_no_half_folder(blobs: BlobStore, tmp_path: Path) -> None:
    pack = pack_folder(blobs, folder_of(tmp_path / "a", FILES))
    blobs.delete(content_key(put_content(blobs, b"weights")))
    target = tmp_path / "b" / "mdl_1"
    with pytest.raises(NotFound):
        bring_folder(blobs, target, pack)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("body", [b"[]", b"no json", b'{"files": 3}', b'{"files": {"../out": "ab"}}', b"{}"])
def test_bring_folder__refuses_a_damaged_list(blobs: BlobStore, tmp_path: Path, body: bytes) -> None:
    with pytest.raises(ModelError, match="damaged"):
        bring_folder(blobs, tmp_path / "b", put_content(blobs, body))


def test_bring_folder__refuses_an_absolute_name(blobs: BlobStore, tmp_path: Path) -> None:
    body = json.dumps({"files": {str(tmp_path / "out"): put_content(blobs, b"x")}}).encode()
    with pytest.raises(ModelError, match="damaged"):
        bring_folder(blobs, tmp_path / "b", put_content(blobs, body))
    assert not (tmp_path / "out").exists()
