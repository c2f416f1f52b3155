"""Read a compiled query: a page, all of it, or how many there are."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from whorl.base.errors import InvalidInput
from whorl.datasets.dql import cursors
from whorl.datasets.dql.compile import CompiledQuery
from whorl.datasets.dql.drives import choose_drive, key_range

MAX_LIMIT = 1000
COUNT_CAP = 10_000
COUNT_BUDGET_S = 0.03
CHUNK = 10_000
_NO_LIMIT = 2**40
_FIRST_SPAN = 16_384
_GROWTH = 4


@dataclass(frozen=True, slots=True)
class Count:
    """How many items match; when ``is_capped`` at least that many, and counting stopped there."""

    count: int
    is_capped: bool


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Item keys in the query's order, and the cursor of the next page; None at the end."""

    keys: list[int]
    next_cursor: str | None


def list_keys(
    conn: Connection, compiled: CompiledQuery, *, cursor: str | None = None, limit: int | None = None
) -> KeyPage:
    """Read one page of item keys, stable while others write.

    Args:
        limit: 1 to 1000; the query's page size, or 100, when left out.

    Raises:
        QueryError: The cursor is broken, or of another query.
        InvalidInput: The limit is out of range.
    """
    limit = limit or compiled.query.page_size or 100
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInput(f"limit {limit}; allowed: 1 to {MAX_LIMIT}")
    drive = choose_drive(conn, compiled, is_ordered=True)
    rows = conn.execute(compiled.page(cursor=cursor, limit=limit, drive=drive)).all()
    keys = [int(row[0]) for row in rows[:limit]]
    if len(rows) <= limit:
        return KeyPage(keys, None)
    return KeyPage(keys, cursors.encode(compiled.digest, [*rows[limit - 1][1:], keys[-1]]))


def read_keys(conn: Connection, compiled: CompiledQuery) -> list[int]:
    """Read the keys of all matching items, in the order they were added."""
    drive = choose_drive(conn, compiled, is_ordered=False)
    return sorted(conn.execute(compiled.select_keys(drive)).scalars())


def iter_keys(conn: Connection, compiled: CompiledQuery) -> Iterator[list[int]]:
    """Read the keys of all matching items in the query's order, some thousands at a time; the first come first."""
    drive = choose_drive(conn, compiled, is_ordered=True)
    found = compiled.page(limit=_NO_LIMIT, drive=drive)
    for rows in conn.execute(found, execution_options={"stream_results": True, "yield_per": CHUNK}).partitions():
        yield [row[0] for row in rows]


def count(
    conn: Connection, compiled: CompiledQuery, *, cap: int = COUNT_CAP, budget_s: float | None = COUNT_BUDGET_S
) -> Count:
    """Count matching items, but stop at ``cap`` or when the time is used up: a bounded time for any query.

    The dataset is counted a stretch of keys at a time, and the first stretch always to its end, so small datasets
    are counted exactly however busy the machine is. A past revision is counted in one go, without a time limit.

    Args:
        budget_s: Seconds after which no further stretch is begun; None for no limit.
    """
    started = time.perf_counter()
    drive = choose_drive(conn, compiled, is_ordered=False)
    if compiled.as_of is not None or (drive is not None and drive.is_list):
        found = _count(conn, compiled.select_keys(drive), cap + 1)
        return Count(min(found, cap), found > cap)
    ends = key_range(conn, compiled)
    if ends is None:
        return Count(0, is_capped=False)
    low, high = ends
    found, span = 0, _FIRST_SPAN
    while low <= high and found <= cap:
        begun = time.perf_counter()
        if budget_s is not None and low > ends[0] and begun - started > budget_s:
            return Count(found, is_capped=True)
        some = compiled.select_keys(drive, within=(low, low + span - 1))
        found += _count(conn, some, cap + 1 - found)
        low += span
        if budget_s is None or time.perf_counter() - begun < budget_s / (_GROWTH * _GROWTH):
            span *= _GROWTH
    return Count(min(found, cap), found > cap)


def _count(conn: Connection, keys: Select[Any], limit: int) -> int:
    return int(conn.execute(select(func.count()).select_from(keys.limit(limit).subquery())).scalar_one())
