"""Drop vectors whose images or crops are gone, and join many small segments into few."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from whorl.models.embeddings.actions import replace_segments
from whorl.models.embeddings.queries import Space, list_segments
from whorl.models.embeddings.store import EmbeddingStore
from whorl.models.embeddings.targets import list_live_keys
from whorl.store.blobs import BlobStore, content_key, put_content
from whorl.store.db import Database, Priority
from whorl.store.db.tables import embedding_segment

if TYPE_CHECKING:
    from whorl.models.embeddings.vectors import IndexArray, SpaceVectors

DEAD_SHARE = 0.2
_SEGMENT_ROWS = 16_384
_MANY, _SMALL = 256, 1024


def compact(db: Database, blobs: BlobStore, store: EmbeddingStore, space: Space, *, now: datetime) -> int | None:
    """Rewrite a space when a fifth of its vectors is dead, or it lies in hundreds of small segments.

    Vectors that are added meanwhile stay. Rows move, which readers that hold the space do not notice.

    Returns:
        How many vectors went; None when there was nothing to do.
    """
    with db.read() as conn:
        segments = list_segments(conn, space.id)
    vectors = store.open(space.id)
    if not vectors.count:
        return None
    alive = _live_rows(db, space, vectors)
    dead = vectors.count - len(alive)
    stored = sum(one.rows for one in segments)
    is_scattered = len(segments) >= _MANY and stored < _SMALL * len(segments)
    if dead + stored - vectors.count < DEAD_SHARE * stored and not is_scattered:
        return None
    fresh = _write(blobs, vectors, alive)
    gone = [one.key for one in segments]
    db.write(
        lambda conn: replace_segments(conn, space.id, gone, fresh, width=vectors.width, now=now),
        priority=Priority.ENGINE,
    )
    with db.read() as conn:
        orphans = find_orphans(conn, [one.sha256 for one in segments])
    for sha256 in orphans:
        blobs.delete(content_key(sha256))
    return dead


def find_orphans(conn: Connection, sha256s: list[str]) -> list[str]:
    """Those blobs that no segment names."""
    column = embedding_segment.c.blob_sha256
    used: set[str] = set()
    for start in range(0, len(sha256s), 500):
        used.update(conn.execute(select(column).where(column.in_(sha256s[start : start + 500]))).scalars())
    return sorted(set(sha256s) - used)


def _live_rows(db: Database, space: Space, vectors: SpaceVectors) -> IndexArray:
    import numpy as np

    is_live = np.zeros(vectors.count, bool)
    for keys in list_live_keys(db, space.kind, space.project_id):
        rows = vectors.rows_of(keys)
        is_live[rows[rows >= 0]] = True
    return np.flatnonzero(is_live)


def _write(blobs: BlobStore, vectors: SpaceVectors, rows: IndexArray) -> list[tuple[str, int]]:
    from whorl.models.embeddings.segments import encode_segment

    assert vectors.mapped is not None
    fresh = []
    for start in range(0, len(rows), _SEGMENT_ROWS):
        some = rows[start : start + _SEGMENT_ROWS]
        data = encode_segment(vectors.mapped.keys[some], vectors.mapped.vectors[some])
        fresh.append((put_content(blobs, data), len(some)))
    return fresh
