"""Maps of embeddings, and what is new against what is known."""

from __future__ import annotations

import struct
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from fastapi import APIRouter, Query, Response
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import Conflict, NotFound
from whorl.datasets import queries as datasets
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.dql.write import format_text
from whorl.datasets.listings import PAGE_WAIT_S
from whorl.engine import jobs as engine_jobs
from whorl.models.embeddings import actions, queries
from whorl.models.embeddings.projection import records
from whorl.schemas.datasets import Item
from whorl.schemas.embeddings import (
    CoverageReport,
    CoverageRequest,
    EmbeddingMap,
    MapCategory,
    MapChannel,
    MapColours,
    MapRequest,
)
from whorl.schemas.jobs import Job
from whorl.server.media import decode_apart
from whorl.server.permits import Caller, CallerDep, needs
from whorl.server.routes.jobs import to_wire

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

router = APIRouter(prefix="/api/v1", tags=["maps"])
_BINARY = "application/octet-stream"
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
_NEVER = {"Cache-Control": "no-store"}


# Any: keywords of a route.
def _bytes(action: Action) -> dict[str, Any]:
    """Declare the action of a route that answers with bytes."""
    declared = needs(action)
    answer = {"description": "Numbers", "content": {_BINARY: {"schema": {"type": "string", "format": "binary"}}}}
    return declared | {"response_class": Response, "responses": declared["responses"] | {200: answer}}


@router.post("/datasets/{dataset_id}/maps", status_code=202, **needs(Action.DATASET_WRITE))
def compute_map(caller: CallerDep, dataset_id: str, body: MapRequest) -> Job:
    """Embed what is missing and lay it out in two dimensions, as a job whose result holds ``map_id``."""
    from whorl.base.errors import InvalidInput
    from whorl.models.embeddings.jobs import plan_upkeep
    from whorl.models.embeddings.projection.jobs import start_map
    from whorl.models.embeddings.sources import default_source

    if body.method not in (None, "tsne", "pca"):
        raise InvalidInput(f"no such method: {body.method[:40]!a}", hint="Allowed: tsne, pca; or leave it out.")
    source, project_id = default_source(caller.services.settings.home_path), caller.project_id
    assert project_id is not None

    def work(conn: Connection) -> Job:
        space = queries.find_space(conn, project_id, body.space, kind="image")
        if space is None and body.space is not None:
            space = queries.choose_space(conn, project_id, body.space)
        if space is None:
            space = actions.create_space(conn, project_id, source=source, now=caller.now)
            plan_upkeep(conn, space, now=caller.now)
        params = body.model_dump(mode="json", include={"method", "filter", "seed", "is_fresh"})
        job_id = start_map(conn, space, dataset_id, params=params, actor_id=caller.actor.id, now=caller.now)
        return to_wire(engine_jobs.get_job(conn, job_id))

    return caller.write(work)


@router.get("/datasets/{dataset_id}/maps", **needs(Action.DATASET_READ))
def list_maps(caller: CallerDep, dataset_id: str) -> list[EmbeddingMap]:
    """The dataset's maps, newest first; five are kept of each space."""
    return caller.read(lambda conn: [records.to_wire(conn, one) for one in records.list_maps(conn, dataset_id)])


@router.get("/maps/{map_id}", **needs(Action.DATASET_READ))
def get_map(caller: CallerDep, map_id: str) -> EmbeddingMap:
    """One map."""
    return caller.read(lambda conn: records.to_wire(conn, records.get_map(conn, map_id)))


@router.get("/maps/{map_id}/points", **_bytes(Action.DATASET_READ))
def get_points(caller: CallerDep, map_id: str) -> Response:
    """Where the points are: ``WMAP``, version 1, their number and 0 as 4-byte numbers, then x and y as 2-byte numbers.

    All little-endian; x and y go from -32767 to 32767. The order is the same in every answer about this map, and never
    changes: keep it.
    """
    from whorl.models.embeddings.projection.places import encode_places

    keys, places = _read(caller, map_id)
    return Response(
        encode_places(keys[:0], places[:0])[:8] + struct.pack("<II", len(keys), 0) + places.tobytes(),
        media_type=_BINARY,
        headers=_FOREVER,
    )


@router.get("/maps/{map_id}/channels", **needs(Action.DATASET_READ))
def list_channels(caller: CallerDep, map_id: str) -> list[MapChannel]:
    """What the points can be coloured by."""
    from whorl.models.embeddings.projection import colours

    found = caller.read(lambda conn: colours.list_channels(conn, records.get_map(conn, map_id)))
    return [MapChannel(by=by, title=title) for by, title in found.items()]


