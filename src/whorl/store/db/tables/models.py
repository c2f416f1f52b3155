"""Models, their curves, evaluations with their findings, and comparisons."""

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
    Column("variant_of", String(40)),  # the model whose weights these are, in another precision
    Column("variant", String(20)),  # int8, fp16
    Column("size_bytes", BigInteger),  # of the files that predict
    Column("latency_ms", Float),  # of one image at a time, where it was trained
    Column("assistant_id", String(40)),  # of a model that only helps with one labelling task
    Index(None, "project_id", "id"),
)

model_curve = Table(
    "model_curve",
    metadata,
    Column("model_id", String(40), ForeignKey("model.id"), primary_key=True),
    Column("step", Integer, primary_key=True),  # number of the report
    Column("metrics", Json, nullable=False),
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

evaluation_finding = Table(
    "evaluation_finding",
    metadata,
    Column("key", Key, primary_key=True),
    Column("evaluation_id", String(40), ForeignKey("evaluation.id"), nullable=False),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("type", String(10), nullable=False),  # correct, confused, missed, spurious
    Column("truth", String(200)),  # true label; null for what is spurious
    Column("predicted", String(200)),  # null for what is missed
    Column("confidence", Float),
    Column("iou", Float),  # of the two shapes; null for classes and without a pair
    Column("bounds", Json),  # x0, y0, x1, y1 of the predicted object, or of the missed one; null for classes
    Index("ix_evaluation_finding_cell", "evaluation_id", "type", "truth", "predicted", "item_key"),
    Index(None, "item_key", "evaluation_id"),
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
