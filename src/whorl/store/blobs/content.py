"""Content-addressed blobs: the key is the SHA-256 of the bytes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from whorl.base.errors import InvalidInput, UnreadableMedia
from whorl.store.blobs.store import BlobStore

_SHA256 = re.compile(r"[0-9a-f]{64}")


def content_key(sha256: str) -> str:
    """Give the key of the blob with this SHA-256 (64 lower-case hex digits).

    Two levels of folders keep a directory below a few thousand names at a million blobs.

    >>> content_key("ab" * 32)
    'sha256/ab/ab/abababababababababababababababababababababababababababababababab'

    Raises:
        InvalidInput: Not a SHA-256.
    """
    if not _SHA256.fullmatch(sha256):
        raise InvalidInput(f"not a SHA-256: {sha256[:80]!r}", hint="Give 64 hexadecimal digits in lower case.")
    return f"sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def sha256_of(data: bytes | Path) -> str:
    """Give the SHA-256 of bytes, or of the file at a path, as 64 hex digits."""
    if isinstance(data, bytes):
        return hashlib.sha256(data).hexdigest()
    with data.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def put_content(store: BlobStore, data: bytes | Path) -> str:
    """Store bytes under their SHA-256 and give it; storing the same bytes again writes nothing."""
    sha256 = sha256_of(data)
    store.put_if_absent(content_key(sha256), data)
    return sha256


def get_content(store: BlobStore, sha256: str, *, verify: bool = False) -> bytes:
    """Give the bytes with this SHA-256.

    Args:
        verify: Hash what was read, to notice a damaged disk; about 1 ms per MB.

    Raises:
        NotFound: The store does not have it.
        UnreadableMedia: ``verify`` found other bytes under this key.
    """
    data = store.get(content_key(sha256))
    if verify and sha256_of(data) != sha256:
        raise UnreadableMedia(
            f"the stored blob {sha256[:12]} is damaged: its bytes have another SHA-256",
            hint="Restore it from a backup, or import the file again.",
        )
    return data
