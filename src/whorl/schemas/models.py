"""Models, evaluations and comparisons on the wire."""

from __future__ import annotations

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire


class Model(Wire):
    """A model version and everything it came from."""

    id: str
    project_id: str
    name: str
    task: str
    architecture: str
    params: dict[str, JsonValue]
    labels: list[str]
    status: str = Field(description="created, training, trained, failed or cancelled")
    dataset_id: str | None
    revision: int | None = Field(description="The dataset revision it was trained on.")
    query: dict[str, JsonValue]
    items_digest: str | None = Field(description="SHA-256 over the ids and bytes of its training items.")
    n_items: int | None
    parent_id: str | None
    metrics: dict[str, JsonValue]
    error: str | None
    seconds: float | None
    created_at: UtcTime
    trained_at: UtcTime | None


class Evaluation(Wire):
    """A model's scored predictions on one frozen set of items."""

    id: str
    model_id: str
    dataset_id: str
    revision: int
    items_digest: str
    n_items: int
    metric_name: str
    metric: float | None = Field(description="Null when it cannot be computed, as for AP without any truth.")
    metrics: dict[str, JsonValue]
    is_stale: bool = Field(description="A label of its items was edited since.")
    created_at: UtcTime


class Comparison(Wire):
    """Champion against challenger on the same items, and the decision."""

    id: str
    champion_id: str | None
    challenger_id: str
    dataset_id: str
    revision: int
    items_digest: str
    decision: str = Field(description="promote, keep or tie")
    numbers: dict[str, JsonValue]
    created_at: UtcTime
