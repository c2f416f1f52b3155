"""The prediction log: what an endpoint was asked and answered."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from whorl.access.rules import Action
from whorl.base.errors import NotFound
from whorl.datasets.queries import get_item
from whorl.schemas.serving import PredictionLine, Pruned, RuleKind, Verdict
from whorl.schemas.wire import Page
from whorl.server.media import media_headers
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.items import SAFE_MEDIA_TYPES
from whorl.serving import log_queries
from whorl.serving.log_queries import image_key
from whorl.serving.retention import prune
from whorl.store.blobs import content_key

router = APIRouter(prefix="/api/v1", tags=["endpoints"])


@router.get("/endpoints/{endpoint_id}/predictions", **needs(Action.ENDPOINT_READ))
def list_predictions(
    caller: CallerDep,
    endpoint_id: str,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=500),
    verdict: Verdict | None = None,
    flag: RuleKind | None = None,
    label: Annotated[str | None, Query(max_length=200)] = None,
) -> Page[PredictionLine]:
    """Its log, newest first: all of it, or what was last said to be wrong, was flagged, or has a label."""
    caller.services.recorder.flush()
    return caller.read(
        lambda conn: log_queries.list_predictions(
            conn, endpoint_id, cursor=cursor, limit=limit, verdict=verdict, kind=flag, label=label
        )
    )


@router.post("/endpoints/{endpoint_id}/predictions/prune", **needs(Action.ENDPOINT_WRITE))
def prune_predictions(caller: CallerDep, endpoint_id: str, is_dry_run: bool = True) -> Pruned:
    """Remove what is past its retention now, instead of within the hour; or say how much that is."""
    services = caller.services
    return prune(services.db, services.blobs, now=caller.now, endpoint_id=endpoint_id, is_dry_run=is_dry_run)


@router.get("/predictions/{prediction_id}", **needs(Action.ENDPOINT_READ))
def get_prediction(caller: CallerDep, prediction_id: str) -> PredictionLine:
    """One line of the log, with what was said of it and which rules flagged it."""
    return caller.read(lambda conn: log_queries.get_prediction(conn, prediction_id))


@router.get("/predictions/{prediction_id}/image", response_class=Response, **needs(Action.ENDPOINT_READ))
def get_prediction_image(request: Request, caller: CallerDep, prediction_id: str) -> Response:
    """The image as it came, while the log keeps it or an item was made of it."""
    return logged_image(request, caller, prediction_id)


def logged_image(request: Request, caller: Caller, prediction_id: str) -> Response:
    """Answer with the image of a line.

    Raises:
        NotFound: There is no such line, or its image was not kept.
    """
    with caller.services.db.read() as conn:
        line = log_queries.get_line(conn, prediction_id)
        item_id = line["item_id"]
        sha256 = None if item_id is None else get_item(conn, item_id).sha256
    media_type = line["media_type"] if line["media_type"] in SAFE_MEDIA_TYPES else "application/octet-stream"
    headers = media_headers(prediction_id, line["sha256"], is_inline=media_type != "application/octet-stream")
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    blobs = caller.services.blobs
    keys = [image_key(line["endpoint_id"], line["at"], line["sha256"])] if line["has_image"] else []
    for key in [*keys, *([] if sha256 is None else [content_key(sha256)])]:
        try:
            return Response(blobs.get(key), media_type=media_type, headers=headers)
        except NotFound:
            continue
    raise NotFound(
        "the image of this prediction was not kept",
        hint="The endpoint keeps hashes only (keep_images), or its retention has passed.",
    )
