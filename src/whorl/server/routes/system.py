"""Health, signing in and out."""

from __future__ import annotations

from importlib.resources import files
from typing import Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy import text

from whorl.access.actions import revoke_token
from whorl.access.queries import find_person_by_password
from whorl.access.rules import Action
from whorl.access.secrets import csrf_token
from whorl.base.errors import TooManyRequests, Unauthenticated
from whorl.schemas.access import Login, Me, Session
from whorl.schemas.wire import Wire
from whorl.server.guard import SESSION_COOKIE
from whorl.server.permits import CallerDep, needs
from whorl.server.sessions import SESSION_LIVES_FOR, open_session, set_session_cookie

router = APIRouter(tags=["system"])


class Health(Wire):
    """The server answers and its database does too."""

    status: Literal["ok"] = "ok"
    pending_writes: int


@router.get("/healthz", **needs(Action.PUBLIC))
def get_health(caller: CallerDep) -> Health:
    """Whether the server and its database answer."""
    caller.read(lambda conn: conn.execute(text("SELECT 1")).scalar_one())
    return Health(pending_writes=caller.services.db.pending_writes())


@router.get("/status.css", include_in_schema=False, **needs(Action.PUBLIC))
def get_status_style() -> Response:
    """The page's style."""
    style = files("whorl.server").joinpath("status.css").read_text(encoding="utf-8")
    return Response(style, media_type="text/css", headers={"cache-control": "max-age=3600"})


@router.post("/api/v1/login", **needs(Action.PUBLIC))
def log_in(request: Request, response: Response, caller: CallerDep, body: Login) -> Session:
    """Open a session with email and password; the cookie comes with the answer."""
    services = caller.services
    keys = (f"email:{body.email.strip().lower()}", f"host:{request.client.host if request.client else ''}")
    wait_s = max(services.login_failures.wait_s(key) for key in keys)
    if wait_s:
        raise TooManyRequests(
            "too many failed sign-ins", hint=f"Try again in {wait_s:.0f} s.", details={"retry_after_s": wait_s}
        )
    who = caller.read(lambda conn: find_person_by_password(conn, body.email, body.password))
    if who is None:
        for key in keys:
            services.login_failures.fail(key)
        raise Unauthenticated("email and password do not match", hint="Check both; an owner can set a new password.")
    services.login_failures.forgive(keys[0])
    made = open_session(services, who)
    set_session_cookie(response, made.secret, request)
    return Session(csrf_token=csrf_token(made.secret), expires_at=services.now() + SESSION_LIVES_FOR)


@router.post("/api/v1/logout", status_code=204, **needs(Action.SELF))
def log_out(response: Response, caller: CallerDep) -> None:
    """End the session, or revoke the token that was sent."""
    token_id = caller.actor.token_id
    if token_id is not None:
        caller.write(lambda conn: revoke_token(conn, token_id, actor_id=caller.actor.id, now=caller.now))
    caller.services.actors.forget()
    response.delete_cookie(SESSION_COOKIE, path="/")


@router.get("/api/v1/me", **needs(Action.SELF))
def get_me(caller: CallerDep) -> Me:
    """Who is asking."""
    actor = caller.actor
    return Me(
        id=actor.id,
        kind="service" if actor.kind == "service" else "person",
        name=actor.name,
        is_admin=actor.is_admin,
        roles={project_id: role.value for project_id, role in actor.roles.items()},
        csrf_token=None if caller.session is None else csrf_token(caller.session),
    )
