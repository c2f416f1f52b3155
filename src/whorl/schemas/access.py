"""People, projects, members and tokens on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

RoleName = Literal["owner", "manager", "reviewer", "annotator", "viewer"]
SkillName = Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]
EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s]{1,255}$"


class Person(Wire):
    """Somebody who can sign in."""

    id: str
    email: str
    name: str
    is_admin: bool
    is_disabled: bool
    created_at: UtcTime


class PersonCreate(Wire):
    """A person to be added. Without a password they can only use tokens."""

    email: str = Field(pattern=EMAIL_PATTERN, max_length=320)
    name: str = Field(min_length=1, max_length=200)
    password: str | None = Field(default=None, min_length=10, max_length=1024)
    is_admin: bool = False


class Login(Wire):
    """Sign in with a password."""

    email: str = Field(max_length=320)
    password: str = Field(max_length=1024)


class Session(Wire):
    """A session was opened; the browser holds its cookie."""

    csrf_token: str = Field(description="Send as `X-CSRF-Token` with every write that uses the cookie.")
    expires_at: UtcTime


class Me(Wire):
    """Who is asking."""

    id: str
    kind: Literal["person", "service"]
    name: str
    is_admin: bool
    roles: dict[str, RoleName] = Field(description="Role by project id; empty for an admin, who is owner everywhere.")
    csrf_token: str | None = Field(default=None, description="Null unless the request came with a session cookie.")


class Project(Wire):
    """The unit of membership, ontology, pipelines and models."""

    id: str
    name: str
    settings: dict[str, JsonValue]
    created_at: UtcTime


class ProjectCreate(Wire):
    """A project to be made."""

    name: str = Field(min_length=1, max_length=200)
    settings: dict[str, JsonValue] = Field(default_factory=dict)


class ProjectUpdate(Wire):
    """What to change of a project; what is left out stays."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    settings: dict[str, JsonValue] | None = None


class Member(Wire):
    """A person's role in a project."""

    person_id: str
    email: str
    name: str
    role: RoleName
    skills: list[str] = Field(default_factory=list, description="What this person may be asked beyond common work.")


class MemberSet(Wire):
    """Give a person, by email or id, a role in the project."""

    person: str = Field(min_length=1, max_length=320, description="Email or id.")
    role: RoleName
    skills: list[SkillName] | None = Field(default=None, max_length=100, description="Left out: as they were.")


class Token(Wire):
    """A token, without its secret."""

    id: str
    kind: Literal["session", "personal", "service", "launch", "endpoint"]
    name: str
    project_id: str | None
    role: RoleName | None
    created_at: UtcTime
    expires_at: UtcTime | None
    revoked_at: UtcTime | None


class TokenCreate(Wire):
    """A personal token to be made."""

    name: str = Field(min_length=1, max_length=200)
    expires_in_days: int | None = Field(default=None, ge=1, le=3660)


class ServiceTokenCreate(TokenCreate):
    """A service token to be made: it acts as a role in one project."""

    role: RoleName


class TokenCreated(Wire):
    """A new token with its secret, which is shown this once."""

    token: Token
    secret: str


class AuditEntry(Wire):
    """Something security-relevant that somebody did."""

    id: int
    at: UtcTime
    actor_id: str
    action: str
    subject: str
    details: dict[str, JsonValue]
