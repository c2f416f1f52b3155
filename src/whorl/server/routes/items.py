"""Items: list, upload, change, and their bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from pydantic import Field, TypeAdapter, ValidationError
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, JsonValue, PayloadTooLarge, UnreadableMedia
from whorl.datasets import actions, queries
from whorl.datasets.dql import Query as DqlQuery
from whorl.datasets.dql import parse_query
from whorl.datasets.intake import thumbnail_key
from whorl.schemas.datasets import Item, ItemPatch, NewItem
from whorl.schemas.records import Subset
from whorl.schemas.wire import Page, Wire
from whorl.server.media import decode_apart, media_headers, picture
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.services import Services
from whorl.store.blobs import content_key

if TYPE_CHECKING:
    from whorl.datasets.media import Inspection

SAFE_MEDIA_TYPES = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "image/bmp", "image/tiff", "video/mp4", "video/webm"}
)
"""What is served under its own type; all else goes out as bytes to be saved."""
router = APIRouter(prefix="/api/v1", tags=["items"])
_METADATA: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class ItemSearch(Wire):
    """A query too long for an address."""

    query: dict[str, JsonValue] = Field(default_factory=dict)
    cursor: str | None = None
    limit: int = Field(default=100, ge=1, le=1000)
    as_of: int | None = Field(default=None, ge=0)


class ItemsToCount(Wire):
    """A query too long for an address."""

    query: dict[str, JsonValue] = Field(default_factory=dict)
    as_of: int | None = Field(default=None, ge=0)


class ItemCount(Wire):
    """How many items match."""

    count: int
    is_capped: bool = Field(description="Counting stopped early, to stay quick: there are at least `count`.")


class ItemsDelete(Wire):
    """Items to be removed."""

    item_ids: list[str] = Field(min_length=1, max_length=10_000)


class ItemsDeleted(Wire):
    """How many items were removed."""

    deleted: int


class ItemsUpdate(Wire):
    """Changes to many items at once, by item id."""

    patches: dict[str, ItemPatch] = Field(min_length=1, max_length=10_000)


class ItemsUpdated(Wire):
    """How many items were changed."""

    updated: int


@router.get("/datasets/{dataset_id}/items", **needs(Action.ITEM_READ))
def list_items(
    caller: CallerDep,
    dataset_id: str,
    q: Annotated[str | None, Query(max_length=4000, description="Query as text: `label:car subset:train`.")] = None,
    dql: Annotated[str | None, Query(max_length=16_000, description="Query as JSON (DQL).")] = None,
    cursor: str | None = None,
    limit: int = Query(100, ge=1, le=1000),
    as_of: int | None = Query(None, ge=0),
    subset: Subset | None = None,
) -> Page[Item]:
    """The items that match, in the query's order, else in the order they were added."""
    query = to_query(q, dql)
    return caller.read(
        lambda conn: queries.list_items(
            conn, dataset_id, query=query, cursor=cursor, limit=limit, as_of=as_of, subset=subset
        )
    )


@router.post("/datasets/{dataset_id}/items/search", **needs(Action.ITEM_READ))
def search_items(caller: CallerDep, dataset_id: str, body: ItemSearch) -> Page[Item]:
    """As the list, with the query in the body."""
    query = parse_query(body.query)
    return caller.read(
        lambda conn: queries.list_items(
            conn, dataset_id, query=query, cursor=body.cursor, limit=body.limit, as_of=body.as_of
        )
    )


@router.get("/datasets/{dataset_id}/items/count", **needs(Action.ITEM_READ))
def count_items(
    caller: CallerDep,
    dataset_id: str,
    q: Annotated[str | None, Query(max_length=4000, description="Query as text: `label:car subset:train`.")] = None,
    dql: Annotated[str | None, Query(max_length=16_000, description="Query as JSON (DQL).")] = None,
    as_of: int | None = Query(None, ge=0),
    subset: Subset | None = None,
) -> ItemCount:
    """How many items match: up to 10,000 for a query, and `is_capped` where counting stopped early."""
    return _count(caller, dataset_id, to_query(q, dql), as_of=as_of, subset=subset)


