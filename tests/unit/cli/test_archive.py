"""A home into one file and back: whole, checked, and never outside its folder."""

from __future__ import annotations

import json
import sqlite3
import tarfile
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from whorl.base.errors import Conflict, FormatError, NotFound
from whorl.cli.archive import restore_archive, write_archive

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def silent(done: int, total: int | None) -> None:
    """Take progress and say nothing."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a database of one row, two blobs, a model, and a file that is not for others."""
    folder = tmp_path / "home"
    for name, content in {"blobs/ab/abc": b"one", "blobs/cd/cde": b"", "models/m/model.onnx": b"two"}.items():
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
    (folder / "server.json").write_text('{"token": "secret"}')
    connection = sqlite3.connect(folder / "whorl.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (x)")
    connection.execute("INSERT INTO t VALUES (7)")
    connection.commit()
    connection.close()
    return folder


def write_tar(path: Path, members: Mapping[str, bytes], listed: Mapping[str, bytes], format: int = 1) -> Path:
    files = [{"path": name, "bytes": len(body), "sha256": sha256(body).hexdigest()} for name, body in listed.items()]
    manifest = {"format": format, "version": "0", "created_at": "now", "files": files}
    with tarfile.open(path, "w") as tar:
        for name, body in {"manifest.json": json.dumps(manifest).encode(), **members}.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, BytesIO(body))
    return path


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_restore__gives_back_what_was_backed_up(home: Path, tmp_path: Path, name: str) -> None:
    steps: list[tuple[int, int | None]] = []
    write_archive(home, tmp_path / name, version="0", now=NOW, report=lambda done, total: steps.append((done, total)))
    restored = tmp_path / "new" / "home"
    restore_archive(tmp_path / name, restored, report=silent)
    files = {file.relative_to(restored).as_posix() for file in restored.rglob("*") if file.is_file()}
    assert files == {"whorl.db", "blobs/ab/abc", "blobs/cd/cde", "models/m/model.onnx"}
    assert (restored / "blobs/ab/abc").read_bytes() == b"one"
    connection = sqlite3.connect(restored / "whorl.db")
    assert connection.execute("SELECT x FROM t").fetchall() == [(7,)]
    connection.close()
    assert steps[-1][0] == steps[-1][1]


def test_write__works_beside_an_open_transaction_and_holds_only_what_is_committed(home: Path, tmp_path: Path) -> None:
    other = sqlite3.connect(home / "whorl.db")
    other.execute("INSERT INTO t VALUES (8)")
    write_archive(home, tmp_path / "a.tar", version="0", now=NOW, report=silent)
    other.rollback()
    other.close()
    restore_archive(tmp_path / "a.tar", tmp_path / "new", report=silent)
    connection = sqlite3.connect(tmp_path / "new" / "whorl.db")
    assert connection.execute("SELECT x FROM t").fetchall() == [(7,)]
    connection.close()


def test_write__never_replaces_a_file(home: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("mine")
    with pytest.raises(Conflict):
        write_archive(home, tmp_path / "a.tar", version="0", now=NOW, report=silent)
    assert (tmp_path / "a.tar").read_text() == "mine"


def test_write__a_home_without_a_database_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no database in"):
        write_archive(tmp_path, tmp_path / "a.tar", version="0", now=NOW, report=silent)


def test_restore__refuses_a_home_that_holds_something(home: Path, tmp_path: Path) -> None:
    write_archive(home, tmp_path / "a.tar", version="0", now=NOW, report=silent)
    with pytest.raises(Conflict, match="is not empty"):
        restore_archive(tmp_path / "a.tar", home, report=silent)


@pytest.mark.parametrize(
    "name", ["../evil", "blobs/../../evil", "/etc/evil", "server.json", "blobs", "blobs\\..\\evil", "C:/evil"]
)
def test_restore__a_path_outside_the_home_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    archive = write_tar(tmp_path / "a.tar", {name: b"x"}, {name: b"x"})
    with pytest.raises(FormatError, match="outside the home"):
        restore_archive(archive, tmp_path / "in" / "new", report=silent)
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == ["a.tar"]


@pytest.mark.parametrize(
    ("members", "listed", "message"),
    [
        ({"blobs/a": b"y"}, {"blobs/a": b"x"}, "blobs/a is damaged"),
        ({"blobs/a": b"xx"}, {"blobs/a": b"x"}, "does not match its manifest at 'blobs/a'"),
        ({"blobs/b": b"x"}, {}, "does not match its manifest at 'blobs/b'"),
        ({}, {"blobs/a": b"x"}, "lacks 1 files, first 'blobs/a'"),
    ],
)
def test_restore__what_does_not_match_the_manifest_leaves_nothing(
    tmp_path: Path, members: dict[str, bytes], listed: dict[str, bytes], message: str
) -> None:
    archive = write_tar(tmp_path / "a.tar", members, listed)
    with pytest.raises(FormatError, match=message):
        restore_archive(archive, tmp_path / "new", report=silent)
    assert [path.name for path in tmp_path.iterdir()] == ["a.tar"]


def test_restore__a_link_in_the_place_of_a_file_is_refused(tmp_path: Path) -> None:
    archive = write_tar(tmp_path / "a.tar", {}, {"blobs/a": b""})
    with tarfile.open(archive, "a") as tar:
        info = tarfile.TarInfo("blobs/a")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(FormatError, match="does not match"):
        restore_archive(archive, tmp_path / "new", report=silent)


def test_restore__a_newer_format_says_to_update(tmp_path: Path) -> None:
    archive = write_tar(tmp_path / "a.tar", {}, {}, format=2)
    with pytest.raises(FormatError, match="format 2, newer than 1"):
        restore_archive(archive, tmp_path / "new", report=silent)


@pytest.mark.parametrize("content", [b"", b"not a tar at all" * 100])
def test_restore__something_else_is_no_archive(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar").write_bytes(content)
    with pytest.raises(FormatError):
        restore_archive(tmp_path / "a.tar", tmp_path / "new", report=silent)


def test_restore__a_cut_archive_leaves_nothing(home: Path, tmp_path: Path) -> None:
    write_archive(home, tmp_path / "a.tar", version="0", now=NOW, report=silent)
    whole = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(FormatError):
        restore_archive(tmp_path / "cut.tar", tmp_path / "new", report=silent)
    assert not (tmp_path / "new").exists()
