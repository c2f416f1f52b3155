"""Reads for the status page: where each project stands in the loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, select

from whorl.store.db.tables import (
    annotation,
    dataset,
    evaluation,
    item,
    item_state,
    job,
    model,
    pipeline,
    pipeline_variable,
    project,
    task,
    task_count,
)
from whorl.store.db.types import ALIVE


@dataclass
class TaskLine:
    """A task that people can work on."""

    name: str
    kind: str
    todo: int = 0
    in_hand: int = 0
    done: int = 0


@dataclass
class ProjectLine:
    """Where a project stands: items on their way from unlabelled to ground truth, models, work, jobs."""

    id: str
    name: str
    items: int = 0
    labelled: int = 0
    predicted: int = 0
    subsets: dict[str, int] = field(default_factory=dict)
    models: int = 0
    champions: list[tuple[str, str]] = field(default_factory=list)
    tasks: list[TaskLine] = field(default_factory=list)
    jobs: list[tuple[str, float, str]] = field(default_factory=list)


def read_status(conn: Connection, project_ids: Sequence[str] | None, *, limit: int = 20) -> list[ProjectLine]:
    """The newest projects and where each stands; ``project_ids`` None for all."""
    query = select(project.c.id, project.c.name).order_by(project.c.id.desc()).limit(limit)
    if project_ids is not None:
        query = query.where(project.c.id.in_(project_ids))
    lines = {row.id: ProjectLine(row.id, row.name) for row in conn.execute(query)}
    _count_items(conn, lines)
    _count_annotated(conn, lines)
    _read_models(conn, lines)
    _read_tasks(conn, lines)
    _read_jobs(conn, lines)
    return list(lines.values())


def _count_items(conn: Connection, lines: dict[str, ProjectLine]) -> None:
    query = (
        select(dataset.c.project_id, item_state.c.subset, func.count().label("n"))
        .join(dataset, dataset.c.key == item_state.c.dataset_key)
        .where(dataset.c.project_id.in_(list(lines)), item_state.c.died_rev == ALIVE)
        .group_by(dataset.c.project_id, item_state.c.subset)
    )
    for row in conn.execute(query):
        lines[row.project_id].items += row.n
        if row.subset is not None:
            lines[row.project_id].subsets[row.subset] = row.n


def _count_annotated(conn: Connection, lines: dict[str, ProjectLine]) -> None:
    query = (
        select(dataset.c.project_id, annotation.c.layer, func.count(annotation.c.item_key.distinct()).label("n"))
        .join(dataset, dataset.c.key == annotation.c.dataset_key)
        .join(item, item.c.key == annotation.c.item_key)
        .where(dataset.c.project_id.in_(list(lines)), annotation.c.died_rev == ALIVE, item.c.died_rev == ALIVE)
        .group_by(dataset.c.project_id, annotation.c.layer)
    )
    for row in conn.execute(query):
        if row.layer == "truth":
            lines[row.project_id].labelled = row.n
        else:
            lines[row.project_id].predicted = row.n


def _read_models(conn: Connection, lines: dict[str, ProjectLine]) -> None:
    counts = (
        select(model.c.project_id, func.count().label("n"))
        .where(model.c.project_id.in_(list(lines)), model.c.status == "trained")
        .group_by(model.c.project_id)
    )
    for row in conn.execute(counts):
        lines[row.project_id].models = row.n
    variables = (
        select(pipeline.c.project_id, pipeline.c.name, pipeline_variable.c.value)
        .join(pipeline, pipeline.c.id == pipeline_variable.c.pipeline_id)
        .where(pipeline.c.project_id.in_(list(lines)), pipeline_variable.c.type == "model")
    )
    chosen = [(row.project_id, row.name, row.value) for row in conn.execute(variables) if isinstance(row.value, str)]
    query = select(model.c.id, model.c.name).where(model.c.id.in_([value for _, _, value in chosen]))
    names = {row.id: row.name for row in conn.execute(query)}
    scored = (
        select(evaluation.c.model_id, evaluation.c.metric_name, evaluation.c.metric, evaluation.c.n_items)
        .where(evaluation.c.model_id.in_(list(names)), evaluation.c.metric.is_not(None))
        .order_by(evaluation.c.id)
    )
    for row in conn.execute(scored):
        score = f"{row.metric_name} {row.metric:.3f} on {row.n_items} test images"
        names[row.model_id] = f"{names[row.model_id].partition(', ')[0]}, {score}"
    for project_id, pipeline_name, model_id in chosen:
        if model_id in names:
            lines[project_id].champions.append((pipeline_name, names[model_id]))


def _read_tasks(conn: Connection, lines: dict[str, ProjectLine]) -> None:
    query = (
        select(task.c.project_id, task.c.key, task.c.name, task.c.kind, task_count.c.status, task_count.c.n_items)
        .join(task_count, task_count.c.task_key == task.c.key)
        .where(task.c.project_id.in_(list(lines)), task.c.status == "active")
        .order_by(task.c.key)
    )
    found: dict[int, TaskLine] = {}
    for row in conn.execute(query):
        if row.key not in found:
            found[row.key] = TaskLine(row.name, row.kind)
            lines[row.project_id].tasks.append(found[row.key])
        line = found[row.key]
        if row.status in {"queued", "rework"}:
            line.todo += row.n_items
        elif row.status in {"leased", "waiting"}:
            line.in_hand += row.n_items
        else:
            line.done += row.n_items


def _read_jobs(conn: Connection, lines: dict[str, ProjectLine]) -> None:
    query = (
        select(job.c.project_id, job.c.kind, job.c.progress, job.c.message)
        .where(job.c.project_id.in_(list(lines)), job.c.state.in_(["queued", "running"]))
        .order_by(job.c.id)
    )
    for row in conn.execute(query):
        lines[row.project_id].jobs.append((row.kind, row.progress, row.message))
