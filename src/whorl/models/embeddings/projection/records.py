"""Maps as they are stored: read, written, tidied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from whorl.base.errors import JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.datasets.revisions import load_dataset
from whorl.schemas.embeddings import EmbeddingMap
from whorl.store.blobs import BlobStore, content_key
from whorl.store.db.tables import dataset, embedding_map, embedding_map_point, embedding_space, item_state
from whorl.store.db.types import ALIVE

KEPT = 5
POINTS_AT_ONCE = 5_000


@dataclass(frozen=True)
class StoredMap:
    """A map as stored; its blob holds item keys and places."""

    id: str
    dataset_id: str
    dataset_key: int
    space_id: str
    space_key: int
    revision: int
    method: str
    params: Mapping[str, JsonValue]
    blob_sha256: str
    rows: int
    created_at: datetime


def get_map(conn: Connection, map_id: str) -> StoredMap:
    """Give a map.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_maps().where(embedding_map.c.id == map_id)).one_or_none()
    if row is None:
        raise NotFound(f"no map with id {map_id[:60]!a}", hint="The newest five of a dataset are kept; list them.")
    return _map(row)


def list_maps(conn: Connection, dataset_id: str) -> list[StoredMap]:
    """A dataset's maps, newest first."""
    found = conn.execute(_maps().where(dataset.c.id == dataset_id).order_by(embedding_map.c.id.desc()))
    return [_map(row) for row in found]


def find_newest(conn: Connection, *, dataset_id: str, space_id: str) -> StoredMap | None:
    """The newest map of a dataset in a space, or None."""
    return next((one for one in list_maps(conn, dataset_id) if one.space_id == space_id), None)


def list_map_blobs(conn: Connection) -> set[str]:
    """SHA-256 of every map's blob."""
    return set(conn.execute(select(embedding_map.c.blob_sha256)).scalars())


def to_wire(conn: Connection, found: StoredMap) -> EmbeddingMap:
    """A map with how many of the dataset's items are not on it now."""
    alive = (item_state.c.dataset_key == found.dataset_key) & (item_state.c.died_rev == ALIVE)
    total = conn.execute(select(func.count()).select_from(item_state).where(alive)).scalar_one()
    points = select(embedding_map_point.c.item_key).where(embedding_map_point.c.map_id == found.id)
    query = select(func.count()).select_from(item_state).where(alive, item_state.c.item_key.in_(points))
    on_it = conn.execute(query).scalar_one()
    return EmbeddingMap(
        id=found.id,
        dataset_id=found.dataset_id,
        space_id=found.space_id,
        revision=found.revision,
        method=found.method,
        params=dict(found.params),
        n_points=found.rows,
        n_missing=total - on_it,
        created_at=found.created_at,
    )


def add_points(conn: Connection, map_id: str, keys: Sequence[int], places: Sequence[Sequence[int]]) -> None:
    """Write some of the points of a map whose row comes when all are there."""
    rows = [{"map_id": map_id, "item_key": key, "x": x, "y": y} for key, (x, y) in zip(keys, places, strict=True)]
    conn.execute(insert(embedding_map_point), rows)


def add_map(
    conn: Connection,
    map_id: str,
    *,
    dataset_id: str,
    space_id: str,
    method: str,
    params: Mapping[str, JsonValue],
    blob_sha256: str,
    rows: int,
    revision: int,
    now: datetime,
) -> None:
    """Note a map whose blob and points are stored; a map of a space that was deleted meanwhile is left out."""
    space_key = conn.execute(select(embedding_space.c.key).where(embedding_space.c.id == space_id)).scalar()
    if space_key is None:
        conn.execute(delete(embedding_map_point).where(embedding_map_point.c.map_id == map_id))
        return
    conn.execute(
        insert(embedding_map).values(
            id=map_id,
            space_key=space_key,
            dataset_key=load_dataset(conn, dataset_id).key,
            revision=revision,
            method=method,
            params=dict(params),
            blob_sha256=blob_sha256,
            rows=rows,
            created_at=now,
        )
    )


def drop_old_maps(conn: Connection, *, dataset_id: str, space_id: str, now: datetime) -> list[str]:
    """Forget all but the newest four maps of a dataset in a space, and points left by a kill; the blobs freed."""
    mine = [one for one in list_maps(conn, dataset_id) if one.space_id == space_id]
    gone = mine[KEPT - 1 :]
    ids = [one.id for one in gone]
    conn.execute(delete(embedding_map_point).where(embedding_map_point.c.map_id.in_(ids)))
    conn.execute(delete(embedding_map).where(embedding_map.c.id.in_(ids)))
    long_ago = new_id("map", at=(now - timedelta(days=1)).timestamp())
    left = embedding_map_point.c.map_id.not_in(select(embedding_map.c.id))
    conn.execute(delete(embedding_map_point).where(left, embedding_map_point.c.map_id < long_ago))
    kept = list_map_blobs(conn)
    return [one.blob_sha256 for one in gone if one.blob_sha256 not in kept]


def read_blob(blobs: BlobStore, found: StoredMap) -> bytes:
    """The bytes of a map; see ``places.encode_places``."""
    return blobs.get(content_key(found.blob_sha256))


# Any: the columns of a select are typed by its tables, not in Python.
def _maps() -> Select[Any]:
    return (
        select(embedding_map, dataset.c.id.label("dataset_id"), embedding_space.c.id.label("space_id"))
        .join(dataset, dataset.c.key == embedding_map.c.dataset_key)
        .join(embedding_space, embedding_space.c.key == embedding_map.c.space_key)
    )


def _map(row: Row[Any]) -> StoredMap:
    # The row as a mapping: SQLAlchemy's own way to name its columns.
    return StoredMap(**dict(row._mapping))  # noqa: SLF001
