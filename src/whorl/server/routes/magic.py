"""Magic tools: a few clicks become a shape. The server does the work, or browsers do with its features and decoder."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from whorl.access.rules import Action
from whorl.base.errors import FeaturesNotReady, InvalidInput, NotFound
from whorl.datasets import queries
from whorl.schemas.annotations import XY, Box, Mask, Polygon
from whorl.schemas.datasets import Item
from whorl.schemas.magic import (
    AlikeAnswer,
    AlikeObject,
    AlikeRequest,
    FeaturesState,
    MagicInfo,
    PathAnswer,
    PathRequest,
    SegmentAnswer,
    SegmenterInfo,
    SegmentRequest,
)
from whorl.server.media import REVALIDATED, media_headers
from whorl.server.permits import CallerDep, needs

if TYPE_CHECKING:
    from whorl.models.segmenting.prompts import Bounds, Found, Prompts
    from whorl.server.magic import Magic

router = APIRouter(prefix="/api/v1", tags=["magic"])
_WAIT_S = 30.0
_GRABCUT = "grabcut"


@router.get("/magic", **needs(Action.SELF))
def get_magic(caller: CallerDep) -> MagicInfo:
    """Which segmenters there are, which one `auto` takes, and where browsers find the decoder."""
    # Late, here and below: pixels bring numpy and OpenCV, which the server does not need at its start.
    from whorl.models.segmenting.choosing import list_pairs

    found = [SegmenterInfo(name=_GRABCUT, kind="grabcut", is_ready=True, takes_points=False)]
    for one in list_pairs(caller.services.settings.models_path):
        is_ready = one.pair is not None and one.problem is None
        size = one.pair.decoder.stat().st_size if one.pair is not None and is_ready else None
        url = f"/api/v1/magic/decoders/{one.name}" if is_ready else None
        found.append(
            SegmenterInfo(
                name=one.name,
                kind="sam",
                is_ready=is_ready,
                problem=one.problem,
                takes_points=True,
                decoder_url=url,
                decoder_bytes=size,
            )
        )
    ready = [one.name for one in found[1:] if one.is_ready]
    return MagicInfo(segmenters=found, default=ready[0] if ready else _GRABCUT)


@router.get("/magic/decoders/{name}", response_class=Response, **needs(Action.SELF))
def get_decoder(request: Request, caller: CallerDep, name: str) -> Response:
    """A decoder's file, for browsers that answer clicks themselves with onnxruntime-web."""
    from whorl.models.segmenting.choosing import list_pairs

    pairs = list_pairs(caller.services.settings.models_path)
    pair = next((one.pair for one in pairs if one.name == name and one.problem is None), None)
    if pair is None:
        raise NotFound(f"no segmenter {name[:60]!r} with a decoder here", hint="GET /api/v1/magic lists them.")
    headers = media_headers(f"{name}{pair.decoder.suffix}", pair.sha256, is_inline=False, cache=REVALIDATED)
    return _file(request, pair.decoder, headers)


@router.post("/items/{item_id}/segment", **needs(Action.ITEM_READ))
def segment(caller: CallerDep, item_id: str, body: SegmentRequest) -> SegmentAnswer:
    """The shape that points, a box or four extreme points mean; `problem` says why there is none, or why it is a guess.

    `auto` takes SAM when the image is prepared for it or only points are given, else GrabCut.
    """
    from whorl.models.segmenting.prompts import Prompts, check_prompts
    from whorl.server.magic import magic_of

    started = time.perf_counter()
    item = caller.read(lambda conn: queries.get_item(conn, item_id))
    box = None if body.box is None else (body.box.x0, body.box.y0, body.box.x1, body.box.y1)
    prompts = Prompts(tuple(body.include), tuple(body.exclude), box, tuple(body.extremes))
    prompts = check_prompts(prompts, width=item.width, height=item.height)
    found, name = _find(magic_of(caller.services), item, prompts, body)
    geometry = _shape(found, item, body)
    problem = found.problem
    if geometry is None and problem is None:
        problem = "what is left of the shape has no area"
    return SegmentAnswer(
        geometry=geometry, score=found.score, segmenter=name, milliseconds=_since(started), problem=problem
    )


