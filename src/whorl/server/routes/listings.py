"""Listings of a dataset's items by position, and annotations by the hundred: what a grid of items reads."""

from __future__ import annotations

from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Response
from pydantic import TypeAdapter
from sqlalchemy import Connection, select

from whorl.access.rules import Action
from whorl.annotations.grid import GridRead, read_grid
from whorl.base.errors import InvalidInput
from whorl.datasets import queries
from whorl.datasets.dql import Query as DqlQuery
from whorl.datasets.dql import parse_query
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.listings import PAGE_WAIT_S, KeyList
from whorl.datasets.revisions import DatasetRow, check_as_of, load_dataset, standing
from whorl.schemas.annotations import Layer
from whorl.schemas.datasets import Item
from whorl.schemas.explorer import (
    MAX_PAGE,
    AnnotationsWanted,
    GridAnnotations,
    ItemsWanted,
    Listing,
    ListingPage,
)
from whorl.server.permits import Caller, CallerDep, needs
from whorl.store.db.tables import item

router = APIRouter(prefix="/api/v1", tags=["listings"])
_ITEMS: TypeAdapter[list[Item]] = TypeAdapter(list[Item])


@router.post("/datasets/{dataset_id}/listings", status_code=201, **needs(Action.ITEM_READ))
def open_listing(caller: CallerDep, dataset_id: str, body: ItemsWanted) -> Listing:
    """List the matching items at one revision; its positions never shift while others write."""
    return wire_listing(open_keys(caller, dataset_id, body))


@router.get("/datasets/{dataset_id}/listings/{listing_id}", **needs(Action.ITEM_READ))
def get_listing(
    caller: CallerDep,
    dataset_id: str,
    listing_id: str,
    wait_s: float = Query(0, ge=0, le=PAGE_WAIT_S, description="Answer later, once it is complete."),
) -> Listing:
    """How many items a listing holds by now, and whether that is all."""
    listing = caller.services.listings.get(dataset_id, listing_id)
    listing.wait(None, timeout_s=wait_s)
    return wire_listing(listing)


@router.get("/datasets/{dataset_id}/listings/{listing_id}/items", response_model=ListingPage, **needs(Action.ITEM_READ))
def list_positions(
    caller: CallerDep,
    dataset_id: str,
    listing_id: str,
    start: int = Query(0, ge=0, le=2**40),
    limit: int = Query(100, ge=1, le=MAX_PAGE),
    with_annotations: bool = False,
    layers: Annotated[str, Query(max_length=60, description="`truth`, `prediction` or `truth,prediction`.")] = "truth",
) -> Response:
    """The items at some positions, as they stood at the listing's revision."""
    wanted = _layers(layers)
    listing = caller.services.listings.get(dataset_id, listing_id)
    listing.wait(start + limit, timeout_s=PAGE_WAIT_S)
    keys = listing.at(start, start + limit)
    with caller.services.db.read() as conn:
        found = queries.list_items_by_key(conn, keys, as_of=listing.revision)
        items = [found[key] for key in keys if key in found]
        read = GridRead([], is_truncated=False)
        if with_annotations:
            ids = {key: found[key].id for key in keys if key in found}
            read = read_grid(conn, ids, layers=wanted, as_of=listing.revision)
    return _json(
        {
            "start": start,
            "items": orjson.Fragment(_ITEMS.dump_json(items)),
            "annotations": read.annotations,
            "is_truncated": read.is_truncated,
            "count": len(listing),
            "is_complete": listing.is_complete,
        }
    )


@router.post(
    "/datasets/{dataset_id}/annotations/batch", response_model=GridAnnotations, **needs(Action.ANNOTATION_READ)
)
def read_annotations(caller: CallerDep, dataset_id: str, body: AnnotationsWanted) -> Response:
    """The annotations of many items at once, now or at a revision."""
    with caller.services.db.read() as conn:
        row = load_dataset(conn, dataset_id)
        check_as_of(row, body.as_of)
        ids = _keys_of(conn, row, body.item_ids, body.as_of)
        read = read_grid(conn, ids, layers=body.layers, as_of=body.as_of)
    revision = row.revision if body.as_of is None else body.as_of
    return _json({"revision": revision, "annotations": read.annotations, "is_truncated": read.is_truncated})


def open_keys(caller: Caller, dataset_id: str, wanted: ItemsWanted) -> KeyList:
    """The listing of the items that a body asks for.

    Raises:
        InvalidInput: Two queries, or a revision that does not exist.
        QueryError: It does not parse.
    """
    return caller.services.listings.open(dataset_id, query_of(wanted), as_of=wanted.as_of)


def query_of(wanted: ItemsWanted) -> DqlQuery | None:
    """Parse whichever form of query was given.

    Raises:
        InvalidInput: Both were.
        QueryError: It does not parse.
    """
    if wanted.q and wanted.dql:
        raise InvalidInput("q and dql were given", hint="Give the query once: as text or as JSON.")
    if wanted.dql:
        return parse_query(wanted.dql)
    return read_query(wanted.q)


def wire_listing(listing: KeyList) -> Listing:
    """The listing on the wire."""
    # Completeness is read first: a count read after it can only be too new, never too small for it.
    is_complete = listing.is_complete
    return Listing(
        id=listing.id,
        dataset_id=listing.dataset_id,
        revision=listing.revision,
        count=len(listing),
        is_complete=is_complete,
    )


def _keys_of(conn: Connection, row: DatasetRow, item_ids: list[str], as_of: int | None) -> dict[int, str]:
    """Public id by integer key, in the order given; ids of other datasets are left out."""
    mine = (item.c.dataset_key == row.key, standing(item, as_of))
    query = select(item.c.id, item.c.key).where(item.c.id.in_(item_ids), *mine)
    keys = {one.id: one.key for one in conn.execute(query)}
    return {keys[item_id]: item_id for item_id in item_ids if item_id in keys}


def _layers(written: str) -> list[Layer]:
    names = [name for name in written.split(",") if name]
    unknown = next((name for name in names if name not in set(Layer)), None)
    if unknown is not None:
        raise InvalidInput(f"unknown layer: {unknown[:40]!r}; allowed: {', '.join(Layer)}")
    return [Layer(name) for name in dict.fromkeys(names)]


def _json(value: object) -> Response:
    # Made here, not by models: a page of crowded items holds thousands of annotations.
    return Response(orjson.dumps(value), media_type="application/json")
