"""From a record to what is known of its file: read, hashed, decoded, stored. Runs in threads, touches no database."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from whorl.base.errors import UnreadableMedia
from whorl.base.settings import Settings
from whorl.datasets.rules import find_name_problem
from whorl.schemas.records import ImportIssue, ItemRecord
from whorl.store.blobs import BlobStore, Staged, content_key


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """The largest image that is taken in. The defaults are those of the settings."""

    max_pixels: int = Settings.model_fields["max_pixels"].default
    max_bytes: int = Settings.model_fields["max_upload_bytes"].default

    @classmethod
    def of(cls, settings: Settings) -> MediaLimits:
        """The limits that the settings name; imports and uploads have the same."""
        return cls(settings.max_pixels, settings.max_upload_bytes)


@dataclass(frozen=True, slots=True)
class KnownFile:
    """What the last import of this source noted about a file."""

    bytes: int
    modified_ns: int
    sha256: str
    annotations_digest: str
    item_key: int


@dataclass(frozen=True, slots=True)
class Media:
    """What a file's bytes are; they are in the blob store."""

    sha256: str
    media_type: str
    width: int
    height: int
    health: Mapping[str, float]
    picture_hash: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """A record ready to be written. ``media`` is None when its bytes are known already, or there is no file.

    Its ``staged`` blobs are to be published before a row names them.
    """

    record: ItemRecord
    digest: str
    bytes: int
    modified_ns: int
    bytes_read: int
    media: Media | None
    staged: tuple[Staged, ...] = ()


def thumbnail_key(sha256: str) -> str:
    """The blob key of the thumbnail of the image with this SHA-256."""
    return f"thumbs/{sha256}"


def record_digest(record: ItemRecord) -> str:
    """A fingerprint of all that a record says besides its bytes; the order of annotations does not matter."""
    said = sorted(
        json.dumps(
            [one.label, one.geometry.model_dump(mode="json"), one.confidence, dict(one.attributes)], sort_keys=True
        )
        for one in record.annotations
    )
    about = json.dumps([record.subset, dict(record.metadata)], sort_keys=True)
    return hashlib.sha256("\n".join([about, *said]).encode("utf-8", "surrogatepass")).hexdigest()


def prepare_record(
    record: ItemRecord, known: KnownFile | None, blobs: BlobStore | None, *, limits: MediaLimits
) -> Prepared | ImportIssue:
    """Look at a record's file, read it unless size and time say it is unchanged, and stage bytes and thumbnail.

    Args:
        blobs: Where to store; None to look only.

    Raises:
        StorageFull: The blob store takes no more.
    """
    problem = find_name_problem(record.name)
    if problem is not None:
        return ImportIssue(ascii(record.name)[1:201], "bad_name", problem, "Rename the file.")
    digest = record_digest(record)
    if record.file is None:
        return Prepared(record, digest, 0, 0, 0, None)
    found = _stat(record.name, record.file, limits)
    if isinstance(found, ImportIssue):
        return found
    size, modified_ns = found
    if known is not None and (known.bytes, known.modified_ns) == found:
        return Prepared(record, digest, size, modified_ns, 0, None)
    try:
        data = record.file.read_bytes()
    except OSError as error:
        return _unreadable_file(record.name, error)
    if known is not None and hashlib.sha256(data).hexdigest() == known.sha256:
        return Prepared(record, digest, size, modified_ns, len(data), None)
    try:
        media, staged = _inspect(data, blobs, limits)
    except UnreadableMedia as error:
        return ImportIssue(record.name, error.code, error.message, error.hint)
    return Prepared(record, digest, len(data), modified_ns, len(data), media, staged)


def _stat(name: str, file: Path, limits: MediaLimits) -> tuple[int, int] | ImportIssue:
    try:
        found = file.stat()
    except OSError as error:
        return _unreadable_file(name, error)
    if not stat.S_ISREG(found.st_mode):
        return ImportIssue(name, "not_a_file", "it is not a plain file", "Remove it from the folder.")
    if found.st_size == 0:
        return ImportIssue(name, "empty_file", "the file is empty (0 bytes)", "Copy it again from its source.")
    if found.st_size > limits.max_bytes:
        reason = f"the file has {found.st_size:,} bytes; {limits.max_bytes:,} are allowed"
        return ImportIssue(name, "file_too_large", reason, "Cut the image into tiles, or raise WHORL_MAX_UPLOAD_BYTES.")
    return found.st_size, found.st_mtime_ns


def _unreadable_file(name: str, error: OSError) -> ImportIssue:
    if isinstance(error, FileNotFoundError):
        return ImportIssue(name, "image_missing", "its file is not there", "Put it back, or leave the record out.")
    return ImportIssue(name, "file_unreadable", error.strerror or type(error).__name__, "Check its permissions.")


def _inspect(data: bytes, blobs: BlobStore | None, limits: MediaLimits) -> tuple[Media, tuple[Staged, ...]]:
    # Late: the decoder loads OpenCV, which the server does not need at its start.
    from whorl.datasets.media import inspect

    looked = inspect(data, max_pixels=limits.max_pixels)
    sha256 = looked.info.sha256
    staged = () if blobs is None else _stage(blobs, sha256, data, looked.thumbnail)
    health = {
        "brightness": looked.health.brightness,
        "contrast": looked.health.contrast,
        "sharpness": looked.health.sharpness,
    }
    info = looked.info
    return Media(sha256, info.media_type, info.width, info.height, health, looked.picture_hash), staged


def _stage(blobs: BlobStore, sha256: str, data: bytes, small: bytes) -> tuple[Staged, ...]:
    first = blobs.stage(thumbnail_key(sha256), small)
    try:
        return first, blobs.stage(content_key(sha256), data)
    except BaseException:
        blobs.discard([first])
        raise
