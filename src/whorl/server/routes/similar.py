"""Search by similarity: by item, annotation, region, upload, words, or examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, File, Query, UploadFile
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput, PayloadTooLarge
from whorl.datasets.dql.either_form import read_query
from whorl.models.embeddings import queries
from whorl.models.embeddings.queries import Space
from whorl.schemas.embeddings import SimilarItems, SimilarRequest
from whorl.server.permits import Caller, CallerDep, needs

if TYPE_CHECKING:
    from whorl.models.embeddings.seeking import Wanted

router = APIRouter(prefix="/api/v1", tags=["similar"])
_WAYS = "item_id, annotation_id, item_id with region, text, or examples"


@router.post("/datasets/{dataset_id}/similar", **needs(Action.DATASET_READ))
def find_similar(caller: CallerDep, dataset_id: str, body: SimilarRequest) -> SimilarItems:
    """The items most like an item, an annotation, a region drawn, words, or examples less counter-examples.

    In a space of crops each box or mask is found by itself. What was asked with is left out. The item may be one of
    another dataset of the project.
    """
    # Late, here and below: vectors bring numpy, which the server does not need at its start.
    from whorl.models.embeddings.seeking import Wanted
    from whorl.server.seeking import find, seeker_of

    query = read_query(body.filter)
    way = _way(body)
    with caller.services.db.read() as conn:
        space = _space(conn, caller, body.space, has_part=way in ("annotation", "region"))
        wanted = None if way == "text" else _read_wanted(conn, caller, body, way)
    if wanted is None:
        assert body.text is not None
        wanted = Wanted(vector=seeker_of(caller.services).read_text(space, _plain(body.text)))
    return find(caller.services, space, dataset_id, wanted, limit=body.limit, query=query)


@router.post("/datasets/{dataset_id}/similar-upload", **needs(Action.DATASET_READ))
def find_similar_to_upload(
    caller: CallerDep,
    dataset_id: str,
    file: Annotated[UploadFile, File(description="The image; its type is read from its bytes.")],
    space: Annotated[str | None, Query(max_length=200, description="Id or name; the project's first.")] = None,
    filter: Annotated[str | None, Query(max_length=8000, description="Query: look among these items only.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> SimilarItems:
    """The items most like an image that is sent along and not kept."""
    from whorl.models.embeddings.seeking import Wanted
    from whorl.server.seeking import find, read_upload

    most = caller.services.settings.max_upload_bytes
    data = file.file.read(most + 1)
    if len(data) > most:
        raise PayloadTooLarge(f"the file is larger than {most:,} bytes", details={"limit_bytes": most})
    query = read_query(filter)
    with caller.services.db.read() as conn:
        found = _space(conn, caller, space, has_part=False)
    wanted = Wanted(vector=read_upload(caller.services, found, data))
    return find(caller.services, found, dataset_id, wanted, limit=limit, query=query)


def _way(body: SimilarRequest) -> str:
    given = [name for name in ("annotation_id", "text", "examples") if getattr(body, name) not in (None, [])]
    if body.item_id is not None:
        given.append("item_id")
    if len(given) != 1:
        raise InvalidInput(
            f"like what? {', '.join(given) or 'nothing'} was given", hint=f"Give exactly one of {_WAYS}."
        )
    if body.region is not None and given != ["item_id"]:
        raise InvalidInput("a region is part of an item", hint="Give item_id with it.")
    if body.unlike and given not in (["examples"], ["item_id"]):
        raise InvalidInput("unlike goes with examples or item_id", hint="Give examples, and unlike.")
    if body.region is not None:
        return "region"
    return {"annotation_id": "annotation", "item_id": "item"}.get(given[0], given[0])


def _space(conn: Connection, caller: Caller, name: str | None, *, has_part: bool) -> Space:
    assert caller.project_id is not None
    if has_part and name is None:
        # A part is found best among parts; without such a space, among whole images.
        crops = queries.find_space(conn, caller.project_id, None, kind="crop")
        if crops is not None and crops.width is not None:
            return crops
    return queries.choose_space(conn, caller.project_id, name, kind="image")


def _read_wanted(conn: Connection, caller: Caller, body: SimilarRequest, way: str) -> Wanted:
    from whorl.models.embeddings.seeking import Wanted, read_annotation, read_pictures, read_region

    if way == "annotation":
        assert body.annotation_id is not None
        caller.check_same_project(conn, "annotation", body.annotation_id)
        return Wanted(like=[read_annotation(conn, body.annotation_id)])
    if way == "region":
        assert body.item_id is not None
        assert body.region is not None
        caller.check_same_project(conn, "item", body.item_id)
        x0, y0, x1, y1 = body.region
        return Wanted(like=[read_region(conn, body.item_id, (x0, y0, x1, y1))])
    like = [body.item_id] if body.item_id is not None else list(dict.fromkeys(body.examples or ()))
    unlike = list(dict.fromkeys(body.unlike or ()))
    for item_id in (*like, *unlike):
        caller.check_same_project(conn, "item", item_id)
    return Wanted(like=read_pictures(conn, like), unlike=read_pictures(conn, unlike))


def _plain(text: str) -> str:
    if not text.strip() or any("\ud800" <= one <= "\udfff" for one in text):
        raise InvalidInput("text: words are needed", hint="Describe what you look for.")
    return text.strip()
