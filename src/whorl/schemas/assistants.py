"""Assistants that learn while people label, on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

AssistantKind = Literal["class", "box", "mask"]
AssistantStatus = Literal["waiting", "training", "ready", "stopped", "failed"]


class AssistantCreate(Wire):
    """An assistant for a labelling task."""

    kind: AssistantKind | None = Field(default=None, description="What it proposes; null: as the task's recipe says.")
    labels: list[str] = Field(default_factory=list, max_length=1000, description="Only these; empty: all.")
    first_items: int | None = Field(
        default=None, ge=1, le=10_000, description="Finished items before it first trains; null: 10, of classes 20."
    )
    again_after: float = Field(
        default=0.5, gt=0, le=10, description="It trains again when the finished items have grown by this share."
    )
    min_confidence: float = Field(default=0.3, ge=0, le=1, description="Surer proposals are shown.")
    adapts: bool = Field(
        default=True,
        description="Of objects it shows only surer ones than min_confidence where the others cost people more than "
        "they saved, on items held out or among those decided about: one key to refuse, two clicks to draw.",
    )
    architecture: str | None = Field(default=None, max_length=200, description="Null: the built-in for its kind.")
    params: dict[str, JsonValue] = Field(default_factory=dict, description="Of the training.")
    budget_seconds: float = Field(default=120.0, gt=0, le=86_400, description="Longest training of one round.")
    reorders: bool = Field(default=True, description="Put first what it would learn most from.")


class AssistantUpdate(Wire):
    """What to change; what is left out stays."""

    is_stopped: bool | None = None
    min_confidence: float | None = Field(default=None, ge=0, le=1)
    adapts: bool | None = None
    again_after: float | None = Field(default=None, gt=0, le=10)
    reorders: bool | None = None


class AssistantRound(Wire):
    """One training of an assistant."""

    round: int
    model_id: str
    n_items: int
    n_objects: int
    n_proposed: int = Field(description="Items it proposed something for.")
    seconds: float
    metrics: dict[str, JsonValue] = Field(description="What it scored on items held out, where there were enough.")
    accepted: int = Field(description="Proposals of this round that people took as they were.")
    edited: int
    rejected: int
    created_at: UtcTime


class Assistant(Wire):
    """An assistant and how far it is."""

    id: str
    task_id: str
    kind: AssistantKind
    status: AssistantStatus
    settings: AssistantCreate
    model_id: str | None
    job_id: str | None = Field(description="The training under way.")
    shows_from: float = Field(description="Proposals are shown from this confidence on: min_confidence, or surer.")
    n_finished: int = Field(description="Finished items of the task now.")
    n_needed: int = Field(description="Finished items at which it trains next.")
    progress: float = Field(ge=0, le=1, description="Towards the next training, from the one before.")
    accepted: int = Field(description="Of all proposals that people decided about.")
    edited: int
    rejected: int
    error: str | None
    rounds: list[AssistantRound]
    created_at: UtcTime
    updated_at: UtcTime


class ThresholdPoint(Wire):
    """What labelling the rest would give at one threshold."""

    threshold: float
    n_items: int = Field(description="Items that would get at least one proposal.")
    n_objects: int
    precision: float | None = Field(description="Share of proposals as sure as this that people took or mended.")
    n_decided: int = Field(description="How many that share is of.")


class RestPreview(Wire):
    """What labelling the rest would give, over the threshold."""

    n_items: int = Field(description="Items of the task that nobody finished.")
    n_looked_at: int = Field(description="How many of them this was computed on.")
    points: list[ThresholdPoint]


class LabelRest(Wire):
    """Let an assistant propose on all that nobody finished; never ground truth."""

    threshold: float = Field(ge=0, le=1)
    dry_run: bool = False