@router.post("/datasets/{dataset_id}/items/count", **needs(Action.ITEM_READ))
def count_found(caller: CallerDep, dataset_id: str, body: ItemsToCount) -> ItemCount:
    """As the count, with the query in the body."""
    return _count(caller, dataset_id, parse_query(body.query), as_of=body.as_of)


@router.post("/datasets/{dataset_id}/items", status_code=201, **needs(Action.ITEM_WRITE))
def upload_item(
    caller: CallerDep,
    dataset_id: str,
    file: Annotated[UploadFile, File(description="The image; its type is read from its bytes.")],
    name: Annotated[str | None, Form(max_length=1000)] = None,
    metadata: Annotated[str | None, Form(description="A JSON object.")] = None,
    subset: Annotated[Subset | None, Form()] = None,
    group_key: Annotated[str | None, Form(max_length=200)] = None,
) -> Item:
    """Take in one image. Anything that is not one, or does not decode within the limits, is refused."""
    limit = caller.services.settings.max_upload_bytes
    data = file.file.read(limit + 1)
    if len(data) > limit:
        raise PayloadTooLarge(f"the file is larger than {limit:,} bytes", details={"limit_bytes": limit})
    new = _inspect(caller, data, name=name or file.filename or "")
    new = new.model_copy(update={"metadata": _metadata(metadata), "subset": subset, "group_key": group_key})

    def work(conn: Connection) -> Item:
        return actions.add_items(conn, dataset_id, [new], actor_id=caller.actor.id, now=caller.now)[0]

    return caller.write(work)


@router.patch("/datasets/{dataset_id}/items", **needs(Action.ITEM_WRITE))
def update_items(caller: CallerDep, dataset_id: str, body: ItemsUpdate) -> ItemsUpdated:
    """Change many items in one revision, all or none."""
    count = caller.write(
        lambda conn: actions.update_items(conn, dataset_id, body.patches, actor_id=caller.actor.id, now=caller.now)
    )
    return ItemsUpdated(updated=count)


@router.post("/datasets/{dataset_id}/items/delete", **needs(Action.ITEM_WRITE))
def delete_items(caller: CallerDep, dataset_id: str, body: ItemsDelete) -> ItemsDeleted:
    """Remove many items in one revision, all or none; earlier revisions still hold them."""
    count = caller.write(
        lambda conn: actions.delete_items(conn, dataset_id, body.item_ids, actor_id=caller.actor.id, now=caller.now)
    )
    return ItemsDeleted(deleted=count)


@router.get("/items/{item_id}", **needs(Action.ITEM_READ))
def get_item(caller: CallerDep, item_id: str, as_of: int | None = Query(None, ge=0)) -> Item:
    """One item, now or at a revision."""
    return caller.read(lambda conn: queries.get_item(conn, item_id, as_of=as_of))


@router.patch("/items/{item_id}", **needs(Action.ITEM_WRITE))
def update_item(caller: CallerDep, item_id: str, body: ItemPatch) -> Item:
    """Change an item; what is left out stays, and a metadata value of null removes its key."""

    def work(conn: Connection) -> Item:
        dataset_id = queries.get_item(conn, item_id).dataset_id
        actions.update_items(conn, dataset_id, {item_id: body}, actor_id=caller.actor.id, now=caller.now)
        return queries.get_item(conn, item_id)

    return caller.write(work)


@router.delete("/items/{item_id}", status_code=204, **needs(Action.ITEM_WRITE))
def delete_item(caller: CallerDep, item_id: str) -> None:
    """Remove an item; earlier revisions still hold it."""

    def work(conn: Connection) -> None:
        dataset_id = queries.get_item(conn, item_id).dataset_id
        actions.delete_items(conn, dataset_id, [item_id], actor_id=caller.actor.id, now=caller.now)

    caller.write(work)


