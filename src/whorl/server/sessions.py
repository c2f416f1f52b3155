"""Browser sessions: how one is opened, and the cookie that carries it."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Request, Response
from sqlalchemy import Connection

from whorl.access.actions import create_token, write_audit
from whorl.access.rules import TokenKind
from whorl.base.errors import Unauthenticated
from whorl.schemas.access import Person, TokenCreated
from whorl.server.guard import SESSION_COOKIE
from whorl.server.services import Services

SESSION_LIVES_FOR = timedelta(days=14)


def open_session(services: Services, who: Person) -> TokenCreated:
    """Open a session for somebody who gave the right password."""
    now = services.now()

    def work(conn: Connection) -> TokenCreated:
        write_audit(conn, "session.open", actor_id=who.id, now=now, subject=who.id)
        return create_token(
            conn, TokenKind.SESSION, "password", actor_id=who.id, now=now, person_id=who.id, lives_for=SESSION_LIVES_FOR
        )

    return services.db.write(work)


def open_launch_session(services: Services, token: str) -> TokenCreated:
    """Open a session for whoever holds the launch token of this start.

    Raises:
        Unauthenticated: It is of an earlier start, or no launch token.
    """
    actor = services.actors.find(token)
    if actor is None or not actor.is_local:
        raise Unauthenticated("this link is of an earlier start", hint="Open the link that `whorl up` printed last.")

    def work(conn: Connection) -> TokenCreated:
        return create_token(
            conn,
            TokenKind.SESSION,
            services.launch_name,
            actor_id=actor.id,
            now=services.now(),
            person_id=actor.id,
            lives_for=SESSION_LIVES_FOR,
        )

    return services.db.write(work)


def set_session_cookie(response: Response, secret: str, request: Request) -> None:
    """Give the browser its session; only over TLS when the request came so."""
    response.set_cookie(
        SESSION_COOKIE,
        secret,
        max_age=int(SESSION_LIVES_FOR.total_seconds()),
        path="/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
