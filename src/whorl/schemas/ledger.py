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
