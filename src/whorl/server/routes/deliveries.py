"""Webhook calls: see what was sent and what came back, send again, and the secret that signs them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.actions import write_audit
from whorl.access.rules import Action
from whorl.pipelines import deliveries
from whorl.schemas.deliveries import Delivery, DeliveryState, WebhookSecret, WebhookSecretRequest
from whorl.schemas.wire import Page
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["pipelines"])


@router.get("/pipelines/{pipeline_id}/deliveries", **needs(Action.PIPELINE_READ))
def list_deliveries(
    caller: CallerDep,
    pipeline_id: str,
    state: Annotated[DeliveryState | None, Query(description="All when left out.")] = None,
    cursor: Annotated[str | None, Query(max_length=60)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Page[Delivery]:
    """The calls of its webhooks, newest first."""
    return caller.read(
        lambda conn: deliveries.list_deliveries(conn, pipeline_id, state=state, cursor=cursor, limit=limit)
    )


@router.post("/deliveries/{delivery_id}/retry", **needs(Action.PIPELINE_RUN))
def retry_delivery(caller: CallerDep, delivery_id: str) -> Delivery:
    """Send a call again now, with all its tries; it keeps its id."""
    return caller.write(lambda conn: deliveries.retry_delivery(conn, delivery_id, now=caller.now))


@router.post("/pipelines/{pipeline_id}/webhook-secret", **needs(Action.PIPELINE_WRITE))
def webhook_secret(caller: CallerDep, pipeline_id: str, body: WebhookSecretRequest) -> WebhookSecret:
    """The secret that its webhooks are signed with, made when there is none; with `renew`, a new one."""

    def work(conn: Connection) -> str:
        if body.renew:
            write_audit(
                conn,
                "webhook_secret.renew",
                actor_id=caller.actor.id,
                now=caller.now,
                subject=pipeline_id,
                project_id=caller.project_id,
            )
        return deliveries.find_or_make_secret(conn, pipeline_id, renew=body.renew)

    return WebhookSecret(secret=caller.write(work))