@router.get("/maps/{map_id}/colours", response_model=MapColours, **needs(Action.ITEM_READ))
def get_colours(
    caller: CallerDep,
    map_id: str,
    by: str = Query("subset", max_length=80, description="One of the map's channels."),
) -> Response:
    """The colour of each point: 4 bytes with the length of a JSON document, the document, 2-byte category numbers.

    The document is described here; it is padded with spaces so that the numbers, one for each point in the order of
    the points, begin at a multiple of 4.
    """
    from whorl.models.embeddings.projection import colours

    keys, _ = _read(caller, map_id)

    def work(conn: Connection) -> colours.Colours:
        return colours.colour_points(conn, records.get_map(conn, map_id), keys, by)

    found = caller.read(work)
    categories = [
        MapCategory(value=one.value, title=one.title, chip=one.chip, count=one.count, is_rest=one.is_rest)
        for one in found.categories
    ]
    legend = MapColours(by=by, categories=categories, is_ordered=found.is_ordered)
    head = orjson.dumps(legend.model_dump(mode="json"))
    head += b" " * (-len(head) % 4)
    body = struct.pack("<I", len(head)) + head + found.codes.astype("<u2").tobytes()
    return Response(body, media_type=_BINARY, headers=_NEVER)


@router.get("/maps/{map_id}/positions", **_bytes(Action.ITEM_READ))
def get_positions(caller: CallerDep, map_id: str, listing_id: str = Query(max_length=80)) -> Response:
    """Where each point stands in a listing of the dataset: 4-byte numbers, 4294967295 for those that are not in it.

    Raises:
        Conflict: The listing is still being filled.
    """
    import numpy as np

    keys, _ = _read(caller, map_id)
    dataset_id = caller.read(lambda conn: records.get_map(conn, map_id).dataset_id)
    listing = caller.services.listings.get(dataset_id, listing_id)
    listing.wait(None, timeout_s=PAGE_WAIT_S)
    if not listing.is_complete:
        raise Conflict("the listing is still being filled", hint="Ask again when it is complete.")
    listed = np.asarray(listing.at(0, len(listing)), np.int64)
    order = np.argsort(listed, kind="stable")
    positions = np.full(len(keys), 0xFFFFFFFF, "<u4")
    if len(listed):
        at = np.minimum(np.searchsorted(listed, keys, sorter=order), len(listed) - 1)
        is_in = listed[order[at]] == keys
        positions[is_in] = order[at[is_in]]
    return Response(positions.tobytes(), media_type=_BINARY, headers=_NEVER)


@router.get("/maps/{map_id}/items/{point}", **needs(Action.ITEM_READ))
def get_item_at(caller: CallerDep, map_id: str, point: int) -> Item:
    """The item of one point, counted from 0."""
    keys, _ = _read(caller, map_id)
    if not 0 <= point < len(keys):
        raise NotFound(f"no point {point}: the map has {len(keys):,}")
    key = int(keys[point])
    found = caller.read(lambda conn: datasets.list_items_by_key(conn, [key]))
    if key not in found:
        raise NotFound("the item of this point was removed", hint="Compute the map again.")
    return found[key]


@router.post("/datasets/{dataset_id}/coverage", **needs(Action.DATASET_READ))
def measure_coverage(caller: CallerDep, dataset_id: str, body: CoverageRequest) -> CoverageReport:
    """How far what is new lies from what is known: the share that is covered, and examples of what is not."""
    from whorl.models.embeddings.coverage import measure_coverage as measure
    from whorl.models.embeddings.covering import Sides, report_coverage

    services, project_id = caller.services, caller.project_id
    assert project_id is not None
    new, known = read_query(body.query), read_query(body.against)
    known_dataset_id = body.against_dataset_id or dataset_id
    with services.db.read() as conn:
        caller.check_same_project(conn, "dataset", known_dataset_id)
        space = queries.choose_space(conn, project_id, body.space, kind="image")
    sides = Sides(dataset_id, known_dataset_id, new, known, "" if known is None else format_text(known))
    return report_coverage(
        services.db,
        services.embeddings,
        space,
        sides,
        measure=lambda mine, theirs, examples: decode_apart(
            services, partial(measure, examples=examples), mine, theirs
        ),
        examples=body.examples,
    )


def _read(caller: Caller, map_id: str) -> tuple[NDArray[np.int64], NDArray[np.int16]]:
    from whorl.models.embeddings.projection.places import decode_places

    found = caller.read(lambda conn: records.get_map(conn, map_id))
    return decode_places(records.read_blob(caller.services.blobs, found))
