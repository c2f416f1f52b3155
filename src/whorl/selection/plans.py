"""What a draft would do, for people to see before anything is done."""

from __future__ import annotations

from sqlalchemy import Connection

from whorl.schemas.selecting import SelectionDraft, SelectionPlan
from whorl.selection.planning import read_known, uses_model


def make_plan(conn: Connection, dataset_id: str, draft: SelectionDraft) -> SelectionPlan:
    """Say what a draft would do.

    Raises:
        WhorlError: As ``whorl.selection.planning.read_known``.
    """
    known = read_known(conn, dataset_id, draft)
    model = known.model if uses_model(known.choice, known.model) else None
    return SelectionPlan(
        strategy=known.choice.name,
        params=known.choice.params,
        why=known.why,
        n_pool=len(known.pool.items),
        n_labelled=len(known.labelled),
        n_missing_vectors=0,
        budget=known.budget,
        left_out=known.pool.left_out,
        seconds_per_item=known.seconds_per_item,
        model_id=None if model is None else model.id,
        warnings=known.warnings,
    )
