"""All tables, a module per noun, on one ``metadata``. Rows have no behaviour.

Keys: rows that exist by the million (datasets, items, annotations, task items, the inbox) have an integer key inside
and a public id outside; the others have only the public id. ``born_rev``/``died_rev`` say at which dataset revisions
a row stands: born_rev <= r < died_rev, and died_rev is ALIVE while it stands.
"""

from whorl.store.db.tables.access import audit, idempotency, membership, person, project, token
from whorl.store.db.tables.annotations import annotation, proposal_outcome
from whorl.store.db.tables.assistants import assistant, assistant_round
from whorl.store.db.tables.base import metadata
from whorl.store.db.tables.datasets import (
    blob,
    dataset,
    filterable,
    frozen_test,
    item,
    item_state,
    revision,
    snapshot,
    source_file,
)
from whorl.store.db.tables.engine import cron_fire, dead_letter, inbox, job
from whorl.store.db.tables.events import event, event_cursor
from whorl.store.db.tables.models import comparison, evaluation, evaluation_finding, model, model_curve
from whorl.store.db.tables.ontology import ontology, recipe
from whorl.store.db.tables.pipelines import (
    delivery,
    node_tally,
    parked,
    pipeline,
    pipeline_variable,
    pipeline_version,
    round_item,
    run,
    run_log,
    run_step,
    trigger_fire,
    trigger_state,
)
from whorl.store.db.tables.selection import (
    duplicate_member,
    duplicate_scan,
    embedding_map,
    embedding_map_point,
    embedding_segment,
    embedding_space,
    selection,
    selection_item,
    simulation,
)
from whorl.store.db.tables.serving import endpoint, endpoint_tally, feedback, flag, flag_rule, prediction_log
from whorl.store.db.tables.tasks import comment, issue, task, task_answer, task_count, task_item, task_person
from whorl.store.db.tables.video import video
from whorl.store.db.tables.views import saved_view

__all__ = [
    "annotation",
    "assistant",
    "assistant_round",
    "audit",
    "blob",
    "comment",
    "comparison",
    "cron_fire",
    "dataset",
    "dead_letter",
    "delivery",
    "duplicate_member",
    "duplicate_scan",
    "embedding_map",
    "embedding_map_point",
    "embedding_segment",
    "embedding_space",
    "endpoint",
    "endpoint_tally",
    "evaluation",
    "evaluation_finding",
    "event",
    "event_cursor",
    "feedback",
    "filterable",
    "flag",
    "flag_rule",
    "frozen_test",
    "idempotency",
    "inbox",
    "issue",
    "item",
    "item_state",
    "job",
    "membership",
    "metadata",
    "model",
    "model_curve",
    "node_tally",
    "ontology",
    "parked",
    "person",
    "pipeline",
    "pipeline_variable",
    "pipeline_version",
    "prediction_log",
    "project",
    "proposal_outcome",
    "recipe",
    "revision",
    "round_item",
    "run",
    "run_log",
    "run_step",
    "saved_view",
    "selection",
    "selection_item",
    "simulation",
    "snapshot",
    "source_file",
    "task",
    "task_answer",
    "task_count",
    "task_item",
    "task_person",
    "token",
    "trigger_fire",
    "trigger_state",
    "video",
]
