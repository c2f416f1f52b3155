"""Selections: what would be chosen, what was, and what it saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, JsonValue
from whorl.base.ids import new_id
from whorl.schemas.jobs import Job
from whorl.schemas.selecting import Selection, SelectionDraft, SelectionItem, SelectionPlan, SelectionProof
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import start_job

if TYPE_CHECKING:
    from whorl.schemas.models import Champion

router = APIRouter(prefix="/api/v1", tags=["selections"])


@router.post("/datasets/{dataset_id}/selections", status_code=202, **needs(Action.DATASET_WRITE))
def create_selection(caller: CallerDep, dataset_id: str, body: SelectionDraft) -> Job:
    """Choose the items worth labelling, as a job; its result holds ``selection_id``."""
    draft, champion = caller.read(lambda conn: _complete(caller, conn, dataset_id, body))
    params: dict[str, JsonValue] = {
        "dataset_id": dataset_id,
        "selection_id": new_id("selection", at=caller.now.timestamp()),
        "draft": draft.model_dump(mode="json"),
        "champion": champion,
    }
    return start_job(caller, "select", params)


@router.post("/datasets/{dataset_id}/selections/plan", **needs(Action.DATASET_READ))
def plan_selection(caller: CallerDep, dataset_id: str, body: SelectionDraft) -> SelectionPlan:
    """What a draft would do: its strategy and why, its pool, what is missing; nothing is chosen."""
    # Late, here and below: strategies bring numpy, which the server does not need at its start.
    from whorl.models.embeddings.store import open_store
    from whorl.selection.plans import make_plan

    services = caller.services
    store = open_store(services.db, services.blobs, services.settings.home_path)

    def plan(conn: Connection) -> SelectionPlan:
        draft, champion = _complete(caller, conn, dataset_id, body)
        return make_plan(conn, dataset_id, draft, store, champion=champion)

    return caller.read(plan)


@router.get("/projects/{project_id}/selections", **needs(Action.DATASET_READ))
def list_project_selections(
    caller: CallerDep, project_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Selection]:
    """What was chosen in a project, newest first."""
    from whorl.selection.queries import list_selections

    return caller.read(lambda conn: list_selections(conn, project_id=project_id, cursor=cursor, limit=limit))


@router.get("/datasets/{dataset_id}/selections", **needs(Action.DATASET_READ))
def list_dataset_selections(
    caller: CallerDep, dataset_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Selection]:
    """What was chosen from a dataset, newest first."""
    from whorl.selection.queries import list_selections

    return caller.read(lambda conn: list_selections(conn, dataset_id=dataset_id, cursor=cursor, limit=limit))


@router.get("/selections/{selection_id}", **needs(Action.DATASET_READ))
def get_selection(caller: CallerDep, selection_id: str) -> Selection:
    """One selection: how it was made, and how many of its items are labelled by now."""
    from whorl.selection import queries

    return caller.read(lambda conn: queries.get_selection(conn, selection_id))


@router.get("/selections/{selection_id}/items", **needs(Action.DATASET_READ))
def list_items(
    caller: CallerDep, selection_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[SelectionItem]:
    """What was chosen and why, best first."""
    from whorl.selection.queries import list_selection_items

    return caller.read(lambda conn: list_selection_items(conn, selection_id, cursor=cursor, limit=limit))


@router.get("/selections/{selection_id}/proof", **needs(Action.DATASET_READ))
def get_proof(caller: CallerDep, selection_id: str) -> SelectionProof:
    """What a selection, and those before it from the same dataset, saved against chance, as far as labels tell.

    It takes some seconds when labels have changed: ``is_pending`` says to ask again.
    """
    from whorl.selection.proof_reads import find_proof_basis

    basis = caller.read(lambda conn: find_proof_basis(conn, selection_id))
    if isinstance(basis, SelectionProof):
        return basis
    counted = {"n_chosen": len(basis.chosen), "n_random": len(basis.drawn)}
    found, is_pending = caller.services.savings.prove(basis)
    if found is not None:
        return found
    if is_pending:
        return SelectionProof(status="waiting", message="It is being measured.", is_pending=True, **counted)
    return SelectionProof(
        status="impossible", message="It could not be measured; the server's log says why.", **counted
    )


@router.delete("/selections/{selection_id}", status_code=204, **needs(Action.DATASET_WRITE))
def delete_selection(caller: CallerDep, selection_id: str) -> Response:
    """Forget a selection; its items stay, and so do tasks and snapshots made of it."""
    from whorl.selection import actions

    caller.write(lambda conn: actions.delete_selection(conn, selection_id))
    return Response(status_code=204)


def _complete(
    caller: Caller, conn: Connection, dataset_id: str, draft: SelectionDraft
) -> tuple[SelectionDraft, str | None]:
    """The draft with its queries read, what it names checked, and its labelled dataset; and the project's champion."""
    from whorl.datasets.dql import to_json
    from whorl.pipelines.arms import list_arms
    from whorl.pipelines.champions import list_champions
    from whorl.selection.planning import check_draft

    where, labelled = check_draft(draft)
    assert caller.project_id is not None
    if draft.labelled_dataset_id is not None:
        caller.check_same_project(conn, "dataset", draft.labelled_dataset_id)
    if draft.model is not None:
        caller.check_same_project(conn, "model", draft.model)
    for item_id in draft.examples or []:
        if not item_id.isascii():
            raise InvalidInput(f"not an item: {item_id[:60]!r}")
    gathered = None
    if draft.labelled_dataset_id is None and labelled is None:
        arms = [one for one in list_arms(conn, caller.project_id) if one.pool_id == dataset_id and not one.is_control]
        gathered = arms[0].ground_truth_id if arms else None
    settled = draft.model_copy(
        update={
            "filter": None if where is None else to_json(where),
            "labelled": None if labelled is None else to_json(labelled),
            "labelled_dataset_id": draft.labelled_dataset_id or gathered,
        }
    )
    return settled, _champion(list_champions(conn, caller.project_id))


def _champion(places: list[Champion]) -> str | None:
    known = [one.model_id for one in places if one.model_id is not None]
    return known[0] if known else None
