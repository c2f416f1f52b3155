"""Pipelines that pause, count and log; webhook deliveries; several answers to one item."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Microseconds since 1970 on SQLite, so that times sort and compare there too.
TIME = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add what is new and fill it from what is there; nothing that exists is changed or moved."""
    op.add_column("model", sa.Column("pack_sha256", sa.String(length=64), nullable=True))
    op.add_column("pipeline", sa.Column("is_paused", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("pipeline", sa.Column("webhook_secret", sa.String(length=64), nullable=True))
    op.add_column("run", sa.Column("depth", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run_step", sa.Column("human_seconds", sa.Float(), nullable=False, server_default="0"))
    op.add_column("run_step", sa.Column("arrival", sa.Text(), nullable=True))
    op.add_column("task_item", sa.Column("answer", sa.String(length=12), nullable=True))
    _node_tally()
    _run_log()
    _delivery()
    _task_answer()
    op.create_index("ix_parked_pipeline_id_node_at", "parked", ["pipeline_id", "node", "at"])
    _keep_the_order_of_keys()
    _fill_seconds()
    _fill_tally()


def _keep_the_order_of_keys() -> None:
    # On SQLite JSON is text and keeps it anyway.
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column(
            "pipeline_version", "definition", type_=sa.JSON(), postgresql_using="definition::json", nullable=False
        )


def _node_tally() -> None:
    op.create_table(
        "node_tally",
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.Column("machine_seconds", sa.Float(), nullable=False),
        sa.Column("human_seconds", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("pipeline_id", "node", "minute", name="pk_node_tally"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_node_tally_pipeline_id"),
    )


def _fill_seconds() -> None:
    """What people's steps took was only written among their facts so far."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    said = "json_extract(output, '$.human_seconds')" if is_sqlite else "(output ->> 'human_seconds')::float"
    op.execute(f"UPDATE run_step SET human_seconds = {said} WHERE {said} IS NOT NULL")


def _fill_tally() -> None:
    """What was done before is one row per node, of minute 0."""
    op.execute(
        "INSERT INTO node_tally (pipeline_id, node, minute, done, failed, machine_seconds, human_seconds)"
        " SELECT run.pipeline_id, run_step.node, 0, count(*), 0, sum(run_step.machine_seconds),"
        " sum(run_step.human_seconds) FROM run_step JOIN run ON run.key = run_step.run_key"
        " GROUP BY run.pipeline_id, run_step.node"
    )


def _run_log() -> None:
    op.create_table(
        "run_log",
        sa.Column("key", KEY, nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("run_key", KEY, nullable=True),
        sa.Column("level", sa.String(length=8), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_run_log"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_run_log_pipeline_id"),
    )
    op.create_index("ix_run_log_pipeline_id_key", "run_log", ["pipeline_id", "key"])
    op.create_index("ix_run_log_run_key", "run_log", ["run_key"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=True),
        sa.Column("node", sa.String(length=100), nullable=True),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("status_code", sa.Integer(), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("tried_at", TIME, nullable=True),
        sa.Column("next_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_delivery"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_delivery_project_id"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_delivery_pipeline_id"),
    )
    op.create_index("ix_delivery_pipeline_id_id", "delivery", ["pipeline_id", "id"])
    op.create_index("ix_delivery_project_id_id", "delivery", ["project_id", "id"])


def _task_answer() -> None:
    op.create_table(
        "task_answer",
        sa.Column("task_item_key", KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("annotations", JSON, nullable=False),
        sa.Column("rejected_ids", JSON, nullable=False),
        sa.Column("draft", JSON, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("submission", sa.String(length=64), nullable=True),
        sa.Column("human_seconds", sa.Float(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("task_item_key", "person_id", name="pk_task_answer"),
        sa.ForeignKeyConstraint(["task_item_key"], ["task_item.key"], name="fk_task_answer_task_item_key"),
    )
