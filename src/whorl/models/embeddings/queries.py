"""Reads of embedding spaces and their segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from whorl.base.errors import NotFound
from whorl.models.embeddings.segment_list import Segment
from whorl.store.db.tables import embedding_segment, embedding_space


@dataclass(frozen=True)
class Space:
    """A space as stored.

    Args:
        kind: ``image`` or ``crop``.
        source: A feature's name, or the reference of an adapter that embeds; of a model its id.
        width: Numbers per vector; None before the first.
        is_kept: Embeds what arrives by itself.
        can_read_text: What embeds images embeds texts too.
    """

    key: int
    id: str
    project_id: str
    name: str
    kind: str
    source: str
    model_id: str | None
    width: int | None
    is_kept: bool
    can_read_text: bool
    created_at: datetime


def get_space(conn: Connection, space_id: str) -> Space:
    """Give a space.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(_spaces().where(embedding_space.c.id == space_id)).one_or_none()
    if row is None:
        raise NotFound(f"no space with id {space_id[:60]!a}", hint="It may have been deleted; `whorl embed --list`.")
    return _space(row)


def list_spaces(conn: Connection, project_id: str) -> list[Space]:
    """A project's spaces, oldest first."""
    query = _spaces().where(embedding_space.c.project_id == project_id).order_by(embedding_space.c.key)
    return [_space(row) for row in conn.execute(query)]


def find_space(conn: Connection, project_id: str, name: str | None, *, kind: str | None = None) -> Space | None:
    """A project's space by id or name, or None; without a name its first.

    Args:
        kind: Only spaces of this kind, when no name is given.
    """
    found = list_spaces(conn, project_id)
    if name is None:
        return next((one for one in found if kind is None or one.kind == kind), None)
    return next((one for one in found if name in (one.id, one.name)), None)


def choose_space(conn: Connection, project_id: str, name: str | None, *, kind: str | None = None) -> Space:
    """As ``find_space``, when there must be one.

    Raises:
        NotFound: There is none of this name, or none at all; the spaces that there are are listed.
    """
    found = find_space(conn, project_id, name, kind=kind)
    if found is not None:
        return found
    if name is None:
        what = "no space" if kind is None else f"no space of {kind}s"
        raise NotFound(f"this project has {what} yet", hint="Embed a dataset first: whorl embed DATASET.")
    names = ", ".join(one.name for one in list_spaces(conn, project_id)) or "none"
    raise NotFound(f"no space {name[:60]!a} in this project; there are: {names}", hint="Give one of them.")


def list_segments(conn: Connection, space_id: str) -> list[Segment]:
    """A space's segments, oldest first."""
    columns = (embedding_segment.c.key, embedding_segment.c.blob_sha256, embedding_segment.c.rows)
    query = select(*columns).join(embedding_space, embedding_space.c.key == embedding_segment.c.space_key)
    found = conn.execute(query.where(embedding_space.c.id == space_id).order_by(embedding_segment.c.key))
    return [Segment(row.key, row.blob_sha256, row.rows) for row in found]


def count_vectors(conn: Connection, space_keys: Sequence[int]) -> dict[int, int]:
    """How many vectors each space stores; spaces without any are left out."""
    segment = embedding_segment.c
    query = select(segment.space_key, func.sum(segment.rows)).where(segment.space_key.in_(space_keys))
    return {int(key): int(rows) for key, rows in conn.execute(query.group_by(segment.space_key))}


# Any: the columns of a select are typed by its tables, not in Python.
def _spaces() -> Select[Any]:
    return select(embedding_space)


def _space(row: Row[Any]) -> Space:
    # The row as a mapping: SQLAlchemy's own way to name its columns.
    return Space(**dict(row._mapping))  # noqa: SLF001
