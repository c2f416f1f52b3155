"""What a dataset's items hold: facets of a query, the fields that queries may name, and who annotated."""

from __future__ import annotations

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from whorl.access.rules import Action
from whorl.base.errors import InvalidInput
from whorl.datasets.dql.fields import nearest
from whorl.datasets.facet_reads import CountedFacets, read_facets
from whorl.datasets.facets import FIXED_NAMES
from whorl.datasets.query_fields import list_query_fields
from whorl.datasets.sources import author_names, list_sources
from whorl.schemas.explorer import AnnotationSource, Facet, Facets, FacetsWanted, QueryField
from whorl.schemas.findings import EvaluationFacet, Finding, FindingsWanted, ItemFindings
from whorl.server.permits import CallerDep, needs
from whorl.server.routes.listings import open_keys

router = APIRouter(prefix="/api/v1", tags=["facets"])
FACETS_WAIT_S = 1.0
SOURCES_WAIT_S = 20.0
_NAMED = frozenset({"author_id", "missed_by", "model_id"})


@router.post("/datasets/{dataset_id}/facets", **needs(Action.ITEM_READ))
def count_facets(caller: CallerDep, dataset_id: str, body: FacetsWanted) -> Facets:
    """How many of the matching items have each value of each field; estimated from a sample when they are many."""
    for name in body.fields or ():
        if name not in FIXED_NAMES and not name.startswith(("metadata.", "attributes.")):
            raise InvalidInput(f"no such facet: {name[:60]!r}", hint=nearest(name, FIXED_NAMES))
    listing = open_keys(caller, dataset_id, body)
    # A listing that is still filled counts by what is there: the first items stand for all.
    listing.wait(None, timeout_s=FACETS_WAIT_S)
    is_complete = listing.is_complete
    names = None if body.fields is None else tuple(sorted(set(body.fields)))
    with caller.services.db.read() as conn:

        def count() -> CountedFacets:
            return read_facets(conn, listing, names=names, query_text=body.q or "")

        # What a listing holds never changes once it is complete.
        asked = (listing.id, names, body.q)
        read = caller.services.facets.get(asked, count) if is_complete else count()
        facets = [_with_titles(conn, one) for one in read.facets]
    return Facets(
        revision=listing.revision,
        count=len(listing),
        is_complete=is_complete,
        is_sampled=read.is_sampled or not is_complete,
        facets=facets,
    )


@router.get("/datasets/{dataset_id}/evaluation-facets", **needs(Action.MODEL_READ))
def list_evaluation_facets(
    caller: CallerDep, dataset_id: str, limit: int = Query(30, ge=1, le=200)
) -> list[EvaluationFacet]:
    """The newest evaluations on this dataset, with how many findings of each type they have, newest first."""
    # Late: models bring numpy, which the server does not need at its start.
    from whorl.models.finding_rows import list_evaluation_facets as read

    return caller.read(lambda conn: read(conn, dataset_id, limit=limit))


@router.get("/items/{item_id}/findings", **needs(Action.MODEL_READ))
def list_findings(caller: CallerDep, item_id: str, evaluation_id: str) -> list[Finding]:
    """What an evaluation found on this item, surest first; nothing when it did not use the item."""
    from whorl.models.finding_rows import list_findings as read

    def work(conn: Connection) -> list[Finding]:
        caller.check_same_project(conn, "evaluation", evaluation_id)
        return read(conn, item_id, evaluation_id=evaluation_id)

    return caller.read(work)


@router.post("/evaluations/{evaluation_id}/findings", **needs(Action.MODEL_READ))
def list_item_findings(caller: CallerDep, evaluation_id: str, body: FindingsWanted) -> list[ItemFindings]:
    """What an evaluation found on many items at once, as a grid of them draws it."""
    from whorl.models.finding_rows import list_item_findings as read

    return caller.read(lambda conn: read(conn, evaluation_id, body.item_ids))


@router.get("/datasets/{dataset_id}/fields", **needs(Action.DATASET_READ))
def list_fields(caller: CallerDep, dataset_id: str) -> list[QueryField]:
    """The fields that the text form of a query may name here, with values to offer where they are few."""
    return caller.read(lambda conn: list_query_fields(conn, dataset_id))


@router.get("/datasets/{dataset_id}/sources", **needs(Action.ANNOTATION_READ))
def list_annotation_sources(caller: CallerDep, dataset_id: str) -> list[AnnotationSource]:
    """People, models and imports that the annotations of this dataset come from."""
    whole = caller.services.listings.open(dataset_id)
    whole.wait(None, timeout_s=SOURCES_WAIT_S)
    return caller.read(lambda conn: list_sources(conn, whole))


def _with_titles(conn: Connection, facet: Facet) -> Facet:
    """People and models by name, beside their ids."""
    if facet.field not in _NAMED:
        return facet
    names = author_names(conn, [str(bucket.value) for bucket in facet.buckets])
    buckets = [bucket.model_copy(update={"title": names.get(str(bucket.value))}) for bucket in facet.buckets]
    return facet.model_copy(update={"buckets": buckets})
