"""The one blob store: obstore (https://developmentseed.org/obstore) over files, memory or S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from whorl.base.errors import NotFound, StorageFull, Unavailable, WhorlError
from whorl.store.blobs.store import BlobInfo, Staged, check_key

if TYPE_CHECKING:
    from obstore.store import LocalStore, MemoryStore, S3Store

T = TypeVar("T")
# The object store keeps no errno: only the text of the operating system's or the bucket's refusal.
_FULL = (
    "no space left on device",
    "(os error 28)",
    "(os error 122)",  # EDQUOT
    "disk quota exceeded",
    "quotaexceeded",
    "insufficientstorage",
    "507 insufficient storage",
)


class ObjectBlobs:
    """Implements ``BlobStore``. Made by ``open_blobs``.

    A bucket keeps what it has acknowledged. Files are written by ``FolderBlobs``, which also brings them to disk.

    Args:
        store: Where the bytes live.
        can_sign: Whether the store hands out signed addresses.
        url: How another process opens the same store; None when none can.
    """

    def __init__(self, store: LocalStore | MemoryStore | S3Store, *, can_sign: bool, url: str | None = None) -> None:
        self._store = store
        self._can_sign = can_sign
        self.url = url

    def put(self, key: str, data: bytes | Path) -> None:
        self._put(key, data, mode="overwrite")

    def put_if_absent(self, key: str, data: bytes | Path) -> bool:
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            self._put(key, data, mode="create")
        except (AlreadyExistsError, PreconditionError):
            return False
        return True

    def _put(self, key: str, data: bytes | Path, *, mode: Literal["create", "overwrite"]) -> None:
        import obstore

        # Multipart uploads cannot be conditional, so a create is one request, up to S3's 5 GiB.
        parts = False if mode == "create" else None
        _translated(key, lambda: obstore.put(self._store, check_key(key), data, mode=mode, use_multipart=parts))

    def stage(self, key: str, data: bytes) -> Staged:
        self.put_if_absent(key, data)
        return Staged(key, None)

    def publish(self, staged: Sequence[Staged]) -> None:
        """Nothing is left to do: a bucket has stored it already."""

    def discard(self, staged: Sequence[Staged]) -> None:
        """Nothing is left to do: what nobody names does no harm."""

    def get(self, key: str) -> bytes:
        import obstore

        return _translated(key, lambda: bytes(obstore.get(self._store, check_key(key)).bytes()))

    def get_range(self, key: str, *, start: int, length: int) -> bytes:
        import obstore

        # Stores disagree about a range past the end, so the size is asked first.
        size_bytes = _translated(key, lambda: obstore.head(self._store, check_key(key)))["size"]
        end = min(start + length, size_bytes)
        if start >= end:
            return b""
        return _translated(key, lambda: bytes(obstore.get_range(self._store, key, start=start, end=end)))

    def list(self, prefix: str = "") -> Iterator[BlobInfo]:
        import obstore

        if prefix:
            check_key(prefix)
        for chunk in obstore.list(self._store, prefix or None, chunk_size=1000):
            for found in chunk:
                yield BlobInfo(found["path"], found["size"], found["last_modified"])

    def presign(self, key: str, *, expires_s: int = 300) -> str | None:
        import obstore
        from obstore.store import S3Store

        check_key(key)
        if not (self._can_sign and isinstance(self._store, S3Store)):
            return None
        return obstore.sign(self._store, "GET", key, timedelta(seconds=expires_s))

    def delete(self, key: str) -> None:
        import obstore

        try:
            _translated(key, lambda: obstore.delete(self._store, check_key(key)))
        except NotFound:
            return


def _translated(key: str, call: Callable[[], T]) -> T:
    """Run ``call`` and turn what the store raises into ours; a refused create is left for its caller."""
    from obstore.exceptions import AlreadyExistsError, BaseError, NotFoundError, PreconditionError

    try:
        return call()
    except (AlreadyExistsError, PreconditionError):
        raise
    except (NotFoundError, FileNotFoundError) as error:
        raise NotFound(f"no blob: {key}", hint="It may have been deleted; import the file again.") from error
    except (BaseError, OSError) as error:
        raise refusal(key, error) from error


def refusal(key: str, error: Exception) -> WhorlError:
    """What to raise when the place of the blobs raised ``error``: StorageFull or Unavailable."""
    text = f"{type(error).__name__} {error}".lower()
    if any(sign in text for sign in _FULL):
        return StorageFull(f"no room to store the blob {key}", hint="Free some space in the blob store, then retry.")
    return Unavailable(
        f"the blob store refused {key}: {type(error).__name__}",
        hint="Check its address, its credentials and that it runs.",
    )
