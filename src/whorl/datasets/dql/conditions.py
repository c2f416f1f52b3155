"""Turn conditions into SQL for one dataset, as it stands or as it stood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, assert_never

from sqlalchemy import and_, false, func, not_, or_, select, true

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import (
    EVERYTHING,
    And,
    AnnotationMatch,
    Compare,
    Condition,
    Field,
    FindingMatch,
    LayerChoice,
    MapMatch,
    NearMatch,
    Not,
    Op,
    Or,
    Quantifier,
    SelectionMatch,
)
from whorl.datasets.dql.comparisons import Column, Truth, compare_column, compare_field
from whorl.datasets.dql.findings import list_found
from whorl.datasets.dql.maps import list_mapped
from whorl.datasets.dql.selections import list_selected
from whorl.store.db.tables.annotations import annotation
from whorl.store.db.tables.datasets import item_state
from whorl.store.db.types import ALIVE

_ITEM_TABLE_FIELDS = {"id", "name", "width", "height", "media_type", "bytes", "created_at", "health"}


@dataclass(frozen=True, slots=True)
class Standing:
    """Which versions of rows count: those alive now, or those alive at revision ``as_of``."""

    as_of: int | None = None
    item_key: Column = item_state.c.item_key
    dataset_key: int | None = None

    def of(self, table: Any) -> Truth:  # Any: three tables share the two columns
        """The condition on a table with ``born_rev`` and ``died_rev``."""
        if self.as_of is None:
            alive: Truth = table.c.died_rev == ALIVE
            return alive
        return and_(table.c.born_rev <= self.as_of, table.c.died_rev > self.as_of)

    def condition(self, node: Condition) -> Truth:
        """SQL that is true where the condition holds, and false or null elsewhere."""
        match node:
            case And(parts=parts):
                return and_(true(), *(self.condition(part) for part in parts))
            case Or(parts=parts):
                return or_(false(), *(self.condition(part) for part in parts))
            case Not(part=part):
                # Null means "does not hold" here, so it must become false before it is turned around.
                return not_(func.coalesce(self.condition(part), false()))
            case Compare():
                return self._compare(node)
            case AnnotationMatch():
                return self._match(node)
            case FindingMatch():
                assert self.dataset_key is not None
                return self.item_key.in_(list_found(node, self.dataset_key))
            case SelectionMatch():
                assert self.dataset_key is not None
                return self.item_key.in_(list_selected(node, self.dataset_key))
            case MapMatch():
                assert self.dataset_key is not None
                return self.item_key.in_(list_mapped(node, self.dataset_key))
            case NearMatch():
                return self._near(node)
        assert_never(node)

    def _near(self, node: NearMatch) -> Truth:
        if node.keys is None:
            raise QueryError("near cannot be asked here", hint="Use it where items are listed, or chosen by a query.")
        return self.item_key.in_(node.keys)

    def matching(self, node: AnnotationMatch) -> Truth:
        """The condition on one annotation row of the layer, apart from whose it is."""
        layer = true() if node.layer is LayerChoice.ANY else annotation.c.layer == node.layer.value
        return and_(self.of(annotation), layer, self.condition(node.where))

    def _match(self, node: AnnotationMatch) -> Truth:
        wanted = node
        if node.quantifier is Quantifier.ALL:
            wanted = AnnotationMatch(Quantifier.SOME, Not(node.where), node.layer)
        found = select(annotation.c.key).where(annotation.c.item_key == self.item_key, self.matching(wanted))
        if self.dataset_key is not None and self.as_of is None and names_labels(wanted.where):
            # The entries of one label lie together: fewer pages of the index are read than by item.
            found = found.where(annotation.c.dataset_key == self.dataset_key)
        exists = found.correlate_except(annotation).exists()
        return exists if node.quantifier is Quantifier.SOME else not_(exists)

    def _compare(self, node: Compare) -> Truth:
        if node.field.name == "annotated":
            return self._annotated(node)
        if node.field.name == "n_annotations":
            return compare_column(self._count(), node)
        return compare_field(node)

    def _annotated(self, node: Compare) -> Truth:
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        found = self._match(AnnotationMatch(Quantifier.SOME, EVERYTHING))
        if node.op is Op.EXISTS or set(values) == {True, False}:
            return true()
        return or_(false(), *(found if value else not_(found) for value in values))

    def _count(self) -> Column:
        truth = select(func.count()).where(
            annotation.c.item_key == self.item_key,
            self.of(annotation),
            annotation.c.layer == LayerChoice.TRUTH.value,
        )
        return truth.correlate_except(annotation).scalar_subquery()


def conjuncts(where: Condition) -> tuple[Condition, ...]:
    """The parts that must all hold."""
    return where.parts if isinstance(where, And) else (where,)


def is_label(part: Condition) -> bool:
    """Whether a condition on an annotation names the labels it allows."""
    return isinstance(part, Compare) and part.field.name == "label" and part.op in {Op.EQ, Op.IN}


def names_labels(where: Condition) -> bool:
    """Whether only some labels can satisfy the condition, so that the index by label leads to the rows."""
    return any(is_label(part) for part in conjuncts(where))


def uses_item_table(query_fields: Iterable[Field]) -> bool:
    """Whether any of the fields stands in the table of items rather than in the table of their states."""
    return any(field.name in _ITEM_TABLE_FIELDS for field in query_fields)


def item_fields(node: Condition) -> Iterator[Field]:
    """The item fields that a condition names."""
    match node:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from item_fields(part)
        case Not(part=part):
            yield from item_fields(part)
        case Compare(field=field):
            yield field
        case AnnotationMatch() | FindingMatch() | SelectionMatch() | MapMatch() | NearMatch():
            return
