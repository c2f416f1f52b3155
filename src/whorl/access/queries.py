"""Reads: people, tokens, projects, members, audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from whorl.access.rules import Actor, ActorKind, Role, TokenKind
from whorl.access.secrets import is_password, token_digest
from whorl.base.errors import NotFound
from whorl.schemas.access import AuditEntry, Member, Person, Project, Token
from whorl.schemas.wire import Page
from whorl.store.db.tables import audit, membership, person, project, token

LAUNCH_PREFIX = "launch:"
"""How the names of launch tokens, and of the sessions opened with them, begin."""
_PERSON = (person.c.id, person.c.email, person.c.name, person.c.is_admin, person.c.is_disabled, person.c.created_at)
_TOKEN = (
    token.c.id,
    token.c.kind,
    token.c.name,
    token.c.project_id,
    token.c.role,
    token.c.created_at,
    token.c.expires_at,
    token.c.revoked_at,
)


def find_actor(conn: Connection, secret: str, *, now: datetime) -> Actor | None:
    """Give who a token speaks for, or None when it is unknown, expired, revoked or its person disabled."""
    row = conn.execute(select(token).where(token.c.digest == token_digest(secret))).mappings().one_or_none()
    if row is None or row["revoked_at"] is not None or (row["expires_at"] is not None and row["expires_at"] <= now):
        return None
    if row["kind"] == TokenKind.SERVICE:
        roles = {row["project_id"]: Role(row["role"])}
        return Actor(id=row["id"], kind=ActorKind.SERVICE, name=row["name"], roles=roles, token_id=row["id"])
    if row["kind"] == TokenKind.ENDPOINT:
        return Actor(
            id=row["id"],
            kind=ActorKind.SERVICE,
            name=row["name"],
            token_id=row["id"],
            endpoint_id=str(row["endpoint_id"]),
        )
    return _person_actor(conn, row)


def _person_actor(conn: Connection, token_row: RowMapping) -> Actor | None:
    who = conn.execute(select(person).where(person.c.id == token_row["person_id"])).mappings().one_or_none()
    if who is None or who["is_disabled"]:
        return None
    mine = select(membership.c.project_id, membership.c.role).where(membership.c.person_id == who["id"])
    return Actor(
        id=who["id"],
        kind=ActorKind.PERSON,
        name=who["name"],
        is_admin=who["is_admin"],
        roles={row.project_id: Role(row.role) for row in conn.execute(mine)},
        token_id=token_row["id"],
        is_local=_is_local(token_row),
    )


def _is_local(token_row: RowMapping) -> bool:
    # Only the server names sessions; people name their own tokens, so a name alone proves nothing.
    kind, name = str(token_row["kind"]), str(token_row["name"])
    return kind == TokenKind.LAUNCH or (kind == TokenKind.SESSION and name.startswith(LAUNCH_PREFIX))


def find_person_by_password(conn: Connection, email: str, password: str) -> Person | None:
    """Give the person whose password this is, or None; unknown people take as long as wrong passwords."""
    row = conn.execute(select(person).where(person.c.email == email.strip().lower())).mappings().one_or_none()
    is_right = is_password(row["password_hash"] if row else None, password)
    if row is None or not is_right or row["is_disabled"]:
        return None
    return _to_person(row)


def find_person(conn: Connection, email_or_id: str) -> Person | None:
    """Give the person with an email or an id, or None."""
    text = email_or_id.strip()
    is_match = (person.c.id == text) | (person.c.email == text.lower())
    row = conn.execute(select(*_PERSON).where(is_match)).mappings().one_or_none()
    return None if row is None else _to_person(row)


def list_people(conn: Connection, *, cursor: str | None = None, limit: int = 100) -> Page[Person]:
    """One page of people, oldest first."""
    query = select(*_PERSON).order_by(person.c.id).limit(limit + 1)
    if cursor:
        query = query.where(person.c.id > cursor)
    people = [_to_person(row) for row in conn.execute(query).mappings()]
    return Page(items=people[:limit], next_cursor=people[limit - 1].id if len(people) > limit else None)


def has_password(conn: Connection) -> bool:
    """Whether any admin can sign in with a password: the condition for listening on a public address."""
    query = select(func.count()).where(
        person.c.is_admin.is_(True), person.c.is_disabled.is_(False), person.c.password_hash.is_not(None)
    )
    return conn.execute(query).scalar_one() > 0


def get_project(conn: Connection, project_id: str) -> Project:
    """Give a project.

    Raises:
        NotFound: There is none with this id.
    """
    row = conn.execute(select(project).where(project.c.id == project_id)).mappings().one_or_none()
    if row is None:
        raise NotFound(f"no such project: {project_id}", hint="List your projects at GET /api/v1/projects.")
    return _to_project(row)


def find_project(conn: Connection, name: str) -> Project | None:
    """Give the project of a name, or None."""
    row = conn.execute(select(project).where(project.c.name == name)).mappings().one_or_none()
    return None if row is None else _to_project(row)


def list_projects(
    conn: Connection, actor: Actor, *, name: str | None = None, cursor: str | None = None, limit: int = 100
) -> Page[Project]:
    """One page of the projects that the actor has a role in, oldest first."""
    query = select(project).order_by(project.c.id).limit(limit + 1)
    if not actor.is_admin:
        query = query.where(project.c.id.in_(list(actor.roles)))
    if name is not None:
        query = query.where(project.c.name == name)
    if cursor:
        query = query.where(project.c.id > cursor)
    projects = [_to_project(row) for row in conn.execute(query).mappings()]
    return Page(items=projects[:limit], next_cursor=projects[limit - 1].id if len(projects) > limit else None)


def find_role(conn: Connection, project_id: str, person_id: str) -> Role | None:
    """Give a person's role in a project, or None."""
    query = select(membership.c.role).where(membership.c.project_id == project_id, membership.c.person_id == person_id)
    role = conn.execute(query).scalar_one_or_none()
    return None if role is None else Role(role)


