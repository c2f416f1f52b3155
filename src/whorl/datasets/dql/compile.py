"""Compile a query for a dataset, read it page by page, and count it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, literal, or_, select
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.types import Double

from whorl.base.errors import InvalidInput, QueryError
from whorl.datasets.dql import cursors
from whorl.datasets.dql.ast import (
    And,
    AnnotationMatch,
    Compare,
    Condition,
    LayerChoice,
    Not,
    Op,
    Quantifier,
    Query,
    all_of,
)
from whorl.datasets.dql.comparisons import Column, sort_columns
from whorl.datasets.dql.conditions import Standing, item_fields, uses_item_table
from whorl.datasets.dql.elements import WalkJoin
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


@dataclass(frozen=True, slots=True)
class Drive:
    """Walk the annotations of one condition first: as a list of item keys when they are few, else in their order."""

    match: AnnotationMatch
    is_list: bool


_WALKED = annotation.alias("walked")


@dataclass(frozen=True)
class CompiledQuery:
    """A query bound to a dataset and a moment. ``keys`` selects the matching item keys, each once, in no order."""

    query: Query
    dataset_key: int
    as_of: int | None
    keys: Select[tuple[int]] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", self.select_keys(None))

    def __clause_element__(self) -> Select[tuple[int]]:
        # Lets a caller write item.c.key.in_(compiled).
        return self.keys

    @property
    def digest(self) -> str:
        """What tells this query, dataset and moment from others; part of each cursor."""
        text = repr((self.query.where, self.query.sort, self.dataset_key, self.as_of))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def page(self, *, cursor: str | None = None, limit: int, drive: Drive | None = None) -> Select[Any]:
        """Select one page and one row more: the item key, then the sort columns.

        Raises:
            QueryError: The cursor is broken, or of another query.
        """
        columns = self._sort_columns()
        found, key = self.select_keys(drive), self._key(drive)
        found = found.add_columns(*(one.expression for one in columns))
        if cursor is not None:
            found = found.where(self._after(columns, key, cursor))
        order = [one.expression.desc() if one.is_descending else one.expression.asc() for one in columns]
        return found.order_by(*order, key).limit(limit + 1)

    def select_keys(self, drive: Drive | None) -> Select[Any]:
        """Select item keys by walking the items' states or, given a drive, the annotations that satisfy it."""
        key = self._key(drive)
        standing = Standing(self.as_of, key)
        found = select(key)
        if drive is None:
            found = found.select_from(self._states())
        elif drive.is_list:
            listed = select(annotation.c.item_key).where(self._in_layer(drive.match))
            found = found.select_from(self._states()).where(item_state.c.item_key.in_(listed))
        else:
            walked = ClauseAdapter(_WALKED).traverse(self._in_layer(drive.match))
            states = WalkJoin(_WALKED, self._states(), item_state.c.item_key == _WALKED.c.item_key)
            found = found.select_from(states).where(walked).distinct()
        driven = None if drive is None else drive.match
        rest = all_of(part for part in _conjuncts(self.query.where) if part != driven)
        found = found.where(item_state.c.dataset_key == self.dataset_key, standing.of(item_state))
        return found.where(standing.condition(rest))

    def _states(self) -> FromClause:
        if not self._uses_items():
            return item_state
        mine = and_(item.c.dataset_key == self.dataset_key, Standing(self.as_of).of(item))
        return item_state.join(item, and_(item.c.key == item_state.c.item_key, mine))

    def _uses_items(self) -> bool:
        return uses_item_table([*item_fields(self.query.where), *(one.field for one in self.query.sort)])

    def _key(self, drive: Drive | None) -> Column:
        """The column of item keys that the walk comes by first, so that its index gives the order."""
        if drive is not None and not drive.is_list:
            return _WALKED.c.item_key
        return item.c.key if self.query.sort and self._uses_items() else item_state.c.item_key

    def _in_layer(self, match: AnnotationMatch) -> ColumnElement[bool]:
        return and_(annotation.c.dataset_key == self.dataset_key, Standing(self.as_of).matching(match))

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
    drive = choose_drive(conn, compiled, is_ordered=True)
    rows = conn.execute(compiled.page(cursor=cursor, limit=limit, drive=drive)).all()
    keys = [int(row[0]) for row in rows[:limit]]
    if len(rows) <= limit:
        return KeyPage(keys, None)
    return KeyPage(keys, cursors.encode(compiled.digest, [*rows[limit - 1][1:], keys[-1]]))


