"""Duplicates: scans of a dataset, the groups they found, and what is done with them."""

from __future__ import annotations

from fastapi import APIRouter, Query, Response

from whorl.access.rules import Action
from whorl.base.errors import JsonValue
from whorl.base.ids import new_id
from whorl.datasets.dql import parse_query
from whorl.quality import actions, queries
from whorl.schemas.jobs import Job
from whorl.schemas.selecting import (
    DuplicateAction,
    DuplicateGroup,
    DuplicateOutcome,
    DuplicateScan,
    DuplicateScanDraft,
)
from whorl.schemas.wire import Page
from whorl.server.permits import CallerDep, needs
from whorl.server.routes.jobs import start_job

router = APIRouter(prefix="/api/v1", tags=["duplicates"])


@router.post("/datasets/{dataset_id}/duplicates", status_code=202, **needs(Action.DATASET_WRITE))
def scan_duplicates(caller: CallerDep, dataset_id: str, body: DuplicateScanDraft) -> Job:
    """Find exact copies, near duplicates and neighbouring frames, as a job; its result holds ``scan_id``."""
    if body.filter:
        parse_query(body.filter)
    if body.space is not None:
        space, project_id = body.space, caller.project_id or ""
        # Late: brings numpy, which the server does not need at its start.
        from whorl.models.embeddings.queries import choose_space

        caller.read(lambda conn: choose_space(conn, project_id, space, kind="image"))
    params: dict[str, JsonValue] = {
        "dataset_id": dataset_id,
        "scan_id": new_id("duplicate_scan", at=caller.now.timestamp()),
        "draft": body.model_dump(mode="json"),
    }
    return start_job(caller, "find_duplicates", params)


@router.get("/datasets/{dataset_id}/duplicates", **needs(Action.DATASET_READ))
def list_duplicate_scans(
    caller: CallerDep, dataset_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[DuplicateScan]:
    """The scans of a dataset, newest first."""
    return caller.read(lambda conn: queries.list_scans(conn, dataset_id, cursor=cursor, limit=limit))


@router.get("/duplicates/{duplicate_scan_id}", **needs(Action.DATASET_READ))
def get_duplicate_scan(caller: CallerDep, duplicate_scan_id: str) -> DuplicateScan:
    """One scan: how many groups it found, and what they would free."""
    return caller.read(lambda conn: queries.get_scan(conn, duplicate_scan_id))


@router.delete("/duplicates/{duplicate_scan_id}", status_code=204, **needs(Action.DATASET_WRITE))
def delete_duplicate_scan(caller: CallerDep, duplicate_scan_id: str) -> Response:
    """Forget a scan; what was done with its groups stays."""
    caller.write(lambda conn: actions.delete_scan(conn, duplicate_scan_id))
    return Response(status_code=204)


@router.get("/duplicates/{duplicate_scan_id}/groups", **needs(Action.DATASET_READ))
def list_duplicate_groups(
    caller: CallerDep, duplicate_scan_id: str, cursor: str | None = None, limit: int = Query(50, ge=1, le=500)
) -> Page[DuplicateGroup]:
    """The groups that were found, the largest first; in each, the item that it keeps first."""
    return caller.read(lambda conn: queries.list_groups(conn, duplicate_scan_id, cursor=cursor, limit=limit))


@router.post("/duplicates/{duplicate_scan_id}/apply", **needs(Action.DATASET_WRITE))
def apply_duplicates(caller: CallerDep, duplicate_scan_id: str, body: DuplicateAction) -> DuplicateOutcome:
    """Keep groups together in splits, mark their extras, or delete them; without ``dry_run: false`` only say so."""
    return caller.write(
        lambda conn: actions.apply_scan(conn, duplicate_scan_id, body, actor_id=caller.actor.id, now=caller.now)
    )
