"""Compile a query for a dataset, read it page by page, and count it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal, or_, select
from sqlalchemy.types import Double

from whorl.base.errors import InvalidInput, QueryError
from whorl.datasets.dql import cursors
from whorl.datasets.dql.ast import And, AnnotationMatch, Compare, Condition, LayerChoice, Op, Quantifier, Query, all_of
from whorl.datasets.dql.comparisons import Column, sort_columns
from whorl.datasets.dql.conditions import Standing, item_fields, uses_item_table
from whorl.datasets.dql.fields import join_path, nearest, shorten
from whorl.store.db.tables.annotations import annotation
from whorl.store.db.tables.datasets import filterable, item, item_state, snapshot

MAX_LIMIT = 1000
COUNT_CAP = 10_000
_PROBE_CAP = 20_000


@dataclass(frozen=True, slots=True)
class Count:
    """How many items match; when ``is_capped`` there are more than ``count``."""

    count: int
    is_capped: bool


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Item keys in the query's order, and the cursor of the next page; None at the end."""

    keys: list[int]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _SortColumn:
    expression: Column
    is_descending: bool


@dataclass(frozen=True)
class CompiledQuery:
    """A query bound to a dataset and a moment. ``keys`` selects the matching item keys, each once, in no order."""

    query: Query
    dataset_key: int
    as_of: int | None
    keys: Select[tuple[int]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", self._select(None))

    def __clause_element__(self) -> Select[tuple[int]]:
        # Lets a caller write item.c.key.in_(compiled).
        return self.keys

    @property
    def digest(self) -> str:
        """What tells this query, dataset and moment from others; part of each cursor."""
        text = repr((self.query.where, self.query.sort, self.dataset_key, self.as_of))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def page(self, *, cursor: str | None = None, limit: int, driver: AnnotationMatch | None = None) -> Select[Any]:
        """Select one page and one row more: the item key, then the sort columns.

        Raises:
            QueryError: The cursor is broken, or of another query.
        """
        columns = self._sort_columns()
        if driver is None or columns:
            found = self._select(driver, as_list=bool(columns)).add_columns(*(one.expression for one in columns))
            key: Column = item_state.c.item_key
        else:
            found, key = self._select(driver), annotation.c.item_key
        if cursor is not None:
            found = found.where(self._after(columns, key, cursor))
        order = [one.expression.desc() if one.is_descending else one.expression.asc() for one in columns]
        return found.order_by(*order, key).limit(limit + 1)

    def _select(self, driver: AnnotationMatch | None, *, as_list: bool = False) -> Select[Any]:
        """Select item keys, walking the items' states or, given a driver, the annotations that satisfy it."""
        standing = Standing(self.as_of)
        parts = _conjuncts(self.query.where)
        rest = standing.condition(all_of(part for part in parts if part != driver))
        by_item = uses_item_table([*item_fields(self.query.where), *(one.field for one in self.query.sort)])
        if driver is None or as_list:
            found = select(item_state.c.item_key).where(item_state.c.dataset_key == self.dataset_key)
            if driver is not None:
                found = found.where(item_state.c.item_key.in_(self._driving(driver)))
        else:
            # Without the dataset in the states' condition, only the index by item can serve this join.
            found = self._driving(driver).join(item_state, item_state.c.item_key == annotation.c.item_key)
        if by_item:
            found = found.join(item, and_(item.c.key == item_state.c.item_key, standing.of(item)))
        return found.where(standing.of(item_state), rest)

    def _driving(self, driver: AnnotationMatch) -> Select[Any]:
        condition = and_(annotation.c.dataset_key == self.dataset_key, Standing(self.as_of).matching(driver))
        return select(annotation.c.item_key).distinct().where(condition)

    def _sort_columns(self) -> list[_SortColumn]:
        found: list[_SortColumn] = []
        for key in self.query.sort:
            for expression, is_nullable in sort_columns(key.field):
                if is_nullable:
                    found.append(_SortColumn(case((expression.is_(None), 1), else_=0), is_descending=False))
                found.append(_SortColumn(expression, key.is_descending))
        return found

    def _after(self, columns: list[_SortColumn], key: Column, cursor: str) -> ColumnElement[bool]:
        """The rows that come after the cursor's, in the order of the columns and then the key."""
        types = [one.expression.type for one in columns]
        *values, last_key = cursors.decode(cursor, self.digest, types)
        steps: list[ColumnElement[bool]] = []
        equal: list[ColumnElement[bool]] = []
        for one, value in zip(columns, values, strict=True):
            if value is None:
                continue  # the flag before this column says already that both are null
            at = literal(value, Double() if isinstance(value, float) else one.expression.type)
            further = one.expression < at if one.is_descending else one.expression > at
            steps.append(and_(*equal, further))
            equal.append(one.expression == at)
        if not equal:
            return key > last_key
        return or_(*steps, and_(*equal, key > last_key))


def compile_query(query: Query, *, dataset_key: int, as_of: int | None = None) -> CompiledQuery:
    """Bind a query to a dataset, as it stands now or as it stood at revision ``as_of``.

    Raises:
        QueryError: The query names a snapshot and ``as_of`` was not resolved; see ``resolve_snapshot``.
    """
    if query.snapshot is not None and as_of is None:
        raise QueryError(
            f"the query reads snapshot {shorten(query.snapshot)}, whose revision was not given",
            hint="Resolve it with resolve_snapshot and pass as_of.",
        )
    return CompiledQuery(query, dataset_key, as_of)


def resolve_snapshot(conn: Connection, query: Query, *, dataset_key: int) -> int | None:
    """The revision of the snapshot that the query names by id or name, or None when it names none.

    Raises:
        QueryError: This dataset has no such snapshot; names the nearest.
    """
    if query.snapshot is None:
        return None
    mine = select(snapshot.c.revision).where(snapshot.c.dataset_key == dataset_key)
    for column in (snapshot.c.id, snapshot.c.name):
        revision = conn.execute(mine.where(column == query.snapshot)).scalar()
        if revision is not None:
            return int(revision)
    newest = select(snapshot.c.name).where(snapshot.c.dataset_key == dataset_key).order_by(snapshot.c.revision.desc())
    names = list(conn.execute(newest.limit(50)).scalars())
    raise QueryError(
        f"no snapshot {shorten(query.snapshot)} in this dataset",
        hint=nearest(query.snapshot, names) if names else "It has no snapshots.",
    )


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
    driver = choose_driver(conn, compiled)
    if driver is not None and compiled.query.sort and _probe(conn, compiled, driver) >= _PROBE_CAP:
        driver = None  # many matches: better to walk in the order asked for
    rows = conn.execute(compiled.page(cursor=cursor, limit=limit, driver=driver)).all()
    keys = [int(row[0]) for row in rows[:limit]]
    if len(rows) <= limit:
        return KeyPage(keys, None)
    return KeyPage(keys, cursors.encode(compiled.digest, [*rows[limit - 1][1:], keys[-1]]))


def count(conn: Connection, compiled: CompiledQuery, *, cap: int = COUNT_CAP) -> Count:
    """Count matching items, but stop at ``cap``: a bounded time for queries that match a million."""
    driver = choose_driver(conn, compiled)
    some = compiled._select(driver).limit(cap + 1).subquery()  # noqa: SLF001 - the same module
    found = int(conn.execute(select(func.count()).select_from(some)).scalar_one())
    return Count(min(found, cap), found > cap)


def choose_driver(conn: Connection, compiled: CompiledQuery) -> AnnotationMatch | None:
    """Choose the condition whose annotations to walk, or None to walk the items.

    The databases know how common labels are on average, not how common this label is, so up to 20,000 index
    entries of each candidate are counted first: about a millisecond each.
    """
    parts = _conjuncts(compiled.query.where)
    matches = [part for part in parts if isinstance(part, AnnotationMatch) and _can_drive(part)]
    others = [part for part in parts if _has_index(conn, part)]
    if not matches:
        return None
    if len(matches) == 1 and not others:
        return matches[0]
    sizes = [_probe(conn, compiled, match) for match in matches]
    smallest = min(sizes)
    if any(_probe(conn, compiled, other) < smallest for other in others):
        return None
    if smallest >= _PROBE_CAP and others:
        return None
    return matches[sizes.index(smallest)]


def _conjuncts(where: Condition) -> tuple[Condition, ...]:
    return where.parts if isinstance(where, And) else (where,)


def _can_drive(part: AnnotationMatch) -> bool:
    """Whether the index of annotations by label leads to the rows, in the order of their items."""
    if part.quantifier is not Quantifier.SOME or part.layer is LayerChoice.ANY:
        return False
    return any(
        isinstance(one, Compare) and one.field.name == "label" and one.op is Op.EQ for one in _conjuncts(part.where)
    )


def _has_index(conn: Connection, part: Condition) -> bool:
    if not isinstance(part, Compare) or part.op not in {Op.EQ, Op.IN}:
        return False
    if part.field.name == "subset":
        return True
    marked = select(filterable.c.field).where(filterable.c.field == join_path(part.field.path))
    return part.field.name == "metadata" and conn.execute(marked).first() is not None


def _probe(conn: Connection, compiled: CompiledQuery, part: Condition) -> int:
    """Count the rows a single condition leads to, up to the cap."""
    standing = Standing(compiled.as_of)
    if isinstance(part, AnnotationMatch):
        rows = select(annotation.c.item_key).where(
            annotation.c.dataset_key == compiled.dataset_key, standing.matching(part)
        )
    else:
        rows = select(item_state.c.item_key).where(
            item_state.c.dataset_key == compiled.dataset_key, standing.of(item_state), standing.condition(part)
        )
    return int(conn.execute(select(func.count()).select_from(rows.limit(_PROBE_CAP).subquery())).scalar_one())
