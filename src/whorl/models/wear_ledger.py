"""The wear ledger: how often test items have decided between models, whichever test set they stood in."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from whorl.models.queries import count_comparisons
from whorl.schemas.models import Evaluation
from whorl.store.db.tables import comparison, dataset, evaluation, evaluation_finding


def count_wear(conn: Connection, held: Evaluation) -> int:
    """How many comparisons the items of an evaluation have seen, to the nearest whole number.

    A comparison on these very items counts as one; one on another test set of the dataset counts as the share of these
    items that it saw. So a few new items do not make a worn test set fresh.
    """
    worn = float(count_comparisons(conn, items_digest=held.items_digest))
    others = (
        select(comparison.c.items_digest, func.count())
        .join(dataset, dataset.c.key == comparison.c.dataset_key)
        .where(dataset.c.id == held.dataset_id, comparison.c.items_digest != held.items_digest)
        .group_by(comparison.c.items_digest)
    )
    rows = conn.execute(others).all()
    if rows:
        mine = _items(conn, held.id)
        for digest, times in rows:
            seen = conn.execute(
                select(func.max(evaluation.c.id)).where(evaluation.c.items_digest == digest)
            ).scalar_one_or_none()
            if mine and seen is not None:
                worn += times * len(mine & _items(conn, seen)) / len(mine)
    return round(worn)


def _items(conn: Connection, evaluation_id: str) -> set[int]:
    mine = select(evaluation_finding.c.item_key).where(evaluation_finding.c.evaluation_id == evaluation_id)
    return set(conn.execute(mine.distinct()).scalars())
