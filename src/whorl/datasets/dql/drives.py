"""Choose what to go by: the items, the annotations of one condition, or a short list from an index."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Select, func, select

from whorl.datasets.dql.ast import (
    AnnotationMatch,
    Compare,
    Condition,
    FindingMatch,
    LayerChoice,
    MapMatch,
    Op,
    Quantifier,
    Scalar,
    SelectionMatch,
)
from whorl.datasets.dql.compile import CompiledQuery, Drive, Driver
from whorl.datasets.dql.conditions import Standing, conjuncts, is_label, names_labels
from whorl.datasets.dql.fields import join_path
from whorl.datasets.dql.findings import check_sources
from whorl.datasets.dql.maps import check_maps
from whorl.datasets.dql.selections import check_selections
from whorl.store.db.tables.datasets import filterable, item_state

PROBE_CAP = 5_000
LIST_CAP = 20_000
_MAX_VALUES = 8


def choose_drive(conn: Connection, compiled: CompiledQuery, *, is_ordered: bool) -> Drive | None:
    """Choose the condition to go by, or None to walk the items or leave the choice of index to the database.

    The databases know how common labels are on average, not how common this label is, so up to 5,000 index
    entries of each candidate are counted first: under a millisecond each. Where there are more, how far into the
    dataset they reach tells roughly how many there are in all.

    Args:
        is_ordered: The keys are wanted in the query's order, so a long walk must come by them in that order.

    Raises:
        QueryError: The query names an evaluation, a selection or a map that is not there.
    """
    check_sources(conn, compiled.query.where, compiled.dataset_key)
    check_selections(conn, compiled.query.where, compiled.dataset_key)
    check_maps(conn, compiled.query.where, compiled.dataset_key)
    parts = conjuncts(compiled.query.where)
    found = [part for part in parts if isinstance(part, FindingMatch | SelectionMatch | MapMatch)]
    matches = [part for part in parts if isinstance(part, AnnotationMatch) and _can_drive(part)]
    indexed = [part for part in parts if isinstance(part, Compare) and _has_index(conn, part)]
    if not matches and not found and all(_is_one_value(part) for part in indexed):
        return None
    if len(matches) == 1 and not indexed and not found and not compiled.query.sort and _is_one_label(matches[0]):
        return Drive(matches[0], is_list=False)
    span = key_range(conn, compiled)
    candidates: list[Driver] = [*found, *matches, *indexed]
    sizes = {part: _estimate(conn, compiled, part, span) for part in candidates}
    for part, size in sorted(sizes.items(), key=lambda one: one[1]):
        if isinstance(part, Compare) and (_is_one_value(part) or (part.op is Op.IN and not is_ordered)):
            return None  # the database finds that index by itself
        if size < LIST_CAP or isinstance(part, FindingMatch | SelectionMatch | MapMatch):
            # What a model was tested on, what was chosen, and a part of a map, is a list that fits, however long.
            return Drive(part, is_list=True)
        if isinstance(part, AnnotationMatch):
            is_walkable = not is_ordered or (_is_one_label(part) and not compiled.query.sort)
            return Drive(part, is_list=False) if is_walkable else None
    return None


def key_range(conn: Connection, compiled: CompiledQuery) -> tuple[int, int] | None:
    """The first and last key of the dataset's items as they stand now, or None when there are none."""
    alive = Standing().of(item_state)
    ends = [
        select(one(item_state.c.item_key)).where(item_state.c.dataset_key == compiled.dataset_key, alive)
        for one in (func.min, func.max)
    ]
    low, high = (conn.execute(end).scalar() for end in ends)
    return None if low is None or high is None else (int(low), int(high))


def _can_drive(part: AnnotationMatch) -> bool:
    """Whether the index of annotations by label leads to the rows."""
    if part.quantifier is not Quantifier.SOME or part.layer is LayerChoice.ANY:
        return False
    return names_labels(part.where)


def _is_one_label(part: AnnotationMatch) -> bool:
    """Whether the index gives the rows in the order of their items."""
    return any(is_label(one) and _is_one_value(one) for one in conjuncts(part.where))


def _is_one_value(part: Condition) -> bool:
    return isinstance(part, Compare) and part.op is Op.EQ


def _has_index(conn: Connection, part: Compare) -> bool:
    """Whether an index leads to the rows: one of the value's type, else the database would read every item."""
    if part.field.name == "subset":
        return part.op in {Op.EQ, Op.IN}
    if part.field.name != "metadata" or part.op in {Op.EXISTS, Op.GLOB}:
        return False
    marked = select(filterable.c.value_type).where(filterable.c.field == join_path(part.field.path))
    value_type = conn.execute(marked).scalar()
    values = part.value if isinstance(part.value, tuple) else (part.value,)
    return value_type is not None and all(_value_type(value) == value_type for value in values)


def _value_type(value: Scalar) -> str:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _estimate(conn: Connection, compiled: CompiledQuery, part: Driver, span: tuple[int, int] | None) -> int:
    """How many rows a condition's index leads to: exact below the cap, roughly above it; a range above it: no end."""
    if isinstance(part, FindingMatch | SelectionMatch | MapMatch):
        return _probe(conn, compiled.entries(part), None)
    if isinstance(part, Compare) and part.op not in {Op.EQ, Op.IN}:
        found = _probe(conn, compiled.entries(part), None)
        return found if found < LIST_CAP else sys.maxsize
    if compiled.as_of is not None or span is None:
        return _probe(conn, compiled.entries(_index_part(part)), None)
    return sum(_probe(conn, compiled.entries(one), span) for one in _split(_index_part(part)))


def _index_part(part: AnnotationMatch | Compare) -> AnnotationMatch | Compare:
    """Of a condition on annotations only the labels: what else is asked would make a probe read on past its cap."""
    if isinstance(part, AnnotationMatch):
        return replace(part, where=next(one for one in conjuncts(part.where) if is_label(one)))
    return part


def _split(part: AnnotationMatch | Compare) -> list[AnnotationMatch | Compare]:
    """One condition for each value or label, since the index holds each in the order of the items."""
    named = part.where if isinstance(part, AnnotationMatch) else part
    if not isinstance(named, Compare) or not isinstance(named.value, tuple) or len(named.value) > _MAX_VALUES:
        return [part]
    single = [replace(named, op=Op.EQ, value=one) for one in named.value]
    return [replace(part, where=one) if isinstance(part, AnnotationMatch) else one for one in single]


def _probe(conn: Connection, entries: Select[Any], span: tuple[int, int] | None) -> int:
    """Count entries up to the cap; beyond it, take the rest of the span to be like what was read."""
    cap = LIST_CAP if span is None else PROBE_CAP
    some = entries.limit(cap).subquery()
    found, reached = conn.execute(select(func.count(), func.max(some.c.item_key))).one()
    if found < cap or span is None:
        return int(found)
    low, high = span
    return int(found * max(1.0, (high - low + 1) / (reached - low + 1)))
