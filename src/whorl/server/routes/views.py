"""Saved views: list, keep, change, forget."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.datasets import views
from whorl.schemas.explorer import SavedView, SavedViewDraft, SavedViewPatch
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["views"])


@router.get("/projects/{project_id}/views", **needs(Action.DATASET_READ))
def list_views(caller: CallerDep, project_id: str, dataset_id: str | None = None) -> list[SavedView]:
    """The views of a project by name; of one dataset, with those that fit any."""
    return caller.read(lambda conn: views.list_views(conn, project_id, dataset_id=dataset_id))


@router.post("/projects/{project_id}/views", status_code=201, **needs(Action.VIEW_WRITE))
def create_view(caller: CallerDep, project_id: str, body: SavedViewDraft) -> SavedView:
    """Keep a query and how its answer is looked at, for everybody in the project."""

    def work(conn: Connection) -> SavedView:
        if body.dataset_id is not None:
            caller.check_same_project(conn, "dataset", body.dataset_id)
        return views.create_view(conn, project_id, body, actor_id=caller.actor.id, now=caller.now)

    return caller.write(work)


@router.patch("/views/{view_id}", **needs(Action.VIEW_WRITE))
def update_view(caller: CallerDep, view_id: str, body: SavedViewPatch) -> SavedView:
    """Rename a view, or give it another query or lens; what is left out stays."""
    return caller.write(lambda conn: views.update_view(conn, view_id, body))


@router.delete("/views/{view_id}", status_code=204, **needs(Action.VIEW_WRITE))
def delete_view(caller: CallerDep, view_id: str) -> None:
    """Forget a view; the items are not touched."""
    caller.write(lambda conn: views.delete_view(conn, view_id))
