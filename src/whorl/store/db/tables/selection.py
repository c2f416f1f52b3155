"""Embedding spaces and their segments, maps, selections, simulations and scans for duplicates."""

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
from whorl.store.db.types import Json, Key, UtcDateTime

embedding_space = Table(
    "embedding_space",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("kind", String(10), nullable=False),  # image, crop
    Column("source", String(400), nullable=False),  # a feature's name, or the reference of an adapter that embeds
    Column("model_id", String(40), ForeignKey("model.id")),  # the registered model that embeds
    Column("width", Integer),  # numbers per vector; null before the first
    Column("is_kept", Boolean, nullable=False),  # embeds what arrives by itself
    Column("can_read_text", Boolean, nullable=False),  # what embeds images embeds texts too
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "name"),
)

embedding_segment = Table(
    "embedding_segment",
    metadata,
    Column("key", Key, primary_key=True),
    Column("space_key", Key, ForeignKey("embedding_space.key"), nullable=False),
    Column("blob_sha256", String(64), nullable=False),  # content keys and their vectors
    Column("rows", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "space_key", "key"),
)

embedding_map = Table(
    "embedding_map",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("space_key", Key, ForeignKey("embedding_space.key"), nullable=False),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("method", String(40), nullable=False),
    Column("params", Json, nullable=False),
    Column("blob_sha256", String(64), nullable=False),  # item keys and their two coordinates
    Column("rows", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "dataset_key", "id"),
)

embedding_map_point = Table(
    "embedding_map_point",
    metadata,
    # No foreign key: points are written a few thousand at a time, the map's row last.
    Column("map_id", String(40), primary_key=True),
    Column("item_key", Key, primary_key=True),
    Column("x", BigInteger, nullable=False),  # -32767 to 32767; whole numbers, so that databases agree about a border
    Column("y", BigInteger, nullable=False),
)

selection = Table(
    "selection",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("name", String(200), nullable=False),
    Column("strategy", String(80), nullable=False),
    Column("query", Json, nullable=False),
    Column("params", Json, nullable=False),
    Column("budget", Json, nullable=False),
    Column("quotas", Json, nullable=False),
    Column("random_share", Float, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("space_id", String(40)),
    Column("model_id", String(40)),
    Column("run_id", String(40)),  # of the pipeline whose node chose
    Column("n_pool", Integer, nullable=False),
    Column("n_items", Integer, nullable=False),
    Column("summary", Json, nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "dataset_key", "key"),
    Index(None, "project_id", "key"),
)

selection_item = Table(
    "selection_item",
    metadata,
    Column("selection_key", Key, ForeignKey("selection.key"), primary_key=True),
    Column("rank", Integer, primary_key=True),  # 1 is the best
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("details", Json, nullable=False),
    Column("is_random", Boolean, nullable=False),
    UniqueConstraint("selection_key", "item_key"),
    Index(None, "item_key", "selection_key"),
)

simulation = Table(
    "simulation",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("spec", Json, nullable=False),
    Column("result", Json, nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "project_id", "id"),
)

duplicate_scan = Table(
    "duplicate_scan",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("params", Json, nullable=False),
    Column("summary", Json, nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "dataset_key", "key"),
)

duplicate_member = Table(
    "duplicate_member",
    metadata,
    Column("key", Key, primary_key=True),
    Column("scan_key", Key, ForeignKey("duplicate_scan.key"), nullable=False),
    Column("group_no", Integer, nullable=False),  # 1 is the largest group
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("kind", String(10), nullable=False),  # exact, near, video: how it is tied to the group
    Column("distance", Float, nullable=False),  # to the one that is kept; what it measures is in the scan's params
    Column("is_kept", Boolean, nullable=False),  # the best of its group
    UniqueConstraint("scan_key", "item_key"),
    Index(None, "scan_key", "group_no"),
    Index(None, "item_key", "scan_key"),
)
