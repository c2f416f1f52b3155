"""Where a page ended: opaque text that holds the last row's sort values and key.

A cursor is not signed: it opens nothing that the query does not, and each value in it is checked before use.
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import Boolean, Integer, String
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.types import Double

from whorl.base.errors import QueryError
from whorl.datasets.dql.fields import check_text
from whorl.store.db.types import UtcDateTime

_MAX_LENGTH = 20_000

CursorValue = None | bool | int | float | str | datetime


def encode(digest: str, values: Sequence[CursorValue]) -> str:
    """Write a cursor from the last row's sort values and key."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps([digest, *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


# Any: the columns' types differ.
def decode(cursor: str, digest: str, types: Sequence[TypeEngine[Any]]) -> list[CursorValue]:
    """Read a cursor: one value for each sort column, then the key.

    Raises:
        QueryError: It is damaged, or belongs to another query, order, dataset or moment.
    """
    if len(cursor) > _MAX_LENGTH:
        _refuse("it is too long")
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        _refuse("it is damaged")
    if not isinstance(found, list) or len(found) != len(types) + 2:
        _refuse("it is damaged")
    if found[0] != digest:
        _refuse("it belongs to another query")
    values = [_check(value, kind) for value, kind in zip(found[1:-1], types, strict=True)]
    key = found[-1]
    if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key < 2**63:
        _refuse("it is damaged")
    return [*values, key]


def _check(value: object, kind: TypeEngine[Any]) -> CursorValue:  # Any: as above
    if value is None:
        return None
    if isinstance(kind, UtcDateTime) and isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            _refuse("it is damaged")
        return moment if moment.tzinfo is not None else _refuse("it is damaged")
    if isinstance(kind, Boolean) and isinstance(value, bool):
        return value
    if isinstance(kind, Double) and isinstance(value, float) and not math.isnan(value):
        return value
    if isinstance(kind, Integer) and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    if isinstance(kind, String) and isinstance(value, str):
        return check_text(value, "cursor")
    return _refuse("it is damaged")


def _refuse(reason: str) -> NoReturn:
    raise QueryError(f"the cursor cannot be used: {reason}", hint="Start from the first page.")
