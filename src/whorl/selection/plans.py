"""What a draft would do, for people to see before anything is done."""

from __future__ import annotations

from sqlalchemy import Connection

from whorl.models.embeddings.queries import choose_space, find_space
from whorl.models.embeddings.store import EmbeddingStore
from whorl.schemas.selecting import SelectionDraft, SelectionPlan
from whorl.selection.planning import read_known, uses_model, uses_vectors
from whorl.selection.vectors import count_missing

_SECONDS_PER_IMAGE = 0.03
"""Of one core, to decode and embed an image, or to ask a model about it."""
_SECONDS_PER_ROW = 0.0005


def make_plan(
    conn: Connection, dataset_id: str, draft: SelectionDraft, store: EmbeddingStore, *, champion: str | None = None
) -> SelectionPlan:
    """Say what a draft would do.

    Args:
        store: Tells how many vectors are missing.
        champion: Id of the project's model, if it has one.

    Raises:
        WhorlError: As ``whorl.selection.planning.read_known``.
    """
    known = read_known(conn, dataset_id, draft, champion=champion)
    model = known.model if uses_model(known.choice, known.model) else None
    project_id = known.pool.dataset.project_id
    space = find_space(conn, project_id, None, kind="image")
    if draft.space is not None:
        space = choose_space(conn, project_id, draft.space)
    missing = count_missing(store, space, known) if uses_vectors(known.choice) or draft.without_duplicates else 0
    predicted = 0 if model is None else len(known.pool.items)
    return SelectionPlan(
        strategy=known.choice.name,
        params=known.choice.params,
        why=known.why,
        n_pool=len(known.pool.items),
        n_labelled=len(known.labelled),
        n_missing_vectors=missing,
        budget=known.budget,
        left_out=known.pool.left_out,
        seconds_per_item=known.seconds_per_item,
        machine_seconds=round(_SECONDS_PER_IMAGE * (missing + predicted) + _SECONDS_PER_ROW * len(known.pool.items), 1),
        space=None if space is None else space.name,
        model_id=None if model is None else model.id,
        warnings=known.warnings,
    )
