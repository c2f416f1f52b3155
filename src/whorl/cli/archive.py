"""One file that holds a whole home, and back: the database, the blobs and the models, each with its hash.

The archive is a tar whose first member is ``manifest.json``. It is made while the server runs: the database first,
through SQLite's own backup, then the blobs, which are only ever added, so every blob the copy names is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO

from pydantic import TypeAdapter, ValidationError

from whorl.base.errors import Conflict, FormatError, NotFound, StorageFull

FORMAT = 1
DATABASE = "whorl.db"
FOLDERS = ("blobs", "models")
_CHUNK = 1 << 20
_MAX_MANIFEST_BYTES = 1 << 30
Report = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its path below the home, size in bytes and SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds, and what made it."""

    format: int
    version: str
    created_at: str
    files: list[Entry]

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return sum(entry.bytes for entry in self.files)


def write_archive(home: Path, archive: Path, *, version: str, now: datetime, report: Report) -> Manifest:
    """Write a home into one file. An existing file is never replaced, and a broken backup leaves none.

    Args:
        archive: Its folder must exist.
        version: Of Whorl, for the reader of the manifest.
        report: Told how many bytes of how many are done.

    Raises:
        NotFound: The home has no database, or the archive's folder does not exist.
        Conflict: The archive exists.
        StorageFull: The disk is full.
    """
    if not (home / DATABASE).is_file():
        raise NotFound(f"no database in {home}", hint="Name the home with --home.")
    if archive.exists():
        raise Conflict(f"{archive} exists", hint="Give another name, or move it away.")
    if not archive.parent.is_dir():
        raise NotFound(f"no folder {archive.parent}", hint="Make it first.")
    partial = archive.with_name(archive.name + ".partial")
    try:
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix=".whorl-backup-") as scratch:
            copy = Path(scratch) / DATABASE
            _copy_database(home / DATABASE, copy)
            sources = {DATABASE: copy, **dict(_files(home))}
            entries = [Entry(path, file.stat().st_size, _hash(file)) for path, file in sources.items()]
            manifest = Manifest(FORMAT, version, now.isoformat(), entries)
            _write_tar(partial, manifest, sources, report)
        os.replace(partial, archive)
    except OSError as error:
        raise _disk_error(error, archive) from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def restore_archive(archive: Path, home: Path, *, report: Report) -> Manifest:
    """Make a home from an archive: all of it, with every hash checked, or nothing.

    Raises:
        Conflict: The home holds something already.
        NotFound: No such archive.
        FormatError: Not an archive of Whorl, of a newer format, damaged, or with a path outside the home.
        StorageFull: The disk is full.
    """
    if not archive.is_file():
        raise NotFound(f"no archive {archive}", hint="Name the file that `whorl backup` wrote.")
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Conflict(f"{home} is not empty", hint="Restore into a new folder, and use it with --home.")
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=home.parent, prefix=".whorl-restore-") as scratch:
            target = Path(scratch) / "home"
            target.mkdir(mode=0o700)
            with tarfile.open(archive) as tar:
                manifest = _read_manifest(tar)
                _unpack(tar, manifest, target, report)
            if home.exists():
                home.rmdir()
            os.replace(target, home)
    except tarfile.TarError as error:
        raise FormatError(f"{archive} is not an archive of Whorl: {error}", hint="It may be cut short.") from error
    except OSError as error:
        raise _disk_error(error, home) from error
    return manifest


def _copy_database(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(target)) as copy,
    ):
        # All pages in one step: a step at a time starts over whenever the server writes in between.
        original.backup(copy, pages=-1)
        # The copy is read by other machines, so it must not need a log beside it.
        copy.execute("PRAGMA journal_mode = DELETE")


def _files(home: Path) -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        for file in sorted((home / folder).rglob("*")):
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(home).as_posix(), file


def _write_tar(target: Path, manifest: Manifest, sources: dict[str, Path], report: Report) -> None:
    mode = "w:gz" if target.name.endswith((".gz.partial", ".tgz.partial")) else "w"
    done = 0
    # mypy knows tarfile.open only by literal modes.
    with tarfile.open(target, mode) as tar:  # type: ignore[call-overload]
        text = json.dumps(asdict(manifest)).encode()
        _add(tar, "manifest.json", len(text), BytesIO(text))
        for entry in manifest.files:
            with sources[entry.path].open("rb") as file:
                _add(tar, entry.path, entry.bytes, file)
            done += entry.bytes
            report(done, manifest.total_bytes)


def _add(tar: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mode = 0o600
    tar.addfile(info, content)


def _read_manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    content = tar.extractfile(first) if first and first.name == "manifest.json" and first.isreg() else None
    if first is None or content is None or first.size > _MAX_MANIFEST_BYTES:
        raise FormatError("not an archive of Whorl: it does not begin with manifest.json")
    text = content.read()
    try:
        made_by = json.loads(text).get("format")
        if isinstance(made_by, int) and made_by > FORMAT:
            raise FormatError(f"the archive has format {made_by}, newer than {FORMAT}", hint="Update Whorl.")
        manifest = TypeAdapter(Manifest).validate_json(text)
    except (ValidationError, ValueError, AttributeError) as error:
        raise FormatError("the archive's manifest cannot be read", hint="The file may be damaged.") from error
    for entry in manifest.files:
        _check_path(entry.path)
    return manifest


def _check_path(path: str) -> None:
    parts = PurePosixPath(path).parts
    is_inside = path == DATABASE or (len(parts) > 1 and parts[0] in FOLDERS)
    if not is_inside or ".." in parts or path.startswith("/") or "\\" in path or "\0" in path or ":" in parts[0]:
        raise FormatError(f"the archive names a path outside the home: {path!r}", hint="Do not trust this file.")


def _unpack(tar: tarfile.TarFile, manifest: Manifest, target: Path, report: Report) -> None:
    waiting = {entry.path: entry for entry in manifest.files}
    done = 0
    while (member := tar.next()) is not None:
        entry = waiting.pop(member.name, None)
        if entry is None or not member.isreg() or member.size != entry.bytes:
            raise FormatError(f"the archive does not match its manifest at {member.name!r}", hint="It may be damaged.")
        content = tar.extractfile(member)
        assert content is not None, "a regular member has content"
        file = target / entry.path
        file.parent.mkdir(parents=True, exist_ok=True)
        if _copy_hashed(content, file) != entry.sha256:
            raise FormatError(f"{entry.path} is damaged: its hash differs", hint="Use another backup.")
        done += entry.bytes
        report(done, manifest.total_bytes)
    if waiting:
        raise FormatError(
            f"the archive lacks {len(waiting)} files, first {min(waiting)!r}", hint="It may be cut short."
        )


def _copy_hashed(source: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    with target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return digest.hexdigest()


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _disk_error(error: OSError, path: Path) -> Exception:
    if error.errno == 28:
        free = shutil.disk_usage(path.parent).free
        return StorageFull(f"the disk of {path.parent} is full ({free} bytes free)", hint="Make room, then try again.")
    return FormatError(f"{path.name}: {error.strerror or error}")
