"""Endpoints, their log, feedback and flags; curves and variants of models; findings of evaluations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Microseconds since 1970 on SQLite, so that times sort and compare there too.
TIME = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add what is new; nothing that exists is changed or moved."""
    _models()
    _endpoints()
    _log()
    _flags()


def _models() -> None:
    op.add_column("model", sa.Column("variant_of", sa.String(length=40), nullable=True))
    op.add_column("model", sa.Column("variant", sa.String(length=20), nullable=True))
    op.add_column("model", sa.Column("size_bytes", sa.BigInteger(), nullable=True))
    op.add_column("model", sa.Column("latency_ms", sa.Float(), nullable=True))
    op.add_column("token", sa.Column("endpoint_id", sa.String(length=40), nullable=True))
    op.create_table(
        "model_curve",
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("metrics", JSON, nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_model_curve_model_id"),
        sa.PrimaryKeyConstraint("model_id", "step", name="pk_model_curve"),
    )
    op.create_table(
        "evaluation_finding",
        sa.Column("key", KEY, nullable=False),
        sa.Column("evaluation_id", sa.String(length=40), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("truth", sa.String(length=200), nullable=True),
        sa.Column("predicted", sa.String(length=200), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("iou", sa.Float(), nullable=True),
        sa.Column("bounds", JSON, nullable=True),
        sa.ForeignKeyConstraint(["evaluation_id"], ["evaluation.id"], name="fk_evaluation_finding_evaluation_id"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_evaluation_finding_item_key"),
        sa.PrimaryKeyConstraint("key", name="pk_evaluation_finding"),
    )
    op.create_index(
        "ix_evaluation_finding_cell",
        "evaluation_finding",
        ["evaluation_id", "type", "truth", "predicted", "item_key"],
    )
    op.create_index("ix_evaluation_finding_item_key_evaluation_id", "evaluation_finding", ["item_key", "evaluation_id"])


def _endpoints() -> None:
    op.create_table(
        "endpoint",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=True),
        sa.Column("shadow_id", sa.String(length=40), nullable=True),
        sa.Column("canary_id", sa.String(length=40), nullable=True),
        sa.Column("canary_share", sa.Float(), nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=True),
        sa.Column("variable", sa.String(length=100), nullable=True),
        sa.Column("dataset_id", sa.String(length=40), nullable=True),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("page_secret", sa.String(length=64), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_endpoint"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_endpoint_project_id"),
        sa.UniqueConstraint("name", name="uq_endpoint_name"),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_endpoint_model_id"),
        sa.ForeignKeyConstraint(["shadow_id"], ["model.id"], name="fk_endpoint_shadow_id"),
        sa.ForeignKeyConstraint(["canary_id"], ["model.id"], name="fk_endpoint_canary_id"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_endpoint_pipeline_id"),
    )
    op.create_index("ix_endpoint_project_id_id", "endpoint", ["project_id", "id"])
    op.create_table(
        "endpoint_tally",
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("errors", sa.BigInteger(), nullable=False),
        sa.Column("dropped", sa.BigInteger(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("histogram", JSON, nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name="fk_endpoint_tally_endpoint_id"),
        sa.PrimaryKeyConstraint("endpoint_id", "model_id", "role", "minute", name="pk_endpoint_tally"),
    )


def _log() -> None:
    op.create_table(
        "prediction_log",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("has_image", sa.Boolean(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("answer", JSON, nullable=False),
        sa.Column("shadow", JSON, nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("margin", sa.Float(), nullable=True),
        sa.Column("disagreement", sa.Float(), nullable=True),
        sa.Column("novelty", sa.Float(), nullable=True),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_prediction_log"),
        sa.UniqueConstraint("id", name="uq_prediction_log_id"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name="fk_prediction_log_endpoint_id"),
    )
    op.create_index("ix_prediction_log_endpoint_id_at", "prediction_log", ["endpoint_id", "at"])
    op.create_index("ix_prediction_log_endpoint_id_key", "prediction_log", ["endpoint_id", "key"])
    op.create_index("ix_prediction_log_expires_at", "prediction_log", ["expires_at"])


def _flags() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("prediction_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("correction", JSON, nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("who", sa.String(length=200), nullable=True),
        sa.Column("item_id", sa.String(length=40), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name="fk_feedback_endpoint_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_index("ix_feedback_endpoint_id_id", "feedback", ["endpoint_id", "id"])
    op.create_index("ix_feedback_prediction_id", "feedback", ["prediction_id"])
    op.create_table(
        "flag_rule",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name="fk_flag_rule_endpoint_id"),
        sa.PrimaryKeyConstraint("id", name="pk_flag_rule"),
    )
    op.create_index("ix_flag_rule_endpoint_id_id", "flag_rule", ["endpoint_id", "id"])
    op.create_table(
        "flag",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("endpoint_id", sa.String(length=40), nullable=False),
        sa.Column("rule_id", sa.String(length=40), nullable=False),
        sa.Column("prediction_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("item_id", sa.String(length=40), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_flag"),
        sa.UniqueConstraint("rule_id", "prediction_id", name="uq_flag_rule_id_prediction_id"),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name="fk_flag_endpoint_id"),
        sa.ForeignKeyConstraint(["rule_id"], ["flag_rule.id"], name="fk_flag_rule_id"),
    )
    op.create_index("ix_flag_endpoint_id_id", "flag", ["endpoint_id", "id"])
    op.create_index("ix_flag_rule_id_at", "flag", ["rule_id", "at"])
