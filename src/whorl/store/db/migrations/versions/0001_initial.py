"""The first schema, a function per table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
# Microseconds since 1970 on SQLite, so that times sort and compare there too.
TIME = sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make every table, those that others point at first."""
    _audit()
    _blob()
    _cron_fire()
    _dead_letter()
    _event()
    _event_cursor()
    _filterable()
    _idempotency()
    _inbox()
    _job()
    _person()
    _project()
    _round_item()
    _run_step()
    _dataset()
    _membership()
    _ontology()
    _pipeline()
    _token()
    _frozen_test()
    _item()
    _model()
    _parked()
    _pipeline_variable()
    _pipeline_version()
    _recipe()
    _revision()
    _run()
    _saved_view()
    _snapshot()
    _trigger_fire()
    _trigger_state()
    _annotation()
    _comparison()
    _evaluation()
    _item_state()
    _proposal_outcome()
    _source_file()
    _task()
    _issue()
    _task_count()
    _task_item()
    _task_person()
    _comment()


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("details", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_project_id_id", "audit", ["project_id", "id"])


def _blob() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blob"),
    )


def _cron_fire() -> None:
    op.create_table(
        "cron_fire",
        sa.Column("rule_id", sa.String(length=120), nullable=False),
        sa.Column("scheduled_at", TIME, nullable=False),
        sa.Column("fired_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("rule_id", "scheduled_at", name="pk_cron_fire"),
    )


def _dead_letter() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("id", KEY, nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("run_key", KEY, nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dead_letter"),
    )
    op.create_index("ix_dead_letter_node_id", "dead_letter", ["node", "id"])


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", KEY, nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("subject_id", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=120), nullable=True),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_project_id_id", "event", ["project_id", "id"])


def _event_cursor() -> None:
    op.create_table(
        "event_cursor",
        sa.Column("reader", sa.String(length=120), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name="pk_event_cursor"),
    )


def _filterable() -> None:
    op.create_table(
        "filterable",
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("value_type", sa.String(length=10), nullable=False),
        sa.Column("index_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("field", name="pk_filterable"),
    )


def _idempotency() -> None:
    op.create_table(
        "idempotency",
        sa.Column("id", KEY, nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_idempotency"),
        sa.UniqueConstraint("actor_id", "key", name="uq_idempotency_actor_id_key"),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("id", KEY, nullable=False),
        sa.Column("node", sa.String(length=120), nullable=False),
        sa.Column("run_key", KEY, nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("not_before_ms", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=True),
        sa.Column("leased_until_ms", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbox"),
        sa.UniqueConstraint("node", "run_key", "ref", "epoch", name="uq_inbox_node_run_key_ref_epoch"),
        postgresql_with={
            "fillfactor": 70,
            "autovacuum_vacuum_scale_factor": 0.01,
            "autovacuum_analyze_scale_factor": 0.02,
        },
    )
    op.create_index("ix_inbox_claim", "inbox", ["node", "not_before_ms", "id"])


def _job() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("result", JSON, nullable=False),
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("is_cancel_requested", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
    )
    op.create_index("ix_job_project_id_id", "job", ["project_id", "id"])


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("is_disabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("email", name="uq_person_email"),
    )


def _project() -> None:
    op.create_table(
        "project",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_project"),
        sa.UniqueConstraint("name", name="uq_project_name"),
    )


def _round_item() -> None:
    op.create_table(
        "round_item",
        sa.Column("run_key", KEY, nullable=False, autoincrement=False),
        sa.Column("round_key", KEY, nullable=False),
        sa.Column("is_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("run_key", name="pk_round_item"),
    )
    op.create_index("ix_round_item_round_key", "round_item", ["round_key"])


def _run_step() -> None:
    op.create_table(
        "run_step",
        sa.Column("key", KEY, nullable=False),
        sa.Column("run_key", KEY, nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("port", sa.String(length=40), nullable=False),
        sa.Column("output", JSON, nullable=False),
        sa.Column("machine_seconds", sa.Float(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_run_step"),
        sa.UniqueConstraint("run_key", "node", "ref", "epoch", name="uq_run_step_run_key_node_ref_epoch"),
    )


def _dataset() -> None:
    op.create_table(
        "dataset",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_dataset"),
        sa.UniqueConstraint("project_id", "name", name="uq_dataset_project_id_name"),
        sa.UniqueConstraint("id", name="uq_dataset_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_dataset_project_id"),
    )


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "person_id", name="pk_membership"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_membership_project_id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_membership_person_id"),
    )


def _ontology() -> None:
    op.create_table(
        "ontology",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("attributes", JSON, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ontology"),
        sa.UniqueConstraint("project_id", "version", name="uq_ontology_project_id_version"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_ontology_project_id"),
    )


def _pipeline() -> None:
    op.create_table(
        "pipeline",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pipeline"),
        sa.UniqueConstraint("project_id", "name", name="uq_pipeline_project_id_name"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_pipeline_project_id"),
    )


def _token() -> None:
    op.create_table(
        "token",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_token"),
        sa.UniqueConstraint("digest", name="uq_token_digest"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_token_person_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_token_project_id"),
    )


def _frozen_test() -> None:
    op.create_table(
        "frozen_test",
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("dataset_key", name="pk_frozen_test"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_frozen_test_dataset_key"),
    )


def _item() -> None:
    op.create_table(
        "item",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=80), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("health", JSON, nullable=False),
        sa.Column("born_rev", sa.BigInteger(), nullable=False),
        sa.Column("died_rev", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_item"),
        sa.UniqueConstraint("dataset_key", "name", "died_rev", name="uq_item_dataset_key_name_died_rev"),
        sa.UniqueConstraint("id", name="uq_item_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_item_dataset_key"),
    )
    op.create_index("ix_item_dataset_key_key", "item", ["dataset_key", "key"])
    op.create_index("ix_item_sha256", "item", ["sha256"])


def _model() -> None:
    op.create_table(
        "model",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("task", sa.String(length=30), nullable=False),
        sa.Column("architecture", sa.String(length=200), nullable=False),
        sa.Column("params", JSON, nullable=False),
        sa.Column("labels", JSON, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("folder", sa.Text(), nullable=True),
        sa.Column("dataset_key", KEY, nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=True),
        sa.Column("query", JSON, nullable=False),
        sa.Column("items_digest", sa.String(length=64), nullable=True),
        sa.Column("n_items", sa.Integer(), nullable=True),
        sa.Column("parent_id", sa.String(length=40), nullable=True),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("trained_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_model"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_model_project_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_model_dataset_key"),
    )
    op.create_index("ix_model_project_id_id", "model", ["project_id", "id"])


def _parked() -> None:
    op.create_table(
        "parked",
        sa.Column("key", KEY, nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("node", sa.String(length=100), nullable=False),
        sa.Column("run_key", KEY, nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("port", sa.String(length=40), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_parked"),
        sa.UniqueConstraint(
            "pipeline_id",
            "node",
            "run_key",
            "ref",
            "epoch",
            "port",
            name="uq_parked_pipeline_id_node_run_key_ref_epoch_port",
        ),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_parked_pipeline_id"),
    )


def _pipeline_variable() -> None:
    op.create_table(
        "pipeline_variable",
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("value", JSON, nullable=False),
        sa.Column("updated_by", sa.String(length=40), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("pipeline_id", "name", name="pk_pipeline_variable"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_pipeline_variable_pipeline_id"),
    )


def _pipeline_version() -> None:
    op.create_table(
        "pipeline_version",
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("definition", JSON, nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("pipeline_id", "version", name="pk_pipeline_version"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_pipeline_version_pipeline_id"),
    )


def _recipe() -> None:
    op.create_table(
        "recipe",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("ontology_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("tools", JSON, nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_recipe"),
        sa.UniqueConstraint("project_id", "name", name="uq_recipe_project_id_name"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_recipe_project_id"),
        sa.ForeignKeyConstraint(["ontology_id"], ["ontology.id"], name="fk_recipe_ontology_id"),
    )


def _revision() -> None:
    op.create_table(
        "revision",
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("summary", JSON, nullable=False),
        sa.PrimaryKeyConstraint("dataset_key", "revision", name="pk_revision"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_revision_dataset_key"),
    )


def _run() -> None:
    op.create_table(
        "run",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start_node", sa.String(length=100), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("open_tokens", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_run"),
        sa.UniqueConstraint("pipeline_id", "start_node", "cause", name="uq_run_pipeline_id_start_node_cause"),
        sa.UniqueConstraint("id", name="uq_run_id"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_run_pipeline_id"),
    )
    op.create_index("ix_run_pipeline_id_state_key", "run", ["pipeline_id", "state", "key"])


def _saved_view() -> None:
    op.create_table(
        "saved_view",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("dataset_id", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("query_text", sa.Text(), nullable=False),
        sa.Column("lens", JSON, nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_saved_view_project_id"),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_saved_view_dataset_id"),
    )
    op.create_index("ix_saved_view_project_id_id", "saved_view", ["project_id", "id"])


def _snapshot() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_snapshot"),
        sa.UniqueConstraint("dataset_key", "name", name="uq_snapshot_dataset_key_name"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_snapshot_dataset_key"),
    )


def _trigger_fire() -> None:
    op.create_table(
        "trigger_fire",
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("trigger", sa.String(length=100), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("fired_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("pipeline_id", "trigger", "cause", name="pk_trigger_fire"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_trigger_fire_pipeline_id"),
    )


def _trigger_state() -> None:
    op.create_table(
        "trigger_state",
        sa.Column("pipeline_id", sa.String(length=40), nullable=False),
        sa.Column("trigger", sa.String(length=100), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("next_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("pipeline_id", "trigger", name="pk_trigger_state"),
        sa.ForeignKeyConstraint(["pipeline_id"], ["pipeline.id"], name="fk_trigger_state_pipeline_id"),
    )


def _annotation() -> None:
    op.create_table(
        "annotation",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("layer", sa.String(length=12), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("x0", sa.Float(), nullable=True),
        sa.Column("y0", sa.Float(), nullable=True),
        sa.Column("x1", sa.Float(), nullable=True),
        sa.Column("y1", sa.Float(), nullable=True),
        sa.Column("geometry", JSON, nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("attributes", JSON, nullable=False),
        sa.Column("author_kind", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=True),
        sa.Column("from_prediction", sa.String(length=40), nullable=True),
        sa.Column("born_rev", sa.BigInteger(), nullable=False),
        sa.Column("died_rev", sa.BigInteger(), nullable=False),
        sa.Column("died_by", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_annotation"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_annotation_item_key"),
    )
    op.create_index("ix_annotation_born", "annotation", ["dataset_key", "born_rev"])
    op.create_index("ix_annotation_died", "annotation", ["dataset_key", "died_rev", "key"])
    op.create_index("ix_annotation_id", "annotation", ["id", "born_rev"])
    op.create_index("ix_annotation_item", "annotation", ["item_key", "died_rev", "layer", "label", "confidence"])
    op.create_index(
        "ix_annotation_label", "annotation", ["dataset_key", "died_rev", "layer", "label", "item_key", "confidence"]
    )


def _comparison() -> None:
    op.create_table(
        "comparison",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("champion_id", sa.String(length=40), nullable=True),
        sa.Column("challenger_id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("items_digest", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("numbers", JSON, nullable=False),
        sa.Column("run_id", sa.String(length=40), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comparison"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_comparison_project_id"),
        sa.ForeignKeyConstraint(["champion_id"], ["model.id"], name="fk_comparison_champion_id"),
        sa.ForeignKeyConstraint(["challenger_id"], ["model.id"], name="fk_comparison_challenger_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_comparison_dataset_key"),
    )
    op.create_index("ix_comparison_items_digest", "comparison", ["items_digest"])
    op.create_index("ix_comparison_project_id_id", "comparison", ["project_id", "id"])


def _evaluation() -> None:
    op.create_table(
        "evaluation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("items_digest", sa.String(length=64), nullable=False),
        sa.Column("n_items", sa.Integer(), nullable=False),
        sa.Column("metric_name", sa.String(length=40), nullable=False),
        sa.Column("metric", sa.Float(), nullable=True),
        sa.Column("metrics", JSON, nullable=False),
        sa.Column("outputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("is_stale", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_evaluation_project_id"),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_evaluation_model_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_evaluation_dataset_key"),
    )
    op.create_index("ix_evaluation_model_id_id", "evaluation", ["model_id", "id"])


def _item_state() -> None:
    op.create_table(
        "item_state",
        sa.Column("key", KEY, nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("subset", sa.String(length=12), nullable=True),
        sa.Column("group_key", sa.String(length=200), nullable=True),
        sa.Column("is_checked_empty", sa.Boolean(), nullable=False),
        sa.Column("metadata", JSON, nullable=False),
        sa.Column("born_rev", sa.BigInteger(), nullable=False),
        sa.Column("died_rev", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_item_state"),
        sa.UniqueConstraint("item_key", "died_rev", name="uq_item_state_item_key_died_rev"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_item_state_item_key"),
    )
    op.create_index("ix_item_state_dataset_key_born_rev", "item_state", ["dataset_key", "born_rev"])
    op.create_index(
        "ix_item_state_dataset_key_died_rev_item_key", "item_state", ["dataset_key", "died_rev", "item_key"]
    )
    op.create_index(
        "ix_item_state_dataset_key_died_rev_subset_item_key",
        "item_state",
        ["dataset_key", "died_rev", "subset", "item_key"],
    )


def _proposal_outcome() -> None:
    op.create_table(
        "proposal_outcome",
        sa.Column("prediction_id", sa.String(length=40), nullable=False),
        sa.Column("model_id", sa.String(length=40), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("iou", sa.Float(), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("prediction_id", name="pk_proposal_outcome"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_proposal_outcome_item_key"),
    )
    op.create_index(
        "ix_proposal_outcome_model_id_label_outcome_iou", "proposal_outcome", ["model_id", "label", "outcome", "iou"]
    )


def _source_file() -> None:
    op.create_table(
        "source_file",
        sa.Column("key", KEY, nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=1000), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("modified_ns", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("annotations_digest", sa.String(length=64), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_source_file"),
        sa.UniqueConstraint("dataset_key", "source", "name", name="uq_source_file_dataset_key_source_name"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_source_file_dataset_key"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_source_file_item_key"),
    )


def _task() -> None:
    op.create_table(
        "task",
        sa.Column("key", KEY, nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("dataset_key", KEY, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("recipe_id", sa.String(length=40), nullable=True),
        sa.Column("reviews_task_key", KEY, nullable=True),
        sa.Column("lease_seconds", sa.Integer(), nullable=False),
        sa.Column("settings", JSON, nullable=False),
        sa.Column("assignee_ids", JSON, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_task"),
        sa.UniqueConstraint("id", name="uq_task_id"),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name="fk_task_project_id"),
        sa.ForeignKeyConstraint(["dataset_key"], ["dataset.key"], name="fk_task_dataset_key"),
        sa.ForeignKeyConstraint(["recipe_id"], ["recipe.id"], name="fk_task_recipe_id"),
        sa.ForeignKeyConstraint(["reviews_task_key"], ["task.key"], name="fk_task_reviews_task_key"),
    )
    op.create_index("ix_task_project_id_key", "task", ["project_id", "key"])


def _issue() -> None:
    op.create_table(
        "issue",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("annotation_id", sa.String(length=40), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("resolved_at", TIME, nullable=True),
        sa.Column("resolved_by", sa.String(length=40), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_issue"),
        sa.ForeignKeyConstraint(["task_key"], ["task.key"], name="fk_issue_task_key"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_issue_item_key"),
    )
    op.create_index("ix_issue_item_key_state", "issue", ["item_key", "state"])
    op.create_index("ix_issue_task_key_state", "issue", ["task_key", "state"])


def _task_count() -> None:
    op.create_table(
        "task_count",
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("n_items", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("task_key", "status", name="pk_task_count"),
        sa.ForeignKeyConstraint(["task_key"], ["task.key"], name="fk_task_count_task_key"),
    )


def _task_item() -> None:
    op.create_table(
        "task_item",
        sa.Column("key", KEY, nullable=False),
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("assignee_id", sa.String(length=40), nullable=True),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("measured_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("draft", JSON, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.String(length=40), nullable=True),
        sa.Column("submission", sa.String(length=64), nullable=True),
        sa.Column("reviewed_by", sa.String(length=40), nullable=True),
        sa.Column("human_seconds", sa.Float(), nullable=False),
        sa.Column("return_to", JSON, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_task_item"),
        sa.UniqueConstraint("task_key", "item_key", name="uq_task_item_task_key_item_key"),
        sa.ForeignKeyConstraint(["task_key"], ["task.key"], name="fk_task_item_task_key"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_task_item_item_key"),
    )
    op.create_index("ix_task_item_assignee_id_status", "task_item", ["assignee_id", "status"])
    op.create_index("ix_task_item_task_key_status_rank_key", "task_item", ["task_key", "status", "rank", "key"])


def _task_person() -> None:
    op.create_table(
        "task_person",
        sa.Column("task_key", KEY, nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("submitted", sa.BigInteger(), nullable=False),
        sa.Column("approved", sa.BigInteger(), nullable=False),
        sa.Column("untouched", sa.BigInteger(), nullable=False),
        sa.Column("sent_back", sa.BigInteger(), nullable=False),
        sa.Column("human_seconds", sa.Float(), nullable=False),
        sa.Column("last_active_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("task_key", "person_id", name="pk_task_person"),
        sa.ForeignKeyConstraint(["task_key"], ["task.key"], name="fk_task_person_task_key"),
    )


def _comment() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("item_key", KEY, nullable=False),
        sa.Column("issue_id", sa.String(length=40), nullable=True),
        sa.Column("annotation_id", sa.String(length=40), nullable=True),
        sa.Column("x", sa.Float(), nullable=True),
        sa.Column("y", sa.Float(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(length=40), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.ForeignKeyConstraint(["item_key"], ["item.key"], name="fk_comment_item_key"),
        sa.ForeignKeyConstraint(["issue_id"], ["issue.id"], name="fk_comment_issue_id"),
    )
    op.create_index("ix_comment_issue_id_id", "comment", ["issue_id", "id"])
    op.create_index("ix_comment_item_key_id", "comment", ["item_key", "id"])
