"""Compare one column, or one place in a JSON column, with a value."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any, assert_never

from sqlalchemy import ColumnElement, false, literal, or_, true
from sqlalchemy.types import Double

from whorl.datasets.dql.ast import Compare, Field, Op, Scalar
from whorl.datasets.dql.elements import Bytewise, GlobMatch, JsonAt, ReadAs
from whorl.datasets.dql.fields import ITEMS, FieldType
from whorl.store.db.tables.annotations import annotation
from whorl.store.db.tables.datasets import item, item_state

# Any: SQLAlchemy's columns are generic in a type that the field decides.
Column = ColumnElement[Any]
Truth = ColumnElement[bool]

_COLUMNS: dict[str, Column] = {
    "id": item.c.id,
    "name": item.c.name,
    "width": item.c.width,
    "height": item.c.height,
    "media_type": item.c.media_type,
    "bytes": item.c.bytes,
    "created_at": item.c.created_at,
    "subset": item_state.c.subset,
    "group": item_state.c.group_key,
    "checked_empty": item_state.c.is_checked_empty,
    "annotation_id": annotation.c.id,
    "label": annotation.c.label,
    "kind": annotation.c.kind,
    "confidence": annotation.c.confidence,
    "model_id": annotation.c.model_id,
    "author_kind": annotation.c.author_kind,
    "author_id": annotation.c.author_id,
    "origin": annotation.c.origin,
    "missed_by": annotation.c.missed_by,
}
_DOCUMENTS: dict[str, Column] = {
    "metadata": item_state.c.metadata,
    "health": item.c.health,
    "attributes": annotation.c.attributes,
}


def compare_field(node: Compare) -> Truth:
    """Compare a stored field; null where the field has no value of the type compared with."""
    if node.field.path:
        return _in_document(_DOCUMENTS[node.field.name], node)
    return compare_column(_COLUMNS[node.field.name], node)


def compare_column(column: Column, node: Compare) -> Truth:
    """Compare a column or expression; null where it is null."""
    match node.op:
        case Op.EXISTS:
            return column.is_not(None)
        case Op.EQ | Op.IN:
            return _equals(column, node)
        case Op.GLOB:
            return GlobMatch(column, str(node.value))
        case Op.GT | Op.GTE | Op.LT | Op.LTE:
            assert not isinstance(node.value, tuple)
            left = Bytewise(column) if isinstance(node.value, str) else column
            return _ordered(left, node.op, node.value)
    assert_never(node.op)


def sort_columns(field: Field) -> list[tuple[Column, bool]]:
    """What to order by for a field, each with whether it may be null. In a document, numbers come before text."""
    if field.name == "metadata":
        document = _DOCUMENTS[field.name]
        return [(JsonAt(document, field.path, kind), True) for kind in (ReadAs.NUMBER, ReadAs.TEXT)]
    if field.path:
        return [(JsonAt(_DOCUMENTS[field.name], field.path, ReadAs.NUMBER), True)]
    column = _COLUMNS[field.name]
    spec = ITEMS.spec(field)
    is_text = spec.type in {FieldType.TEXT, FieldType.CHOICE}
    return [(Bytewise(column) if is_text else column, spec.is_nullable)]


def _value(value: Scalar) -> Any:  # Any: what SQLAlchemy takes as the right side of a comparison
    # Numbers are doubles on both sides, so that a large or fractional one means the same on both databases.
    return literal(value, Double()) if isinstance(value, float) else value


def _ordered(column: Column, op: Op, value: Scalar) -> Truth:
    tests: dict[Op, Callable[[Any, Any], Truth]] = {
        Op.GT: operator.gt,
        Op.GTE: operator.ge,
        Op.LT: operator.lt,
        Op.LTE: operator.le,
    }
    return tests[op](column, _value(value))


def _equals(column: Column, node: Compare) -> Truth:
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    present = [_value(value) for value in values if value is not None]
    tests: list[Truth] = []
    if present:
        tests.append(column == present[0] if len(present) == 1 else column.in_(present))
    if None in values:
        tests.append(column.is_(None))
    return or_(false(), *tests)


def _in_document(document: Column, node: Compare) -> Truth:
    path = node.field.path
    kind = JsonAt(document, path, ReadAs.TYPE)
    match node.op:
        case Op.EXISTS:
            return kind.is_not(None)
        case Op.GLOB:
            return GlobMatch(JsonAt(document, path, ReadAs.TEXT), str(node.value))
        case Op.EQ | Op.IN:
            values = node.value if isinstance(node.value, tuple) else (node.value,)
            return or_(false(), *_typed_equals(document, path, values))
        case Op.GT | Op.GTE | Op.LT | Op.LTE:
            assert not isinstance(node.value, tuple)
            read_as = ReadAs.TEXT if isinstance(node.value, str) else ReadAs.NUMBER
            return _ordered(JsonAt(document, path, read_as), node.op, node.value)
    assert_never(node.op)


def _typed_equals(document: Column, path: tuple[str, ...], values: tuple[Scalar, ...]) -> Iterator[Truth]:
    texts = [value for value in values if isinstance(value, str)]
    numbers: list[ColumnElement[float]] = [literal(value, Double()) for value in values if isinstance(value, float)]
    typed: tuple[tuple[list[Any], ReadAs], ...] = ((texts, ReadAs.TEXT), (numbers, ReadAs.NUMBER))
    for found, read_as in typed:
        if found:
            place = JsonAt(document, path, read_as)
            yield place == found[0] if len(found) == 1 else place.in_(found)
    for value in {value for value in values if isinstance(value, bool)}:
        yield JsonAt(document, path, ReadAs.IS_TRUE).is_(true() if value else false())
    if None in values:
        kind = JsonAt(document, path, ReadAs.TYPE)
        yield or_(kind.is_(None), kind == "null")
