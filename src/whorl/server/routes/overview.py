"""A project's loop at a glance."""

from __future__ import annotations

from fastapi import APIRouter
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.engine import jobs as engine_jobs
from whorl.schemas.overview import Overview, OverviewSaving
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import to_wire

router = APIRouter(prefix="/api/v1", tags=["projects"])
_JOBS = 20


@router.get("/projects/{project_id}/overview", **needs(Action.PROJECT_READ))
def get_overview(caller: CallerDep, project_id: str) -> Overview:
    """What is at each stage of the loop, the champion over rounds, labels saved, and what waits for whom."""
    # Late: models bring numpy, which the server does not need at its start.
    from whorl.pipelines.overview import read_overview
    from whorl.pipelines.saving import find_saving_basis

    def read(conn: Connection) -> Overview:
        found = read_overview(conn, project_id, caller.services.progress)
        basis = find_saving_basis(conn, project_id)
        if basis is not None:
            saving, is_pending = caller.services.savings.find(basis)
        else:
            saving, is_pending = _saving_of_selections(caller, conn, project_id)
        newest = engine_jobs.list_jobs(conn, project_id=project_id)
        jobs = [to_wire(one) for one in newest if one.state in ("queued", "running")][:_JOBS]
        return found.model_copy(update={"label_saving": saving, "label_saving_pending": is_pending, "jobs": jobs})

    return caller.read(read)


def _saving_of_selections(caller: Caller, conn: Connection, project_id: str) -> tuple[OverviewSaving | None, bool]:
    """What choosing saved against the random slice of the newest selection that has labels, without a control arm."""
    from whorl.selection.proof_reads import find_newest

    newest = find_newest(conn, project_id)
    return (None, False) if newest is None else caller.services.savings.prove_newest(project_id, *newest)
