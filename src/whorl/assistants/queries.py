"""Reads: assistants, their rounds, and what people made of their proposals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from whorl.assistants.rules import measure_progress
from whorl.base.errors import NotFound
from whorl.ontology.queries import current_draft
from whorl.schemas.assistants import Assistant, AssistantCreate, AssistantKind, AssistantRound, AssistantStatus
from whorl.store.db.tables import assistant, assistant_round, dataset, model, proposal_outcome, recipe, task, task_count
from whorl.tasks.narrowing import allowed_labels, work_of
from whorl.tasks.rules import ItemStatus

FINISHED = (ItemStatus.SUBMITTED.value, ItemStatus.APPROVED.value)
"""Statuses of items that an assistant learns from."""


@dataclass(frozen=True, slots=True)
class AssistantRow:
    """An assistant as its trainings and proposals need it."""

    key: int
    id: str
    task_key: int
    task_id: str
    task_name: str
    task_status: str
    project_id: str
    dataset_id: str
    dataset_key: int
    kind: AssistantKind
    status: AssistantStatus
    settings: AssistantCreate
    model_id: str | None
    job_id: str | None
    n_seen: int
    n_finished: int
    error: str | None
    author_id: str
    created_at: datetime
    updated_at: datetime

    @property
    def is_due(self) -> bool:
        """Whether a training should begin now."""
        is_free = self.status in ("waiting", "ready") and self.job_id is None and self.task_status == "active"
        return (
            is_free
            and measure_progress(self.settings, self.kind, n_seen=self.n_seen, n_finished=self.n_finished).is_due
        )


def next_training_at(row: AssistantRow) -> int:
    """Finished items at which an assistant trains next."""
    return measure_progress(row.settings, row.kind, n_seen=row.n_seen, n_finished=row.n_finished).n_needed


def load_assistant(conn: Connection, assistant_id: str) -> AssistantRow:
    """One assistant as stored.

    Raises:
        NotFound: There is none with this id.
    """
    row = find_assistant(conn, assistant_id)
    if row is None:
        raise NotFound(f"no such assistant: {assistant_id}", hint="It may have been deleted.")
    return row


def find_assistant(conn: Connection, assistant_id: str) -> AssistantRow | None:
    """One assistant as stored, or None."""
    row = conn.execute(_rows().where(assistant.c.id == assistant_id)).mappings().one_or_none()
    return None if row is None else _row(dict(row))


def list_waiting(conn: Connection) -> list[AssistantRow]:
    """Every assistant that would train if enough were finished, oldest first."""
    found = _rows().where(
        assistant.c.status.in_(("waiting", "ready")), assistant.c.job_id.is_(None), task.c.status == "active"
    )
    return [_row(dict(row)) for row in conn.execute(found.order_by(assistant.c.key)).mappings()]


def get_assistant(conn: Connection, assistant_id: str) -> Assistant:
    """One assistant and how far it is.

    Raises:
        NotFound: There is none with this id.
    """
    return _to_wire(conn, [load_assistant(conn, assistant_id)])[0]


def list_assistants(conn: Connection, task_id: str) -> list[Assistant]:
    """The assistants of a task, oldest first."""
    found = conn.execute(_rows().where(task.c.id == task_id).order_by(assistant.c.key)).mappings()
    return _to_wire(conn, [_row(dict(row)) for row in found])


def list_models(conn: Connection, assistant_id: str) -> list[str]:
    """The ids of every model that an assistant trained, oldest first."""
    return list(
        conn.execute(select(model.c.id).where(model.c.assistant_id == assistant_id).order_by(model.c.id)).scalars()
    )


def wanted_labels(conn: Connection, row: AssistantRow) -> list[str]:
    """The labels that an assistant proposes now: its own, of those that the ontology, the task and its recipe have."""
    names = [label.name for label in current_draft(conn, row.project_id).labels]
    found = select(task.c.settings, recipe.c.labels).outerjoin(recipe, recipe.c.id == task.c.recipe_id)
    settings, of_recipe = conn.execute(found.where(task.c.key == row.task_key)).one()
    allowed = allowed_labels(work_of(settings), of_recipe)
    own = row.settings.labels
    return [one for one in names if (not own or one in own) and (allowed is None or one in allowed)]


def list_rounds(conn: Connection, key: int) -> list[AssistantRound]:
    """The rounds of one assistant by its key, oldest first, without what people made of them."""
    found = select(assistant_round).where(assistant_round.c.assistant_key == key).order_by(assistant_round.c.round)
    return [_round(dict(row), Counter()) for row in conn.execute(found).mappings()]


# Any: columns of several types.
def _rows() -> Select[Any]:
    finished = (
        select(func.coalesce(func.sum(task_count.c.n_items), 0))
        .where(task_count.c.task_key == assistant.c.task_key, task_count.c.status.in_(FINISHED))
        .scalar_subquery()
    )
    return (
        select(
            assistant,
            task.c.id.label("task_id"),
            task.c.name.label("task_name"),
            task.c.status.label("task_status"),
            task.c.project_id,
            task.c.dataset_key,
            dataset.c.id.label("dataset_id"),
            finished.label("n_finished"),
        )
        .join(task, task.c.key == assistant.c.task_key)
        .join(dataset, dataset.c.key == task.c.dataset_key)
    )


def _row(values: dict[str, Any]) -> AssistantRow:
    settings = AssistantCreate.model_validate(values.pop("settings"))
    return AssistantRow(**values | {"settings": settings, "n_finished": int(values["n_finished"])})


def _to_wire(conn: Connection, rows: Sequence[AssistantRow]) -> list[Assistant]:
    keys = [row.key for row in rows]
    rounds: dict[int, list[dict[str, Any]]] = {key: [] for key in keys}
    found = select(assistant_round).where(assistant_round.c.assistant_key.in_(keys)).order_by(assistant_round.c.round)
    for one in conn.execute(found).mappings():
        rounds[one["assistant_key"]].append(dict(one))
    counts = _count_outcomes(conn, [one["model_id"] for some in rounds.values() for one in some])
    return [
        _assistant(row, [_round(one, counts.get(one["model_id"], Counter())) for one in rounds[row.key]])
        for row in rows
    ]


def shows_from(row: AssistantRow, rounds: Sequence[AssistantRound]) -> float:
    """The confidence from which an assistant's present model shows its proposals."""
    least = row.settings.min_confidence
    found = next((one.metrics.get("cheapest") for one in reversed(rounds) if one.model_id == row.model_id), None)
    is_surer = row.settings.adapts and isinstance(found, int | float) and found > least
    return float(found) if is_surer and isinstance(found, int | float) else least


