"""Assistants that learn while people label, and what each of their rounds made."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

assistant = Table(
    "assistant",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("task_key", Key, ForeignKey("task.key"), nullable=False),
    Column("kind", String(10), nullable=False),  # class, box, mask
    Column("status", String(12), nullable=False),  # waiting, training, ready, stopped, failed
    Column("settings", Json, nullable=False),
    Column("model_id", String(40), ForeignKey("model.id")),  # the newest that proposes; null before the first
    Column("job_id", String(40)),  # the training under way
    Column("n_seen", Integer, nullable=False),  # finished items of the task when it last began to train
    Column("error", Text),
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(None, "task_key", "key"),
)

assistant_round = Table(
    "assistant_round",
    metadata,
    Column("assistant_key", Key, ForeignKey("assistant.key"), primary_key=True),
    Column("round", Integer, primary_key=True),  # from 1
    Column("model_id", String(40), ForeignKey("model.id"), nullable=False),
    Column("n_items", Integer, nullable=False),  # it learnt from
    Column("n_objects", Integer, nullable=False),
    Column("n_proposed", Integer, nullable=False),  # items it proposed something for
    Column("seconds", Float, nullable=False),
    Column("metrics", Json, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