@router.post("/items/{item_id}/outline", **needs(Action.ITEM_READ))
def trace_outline(caller: CallerDep, item_id: str, body: PathRequest) -> PathAnswer:
    """An outline along edges through the given points (intelligent scissors)."""
    from whorl.models.segmenting.scissors import trace_path
    from whorl.server.magic import magic_of

    started = time.perf_counter()
    item = caller.read(lambda conn: queries.get_item(conn, item_id))
    for x, y in body.points:
        if not (0 <= x <= item.width and 0 <= y <= item.height):
            raise InvalidInput(
                f"points: {x:g}, {y:g} lies outside the image of {item.width} x {item.height} pixels",
                hint="Click inside the image.",
            )
    magic = magic_of(caller.services)
    picture = magic.picture_around(item, _bounds(body.points), frame=body.frame)
    with magic.working():
        moved = [((x - picture.x0) * picture.scale, (y - picture.y0) * picture.scale) for x, y in body.points]
        path = trace_path(picture.rgb, moved, is_closed=body.is_closed)
    points = [(x / picture.scale + picture.x0, y / picture.scale + picture.y0) for x, y in path]
    return PathAnswer(points=points, milliseconds=_since(started))


@router.post("/items/{item_id}/alike", **needs(Action.ITEM_READ))
def list_alike(caller: CallerDep, item_id: str, body: AlikeRequest) -> AlikeAnswer:
    """Objects in the same image that look like the given one, best first, each with its shape moved there."""
    from whorl.models.segmenting.alike import find_alike
    from whorl.models.segmenting.prompts import Prompts, check_prompts
    from whorl.server.magic import magic_of

    started = time.perf_counter()
    item = caller.read(lambda conn: queries.get_item(conn, item_id))
    rings = None if body.polygon is None else [list(ring) for ring in body.polygon.rings]
    if body.box is not None:
        box: Bounds = (body.box.x0, body.box.y0, body.box.x1, body.box.y1)
    elif rings is not None:
        box = _bounds([point for ring in rings for point in ring])
    else:
        raise InvalidInput("nothing to look for: give a box or a polygon", hint="Select one object first.")
    checked = check_prompts(Prompts(box=box), width=item.width, height=item.height).box
    assert checked is not None
    magic = magic_of(caller.services)
    picture = magic.whole_picture(item, frame=body.frame)
    with magic.working():
        x0, y0, x1, y1 = (edge * picture.scale for edge in checked)
        scaled = None if rings is None else [[(x * picture.scale, y * picture.scale) for x, y in r] for r in rings]
        found = find_alike(
            picture.rgb,
            (x0, y0, x1, y1),
            rings=scaled,
            limit=body.limit,
            min_score=body.min_score,
        )
    objects = []
    for one in found:
        x0, y0, x1, y1 = (edge / picture.scale for edge in one.box)
        shape: Box | Polygon = Box(x0=max(x0, 0.0), y0=max(y0, 0.0), x1=min(x1, item.width), y1=min(y1, item.height))
        if one.rings is not None:
            shape = Polygon(rings=[[(x / picture.scale, y / picture.scale) for x, y in r] for r in one.rings])
        objects.append(AlikeObject(geometry=shape, score=one.score))
    return AlikeAnswer(objects=objects, milliseconds=_since(started))


@router.post("/items/{item_id}/segment-features", status_code=202, **needs(Action.ITEM_READ))
def begin_features(caller: CallerDep, item_id: str, frame: int | None = Query(None, ge=0, lt=2**40)) -> FeaturesState:
    """Have the SAM encoder see the image ahead of time, before those asked for earlier; some seconds of a core each."""
    from whorl.server.magic import magic_of

    item = caller.read(lambda conn: queries.get_item(conn, item_id))
    magic = magic_of(caller.services)
    pair = magic.pair()
    if magic.begin(pair, item, frame=frame):
        return FeaturesState(segmenter=pair.name, state="ready")
    state, problem = magic.queue.state(magic.feature_path(pair, item, frame))
    return FeaturesState(segmenter=pair.name, state="waiting" if state == "unknown" else state, problem=problem)


