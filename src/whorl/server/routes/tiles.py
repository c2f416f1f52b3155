"""Large images in tiles."""

from __future__ import annotations

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from whorl.access.rules import Action
from whorl.base.errors import NotFound, UnreadableMedia
from whorl.datasets import queries
from whorl.schemas.datasets import Item
from whorl.schemas.wire import Wire
from whorl.server.media import decode_apart, media_headers, picture
from whorl.server.permits import CallerDep, needs
from whorl.server.services import Services
from whorl.store.blobs import content_key

router = APIRouter(prefix="/api/v1", tags=["tiles"])


class TileInfo(Wire):
    """How an image is cut into tiles, as in Deep Zoom."""

    width: int = Field(description="Of the upright image, in pixels, as the height.")
    height: int
    tile_size: int
    overlap: int = Field(description="Pixels that a tile shares with each neighbour.")
    levels: int = Field(description="Level `levels - 1` is the full size; each one below has half of it, rounded up.")


@router.get("/items/{item_id}/tiles", **needs(Action.ITEM_READ))
def get_tile_info(caller: CallerDep, item_id: str, as_of: int | None = Query(None, ge=0)) -> TileInfo:
    """How the image is cut into tiles."""
    # Late: see get_tile.
    from whorl.datasets.tiles import OVERLAP, TILE_SIZE, Pyramid

    found = caller.read(lambda conn: queries.get_item(conn, item_id, as_of=as_of))
    levels = Pyramid(found.width, found.height).levels
    return TileInfo(width=found.width, height=found.height, tile_size=TILE_SIZE, overlap=OVERLAP, levels=levels)


@router.get("/items/{item_id}/tiles/{level}/{column}/{row}", response_class=Response, **needs(Action.ITEM_READ))
def get_tile(
    request: Request,
    caller: CallerDep,
    item_id: str,
    level: int,
    column: int,
    row: int,
    as_of: int | None = Query(None, ge=0),
) -> Response:
    """One tile as JPEG, upright. The first one of an image is made with its neighbours, which takes a moment."""
    found = caller.read(lambda conn: queries.get_item(conn, item_id, as_of=as_of))
    tag = f"tile-{found.sha256}-{level}-{column}-{row}"
    headers = media_headers(f"{level}_{column}_{row}.jpg", tag, is_inline=True)
    return picture(request, headers, lambda: read_tile(caller.services, found, level, column, row))


def read_tile(services: Services, item: Item, level: int, column: int, row: int) -> bytes:
    """A tile of an item's image, from the pack that holds it; the pack is made when it is not there.

    Raises:
        NotFound: There is no such tile.
        UnreadableMedia: The image has more pixels than this server decodes.
    """
    # Late: the decoder loads OpenCV, which the server does not need at its start.
    from whorl.datasets.tiles import ENTRY, Part, Pyramid, build_pack

    part, place = Pyramid(item.width, item.height).find(level, column, row)
    key = f"tiles/{item.sha256[:2]}/{item.sha256}/{part}-1"
    found = _read_entry(services, key, place * ENTRY.size, ENTRY.size)
    if found is None:
        _check_pixels(services, item)
        # One at a time of the large ones: each takes six bytes a pixel while it is made.
        with services.locks.hold(key), services.locks.hold("tiles" if part is Part.FULL else key + "-alone"):
            found = _read_entry(services, key, place * ENTRY.size, ENTRY.size)
            if found is None:
                data = services.blobs.get(content_key(item.sha256))
                limit = services.settings.max_pixels
                services.blobs.put(key, decode_apart(services, build_pack, data, part, max_pixels=limit))
                found = services.blobs.get_range(key, start=place * ENTRY.size, length=ENTRY.size)
    start, length = ENTRY.unpack(found)
    return services.blobs.get_range(key, start=start, length=length)


def _read_entry(services: Services, key: str, start: int, length: int) -> bytes | None:
    try:
        return services.blobs.get_range(key, start=start, length=length)
    except NotFound:
        return None


def _check_pixels(services: Services, item: Item) -> None:
    limit = services.settings.max_pixels
    if item.width * item.height > limit:
        raise UnreadableMedia(
            f"{item.width} x {item.height} is {item.width * item.height:,} pixels; {limit:,} are cut into tiles",
            hint="Raise WHORL_MAX_PIXELS (each pixel takes six bytes of memory meanwhile), or import smaller pieces.",
            details={"pixels": item.width * item.height, "max_pixels": limit},
        )
