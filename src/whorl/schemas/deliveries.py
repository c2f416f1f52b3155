"""Webhook calls on the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from whorl.schemas.wire import UtcTime, Wire

DeliveryState = Literal["waiting", "delivered", "failed"]


class Delivery(Wire):
    """One call of a webhook: what is sent, and what came of it."""

    id: str
    pipeline_id: str | None
    node: str | None
    ref: str = Field(description="Id of what the call is about.")
    url: str
    body: str = Field(description="What is sent, to the byte.")
    state: DeliveryState
    attempts: int = Field(description="Calls so far.")
    status_code: int | None = Field(description="Status of the last answer.")
    response: str | None = Field(description="Beginning of the last answer.")
    error: str | None = Field(description="Why the last call brought no answer, or not a good one.")
    created_at: UtcTime
    tried_at: UtcTime | None = Field(description="When it was last called.")
    next_at: UtcTime | None = Field(description="When it is called again; null when it is not.")


class WebhookSecret(Wire):
    """What the calls of a pipeline's webhooks are signed with."""

    secret: str


class WebhookSecretRequest(Wire):
    """Ask for the secret, or for a new one in its place."""

    renew: bool = Field(default=False, description="Make a new one; calls are signed with it from now on.")
