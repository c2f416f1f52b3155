"""Compile a query for a dataset and a moment."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, literal, or_, select
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.types import Double

from whorl.base.errors import QueryError
from whorl.datasets.dql import cursors
from whorl.datasets.dql.ast import (
    AnnotationMatch,
    Compare,
    FindingMatch,
    MapMatch,
    Query,
    SelectionMatch,
    all_of,
)
from whorl.datasets.dql.comparisons import Column, sort_columns
from whorl.datasets.dql.conditions import Standing, conjuncts, item_fields, uses_item_table
from whorl.datasets.dql.elements import ForLookup, LabelWalk, WalkJoin
from whorl.datasets.dql.fields import nearest, shorten
from whorl.datasets.dql.findings import list_found
from whorl.datasets.dql.maps import list_mapped
from whorl.datasets.dql.selections import list_selected
from whorl.store.db.tables.annotations import annotation
from whorl.store.db.tables.datasets import item, item_state, snapshot


@dataclass(frozen=True, slots=True)
class _SortColumn:
    expression: Column
    is_descending: bool


Driver = AnnotationMatch | Compare | FindingMatch | SelectionMatch | MapMatch


@dataclass(frozen=True, slots=True)
class Drive:
    """Go by one condition first: by a list of the item keys it leads to when they are few, else in their order.

    Only a condition on annotations can be walked in order; a list can come of an indexed item field or of an
    evaluation's findings or a selection too.
    """

    match: Driver
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

    def select_keys(self, drive: Drive | None, *, within: tuple[int, int] | None = None) -> Select[Any]:
        """Select item keys by walking the items' states or, given a drive, the annotations that satisfy it.

        Args:
            within: Only keys from the first to the last of these, both included.
        """
        key = self._key(drive)
        standing = Standing(self.as_of, key, self.dataset_key)
        found = select(key) if within is None else select(key).where(key.between(*within))
        if drive is None:
            found = found.select_from(self._states())
        elif drive.is_list:
            found = found.select_from(self._states()).where(item_state.c.item_key.in_(self.entries(drive.match)))
        else:
            assert isinstance(drive.match, AnnotationMatch)
            walked = ClauseAdapter(_WALKED).traverse(self._in_layer(drive.match))
            join = LabelWalk if self.as_of is None else WalkJoin
            states = join(_WALKED, self._states(), item_state.c.item_key == ForLookup(_WALKED.c.item_key))
            found = found.select_from(states).where(walked).distinct()
        driven = None if drive is None else drive.match
        rest = all_of(part for part in conjuncts(self.query.where) if part != driven)
        found = found.where(item_state.c.dataset_key == self.dataset_key, standing.of(item_state))
        return found.where(standing.condition(rest))

    def entries(self, part: Driver) -> Select[Any]:
        """Select the item key of each index entry that one condition leads to."""
        if isinstance(part, FindingMatch):
            return list_found(part, self.dataset_key)
        if isinstance(part, SelectionMatch):
            return list_selected(part, self.dataset_key)
        if isinstance(part, MapMatch):
            return list_mapped(part, self.dataset_key)
        if isinstance(part, AnnotationMatch):
            return select(annotation.c.item_key).where(self._in_layer(part))
        standing = Standing(self.as_of)
        found = select(item_state.c.item_key).where(item_state.c.dataset_key == self.dataset_key)
        return found.where(standing.of(item_state), standing.condition(part)).correlate(None)

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
