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
    Column("assignee_ids", Json),  # only these people may lease; null: everyone
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
    Column("submission", String(64)),  # fingerprint of what was handed in, to tell a repeat from another window's work
    Column("reviewed_by", String(40)),
    Column("human_seconds", Float, nullable=False),
    Column("answer", String(12)),  # validate: yes, no; several answers: agreed, disputed
    Column("return_to", Json),  # where a pipeline's token goes on: run, node, epoch
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("task_key", "item_key"),
    Index(None, "task_key", "status", "rank", "key"),
    Index(None, "assignee_id", "status"),
)

task_count = Table(
    "task_count",
    metadata,
    Column("task_key", Key, ForeignKey("task.key"), primary_key=True),
    Column("status", String(12), primary_key=True),
    Column("n_items", BigInteger, nullable=False),  # kept in step with task_item in the same transaction
)

task_person = Table(
    "task_person",
    metadata,
    Column("task_key", Key, ForeignKey("task.key"), primary_key=True),
    Column("person_id", String(40), primary_key=True),
    Column("submitted", BigInteger, nullable=False),  # times, as are the others: rework counts again
    Column("approved", BigInteger, nullable=False),  # of this person's work
    Column("untouched", BigInteger, nullable=False),  # of those, approved as handed in
    Column("sent_back", BigInteger, nullable=False),
    Column("human_seconds", Float, nullable=False),
    Column("last_active_at", UtcDateTime),
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
    Index(None, "task_key", "state"),
)

comment = Table(
    "comment",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("issue_id", String(40), ForeignKey("issue.id")),  # a reply to an issue; null: about the item
    Column("annotation_id", String(40)),
    Column("x", Float),
    Column("y", Float),
    Column("body", Text, nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "item_key", "id"),
    Index(None, "issue_id", "id"),
)

# One person's answer on one item of a task that wants several: nobody sees another's before they are fused.
task_answer = Table(
    "task_answer",
    metadata,
    Column("task_item_key", Key, ForeignKey("task_item.key"), primary_key=True),
    Column("person_id", String(40), primary_key=True),
    Column("outcome", String(12), nullable=False),  # draft, submitted, discarded
    Column("annotations", Json, nullable=False),  # all that the person says is on the item
    Column("rejected_ids", Json, nullable=False),
    Column("draft", Json),  # of an item that went on to somebody else before it was submitted
    Column("reason", Text),  # why it was discarded
    Column("submission", String(64)),  # fingerprint, as of task_item
    Column("human_seconds", Float, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