@router.get("/items/{item_id}/content", response_class=Response, **needs(Action.ITEM_READ))
def get_content(request: Request, caller: CallerDep, item_id: str, as_of: int | None = Query(None, ge=0)) -> Response:
    """The bytes as they came. Never served as a page: unknown types are sent to be saved."""
    found = caller.read(lambda conn: queries.get_item(conn, item_id, as_of=as_of))
    is_safe = found.media_type in SAFE_MEDIA_TYPES
    headers = media_headers(found.name, found.sha256, is_inline=is_safe)
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    data = caller.services.blobs.get(content_key(found.sha256))
    media_type = found.media_type if is_safe else "application/octet-stream"
    return Response(data, media_type=media_type, headers=headers)


@router.get("/items/{item_id}/thumbnail", response_class=Response, **needs(Action.ITEM_READ))
def get_thumbnail(request: Request, caller: CallerDep, item_id: str, as_of: int | None = Query(None, ge=0)) -> Response:
    """A JPEG of at most a few hundred pixels, upright."""
    found = caller.read(lambda conn: queries.get_item(conn, item_id, as_of=as_of))
    headers = media_headers(f"{found.name}.jpg", f"thumb-{found.sha256}", is_inline=True)
    return picture(request, headers, lambda: caller.services.blobs.get(thumbnail_key(found.sha256)))


def to_query(text: str | None, dql: str | None) -> DqlQuery | None:
    """Parse whichever form of query was given.

    Raises:
        InvalidInput: Both were.
        QueryError: It does not parse.
    """
    if text and dql:
        raise InvalidInput("q and dql were given", hint="Give the query once: as text or as JSON.")
    if dql:
        return parse_query(dql)
    if not text:
        return None
    from whorl.datasets.dql.either_form import read_query

    return read_query(text)


def _count(
    caller: Caller, dataset_id: str, query: DqlQuery | None, *, as_of: int | None, subset: Subset | None = None
) -> ItemCount:
    found = caller.read(lambda conn: queries.count_items(conn, dataset_id, query=query, as_of=as_of, subset=subset))
    return ItemCount(count=found.count, is_capped=found.is_capped)


def _inspect(caller: Caller, data: bytes, *, name: str) -> NewItem:
    if not data:
        raise UnreadableMedia(f"the file is empty (0 bytes): {name[:200]}", hint="Copy it again from its source.")
    try:
        looked = _decode(caller.services, data)
    except UnreadableMedia as error:
        named = f"{name[:200]}: {error.message}"
        raise UnreadableMedia(named, hint=error.hint, details=error.details) from error
    services = caller.services
    sha256 = looked.info.sha256
    kept = ((content_key(sha256), data), (thumbnail_key(sha256), looked.thumbnail))
    services.blobs.publish([services.blobs.stage(key, body) for key, body in kept])
    health = {
        "brightness": looked.health.brightness,
        "contrast": looked.health.contrast,
        "sharpness": looked.health.sharpness,
    }
    try:
        return NewItem(
            name=name,
            sha256=sha256,
            media_type=looked.info.media_type,
            width=looked.info.width,
            height=looked.info.height,
            bytes=len(data),
            health=health,
            picture_hash=looked.picture_hash,
        )
    except ValidationError as error:
        raise InvalidInput(f"not a name for an item: {name[:80]!r}", hint="Give 1 to 1000 characters.") from error


def _decode(services: Services, data: bytes) -> Inspection:
    # Late: the decoder loads OpenCV, which the server does not need at its start.
    from whorl.datasets.media import inspect

    return decode_apart(services, inspect, data, max_pixels=services.settings.max_pixels)


def _metadata(text: str | None) -> dict[str, JsonValue]:
    if not text:
        return {}
    try:
        return _METADATA.validate_json(text)
    except ValidationError as error:
        raise InvalidInput("metadata is not a JSON object", hint='Write it like {"camera": "north"}.') from error
