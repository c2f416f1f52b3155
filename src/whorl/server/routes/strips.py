"""What a grid needs of a stretch of a listing besides the items: all thumbnails in one answer, and all ids."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from fastapi import APIRouter, Query, Response
from pydantic import Field
from sqlalchemy import select

from whorl.access.rules import Action
from whorl.base.errors import NotFound
from whorl.datasets.intake import thumbnail_key
from whorl.datasets.listings import PAGE_WAIT_S
from whorl.datasets.revisions import batches
from whorl.schemas.wire import Wire
from whorl.server.permits import Caller, CallerDep, needs
from whorl.store.blobs import BlobStore
from whorl.store.db.tables import item

router = APIRouter(prefix="/api/v1", tags=["listings"])
MAX_THUMBNAILS = 200
MAX_IDS = 10_000


class ListedIds(Wire):
    """The ids of the items at some positions of a listing."""

    start: int
    item_ids: list[str]
    count: int = Field(description="How many items the listing holds by now.")


@router.get(
    "/datasets/{dataset_id}/listings/{listing_id}/thumbnails", response_class=Response, **needs(Action.ITEM_READ)
)
def get_thumbnails(
    caller: CallerDep,
    dataset_id: str,
    listing_id: str,
    start: int = Query(0, ge=0, le=2**40),
    limit: int = Query(100, ge=1, le=MAX_THUMBNAILS),
) -> Response:
    """The thumbnails at some positions, one after the other: four bytes with its length (big endian), then a JPEG.

    A length of 0 stands for an item without a thumbnail. One answer costs a tenth of a hundred small ones.
    """
    shas = [sha256 for _, sha256 in _at(caller, dataset_id, listing_id, start, limit)]
    body = join_blobs(caller.services.blobs, [thumbnail_key(sha256) for sha256 in shas])
    return Response(body, media_type="application/octet-stream", headers={"cache-control": "private, no-store"})


@router.get("/datasets/{dataset_id}/listings/{listing_id}/ids", **needs(Action.ITEM_READ))
def list_ids(
    caller: CallerDep,
    dataset_id: str,
    listing_id: str,
    start: int = Query(0, ge=0, le=2**40),
    limit: int = Query(1000, ge=1, le=MAX_IDS),
) -> ListedIds:
    """The ids at some positions, for changes to many items at once."""
    ids = [item_id for item_id, _ in _at(caller, dataset_id, listing_id, start, limit)]
    count = len(caller.services.listings.get(dataset_id, listing_id))
    return ListedIds(start=start, item_ids=ids, count=count)


def join_blobs(blobs: BlobStore, keys: Sequence[str]) -> bytes:
    """Each blob behind its length; a blob that is not there has the length 0."""
    parts: list[bytes] = []
    for key in keys:
        try:
            data = blobs.get(key)
        except NotFound:
            data = b""
        parts += [struct.pack(">I", len(data)), data]
    return b"".join(parts)


def _at(caller: Caller, dataset_id: str, listing_id: str, start: int, limit: int) -> list[tuple[str, str]]:
    """Id and SHA-256 of the items at the positions, in the listing's order."""
    listing = caller.services.listings.get(dataset_id, listing_id)
    listing.wait(start + limit, timeout_s=PAGE_WAIT_S)
    keys = listing.at(start, start + limit)
    found: dict[int, tuple[str, str]] = {}
    with caller.services.db.read() as conn:
        for some in batches(keys):
            for key, item_id, sha256 in conn.execute(
                select(item.c.key, item.c.id, item.c.sha256).where(item.c.key.in_(some))
            ):
                found[key] = (item_id, sha256)
    return [found[key] for key in keys if key in found]
