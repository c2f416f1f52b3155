"""Ontology versions and recipes."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from whorl.store.db.tables.base import metadata
from whorl.store.db.types import Json, UtcDateTime

ontology = Table(
    "ontology",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("labels", Json, nullable=False),
    Column("attributes", Json, nullable=False),
    Column("is_open", Boolean, nullable=False),  # imports may add labels
    Column("author_id", String(40), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "version"),
)

recipe = Table(
    "recipe",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("project_id", String(40), ForeignKey("project.id"), nullable=False),
    Column("ontology_id", String(40), ForeignKey("ontology.id"), nullable=False),
    Column("name", String(200), nullable=False),
    Column("tools", Json, nullable=False),
    Column("instructions", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("labels", Json),  # the only ones to be used; null: all of the ontology
    UniqueConstraint("project_id", "name"),
)
