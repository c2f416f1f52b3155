"""Health: what the pixels of a dataset say about its images."""

from __future__ import annotations

from fastapi import APIRouter

from whorl.access.rules import Action
from whorl.quality import queries
from whorl.schemas.selecting import HealthReport
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["health"])


@router.get("/datasets/{dataset_id}/health", **needs(Action.DATASET_READ))
def get_dataset_health(caller: CallerDep, dataset_id: str) -> HealthReport:
    """Blurred, dark, bright, flat and odd images: how many, past which threshold, the worst, and the query for all."""
    return caller.read(lambda conn: queries.read_health(conn, dataset_id))
