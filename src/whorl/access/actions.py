"""Writes: people, tokens, projects, membership; each leaves an audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from whorl.access import queries
from whorl.access.rules import Actor, Role, TokenKind, may_grant
from whorl.access.secrets import new_token, token_digest
from whorl.base.errors import Conflict, Forbidden, InvalidInput, JsonValue, NotFound
from whorl.base.ids import new_id
from whorl.schemas.access import Person, Project, Token, TokenCreated
from whorl.store.db.tables import audit, membership, person, project, token

LOCAL_OWNER_EMAIL = "owner@localhost"
SYSTEM = "system"


def write_audit(
    conn: Connection,
    action: str,
    *,
    actor_id: str,
    now: datetime,
    subject: str,
    project_id: str | None = None,
    details: Mapping[str, JsonValue] | None = None,
) -> None:
    """Note that somebody did something that matters for security."""
    conn.execute(
        insert(audit).values(
            at=now,
            actor_id=actor_id,
            project_id=project_id,
            action=action,
            subject=subject,
            details=dict(details or {}),
        )
    )


def create_person(
    conn: Connection,
    email: str,
    *,
    name: str,
    actor_id: str,
    now: datetime,
    password_hash: str | None = None,
    is_admin: bool = False,
) -> Person:
    """Add somebody.

    Args:
        password_hash: Made by ``secrets.hash_password`` before the transaction, because it takes a tenth of a second.

    Raises:
        Conflict: The email is taken.
    """
    email = email.strip().lower()
    if queries.find_person(conn, email) is not None:
        raise Conflict(f"somebody has this email already: {email}", hint="Give another email, or use that account.")
    made = Person(id=new_id("person"), email=email, name=name, is_admin=is_admin, is_disabled=False, created_at=now)
    conn.execute(insert(person).values(**made.model_dump(), password_hash=password_hash))
    write_audit(conn, "person.create", actor_id=actor_id, now=now, subject=made.id, details={"is_admin": is_admin})
    return made


def ensure_local_owner(conn: Connection, *, now: datetime) -> Person:
    """Give the admin that launch tokens speak for, made on the first start."""
    found = queries.find_person(conn, LOCAL_OWNER_EMAIL)
    if found is not None:
        return found
    return create_person(conn, LOCAL_OWNER_EMAIL, name="Owner", actor_id=SYSTEM, now=now, is_admin=True)


def set_password(conn: Connection, person_id: str, *, password_hash: str, actor_id: str, now: datetime) -> None:
    """Give a person a new password and end all their sessions."""
    conn.execute(update(person).where(person.c.id == person_id).values(password_hash=password_hash))
    conn.execute(
        update(token)
        .where(token.c.person_id == person_id, token.c.kind == TokenKind.SESSION, token.c.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    write_audit(conn, "person.set_password", actor_id=actor_id, now=now, subject=person_id)


def set_disabled(conn: Connection, person_id: str, *, is_disabled: bool, actor_id: str, now: datetime) -> None:
    """Lock a person out, or let them in again.

    Raises:
        NotFound: There is no such person.
    """
    changed = conn.execute(update(person).where(person.c.id == person_id).values(is_disabled=is_disabled))
    if changed.rowcount == 0:
        raise NotFound(f"no such person: {person_id}")
    write_audit(
        conn, "person.set_disabled", actor_id=actor_id, now=now, subject=person_id, details={"is_disabled": is_disabled}
    )


def create_project(
    conn: Connection,
    name: str,
    *,
    actor_id: str,
    now: datetime,
    settings: Mapping[str, JsonValue] | None = None,
    owner_id: str | None = None,
) -> Project:
    """Make a project, owned by ``owner_id``.

    Raises:
        Conflict: The name is taken.
        InvalidInput: The name is empty.
    """
    name = name.strip()
    if not name:
        raise InvalidInput("a project needs a name", hint="Give a name of 1 to 200 characters.")
    made = Project(id=new_id("project"), name=name, settings=dict(settings or {}), created_at=now)
    if queries.find_project(conn, name) is not None:
        raise Conflict(f"a project has this name already: {name}", hint="Choose another name, or use that project.")
    conn.execute(insert(project).values(**made.model_dump()))
    if owner_id is not None:
        conn.execute(insert(membership).values(project_id=made.id, person_id=owner_id, role=Role.OWNER, created_at=now))
    write_audit(conn, "project.create", actor_id=actor_id, now=now, subject=made.id, project_id=made.id)
    return made


def update_project(
    conn: Connection,
    project_id: str,
    *,
    actor_id: str,
    now: datetime,
    name: str | None = None,
    settings: Mapping[str, JsonValue] | None = None,
) -> Project:
    """Rename a project or replace its settings.

    Raises:
        NotFound: There is no such project.
        Conflict: The name is taken.
    """
    before = queries.get_project(conn, project_id)
    values = {"name": name or before.name, "settings": before.settings if settings is None else dict(settings)}
    try:
        with conn.begin_nested():
            conn.execute(update(project).where(project.c.id == project_id).values(**values))
    except IntegrityError as error:
        raise Conflict(f"a project has this name already: {name}", hint="Choose another name.") from error
    write_audit(conn, "project.update", actor_id=actor_id, now=now, subject=project_id, project_id=project_id)
    return queries.get_project(conn, project_id)


def set_member(
    conn: Connection,
    project_id: str,
    who: str,
    role: Role,
    *,
    actor: Actor,
    now: datetime,
    skills: Sequence[str] | None = None,
) -> None:
    """Give a person, named by email or id, a role.

    Args:
        skills: What they may be asked beyond common work; None leaves it as it was.

    Raises:
        NotFound: Nobody has this email or id.
        Forbidden: The actor may not grant that role, or not change somebody above them.
        Conflict: The project would be left without an owner.
    """
    member = queries.find_person(conn, who)
    if member is None:
        raise NotFound(f"no such person: {who}", hint="An admin adds people first: `whorl user add`.")
    before = queries.find_role(conn, project_id, member.id)
    _check_grant(conn, project_id, actor, before=before, after=role)
    values: dict[str, object] = {"role": role}
    if skills is not None:
        values["skills"] = list(dict.fromkeys(one.strip() for one in skills))
    if before is None:
        conn.execute(insert(membership).values(project_id=project_id, person_id=member.id, created_at=now, **values))
    else:
        mine = (membership.c.project_id == project_id) & (membership.c.person_id == member.id)
        conn.execute(update(membership).where(mine).values(**values))
    write_audit(
        conn,
        "member.set",
        actor_id=actor.id,
        now=now,
        subject=member.id,
        project_id=project_id,
        details={"before": before, "after": role, **({} if skills is None else {"skills": [*skills]})},
    )


def remove_member(conn: Connection, project_id: str, person_id: str, *, actor: Actor, now: datetime) -> None:
    """Take a person's role away.

    Raises:
        NotFound: The person has no role here.
        Forbidden: The actor may not change somebody above them.
        Conflict: The project would be left without an owner.
    """
    before = queries.find_role(conn, project_id, person_id)
    if before is None:
        raise NotFound(f"no such member: {person_id}")
    _check_grant(conn, project_id, actor, before=before, after=None)
    mine = (membership.c.project_id == project_id) & (membership.c.person_id == person_id)
    conn.execute(delete(membership).where(mine))
    write_audit(conn, "member.remove", actor_id=actor.id, now=now, subject=person_id, project_id=project_id)


def _check_grant(conn: Connection, project_id: str, actor: Actor, *, before: Role | None, after: Role | None) -> None:
    own = actor.role_in(project_id)
    for role in (before, after):
        if role is not None and (own is None or not may_grant(own, role)):
            raise Forbidden(f"a {own or 'stranger'} may not give or take the role {role}", hint="Ask an owner.")
    if before is Role.OWNER and after is not Role.OWNER and queries.count_owners(conn, project_id) == 1:
        raise Conflict("a project needs an owner: this is the last one", hint="Make somebody else owner first.")


def create_token(
    conn: Connection,
    kind: TokenKind,
    name: str,
    *,
    actor_id: str,
    now: datetime,
    person_id: str | None = None,
    project_id: str | None = None,
    role: Role | None = None,
    endpoint_id: str | None = None,
    lives_for: timedelta | None = None,
) -> TokenCreated:
    """Make a token; only its digest is kept.

    Args:
        person_id: Whom it speaks for; None for a service token, which needs ``project_id`` and ``role``.
        endpoint_id: All that it may be used for; it needs ``project_id`` only, for the audit.
    """
    secret = new_token()
    made = Token(
        id=new_id("token"),
        kind=kind.value,
        name=name,
        project_id=project_id,
        role=None if role is None else role.value,
        created_at=now,
        expires_at=None if lives_for is None else now + lives_for,
        revoked_at=None,
    )
    held = {"digest": token_digest(secret), "person_id": person_id, "endpoint_id": endpoint_id}
    conn.execute(insert(token).values(**made.model_dump(), **held))
    write_audit(
        conn,
        "token.create",
        actor_id=actor_id,
        now=now,
        subject=made.id,
        project_id=project_id,
        details={"kind": kind, "role": role},
    )
    return TokenCreated(token=made, secret=secret)


def revoke_token(
    conn: Connection,
    token_id: str,
    *,
    actor_id: str,
    now: datetime,
    person_id: str | None = None,
    project_id: str | None = None,
    endpoint_id: str | None = None,
) -> None:
    """Make a token useless from now on.

    Args:
        person_id: Only if it speaks for this person.
        project_id: Only if it is a token of this project.
        endpoint_id: Only if it is a token of this endpoint.

    Raises:
        NotFound: There is no such token (within the limits given).
    """
    query = select(token.c.revoked_at).where(token.c.id == token_id)
    if person_id is not None:
        query = query.where(token.c.person_id == person_id)
    if project_id is not None:
        query = query.where(token.c.project_id == project_id)
    if endpoint_id is not None:
        query = query.where(token.c.endpoint_id == endpoint_id)
    row = conn.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"no such token: {token_id}")
    if row.revoked_at is None:
        conn.execute(update(token).where(token.c.id == token_id).values(revoked_at=now))
        write_audit(conn, "token.revoke", actor_id=actor_id, now=now, subject=token_id, project_id=project_id)


def revoke_launches(conn: Connection, name: str, *, now: datetime) -> None:
    """End the launch tokens and launch sessions of an earlier start under the same name."""
    conn.execute(update(token).where(token.c.name == name, token.c.revoked_at.is_(None)).values(revoked_at=now))
