"""Models, evaluations and comparisons."""

from sqlalchemy import BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, Key, UtcDateTime

model = Table(
    "model",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("task", String(30), nullable=False),
    Column("architecture", String(200), nullable=False),
    Column("params", Json, nullable=False),
    Column("labels", Json, nullable=False),
    Column("status", String(12), nullable=False),  # created, training, trained, failed, cancelled
    Column("folder", Text),  # name of its folder below the models folder
    Column("dataset_key", Key, ForeignKey("dataset.key")),
    Column("revision", BigInteger),
    Column("query", Json, nullable=False),
    Column("items_digest", String(64)),
    Column("n_items", Integer),
    Column("parent_id", String(40)),
    Column("run_id", String(40)),
    Column("metrics", Json, nullable=False),
    Column("error", Text),
    Column("seconds", Float),
    Column("created_at", UtcDateTime, nullable=False),
    Column("trained_at", UtcDateTime),
    Column("pack_sha256", String(64)),  # blob that lists the folder's files; null before there were packs
    Index(None, "project_id", "id"),
)

evaluation = Table(
    "evaluation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("model_id", String(40), ForeignKey("model.id"), nullable=False),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("query", Json, nullable=False),
    Column("items_digest", String(64), nullable=False),
    Column("n_items", Integer, nullable=False),
    Column("metric_name", String(40), nullable=False),
    Column("metric", Float),
    Column("metrics", Json, nullable=False),
    Column("outputs_sha256", String(64), nullable=False),  # blob of per-item predictions
    Column("is_stale", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "model_id", "id"),
)

comparison = Table(
    "comparison",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("champion_id", String(40), ForeignKey("model.id")),
    Column("challenger_id", String(40), ForeignKey("model.id"), nullable=False),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("items_digest", String(64), nullable=False),
    Column("decision", String(12), nullable=False),  # promote, keep, tie
    Column("numbers", Json, nullable=False),
    Column("run_id", String(40)),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "project_id", "id"),
    Index(None, "items_digest"),
)
