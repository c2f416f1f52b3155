"""Evaluations in full: tables, curves, slices and what a confidence threshold costs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.models import queries
from whorl.schemas.evaluations import EvaluationReport, ThresholdReport
from whorl.schemas.models import Evaluation
from whorl.schemas.wire import Page
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["models"])


@router.get("/projects/{project_id}/evaluations", **needs(Action.MODEL_READ))
def list_evaluations(
    caller: CallerDep,
    project_id: str,
    model_id: str | None = None,
    dataset_id: str | None = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[Evaluation]:
    """The project's evaluations, newest first; of one model or on one dataset when it is named."""

    def read(conn: Connection) -> Page[Evaluation]:
        for kind, public_id in (("model", model_id), ("dataset", dataset_id)):
            if public_id is not None:
                caller.check_same_project(conn, kind, public_id)
        return queries.list_evaluation_page(
            conn, project_id=project_id, model_id=model_id, dataset_id=dataset_id, cursor=cursor, limit=limit
        )

    return caller.read(read)


@router.get("/evaluations/{evaluation_id}/report", **needs(Action.MODEL_READ))
def get_report(
    caller: CallerDep,
    evaluation_id: str,
    slices: Annotated[
        list[str] | None,
        Query(
            max_length=20,
            description="Each `field:metadata.camera`, a slice for each value, or `query:` and a query (text or JSON).",
        ),
    ] = None,
) -> EvaluationReport:
    """Everything that an evaluation says, computed from its kept outputs and the pinned revision."""
    # Late, here and below: models bring numpy, which the server does not need at its start.
    from whorl.models.report_reads import read_report

    return read_report(caller.services.db, caller.services.blobs, evaluation_id, slices=slices or ())


@router.get("/evaluations/{evaluation_id}/thresholds", **needs(Action.MODEL_READ))
def get_thresholds(
    caller: CallerDep,
    evaluation_id: str,
    missed: Annotated[float, Query(ge=0, le=1e9, description="Cost of a miss; for classes of an unsure item.")] = 1.0,
    spurious: Annotated[float, Query(ge=0, le=1e9, description="Cost of a spurious or wrong answer.")] = 1.0,
) -> ThresholdReport:
    """What each confidence threshold costs, and the cheapest, in all and for each label."""
    from whorl.models.evaluation.thresholds import Prices
    from whorl.models.report_reads import read_thresholds

    return read_thresholds(caller.services.db, caller.services.blobs, evaluation_id, Prices(missed, spurious))
