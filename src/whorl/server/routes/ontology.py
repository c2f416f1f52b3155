"""The ontology and recipes of a project."""

from __future__ import annotations

from fastapi import APIRouter, Query

from whorl.access.rules import Action
from whorl.ontology import actions, queries
from whorl.schemas.ontology import Ontology, OntologyDraft, Recipe, RecipeDraft
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["ontology"])


@router.get("/projects/{project_id}/ontology", **needs(Action.ONTOLOGY_READ))
def get_ontology(caller: CallerDep, project_id: str, version: int | None = Query(None, ge=1)) -> Ontology:
    """The ontology, newest version when none is named."""
    return caller.read(lambda conn: queries.get_ontology(conn, project_id, version=version))


@router.put("/projects/{project_id}/ontology", **needs(Action.ONTOLOGY_WRITE))
def save_ontology(
    caller: CallerDep, project_id: str, body: OntologyDraft, base_version: int | None = Query(None, ge=0)
) -> Ontology:
    """Make the next version; saving what is there changes nothing."""
    return caller.write(
        lambda conn: actions.save_ontology(
            conn, project_id, body, base_version=base_version, actor_id=caller.actor.id, now=caller.now
        )
    )


@router.get("/projects/{project_id}/ontologies", **needs(Action.ONTOLOGY_READ))
def list_ontologies(caller: CallerDep, project_id: str) -> list[Ontology]:
    """Every version, newest first."""
    return caller.read(lambda conn: queries.list_ontologies(conn, project_id))


@router.get("/projects/{project_id}/recipes", **needs(Action.ONTOLOGY_READ))
def list_recipes(caller: CallerDep, project_id: str) -> list[Recipe]:
    """The recipes, by name."""
    return caller.read(lambda conn: queries.list_recipes(conn, project_id))


@router.post("/projects/{project_id}/recipes", status_code=201, **needs(Action.ONTOLOGY_WRITE))
def create_recipe(caller: CallerDep, project_id: str, body: RecipeDraft) -> Recipe:
    """Make a recipe on the newest ontology."""
    return caller.write(
        lambda conn: actions.create_recipe(conn, project_id, body, actor_id=caller.actor.id, now=caller.now)
    )
