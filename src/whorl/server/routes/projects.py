"""Projects and their members."""

from __future__ import annotations

from fastapi import APIRouter, Query

from whorl.access import actions, queries
from whorl.access.rules import Action, ActorKind, Role
from whorl.base.errors import InvalidInput
from whorl.schemas.access import AuditEntry, Member, MemberSet, Project, ProjectCreate, ProjectUpdate
from whorl.schemas.wire import Page
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["projects"])


@router.get("/projects", **needs(Action.SELF))
def list_projects(
    caller: CallerDep, name: str | None = None, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[Project]:
    """The projects one has a role in."""
    return caller.read(lambda conn: queries.list_projects(conn, caller.actor, name=name, cursor=cursor, limit=limit))


@router.post("/projects", status_code=201, **needs(Action.PROJECT_CREATE))
def create_project(caller: CallerDep, body: ProjectCreate) -> Project:
    """Make a project; who makes it owns it."""
    owner_id = caller.actor.id if caller.actor.kind is ActorKind.PERSON else None
    made = caller.write(
        lambda conn: actions.create_project(
            conn, body.name, settings=body.settings, owner_id=owner_id, actor_id=caller.actor.id, now=caller.now
        )
    )
    caller.services.actors.forget()
    return made


@router.get("/projects/{project_id}", **needs(Action.PROJECT_READ))
def get_project(caller: CallerDep, project_id: str) -> Project:
    """One project."""
    return caller.read(lambda conn: queries.get_project(conn, project_id))


@router.patch("/projects/{project_id}", **needs(Action.PROJECT_UPDATE))
def update_project(caller: CallerDep, project_id: str, body: ProjectUpdate) -> Project:
    """Rename a project or replace its settings."""
    return caller.write(
        lambda conn: actions.update_project(
            conn, project_id, name=body.name, settings=body.settings, actor_id=caller.actor.id, now=caller.now
        )
    )


@router.get("/projects/{project_id}/members", **needs(Action.MEMBER_READ))
def list_members(caller: CallerDep, project_id: str) -> list[Member]:
    """Everybody with a role in the project."""
    return caller.read(lambda conn: queries.list_members(conn, project_id))


@router.put("/projects/{project_id}/members", **needs(Action.MEMBER_WRITE))
def set_member(caller: CallerDep, project_id: str, body: MemberSet) -> Member:
    """Give a person a role, and say what they may be asked beyond common work."""
    caller.write(
        lambda conn: actions.set_member(
            conn, project_id, body.person, Role(body.role), skills=body.skills, actor=caller.actor, now=caller.now
        )
    )
    caller.services.actors.forget()
    members = caller.read(lambda conn: queries.list_members(conn, project_id))
    who = body.person.strip()
    return next(member for member in members if _is(member, who))


def _is(member: Member, who: str) -> bool:
    return member.person_id == who or member.email == who.lower()


@router.delete("/projects/{project_id}/members/{person_id}", status_code=204, **needs(Action.MEMBER_WRITE))
def remove_member(caller: CallerDep, project_id: str, person_id: str) -> None:
    """Take a person's role away."""
    caller.write(lambda conn: actions.remove_member(conn, project_id, person_id, actor=caller.actor, now=caller.now))
    caller.services.actors.forget()


@router.get("/projects/{project_id}/audit", **needs(Action.AUDIT_READ))
def list_audit(
    caller: CallerDep, project_id: str, cursor: str | None = None, limit: int = Query(100, ge=1, le=1000)
) -> Page[AuditEntry]:
    """What was done here that matters for security, newest first."""
    if cursor is not None and not cursor.isdigit():
        raise InvalidInput(f"not a cursor: {cursor}", hint="Pass `next_cursor` of the page before.")
    return caller.read(lambda conn: queries.list_audit(conn, project_id, cursor=cursor, limit=limit))
