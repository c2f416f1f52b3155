"""Pipelines, their versions, variables, runs and triggers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, OrderedJson, UtcDateTime

pipeline = Table(
    "pipeline",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_active", Boolean, nullable=False),  # its triggers fire
    Column("is_paused", Boolean, nullable=False, server_default="0"),  # its nodes take no work
    Column("webhook_secret", String(64)),  # signs what its webhooks send; made with the first
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "name"),
)

pipeline_version = Table(
    "pipeline_version",
    metadata,
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("definition", OrderedJson, nullable=False),  # the order of routes says which is tried first
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

pipeline_variable = Table(
    "pipeline_variable",
    metadata,
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), primary_key=True),
    Column("name", String(100), primary_key=True),
    Column("type", String(20), nullable=False),
    Column("value", Json, nullable=False),
    Column("updated_by", String(40), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("start_node", String(100), nullable=False),
    Column("cause", String(200), nullable=False),  # event id, cron time or person
    Column("ref", String(80), nullable=False),  # the token's public id; empty for a model flow before its model
    Column("state", String(12), nullable=False),  # active, done, failed, cancelled
    Column("open_tokens", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    # How many runs of this pipeline began one another before this one: the guard against loops.
    Column("depth", Integer, nullable=False, server_default="0"),
    UniqueConstraint("pipeline_id", "start_node", "cause"),
    Index(None, "pipeline_id", "state", "key"),
)

run_step = Table(
    "run_step",
    metadata,
    Column("key", Key, primary_key=True),
    Column("run_key", Key, nullable=False),
    Column("node", String(100), nullable=False),
    Column("ref", String(80), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("port", String(40), nullable=False),
    Column("output", Json, nullable=False),
    Column("machine_seconds", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("human_seconds", Float, nullable=False, server_default="0"),
    # JSON of the port and values it came with, for a re-run from here; null: the first port, and nothing.
    Column("arrival", Text),
    UniqueConstraint("run_key", "node", "ref", "epoch"),
)

# What each node did, minute by minute: rates and cost without reading the steps.
node_tally = Table(
    "node_tally",
    metadata,
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), primary_key=True),
    Column("node", String(100), primary_key=True),
    Column("minute", BigInteger, primary_key=True),  # minutes since 1970, UTC
    Column("done", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("machine_seconds", Float, nullable=False),
    Column("human_seconds", Float, nullable=False),
)

# What nodes said, newest last; trimmed per pipeline.
run_log = Table(
    "run_log",
    metadata,
    Column("key", Key, primary_key=True),
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), nullable=False),
    Column("node", String(100), nullable=False),
    Column("run_key", Key),  # null: not about one run
    Column("level", String(8), nullable=False),  # info, warning, error
    Column("message", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "pipeline_id", "key"),
    Index(None, "run_key"),
)

# Webhook calls: written with the token's commit, sent afterwards, and tried until they are delivered or given up.
delivery = Table(
    "delivery",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("pipeline_id", String(40), ForeignKey("pipeline.id")),
    Column("node", String(100)),
    Column("ref", String(80), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),  # waiting, delivered, failed
    Column("attempts", Integer, nullable=False),
    Column("status_code", Integer),
    Column("response", Text),  # its beginning
    Column("error", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("next_at", UtcDateTime),  # null: not tried again
    Index(None, "project_id", "id"),
    Index(None, "pipeline_id", "id"),
)

# Which items a round let go. The round's run counts them as open until each has ended, or another round took it.
round_item = Table(
    "round_item",
    metadata,
    Column("run_key", Key, primary_key=True, autoincrement=False),  # the item's journey
    Column("round_key", Key, nullable=False),  # the run that chose it
    Column("is_out", Boolean, nullable=False),
    Index(None, "round_key"),
)

parked = Table(
    "parked",
    metadata,
    Column("key", Key, primary_key=True),
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), nullable=False),
    Column("node", String(100), nullable=False),
    Column("run_key", Key, nullable=False),
    Column("ref", String(80), nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("port", String(40), nullable=False),  # the input it arrived at
    Column("payload", Json, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("pipeline_id", "node", "run_key", "ref", "epoch", "port"),
    Index(None, "pipeline_id", "node", "at"),
)

trigger_state = Table(
    "trigger_state",
    metadata,
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), primary_key=True),
    Column("trigger", String(100), primary_key=True),
    Column("event_id", BigInteger, nullable=False),  # the last event this trigger has looked at
    Column("count", Integer, nullable=False),  # progress of a count trigger
    Column("next_at", UtcDateTime),  # the next time of a cron trigger
)

trigger_fire = Table(
    "trigger_fire",
    metadata,
    Column("pipeline_id", String(40), ForeignKey("pipeline.id"), primary_key=True),
    Column("trigger", String(100), primary_key=True),
    Column("cause", String(200), primary_key=True),
    Column("fired_at", UtcDateTime, nullable=False),
)
