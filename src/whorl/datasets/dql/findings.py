"""Conditions over what an evaluation found: which items have such a finding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from sqlalchemy import Connection, ScalarSelect, Select, and_, case, false, func, not_, or_, select, true

from whorl.base.errors import QueryError
from whorl.datasets.dql.ast import (
    And,
    AnnotationMatch,
    Compare,
    Condition,
    FindingMatch,
    MapMatch,
    NearMatch,
    Not,
    Or,
    SelectionMatch,
)
from whorl.datasets.dql.comparisons import Column, Truth, compare_column
from whorl.datasets.dql.fields import nearest, shorten
from whorl.store.db.tables.models import evaluation, evaluation_finding, model

_COLUMNS: dict[str, Column] = {
    name: evaluation_finding.c[name] for name in ("type", "truth", "predicted", "confidence", "iou")
}
_NAMED = 20


# Any: SQLAlchemy types a select by its columns, and a table's columns are not known to it.
def list_found(node: FindingMatch, dataset_key: int) -> Select[Any]:
    """Select the item key of each finding that satisfies the condition."""
    found = select(evaluation_finding.c.item_key).where(
        evaluation_finding.c.evaluation_id == _newest(node.source, dataset_key), _condition(node.where)
    )
    return found.correlate(None)


def check_sources(conn: Connection, where: Condition, dataset_key: int) -> None:
    """Check that each evaluation which a condition names is there.

    Raises:
        QueryError: This dataset has no such evaluation; names the nearest.
    """
    for source in sorted({node.source for node in _matches(where)}):
        if conn.execute(select(_newest(source, dataset_key))).scalar() is None:
            raise QueryError(f"no evaluation {shorten(source)} on this dataset", hint=_hint(conn, source, dataset_key))


def _newest(source: str, dataset_key: int) -> ScalarSelect[Any]:
    """The id of the evaluation meant: by its id, else the newest of the model with this id or name."""
    is_id = evaluation.c.id == source
    named = or_(is_id, model.c.id == source, model.c.name == source)
    found = select(evaluation.c.id).join(model, model.c.id == evaluation.c.model_id)
    found = found.where(evaluation.c.dataset_key == dataset_key, named)
    return found.order_by(case((is_id, 0), else_=1), evaluation.c.id.desc()).limit(1).correlate(None).scalar_subquery()


def _hint(conn: Connection, source: str, dataset_key: int) -> str:
    mine = select(evaluation.c.id, model.c.name).join(model, model.c.id == evaluation.c.model_id)
    rows = conn.execute(
        mine.where(evaluation.c.dataset_key == dataset_key).order_by(evaluation.c.id.desc()).limit(_NAMED)
    )
    names = list(dict.fromkeys(name for row in rows for name in (row.name, row.id)))
    return nearest(source, names) if names else "No model was evaluated on it yet: `whorl evaluate`."


def _condition(node: Condition) -> Truth:
    match node:
        case And(parts=parts):
            return and_(true(), *(_condition(part) for part in parts))
        case Or(parts=parts):
            return or_(false(), *(_condition(part) for part in parts))
        case Not(part=part):
            return not_(func.coalesce(_condition(part), false()))
        case Compare():
            return compare_column(_COLUMNS[node.field.name], node)
        case AnnotationMatch() | FindingMatch() | SelectionMatch() | MapMatch() | NearMatch():
            raise AssertionError("a finding is compared by its own fields only")
    assert_never(node)


def _matches(node: Condition) -> Iterator[FindingMatch]:
    match node:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from _matches(part)
        case Not(part=part):
            yield from _matches(part)
        case FindingMatch():
            yield node
        case Compare() | AnnotationMatch() | SelectionMatch() | MapMatch() | NearMatch():
            return
