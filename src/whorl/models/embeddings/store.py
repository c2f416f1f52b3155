"""The door to vectors: one store per process, a space opened when it is needed."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import NotFound
from whorl.models.embeddings.queries import get_space, list_segments
from whorl.models.embeddings.segment_list import Segment
from whorl.store.blobs import BlobStore, content_key
from whorl.store.db import Database

if TYPE_CHECKING:
    from whorl.models.embeddings.vectors import SpaceVectors

FOLDER = ("cache", "embeddings")


@dataclass
class EmbeddingStore:
    """Spaces of a database as this machine sees them; safe to use from threads, and beside other processes.

    Args:
        folder: Where the copies lie, one folder per space: ``<home>/cache/embeddings``. May be deleted at any time.
    """

    db: Database
    blobs: BlobStore
    folder: Path
    _open: dict[str, tuple[tuple[Segment, ...], SpaceVectors]] = field(default_factory=dict)
    _locks: dict[str, threading.Lock] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, space_id: str) -> SpaceVectors:
        """All vectors of a space that are committed now; cheap when nothing has come since the last time.

        Raises:
            NotFound: There is no such space.
            UnreadableMedia: A stored segment is damaged.
            Unavailable: The blob store cannot be reached.
        """
        with self._lock:
            lock = self._locks.setdefault(space_id, threading.Lock())
        with lock:
            try:
                return self._sync(space_id)
            except NotFound:
                # Another process may have compacted the space and removed what was listed; the new list has no such.
                return self._sync(space_id)

    def forget(self, space_id: str) -> None:
        """Remove this machine's copy of a space that was deleted."""
        self._open.pop(space_id, None)
        shutil.rmtree(self.folder / space_id, ignore_errors=True)

    def _sync(self, space_id: str) -> SpaceVectors:
        # Late: numpy, which the server does not need at its start.
        from whorl.models.embeddings.mirror import Mirror
        from whorl.models.embeddings.vectors import SpaceVectors

        with self.db.read() as conn:
            width = get_space(conn, space_id).width
            segments = tuple(list_segments(conn, space_id))
        known = self._open.get(space_id)
        if known is not None and known[0] == segments:
            return known[1]
        mirror = Mirror(self.folder / space_id)
        if width is None or not segments:
            found = SpaceVectors(space_id, width or 0, mirror, None)
        else:
            found = SpaceVectors(space_id, width, mirror, mirror.sync(segments, width, self._fetcher()))
        self._open[space_id] = (segments, found)
        return found

    def _fetcher(self) -> Callable[[str], bytes]:
        return lambda sha256: self.blobs.get(content_key(sha256))


def open_store(db: Database, blobs: BlobStore, home: Path) -> EmbeddingStore:
    """The store of the server or worker whose home folder this is."""
    return EmbeddingStore(db, blobs, home.joinpath(*FOLDER))
