"""Frames of videos."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from whorl.access.rules import Action
from whorl.datasets import queries
from whorl.schemas.video import VideoInfo
from whorl.server.media import media_headers, picture
from whorl.server.permits import CallerDep, needs

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
