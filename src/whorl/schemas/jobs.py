"""Long pieces of work on the wire: imports, exports, training, evaluation."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire

JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(Wire):
    """One long piece of work and how far it is."""

    id: str
    project_id: str | None
    kind: str = Field(description="Such as import, export, train or evaluate.")
    state: JobState
    progress: float = Field(ge=0, le=1, description="Share done.")
    message: str = Field(description="What it does now, for people.")
    params: dict[str, JsonValue] = Field(default_factory=dict)
    result: dict[str, JsonValue] = Field(default_factory=dict, description="What came of it; empty until done.")
    error_code: str | None = None
    error: str | None = None
    is_cancel_requested: bool = False
    actor_id: str
    created_at: UtcTime
    started_at: UtcTime | None = None
    finished_at: UtcTime | None = None
