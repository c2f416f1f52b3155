"""Assistants, videos, tracks, skills, and who missed what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Microseconds since 1970 on SQLite, so that times sort and compare there too.
TIME = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add what is new; nothing that exists is changed or moved."""
    op.add_column("annotation", sa.Column("missed_by", sa.String(length=40), nullable=True))
    op.add_column("membership", sa.Column("skills", JSON, nullable=True))
    op.add_column("model", sa.Column("assistant_id", sa.String(length=40), nullable=True))
    op.add_column("recipe", sa.Column("labels", JSON, nullable=True))
    _assistants()
    _videos()


def _assistants() -> None:
    op.create_table(
        "assistant",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=True),
        sa.Column("job_id", sa.String(length=40), nullable=True),
        sa.Column("n_seen", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_assistant"),
        sa.UniqueConstraint("id", name="uq_assistant_id"),
        sa.ForeignKeyConstraint(["task_key"], ["task.key"], name="fk_assistant_task_key"),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_assistant_model_id"),
    )
    op.create_index("ix_assistant_task_key_key", "assistant", ["task_key", "key"])
    op.create_table(
        "assistant_round",
        sa.Column("assistant_key", KEY, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("n_items", sa.Integer(), nullable=False),
        sa.Column("n_objects", sa.Integer(), nullable=False),
        sa.Column("n_proposed", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("assistant_key", "round", name="pk_assistant_round"),
        sa.ForeignKeyConstraint(["assistant_key"], ["assistant.key"], name="fk_assistant_round_assistant_key"),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_assistant_round_model_id"),
    )


def _videos() -> None:
    op.create_table(
        "video",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n_frames", sa.BigInteger(), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("is_variable", sa.Boolean(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("rotation", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(length=40), nullable=False),
        sa.Column("index_sha256", sa.String(length=64), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_video"),
    )
