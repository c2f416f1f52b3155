"""Asking an endpoint about an image: the one route that customers' machines call all day."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from whorl.access.rules import Action
from whorl.schemas.serving import EndpointAnswer
from whorl.server.asked import asks_images, read_ask
from whorl.server.permits import CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["endpoints"])


@router.post(
    "/endpoints/{endpoint}/predict",
    response_model=EndpointAnswer,
    **asks_images(needs(Action.ENDPOINT_PREDICT)),
)
async def predict(request: Request, caller: CallerDep, endpoint: str) -> Response:
    """Ask it about an image: as a form with the image and what is known about it, or the image's bytes alone.

    `endpoint` is its name or its id.
    """
    serving = caller.services.serving
    asked = await read_ask(request, limit=caller.services.settings.max_upload_bytes)
    answered = await serving.predict(caller.endpoint_id or endpoint, asked.image, asked.metadata)
    return Response(answered.to_json(), media_type="application/json")