@router.delete("/items/{item_id}/segment-features", status_code=204, **needs(Action.ITEM_READ))
def cancel_features(caller: CallerDep, item_id: str, frame: int | None = Query(None, ge=0, lt=2**40)) -> None:
    """Take the image out of the queue; what is kept stays, and what runs is finished."""
    from whorl.server.magic import magic_of

    item = caller.read(lambda conn: queries.get_item(conn, item_id))
    magic = magic_of(caller.services)
    magic.queue.cancel(magic.feature_path(magic.pair(), item, frame))


@router.get("/items/{item_id}/segment-features", response_class=Response, **needs(Action.ITEM_READ))
def get_features(
    request: Request, caller: CallerDep, item_id: str, frame: int | None = Query(None, ge=0, lt=2**40)
) -> Response:
    """What the SAM encoder made of the image, for a decoder in the browser; 409 `features_not_ready` until it has.

    Four bytes `WHS1`, the length of a JSON header (u32, little endian), the header (family, width, height, seen_width,
    seen_height, tensors: name, shape, start, bytes), then the tensors as little-endian float16; `start` counts from the
    first tensor, which begins right after the header, at a multiple of 8.
    """
    from whorl.server.magic import magic_of

    item = caller.read(lambda conn: queries.get_item(conn, item_id))
    magic = magic_of(caller.services)
    pair = magic.pair()
    path = magic.features.find(pair.sha256, item.sha256, frame)
    if path is None:
        state, problem = magic.queue.state(magic.feature_path(pair, item, frame))
        raise FeaturesNotReady(
            f"the image is not encoded: {problem or state}",
            hint="POST to the same address, then ask again in some seconds.",
            details={"state": state, "segmenter": pair.name},
        )
    suffix = "" if frame is None else f"-{frame}"
    tag = f"{pair.sha256[:16]}-{item.sha256[:32]}{suffix}"
    return _file(request, path, media_headers(f"{item_id}{suffix}.features", tag, is_inline=False, cache=REVALIDATED))


def _find(magic: Magic, item: Item, prompts: Prompts, body: SegmentRequest) -> tuple[Found, str]:
    from whorl.models.segmenting.choosing import find_pair, open_decoder
    from whorl.models.segmenting.grabcut import grabcut
    from whorl.models.segmenting.sam import decode

    bounds = prompts.bounds
    if body.engine != "grabcut":
        found = find_pair(magic.models)
        pair = None if found is None else found.pair
        if pair is None and body.engine == "sam":
            magic.pair()
        if pair is not None:
            must_wait = body.engine == "sam" or bounds is None
            seen = magic.find_seen(pair, item, frame=body.frame)
            if seen is None and must_wait:
                seen = magic.wait_seen(pair, item, frame=body.frame, timeout_s=_WAIT_S)
            if seen is not None:
                with magic.working():
                    return decode(open_decoder(pair), seen, prompts), pair.name
            magic.begin(pair, item, frame=body.frame)
    picture = magic.picture_around(item, bounds or (0, 0, item.width, item.height), frame=body.frame)
    with magic.working():
        made = grabcut(picture.rgb, prompts.moved(picture.x0, picture.y0, picture.scale))
    return made.placed(picture.x0, picture.y0, picture.scale), _GRABCUT


def _shape(found: Found, item: Item, body: SegmentRequest) -> Polygon | Mask | None:
    from whorl.models.segmenting.outlines import found_mask, found_rings

    if body.result == "mask":
        mask = found_mask(found, width=item.width, height=item.height)
        return None if mask is None else Mask(height=mask.height, width=mask.width, counts=mask.counts)
    rings = found_rings(found, tolerance_px=body.tolerance_px)
    return Polygon(rings=rings) if rings else None


def _bounds(points: list[XY]) -> Bounds:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _file(request: Request, path: Path, headers: Mapping[str, str]) -> Response:
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type="application/octet-stream", headers=headers)


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 2)
