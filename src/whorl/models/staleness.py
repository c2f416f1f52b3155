"""Which evaluations are stale: the ground truth, the existence or the subset of an item they used changed since.

It is read off the versions that every write leaves behind, so that no writer can forget to say so. Going back to what
was there before does not make an evaluation fresh again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from whorl.schemas.annotations import Layer
from whorl.schemas.records import Subset
from whorl.store.db.tables import annotation, dataset, evaluation, evaluation_finding, item_state
from whorl.store.db.types import ALIVE

# Of so many changes the items are looked up; of more, the items' own versions are read instead.
_FEW_CHANGES = 5_000


@dataclass(frozen=True, slots=True)
class _Used:
    """Items that one or more evaluations used: those with findings of this one, else the test subset as it stood."""

    evaluation_id: str
    dataset_key: int
    revision: int
    has_findings: bool

    @property
    def keys(self) -> Select[Any]:  # Any: SQLAlchemy does not know a table's columns by type
        """Select their keys."""
        if self.has_findings:
            mine = evaluation_finding.c.evaluation_id == self.evaluation_id
            return select(evaluation_finding.c.item_key).where(mine)
        then = and_(item_state.c.born_rev <= self.revision, item_state.c.died_rev > self.revision)
        test = and_(item_state.c.dataset_key == self.dataset_key, item_state.c.subset == Subset.TEST.value)
        return select(item_state.c.item_key).where(test, then)


def find_stale(conn: Connection, evaluation_ids: Sequence[str]) -> set[str]:
    """Those of the evaluations that are stale.

    Takes as long as there are changes since, and no longer than reading the versions of the items used.
    """
    wanted = (
        select(
            evaluation.c.id,
            evaluation.c.dataset_key,
            evaluation.c.revision,
            evaluation.c.items_digest,
            dataset.c.revision.label("present"),
        )
        .join(dataset, dataset.c.key == evaluation.c.dataset_key)
        .where(evaluation.c.id.in_(list(evaluation_ids)))
        .order_by(evaluation.c.revision)
    )
    # Evaluations of the same items share one look, from the oldest of them on.
    last: dict[tuple[int, str], int] = {}
    stale: set[str] = set()
    for row in conn.execute(wanted):
        if row.revision >= row.present:
            continue
        same = (row.dataset_key, row.items_digest)
        if same not in last:
            has_findings = conn.execute(_has_findings(row.id)).first() is not None
            last[same] = _last_change(conn, _Used(row.id, row.dataset_key, row.revision, has_findings))
        if last[same] > row.revision:
            stale.add(row.id)
    return stale


def _last_change(conn: Connection, used: _Used) -> int:
    """The newest revision after the evaluation's that changed something it used; 0 without any."""
    found = [conn.execute(one).scalar() or 0 for one in (*_truth_changes(conn, used), _state_change(used))]
    return max(int(one) for one in found)


def _truth_changes(conn: Connection, used: _Used) -> Iterator[Select[Any]]:
    for column in (annotation.c.born_rev, annotation.c.died_rev):
        since: ColumnElement[bool] = and_(
            annotation.c.dataset_key == used.dataset_key, column > used.revision, column < ALIVE
        )
        changes = select(annotation.c.key).where(since).limit(_FEW_CHANGES).subquery()
        is_few = int(conn.execute(select(func.count()).select_from(changes)).scalar_one()) < _FEW_CHANGES
        # By the changes when they are few; else by the items, whose index does not have the dataset.
        where = since if is_few else and_(column > used.revision, column < ALIVE)
        truth = annotation.c.layer == Layer.TRUTH.value
        yield select(func.max(column)).where(where, truth, annotation.c.item_key.in_(used.keys))


def _state_change(used: _Used) -> Select[Any]:
    """The newest end of a version of an item that no version of the same subset and emptiness goes on from."""
    then = item_state.alias("later")
    goes_on = select(then.c.key).where(
        then.c.item_key == item_state.c.item_key,
        then.c.born_rev == item_state.c.died_rev,
        or_(then.c.subset == item_state.c.subset, and_(then.c.subset.is_(None), item_state.c.subset.is_(None))),
        then.c.is_checked_empty == item_state.c.is_checked_empty,
    )
    return select(func.max(item_state.c.died_rev)).where(
        item_state.c.dataset_key == used.dataset_key,
        item_state.c.died_rev > used.revision,
        item_state.c.died_rev < ALIVE,
        item_state.c.item_key.in_(used.keys),
        ~goes_on.exists(),
    )


def _has_findings(evaluation_id: str) -> Select[Any]:
    return select(evaluation_finding.c.key).where(evaluation_finding.c.evaluation_id == evaluation_id).limit(1)
