"""Endpoints: open and close them, say who serves, ask them, and read their numbers."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection

from whorl.access.actions import create_token, revoke_token
from whorl.access.queries import list_endpoint_tokens
from whorl.access.rules import Action, TokenKind
from whorl.base.errors import InvalidInput
from whorl.pipelines import champions
from whorl.schemas.access import Token, TokenCreate, TokenCreated
from whorl.schemas.models import Champion
from whorl.schemas.serving import (
    Endpoint,
    EndpointChange,
    EndpointCreate,
    EndpointMetrics,
    EndpointUpdate,
    ServeRequest,
    ServingRole,
)
from whorl.schemas.wire import Page
from whorl.server.permits import Caller, CallerDep, needs
from whorl.serving import actions, queries
from whorl.serving.retention import forget_images

router = APIRouter(prefix="/api/v1", tags=["endpoints"])


@router.get("/projects/{project_id}/endpoints", **needs(Action.ENDPOINT_READ))
def list_endpoints(
    request: Request,
    caller: CallerDep,
    project_id: str,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
) -> Page[Endpoint]:
    """The endpoints, newest first."""
    url = str(request.base_url)
    page = caller.read(
        lambda conn: queries.list_endpoints(conn, project_id=project_id, cursor=cursor, limit=limit, url=url)
    )
    return page.model_copy(update={"items": [_as_seen_here(caller, one) for one in page.items]})


@router.post("/projects/{project_id}/endpoints", status_code=201, **needs(Action.ENDPOINT_WRITE))
def create_endpoint(request: Request, caller: CallerDep, project_id: str, body: EndpointCreate) -> Endpoint:
    """Open an endpoint. With a variable named it serves that variable's champion, now and after each change."""

    def work(conn: Connection) -> str:
        if body.pipeline_id is not None:
            caller.check_same_project(conn, "pipeline", body.pipeline_id)
        if body.dataset_id is not None:
            caller.check_same_project(conn, "dataset", body.dataset_id)
        draft = body
        if body.variable is not None:
            place = _place(conn, project_id, body.pipeline_id, body.variable)
            draft = body.model_copy(update={"model_id": place.model_id or body.model_id})
        elif body.pipeline_id is not None:
            raise InvalidInput("which variable of the pipeline is to be followed?", hint="Give variable, too.")
        made = actions.create_endpoint(conn, draft, project_id=project_id, actor_id=caller.actor.id, now=caller.now)
        return made.id

    return _changed(request, caller, caller.write(work))


@router.get("/endpoints/{endpoint_id}", **needs(Action.ENDPOINT_READ))
def get_endpoint(request: Request, caller: CallerDep, endpoint_id: str) -> Endpoint:
    """One endpoint, and how to ask it."""
    return _read(request, caller, endpoint_id)


@router.patch("/endpoints/{endpoint_id}", **needs(Action.ENDPOINT_WRITE))
def update_endpoint(request: Request, caller: CallerDep, endpoint_id: str, body: EndpointUpdate) -> Endpoint:
    """Change its settings or the dataset of flagged traffic, or switch it on or off."""

    def work(conn: Connection) -> None:
        if body.dataset_id is not None:
            caller.check_same_project(conn, "dataset", body.dataset_id)
        actions.update_endpoint(conn, endpoint_id, body, actor_id=caller.actor.id, now=caller.now)

    caller.write(work)
    return _changed(request, caller, endpoint_id)


@router.delete("/endpoints/{endpoint_id}", status_code=204, **needs(Action.ENDPOINT_WRITE))
def delete_endpoint(caller: CallerDep, endpoint_id: str) -> None:
    """Close it for good, with its log, feedback, flags and tokens."""
    caller.write(lambda conn: actions.delete_endpoint(conn, endpoint_id, actor_id=caller.actor.id, now=caller.now))
    caller.services.recorder.flush()
    forget_images(caller.services.blobs, endpoint_id)
    caller.services.actors.forget()
    caller.services.serving.book.look()


@router.post("/endpoints/{endpoint_id}/serve", **needs(Action.ENDPOINT_WRITE))
def serve_model(request: Request, caller: CallerDep, endpoint_id: str, body: ServeRequest) -> Endpoint:
    """Give a model a role, or take the role away with null. No request is dropped.

    The model is loaded and warmed first; one that cannot be loaded changes nothing. Where the endpoint follows a
    variable, a new champion becomes the variable's value.
    """
    if body.model_id is not None:
        model_id = body.model_id
        with caller.services.db.read() as conn:
            caller.check_same_project(conn, "model", model_id)
            queries.check_servable(conn, model_id, queries.get_endpoint(conn, endpoint_id).project_id)
        caller.services.serving.book.prepare(model_id)

    def work(conn: Connection) -> None:
        held = queries.get_endpoint(conn, endpoint_id)
        if body.role is ServingRole.CHAMPION and held.variable is not None and body.model_id is not None:
            where = {"pipeline_id": held.pipeline_id, "variable": held.variable}
            champions.deploy_model(conn, body.model_id, actor_id=caller.actor.id, now=caller.now, **where)
        actions.serve_model(
            conn,
            endpoint_id,
            body.model_id,
            role=body.role,
            share=body.share,
            actor_id=caller.actor.id,
            now=caller.now,
        )

    caller.write(work)
    return _changed(request, caller, endpoint_id)


