"""Assistants: what learns while people label."""

from __future__ import annotations

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.engine.jobs import get_job
from whorl.schemas import assistants as wire
from whorl.schemas.jobs import Job
from whorl.server.permits import CallerDep, needs
from whorl.server.routes.jobs import to_wire

router = APIRouter(prefix="/api/v1", tags=["assistants"])


@router.get("/tasks/{task_id}/assistants", **needs(Action.TASK_READ))
def list_assistants(caller: CallerDep, task_id: str) -> list[wire.Assistant]:
    """The assistants of a task and how far they are, oldest first."""
    # Late, here and below: what assistants train with brings numpy, which the server does not need at its start.
    from whorl.assistants import queries

    return caller.read(lambda conn: queries.list_assistants(conn, task_id))


@router.post("/tasks/{task_id}/assistants", status_code=201, **needs(Action.TASK_WRITE))
def create_assistant(caller: CallerDep, task_id: str, body: wire.AssistantCreate) -> wire.Assistant:
    """Start an assistant on a labelling task; it waits until enough items are finished, then learns by itself."""
    from whorl.assistants import actions, queries

    def make(conn: Connection) -> wire.Assistant:
        made = actions.create_assistant(conn, task_id, body, actor_id=caller.actor.id, now=caller.now)
        return queries.get_assistant(conn, made)

    return caller.write(make)


@router.get("/assistants/{assistant_id}", **needs(Action.TASK_READ))
def get_assistant(caller: CallerDep, assistant_id: str) -> wire.Assistant:
    """One assistant: progress, rounds, and what people made of its proposals."""
    from whorl.assistants import queries

    return caller.read(lambda conn: queries.get_assistant(conn, assistant_id))


@router.patch("/assistants/{assistant_id}", **needs(Action.TASK_WRITE))
def update_assistant(caller: CallerDep, assistant_id: str, body: wire.AssistantUpdate) -> wire.Assistant:
    """Stop or resume an assistant, or change how it works."""
    from whorl.assistants import actions, queries

    def change(conn: Connection) -> wire.Assistant:
        actions.update_assistant(conn, assistant_id, body, actor_id=caller.actor.id, now=caller.now)
        return queries.get_assistant(conn, assistant_id)

    return caller.write(change)


@router.delete("/assistants/{assistant_id}", status_code=204, **needs(Action.TASK_WRITE))
def delete_assistant(caller: CallerDep, assistant_id: str) -> Response:
    """Forget an assistant, and take its proposals off the items that nobody has begun."""
    from whorl.assistants import actions

    caller.write(lambda conn: actions.delete_assistant(conn, assistant_id, actor_id=caller.actor.id, now=caller.now))
    return Response(status_code=204)


@router.get("/assistants/{assistant_id}/rest", **needs(Action.TASK_READ))
def preview_rest(caller: CallerDep, assistant_id: str) -> wire.RestPreview:
    """What labelling the rest would give, over the threshold; with how often people took what was as sure."""
    from whorl.assistants.rest import preview_rest as preview

    return caller.read(lambda conn: preview(conn, assistant_id))


@router.post("/assistants/{assistant_id}/label-rest", status_code=202, **needs(Action.TASK_WRITE))
def label_rest(caller: CallerDep, assistant_id: str, body: wire.LabelRest) -> Job:
    """Propose on all that nobody finished, as a job; its result counts items and objects. Never ground truth."""
    from whorl.assistants.actions import start_rest

    def start(conn: Connection) -> Job:
        made = start_rest(conn, assistant_id, body, actor_id=caller.actor.id, now=caller.now)
        return to_wire(get_job(conn, made))

    return caller.write(start)
