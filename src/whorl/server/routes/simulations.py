"""Simulations: what choosing would have saved on a labelled dataset, and what further labels are worth."""

from __future__ import annotations

from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, JsonValue
from whorl.base.ids import new_id
from whorl.schemas.jobs import Job
from whorl.schemas.selecting import Simulation, SimulationDraft
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import start_job

router = APIRouter(prefix="/api/v1", tags=["simulations"])


@router.post("/projects/{project_id}/simulations", status_code=202, **needs(Action.DATASET_WRITE))
def create_simulation(caller: CallerDep, project_id: str, body: SimulationDraft) -> Job:
    """Replay a labelled dataset as if nothing were labelled, as a job; its result holds ``simulation_id``."""
    draft = caller.read(lambda conn: _checked(caller, conn, body))
    params: dict[str, JsonValue] = {
        "project_id": project_id,
        "dataset_id": draft.dataset_id,
        "simulation_id": new_id("simulation", at=caller.now.timestamp()),
        "draft": draft.model_dump(mode="json"),
    }
    return start_job(caller, "simulate", params)


@router.get("/projects/{project_id}/simulations", **needs(Action.DATASET_READ))
def list_simulations(
    caller: CallerDep, project_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Simulation]:
    """What was simulated in a project, newest first."""
    from whorl.selection.simulation import queries

    return caller.read(lambda conn: queries.list_simulations(conn, project_id, cursor=cursor, limit=limit))


@router.get("/simulations/{simulation_id}", **needs(Action.DATASET_READ))
def get_simulation(caller: CallerDep, simulation_id: str) -> Simulation:
    """One simulation: curves, savings, forecasts and what to do."""
    from whorl.selection.simulation import queries

    return caller.read(lambda conn: queries.get_simulation(conn, simulation_id))


@router.delete("/simulations/{simulation_id}", status_code=204, **needs(Action.DATASET_WRITE))
def delete_simulation(caller: CallerDep, simulation_id: str) -> Response:
    """Forget a simulation."""
    from whorl.selection.simulation import actions

    caller.write(lambda conn: actions.delete_simulation(conn, simulation_id))
    return Response(status_code=204)


def _checked(caller: Caller, conn: Connection, draft: SimulationDraft) -> SimulationDraft:
    """The draft with its query read as it will be run, and refused where a look at it is enough."""
    from whorl.datasets.dql import to_json
    from whorl.datasets.dql.either_form import read_query
    from whorl.selection.simulation.plan import check_strategies

    caller.check_same_project(conn, "dataset", draft.dataset_id)
    check_strategies(draft.strategies)
    if draft.model is not None and draft.model not in ("builtin:linear", "builtin:tinydet"):
        raise InvalidInput(
            "no simulation for this model", hint="builtin:linear takes classes, builtin:tinydet takes boxes."
        )
    query = read_query(draft.filter)
    return draft.model_copy(update={"filter": None if query is None else to_json(query)})
