"""Writes of embedding spaces: made, filled segment by segment, deleted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from whorl.base.errors import Conflict
from whorl.base.ids import new_id
from whorl.models.embeddings.queries import Space, find_space, get_space, list_spaces
from whorl.store.db.tables import embedding_map, embedding_map_point, embedding_segment, embedding_space


def create_space(
    conn: Connection,
    project_id: str,
    *,
    source: str,
    now: datetime,
    kind: str = "image",
    name: str | None = None,
    model_id: str | None = None,
    is_kept: bool = True,
    can_read_text: bool = False,
) -> Space:
    """Make a space without vectors.

    Args:
        source: A feature's name, or the reference of an adapter that embeds; of a model its id.
        name: Unique in the project; made of the source when left out.

    Raises:
        Conflict: The project has a space of this name.
    """
    taken = {one.name for one in list_spaces(conn, project_id)}
    if name is not None and name in taken:
        raise Conflict(f"the project has a space named {name!a}", hint="Give another name, or use that space.")
    space_id = new_id("space", at=now.timestamp())
    conn.execute(
        insert(embedding_space).values(
            id=space_id,
            project_id=project_id,
            name=name or _free_name(source if kind == "image" else f"{source} crops", taken),
            kind=kind,
            source=source,
            model_id=model_id,
            is_kept=is_kept,
            can_read_text=can_read_text,
            created_at=now,
        )
    )
    return get_space(conn, space_id)


def find_or_create_default_space(conn: Connection, project_id: str, *, source: str, now: datetime) -> Space:
    """The project's first space of whole images, or a new one.

    Args:
        source: Of a new one; see ``whorl.models.embeddings.sources.default_source``.
    """
    found = find_space(conn, project_id, None, kind="image")
    return found or create_space(conn, project_id, source=source, now=now)


def add_segment(conn: Connection, space_id: str, *, blob_sha256: str, rows: int, width: int, now: datetime) -> None:
    """Note a segment whose blob is stored.

    Raises:
        Conflict: The space holds vectors of another width.
        NotFound: The space was deleted meanwhile.
    """
    space = get_space(conn, space_id)
    if space.width is None:
        conn.execute(update(embedding_space).where(embedding_space.c.key == space.key).values(width=width))
    elif space.width != width:
        raise Conflict(
            f"{space.source} gave vectors of {width} numbers; those of space {space.name!a} have {space.width}",
            hint="The model has changed: make a new space for it.",
        )
    conn.execute(
        insert(embedding_segment).values(space_key=space.key, blob_sha256=blob_sha256, rows=rows, created_at=now)
    )


def replace_segments(
    conn: Connection, space_id: str, gone: list[int], fresh: list[tuple[str, int]], *, width: int, now: datetime
) -> None:
    """Put new segments in the place of old ones, which hold vectors that nobody needs.

    Args:
        gone: Keys of the old ones.
        fresh: Blobs and rows of the new ones.
    """
    # First the new ones: a key that is free again could be given to one of them.
    for blob_sha256, rows in fresh:
        add_segment(conn, space_id, blob_sha256=blob_sha256, rows=rows, width=width, now=now)
    for start in range(0, len(gone), 500):
        conn.execute(delete(embedding_segment).where(embedding_segment.c.key.in_(gone[start : start + 500])))


def delete_space(conn: Connection, space_id: str) -> list[str]:
    """Delete a space with its vectors and maps; give the blobs that were theirs alone.

    Raises:
        NotFound: There is none with this id.
    """
    space = get_space(conn, space_id)
    mine = embedding_segment.c.space_key == space.key
    blobs = list(conn.execute(select(embedding_segment.c.blob_sha256).where(mine)).scalars())
    maps = embedding_map.c.space_key == space.key
    blobs += list(conn.execute(select(embedding_map.c.blob_sha256).where(maps)).scalars())
    points = embedding_map_point.c.map_id.in_(select(embedding_map.c.id).where(maps))
    conn.execute(delete(embedding_map_point).where(points))
    conn.execute(delete(embedding_map).where(maps))
    conn.execute(delete(embedding_segment).where(mine))
    conn.execute(delete(embedding_space).where(embedding_space.c.key == space.key))
    return sorted(set(blobs))


def _free_name(wanted: str, taken: set[str]) -> str:
    name, number = wanted[:180], 1
    while name in taken:
        number += 1
        name = f"{wanted[:180]} {number}"
    return name
