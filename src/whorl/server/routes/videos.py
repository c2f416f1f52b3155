"""Frames of videos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from whorl.access.rules import Action
from whorl.datasets import queries
from whorl.models.queries import get_model_pack
from whorl.schemas.video import PropagateAnswer, PropagateRequest, VideoInfo
from whorl.server.media import media_headers, picture
from whorl.server.permits import Caller, CallerDep, needs

router = APIRouter(prefix="/api/v1", tags=["videos"])
PACK_TYPE = "application/vnd.whorl.frames"
Width = Annotated[
    int | None, Query(ge=16, le=16_384, description="Of the pictures in pixels; the next larger is made.")
]
Quality = Annotated[int, Query(ge=30, le=95, description="Of the JPEGs.")]


@router.get("/items/{item_id}/video", **needs(Action.ITEM_READ))
def get_video(
    caller: CallerDep,
    item_id: str,
    times_start: Annotated[int, Query(ge=0, le=2**53, description="First frame of `times_s`.")] = 0,
    times_count: Annotated[int, Query(ge=0, le=100_000, description="How many times are given.")] = 20_000,
) -> VideoInfo:
    """What is known of a video's frames. The first time it is looked at, which takes a moment."""
    found = caller.read(lambda conn: queries.get_item(conn, item_id))
    return caller.services.videos.describe(found, start=times_start, count=times_count)


@router.get("/items/{item_id}/frames/{frame}", response_class=Response, **needs(Action.ITEM_READ))
def get_frame(
    request: Request, caller: CallerDep, item_id: str, frame: int, width: Width = None, quality: Quality = 85
) -> Response:
    """One frame as JPEG, upright; frames are counted from 0 in the order they are shown."""
    found = caller.read(lambda conn: queries.get_item(conn, item_id))
    headers = media_headers(f"{frame}.jpg", f"frame-{found.sha256}-{frame}-{width}-{quality}", is_inline=True)
    videos = caller.services.videos
    return picture(request, headers, lambda: videos.read_jpeg(found, frame, width=width, quality=quality))


@router.get("/items/{item_id}/frames", response_class=Response, **needs(Action.ITEM_READ))
def get_frames(
    request: Request,
    caller: CallerDep,
    item_id: str,
    start: Annotated[int, Query(ge=0, le=2**53)] = 0,
    count: Annotated[int, Query(ge=1, le=64)] = 32,
    width: Width = None,
    quality: Quality = 85,
) -> Response:
    """Frames from `start` on as one pack of JPEGs; those of 32 are decoded together, so ask for multiples of 32.

    The pack: `WHF1`, how many (u32), for each its number and length (u32 each), then the JPEGs; little-endian. A length
    of 0 is a frame that does not decode.
    """
    found = caller.read(lambda conn: queries.get_item(conn, item_id))
    tag = f"frames-{found.sha256}-{start}-{count}-{width}-{quality}"
    headers = media_headers(f"{start}.whf", tag, is_inline=False)
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    data = caller.services.videos.read_pack(found, start, count, width=width, quality=quality)
    return Response(data, media_type=PACK_TYPE, headers=headers)


@router.post("/items/{item_id}/propagate", **needs(Action.ITEM_READ))
def propagate(caller: CallerDep, item_id: str, body: PropagateRequest) -> PropagateAnswer:
    """Carry shapes on through a video, forwards or backwards; with `ends` from both sides, blended. Nothing is kept.

    The keyframes are `by` the tracker and say how sure it is; those of `frame`, and of `to_frame` where it was given,
    are not among them.
    """
    from whorl.models.tracking.trackers import tracker_names

    found = caller.read(lambda conn: queries.get_item(conn, item_id))
    folder = None if body.tracker in tracker_names() else _model_folder(caller, body.tracker)
    return caller.services.videos.propagate(found, body, folder=folder)


def _model_folder(caller: Caller, tracker: str) -> str | None:
    """The folder of a model of this project that is asked to track; None for what is no model: its name is refused."""
    from whorl.models.packs import bring_folder

    if not tracker.startswith("mdl_"):
        return None
    with caller.services.db.read() as conn:
        caller.check_same_project(conn, "model", tracker)
        folder, pack_sha256 = get_model_pack(conn, tracker)
    return str(bring_folder(caller.services.blobs, caller.services.settings.models_path / folder, pack_sha256))
