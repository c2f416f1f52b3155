"""Tasks, the items in them, and issues."""

from sqlalchemy import (
    BigInteger,
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
from whorl.store.db.types import Json, Key, UtcDateTime

task = Table(
    "task",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(12), nullable=False),  # label, review, validate, classify
    Column("status", String(12), nullable=False),  # active, paused, done
    Column("recipe_id", String(40), ForeignKey("recipe.id")),
    Column("reviews_task_key", Key, ForeignKey("task.key")),  # the labelling task a review task reopens
    Column("lease_seconds", Integer, nullable=False),
    Column("settings", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "project_id", "key"),
)

task_item = Table(
    "task_item",
    metadata,
    Column("key", Key, primary_key=True),
    Column("task_key", Key, ForeignKey("task.key"), nullable=False),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("status", String(12), nullable=False),  # queued, leased, submitted, approved, rework, waiting, discarded
    Column("rank", BigInteger, nullable=False),  # smaller is served first
    Column("assignee_id", String(40)),
    Column("lease_token", String(40)),
    Column("lease_until_ms", BigInteger, nullable=False),
    Column("measured_from_ms", BigInteger, nullable=False),  # active seconds are counted up to here
    Column("draft", Json),  # saved and not yet submitted: nobody's truth
    Column("version", Integer, nullable=False),
    Column("submitted_by", String(40)),
    Column("reviewed_by", String(40)),
    Column("human_seconds", Float, nullable=False),
    Column("return_to", Json),  # where a pipeline's token goes on: run, node, epoch
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("task_key", "item_key"),
    Index(None, "task_key", "status", "rank", "key"),
    Index(None, "assignee_id", "status"),
)

issue = Table(
    "issue",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("task_key", Key, ForeignKey("task.key"), nullable=False),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("annotation_id", String(40)),
    Column("x", Float),
    Column("y", Float),
    Column("body", Text, nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("state", String(10), nullable=False),  # open, resolved
    Column("created_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", String(40)),
    Index(None, "item_key", "state"),
)
