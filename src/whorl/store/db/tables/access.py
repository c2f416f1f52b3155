"""People, tokens, projects, membership, audit and idempotency keys."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

person = Table(
    "person",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("email", String(320), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", Text),
    Column("is_admin", Boolean, nullable=False),
    Column("is_disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

project = Table(
    "project",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False, unique=True),
    Column("settings", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

token = Table(
    "token",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(20), nullable=False),  # session, personal, service, launch, endpoint
    Column("name", String(200), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("person_id", String(40), ForeignKey("person.id")),
    Column("project_id", String(40), ForeignKey("project.id")),  # service tokens only
    Column("role", String(20)),  # service tokens only
    Column("endpoint_id", String(40)),  # endpoint tokens only: all they may be used for
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
)

membership = Table(
    "membership",
    metadata,
    Column("project_id", String(40), ForeignKey("project.id"), primary_key=True),
    Column("person_id", String(40), ForeignKey("person.id"), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("skills", Json),  # names of what this person may be asked; null: none were said
)

audit = Table(
    "audit",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", String(40), nullable=False),
    Column("project_id", String(40)),
    Column("action", String(80), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Json, nullable=False),
    Index(None, "project_id", "id"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("id", Key, primary_key=True),
    Column("actor_id", String(40), nullable=False),
    Column("key", String(200), nullable=False),
    Column("request_digest", String(64), nullable=False),
    Column("status", Integer),  # null while the first request runs
    Column("body", LargeBinary),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("actor_id", "key"),
)