def count(conn: Connection, compiled: CompiledQuery, *, cap: int = COUNT_CAP) -> Count:
    """Count matching items, but stop at ``cap``: a bounded time for queries that match a million."""
    drive = choose_drive(conn, compiled, is_ordered=False)
    some = compiled.select_keys(drive)
    if drive is None and any(isinstance(part, AnnotationMatch | Not) for part in _conjuncts(compiled.query.where)):
        # In the order of items, so that looking up their annotations reads the index from end to end.
        some = some.order_by(item_state.c.item_key)
    some_keys = some.limit(cap + 1).subquery()
    found = int(conn.execute(select(func.count()).select_from(some_keys)).scalar_one())
    return Count(min(found, cap), found > cap)


def choose_drive(conn: Connection, compiled: CompiledQuery, *, is_ordered: bool) -> Drive | None:
    """Choose the condition whose annotations to walk, or None to walk the items.

    The databases know how common labels are on average, not how common this label is, so up to 20,000 index
    entries of each candidate are counted first: about a millisecond each.

    Args:
        is_ordered: The keys are wanted in the query's order, so a long walk must come by them in that order.
    """
    parts = _conjuncts(compiled.query.where)
    matches = [part for part in parts if isinstance(part, AnnotationMatch) and _can_drive(part)]
    if not matches:
        return None
    indexed = [part for part in parts if _has_index(conn, part)]
    if len(matches) == 1 and not indexed and not compiled.query.sort and _is_one_label(matches[0]):
        return Drive(matches[0], is_list=False)
    sizes = [_probe(conn, compiled, match) for match in matches]
    smallest = min(sizes)
    best = matches[sizes.index(smallest)]
    others = [_probe(conn, compiled, part) for part in indexed]
    if any(size < smallest for size in others):
        return None
    if smallest < _PROBE_CAP:
        return Drive(best, is_list=True)
    if is_ordered and (compiled.query.sort or not _is_one_label(best)):
        return None
    return Drive(best, is_list=False)


def _conjuncts(where: Condition) -> tuple[Condition, ...]:
    return where.parts if isinstance(where, And) else (where,)


def _can_drive(part: AnnotationMatch) -> bool:
    """Whether the index of annotations by label leads to the rows."""
    if part.quantifier is not Quantifier.SOME or part.layer is LayerChoice.ANY:
        return False
    return any(_is_label(one) for one in _conjuncts(part.where))


def _is_label(part: Condition) -> bool:
    return isinstance(part, Compare) and part.field.name == "label" and part.op in {Op.EQ, Op.IN}


def _is_one_label(part: AnnotationMatch) -> bool:
    """Whether the index gives the rows in the order of their items."""
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
        # Only the labels: what else is asked would make the probe read on past the cap.
        labels = AnnotationMatch(part.quantifier, all_of(filter(_is_label, _conjuncts(part.where))), part.layer)
        rows = select(annotation.c.item_key).where(
            annotation.c.dataset_key == compiled.dataset_key, standing.matching(labels)
        )
    else:
        rows = select(item_state.c.item_key).where(
            item_state.c.dataset_key == compiled.dataset_key, standing.of(item_state), standing.condition(part)
        )
    return int(conn.execute(select(func.count()).select_from(rows.limit(_PROBE_CAP).subquery())).scalar_one())
