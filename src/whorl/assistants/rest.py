"""What labelling the rest would give, over the threshold."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from whorl.assistants import queries
from whorl.assistants.actions import list_open_items
from whorl.assistants.queries import AssistantRow
from whorl.base.errors import Conflict
from whorl.datasets.revisions import batches
from whorl.schemas.assistants import RestPreview, ThresholdPoint
from whorl.store.db.tables import annotation, proposal_outcome, task_count
from whorl.store.db.types import ALIVE
from whorl.tasks.rules import ItemStatus

LEAST_DECIDED = 20
"""Decisions of people below which a precision would say nothing."""
ENOUGH_DECIDED = 300
"""Decisions from which older rounds are not asked any more."""
_STEP = 0.05
_OPEN = tuple(
    one.value for one in ItemStatus if one not in (ItemStatus.SUBMITTED, ItemStatus.APPROVED, ItemStatus.DISCARDED)
)


def preview_rest(conn: Connection, assistant_id: str) -> RestPreview:
    """Count what an assistant proposes on items that nobody finished, and how often people took what was as sure.

    Only what it has said already is counted; nothing is predicted. Thresholds below those from which on it shows its
    proposals are left out, since less sure ones are not kept.

    Raises:
        NotFound: There is no such assistant.
        Conflict: It has not learnt anything yet.
    """
    row = queries.load_assistant(conn, assistant_id)
    if row.model_id is None:
        raise Conflict("the assistant has not learnt anything yet", hint="Label on until its first training is done.")
    found = _read_confidences(conn, list_open_items(conn, row.task_key), row.model_id)
    decided = read_decided(conn, row)
    n_items = _count_open(conn, row)
    least = queries.shows_from(row, queries.list_rounds(conn, row.key))
    thresholds = [step * _STEP for step in range(1, 20) if step * _STEP >= least - 1e-9]
    return RestPreview(
        n_items=n_items,
        n_looked_at=_count_looked_at(conn, row, n_items),
        points=[_point(round(one, 2), found, decided) for one in thresholds],
    )


def _point(
    threshold: float, found: Sequence[tuple[int, float]], decided: Sequence[tuple[float, bool]]
) -> ThresholdPoint:
    sure = [item_key for item_key, confidence in found if confidence >= threshold]
    taken = [is_taken for confidence, is_taken in decided if confidence >= threshold]
    return ThresholdPoint(
        threshold=threshold,
        n_items=len(set(sure)),
        n_objects=len(sure),
        precision=sum(taken) / len(taken) if len(taken) >= LEAST_DECIDED else None,
        n_decided=len(taken),
    )


def _read_confidences(conn: Connection, item_keys: Sequence[int], model_id: str) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    for some in batches(list(item_keys)):
        query = select(annotation.c.item_key, annotation.c.confidence).where(
            annotation.c.item_key.in_(some),
            annotation.c.died_rev == ALIVE,
            annotation.c.layer == "prediction",
            annotation.c.model_id == model_id,
        )
        found += [(one.item_key, one.confidence or 0.0) for one in conn.execute(query)]
    return found


def read_decided(conn: Connection, row: AssistantRow) -> list[tuple[float, bool]]:
    """Confidence of what people decided about, newest rounds first until that is enough, and whether they took it."""
    decided: list[tuple[float, bool]] = []
    for model_id in reversed(queries.list_models(conn, row.id)):
        query = (
            select(annotation.c.confidence, proposal_outcome.c.outcome)
            .join(annotation, annotation.c.id == proposal_outcome.c.prediction_id)
            .where(proposal_outcome.c.model_id == model_id, annotation.c.layer == "prediction")
        )
        decided += [(one.confidence or 0.0, one.outcome != "rejected") for one in conn.execute(query)]
        if len(decided) >= ENOUGH_DECIDED:
            break
    return decided


def _count_open(conn: Connection, row: AssistantRow) -> int:
    found = select(func.coalesce(func.sum(task_count.c.n_items), 0)).where(
        task_count.c.task_key == row.task_key, task_count.c.status.in_(_OPEN)
    )
    return int(conn.execute(found).scalar_one())


def _count_looked_at(conn: Connection, row: AssistantRow, n_items: int) -> int:
    metrics = next(
        (one.metrics for one in reversed(queries.list_rounds(conn, row.key)) if one.model_id == row.model_id), {}
    )
    if metrics.get("is_all_looked_at"):
        return n_items
    looked = metrics.get("n_looked_at")
    return min(n_items, looked) if isinstance(looked, int) else 0