@router.post("/endpoints/{endpoint_id}/rollback", **needs(Action.ENDPOINT_WRITE))
def roll_back(request: Request, caller: CallerDep, endpoint_id: str) -> Endpoint:
    """Serve the champion before this one again; a variable that the endpoint follows goes back with it."""

    def work(conn: Connection) -> None:
        held = actions.roll_back(conn, endpoint_id, actor_id=caller.actor.id, now=caller.now)
        if held.variable is not None and held.model_id is not None:
            champions.write_champion(
                conn,
                _place(conn, held.project_id, held.pipeline_id, held.variable),
                held.model_id,
                project_id=held.project_id,
                actor_id=caller.actor.id,
                now=caller.now,
                cause=champions.ROLLBACK,
            )

    caller.write(work)
    return _changed(request, caller, endpoint_id)


@router.get("/endpoints/{endpoint_id}/metrics", **needs(Action.ENDPOINT_READ))
def get_endpoint_metrics(
    caller: CallerDep, endpoint_id: str, minutes: int = Query(60, ge=1, le=90 * 24 * 60)
) -> EndpointMetrics:
    """Requests, errors and latency of the last minutes, by model and role."""
    return caller.services.serving.metrics(endpoint_id, minutes=minutes)


@router.get("/endpoints/{endpoint_id}/changes", **needs(Action.ENDPOINT_READ))
def list_changes(caller: CallerDep, endpoint_id: str, limit: int = Query(100, ge=1, le=1000)) -> list[EndpointChange]:
    """Who served when, oldest first."""
    return caller.read(lambda conn: queries.list_changes(conn, endpoint_id, limit=limit))


@router.get("/endpoints/{endpoint_id}/tokens", **needs(Action.ENDPOINT_READ))
def list_tokens(caller: CallerDep, endpoint_id: str) -> list[Token]:
    """The tokens that may ask this endpoint and nothing else; without their secrets."""
    return caller.read(lambda conn: list_endpoint_tokens(conn, endpoint_id))


@router.post("/endpoints/{endpoint_id}/tokens", status_code=201, **needs(Action.ENDPOINT_WRITE))
def create_endpoint_token(caller: CallerDep, endpoint_id: str, body: TokenCreate) -> TokenCreated:
    """Make a token that may ask this endpoint, give it feedback, and nothing else. Its secret is shown this once."""
    lives_for = None if body.expires_in_days is None else timedelta(days=body.expires_in_days)
    return caller.write(
        lambda conn: create_token(
            conn,
            TokenKind.ENDPOINT,
            body.name,
            actor_id=caller.actor.id,
            now=caller.now,
            project_id=caller.project_id,
            endpoint_id=endpoint_id,
            lives_for=lives_for,
        )
    )


@router.delete("/endpoints/{endpoint_id}/tokens/{token_id}", status_code=204, **needs(Action.ENDPOINT_WRITE))
def revoke_endpoint_token(caller: CallerDep, endpoint_id: str, token_id: str) -> None:
    """Make one of its tokens useless."""
    caller.write(
        lambda conn: revoke_token(
            conn,
            token_id,
            actor_id=caller.actor.id,
            now=caller.now,
            project_id=caller.project_id,
            endpoint_id=endpoint_id,
        )
    )
    caller.services.actors.forget()


def _read(request: Request, caller: Caller, endpoint_id: str) -> Endpoint:
    url = str(request.base_url)
    found = caller.read(lambda conn: queries.get_endpoint(conn, endpoint_id, url=url))
    return _as_seen_here(caller, found)


def _changed(request: Request, caller: Caller, endpoint_id: str) -> Endpoint:
    """The endpoint once this server answers as it now says; others follow within seconds."""
    caller.services.serving.book.wait_until_followed(endpoint_id)
    return _read(request, caller, endpoint_id)


def _as_seen_here(caller: Caller, found: Endpoint) -> Endpoint:
    live = caller.services.serving.book.find(found.id)
    if live is None or live.problem is None:
        return found
    return found.model_copy(update={"problem": live.problem})


def _place(conn: Connection, project_id: str, pipeline_id: str | None, variable: str) -> Champion:
    places = champions.list_champions(conn, project_id)
    for one in places:
        if (one.pipeline_id, one.variable) == (pipeline_id, variable):
            return one
    known = ", ".join(f"{one.pipeline_name or 'the project'} ({one.variable})" for one in places)
    raise InvalidInput(f"no champion is written in {variable!r}", hint=f"There is: {known}.")