def list_members(conn: Connection, project_id: str) -> list[Member]:
    """Everybody with a role in the project, by email."""
    query = (
        select(membership.c.person_id, person.c.email, person.c.name, membership.c.role, membership.c.skills)
        .join(person, person.c.id == membership.c.person_id)
        .where(membership.c.project_id == project_id)
        .order_by(person.c.email)
    )
    return [Member(**{**row, "skills": row["skills"] or []}) for row in conn.execute(query).mappings()]


def list_skills(conn: Connection, project_id: str, person_id: str) -> list[str]:
    """What a person may be asked in a project beyond common work; nothing for those who are no members."""
    mine = (membership.c.project_id == project_id) & (membership.c.person_id == person_id)
    return list(conn.execute(select(membership.c.skills).where(mine)).scalar_one_or_none() or ())


def count_owners(conn: Connection, project_id: str) -> int:
    """How many owners a project has."""
    query = select(func.count()).where(membership.c.project_id == project_id, membership.c.role == Role.OWNER)
    return conn.execute(query).scalar_one()


def list_personal_tokens(conn: Connection, person_id: str) -> list[Token]:
    """A person's own personal tokens that still stand, newest first."""
    query = select(*_TOKEN).where(
        token.c.person_id == person_id, token.c.kind == TokenKind.PERSONAL, token.c.revoked_at.is_(None)
    )
    return [_to_token(row) for row in conn.execute(query.order_by(token.c.id.desc())).mappings()]


def list_service_tokens(conn: Connection, project_id: str) -> list[Token]:
    """A project's service tokens that still stand, newest first."""
    query = select(*_TOKEN).where(
        token.c.project_id == project_id, token.c.kind == TokenKind.SERVICE, token.c.revoked_at.is_(None)
    )
    return [_to_token(row) for row in conn.execute(query.order_by(token.c.id.desc())).mappings()]


def list_endpoint_tokens(conn: Connection, endpoint_id: str) -> list[Token]:
    """An endpoint's tokens that still stand, newest first."""
    query = select(*_TOKEN).where(token.c.endpoint_id == endpoint_id, token.c.revoked_at.is_(None))
    return [_to_token(row) for row in conn.execute(query.order_by(token.c.id.desc())).mappings()]


def list_audit(conn: Connection, project_id: str, *, cursor: str | None = None, limit: int = 100) -> Page[AuditEntry]:
    """One page of a project's audit log, newest first."""
    query = select(audit).where(audit.c.project_id == project_id).order_by(audit.c.id.desc()).limit(limit + 1)
    if cursor:
        query = query.where(audit.c.id < int(cursor))
    rows = conn.execute(query).mappings().all()
    entries = [AuditEntry(**{key: row[key] for key in AuditEntry.model_fields}) for row in rows[:limit]]
    return Page(items=entries, next_cursor=str(entries[-1].id) if len(rows) > limit else None)


# Any: a row's values have the types of their columns, which Pydantic checks again.
def _to_person(row: Mapping[Any, Any]) -> Person:
    return Person(**{column.name: row[column.name] for column in _PERSON})


def _to_project(row: Mapping[Any, Any]) -> Project:
    return Project(id=row["id"], name=row["name"], settings=row["settings"], created_at=row["created_at"])


def _to_token(row: Mapping[Any, Any]) -> Token:
    return Token(**{column.name: row[column.name] for column in _TOKEN})
