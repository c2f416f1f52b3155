"""Writes of models, evaluations and comparisons. Lineage is by id: model, snapshot, items, run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from whorl.base.errors import Conflict, JsonValue
from whorl.base.ids import new_id
from whorl.models import queries
from whorl.models.comparison import Comparison as ComparisonNumbers
from whorl.store.db.tables import comparison, evaluation, model
from whorl.store.events import emit


@dataclass(frozen=True)
class NewModel:
    """What is known of a model before it is trained."""

    name: str
    task: str
    architecture: str
    labels: Sequence[str]
    params: Mapping[str, JsonValue]
    dataset_key: int
    revision: int
    query: Mapping[str, JsonValue]
    parent_id: str | None = None
    run_id: str | None = None
    assistant_id: str | None = None


@dataclass(frozen=True)
class NewVariant:
    """A variant whose folder is whole; it is named after the id."""

    id: str
    kind: str
    pack_sha256: str
    size_bytes: int
    latency_ms: float


@dataclass(frozen=True)
class NewEvaluation:
    """A scored set of predictions, ready to be kept."""

    model_id: str
    dataset_key: int
    revision: int
    items_digest: str
    n_items: int
    metric_name: str
    metric: float | None
    metrics: Mapping[str, JsonValue]
    outputs_sha256: str
    query: Mapping[str, JsonValue] = field(default_factory=lambda: {"subset": "test"})


def create_model(
    conn: Connection, new: NewModel, *, project_id: str, actor_id: str, now: datetime, cause: str | None = None
) -> str:
    """Register a model that is about to be trained and give its id."""
    model_id = new_id("model", at=now.timestamp())
    conn.execute(
        insert(model).values(
            id=model_id,
            project_id=project_id,
            name=new.name,
            task=new.task,
            architecture=new.architecture,
            params=dict(new.params),
            labels=list(new.labels),
            status="created",
            dataset_key=new.dataset_key,
            revision=new.revision,
            query=dict(new.query),
            parent_id=new.parent_id,
            run_id=new.run_id,
            metrics={},
            created_at=now,
            assistant_id=new.assistant_id,
        )
    )
    if new.assistant_id is None:
        # Of an assistant's models the assistant tells: no pipeline is to take them for a challenger.
        emit(conn, "model.created", project_id=project_id, subject_id=model_id, actor_id=actor_id, now=now, cause=cause)
    return model_id


def add_variant(
    conn: Connection, source_id: str, new: NewVariant, *, actor_id: str, now: datetime, cause: str | None = None
) -> str:
    """Keep a model in another precision, with the lineage of the one that it is of, and give its id."""
    source = conn.execute(select(model).where(model.c.id == source_id)).mappings().one()
    taken = ("project_id", "task", "architecture", "params", "labels", "dataset_key", "revision", "query")
    conn.execute(
        insert(model).values(
            {name: source[name] for name in (*taken, "items_digest", "n_items", "seconds")}
            | {
                "id": new.id,
                "name": f"{source['name']} {new.kind}"[:200],
                "status": "trained",
                "folder": new.id,
                "pack_sha256": new.pack_sha256,
                "parent_id": source_id,
                "variant_of": source_id,
                "variant": new.kind,
                "size_bytes": new.size_bytes,
                "latency_ms": new.latency_ms,
                "metrics": {},
                "created_at": now,
                "trained_at": now,
            }
        )
    )
    emit(
        conn,
        "model.created",
        project_id=source["project_id"],
        subject_id=new.id,
        actor_id=actor_id,
        now=now,
        payload={"variant_of": source_id, "variant": new.kind},
        cause=cause,
    )
    return new.id


def mark_trained(
    conn: Connection,
    model_id: str,
    *,
    folder: str,
    pack_sha256: str | None = None,
    items_digest: str,
    n_items: int,
    metrics: Mapping[str, JsonValue],
    seconds: float,
    size_bytes: int | None = None,
    latency_ms: float | None = None,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> None:
    """Record that a model's folder is whole.

    Raises:
        Conflict: The model was trained already.
    """
    held = queries.get_model(conn, model_id)
    if held.status == "trained":
        raise Conflict(f"model {model_id} is trained already", hint="Create a new model to train again.")
    conn.execute(
        update(model)
        .where(model.c.id == model_id)
        .values(
            status="trained",
            folder=folder,
            pack_sha256=pack_sha256,
            items_digest=items_digest,
            n_items=n_items,
            metrics=dict(metrics),
            seconds=seconds,
            size_bytes=size_bytes,
            latency_ms=latency_ms,
            trained_at=now,
            error=None,
        )
    )
    if held.assistant_id is not None:
        return
    emit(
        conn,
        "model.trained",
        project_id=held.project_id,
        subject_id=model_id,
        actor_id=actor_id,
        now=now,
        payload={"name": held.name, "n_items": n_items},
        cause=cause,
    )


def mark_training(conn: Connection, model_id: str) -> None:
    """Record that a training has begun.

    Raises:
        Conflict: The model was trained already.
    """
    if queries.get_model(conn, model_id).status == "trained":
        raise Conflict(f"model {model_id} is trained already", hint="Create a new model to train again.")
    conn.execute(update(model).where(model.c.id == model_id).values(status="training", error=None))


def mark_cancelled(conn: Connection, model_id: str) -> None:
    """Record that somebody stopped the training; it may be started again."""
    conn.execute(update(model).where(model.c.id == model_id).values(status="cancelled"))


def mark_failed(
    conn: Connection, model_id: str, *, error: str, actor_id: str, now: datetime, cause: str | None = None
) -> None:
    """Record that a training ended without a model, and why."""
    held = queries.get_model(conn, model_id)
    conn.execute(update(model).where(model.c.id == model_id).values(status="failed", error=error))
    if held.assistant_id is not None:
        return
    emit(
        conn,
        "model.failed",
        project_id=held.project_id,
        subject_id=model_id,
        actor_id=actor_id,
        now=now,
        payload={"error": error},
        cause=cause,
    )


def add_evaluation(
    conn: Connection,
    new: NewEvaluation,
    *,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
    evaluation_id: str | None = None,
) -> str:
    """Keep an evaluation and give its id, which is fresh unless the caller has announced one."""
    evaluation_id = evaluation_id or new_id("evaluation", at=now.timestamp())
    project_id = queries.get_model(conn, new.model_id).project_id
    conn.execute(
        insert(evaluation).values(
            id=evaluation_id,
            project_id=project_id,
            model_id=new.model_id,
            dataset_key=new.dataset_key,
            revision=new.revision,
            query=dict(new.query),
            items_digest=new.items_digest,
            n_items=new.n_items,
            metric_name=new.metric_name,
            metric=new.metric,
            metrics=dict(new.metrics),
            outputs_sha256=new.outputs_sha256,
            is_stale=False,
            created_at=now,
        )
    )
    emit(
        conn,
        "evaluation.finished",
        project_id=project_id,
        subject_id=evaluation_id,
        actor_id=actor_id,
        now=now,
        payload={"model_id": new.model_id, "metric": new.metric, "metric_name": new.metric_name},
        cause=cause,
    )
    return evaluation_id


def add_comparison(
    conn: Connection,
    numbers: ComparisonNumbers,
    *,
    champion_id: str | None,
    challenger_id: str,
    dataset_key: int,
    revision: int,
    items_digest: str,
    run_id: str | None,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
    comparison_id: str | None = None,
) -> str:
    """Keep a comparison with every number it rests on, and give its id, fresh unless the caller has announced one."""
    comparison_id = comparison_id or new_id("comparison", at=now.timestamp())
    project_id = queries.get_model(conn, challenger_id).project_id
    conn.execute(
        insert(comparison).values(
            id=comparison_id,
            project_id=project_id,
            champion_id=champion_id,
            challenger_id=challenger_id,
            dataset_key=dataset_key,
            revision=revision,
            items_digest=items_digest,
            decision=numbers.decision.value,
            numbers=numbers.to_json(),
            run_id=run_id,
            created_at=now,
        )
    )
    emit(
        conn,
        "comparison.decided",
        project_id=project_id,
        subject_id=comparison_id,
        actor_id=actor_id,
        now=now,
        payload={"decision": numbers.decision.value, "challenger_id": challenger_id, "champion_id": champion_id},
        cause=cause,
    )
    return comparison_id
