"""Shapes of a dataset changed to another kind, and that undone."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from whorl.access.rules import Action
from whorl.annotations.converting import undo_conversion
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.rules import check_json
from whorl.schemas.converting import ConvertReport, ConvertRequest
from whorl.schemas.jobs import Job
from whorl.schemas.wire import Wire
from whorl.server.permits import CallerDep, needs
from whorl.server.routes.jobs import start_job

router = APIRouter(prefix="/api/v1", tags=["annotations"])


class ConvertUndo(Wire):
    """Which conversion is undone."""

    revision: int = Field(ge=1, description="The revision that the conversion told.")


@router.post("/datasets/{dataset_id}/convert", status_code=202, **needs(Action.ANNOTATION_WRITE))
def convert_shapes(caller: CallerDep, dataset_id: str, body: ConvertRequest, response: Response) -> Job | ConvertReport:
    """Change ground truth to another kind of shape, as a job; its result holds the report. A dry run answers with 200.

    The whole conversion is one revision of the dataset, and can be undone.
    """
    # Read now: a mistake is told at once, and not by a job that fails later.
    read_query(body.query)
    check_json({"labels": list(body.labels)}, where="labels")
    if body.dry_run:
        # Late: it brings numpy.
        from whorl.models.converting import preview

        response.status_code = 200
        return preview(caller.services.db, dataset_id, body)
    params = body.model_dump(mode="json")
    return start_job(caller, "convert", {"dataset_id": dataset_id, "request": params})


@router.post("/datasets/{dataset_id}/convert/undo", **needs(Action.ANNOTATION_WRITE))
def undo_convert(caller: CallerDep, dataset_id: str, body: ConvertUndo) -> ConvertReport:
    """Give back what a conversion replaced; what was changed since stays, and is counted and named."""
    return caller.write(
        lambda conn: undo_conversion(conn, dataset_id, body.revision, actor_id=caller.actor.id, now=caller.now)
    )
