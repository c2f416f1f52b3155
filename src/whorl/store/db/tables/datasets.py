"""Datasets, items and their states, revisions, snapshots, blobs and import sources."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
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

dataset = Table(
    "dataset",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "name"),
)

revision = Table(
    "revision",
    metadata,
    Column("dataset_key", Key, ForeignKey("dataset.key"), primary_key=True),
    Column("revision", BigInteger, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", String(40), nullable=False),
    Column("action", String(80), nullable=False),
    Column("summary", Json, nullable=False),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    # Perceptual, 64 bits with a sign; 0: the picture is plain; null: nobody has looked yet.
    Column("picture_hash", BigInteger),
)

item = Table(
    "item",
    metadata,
    Column("key", Key, primary_key=True),
    Column("id", String(40), nullable=False, unique=True),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("name", String(1000), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("health", Json, nullable=False),
    Column("born_rev", BigInteger, nullable=False),
    Column("died_rev", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("dataset_key", "name", "died_rev"),
    Index(None, "dataset_key", "key"),
    Index(None, "sha256"),
)

item_state = Table(
    "item_state",
    metadata,
    Column("key", Key, primary_key=True),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    Column("dataset_key", Key, nullable=False),
    Column("subset", String(12)),
    Column("group_key", String(200)),
    Column("is_checked_empty", Boolean, nullable=False),
    Column("metadata", Json, nullable=False),
    Column("born_rev", BigInteger, nullable=False),
    Column("died_rev", BigInteger, nullable=False),
    UniqueConstraint("item_key", "died_rev"),
    Index(None, "dataset_key", "died_rev", "subset", "item_key"),
    Index(None, "dataset_key", "died_rev", "item_key"),  # pages of a query, in order, without a sort
    Index(None, "dataset_key", "born_rev"),
)

snapshot = Table(
    "snapshot",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("name", String(200), nullable=False),
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("dataset_key", "name"),
)

frozen_test = Table(
    "frozen_test",
    metadata,
    Column("dataset_key", Key, ForeignKey("dataset.key"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

source_file = Table(
    "source_file",
    metadata,
    Column("key", Key, primary_key=True),
    Column("dataset_key", Key, ForeignKey("dataset.key"), nullable=False),
    Column("source", String(200), nullable=False),
    Column("name", String(1000), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("annotations_digest", String(64), nullable=False),
    Column("item_key", Key, ForeignKey("item.key"), nullable=False),
    UniqueConstraint("dataset_key", "source", "name"),
)

filterable = Table(
    "filterable",
    metadata,
    Column("field", String(200), primary_key=True),
    Column("value_type", String(10), nullable=False),  # text or number
    Column("index_name", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)
