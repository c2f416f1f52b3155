"""What labels cost, on the wire: seconds of people and of machines."""

from __future__ import annotations

from pydantic import Field

from whorl.schemas.wire import Wire


class LedgerRow(Wire):
    """One step of a pipeline, or one task."""

    node: str
    type: str = Field(description="Of the node, such as label or predict.")
    task_id: str | None = None
    n_items: int = Field(description="That went through it.")
    n_objects: int = Field(description="Annotations that people added, changed or named there.")
    human_seconds: float
    machine_seconds: float
    skills: list[str] = Field(default_factory=list, description="What its people must be able to do.")
    human_seconds_per_object: float | None = Field(default=None, description="Null where nobody did anything.")


class LedgerGroup(Wire):
    """The work that needs one set of skills."""

    skills: list[str] = Field(description="Empty: work for anybody.")
    n_people: int
    n_items: int
    n_objects: int
    human_seconds: float
    human_seconds_per_object: float | None


class LedgerPerson(Wire):
    """What one person did in the pipeline's tasks."""

    person_id: str
    name: str
    skills: list[str]
    n_items: int = Field(description="Handed in or reviewed; again after rework.")
    human_seconds: float


class Ledger(Wire):
    """What a pipeline's labels cost."""

    pipeline_id: str
    rows: list[LedgerRow]
    n_items: int = Field(description="Items that came out with ground truth.")
    n_objects: int = Field(description="Annotations of ground truth on them.")
    n_missed: int = Field(description="Of them, those that a person added and a model had missed.")
    human_seconds: float
    machine_seconds: float
    human_seconds_per_object: float | None
    groups: list[LedgerGroup] = Field(default_factory=list)
    people: list[LedgerPerson] = Field(default_factory=list, description="Who worked most comes first.")
