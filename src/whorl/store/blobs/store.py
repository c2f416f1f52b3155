"""What every blob store can do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from whorl.base.errors import InvalidInput

_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._=@+-]*(/[A-Za-z0-9_][A-Za-z0-9._=@+-]*)*")
_MAX_KEY = 900  # characters; S3 allows 1,024 bytes with the prefix


@dataclass(frozen=True, slots=True)
class BlobInfo:
    """One blob of a listing: its key, size in bytes and time of the last write (aware UTC)."""

    key: str
    size_bytes: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class Staged:
    """A blob on its way in; ``beside`` is where its bytes are until it is published, None when they are in place."""

    key: str
    beside: str | None


class BlobStore(Protocol):
    """Bytes under keys. All methods may be called from several threads and processes at once.

    What was put, or published, survives a power cut from the moment the call returns.

    Every method raises InvalidInput for a key that ``check_key`` refuses, and Unavailable when the store cannot be
    reached.
    """

    def put(self, key: str, data: bytes | Path) -> None:
        """Store ``data`` (bytes, or the file at a path) under ``key``, replacing what was there.

        Raises:
            StorageFull: The disk or bucket takes no more; the old blob stands.
        """
        ...

    def put_if_absent(self, key: str, data: bytes | Path) -> bool:
        """Store ``data`` unless ``key`` exists; True when this call stored it.

        Raises:
            StorageFull: The disk or bucket takes no more; the key stays absent.
        """
        ...

    def stage(self, key: str, data: bytes) -> Staged:
        """Begin to store ``data`` unless ``key`` exists; nobody need see it before it is published.

        Many blobs that are staged and then published together cost far less than as many that are put.

        Raises:
            StorageFull: The disk or bucket takes no more.
        """
        ...

    def publish(self, staged: Sequence[Staged]) -> None:
        """Store what was staged; a key that came to exist meanwhile keeps its blob.

        Raises:
            StorageFull: The disk or bucket takes no more; some of them may be stored.
        """
        ...

    def discard(self, staged: Sequence[Staged]) -> None:
        """Forget what was staged and not published; what was published stays."""
        ...

    def get(self, key: str) -> bytes:
        """Give the whole blob.

        Raises:
            NotFound: No such key.
        """
        ...

    def get_range(self, key: str, *, start: int, length: int) -> bytes:
        """Give up to ``length`` bytes from byte ``start``; fewer at the end, none past it.

        Raises:
            NotFound: No such key.
        """
        ...

    def list(self, prefix: str = "") -> Iterator[BlobInfo]:
        """Give the blobs under a folder-like ``prefix`` (whole path segments), in no order."""
        ...

    def presign(self, key: str, *, expires_s: int = 300) -> str | None:
        """Give a URL from which anyone can get the blob for ``expires_s`` seconds; None when the store cannot."""
        ...

    def delete(self, key: str) -> None:
        """Remove the blob, for retention and erasure; a missing key is not an error."""
        ...


def check_key(key: str) -> str:
    """Give ``key`` back.

    Raises:
        InvalidInput: It is empty, absolute, too long, or has a segment that is hidden, ``..`` or not plain ASCII.
    """
    if len(key) <= _MAX_KEY and _KEY.fullmatch(key):
        return key
    raise InvalidInput(
        f"not a blob key: {key[:80]!r}",
        hint="A key is segments of letters, digits and ._=@+- joined by /, each starting with a letter or digit.",
    )
