"""People and tokens."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter, Query
from pydantic import Field

from whorl.access import actions, queries
from whorl.access.rules import Action, ActorKind, Role, TokenKind
from whorl.access.secrets import hash_password
from whorl.base.errors import Forbidden, NotFound
from whorl.schemas.access import Person, PersonCreate, ServiceTokenCreate, Token, TokenCreate, TokenCreated
from whorl.schemas.wire import Page, Wire
from whorl.server.permits import Caller, CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["access"])


class PersonUpdate(Wire):
    """What to change of a person; what is left out stays."""

    is_disabled: bool | None = None
    password: str | None = Field(default=None, min_length=10, max_length=1024)


class PasswordSet(Wire):
    """A new password for oneself."""

    current: str | None = Field(default=None, max_length=1024, description="Null when there is none yet.")
    password: str = Field(min_length=10, max_length=1024)


@router.get("/people", **needs(Action.PEOPLE_MANAGE))
def list_people(caller: CallerDep, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)) -> Page[Person]:
    """Everybody who can sign in."""
    return caller.read(lambda conn: queries.list_people(conn, cursor=cursor, limit=limit))


@router.post("/people", status_code=201, **needs(Action.PEOPLE_MANAGE))
def create_person(caller: CallerDep, body: PersonCreate) -> Person:
    """Add somebody."""
    hashed = None if body.password is None else hash_password(body.password)
    return caller.write(
        lambda conn: actions.create_person(
            conn,
            body.email,
            name=body.name,
            password_hash=hashed,
            is_admin=body.is_admin,
            actor_id=caller.actor.id,
            now=caller.now,
        )
    )


@router.patch("/people/{person_id}", **needs(Action.PEOPLE_MANAGE))
def update_person(caller: CallerDep, person_id: str, body: PersonUpdate) -> Person:
    """Lock somebody out, let them in again, or give them a new password."""
    _get_person(caller, person_id)
    if body.password is not None:
        hashed = hash_password(body.password)
        caller.write(
            lambda conn: actions.set_password(
                conn, person_id, password_hash=hashed, actor_id=caller.actor.id, now=caller.now
            )
        )
    if body.is_disabled is not None:
        is_disabled = body.is_disabled
        caller.write(
            lambda conn: actions.set_disabled(
                conn, person_id, is_disabled=is_disabled, actor_id=caller.actor.id, now=caller.now
            )
        )
    caller.services.actors.forget()
    return _get_person(caller, person_id)


@router.put("/me/password", status_code=204, **needs(Action.SELF))
def set_my_password(caller: CallerDep, body: PasswordSet) -> None:
    """Set one's own password; the current one is needed, except from this machine's own launch link."""
    person_id = _own_person(caller)
    me = _get_person(caller, person_id)
    is_known = caller.read(lambda conn: queries.find_person_by_password(conn, me.email, body.current or ""))
    if is_known is None and not caller.actor.is_local:
        raise Forbidden("the current password does not match", hint="An admin can set a new one: `whorl user`.")
    hashed = hash_password(body.password)
    caller.write(
        lambda conn: actions.set_password(conn, person_id, password_hash=hashed, actor_id=person_id, now=caller.now)
    )
    caller.services.actors.forget()


@router.get("/tokens", **needs(Action.SELF))
def list_my_tokens(caller: CallerDep) -> list[Token]:
    """One's own personal tokens."""
    return caller.read(lambda conn: queries.list_personal_tokens(conn, _own_person(caller)))


@router.post("/tokens", status_code=201, **needs(Action.SELF))
def create_my_token(caller: CallerDep, body: TokenCreate) -> TokenCreated:
    """Make a personal token; it may do what its person may."""
    person_id = _own_person(caller)
    return caller.write(
        lambda conn: actions.create_token(
            conn,
            TokenKind.PERSONAL,
            body.name,
            actor_id=person_id,
            now=caller.now,
            person_id=person_id,
            lives_for=_days(body.expires_in_days),
        )
    )


@router.delete("/tokens/{token_id}", status_code=204, **needs(Action.SELF))
def revoke_my_token(caller: CallerDep, token_id: str) -> None:
    """Make a personal token useless."""
    person_id = _own_person(caller)
    caller.write(
        lambda conn: actions.revoke_token(conn, token_id, actor_id=person_id, now=caller.now, person_id=person_id)
    )
    caller.services.actors.forget()


@router.get("/projects/{project_id}/tokens", **needs(Action.TOKEN_MANAGE))
def list_service_tokens(caller: CallerDep, project_id: str) -> list[Token]:
    """A project's service tokens."""
    return caller.read(lambda conn: queries.list_service_tokens(conn, project_id))


@router.post("/projects/{project_id}/tokens", status_code=201, **needs(Action.TOKEN_MANAGE))
def create_service_token(caller: CallerDep, project_id: str, body: ServiceTokenCreate) -> TokenCreated:
    """Make a service token that acts as a role in this project."""
    return caller.write(
        lambda conn: actions.create_token(
            conn,
            TokenKind.SERVICE,
            body.name,
            actor_id=caller.actor.id,
            now=caller.now,
            project_id=project_id,
            role=Role(body.role),
            lives_for=_days(body.expires_in_days),
        )
    )


@router.delete("/projects/{project_id}/tokens/{token_id}", status_code=204, **needs(Action.TOKEN_MANAGE))
def revoke_service_token(caller: CallerDep, project_id: str, token_id: str) -> None:
    """Make a service token useless."""
    caller.write(
        lambda conn: actions.revoke_token(
            conn, token_id, actor_id=caller.actor.id, now=caller.now, project_id=project_id
        )
    )
    caller.services.actors.forget()


def _own_person(caller: Caller) -> str:
    if caller.actor.kind is not ActorKind.PERSON:
        raise Forbidden("a service token has no account", hint="Sign in as a person.")
    return caller.actor.id


def _get_person(caller: Caller, person_id: str) -> Person:
    found = caller.read(lambda conn: queries.find_person(conn, person_id))
    if found is None:
        raise NotFound(f"no such person: {person_id}")
    return found


def _days(days: int | None) -> timedelta | None:
    return None if days is None else timedelta(days=days)
