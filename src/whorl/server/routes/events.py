"""What happens, live."""

from __future__ import annotations

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput
from whorl.schemas.events import Event
from whorl.server.live import latest_event_id, stream_events
from whorl.server.permits import CallerDep, needs
from whorl.store.events import read_latest

router = APIRouter(prefix="/api/v1", tags=["events"])
_MILESTONES = (
    "comparison.decided",
    "dataset.changed",
    "drift.detected",
    "endpoint.changed",
    "evaluation.finished",
    "flag.raised",
    "model.created",
    "model.failed",
    "model.trained",
    "ontology.changed",
    "pipeline.changed",
    "pipeline.notified",
    "round.closed",
    "run.failed",
    "task.changed",
    "variable.changed",
)
"""What a person wants to read back: not each image and label, of which there are too many."""


@router.get("/projects/{project_id}/events", response_class=StreamingResponse, **needs(Action.EVENT_READ))
async def watch_events(
    request: Request,
    caller: CallerDep,
    project_id: str,
    last_event_id: str | None = Header(None),
    after: str | None = Query(None, description="As Last-Event-ID; 0 from the beginning, now when neither is given."),
) -> StreamingResponse:
    """Server-sent events of a project from a point on; the stream goes on until the client leaves."""
    given = last_event_id or after
    if given is not None and not (given.isdigit() and len(given) <= 19):
        raise InvalidInput(f"not an event id: {given[:40]}", hint="Send back the id of the last event you got.")
    start = int(given) if given is not None else await run_in_threadpool(latest_event_id, caller.services, project_id)
    return StreamingResponse(
        stream_events(caller, project_id, start, request.is_disconnected),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


@router.get("/projects/{project_id}/activity", **needs(Action.EVENT_READ))
def list_activity(caller: CallerDep, project_id: str, limit: int = Query(20, ge=1, le=100)) -> list[Event]:
    """What happened lately, newest first: milestones, not each image and label."""
    found = caller.read(lambda conn: read_latest(conn, project_id=project_id, kinds=_MILESTONES, limit=limit))
    return [
        Event(
            id=str(one.id),
            kind=one.kind,
            subject_id=one.subject_id,
            actor_id=one.actor_id,
            cause=one.cause,
            payload=dict(one.payload),
            at=one.at,
        )
        for one in found
    ]
