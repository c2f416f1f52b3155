"""The durable inbox, its dead letters, cron fires and long jobs."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

inbox = Table(
    "inbox",
    metadata,
    Column("id", Key, primary_key=True),
    Column("node", String(120), nullable=False),  # whose handler runs it
    Column("run_key", Key, nullable=False),  # whose journey it is; 0 for none
    Column("ref", String(80), nullable=False),  # what travels: a public id
    Column("epoch", Integer, nullable=False),  # a deliberate re-run takes the next
    Column("not_before_ms", BigInteger, nullable=False),
    Column("token", String(40)),  # who leased it last
    # 0 or the end of the lease. Not indexed, so a claim writes the row and no index (a HOT update on PostgreSQL).
    Column("leased_until_ms", BigInteger, nullable=False, server_default="0"),
    Column("attempts", Integer, nullable=False),
    Column("payload", Text, nullable=False),  # JSON of references, never pixels
    UniqueConstraint("node", "run_key", "ref", "epoch"),
    Index("ix_inbox_claim", "node", "not_before_ms", "id"),
    # Every row is inserted, updated and deleted within minutes: vacuum long before a fifth of the table is dead.
    postgresql_with={"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.01, "autovacuum_analyze_scale_factor": 0.02},
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", Key, primary_key=True),
    Column("node", String(120), nullable=False),
    Column("run_key", Key, nullable=False),
    Column("ref", String(80), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("payload", Text, nullable=False),
    Column("error_code", String(60), nullable=False),
    Column("error", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "node", "id"),
)

cron_fire = Table(
    "cron_fire",
    metadata,
    Column("rule_id", String(120), primary_key=True),
    Column("scheduled_at", UtcDateTime, primary_key=True),
    Column("fired_at", UtcDateTime, nullable=False),
)

job = Table(
    "job",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40)),
    Column("kind", String(40), nullable=False),
    Column("state", String(12), nullable=False),  # queued, running, done, failed, cancelled
    Column("progress", Float, nullable=False),  # share done, 0 to 1
    Column("message", Text, nullable=False),
    Column("params", Json, nullable=False),
    Column("result", Json, nullable=False),
    Column("log", Text, nullable=False),  # the last lines, a few thousand characters
    Column("error_code", String(60)),
    Column("error", Text),
    Column("is_cancel_requested", Integer, nullable=False),
    Column("actor_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    Index(None, "project_id", "id"),
)
