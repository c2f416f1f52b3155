"""What happened, on the wire."""

from __future__ import annotations

from pydantic import Field

from whorl.base.errors import JsonValue
from whorl.schemas.wire import UtcTime, Wire


class Event(Wire):
    """Something that happened in a project."""

    id: str = Field(description="A whole number as text, because it may not fit a double; also the SSE id.")
    kind: str
    subject_id: str
    actor_id: str
    cause: str | None
    payload: dict[str, JsonValue]
    at: UtcTime
