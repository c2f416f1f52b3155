"""Mark a metadata field as filterable: an index on its typed value, used by every later query."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, column, insert, select, text

from whorl.base.errors import Conflict, InvalidInput
from whorl.datasets.dql.elements import JsonAt, ReadAs
from whorl.datasets.dql.fields import ITEMS, fail, join_path, resolve, split_path
from whorl.store.db.tables.datasets import filterable
from whorl.store.db.types import Json

MAX_FILTERABLE = 20
ValueType = Literal["text", "number"]
_READ_AS = {"text": ReadAs.TEXT, "number": ReadAs.NUMBER}


def mark_filterable(conn: Connection, field: str, value_type: ValueType, *, now: datetime) -> str:
    """Build the index for a metadata field such as ``camera`` or ``metadata.weather.sky`` and give its name.

    Marking the same field as the same type again changes nothing. The index holds every dataset; building it reads
    all items once (about 15 s for a million on SQLite), and on SQLite other writes wait meanwhile.

    Raises:
        QueryError: The field is not a metadata field.
        Conflict: It is marked as the other type already.
        InvalidInput: Twenty fields are marked, or the type is unknown.
    """
    if value_type not in _READ_AS:
        raise InvalidInput(f"unknown type {value_type!r}; allowed: text, number")
    segments = split_path(field, "field")
    found = resolve(segments if segments[0] == "metadata" else ["metadata", *segments], ITEMS, "field")
    name = join_path(found.path)
    marked = {row.field: row for row in conn.execute(select(filterable))}
    if name in marked:
        if marked[name].value_type != value_type:
            raise Conflict(f"{name} is filterable as {marked[name].value_type} already")
        return str(marked[name].index_name)
    if len(marked) >= MAX_FILTERABLE:
        raise InvalidInput(
            f"{len(marked)} fields are filterable; at most {MAX_FILTERABLE}", hint="Each index slows every write."
        )
    if len(name) > 200:
        fail("the path is too long to index", "field")
    index = f"ix_meta_{hashlib.sha256(name.encode()).hexdigest()[:16]}"
    _create_index(conn, index, found.path, _READ_AS[value_type])
    conn.execute(insert(filterable).values(field=name, value_type=value_type, index_name=index, created_at=now))
    return index


def _create_index(conn: Connection, index: str, path: tuple[str, ...], read_as: ReadAs) -> None:
    value = str(JsonAt(column("metadata", Json), path, read_as).compile(dialect=conn.dialect))
    if conn.dialect.name == "sqlite" and "json_each" in value:
        fail("SQLite cannot index a key with these characters", "field")
    statement = f"CREATE INDEX {index} ON item_state (dataset_key, died_rev, ({value}), item_key)"
    # Not text(): a colon in a key is no parameter. Percent signs are doubled already where the driver wants that.
    conn.exec_driver_sql(statement)
    conn.execute(text("ANALYZE item_state"))