def _assistant(row: AssistantRow, rounds: list[AssistantRound]) -> Assistant:
    progress = measure_progress(row.settings, row.kind, n_seen=row.n_seen, n_finished=row.n_finished)
    return Assistant(
        id=row.id,
        task_id=row.task_id,
        kind=row.kind,
        status=row.status,
        settings=row.settings,
        model_id=row.model_id,
        job_id=row.job_id,
        shows_from=shows_from(row, rounds),
        n_finished=row.n_finished,
        n_needed=progress.n_needed,
        progress=progress.share,
        accepted=sum(one.accepted for one in rounds),
        edited=sum(one.edited for one in rounds),
        rejected=sum(one.rejected for one in rounds),
        error=row.error,
        rounds=rounds,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _round(values: dict[str, Any], outcomes: Counter[str]) -> AssistantRound:
    return AssistantRound(
        **{name: value for name, value in values.items() if name != "assistant_key"},
        accepted=outcomes["accepted"],
        edited=outcomes["edited"],
        rejected=outcomes["rejected"],
    )


def _count_outcomes(conn: Connection, model_ids: Sequence[str]) -> dict[str, Counter[str]]:
    found = (
        select(proposal_outcome.c.model_id, proposal_outcome.c.outcome, func.count().label("n"))
        .where(proposal_outcome.c.model_id.in_(model_ids))
        .group_by(proposal_outcome.c.model_id, proposal_outcome.c.outcome)
    )
    counts: dict[str, Counter[str]] = {}
    for row in conn.execute(found):
        counts.setdefault(row.model_id, Counter())[row.outcome] = row.n
    return counts
