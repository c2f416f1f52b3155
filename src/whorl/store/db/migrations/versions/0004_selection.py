"""Embeddings, maps, selections, simulations and scans for duplicates."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Microseconds since 1970 on SQLite, so that times sort and compare there too.
TIME = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add what is new; nothing that exists is changed or moved."""
    _embeddings()
    _selections()
    _duplicates()


def _embeddings() -> None:
    op.create_table(
        "embedding_space",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=400), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("can_read_text", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_embedding_space"),
        sa.UniqueConstraint("project_id", "name", name="uq_embedding_space_project_id_name"),
        sa.UniqueConstraint("id", name="uq_embedding_space_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_embedding_space_project_id"),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_embedding_space_model_id"),
    )
    op.create_table(
        "embedding_segment",
        sa.Column("key", KEY, nullable=False),
        sa.Column("space_key", KEY, nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_embedding_segment"),
        sa.ForeignKeyConstraint(["space_key"], ["embedding_space.key"], name="fk_embedding_segment_space_key"),
    )
    op.create_index("ix_embedding_segment_space_key_key", "embedding_segment", ["space_key", "key"])
    op.create_table(
        "embedding_map",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("space_key", KEY, nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_embedding_map"),
        sa.ForeignKeyConstraint(["space_key"], ["embedding_space.key"], name="fk_embedding_map_space_key"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_embedding_map_dataset_key"),
    )
    op.create_index("ix_embedding_map_dataset_key_id", "embedding_map", ["dataset_key", "id"])
    op.create_table(
        "embedding_map_point",
        sa.Column("map_id", sa.String(length=40), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("x", sa.BigInteger(), nullable=False),
        sa.Column("y", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("map_id", "item_key", name="pk_embedding_map_point"),
    )


def _selections() -> None:
    op.create_table(
        "selection",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("strategy", sa.String(length=80), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("budget", JSON, nullable=False),
        sa.Column("quotas", JSON, nullable=False),
        sa.Column("random_share", sa.Float(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("space_id", sa.String(length=40), nullable=True),
        sa.Column("model_id", sa.String(length=40), nullable=True),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("n_pool", sa.Integer(), nullable=False),
        sa.Column("n_items", sa.Integer(), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_selection"),
        sa.UniqueConstraint("id", name="uq_selection_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_selection_project_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_selection_dataset_key"),
    )
    op.create_index("ix_selection_dataset_key_key", "selection", ["dataset_key", "key"])
    op.create_index("ix_selection_project_id_key", "selection", ["project_id", "key"])
    op.create_table(
        "selection_item",
        sa.Column("selection_key", KEY, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.Column("is_random", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("selection_key", "rank", name="pk_selection_item"),
        sa.UniqueConstraint("selection_key", "item_key", name="uq_selection_item_selection_key_item_key"),
        sa.ForeignKeyConstraint(["selection_key"], ["selection.key"], name="fk_selection_item_selection_key"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_selection_item_item_key"),
    )
    op.create_index("ix_selection_item_item_key_selection_key", "selection_item", ["item_key", "selection_key"])
    op.create_table(
        "simulation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_simulation"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_simulation_project_id"),
    )
    op.create_index("ix_simulation_project_id_id", "simulation", ["project_id", "id"])


def _duplicates() -> None:
    op.add_column("blob", sa.Column("picture_hash", sa.BigInteger(), nullable=True))
    op.create_table(
        "duplicate_scan",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_duplicate_scan"),
        sa.UniqueConstraint("id", name="uq_duplicate_scan_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_duplicate_scan_project_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_duplicate_scan_dataset_key"),
    )
    op.create_index("ix_duplicate_scan_dataset_key_key", "duplicate_scan", ["dataset_key", "key"])
    op.create_table(
        "duplicate_member",
        sa.Column("key", KEY, nullable=False),
        sa.Column("scan_key", KEY, nullable=False),
        sa.Column("group_no", sa.Integer(), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("distance", sa.Float(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_duplicate_member"),
        sa.UniqueConstraint("scan_key", "item_key", name="uq_duplicate_member_scan_key_item_key"),
        sa.ForeignKeyConstraint(["scan_key"], ["duplicate_scan.key"], name="fk_duplicate_member_scan_key"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_duplicate_member_item_key"),
    )
    op.create_index("ix_duplicate_member_item_key_scan_key", "duplicate_member", ["item_key", "scan_key"])
    op.create_index("ix_duplicate_member_scan_key_group_no", "duplicate_member", ["scan_key", "group_no"])
