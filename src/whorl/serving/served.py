"""One answered request, as it is handed to whoever keeps the log, and what that one must offer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from pydantic import TypeAdapter

from whorl.base.errors import JsonValue
from whorl.schemas.models import PredictedAnnotation
from whorl.schemas.serving import EndpointSettings, ServingRole

_ANNOTATIONS = TypeAdapter(list[PredictedAnnotation])


@dataclass(frozen=True, slots=True)
class Answer:
    """What one model says about one image.

    Args:
        body: The annotations as JSON, as the caller gets them: a list of ``PredictedAnnotation``, best first.
        confidence: Of the likeliest class, or of the least sure object that is given; None without any.
        margin: Between the two likeliest classes, in [0, 1]; None where classes do not compete.
    """

    model_id: str
    body: bytes
    confidence: float | None
    margin: float | None

    def annotations(self) -> list[PredictedAnnotation]:
        """The annotations, parsed."""
        return _ANNOTATIONS.validate_json(self.body)


@dataclass(frozen=True, slots=True)
class Served:
    """A request and its answer.

    Args:
        image: The bytes as they came.
        sha256: Of ``image``.
        width: Of the upright image, in pixels.
        height: Of the upright image, in pixels.
        role: Who answered: champion or canary.
        latency_ms: From the request's last byte to the answer.
        metadata: As given by the caller.
        shadow_id: The model that was asked beside it; its answer may follow by ``Recorder.add_shadow``.
    """

    endpoint_id: str
    project_id: str
    settings: EndpointSettings
    at: datetime
    image: bytes
    media_type: str
    sha256: str
    width: int
    height: int
    role: ServingRole
    answer: Answer
    latency_ms: float
    metadata: Mapping[str, JsonValue]
    shadow_id: str | None = None


class Recorder(Protocol):
    """Whoever keeps the log. Both calls are made while a caller waits: they only queue, and never raise."""

    def offer(self, served: Served) -> str | None:
        """Take a served request; give the id under which it will be found, or None when it is not written down."""

    def add_shadow(self, prediction_id: str, answer: Answer) -> None:
        """Take what the shadow said of a request that was written down; it comes later, or never."""


class NoRecorder:
    """Keeps nothing."""

    def offer(self, served: Served) -> str | None:
        """Nothing is written down."""
        del served
        return None  # noqa: RET501 - a type checker wants it said

    def add_shadow(self, prediction_id: str, answer: Answer) -> None:
        """Nothing is written down."""
        del prediction_id, answer
