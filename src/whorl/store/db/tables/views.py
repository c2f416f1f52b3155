"""Saved views: a query and how its answer is looked at."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, UtcDateTime

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("dataset_id", String(40), ForeignKey("dataset.id")),  # null: for any dataset of the project
    Column("name", String(200), nullable=False),
    Column("query_text", Text, nullable=False),
    Column("lens", Json, nullable=False),  # what the explorer shows: columns, overlays, sizes
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "project_id", "id"),
)
